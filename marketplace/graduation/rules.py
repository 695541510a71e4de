"""A household's month against the poverty line. Pure: no Flask, no database.

The line is BPS's expenditure line held against our income: the result is an indication, never a decision.
"""

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ..shared.clock import add_months
from ..shared.errors import InvalidInput, StateConflict
from ..shared.i18n import _l
from .models import MonthStatus, NoteKind, NoteState

WINDOW = 6
"""Months in a row that are looked at."""
URBAN_BLOCK = "1"
"""The last block of a kelurahan's code starts with it, that of a desa with 2 (Kemendagri)."""


@dataclass(frozen=True)
class MonthInput:
    """What a household's month is reckoned from, in rupiah; `line` is per person, None where there is none."""

    sales: int
    costs: int
    other_income: int
    people: int
    line: int | None
    multiplier_percent: int
    has_data: bool


@dataclass(frozen=True)
class MonthResult:
    """A reckoned month. `line_amount` is the line times the multiplier, rounded up."""

    net_sales: int
    income_per_person: int
    line_amount: int | None
    status: MonthStatus


def month_result(month: MonthInput) -> MonthResult:
    """Hold a month's income per person against the line.

    `other_income` is only what was verified; aid is never in it. Without data, people or a line there is no result.
    Rounding never makes a month better than it is: income goes down, the line goes up.
    """
    net_sales = month.sales - month.costs
    income = net_sales + month.other_income
    per_person = income // month.people if month.people else 0
    line_amount = None if month.line is None else -(-month.line * month.multiplier_percent // 100)
    return MonthResult(net_sales, per_person, line_amount, _status(month, per_person, line_amount))


def _status(month: MonthInput, per_person: int, line_amount: int | None) -> MonthStatus:
    if not month.has_data or not month.people or line_amount is None:
        return MonthStatus.NO_DATA
    return MonthStatus.PASSED if per_person >= line_amount else MonthStatus.NOT_PASSED


def is_urban(village_code: str) -> bool:
    """Tell whether a village is a kelurahan, for which the urban line counts."""
    return village_code.rpartition(".")[2].startswith(URBAN_BLOCK)


def last_day(month: dt.date) -> dt.date:
    """Return the last day of a month: who is in the household then is counted."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def check_is_over(month: dt.date, today: dt.date) -> None:
    """Refuse to make a month final before its last day has passed."""
    if today <= last_day(month):
        raise StateConflict(_l("This month is not over yet."))


def is_due(month: dt.date, today: dt.date, open_days: int) -> bool:
    """Tell whether a month no longer waits for notes: `open_days` of the next one have passed."""
    return today >= add_months(month, 1) + dt.timedelta(days=open_days)


def open_months(today: dt.date, open_days: int) -> list[dt.date]:
    """Return the months that still take notes, newest first."""
    this = today.replace(day=1)
    last = add_months(this, -1)
    return [this] if is_due(last, today, open_days) else [this, last]


def check_takes_notes(month: dt.date, today: dt.date, open_days: int) -> None:
    """Refuse a note for a month that is closed or still to come."""
    if month not in open_months(today, open_days):
        raise InvalidInput(_l("This month takes no notes any more."), field="month")


class NoteStep(StrEnum):
    """What can happen to a note while its month is open."""

    VERIFY = "verify"
    REJECT = "reject"
    TAKE_BACK = "take_back"


NOTE_STEPS: Mapping[tuple[NoteState, NoteStep], NoteState] = {
    (NoteState.TOLD, NoteStep.VERIFY): NoteState.VERIFIED,
    (NoteState.TOLD, NoteStep.REJECT): NoteState.REJECTED,
    (NoteState.TOLD, NoteStep.TAKE_BACK): NoteState.TAKEN_BACK,
    # Whoever sees his own mistake sets it right, also after the other one has looked.
    (NoteState.VERIFIED, NoteStep.REJECT): NoteState.REJECTED,
    (NoteState.VERIFIED, NoteStep.TAKE_BACK): NoteState.TAKEN_BACK,
}


def note_after(kind: NoteKind, state: NoteState, step: NoteStep) -> NoteState:
    """Return the state of a note after a step. Raises StateConflict where it cannot happen."""
    # A cost counts as it was told: there is nothing to verify.
    after = NOTE_STEPS.get((state, step))
    if after is None or (kind is NoteKind.COST and step is NoteStep.VERIFY):
        raise StateConflict
    return after
