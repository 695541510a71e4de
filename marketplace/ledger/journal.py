"""Read the journal entry by entry."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import selectinload

from ..extensions import db
from ..groups.models import Household
from .models import Account, EntryKind, JournalEntry, JournalLine


def entries(area_code: str, since: dt.date, until: dt.date, account: Account | None) -> Select[JournalEntry]:
    """Select the entries of a regency's books from one day to another with their lines, newest first."""
    statement = (
        select(JournalEntry)
        .options(selectinload(JournalEntry.lines))
        .where(JournalEntry.area_code == area_code, JournalEntry.entry_date.between(since, until))
        .order_by(JournalEntry.entry_date.desc(), JournalEntry.id.desc())
    )
    if account is not None:
        touches = exists().where(JournalLine.entry_id == JournalEntry.id, JournalLine.account == account)
        statement = statement.where(touches)
    return statement


def household_names(shown: Iterable[JournalEntry]) -> dict[int, str]:
    """Return household id → name for the lines of some entries."""
    ids = {line.household_id for entry in shown for line in entry.lines if line.household_id is not None}
    found = db.session.execute(select(Household.id, Household.name).where(Household.id.in_(ids)))
    return dict(found.all())


@dataclass(frozen=True)
class BookLine:
    """One line with the entry it belongs to; debit is positive."""

    day: dt.date
    entry_id: int
    kind: EntryKind
    memo: str
    account: Account
    household: str | None
    amount: int


def lines(area_code: str, since: dt.date, until: dt.date, account: Account | None) -> Iterator[BookLine]:
    """Yield the lines of the same entries, oldest first."""
    chosen = entries(area_code, since, until, account).with_only_columns(JournalEntry.id).order_by(None)
    statement = (
        select(
            JournalEntry.entry_date,
            JournalEntry.id,
            JournalEntry.kind,
            JournalEntry.memo,
            JournalLine.account,
            Household.name,
            JournalLine.amount,
        )
        .select_from(JournalEntry)
        .join(JournalLine)
        .outerjoin(Household, Household.id == JournalLine.household_id)
        .where(JournalEntry.id.in_(chosen))
        .order_by(JournalEntry.entry_date, JournalEntry.id, JournalLine.id)
    )
    return (BookLine(*row) for row in db.session.execute(statement))
