"""The curator's checklist."""

import datetime as dt

import pytest

from marketplace.catalog.checklist import checklist
from marketplace.catalog.models import Category, PermitKind
from marketplace.catalog.rules import PermitContent, ProductContent, Share

TODAY = dt.date(2026, 11, 21)
GOOD = {
    "description": "Keripik pisang yang renyah, digoreng dengan minyak kelapa dari Loksado.",
    "photos": (1,),
    "weight_gram": 200,
    "shelf_life_days": 60,
    "permits": (PermitContent(PermitKind.PIRT, "1"), PermitContent(PermitKind.HALAL, "2")),
}
BARE: dict[str, object] = {}


@pytest.mark.parametrize(
    ("category", "values", "tones"),
    [
        (Category.SNACK, GOOD, "good good good good good good"),
        (Category.SNACK, BARE, "warn warn warn warn warn warn"),
        (Category.MEAL, GOOD, "good good good good good"),
        (Category.CRAFT, BARE, "warn warn warn"),
        (Category.SERVICE, BARE, "warn warn"),
        (
            Category.CRAFT,
            {**GOOD, "permits": (PermitContent(PermitKind.HALAL, "2", dt.date(2026, 11, 20)),)},
            "good good good bad",
        ),
    ],
)
def test_the_checklist_asks_what_the_category_needs(category: Category, values: dict[str, object], tones: str) -> None:
    base = {"name": "Barang", "category": category, "unit": "buah", "price": 1_000, "shares": (Share(1, 10_000),)}
    content = ProductContent(**{**base, **values})  # type: ignore[arg-type]
    assert " ".join(check.tone for check in checklist(content, TODAY)) == tones
