"""Money for an order on an office's invoice: the office's word that it paid, and what the treasurer finds."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
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

    Each transfer has its own claim, which waits beside the others. Raises InvalidInput for more than is open and not
    told of yet, StateConflict for an order that is on no invoice, owes nothing any more or was told of wholly.
    """
    order = orders.locked(order_id)
    still = billing.receivable_of(order)
    if not still:
        raise StateConflict(_("Nothing is to be paid any more."))
    told = sum(each.amount for each in claims_of(order_id))
    if still <= told:
        raise StateConflict(all_told(told))
    if proof.amount > still - told:
        raise InvalidInput(_too_much(still, told), field="amount")
    payment = _bill(order, proof)
    values = {"amount": proof.amount, "note": proof.note}
    if proof.image_id is not None:
        values["proof_id"] = proof.image_id
    service.turn_by(payment, Action.CLAIM, **values)
    return payment


def claims_of(order_id: int) -> Sequence[Payment]:
    """Return what an office told that it transferred for an order, which nobody found or refused yet, oldest first."""
    waiting = select(Payment).where(Payment.order_id == order_id, Payment.state == PaymentState.CLAIMED)
    return db.session.scalars(waiting.order_by(Payment.id)).all()


def all_told(told: int) -> str:
    """Say that the proofs that wait, rupiah, are for all that is open."""
    return _("You told us of %(told)s already: all that is open. We look for it first.", told=format_rupiah(told))


def _too_much(still: int, told: int) -> str:
    values = {"most": format_rupiah(still - told), "open": format_rupiah(still), "told": format_rupiah(told)}
    if not told:
        return _("At most %(most)s is still to be paid.", **values)
    return _("%(open)s is open, and you told us of %(told)s already: at most %(most)s is left.", **values)


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
    claimed = _meant(order_id, money)
    if claimed is not None:
        return service.confirm(claimed.id, money.amount, money.reference, actor_id)
    payment = _payment(order_id, billing.receivable_of(order), money, actor_id)
    account = PROVIDERS[money.provider].money_account
    billing.take_money(order_id, money.amount, account, f"payment:{payment.id}", actor_id)
    audit.record(actor_id, "payment.invoice", ("payment", payment.id), amount=money.amount)
    return payment


def _meant(order_id: int, money: Rest) -> Payment | None:
    """Return the claim that money is for: the one of its sum, or the only one; else a person finds out."""
    told = [each for each in claims_of(order_id) if each.provider == money.provider]
    same = [each for each in told if each.amount == money.amount]
    return next(iter(same or (told if len(told) == 1 else [])), None)


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
