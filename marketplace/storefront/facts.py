"""What a page tells of a product or an order, as (term, value)."""

from ..catalog.labels import PERMITS
from ..catalog.models import Product
from ..orders.models import Order
from ..shared.formats import long_day, number, whole
from ..shared.i18n import _, _n
from . import queries
from .words import DELIVERIES

Fact = tuple[str, str]


def of_product(product: Product) -> list[Fact]:
    """Return what is known of a product whose permits and group are loaded."""
    days = product.shelf_life_days
    group = product.group
    known = [
        (_("Weight"), product.weight_gram and _("%(gram)s gram", gram=number(product.weight_gram))),
        (_("Keeps"), days and _n("%(num)s day", "%(num)s days", days)),
        *((PERMITS[permit.kind], whole(permit.number)) for permit in queries.permits_in_force(product)),
        (_("Village"), f"{group.village.name}, {group.district.name}"),
    ]
    return [(term, value) for term, value in known if value]


def of_delivery(order: Order) -> list[Fact]:
    """Return how, when, to whom and where an order goes, its address in local order."""
    known = [
        (_("How"), str(DELIVERIES[order.delivery_method])),
        (_("Ready on"), "" if order.closed_at else long_day(order.ready_on)),
        (_("For"), _joined(order.buyer_name, order.buyer_office)),
        (_("Where"), _address(order)),
        (_("Note"), order.note),
    ]
    return [(term, value) for term, value in known if value]


def _address(order: Order) -> str:
    place = queries.place_names(order.village_code) if order.village_code else []
    rt_rw = f"RT/RW {order.rt_rw}" if order.rt_rw else ""
    return _joined(order.street, rt_rw, *place, order.landmark)


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
