"""Money that arrived and pays nothing yet: let the rest come to it, or use it for the order."""

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from ..extensions import db
from ..ledger.models import Account
from ..orders import service as orders
from ..orders.models import Order
from ..shared import audit, clock
from ..shared.errors import InvalidInput, StateConflict
from ..shared.transaction import command
from . import queries, service
from .models import Payment, PaymentState
from .providers import PROVIDERS
from .queries import Kept
from .rules import Decision


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
    _pay(order, queries.kept_of(order), actor_id)


@command
def take_rest(payment_id: int, rest: Rest, actor_id: int | None) -> Payment:
    """Write down more money for an order whose payment fell short; the order is paid once all of it is there.

    What is still too little, or comes for an order that has ended, is kept with the money before. Raises
    InvalidInput for a statement reference that was used before, StateConflict when nothing is missing (any more).
    """
    first, order = service.locked(payment_id)
    kept = queries.kept_of(order)
    if Decision.TAKE_REST not in kept.decisions:
        raise StateConflict
    provider = PROVIDERS[rest.provider]
    payment = _write_down(first, kept.missing, rest, actor_id)
    service.keep(payment, order, provider.money_account, actor_id)
    settled = service.done(lambda: _pay(order, queries.kept_of(order), actor_id))
    audit.record(actor_id, "payment.rest", ("payment", payment.id), amount=rest.amount, settled=settled)
    return payment


def _write_down(first: Payment, missing: int, rest: Rest, actor_id: int | None) -> Payment:
    by_statement = PROVIDERS[rest.provider].needs_account
    payment = Payment(
        order_id=first.order_id,
        provider=rest.provider,
        state=PaymentState.CONFIRMED,
        amount=missing,
        received_amount=rest.amount,
        account_id=first.account_id if rest.provider == first.provider else None,
        provider_reference=rest.reference if by_statement else None,
        note="" if by_statement else rest.reference,
        decided_by_id=actor_id,
        decided_at=clock.now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(payment)
    except IntegrityError as error:
        raise InvalidInput(service.used_line(), field="reference") from error
    return payment


def _pay(order: Order, kept: Kept, actor_id: int | None) -> None:
    """Pay an order with what its bill asks of what is kept; an open bill ends, for nothing more is asked."""
    if Decision.USE not in kept.decisions:
        raise StateConflict
    # Who only forgot his unique code is owed nothing; who paid too much gets all that the bill did not ask for.
    amount = kept.amount if kept.amount <= order.due_amount else kept.asked
    reference = f"payment:{kept.bill.id}"
    orders.mark_paid(order.id, amount, Account.REFUNDS_PAYABLE, reference, actor_id)
    for payment in kept.payments:
        payment.needs_review = False
    service.cancel_open(order.id)
    audit.record(actor_id, "payment.use", ("payment", kept.bill.id), amount=amount)
