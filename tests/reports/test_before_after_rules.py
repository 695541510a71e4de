"""Before and after, held against a small model that counts day by day in another way."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.reports.before_after_rules import (
    WINDOWS,
    Months,
    Unit,
    compare,
    first_times,
    first_whole_month,
    months_of,
    spread,
)
from marketplace.reports.disclosure import LEAST

START = dt.date(2024, 1, 1)
NOW = dt.date(2026, 3, 1)
LIKE = [("63.06.05", "food"), ("63.06.05", "craft"), ("63.06.06", "food")]
days = st.dates(START, dt.date(2026, 3, 20))


@dataclass(frozen=True)
class Sale:
    """What came in on a day, or went back."""

    day: dt.date
    amount: int


@dataclass(frozen=True)
class Person:
    """One unit of the model: everything by days."""

    like: tuple[str, str]
    known_on: dt.date
    given: tuple[dt.date, ...]
    sales: tuple[Sale, ...]


people = st.lists(
    st.builds(
        Person,
        st.sampled_from(LIKE),
        st.dates(dt.date(2023, 12, 1), dt.date(2025, 12, 31)),
        st.lists(days, max_size=3).map(tuple),
        st.lists(st.builds(Sale, days, st.integers(-50_000, 200_000)), max_size=12).map(tuple),
    ),
    max_size=16,
)


def number(day: dt.date) -> int:
    """Return a month as a number that counts up by one."""
    return 12 * day.year + day.month


def model(person: Person, month: int, window: int) -> tuple[int, int]:
    """Sum the days whose month lies in the windows."""
    before = sum(sale.amount for sale in person.sales if month - window <= number(sale.day) < month)
    after = sum(sale.amount for sale in person.sales if month < number(sale.day) <= month + window)
    return before // window, after // window


def counts(person: Person, month: int, window: int) -> bool:
    """Tell whether all days of the months before were known."""
    first = number(person.known_on) + (person.known_on.day > 1)
    return first <= month - window


def unit(key: int, person: Person) -> Unit:
    earned: dict[dt.date, int] = {}
    for sale in person.sales:
        month = sale.day.replace(day=1)
        earned[month] = earned.get(month, 0) + sale.amount
    return Unit(key, person.like, person.known_on, earned)


def five(values: Sequence[int]) -> tuple[int, ...] | None:
    """Return how figures lie by counting: the smallest value that enough others do not exceed."""
    if len(values) < 5:
        return None
    least = [min(values), *(_at(values, part) for part in (0.25, 0.5, 0.75)), max(values)]
    return tuple(least)


def _at(values: Sequence[int], part: float) -> int:
    place = int((len(values) - 1) * part)
    return next(value for value in sorted(values) if sum(other <= value for other in values) > place)


@given(people, st.sampled_from(WINDOWS))
def test_both_sides_are_what_the_model_counts(town: list[Person], window: int) -> None:
    units = {key: unit(key, person) for key, person in enumerate(town)}
    had = first_times((key, day) for key, person in enumerate(town) for day in person.given)
    mine = {key: min(number(day) for day in person.given) for key, person in enumerate(town) if person.given}
    assert {key: number(month) for key, month in had.items()} == mine
    found = compare([units[key] for key in had], had, [units[key] for key in units if key not in had], window, NOW)
    whole = [key for key in mine if counts(town[key], mine[key], window)]
    over = [key for key in whole if mine[key] + window < number(NOW)]
    assert (found.too_new, found.too_recent) == (len(mine) - len(whole), len(whole) - len(over))
    _same(found.had, [model(town[key], mine[key], window) for key in over])
    beside = []
    for person in town:
        alike = sorted(mine[key] for key in over if town[key].like == person.like)
        if not person.given and alike:
            middle = alike[(len(alike) - 1) // 2]
            if counts(person, middle, window):
                beside.append(model(person, middle, window))
    _same(found.had_none, beside)


def _same(side: object, pairs: list[tuple[int, int]]) -> None:
    assert side.count == len(pairs)  # type: ignore[attr-defined]
    for name, values in (
        ("before", [before for before, _after in pairs]),
        ("after", [after for _before, after in pairs]),
        ("change", [after - before for before, after in pairs]),
    ):
        got = getattr(side, name)
        assert (None if got is None else tuple(vars(got).values())[1:]) == five(values)


def test_the_month_itself_counts_neither_way() -> None:
    april = dt.date(2025, 4, 1)
    family = Unit(1, LIKE[0], START, {april: 900, dt.date(2025, 3, 1): 30, dt.date(2025, 5, 1): 60})
    assert first_times([(1, dt.date(2025, 4, 17)), (1, dt.date(2025, 9, 2))]) == {1: april}
    assert months_of(family, april, 3) == Months(10, 20)
    assert months_of(family, april, 3).change == 10


@pytest.mark.parametrize(
    ("known_on", "window", "too_new"),
    [
        (dt.date(2025, 1, 1), 3, 0),
        (dt.date(2025, 1, 2), 3, 1),
        (dt.date(2025, 4, 20), 3, 1),
        (dt.date(2024, 10, 1), 6, 0),
        (dt.date(2024, 10, 2), 6, 1),
    ],
)
def test_who_was_not_known_in_all_months_before_is_left_out(known_on: dt.date, window: int, too_new: int) -> None:
    april = dt.date(2025, 4, 1)
    found = compare([Unit(1, LIKE[0], known_on, {})], {1: april}, [], window, NOW)
    assert (found.too_new, found.had.count) == (too_new, 1 - too_new)


@pytest.mark.parametrize(("running", "too_recent"), [(dt.date(2025, 7, 1), 1), (dt.date(2025, 8, 1), 0)])
def test_months_that_are_not_over_do_not_count(running: dt.date, too_recent: int) -> None:
    found = compare([Unit(1, LIKE[0], START, {})], {1: dt.date(2025, 4, 1)}, [], 3, running)
    assert (found.too_recent, found.had.count) == (too_recent, 1 - too_recent)


def test_what_came_back_makes_a_month_smaller() -> None:
    april = dt.date(2025, 4, 1)
    family = Unit(1, LIKE[0], START, {dt.date(2025, 5, 1): 30_000, dt.date(2025, 6, 1): -9_001})
    assert months_of(family, april, 3).after == 6_999


def test_a_month_begun_is_no_whole_one() -> None:
    assert first_whole_month(dt.date(2025, 12, 2)) == dt.date(2026, 1, 1)
    assert first_whole_month(dt.date(2025, 12, 1)) == dt.date(2025, 12, 1)


def test_too_few_are_not_spread_out() -> None:
    assert spread([1] * (LEAST - 1)) is None
    found = spread([5, 1, 4, 2, 3])
    assert found is not None
    assert tuple(vars(found).values()) == (5, 1, 2, 3, 4, 5)


def test_others_are_like_those_who_had_it() -> None:
    april = dt.date(2025, 4, 1)
    others = [Unit(10 + place, like, START, {}) for place, like in enumerate(LIKE)]
    found = compare([Unit(1, LIKE[0], START, {})], {1: april}, others, 3, NOW)
    assert found.had_none.count == 1
