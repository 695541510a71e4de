"""Orders that an office pays later: its debt stands in the books from the moment the order is placed."""

from ..ledger import rules as ledger_rules
from ..ledger.models import Account, EntryKind
from ..ledger.queries import order_balance
from ..shared import clock
from ..shared.errors import StateConflict
from ..shared.transaction import command
from ..stock import service as stock
from . import proposals
from .models import Order
from .rules import Action
from .service import demand_left, locked, post, step

INVOICE = "invoice"
"""Way to pay of such an order: no provider's."""


def receivable_of(order: Order) -> int:
    """Return what an office still owes for an order, rupiah; 0 for one that was paid before it was packed."""
    return order_balance(order.id, Account.RECEIVABLES) if order.billed_at is not None else 0


@command
def bill(order_id: int, actor_id: int | None) -> None:
    """Put an order on an invoice instead of a payment: it is packed now, and its goods stay held."""
    order = locked(order_id)
    step(order, Action.BILL, actor_id)
    stock.secure(order.reference, demand_left(order), None)
    order.billed_at = clock.now()
    order.expires_at = None
    order.payment_method = INVOICE
    post(order, EntryKind.INVOICE, order.reference, ledger_rules.invoice(order.due_amount), actor_id)


@command
def take_money(order_id: int, received: int, account: Account, reference: str, actor_id: int | None) -> None:
    """Take money for an order on an invoice, in one or several parts; what is too much is owed back.

    `reference` is its `payment:7`, `account` where the money is. Raises StateConflict for any other order.
    """
    order = locked(order_id)
    if order.billed_at is None:
        raise StateConflict
    postings = ledger_rules.invoice_payment(account, received, receivable_of(order))
    post(order, EntryKind.INVOICE_PAYMENT, reference, postings, actor_id)
    note_settled(order)


def note_settled(order: Order) -> None:
    """Write down that an invoiced order is paid, once nothing of it is owed any more. Inside a running command."""
    if order.billed_at is not None and order.paid_at is None and order.due_amount and not receivable_of(order):
        order.paid_at = clock.now()


@command
def unpay(order_id: int, received: int, account: Account, reference: str, reason: str, actor_id: int | None) -> None:
    """Take back that money paid an order which is not packed: it waits for its own, its goods held as they are.

    `received`, `account` and `reference` are those that it was paid with. Raises StateConflict for any other order.
    """
    order = locked(order_id)
    if order.billed_at is not None or order.paid_at is None:
        raise StateConflict
    proposals.check_none_open(order_id)
    step(order, Action.UNPAY, actor_id, reason)
    order.paid_at = None
    postings = ledger_rules.payment_return(account, received, order.due_amount - received)
    post(order, EntryKind.PAYMENT_RETURN, reference, postings, actor_id)


@command
def give_up_money(
    order_id: int, received: int, owed_back: int, account: Account, reference: str, actor_id: int | None
) -> None:
    """Take back money that was booked for an order: off what is owed back, the rest the office owes again.

    Raises StateConflict for a rest where no office owes anything.
    """
    order = locked(order_id)
    if received > owed_back and order.billed_at is None:
        raise StateConflict
    post(
        order, EntryKind.RECEIPT_RETURN, reference, ledger_rules.receipt_return(account, received, owed_back), actor_id
    )
    if order.billed_at is not None and order.due_amount and receivable_of(order):
        order.paid_at = None
