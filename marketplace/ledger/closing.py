"""Close a day: what the books say of each money account beside what was counted; then no money is dated before it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload, selectinload

from ..areas.models import Area
from ..areas.queries import time_zone
from ..extensions import db
from ..shared import audit, clock
from ..shared.errors import InvalidInput, NotFound, StateConflict
from ..shared.i18n import _
from ..shared.policy import Actor, Role, may
from ..shared.transaction import command
from .close_models import DayClose, DayCount
from .models import MONEY, Account, EntryKind, JournalEntry, JournalLine

CLOSERS = frozenset({Role.TREASURER})
SEERS = frozenset({Role.TREASURER, Role.HEAD})
"""Who sees closes, and may look at one as the second person."""
ACCOUNTS = tuple(account for account in Account if account in MONEY)
SELDOM = frozenset({Account.STRIPE, Account.TENT_CASH})
"""Not every regency has money there."""


@dataclass(frozen=True)
class Book:
    """A money account over the days since the last close, rupiah."""

    account: Account
    opening: int
    moved: Mapping[EntryKind, tuple[int, int]] = field(default_factory=dict)
    """Kind of entry → what came in by it, and what went out."""

    @property
    def incoming(self) -> int:
        """Return what came in."""
        return sum(came for came, _left in self.moved.values())

    @property
    def outgoing(self) -> int:
        """Return what went out."""
        return sum(left for _came, left in self.moved.values())

    @property
    def expected(self) -> int:
        """Return what should be there."""
        return self.opening + self.incoming - self.outgoing


@dataclass(frozen=True)
class Counted:
    """What was there, rupiah, and why it is not what the books say."""

    amount: int
    reason: str = ""


def last_close(area_code: str) -> DayClose | None:
    """Return the last close of a regency with its counts."""
    statement = closes(area_code).limit(1)
    return db.session.scalar(statement)


def closes(area_code: str) -> Select[DayClose]:
    """Select the closes of a regency with their counts, newest first."""
    people = (joinedload(DayClose.closed_by), joinedload(DayClose.seen_by))
    return (
        select(DayClose)
        .options(selectinload(DayClose.counts), *people)
        .where(DayClose.area_code == area_code)
        .order_by(DayClose.day.desc())
    )


def get_close_for(actor: Actor, close_id: int) -> DayClose:
    """Return a close. Raises NotFound, also for officers of elsewhere."""
    close = db.session.scalar(select(DayClose).where(DayClose.id == close_id).options(selectinload(DayClose.counts)))
    if close is None or not may(actor, SEERS, area_code=close.area_code):
        raise NotFound
    return close


def first_open_day(area_code: str, day: dt.date) -> dt.date:
    """Return a day on which money may be entered: the day itself, or the first one after the last close.

    Holds the regency until the end of the transaction against a close, but not against others who enter money: whoever
    closes waits for them, and they for him.
    """
    db.session.execute(select(Area.code).where(Area.code == area_code).with_for_update(read=True, key_share=True))
    closed = db.session.scalar(select(func.max(DayClose.day)).where(DayClose.area_code == area_code))
    return day if closed is None or day > closed else closed + dt.timedelta(days=1)


def books(area_code: str, day: dt.date) -> list[Book]:
    """Return every money account of a regency from the last close up to a day."""
    last = last_close(area_code)
    since = last.day if last else dt.date.min
    opening = _opening(area_code, since)
    moved = _moved(area_code, since, day)
    return [Book(account, opening.get(account, 0), moved[account]) for account in used(area_code)]


def used(area_code: str) -> tuple[Account, ...]:
    """Return the money accounts that a regency closes: some only where something was ever booked there."""
    booked = _money(area_code, select(JournalLine.account).distinct()).where(JournalLine.account.in_(SELDOM))
    unused = SELDOM - set(db.session.scalars(booked))
    return tuple(account for account in ACCOUNTS if account not in unused)


def _opening(area_code: str, until: dt.date) -> dict[Account, int]:
    statement = _money(area_code, select(JournalLine.account, func.sum(JournalLine.amount)))
    found = db.session.execute(statement.where(JournalEntry.entry_date <= until).group_by(JournalLine.account))
    return {account: int(amount) for account, amount in found}


def _moved(area_code: str, after: dt.date, until: dt.date) -> dict[Account, dict[EntryKind, tuple[int, int]]]:
    came = func.sum(JournalLine.amount).filter(JournalLine.amount > 0)
    left = func.sum(JournalLine.amount).filter(JournalLine.amount < 0)
    statement = _money(area_code, select(JournalLine.account, JournalEntry.kind, came, left))
    days = (JournalEntry.entry_date > after) & (JournalEntry.entry_date <= until)
    rows = db.session.execute(statement.where(days).group_by(JournalLine.account, JournalEntry.kind))
    moved: dict[Account, dict[EntryKind, tuple[int, int]]] = {account: {} for account in ACCOUNTS}
    for account, kind, incoming, outgoing in rows:
        moved[account][kind] = (int(incoming or 0), -int(outgoing or 0))
    return moved


def _money(area_code: str, statement: Any) -> Any:
    own = JournalLine.account.in_(MONEY) & (JournalEntry.area_code == area_code)
    return statement.select_from(JournalLine).join(JournalEntry, JournalEntry.id == JournalLine.entry_id).where(own)


@command
def close(area_code: str, day: dt.date, counted: Mapping[Account, Counted], actor_id: int | None) -> DayClose:
    """Close the days of a regency up to one; what was not counted counts as nothing.

    Raises InvalidInput for a day that is to come or was closed, and beside `reason-` and the account for a difference
    without a reason; StateConflict when somebody else closed it at the same moment.
    """
    db.session.execute(select(Area.code).where(Area.code == area_code).with_for_update())
    _check_day(area_code, day)
    last_entry = db.session.scalar(select(func.max(JournalEntry.id)).where(JournalEntry.area_code == area_code))
    row = DayClose(area_code=area_code, day=day, last_entry_id=last_entry or 0, closed_by_id=actor_id)
    row.counts = [_count(book, counted.get(book.account, Counted(0))) for book in books(area_code, day)]
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError as error:
        raise StateConflict from error
    audit.record(actor_id, "day.close", ("day_close", row.id), day=day.isoformat())
    return row


def _check_day(area_code: str, day: dt.date) -> None:
    if day > clock.today(time_zone(area_code)):
        raise InvalidInput(_("This day is still to come."), field="day")
    last = last_close(area_code)
    if last is not None and day <= last.day:
        raise InvalidInput(_("This day is closed already."), field="day")


def _count(book: Book, counted: Counted) -> DayCount:
    if counted.amount != book.expected and not counted.reason:
        message = _("This is not what the books say. Count again, or say why.")
        raise InvalidInput(message, field=f"reason-{book.account.value}")
    return DayCount(
        account=book.account.value,
        opening=book.opening,
        incoming=book.incoming,
        outgoing=book.outgoing,
        counted=counted.amount,
        reason=counted.reason,
    )
