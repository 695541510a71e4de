"""The map of an area: its places with a symbol each, and the same as a table."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas.models import Area
from ..areas.queries import get_area
from ..areas.rules import parent_of
from ..shared import lists
from ..shared.charts import symbols
from ..shared.exports import Cell, Sheet, download
from ..shared.formats import number, short
from ..shared.i18n import _, _l
from ..shared.policy import AREA_ROLES, access, may, roles
from . import area_map, places
from .area_map import MONEY, SUBJECTS, Subject
from .disclosure import MARK, Column, any_hidden
from .places import Reach
from .province import explanation
from .province_views import FIRST_YEAR, asked_year, write
from .reach import area_for

bp = Blueprint("area_map", __name__)

VILLAGE_LENGTH = len("63.06.05.1001")


@bp.route("/dinas/peta")
@access(roles(AREA_ROLES, of_province=True))
def index() -> ResponseReturnValue:
    """Show the places of an area by one measure as symbols, and by all of them as a table."""
    area_code = area_for(current_user, request.args.get("area", ""))
    year, this_year = asked_year(area_code)
    reach, subject = places.reach(area_code, year), _subject()
    found = area_map.columns(reach)
    if lists.wants_file():
        return download(f"peta-{area_code}-{year}.xlsx", _sheets(reach, found))
    cells = [found[subject].cells[place.code] for place in reach.places]
    return render_template(
        "reports/map.html",
        reach=reach,
        found=found,
        subject=subject,
        subjects=SUBJECTS,
        money=MONEY,
        chart=symbols(cells, _in_short if subject in MONEY else number, MARK),
        write=write,
        ways={place.code: _way(place, subject, year) for place in reach.places},
        crumbs=_crumbs(reach, subject),
        year=year,
        this_year=this_year,
        first_year=FIRST_YEAR,
        note=explanation() if any_hidden(found.values()) else None,
        file_url=lists.file_url(),
    )


def _in_short(amount: int) -> str:
    """Write an amount as it fits under a symbol; the table has all of it."""
    return f"Rp{short(amount)}"


def _subject() -> Subject:
    asked = request.args.get("ukuran", "")
    return Subject(asked) if asked in set(Subject) else Subject.FAMILIES


def _way(place: Area, subject: Subject, year: int) -> str | None:
    """Return the map of a place; a village has none."""
    if len(place.code) == VILLAGE_LENGTH:
        return None
    return url_for("area_map.index", area=place.code, ukuran=subject.value, year=year)


def _crumbs(reach: Reach, subject: Subject) -> list[tuple[str, str]]:
    """Return the maps in which this one lies, as far as they are the reader's."""
    found: list[tuple[str, str]] = []
    code = parent_of(reach.area.code)
    while code and may(current_user, AREA_ROLES, area_code=code):
        way = url_for("area_map.index", area=code, ukuran=subject.value, year=reach.year)
        found.insert(0, (get_area(code).name, way))
        code = parent_of(code)
    return found


def _sheets(reach: Reach, found: dict[Subject, Column]) -> list[Sheet]:
    heads = (_l("Place"), *SUBJECTS.values())
    rows: list[tuple[Cell, ...]] = [
        (place.name, *(_cell(found[subject].cells[place.code]) for subject in SUBJECTS)) for place in reach.places
    ]
    rows.append((_("Together"), *(_cell(found[subject].total) for subject in SUBJECTS)))
    notes = Sheet(_("Notes"), (_l("Note"),), [(str(explanation()),)])
    return [Sheet(reach.area.name, heads, rows), notes]


def _cell(value: int | None) -> Cell:
    return MARK if value is None else value
