"""Parcels for the tests, made through the services."""

from typing import Any

from marketplace.catalog.models import Product
from marketplace.parcels import service
from marketplace.parcels.models import Occasion, Parcel
from marketplace.parcels.rules import ParcelContent
from marketplace.shared.transaction import unit_of_work
from tests import make


def content(**values: Any) -> ParcelContent:
    """Return what a curator writes; what is not named gets a sensible value."""
    given = {"name": "Parsel Berkah", "occasion": Occasion.LEBARAN, "description": "", "notice_days": 2}
    return ParcelContent(**{**given, "cut_off_hour": 14, **values})


def draft(**values: Any) -> Parcel:
    """Make a draft without a recipe."""
    with unit_of_work():
        return service.create_parcel(make.REGENCY, content(**values), None)


def set_recipe(parcel: Parcel, products: dict[Product, int], price: int, packing_cost: int = 5_000) -> int:
    """Set a recipe and return its version."""
    quantities = {product.id: count for product, count in products.items()}
    with unit_of_work():
        return service.new_recipe(parcel.id, quantities, price, packing_cost, None).version


def offered(products: dict[Product, int], price: int = 100_000, **values: Any) -> Parcel:
    """Make a parcel on offer."""
    parcel = draft(**values)
    set_recipe(parcel, products, price)
    with unit_of_work():
        service.offer(parcel.id, None)
    return parcel
