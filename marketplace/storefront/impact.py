"""What the purchases of a year did, in sums over many families: nobody can be read out of them."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from ..extensions import db
from ..groups.models import Membership
from ..ledger.models import Account, EntryKind, JournalEntry, JournalLine
from ..orders.models import Order
from ..shared.remember import remembered

SECONDS = 600
FEWEST = 5
"""Of fewer families no sum is shown: it would tell too much of each."""
EARNED = (EntryKind.DELIVERY, EntryKind.RETURN)


@dataclass(frozen=True)
class Impact:
    """How many families earned, in how many groups, and how much, rupiah, less what came back."""

    families: int = 0
    groups: int = 0
    amount: int = 0


@remembered(SECONDS)
def of_year(regency_code: str, year: int) -> Impact:
    """Return what the families of a regency have earned since the year began; nothing where they are too few."""
    return _of(year, JournalEntry.area_code == regency_code)


@remembered(SECONDS)
def of_buyer(user_id: int, year: int) -> Impact:
    """Return what families have earned by the purchases of one account since the year began, wherever they live."""
    return _of(year, JournalEntry.order_id.in_(select(Order.id).where(Order.buyer_id == user_id)))


def _of(year: int, condition: ColumnElement[bool]) -> Impact:
    earned = (
        select(JournalLine.household_id, (-func.sum(JournalLine.amount)).label("amount"))
        .join(JournalEntry, JournalEntry.id == JournalLine.entry_id)
        .where(
            condition,
            JournalEntry.entry_date >= dt.date(year, 1, 1),
            JournalEntry.kind.in_(EARNED),
            JournalLine.account == Account.HOUSEHOLD_PAYABLE,
        )
        .group_by(JournalLine.household_id)
        .having(-func.sum(JournalLine.amount) > 0)
        .cte("earned")
    )
    groups = select(func.count(Membership.group_id.distinct())).where(
        Membership.household_id.in_(select(earned.c.household_id)), Membership.ends_on.is_(None)
    )
    totals = select(func.count(), func.sum(earned.c.amount), groups.scalar_subquery()).select_from(earned)
    families, amount, number = db.session.execute(totals).one()
    return Impact(families, number, int(amount)) if families >= FEWEST else Impact()
