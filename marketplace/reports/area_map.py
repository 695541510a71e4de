"""The places of an area as symbols of a size: families, groups, sales or aid. Never where a family lives."""

from collections.abc import Callable
from enum import StrEnum
from itertools import pairwise

from ..shared.i18n import Text, _l
from . import places
from .disclosure import Column, column
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
    Subject.AID: _l("Aid approved in the year"),
}
MONEY = frozenset({Subject.SALES, Subject.AID})
OF_FAMILIES = frozenset({Subject.FAMILIES, Subject.SALES})
"""Groups and what is approved for them tell of no single family."""


def columns(reach: Reach) -> dict[Subject, Column]:
    """Return what may be shown of each subject, by place."""
    return {subject: _column(subject, reach) for subject in Subject}


def _column(subject: Subject, reach: Reach) -> Column:
    is_hidden = subject in OF_FAMILIES and _is_hidden(subject, reach)
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


COUNTED: dict[Subject, Callable[[Reach], Cells]] = {
    Subject.FAMILIES: places.families,
    Subject.GROUPS: places.groups,
    Subject.SALES: places.sales,
    Subject.AID: places.approved,
}
