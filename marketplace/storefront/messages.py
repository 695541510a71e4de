"""What buyers send on to others by WhatsApp. Never anything by which an order or a person can be found."""

from ..catalog.models import Product
from ..orders.models import Order
from ..shared.i18n import _
from . import heads, short
from .boxes import Box
from .cards import Card


def of_product(row: Product, card: Card) -> str:
    """Return what is told of a product, whose group is loaded, with its short link."""
    told = {"name": row.name, "group": row.group.name, "address": short.address_of(card.short_name)}
    return _("%(name)s, made by %(group)s. See it here: %(address)s", **told)


def of_parcel(box: Box) -> str:
    """Return what is told of a parcel, with its short link."""
    told = {"name": box.name, "address": short.address_of(box.short_name)}
    return _("%(name)s, a parcel made by several families. See it here: %(address)s", **told)


def of_order(order: Order) -> str:
    """Return what a buyer tells of his order: the goods and where to find them, not the secret link of the order."""
    names = ", ".join(line.name for line in order.lines)
    return _("I bought from families near us: %(names)s. You can too: %(address)s", names=names, address=heads.base())
