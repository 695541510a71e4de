"""Find parcels, what is in them and how many can be made now."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, literal, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad as LoaderOption

from ..catalog.models import Product, ProductKind, ProductShare, ProductState
from ..catalog.search import match, stemmed
from ..extensions import db
from ..groups.models import Group
from ..shared.errors import NotFound
from ..shared.policy import Actor, Role, areas_of, may
from ..stock.queries import free_by_product
from . import rules
from .models import Parcel, ParcelState, Recipe, RecipeItem
from .rules import Component, Flag, FlagKind

VIEWERS = frozenset({Role.CURATOR, Role.HEAD})
SHOWN = (ParcelState.OFFERED, ParcelState.PAUSED)


def parcel_by_slug(slug: str) -> Parcel:
    """Return a parcel for its public page, its recipe down to the groups' villages loaded.

    Raises NotFound when it is not offered (a paused one is shown as not available now).
    """
    statement = select(Parcel).where(Parcel.slug == slug, Parcel.state.in_(SHOWN)).options(*_public_loading())
    return _one(statement)


def get_parcel_for(actor: Actor, parcel_id: int) -> Parcel:
    """Return a parcel of the actor's area with its present recipe. Raises NotFound for strangers."""
    parcel = _one(select(Parcel).where(Parcel.id == parcel_id).options(*_desk_loading()))
    if not may(actor, VIEWERS, area_code=parcel.regency_code):
        raise NotFound
    return parcel


def _one(statement: Select[Parcel]) -> Parcel:
    parcel = db.session.scalars(statement).unique().one_or_none()
    if parcel is None:
        raise NotFound
    return parcel


def _public_loading() -> Sequence[LoaderOption]:
    product = joinedload(Parcel.recipe).selectinload(Recipe.items).joinedload(RecipeItem.product)
    return (product.joinedload(Product.group).joinedload(Group.village), product.selectinload(Product.photos))


def _desk_loading() -> Sequence[LoaderOption]:
    return tuple(joinedload(Parcel.recipe).options(option) for option in recipe_loading())


def recipe_loading() -> Sequence[LoaderOption]:
    """Return what loads a recipe's items with products, groups and makers: two queries more."""
    product = selectinload(Recipe.items).joinedload(RecipeItem.product)
    return (product.joinedload(Product.group), product.options(_makers()))


def matching(statement: Select[Any], typed: str) -> Select[Any]:
    """Add to a SELECT over parcels that they hold every word typed, by its stem or its first letters.

    Takes any text: what has no word to look for finds nothing, an empty text everything.
    """
    # A regency has dozens of parcels, not thousands: no index is needed.
    sought = [_begins(forms) for word in typed.split() if (forms := stemmed(word).split())]
    return statement.where(*(sought or [false()])) if typed.strip() else statement


def _begins(forms: list[str]) -> ColumnElement[bool]:
    words = literal(" ").concat(Parcel.search_text)
    return or_(*(words.contains(" " + form, autoescape=True) for form in forms))


def is_to_mend() -> ColumnElement[bool]:
    """Return the condition that a component of a parcel is not sold, or would now earn its makers more alone."""
    other = RecipeItem.__table__.alias()
    value = select(func.sum(other.c.quantity * other.c.unit_price)).where(other.c.recipe_id == Recipe.id)
    part = (Recipe.price - Recipe.packing_cost) * RecipeItem.unit_price
    less = part < Product.price * value.scalar_subquery()
    wrong = (
        select(RecipeItem.id)
        .join(Recipe, Recipe.id == RecipeItem.recipe_id)
        .join(Product, Product.id == RecipeItem.product_id)
        .where(Recipe.parcel_id == Parcel.id, Recipe.version == Parcel.recipe_version)
        .where(or_(Product.state != ProductState.PUBLISHED, less))
    )
    return wrong.correlate(Parcel).exists()


def list_for(
    actor: Actor, state: ParcelState | None = None, text: str = "", *, only_to_mend: bool = False
) -> Select[Parcel]:
    """Select the parcels of the actor's areas, newest first, recipes loaded."""
    statement = select(Parcel).options(*_desk_loading()).order_by(Parcel.created_at.desc(), Parcel.id.desc())
    codes = areas_of(actor, VIEWERS)
    statement = statement.where(or_(false(), *(Parcel.regency_code.startswith(code) for code in codes)))
    if state is not None:
        statement = statement.where(Parcel.state == state)
    if only_to_mend:
        statement = statement.where(is_to_mend())
    return matching(statement, text)


