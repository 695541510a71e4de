"""No hidden cell can be reckoned back, not even by who knows the rule: held against every table of a small size."""

import itertools
from collections import defaultdict
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.reports.disclosure import LEAST, Cell, any_hidden, column, is_few, kept_back, median

KEYS = "abcdef"
Shown = tuple[int | None, ...]


def told(counts: tuple[int, ...], *, is_sum_known: bool) -> tuple[int | None, Shown]:
    """Return all that a reader is told of a column of counts of families."""
    found = column(
        {key: Cell(count, count) for key, count in zip(KEYS, counts, strict=False)}, is_sum_known=is_sum_known
    )
    return found.total, tuple(found.cells[key] for key in KEYS[: len(counts)])


@pytest.mark.parametrize(("places", "most"), [(1, 30), (2, 30), (3, 16), (4, 10), (5, 7), (6, 5)])
@pytest.mark.parametrize("is_sum_known", [True, False])
def test_each_hidden_cell_may_be_two_numbers(places: int, most: int, is_sum_known: bool) -> None:
    tables: dict[object, list[tuple[int, ...]]] = defaultdict(list)
    for counts in itertools.product(range(most + 1), repeat=places):
        tables[told(counts, is_sum_known=is_sum_known)].append(counts)
    for (total, shown), possible in tables.items():
        if total is not None and max(sum(counts) for counts in possible) > most:
            continue  # tables with larger numbers would be told alike, and are not among these
        for place, cell in enumerate(shown):
            if cell is None:
                assert len({counts[place] for counts in possible}) > 1, (total, shown, possible)


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 40), max_size=30), st.booleans())
def test_few_are_hidden_and_all_else_is_true(counts: dict[str, int], is_sum_known: bool) -> None:
    found = column({key: Cell(10 * count, count) for key, count in counts.items()}, is_sum_known=is_sum_known)
    for key, cell in found.cells.items():
        assert cell is None or (cell == 10 * counts[key] and not 0 < counts[key] < LEAST)
    hidden = [key for key, cell in found.cells.items() if cell is None]
    assert bool(hidden) is any(is_few(count) for count in counts.values()) is any_hidden([found])
    if hidden and found.total is not None:
        assert len(hidden) > 1
        assert is_sum_known
    if found.total is not None:
        assert found.total == 10 * sum(counts.values())


amounts = st.dictionaries(
    st.sampled_from(KEYS), st.tuples(st.integers(0, 12), st.integers(-1_000, 1_000_000)), min_size=1
)


@given(amounts)
def test_amounts_of_hidden_places_can_be_shared_out_otherwise(cells: Mapping[str, tuple[int, int]]) -> None:
    found = column({key: Cell(value, count) for key, (count, value) in cells.items()}, is_sum_known=True)
    hidden = [key for key, cell in found.cells.items() if cell is None]
    if found.total is None:
        return
    assert len(hidden) != 1
    rest = found.total - sum(cell for cell in found.cells.values() if cell is not None)
    assert rest == sum(cells[key][1] for key in hidden)


def test_what_is_hidden_above_is_hidden_below() -> None:
    found = column({"a": Cell(50, 50), "b": Cell(0, 0)}, is_sum_known=True, is_hidden=True)
    assert set(found.cells.values()) == {None}
    assert found.total is None


def test_figures_that_are_not_about_families_are_shown() -> None:
    found = column({"a": Cell(1), "b": Cell(3)}, is_sum_known=False)
    assert (dict(found.cells), found.total) == ({"a": 1, "b": 3}, 4)


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ({"a": 0, "b": 0}, ""),
        ({"a": 5, "b": 9}, ""),
        ({"a": 3, "b": 9, "c": 20}, "ab"),
        ({"a": 3, "b": 9, "c": 9}, "abc"),
        ({"a": 1, "b": 2, "c": 20}, "ab"),
        ({"a": 1, "b": 1, "c": 20}, "abc"),
        ({"a": 4, "b": 4, "c": 20}, "abc"),
        ({"a": 2, "b": 3, "c": 0}, "ab"),
        ({"a": 1, "b": 4, "c": 0, "d": 0, "e": 0}, "abcde"),
        ({"a": 3}, "a"),
    ],
)
def test_what_is_kept_back(counts: dict[str, int], hidden: str) -> None:
    assert kept_back(counts) == frozenset(hidden)


@pytest.mark.parametrize(("values", "middle"), [([1, 2, 3, 4], None), ([5, 1, 2, 4, 3], 3), ([1, 2, 3, 4, 5, 6], 3)])
def test_a_median_is_of_five_at_least(values: list[int], middle: int | None) -> None:
    assert median(values) == middle
