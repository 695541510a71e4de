"""Money for an order on an office's invoice: the office's word that it paid, and what the treasurer finds."""

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from ..extensions import db
from ..ledger.rules import as_reference
from ..orders import billing
from ..orders import service as orders
from ..orders.models import Order
from ..shared import audit, clock
from ..shared.errors import InvalidInput, StateConflict
from ..shared.i18n import _
from ..shared.money import format_rupiah
from ..shared.transaction import command
from . import accounts, service
from .kept import Rest
from .models import Payment, PaymentState
from .providers import PROVIDERS
from .rules import Action

TRANSFER = "transfer"


@dataclass(frozen=True)
class Proof:
    """What an office says that it transferred, rupiah, with a picture or a note."""

    amount: int
    image_id: int | None
    note: str


@command
def claim(order_id: int, proof: Proof, actor_id: int | None) -> Payment:
    """Take an office's word that it transferred something for its invoice; the statement decides.

    What it says again before anybody looked takes the place of what it said first. Raises InvalidInput for more than
    is open, StateConflict for an order that is on no invoice or owes nothing any more.
    """
    order = orders.locked(order_id)
    still = billing.receivable_of(order)
    if not still:
        raise StateConflict(_("Nothing is to be paid any more."))
    if proof.amount > still:
        raise InvalidInput(_("At most %(most)s is still to be paid.", most=format_rupiah(still)), field="amount")
    payment = service.open_payment(order_id) or _bill(order, proof)
    values = {"amount": proof.amount, "note": proof.note}
    if proof.image_id is not None:
        values["proof_id"] = proof.image_id
    service.turn_by(payment, Action.CLAIM, **values)
    return payment


def _bill(order: Order, proof: Proof) -> Payment:
    """Make the bill of what is claimed, to the account that the invoice names."""
    account = accounts.for_transfers(order.regency_code)
    payment = Payment(
        order_id=order.id,
        provider=TRANSFER,
        amount=proof.amount,
        account_id=account.id if account else None,
    )
    db.session.add(payment)
    db.session.flush()  # its state is turned by an UPDATE
    return payment


@command
def receive(order_id: int, money: Rest, actor_id: int | None) -> Payment:
    """Write down money for an order on an invoice, all of it or a part; what is too much is owed back.

    Where the office said that it paid in this way, this is what it meant.
    Raises InvalidInput without a reference or for a line of the statement that was used before, StateConflict for an
    order that is on no invoice.
    """
    if not money.reference:
        raise InvalidInput(_("Please fill this in."), field="reference")
    order = orders.locked(order_id)
    if order.billed_at is None:
        raise StateConflict
    claimed = service.open_payment(order_id)
    if claimed is not None and claimed.provider == money.provider:
        return service.confirm(claimed.id, money.amount, money.reference, actor_id)
    payment = _payment(order_id, billing.receivable_of(order), money, actor_id)
    account = PROVIDERS[money.provider].money_account
    billing.take_money(order_id, money.amount, account, f"payment:{payment.id}", actor_id)
    audit.record(actor_id, "payment.invoice", ("payment", payment.id), amount=money.amount)
    return payment


def _payment(order_id: int, asked: int, money: Rest, actor_id: int | None) -> Payment:
    """Make the payment; of an invoice that is paid already nothing was asked, and what came is its amount."""
    by_statement = PROVIDERS[money.provider].needs_account
    payment = Payment(
        order_id=order_id,
        provider=money.provider,
        state=PaymentState.CONFIRMED,
        amount=asked or money.amount,
        received_amount=money.amount,
        provider_reference=as_reference(money.reference) if by_statement else None,
        note="" if by_statement else money.reference,
        decided_by_id=actor_id,
        decided_at=clock.now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(payment)
    except IntegrityError as error:
        raise InvalidInput(service.used_line(), field="reference") from error
    return payment
