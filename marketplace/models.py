"""All tables at once, for migrations and for whoever starts without a domain at hand."""

from .accounts import models as accounts
from .aid import goods_models as aid_goods
from .aid import models as aid
from .aid import money_models as aid_money
from .areas import models as areas
from .catalog import models as catalog
from .documents import models as documents
from .graduation import case_models as graduation_cases
from .graduation import models as graduation
from .groups import forgetting_models as forgettings
from .groups import models as groups
from .ledger import close_models as ledger_closes
from .ledger import models as ledger
from .mentoring import models as mentoring
from .mentoring import plan_models as mentoring_plans
from .mentoring import report_models as mentoring_reports
from .mentoring import standing_models as mentoring_standings
from .notices import models as notices
from .offices import models as offices
from .orders import models as orders
from .parcels import models as parcels
from .payments import models as payments
from .registry import models as registry
from .shared import audit, images, kept_photos, once, series
from .stock import models as stock
from .storefront import models as storefront
from .tent_market import goods_models as tent_goods
from .tent_market import models as tent_market
from .tent_market import till_models as tills
from .training import models as training
from .training import plan_models as agency_plans
from .treasury import models as treasury

__all__ = [
    "accounts",
    "agency_plans",
    "aid",
    "aid_goods",
    "aid_money",
    "areas",
    "audit",
    "catalog",
    "documents",
    "forgettings",
    "graduation",
    "graduation_cases",
    "groups",
    "images",
    "kept_photos",
    "ledger",
    "ledger_closes",
    "mentoring",
    "mentoring_plans",
    "mentoring_reports",
    "mentoring_standings",
    "notices",
    "offices",
    "once",
    "orders",
    "parcels",
    "payments",
    "registry",
    "series",
    "stock",
    "storefront",
    "tent_goods",
    "tent_market",
    "tills",
    "training",
    "treasury",
]
