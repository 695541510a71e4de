"""The page of a province's officers: its regencies side by side."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..aid.labels import SOURCES
from ..areas.models import Area
from ..areas.queries import get_area
from ..shared import lists
from ..shared.exports import Cell, Sheet, download
from ..shared.formats import number
from ..shared.i18n import _, _l
from ..shared.money import format_rupiah
from ..shared.policy import AREA_ROLES, access, roles
from . import places, province
from .disclosure import MARK
from .province import Measure, Province, Table
from .reach import province_for, provinces_of

bp = Blueprint("province", __name__)

FIRST_YEAR = 2004
"""When the first groups of the programme were formed."""


@bp.route("/dinas/provinsi")
@access(roles(AREA_ROLES, of_province=True))
def index() -> ResponseReturnValue:
    """Show the regencies of a province side by side, for a year."""
    area_code = province_for(current_user, request.args.get("area", ""))
    year, this_year = asked_year(area_code)
    found = province.province(area_code, year)
    if lists.wants_file():
        return download(f"provinsi-{area_code}-{year}.xlsx", _sheets(found))
    return render_template(
        "reports/province.html",
        found=found,
        listed=[place for place in found.reach.places if place not in found.empty],
        year=year,
        this_year=this_year,
        first_year=FIRST_YEAR,
        others=[get_area(code) for code in provinces_of(current_user) if code != area_code],
        text=_text,
        total=_total,
        sources=SOURCES,
        explanation=province.explanation(),
        file_url=lists.file_url(),
    )


def asked_year(area_code: str) -> tuple[int, int]:
    """Return the year that is asked for, the running one if none that may be, and the running one."""
    this_year = places.this_year(area_code)
    asked = request.args.get("year", this_year, type=int)
    return (asked if FIRST_YEAR <= asked <= this_year else this_year), this_year


def _text(measure: Measure, place: Area) -> str:
    """Write a cell; a dash where nothing was reckoned."""
    if place.code not in measure.column.cells:
        return "–"
    return write(measure.column.cells[place.code], is_money=measure.is_money)


def _total(measure: Measure) -> str:
    if not measure.column.cells:
        return "–"
    return write(measure.column.total, is_money=measure.is_money)


def write(value: int | None, *, is_money: bool) -> str:
    """Write a figure, or the mark of a hidden one."""
    if value is None:
        return MARK
    return format_rupiah(value) if is_money else number(value)


def _sheets(found: Province) -> list[Sheet]:
    sheets = [_sheet(found, table) for table in found.tables]
    notes = Sheet(_("Notes"), (_l("Note"),), [(str(province.explanation()),)])
    return [*sheets, _fund_sheet(found), notes]


def _sheet(found: Province, table: Table) -> Sheet:
    heads = (_l("Regency or city"), *(measure.label for measure in table.measures))
    rows: list[tuple[Cell, ...]] = [
        (place.name, *(_cell(measure.column.cells.get(place.code, ""), measure) for measure in table.measures))
        for place in found.reach.places
    ]
    rows.append((_("Together"), *(_cell(measure.column.total, measure) for measure in table.measures)))
    return Sheet(table.title, heads, rows)


def _cell(value: int | str | None, measure: Measure) -> Cell:
    return MARK if value is None else value


def _fund_sheet(found: Province) -> Sheet:
    heads = (_l("Fund"), _l("Whose budget"), _l("Area"), _l("Proposals approved"), _l("Rupiah"))
    rows = [(row.name, str(SOURCES[row.source]), row.area, row.proposals, row.amount) for row in found.funds]
    return Sheet(_("By fund"), heads, rows)
