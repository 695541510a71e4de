"""What was earned in each week and month: what came to families for their goods, less what came back."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping

from sqlalchemy import ColumnElement, func, select

from ..catalog.models import Product
from ..extensions import db
from ..shared import clock
from .models import Account, JournalEntry, JournalLine
from .queries import EARNING_KINDS

WEEKS = 26
MONTHS = 12


def first_day(today: dt.date) -> dt.date:
    """Return the day from which on days are asked for, so that weeks and months are whole."""
    return min(clock.weeks_back(today, WEEKS)[0], clock.months_back(clock.month_of(today), MONTHS)[0])


def since_day(since: dt.date) -> ColumnElement[bool]:
    """Return the condition that a journal line is what a family earned, or what came back, from a day on."""
    earning = JournalEntry.kind.in_(EARNING_KINDS) & (JournalLine.account == Account.HOUSEHOLD_PAYABLE)
    return earning & (JournalEntry.entry_date >= since)


def by_day(whose: ColumnElement[bool], since: dt.date) -> dict[dt.date, int]:
    """Return day → rupiah earned, for days on which anything was; `whose` is a condition on journal lines."""
    statement = (
        select(JournalEntry.entry_date, -func.sum(JournalLine.amount))
        .select_from(JournalLine)
        .join(JournalEntry, JournalEntry.id == JournalLine.entry_id)
        .where(whose, since_day(since))
        .group_by(JournalEntry.entry_date)
    )
    return {day: int(amount) for day, amount in db.session.execute(statement)}


def of_group(group_id: int) -> ColumnElement[bool]:
    """Return the condition that a journal line is of the goods of a group."""
    return JournalLine.product_id.in_(select(Product.id).where(Product.group_id == group_id))


def of_households(household_ids: Collection[int]) -> ColumnElement[bool]:
    """Return the condition that a journal line is of some families."""
    return JournalLine.household_id.in_(household_ids)


def by_week(days: Mapping[dt.date, int], today: dt.date) -> dict[dt.date, int]:
    """Return Monday → rupiah for the last 26 weeks, the running one last."""
    return _summed(days, clock.week_of, clock.weeks_back(today, WEEKS))


def by_month(days: Mapping[dt.date, int], today: dt.date) -> dict[dt.date, int]:
    """Return month → rupiah for the last twelve months, the running one last."""
    return _summed(days, clock.month_of, clock.months_back(clock.month_of(today), MONTHS))


def _summed(
    days: Mapping[dt.date, int], first_of: Callable[[dt.date], dt.date], firsts: Iterable[dt.date]
) -> dict[dt.date, int]:
    sums: Counter[dt.date] = Counter()
    for day, amount in days.items():
        sums[first_of(day)] += amount
    return {first: sums[first] for first in firsts}
