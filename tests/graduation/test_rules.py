"""The month against the line, over all numbers."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.graduation import rules
from marketplace.graduation.case_rules import follow_ups
from marketplace.graduation.models import MonthStatus, NoteKind, NoteState
from marketplace.graduation.rules import MonthInput, NoteStep, month_result
from marketplace.shared.errors import InvalidInput, StateConflict

rupiah = st.integers(0, 10**11)
inputs = st.builds(
    MonthInput,
    sales=st.integers(-(10**11), 10**11),
    costs=rupiah,
    other_income=rupiah,
    people=st.integers(0, 30),
    line=st.none() | st.integers(1, 10**8),
    multiplier_percent=st.integers(1, 300),
    has_data=st.booleans(),
)


def month(**values: object) -> MonthInput:
    base = {
        "sales": 2_000_000,
        "costs": 0,
        "other_income": 0,
        "people": 4,
        "line": 500_000,
        "multiplier_percent": 100,
        "has_data": True,
    }
    return MonthInput(**{**base, **values})  # type: ignore[arg-type]


@given(inputs)
def test_a_month_passes_when_everybody_has_the_whole_line(given: MonthInput) -> None:
    result = month_result(given)
    if not given.has_data or given.people == 0 or given.line is None:
        assert result.status is MonthStatus.NO_DATA
        return
    income = given.sales - given.costs + given.other_income
    needed = -(-given.line * given.multiplier_percent // 100)  # a part of a rupiah is asked for as a whole one
    reaches = income >= needed * given.people
    assert result.status is (MonthStatus.PASSED if reaches else MonthStatus.NOT_PASSED)
    assert result.income_per_person * given.people <= income < (result.income_per_person + 1) * given.people


@given(inputs, st.integers(1, 10**9))
def test_more_income_never_makes_a_month_worse(given: MonthInput, more: int) -> None:
    order = [MonthStatus.NO_DATA, MonthStatus.NOT_PASSED, MonthStatus.PASSED]
    richer = MonthInput(**{**given.__dict__, "sales": given.sales + more})
    assert order.index(month_result(richer).status) >= order.index(month_result(given).status)


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({}, MonthStatus.PASSED),
        ({"sales": 1_999_999}, MonthStatus.NOT_PASSED),
        ({"costs": 1}, MonthStatus.NOT_PASSED),
        ({"costs": 1, "other_income": 1}, MonthStatus.PASSED),
        ({"multiplier_percent": 101}, MonthStatus.NOT_PASSED),
        ({"people": 3}, MonthStatus.PASSED),
        ({"people": 5}, MonthStatus.NOT_PASSED),
        ({"sales": -5}, MonthStatus.NOT_PASSED),
        ({"people": 0}, MonthStatus.NO_DATA),
        ({"line": None}, MonthStatus.NO_DATA),
        ({"has_data": False}, MonthStatus.NO_DATA),
    ],
)
def test_where_the_line_runs(values: dict[str, object], status: MonthStatus) -> None:
    assert month_result(month(**values)).status is status


@pytest.mark.parametrize(
    ("village", "urban"), [("63.06.05.1001", True), ("63.06.05.2003", False), ("32.79.04.1010", True)]
)
def test_a_kelurahan_is_urban(village: str, urban: bool) -> None:
    assert rules.is_urban(village) is urban


@pytest.mark.parametrize(
    ("first", "every", "period", "months"),
    [
        (1, 3, 12, [1, 3, 6, 9, 12]),
        (2, 4, 12, [2, 4, 8, 12]),
        (3, 3, 6, [3, 6]),
        (1, 5, 12, [1, 5, 10, 12]),
        (6, 12, 3, [3]),
    ],
)
def test_a_family_is_visited_early_then_at_intervals_until_the_period_is_over(
    first: int, every: int, period: int, months: list[int]
) -> None:
    assert follow_ups(first, every, period) == months


NOVEMBER, OCTOBER, SEPTEMBER = dt.date(2026, 11, 1), dt.date(2026, 10, 1), dt.date(2026, 9, 1)


def test_a_month_is_over_only_after_its_last_day() -> None:
    rules.check_is_over(OCTOBER, dt.date(2026, 11, 1))
    with pytest.raises(StateConflict):
        rules.check_is_over(OCTOBER, dt.date(2026, 10, 31))


@pytest.mark.parametrize(
    ("today", "months"),
    [
        (dt.date(2026, 11, 1), [NOVEMBER, OCTOBER]),
        (dt.date(2026, 11, 10), [NOVEMBER, OCTOBER]),
        (dt.date(2026, 11, 11), [NOVEMBER]),
        (dt.date(2027, 1, 5), [dt.date(2027, 1, 1), dt.date(2026, 12, 1)]),
    ],
)
def test_the_last_month_takes_notes_for_ten_days(today: dt.date, months: list[dt.date]) -> None:
    assert rules.open_months(today, 10) == months
    for month in months:
        rules.check_takes_notes(month, today, 10)
    with pytest.raises(InvalidInput):
        rules.check_takes_notes(SEPTEMBER, today, 10)


T, V, R, B = NoteState.TOLD, NoteState.VERIFIED, NoteState.REJECTED, NoteState.TAKEN_BACK
AFTER = {
    (NoteKind.OTHER_INCOME, NoteStep.VERIFY): {T: V},
    (NoteKind.OTHER_INCOME, NoteStep.REJECT): {T: R, V: R},
    (NoteKind.OTHER_INCOME, NoteStep.TAKE_BACK): {T: B, V: B},
    (NoteKind.COST, NoteStep.VERIFY): {},
    (NoteKind.COST, NoteStep.REJECT): {T: R, V: R},
    (NoteKind.COST, NoteStep.TAKE_BACK): {T: B, V: B},
}


@pytest.mark.parametrize("state", NoteState)
@pytest.mark.parametrize("step", NoteStep)
@pytest.mark.parametrize("kind", NoteKind)
def test_what_becomes_of_a_note(kind: NoteKind, step: NoteStep, state: NoteState) -> None:
    after = AFTER[kind, step].get(state)
    if after is None:
        with pytest.raises(StateConflict):
            rules.note_after(kind, state, step)
    else:
        assert rules.note_after(kind, state, step) is after
