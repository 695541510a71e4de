"""The words of the shop for what the code knows by short names."""

from ..orders.models import DeliveryMethod
from ..parcels.models import Occasion
from ..shared.i18n import Text, _l
from .rules import Sort

SORTS: dict[Sort, Text] = {
    Sort.NEWEST: _l("Newest first"),
    Sort.CHEAPEST: _l("Cheapest first"),
    Sort.DEAREST: _l("Dearest first"),
    Sort.NAME: _l("By name"),
}

OCCASIONS: dict[Occasion, Text] = {
    Occasion.LEBARAN: _l("Idul Fitri"),
    Occasion.NATAL: _l("Christmas"),
    Occasion.ANNIVERSARY: _l("Anniversary of the district"),
    Occasion.MEETING: _l("Meetings"),
    Occasion.WEDDING: _l("Weddings"),
    Occasion.THANKS: _l("To say thank you"),
    Occasion.SOUVENIR: _l("Souvenirs"),
    Occasion.EVERYDAY: _l("Every day"),
}

DELIVERIES: dict[DeliveryMethod, Text] = {
    DeliveryMethod.PICKUP: _l("I pick it up at the Dinas Sosial"),
    DeliveryMethod.OFFICE: _l("Bring it to an office"),
    DeliveryMethod.ADDRESS: _l("Bring it to an address"),
}
