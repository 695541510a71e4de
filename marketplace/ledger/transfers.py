"""Move money between the office's own accounts: QRIS that the bank settled, cash fetched for payouts."""

from ..shared import audit
from ..shared.errors import InvalidInput
from ..shared.i18n import _
from ..shared.transaction import command
from . import holdings, rules, service
from .models import MONEY, Account, EntryKind, JournalEntry


@command
def move_money(
    area_code: str,
    source: Account,
    target: Account,
    amount: int,
    note: str,
    key: str,
    actor_id: int | None,
    *,
    fee: int = 0,
) -> JournalEntry:
    """Write down that money went from one money account of a regency to another, once for each key.

    `amount` is what arrived; `fee` what a payment service kept on the way.

    Raises InvalidInput beside a field when the accounts are the same or hold no money, or the books know of less;
    StateConflict when the key was used before.
    """
    if source is target or not {source, target} <= MONEY:
        raise InvalidInput(_("Choose two different accounts."), field="target")
    holdings.secure(area_code, source, amount + fee, "amount")
    event = service.Event(EntryKind.TRANSFER, f"transfer:{key}", area_code, note, actor_id=actor_id)
    entry = service.post(event, rules.transfer(source, target, amount, fee))
    audit.record(actor_id, "money.move", ("journal_entry", entry.id), amount=amount, fee=fee)
    return entry
