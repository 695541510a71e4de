"""What groups earned, read from the journal: by spans of days, and when they sold last."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select

from ..catalog.models import Product
from ..extensions import db
from ..ledger.models import Account, JournalEntry, JournalLine
from ..ledger.queries import EARNING_KINDS
from ..shared import clock

Span = tuple[dt.date, dt.date]
"""First and last day."""


@dataclass(frozen=True)
class GroupSales:
    """What a group earned in each span, rupiah, and the day of its last sale."""

    earned: tuple[int, ...]
    last_sale_on: dt.date | None


def of_groups(
    group_ids: Select[Any] | Sequence[int], spans: Sequence[Span], until: dt.datetime
) -> dict[int, GroupSales]:
    """Return group id → its sales as the journal told them at a moment; groups without any entry are left out.

    `group_ids` is a list of ids, or a SELECT of them.
    """
    sums = [func.sum(case((JournalEntry.entry_date.between(*span), -JournalLine.amount), else_=0)) for span in spans]
    last = func.max(case((JournalLine.amount < 0, JournalEntry.entry_date)))
    statement = (
        select(Product.group_id, last, *sums)
        .select_from(JournalLine)
        .join(JournalEntry, JournalEntry.id == JournalLine.entry_id)
        .join(Product, Product.id == JournalLine.product_id)
        .where(is_earning(), JournalEntry.at <= until, Product.group_id.in_(group_ids))
        .group_by(Product.group_id)
    )
    return {
        row[0]: GroupSales(tuple(int(amount) for amount in row[2:]), row[1]) for row in db.session.execute(statement)
    }


def is_earning() -> ColumnElement[bool]:
    """Return the condition that a journal line is what a family earned, or what came back."""
    return JournalEntry.kind.in_(EARNING_KINDS) & (JournalLine.account == Account.HOUSEHOLD_PAYABLE)


def months_of_group(group_id: int, months: Sequence[dt.date], until: dt.datetime) -> dict[dt.date, int]:
    """Return month → what a group earned in it, rupiah, as the journal told it at a moment."""
    spans = [(month, clock.add_months(month, 1) - dt.timedelta(days=1)) for month in months]
    found = of_groups([group_id], spans, until).get(group_id)
    return dict(zip(months, found.earned if found else (0,) * len(months), strict=True))
