"""Money that arrived and pays nothing yet: write down its rest, or use it for the order."""

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from ..extensions import db
from ..ledger.rules import as_reference
from ..orders import service as orders
from ..shared import audit, clock
from ..shared.errors import InvalidInput, StateConflict
from ..shared.transaction import command
from . import queries, service
from .models import Payment, PaymentState
from .providers import PROVIDERS
from .rules import Action, Decision


@dataclass(frozen=True)
class Rest:
    """More money for the same order: how it came, rupiah, and the statement's reference, or who brought the cash."""

    provider: str
    amount: int
    reference: str


@command
def use_for_order(payment_id: int, actor_id: int | None) -> None:
    """Pay an order with the money that is kept for it; what is over stays owed back.

    Raises StateConflict when it is too little, was given back, or the order takes no payment any more.
    """
    payment, order = service.locked(payment_id)
    if not payment.needs_review:
        raise StateConflict
    service.pay_with(order, queries.kept_of(order), actor_id)


@command
def take_rest(payment_id: int, rest: Rest, actor_id: int | None) -> Payment:
    """Write down more money for an order whose payment fell short; the order is paid once all of it is there.

    Where the buyer said that he sent it, this is what he meant. What is still too little, or comes for an order that
    has ended, is kept with the money before. Raises InvalidInput for a statement reference that was used before,
    StateConflict when nothing is missing (any more).
    """
    first, order = service.locked(payment_id)
    kept = queries.kept_of(order)
    if Decision.TAKE_REST not in kept.decisions:
        raise StateConflict
    claimed = service.open_payment(order.id)
    if claimed is not None and claimed.state is PaymentState.CLAIMED and claimed.provider == rest.provider:
        return service.confirm(claimed.id, rest.amount, rest.reference, actor_id)
    payment = _write_down(first, kept.missing, rest, actor_id)
    settled = service.keep(payment, order, PROVIDERS[rest.provider].money_account, actor_id)
    audit.record(actor_id, "payment.rest", ("payment", payment.id), amount=rest.amount, settled=settled)
    return payment


def _write_down(first: Payment, missing: int, rest: Rest, actor_id: int | None) -> Payment:
    payment = _new(first.order_id, missing, rest, actor_id)
    payment.account_id = first.account_id if rest.provider == first.provider else None
    return _add(payment)


def _new(order_id: int, asked: int, money: Rest, actor_id: int | None) -> Payment:
    by_statement = PROVIDERS[money.provider].needs_account
    return Payment(
        order_id=order_id,
        provider=money.provider,
        state=PaymentState.CONFIRMED,
        amount=asked,
        received_amount=money.amount,
        provider_reference=as_reference(money.reference) if by_statement else None,
        note="" if by_statement else money.reference,
        decided_by_id=actor_id,
        decided_at=clock.now(),
    )


def _add(payment: Payment) -> Payment:
    try:
        with db.session.begin_nested():
            db.session.add(payment)
    except IntegrityError as error:
        raise InvalidInput(service.used_line(), field="reference") from error
    return payment


@command
def take_more(order_id: int, money: Rest, actor_id: int | None) -> Payment:
    """Write down money that came for an order which asks for none in this way.

    It pays an order that asks for just this sum; any other is kept until a person decides.
    Raises InvalidInput for a statement reference that was used before.
    """
    order = orders.locked(order_id)
    payment = _new(order_id, money.amount, money, actor_id)
    _add(payment)
    settled = service.keep(payment, order, PROVIDERS[money.provider].money_account, actor_id)
    audit.record(actor_id, "payment.more", ("payment", payment.id), amount=money.amount, settled=settled)
    return payment


@command
def settle_claim(order_id: int, received: int) -> None:
    """End the claim of an order that was paid in another way by just the sum claimed: that was the money it meant.

    Should money of its own come all the same, its bill can still be confirmed.
    """
    claimed = service.open_payment(order_id)
    if claimed is not None and claimed.state is PaymentState.CLAIMED and claimed.amount == received:
        service.turn_by(claimed, Action.SETTLE)