def current_recipe(parcel: Parcel) -> Recipe:
    """Return the recipe that is sold now, with items, products and shares loaded. Raises NotFound without one."""
    recipes = current_recipes([parcel.id])
    if parcel.id not in recipes:
        raise NotFound
    return recipes[parcel.id]


def current_recipes(parcel_ids: Iterable[int]) -> dict[int, Recipe]:
    """Return the recipes that are sold now by parcel id, with items, products and shares loaded."""
    statement = (
        select(Recipe)
        .join(Parcel, (Parcel.id == Recipe.parcel_id) & (Parcel.recipe_version == Recipe.version))
        .where(Parcel.id.in_(list(parcel_ids)))
        .options(*recipe_loading())
    )
    return {recipe.parcel_id: recipe for recipe in db.session.scalars(statement)}


def versions_of(parcel_id: int) -> list[Recipe]:
    """Return every recipe a parcel ever had, newest first, with items and products."""
    statement = (
        select(Recipe)
        .where(Recipe.parcel_id == parcel_id)
        .options(selectinload(Recipe.items).joinedload(RecipeItem.product))
        .order_by(Recipe.version.desc())
    )
    return list(db.session.scalars(statement))


def can_make(parcel_ids: Iterable[int]) -> dict[int, int]:
    """Return how many of each parcel the free stock of its components allows now, in two queries.

    0 for a parcel without a recipe, or with a component that is no longer published. Parcels that share a
    component compete: each number holds as if only that parcel were made.
    """
    wanted = list(parcel_ids)
    items: dict[int, list[tuple[int, int]]] = defaultdict(list)
    closed: set[int] = set()
    for parcel_id, product_id, quantity, state in db.session.execute(_component_rows(wanted)):
        items[parcel_id].append((product_id, quantity))
        if state is not ProductState.PUBLISHED:
            closed.add(parcel_id)
    free = free_by_product({product_id for rows in items.values() for product_id, _quantity in rows})
    return {key: 0 if key in closed else rules.how_many(free, items[key]) for key in wanted}


def _component_rows(parcel_ids: list[int]) -> Select[int, int, int, ProductState]:
    return (
        select(Parcel.id, RecipeItem.product_id, RecipeItem.quantity, Product.state)
        .join(Recipe, (Recipe.parcel_id == Parcel.id) & (Recipe.version == Parcel.recipe_version))
        .join(RecipeItem, RecipeItem.recipe_id == Recipe.id)
        .join(Product, Product.id == RecipeItem.product_id)
        .where(Parcel.id.in_(parcel_ids))
    )


def components_of(recipe: Recipe) -> list[Component]:
    """Return the components of a recipe loaded by `recipe_loading`, as the rules reckon with them."""
    return [component_of(item.product, item.quantity, item.unit_price) for item in recipe.items]


def component_of(product: Product, quantity: int, unit_price: int) -> Component:
    """Return a product as a component of a recipe."""
    return Component(
        product_id=product.id,
        name=product.name,
        quantity=quantity,
        unit_price=unit_price,
        price_now=product.price,
        is_sold=product.state is ProductState.PUBLISHED and product.kind is ProductKind.GOODS,
        makers=frozenset(share.household_id for share in product.shares),
    )


def flags_of(parcel: Parcel) -> list[Flag]:
    """Return what a curator has to mend in a parcel whose recipe is loaded down to the shares."""
    if parcel.recipe is None:
        return [Flag(FlagKind.NO_RECIPE)]
    return rules.flags_of(components_of(parcel.recipe), parcel.recipe.price, parcel.recipe.packing_cost)


def products_in(regency_code: str, product_ids: Iterable[int]) -> dict[int, Product]:
    """Return the products of a regency among some ids, sold or not, with groups and makers loaded."""
    statement = (
        select(Product)
        .where(Product.regency_code == regency_code, Product.id.in_(list(product_ids)))
        .options(joinedload(Product.group), _makers())
    )
    return {product.id: product for product in db.session.scalars(statement)}


def _makers() -> LoaderOption:
    return selectinload(Product.shares).joinedload(ProductShare.household)


def search_goods(regency_code: str, typed: str, limit: int = 12) -> list[Product]:
    """Return published goods of a regency whose words match, for the recipe editor; none for an empty text."""
    if not typed.strip():
        return []
    statement = select(Product).where(
        Product.regency_code == regency_code,
        Product.state == ProductState.PUBLISHED,
        Product.kind == ProductKind.GOODS,
    )
    statement = match(statement, typed).options(joinedload(Product.group))
    return list(db.session.scalars(statement.order_by(Product.name, Product.id).limit(limit)))
