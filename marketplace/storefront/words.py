"""The words of the shop for what the code knows by short names."""

from ..orders.models import DeliveryMethod, Order, OrderState
from ..shared.formats import long_day
from ..shared.i18n import Text, _, _l
from .rules import Sort

SORTS: dict[Sort, Text] = {
    Sort.NEWEST: _l("Newest first"),
    Sort.CHEAPEST: _l("Cheapest first"),
    Sort.DEAREST: _l("Dearest first"),
    Sort.NAME: _l("By name"),
}

DELIVERIES: dict[DeliveryMethod, Text] = {
    DeliveryMethod.PICKUP: _l("I pick it up at the Dinas Sosial"),
    DeliveryMethod.OFFICE: _l("Bring it to an office"),
    DeliveryMethod.ADDRESS: _l("Bring it to an address"),
}


def now(order: Order) -> str:
    """Say in plain words where an order stands and what comes next; empty for one that was closed."""
    packed = _("It is packed and goes out soon.")
    if order.delivery_method is DeliveryMethod.PICKUP:
        packed = _("It waits for you. Come and fetch it.")
    said = {
        OrderState.AWAITING_PAYMENT: _("Pay, and the makers begin."),
        OrderState.AWAITING_VERIFICATION: _("We are looking for your payment. You need do nothing now."),
        OrderState.PROCESSING: _("Your order is being prepared. It is ready on %(day)s.", day=long_day(order.ready_on)),
        OrderState.READY: packed,
        OrderState.SHIPPED: _("It is on the way to you."),
        OrderState.COMPLETED: _("You have it. Thank you: what you paid goes to the families who made it."),
    }
    return said.get(order.state, "")
