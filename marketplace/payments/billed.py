"""Money for an order on an office's invoice, as the treasurer finds it in the statement or takes it in cash."""

from sqlalchemy.exc import IntegrityError

from ..extensions import db
from ..orders import billing
from ..orders import service as orders
from ..shared import audit, clock
from ..shared.errors import InvalidInput, StateConflict
from ..shared.i18n import _
from ..shared.transaction import command
from . import service
from .kept import Rest
from .models import Payment, PaymentState
from .providers import PROVIDERS


@command
def receive(order_id: int, money: Rest, actor_id: int | None) -> Payment:
    """Write down money for an order on an invoice, all of it or a part; what is too much is owed back.

    Raises InvalidInput without a reference or for a line of the statement that was used before, StateConflict for an
    order that is on no invoice.
    """
    if not money.reference:
        raise InvalidInput(_("Please fill this in."), field="reference")
    order = orders.locked(order_id)
    if order.billed_at is None:
        raise StateConflict
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
        provider_reference=money.reference if by_statement else None,
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
