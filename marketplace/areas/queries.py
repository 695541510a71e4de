"""Look up areas and the dated numbers that hang on them."""

import datetime as dt
from dataclasses import dataclass

from flask import current_app, g, has_request_context, request
from sqlalchemy import Select, select

from ..extensions import db
from ..shared.errors import InvalidInput, NotFound
from ..shared.i18n import _l
from ..shared.remember import remembered
from . import rules
from .models import NATIONAL, Area, Commodity, Figure, FigureKey, Level, LineKind, PovertyLine


def get_area(code: str) -> Area:
    """Return an area by its code. Raises NotFound."""
    area = db.session.get(Area, code)
    if area is None:
        raise NotFound
    return area


def commodities() -> list[tuple[int, str]]:
    """Return id and name of all commodities, by name."""
    rows = db.session.execute(select(Commodity.id, Commodity.name).order_by(Commodity.name))
    return [(key, name) for key, name in rows]


def children(code: str | None) -> list[Area]:
    """Return the areas directly in an area (provinces for None), by name."""
    return list(db.session.scalars(select(Area).where(Area.parent_code == code).order_by(Area.name)))


def villages_of_regency(code: str) -> list[Area]:
    """Return every loaded village of a regency, by district code and name."""
    statement = select(Area).where(Area.code.startswith(code + "."), Area.level == Level.VILLAGE)
    return list(db.session.scalars(statement.order_by(Area.parent_code, Area.name)))


def search_regencies(text: str) -> Select[Area]:
    """Return a SELECT of the regencies and cities whose name holds every word of a text, by name."""
    words = (Area.name.icontains(word, autoescape=True) for word in text.split())
    return select(Area).where(Area.level == Level.REGENCY, *words).order_by(Area.name, Area.code)


def time_zone(code: str) -> str:
    """Return the time zone of an area."""
    return rules.zone_of(code)


def home_code() -> str:
    """Return the code of the home area of this installation."""
    code: str = current_app.extensions["config"].home_area
    return code


def visited_code() -> str:
    """Return the code of the regency whose goods the visitor looks at: his pick, or the home area."""
    picked = request.cookies.get("area", "") if has_request_context() else ""
    return picked if picked and len(picked) == 5 and is_known_regency(picked) else home_code()


@remembered(600)
def is_known_regency(code: str) -> bool:
    """Tell whether a code is a regency's."""
    area = db.session.get(Area, code)
    return area is not None and area.level is Level.REGENCY


@remembered(600)
def _area_name(code: str) -> str:
    area = db.session.get(Area, code)
    return area.name if area else code


class Visited:
    """The regency whose goods are shown, as pages name it."""

    def __init__(self, code: str, name: str) -> None:
        self.code = code
        self.name = name


def named(code: str) -> Visited:
    """Return code and name of an area."""
    return Visited(code, _area_name(code))


def visited() -> Visited:
    """Return code and name of the regency the visitor looks at."""
    return named(visited_code())


def find_figure(key: FigureKey, area_code: str, day: dt.date) -> int | None:
    """Return a dated number for a regency on a day: its own, else the province's, else the country's."""
    codes = (area_code, rules.province_of(area_code), NATIONAL)
    found = rules.effective(_figures().get(key, []), codes, day)
    return None if found is None else found.value


def figure(key: FigureKey, area_code: str, day: dt.date) -> int:
    """Return a dated number as `find_figure`. Raises InvalidInput when there is none: the office has to set it."""
    found = find_figure(key, area_code, day)
    if found is None:
        text = _l("A number of the office is not set yet (%(name)s). Its administrator sets it.", name=key.value)
        raise InvalidInput(text)
    return found


@dataclass(frozen=True)
class DatedFigure:
    """A number of an area from a day on."""

    area_code: str
    effective_from: dt.date
    value: int


def _figures() -> dict[FigureKey, list[DatedFigure]]:
    """Return all dated numbers, read once a request: an order asks for half a dozen."""
    if "figures" not in g:
        g.figures = {}
        for row in db.session.execute(select(Figure.key, Figure.area_code, Figure.effective_from, Figure.value)):
            g.figures.setdefault(row.key, []).append(DatedFigure(row.area_code, row.effective_from, row.value))
    found: dict[FigureKey, list[DatedFigure]] = g.figures
    return found


def forget_figures() -> None:
    """Let what was read in this request be read anew: a number was changed."""
    g.pop("figures", None)


def poverty_line(area_code: str, day: dt.date, *, urban: bool | None = None) -> PovertyLine | None:
    """Return the line in force on a day: the regency's, else the province's, else the national one.

    Within an area the urban or rural line is preferred when the household's place is known.
    """
    codes = (area_code, rules.province_of(area_code), NATIONAL)
    rows = list(db.session.scalars(select(PovertyLine).where(PovertyLine.area_code.in_(codes))))
    kinds = [LineKind.ALL] if urban is None else [LineKind.URBAN if urban else LineKind.RURAL, LineKind.ALL]
    for code in codes:
        for kind in kinds:
            fitting = [row for row in rows if row.area_code == code and row.kind is kind]
            found = rules.effective(fitting, [code], day)
            if found is not None:
                return found
    return None
