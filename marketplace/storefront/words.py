"""The words of the shop for what the code knows by short names."""

from ..orders.history import Owed
from ..orders.models import DeliveryMethod, Order, OrderState
from ..shared.formats import long_day, number
from ..shared.i18n import Text, _, _l
from ..shared.money import format_rupiah
from .rules import MAX_EACH, Sort

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


def too_many(name: str, left: int, held: int) -> str:
    """Say how many there are to somebody who wants more of a thing than that; `held` are in his basket already."""
    if left <= 0:
        return _("%(name)s is sold out for now. More is being made: look again in some days.", name=name)
    if held:
        told = {"left": number(left), "held": number(held)}
        return _("There are %(left)s left, and your basket holds %(held)s of them already.", **told)
    return _("There are %(left)s left. Choose %(left)s or fewer.", left=number(left))


def most_of_one(left: int | None) -> str:
    """Say how many of one thing a basket takes; where there are fewer (None: nobody counts), how many those are."""
    if left is not None and 0 < left < MAX_EACH:
        return _("There are %(left)s left. Choose %(left)s or fewer.", left=number(left))
    return _("Choose at most %(most)s of one thing.", most=MAX_EACH)


def not_bought(order: Order, owed: Owed, replaced: int) -> str:
    """Say what of an order was not bought after all, and what becomes of its money; empty where all of it was.

    `replaced` is what was bought in the place of something, rupiah.
    """
    if order.state in CLOSED:
        return f"{CLOSED[order.state]} {owed.say_all()}"
    if order.reduced_amount == replaced:
        return ""
    what = _("Not bought after all: %(amount)s.", amount=format_rupiah(order.reduced_amount - replaced))
    money = owed.say_all() or _("You do not pay this.")
    return f"{what} {money}"
