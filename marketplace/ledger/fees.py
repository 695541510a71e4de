"""What the bank took for itself: written down from its statement, and taken back where it was something else."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select

from ..extensions import db
from ..shared.transaction import command
from . import holdings, rules, service
from .models import MEMO_LENGTH, Account, EntryKind, JournalEntry


@dataclass(frozen=True)
class Fee:
    """What a bank took: from which account of a regency, rupiah, on which day, in the bank's words."""

    area_code: str
    account: Account
    amount: int
    day: dt.date
    text: str


@command
def book(fee: Fee, source: str, actor_id: int | None) -> JournalEntry:
    """Write down a bank fee on the bank's day, again only where it was taken back.

    `source` names the line of the statement; whoever books it has turned that. Raises InvalidInput when the books know
    of less in the account.
    """
    holdings.secure(fee.area_code, fee.account, fee.amount, "amount")
    memo = fee.text[:MEMO_LENGTH]
    event = service.Event(
        EntryKind.BANK_FEE, _next_reference(source), fee.area_code, memo, actor_id=actor_id, day=fee.day
    )
    return service.post(event, rules.bank_fee(fee.account, fee.amount))


@command
def take_back(entry_id: int, reason: str, actor_id: int | None) -> JournalEntry:
    """Undo a bank fee by an entry the other way. Raises StateConflict when it was undone before."""
    entry = db.session.get_one(JournalEntry, entry_id)
    paid = next(line for line in entry.lines if line.account is not Account.PROVIDER_FEES)
    event = service.Event(EntryKind.BANK_FEE_RETURN, entry.reference, entry.area_code, reason, actor_id=actor_id)
    return service.post(event, rules.bank_fee_return(paid.account, -paid.amount))


def _next_reference(source: str) -> str:
    """Return the name of the next entry about a source: what was taken back keeps its own."""
    known = JournalEntry.reference.startswith(f"{source}/", autoescape=True)
    count = db.session.scalar(select(func.count()).where(JournalEntry.kind == EntryKind.BANK_FEE, known))
    return f"{source}/{(count or 0) + 1}"
