"""Write the journal. The only writer of money owed."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import CursorResult, insert, update
from sqlalchemy.exc import IntegrityError

from ..areas import queries as areas
from ..extensions import db
from ..shared import clock
from ..shared.errors import InvalidInput, StateConflict
from ..shared.i18n import _
from ..shared.transaction import command
from . import closing, rules
from .models import MONEY, EntryKind, HouseholdBalance, JournalEntry, JournalLine
from .rules import Posting


@dataclass(frozen=True)
class Event:
    """What an entry is about: its kind and reference happen once; the day is the regency's local one."""

    kind: EntryKind
    reference: str
    area_code: str
    memo: str = ""
    order_id: int | None = None
    actor_id: int | None = None
    day: dt.date | None = None
    """None means today."""


@command
def post(event: Event, postings: Iterable[Posting]) -> JournalEntry:
    """Write one balanced entry and move the balances of the households in it.

    Money of a day that was closed is entered on the next one that is open. Raises StateConflict when (kind, reference)
    was posted before, and InvalidInput when a payout is more than the household's balance.
    """
    moving = rules.checked(postings)
    entry = _entry(event, _day_of(event, moving))
    db.session.execute(insert(JournalLine), [_line(entry.id, posting) for posting in moving])
    for household_id, change in rules.owed_changes(moving).items():
        _move_balance(household_id, change, guarded=event.kind is EntryKind.PAYOUT)
    return entry


def _line(entry_id: int, posting: Posting) -> dict[str, object]:
    return {
        "entry_id": entry_id,
        "account": posting.account,
        "amount": posting.amount,
        "household_id": posting.household_id,
        "product_id": posting.product_id,
    }


def _day_of(event: Event, postings: Iterable[Posting]) -> dt.date:
    day = event.day or clock.today(areas.time_zone(event.area_code))
    moves_money = any(posting.account in MONEY for posting in postings)
    return closing.first_open_day(event.area_code, day) if moves_money else day


def _entry(event: Event, day: dt.date) -> JournalEntry:
    entry = JournalEntry(
        kind=event.kind,
        reference=event.reference,
        area_code=event.area_code,
        entry_date=day,
        memo=event.memo,
        order_id=event.order_id,
        actor_id=event.actor_id,
    )
    try:
        with db.session.begin_nested():
            db.session.add(entry)
    except IntegrityError as error:
        raise StateConflict from error
    return entry


def _move_balance(household_id: int, change: int, *, guarded: bool) -> None:
    """Add to what is owed, in one UPDATE that also tests it for a payout; rows come in household order."""
    statement = update(HouseholdBalance).where(HouseholdBalance.household_id == household_id)
    if guarded:
        statement = statement.where(HouseholdBalance.balance + change >= 0)
    result = db.session.execute(
        statement.values(balance=HouseholdBalance.balance + change).execution_options(synchronize_session=False)
    )
    assert isinstance(result, CursorResult)
    if result.rowcount == 1:
        _forget(household_id)
        return
    if guarded:
        raise InvalidInput(_("This is more than the family's balance."), field="amount")
    _first_balance(household_id, change)


def _first_balance(household_id: int, change: int) -> None:
    try:
        with db.session.begin_nested():
            db.session.execute(insert(HouseholdBalance).values(household_id=household_id, balance=change))
    except IntegrityError:  # another writer made the row a moment ago
        _move_balance(household_id, change, guarded=False)


def _forget(household_id: int) -> None:
    known = db.session.identity_map.get(db.session.identity_key(HouseholdBalance, household_id))
    if known is not None:
        db.session.expire(known)
