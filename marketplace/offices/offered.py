"""What an offer is made of: its lines as a paper names them, and what of it is not there now."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from ..catalog.models import Product, ProductKind
from ..extensions import db
from ..orders.bought import Line
from ..parcels.models import Recipe, RecipeItem
from ..stock.queries import free_by_product
from .models import OfficeOrder


@dataclass(frozen=True)
class Lack:
    """A product of which an offer names more than can be sold now."""

    name: str
    unit: str
    wanted: int
    free: int


def lines_of(row: OfficeOrder) -> tuple[Line, ...]:
    """Return the lines of an offer, parcels with what is in them."""
    recipes = _recipes(row)
    return tuple(
        Line(line.name, _contents(recipes.get(line.recipe_id)), line.unit, line.quantity, line.unit_price)
        for line in row.lines
    )


def lacks_of(row: OfficeOrder) -> Sequence[Lack]:
    """Return the goods of an offer that are fewer now than it names, by name. An offer holds prices, and no goods."""
    recipes, wanted = _recipes(row), Counter[int]()
    for line in row.lines:
        if line.product_id is not None:
            wanted[line.product_id] += line.quantity
        for item in _items(recipes.get(line.recipe_id)):
            wanted[item.product_id] += item.quantity * line.quantity
    free = free_by_product(wanted)
    goods = select(Product).where(Product.id.in_(wanted), Product.kind == ProductKind.GOODS).order_by(Product.name)
    return [
        Lack(product.name, product.unit, wanted[product.id], free[product.id])
        for product in db.session.scalars(goods)
        if free[product.id] < wanted[product.id]
    ]


def _recipes(row: OfficeOrder) -> dict[int | None, Recipe]:
    ids = [line.recipe_id for line in row.lines if line.recipe_id is not None]
    if not ids:
        return {}
    items = selectinload(Recipe.items).options(joinedload(RecipeItem.product))
    return {recipe.id: recipe for recipe in db.session.scalars(select(Recipe).where(Recipe.id.in_(ids)).options(items))}


def _items(recipe: Recipe | None) -> Sequence[RecipeItem]:
    return recipe.items if recipe else ()


def _contents(recipe: Recipe | None) -> str:
    return ", ".join(f"{item.quantity} {item.product.unit} {item.product.name}" for item in _items(recipe))
