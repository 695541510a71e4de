"""What of a table may be shown without telling of a handful of families. Pure: counts in, what stands in each cell out.

A cell about one to four families is hidden. Where the sum is known (it stands on the page of the area above), more is
hidden with it, so that no hidden cell follows from the sum, the cells that are shown and this rule itself; all hidden
cells bear the same mark for that. Where the sum is of the topmost area that anybody is shown, it is hidden instead.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

LEAST = 5
"""So many families, or none at all, may stand in a cell."""
MARK = "<5*"
"""Stands in every hidden cell, also in those that are hidden for the sake of another one."""


@dataclass(frozen=True)
class Cell:
    """A figure of a place, and how many families it is about (None: it is about groups or goods)."""

    value: int
    families: int | None = None


NOTHING = Cell(0, 0)


@dataclass(frozen=True)
class Column:
    """A measure by place, None where it is hidden, and what all places come to."""

    cells: Mapping[str, int | None]
    total: int | None


def is_few(families: int | None) -> bool:
    """Tell whether a figure is about so few families that it is not shown; about none, it tells of nobody."""
    return families is not None and 0 < families < LEAST


def kept_back(families: Mapping[str, int]) -> frozenset[str]:
    """Return the places whose cells are hidden where the sum of them all is known.

    Hidden cells of a column can be exchanged for each other, or differ in so many ways, that each may be two numbers
    at least.
    """
    few = frozenset(key for key, count in families.items() if is_few(count))
    total, filled = sum(families.values()), [count for count in families.values() if count]
    if not few:
        return few
    if total < LEAST or total <= len(families):
        return frozenset(families)
    if total < LEAST * len(filled):
        return frozenset(key for key, count in families.items() if count)
    hidden = sum(families[key] for key in few)
    if 1 < len(few) < hidden < (LEAST - 1) * len(few):
        return few
    smallest = min(count for count in filled if count >= LEAST)
    return few | {key for key, count in families.items() if count == smallest}


def column(cells: Mapping[str, Cell], *, is_sum_known: bool, is_hidden: bool = False) -> Column:
    """Return what may be shown of a measure; nothing at all where the whole area is hidden on the page above."""
    hidden = _hidden(cells, is_sum_known) if not is_hidden else frozenset(cells)
    shown = {key: None if key in hidden else cell.value for key, cell in cells.items()}
    families = sum(cell.families or 0 for cell in cells.values())
    is_secret = is_hidden or is_few(families) or (bool(hidden) and not is_sum_known)
    return Column(shown, None if is_secret else sum(cell.value for cell in cells.values()))


def _hidden(cells: Mapping[str, Cell], is_sum_known: bool) -> frozenset[str]:
    families = {key: cell.families or 0 for key, cell in cells.items()}
    if is_sum_known:
        return kept_back(families)
    return frozenset(key for key, count in families.items() if is_few(count))


def median(values: Sequence[int]) -> int | None:
    """Return the middle of some values, the lower of two; None where they are of too few families."""
    return sorted(values)[(len(values) - 1) // 2] if len(values) >= LEAST else None


def any_hidden(columns: Collection[Column]) -> bool:
    """Tell whether anything of some columns is hidden, so that the page says why."""
    return any(each.total is None or None in each.cells.values() for each in columns)
