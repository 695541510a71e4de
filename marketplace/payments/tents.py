"""Money of sales at the tents: it was taken before we heard of it."""

from ..extensions import db
from ..orders import service as orders
from ..orders.models import Order
from ..shared import clock
from ..shared.transaction import command
from . import rules, service
from .models import Payment
from .providers import PROVIDERS


@command
def settle(order: Order, provider_code: str, actor_id: int | None) -> Payment:
    """Write down that an order was paid when it was handed over at a tent: in `tent_cash`, or by `qris`."""
    payment = Payment(order_id=order.id, provider=provider_code, amount=order.due_amount)
    db.session.add(payment)
    db.session.flush()  # its state is turned by an UPDATE
    values = {"received_amount": order.due_amount, "decided_by_id": actor_id, "decided_at": clock.now()}
    service.turn_by(payment, rules.Action.CONFIRM, **values)
    account = PROVIDERS[provider_code].money_account
    orders.mark_paid(order.id, order.due_amount, account, f"payment:{payment.id}", actor_id)
    return payment
