"""What happened at Stripe in the small world: refunds asked and sent, disputes open and lost."""

import datetime as dt
from collections.abc import Callable

from flask import current_app

from marketplace.orders import adjustments
from marketplace.orders.models import Order
from marketplace.payments import messages, online_refunds
from marketplace.payments.models import DisputeState, Payment, RefundState
from marketplace.payments.provider import DisputeStanding, Fact, Money, RefundStanding
from marketplace.shared.transaction import unit_of_work
from tests.payments import paying


def happened(order: Callable[[], Order]) -> None:
    """Let three orders be paid at Stripe: one is cancelled and given back in two parts, two are disputed."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    with paying.switched_on(app):
        cancelled, lost, asked = (paying.told(paying.started(order().id)) for _number in range(3))
    with unit_of_work():
        adjustments.cancel(cancelled.order_id, by_buyer=True, reason="Batal", actor_id=None)
        sent = online_refunds.request(cancelled.order_id, 5_000, "Batal", None)
        online_refunds.request(cancelled.order_id, 3_000, "Batal", None)
    charge = str(cancelled.charge_reference)
    _tell(RefundStanding("re_1", charge, RefundState.SUCCEEDED, Money(5_000, True, ""), sent.id))
    _tell(_dispute("dp_1", lost, DisputeState.LOST))
    _tell(_dispute("dp_2", asked, DisputeState.OPEN))


def _dispute(name: str, payment: Payment, state: DisputeState) -> DisputeStanding:
    charge, money = str(payment.charge_reference), Money(4_000, True, "")
    now = dt.datetime.now(dt.UTC)
    return DisputeStanding(name, charge, state, money, True, "fraudulent", now, now)


def _tell(fact: Fact) -> None:
    with unit_of_work():
        messages.note(paying.STRIPE, fact)
