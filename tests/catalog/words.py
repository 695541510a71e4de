"""Content of products for tests, in one line."""

import io
from typing import Any

from marketplace.catalog.models import WHOLE, Category
from marketplace.catalog.rules import ProductContent, Share
from marketplace.groups.models import Household
from marketplace.shared import images
from marketplace.shared.transaction import unit_of_work
from tests.shared.pictures import picture


def content(*makers: Household, **values: Any) -> ProductContent:
    """Return content made by these households, the last one taking what equal parts leave."""
    part = WHOLE // len(makers)
    shares = [Share(maker.id, part) for maker in makers[:-1]]
    shares.append(Share(makers[-1].id, WHOLE - part * (len(makers) - 1)))
    base: dict[str, Any] = {
        "name": "Keripik Pisang Kepok",
        "category": Category.SNACK,
        "unit": "bungkus",
        "price": 15_000,
        "description": "Keripik pisang yang renyah, digoreng dengan minyak kelapa.",
        "weight_gram": 200,
        "shelf_life_days": 60,
        "shares": tuple(shares),
    }
    return ProductContent(**{**base, **values})


def image_id() -> int:
    """Store a picture and return its id."""
    prepared = images.prepare(io.BytesIO(picture((96, 64))))
    with unit_of_work():
        return images.store(prepared, None).id
