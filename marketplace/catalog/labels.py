"""The words that screens show for kinds, categories, states and permits."""

from collections.abc import Mapping

from ..shared.i18n import Text, _l
from .models import Category, PermitKind, ProductKind, ProductState, RevisionState

KINDS: Mapping[ProductKind, Text] = {
    ProductKind.GOODS: _l("Goods"),
    ProductKind.SERVICE: _l("Services"),
}
CATEGORIES: Mapping[Category, Text] = {
    Category.SNACK: _l("Snacks"),
    Category.MEAL: _l("Meals"),
    Category.DRINK: _l("Drinks"),
    Category.SPICE: _l("Spices and sauces"),
    Category.FRESH: _l("Fresh food"),
    Category.CRAFT: _l("Crafts"),
    Category.TEXTILE: _l("Cloth and clothes"),
    Category.HOME: _l("For the house"),
    Category.BEAUTY: _l("Body care"),
    Category.SERVICE: _l("Services"),
}
CATEGORY_ICONS: Mapping[Category, str] = {
    Category.SNACK: "cookie",
    Category.MEAL: "utensils",
    Category.DRINK: "leaf",
    Category.SPICE: "cooking-pot",
    Category.FRESH: "fish",
    Category.CRAFT: "palette",
    Category.TEXTILE: "shirt",
    Category.HOME: "armchair",
    Category.BEAUTY: "flower-2",
    Category.SERVICE: "wrench",
}
CATEGORY_WORDS: Mapping[Category, str] = {
    Category.SNACK: "camilan jajanan kue makanan ringan",
    Category.MEAL: "makanan lauk masakan",
    Category.DRINK: "minuman",
    Category.SPICE: "bumbu rempah dapur",
    Category.FRESH: "segar hasil tani kebun ikan sayur buah",
    Category.CRAFT: "kerajinan anyaman",
    Category.TEXTILE: "kain pakaian busana",
    Category.HOME: "perlengkapan rumah",
    Category.BEAUTY: "kecantikan perawatan sabun",
    Category.SERVICE: "jasa layanan",
}
"""What people search by; search is in Indonesian whatever the language of the screen."""
STATES: Mapping[ProductState, Text] = {
    ProductState.DRAFT: _l("Not sent yet"),
    ProductState.SUBMITTED: _l("Being checked"),
    ProductState.NEEDS_WORK: _l("To be improved"),
    ProductState.PUBLISHED: _l("On sale"),
    ProductState.PAUSED: _l("Sale stopped"),
    ProductState.ARCHIVED: _l("Put away"),
}
STATE_BADGES: Mapping[ProductState, tuple[str, str]] = {
    ProductState.DRAFT: ("neutral", "pencil"),
    ProductState.SUBMITTED: ("info", "clock"),
    ProductState.NEEDS_WORK: ("warn", "wrench"),
    ProductState.PUBLISHED: ("good", "circle-check"),
    ProductState.PAUSED: ("neutral", "pause"),
    ProductState.ARCHIVED: ("neutral", "archive"),
}
"""Tone and icon."""
REVISIONS: Mapping[RevisionState, tuple[Text, str]] = {
    RevisionState.PENDING: (_l("Handed in"), "info"),
    RevisionState.APPROVED: (_l("Approved"), "good"),
    RevisionState.RETURNED: (_l("To be improved"), "warn"),
    RevisionState.WITHDRAWN: (_l("Taken back"), "neutral"),
}
PERMITS: Mapping[PermitKind, str] = {PermitKind.PIRT: "P-IRT", PermitKind.HALAL: "Halal"}
FIELDS: Mapping[str, Text] = {
    "name": _l("Name"),
    "category": _l("Kind"),
    "unit": _l("Sold per"),
    "price": _l("Price"),
    "description": _l("Description"),
    "weight_gram": _l("Weight"),
    "shelf_life_days": _l("Keeps for"),
    "shares": _l("Made by"),
    "permits": _l("Permits"),
    "photos": _l("Photos"),
}
