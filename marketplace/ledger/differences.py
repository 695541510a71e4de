"""A second person looks at a close: then what was counted beside what the books said is entered.

Several closes may wait for a second person, each with the same missing money in it. An entry is for what no other one
was made for yet, and the newest count that somebody looked at is the one that holds.
"""

from sqlalchemy import func, select

from ..areas.models import Area
from ..extensions import db
from ..shared import audit, clock
from ..shared.errors import Forbidden, StateConflict
from ..shared.i18n import _
from ..shared.transaction import command
from . import holdings, rules, service
from .close_models import DayClose, DayCount
from .models import MEMO_LENGTH, Account, EntryKind, JournalEntry, JournalLine


@command
def mark_seen(close_id: int, actor_id: int) -> DayClose:
    """Write down that a second person looked at a close, and enter its differences on the first day that is open.

    Raises Forbidden for who closed it, StateConflict twice, InvalidInput when the books would hold less than nothing:
    money left since that they do not know of.
    """
    row = db.session.get_one(DayClose, close_id, with_for_update=True, populate_existing=True)
    if row.closed_by_id == actor_id:
        raise Forbidden(_("You closed this day: somebody else looks at it."))
    if row.seen_at is not None:
        raise StateConflict
    row.seen_by_id, row.seen_at = actor_id, clock.now()
    _enter(row, actor_id)
    audit.record(actor_id, "day.seen", ("day_close", close_id))
    return row


def _enter(close: DayClose, actor_id: int) -> None:
    area = select(Area.code).where(Area.code == close.area_code).with_for_update(key_share=True)
    db.session.execute(area)  # one close of a regency after the other
    is_newest = not _was_later_one_seen(close)
    for count in close.counts:
        if Account(count.account) is Account.TENT_CASH:
            continue  # each drawer has a close of its own, which enters what differs
        count.booked = _missing(close, count) if is_newest else 0
        if count.booked:
            _post(close, count, count.booked, actor_id)


def _was_later_one_seen(close: DayClose) -> bool:
    later = (DayClose.area_code == close.area_code) & (DayClose.day > close.day) & DayClose.seen_at.is_not(None)
    return db.session.scalar(select(DayClose.id).where(later).limit(1)) is not None


def _missing(close: DayClose, count: DayCount) -> int:
    """Return what is left of a difference, less what was entered for another close after this one was counted."""
    entered = (
        select(func.coalesce(func.sum(JournalLine.amount), 0))
        .join(JournalEntry)
        .where(
            JournalEntry.kind == EntryKind.COUNT_DIFFERENCE,
            JournalEntry.area_code == close.area_code,
            JournalEntry.entry_date > close.day,
            JournalLine.account == Account(count.account),
        )
    )
    return count.difference - int(db.session.scalar(entered) or 0)


def _post(close: DayClose, count: DayCount, difference: int, actor_id: int) -> None:
    account, memo = Account(count.account), count.reason[:MEMO_LENGTH]
    if difference < 0 and account is not Account.STRIPE:
        holdings.secure(close.area_code, account, -difference, "")
    reference, kind = f"count:{count.id}", EntryKind.COUNT_DIFFERENCE
    event = service.Event(kind, reference, close.area_code, memo, actor_id=actor_id, day=close.day)
    service.post(event, rules.count_difference(account, difference))
