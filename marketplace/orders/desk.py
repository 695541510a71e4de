"""What is done to orders at the counter, beyond what the order itself checks."""

from hmac import compare_digest

from ..shared import once
from ..shared.errors import InvalidInput
from ..shared.i18n import _l
from ..shared.transaction import command
from . import adjustments, service
from .models import DeliveryMethod


@command
def hand_over(order_id: int, code: str, actor_id: int | None) -> None:
    """Hand an order over; who picks it up says the code of his order. Raises InvalidInput for another code."""
    order = service.locked(order_id)
    if order.delivery_method is DeliveryMethod.PICKUP and not compare_digest(order.pickup_code.encode(), code.encode()):
        raise InvalidInput(_l("This is not the pick-up code of this order."), field="code")
    service.hand_over(order_id, actor_id)


@command
def short_ship(key: str, order_id: int, line_id: int, quantity: int, reason: str, actor_id: int | None) -> None:
    """Leave some of a line out, once for each key: a form that is sent twice leaves out no more."""
    claim = once.claim("short-ship", key, [order_id, line_id, quantity, reason])
    if claim.result_id is None:
        adjustments.short_ship(order_id, line_id, quantity, reason, actor_id)
        claim.result_id = order_id
