"""Read the journal entry by entry."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Integer, Select, cast, exists, func, select
from sqlalchemy.orm import selectinload

from ..extensions import db
from ..groups.models import Household
from ..shared.i18n import _
from . import hledger
from .models import Account, EntryKind, JournalEntry, JournalLine, Payout


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
class PaidOut:
    """The payout behind an entry: in which batch it was, and who signed for it if it was cash."""

    batch_id: int
    signed_by: str


def payouts_behind(*conditions: ColumnElement[bool]) -> dict[str, PaidOut]:
    """Return reference → payout, for those entries under some conditions that came of one."""
    kinds = JournalEntry.kind.in_((EntryKind.PAYOUT, EntryKind.PAYOUT_RETURN))
    number = cast(func.substr(JournalEntry.reference, len("payout:") + 1), Integer)
    asked = select(Payout.id, Payout.batch_id, Payout.signed_by).where(
        Payout.id.in_(select(number).where(kinds, *conditions))
    )
    return {f"payout:{row.id}": PaidOut(row.batch_id, row.signed_by) for row in db.session.execute(asked)}


def about(entry: "JournalEntry | BookLine", payouts: Mapping[str, PaidOut]) -> str:
    """Say in words what an entry came of: an order's number, a batch and who signed, or what was noted."""
    payout = payouts.get(entry.reference)
    if payout is None:
        return entry.memo
    batch = _("batch %(number)s", number=payout.batch_id)
    signed = _("signed by %(name)s", name=payout.signed_by) if payout.signed_by else ""
    return ", ".join(part for part in (batch, signed, entry.memo) if part)


@dataclass(frozen=True)
class BookLine:
    """One line with the entry it belongs to; debit is positive."""

    day: dt.date
    entry_id: int
    kind: EntryKind
    reference: str
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
            JournalEntry.reference,
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


def all_days(area_code: str, today: dt.date) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of a regency's entries, today among them: a closed day's are put off."""
    days = select(func.min(JournalEntry.entry_date), func.max(JournalEntry.entry_date))
    first, last = db.session.execute(days.where(JournalEntry.area_code == area_code)).one()
    return min(first or today, today), max(last or today, today)


def balances_before(area_code: str, day: dt.date) -> dict[tuple[Account, int | None], int]:
    """Return what each account, and each household's, held before a day; debit is positive, and nothing is left out."""
    statement = (
        select(JournalLine.account, JournalLine.household_id, func.sum(JournalLine.amount))
        .join(JournalEntry)
        .where(JournalEntry.area_code == area_code, JournalEntry.entry_date < day)
        .group_by(JournalLine.account, JournalLine.household_id)
    )
    return {(account, key): int(amount) for account, key, amount in db.session.execute(statement) if amount}


def as_hledger(area_code: str, since: dt.date, until: dt.date) -> Iterator[str]:
    """Yield the entries of some days as a journal for hledger, after what its accounts held before."""
    found = entries(area_code, since, until, None).order_by(None).order_by(JournalEntry.entry_date, JournalEntry.id)
    opening = {hledger.name_of(*key): amount for key, amount in balances_before(area_code, since).items()}
    return hledger.written(since, opening, (_transaction(entry) for entry in db.session.scalars(found)))


def _transaction(entry: JournalEntry) -> hledger.Transaction:
    posts = tuple(hledger.Post(line.account, line.household_id, line.amount) for line in entry.lines)
    return hledger.Transaction(entry.entry_date, entry.kind, entry.reference, entry.memo, posts)
