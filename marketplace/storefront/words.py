"""The words of the shop for what the code knows by short names."""

from ..orders.history import Owed
from ..orders.models import DeliveryMethod, Order, OrderState
from ..shared.formats import long_day
from ..shared.i18n import Text, _, _l
from ..shared.money import format_rupiah
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


CLOSED: dict[OrderState, Text] = {
    OrderState.CANCELLED: _l("This is what you had ordered. The order was cancelled."),
    OrderState.EXPIRED: _l("This is what you had ordered. The order ended unpaid."),
    OrderState.RETURNED: _l("This is what you had ordered. The goods came back to us."),
}


def not_bought(order: Order, owed: Owed) -> str:
    """Say what of an order was not bought after all, and what becomes of its money; empty where all of it was."""
    if order.state in CLOSED:
        return f"{CLOSED[order.state]} {owed.say_all()}"
    if not order.reduced_amount:
        return ""
    what = _("Not bought after all: %(amount)s.", amount=format_rupiah(order.reduced_amount))
    return f"{what} {owed.say_all() or _('You do not pay this.')}"
