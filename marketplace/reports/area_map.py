"""The places of an area as symbols of a size: families, groups, sales or aid. Never where a family lives."""

from collections.abc import Callable
from enum import StrEnum
from itertools import pairwise

from ..shared.i18n import Text, _l
from . import places
from .disclosure import Cell, Column, column
from .places import Cells, Reach
from .reach import PROVINCE_LENGTH


class Subject(StrEnum):
    """What the symbols show."""

    FAMILIES = "families"
    GROUPS = "groups"
    SALES = "sales"
    AID = "aid"


SUBJECTS: dict[Subject, Text] = {
    Subject.FAMILIES: _l("Families"),
    Subject.GROUPS: _l("Groups"),
    Subject.SALES: _l("Sales of the year"),
    Subject.AID: _l("Aid of the year"),
}
MONEY = frozenset({Subject.SALES, Subject.AID})


def columns(reach: Reach) -> dict[Subject, Column]:
    """Return what may be shown of each subject, by place."""
    return {subject: _column(subject, reach) for subject in Subject}


def _column(subject: Subject, reach: Reach) -> Column:
    is_hidden = subject is not Subject.GROUPS and _is_hidden(subject, reach)
    return _shown(subject, reach, is_hidden=is_hidden)


def _shown(subject: Subject, reach: Reach, *, is_hidden: bool) -> Column:
    """Return a column; the sum of a province stands nowhere else, that of what lies in it stands on the map above."""
    is_sum_known = len(reach.area.code) > PROVINCE_LENGTH
    return column(COUNTED[subject](reach), is_sum_known=is_sum_known, is_hidden=is_hidden)


def _is_hidden(subject: Subject, reach: Reach) -> bool:
    """Tell whether an area's own figure is hidden on the map of what it lies in, or that one's on the one above."""
    hidden, code = False, reach.area.code
    above = [code[:length] for length in places.CODE_LENGTHS if length < len(code)]
    for outer, inner in pairwise([*above, code]):
        found = _shown(subject, places.reach(outer, reach.year), is_hidden=hidden)
        hidden = found.cells.get(inner) is None
    return hidden


def _aid(reach: Reach) -> Cells:
    """Sum grants and goods; families are those that got goods of their own."""
    goods, granted = places.goods(reach), places.grants(reach).values()
    return {
        code: Cell(cell.value + sum(found.amount[code].value for found in granted), cell.families)
        for code, cell in goods.items()
    }


COUNTED: dict[Subject, Callable[[Reach], Cells]] = {
    Subject.FAMILIES: places.families,
    Subject.GROUPS: places.groups,
    Subject.SALES: places.sales,
    Subject.AID: _aid,
}
