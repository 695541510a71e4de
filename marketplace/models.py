"""All tables at once, for migrations and for whoever starts without a domain at hand."""

from .accounts import models as accounts
from .areas import models as areas
from .catalog import models as catalog
from .graduation import models as graduation
from .groups import models as groups
from .ledger import models as ledger
from .notices import models as notices
from .orders import models as orders
from .parcels import models as parcels
from .payments import models as payments
from .shared import audit, images, once
from .stock import models as stock
from .storefront import models as storefront

__all__ = [
    "accounts",
    "areas",
    "audit",
    "catalog",
    "graduation",
    "groups",
    "images",
    "ledger",
    "notices",
    "once",
    "orders",
    "parcels",
    "payments",
    "stock",
    "storefront",
]
