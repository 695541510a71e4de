"""The words of the shop for what the code knows by short names."""

from ..orders.models import DeliveryMethod
from ..shared.i18n import Text, _l
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
