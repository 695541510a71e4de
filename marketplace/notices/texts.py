"""What a message says, in the buyer's language: short, and with the link of the order for all else."""

from flask import current_app

from ..areas import queries as areas
from ..orders.models import DeliveryMethod, Order
from ..shared import clock
from ..shared.formats import long_day, moment
from ..shared.i18n import _
from ..shared.money import format_rupiah
from .models import NoticeKind

K = NoticeKind


def subject_of(kind: NoticeKind, order: Order) -> str:
    """Return the subject of an e-mail."""
    return {
        K.PLACED: _("Order %(number)s received", number=order.number),
        K.SHORT: _("Order %(number)s: part of the money is missing", number=order.number),
        K.NOT_FOUND: _("Order %(number)s: we did not find your payment", number=order.number),
        K.SUBSTITUTE: _("Order %(number)s: may something else come?", number=order.number),
        K.PAID: _("Order %(number)s is paid", number=order.number),
        K.PACKED: _("Order %(number)s is packed", number=order.number),
        K.SHIPPED: _("Order %(number)s is on its way", number=order.number),
        K.DELIVERED: _("Order %(number)s was handed over", number=order.number),
        K.CANCELLED: _("Order %(number)s was cancelled", number=order.number),
        K.REFUNDED: _("Order %(number)s: your money was sent back", number=order.number),
    }[kind]


def body_of(kind: NoticeKind, order: Order, amount: int = 0) -> str:
    """Return the text of a message; `amount` is what came too late, went back or was another's, in rupiah."""
    greeting = _("Hello %(name)s,", name=order.buyer_name)
    link = _("See your order: %(link)s", link=link_of(order))
    return signed(greeting, _news(kind, order, amount), link)


def signed(*parts: str) -> str:
    """Return the parts of a message, and whose it is."""
    return "\n\n".join([*parts, _("Warung Kesejahteraan")])


def link_of(order: Order) -> str:
    """Return the whole address of the order's page."""
    return f"{current_app.extensions['config'].base_url}/p/{order.token}"


def _news(kind: NoticeKind, order: Order, amount: int) -> str:
    told = {"number": order.number, "total": format_rupiah(order.due_amount), "amount": format_rupiah(amount)}
    if kind is K.PLACED:
        return _placed(order, told)
    if kind is K.SHORT:
        return _short(order, told)
    if kind is K.PACKED:
        return _packed(order, told)
    if kind is K.CANCELLED and amount:
        return _("%(amount)s arrived for order %(number)s, but it has ended. The office gives the money back.", **told)
    if kind is K.NOT_FOUND and amount:
        return _(
            "%(amount)s that we wrote down for order %(number)s was other money. The order waits for its payment: "
            "its page says what to do.",
            **told,
        )
    return {
        K.NOT_FOUND: _("We did not find your payment for order %(number)s. The order's page says what to do.", **told),
        K.SUBSTITUTE: _(
            "Something of order %(number)s is missing. May something else come? Please say yes or no there.", **told
        ),
        K.PAID: _("Your payment for order %(number)s (%(total)s) arrived. Now it is prepared.", **told),
        K.SHIPPED: _("Order %(number)s is on its way to you.", **told),
        K.DELIVERED: _("Order %(number)s was handed over. Thank you for buying from families near you.", **told),
        K.CANCELLED: _("Order %(number)s was cancelled. If you paid, your money comes back.", **told),
        K.REFUNDED: _("%(amount)s of order %(number)s was sent back to you.", **told),
    }[kind]


def _placed(order: Order, told: dict[str, str]) -> str:
    received = _("We received order %(number)s: %(total)s.", **told)
    if order.expires_at is None or order.paid_at is not None:
        return received
    return received + " " + _("Please pay until %(moment)s.", moment=moment(order.expires_at))


def _short(order: Order, told: dict[str, str]) -> str:
    short = _("Less money arrived for order %(number)s than was asked. See there what is missing.", **told)
    if order.expires_at is None:
        return short
    return short + " " + _("Please send it until %(moment)s.", moment=moment(order.expires_at))


def _packed(order: Order, told: dict[str, str]) -> str:
    if order.delivery_method is not DeliveryMethod.PICKUP:
        return _("Order %(number)s is packed and will be brought to you.", **told)
    ready = _("Order %(number)s is ready. Your pick-up code: %(code)s.", **told, code=order.pickup_code)
    if order.kept_until is None or order.is_covered:  # who has paid may come later
        return ready
    if order.kept_until < clock.today(areas.time_zone(order.regency_code)):
        over = _("The last day to fetch it was %(day)s: please ask the office.", day=long_day(order.kept_until))
        return ready + " " + over
    return ready + " " + _("Please fetch it until %(day)s.", day=long_day(order.kept_until))
