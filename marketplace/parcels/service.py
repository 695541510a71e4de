"""Make parcels, change their recipes, and put them on offer."""

from collections.abc import Mapping

from sqlalchemy import delete, select

from ..catalog.models import Product
from ..catalog.search import stemmed
from ..extensions import db
from ..groups.rules import free_slug, slug_of
from ..shared import audit, clock
from ..shared.errors import InvalidInput, NotFound, StateConflict
from ..shared.i18n import _l
from ..shared.transaction import command
from ..shared.turn import turn
from . import queries, rules
from .models import Parcel, ParcelState, Recipe, RecipeItem
from .rules import Action, ParcelContent


@command
def create_parcel(
    regency_code: str, content: ParcelContent, actor_id: int | None, *, image_id: int | None = None
) -> Parcel:
    """Make a draft of a parcel, still without a recipe."""
    parcel = Parcel(regency_code=regency_code, slug=_free_slug(content.name), image_id=image_id)
    _fill(parcel, content)
    parcel.search_text = _search_text(content, ())
    db.session.add(parcel)
    db.session.flush()  # The audit row needs the id.
    audit.record(actor_id, "parcel.create", ("parcel", parcel.id))
    return parcel


@command
def edit_parcel(parcel_id: int, content: ParcelContent, actor_id: int | None, *, image_id: int | None = None) -> Parcel:
    """Change what is written about a parcel; a new photo replaces the old one, None keeps it.

    Raises StateConflict when it is archived.
    """
    parcel = _open_parcel(parcel_id)
    _fill(parcel, content)
    parcel.image_id = image_id or parcel.image_id
    parcel.search_text = _search_text(content, _component_names(parcel))
    audit.record(actor_id, "parcel.edit", ("parcel", parcel.id))
    return parcel


def _fill(parcel: Parcel, content: ParcelContent) -> None:
    parcel.name = content.name
    parcel.occasion = content.occasion
    parcel.description = content.description
    parcel.notice_days = content.notice_days
    parcel.cut_off_hour = content.cut_off_hour


@command
def new_recipe(
    parcel_id: int, quantities: Mapping[int, int], price: int, packing_cost: int, actor_id: int | None
) -> Recipe:
    """Set what a parcel holds (product id → pieces) and costs, at the products' prices of today.

    A draft was never sold, so its recipe is replaced; of any other parcel the old version stays as it was sold and
    a new one follows. The same content at the same price changes nothing.
    Raises InvalidInput beside `items` or `price`, StateConflict when the parcel is archived.
    """
    parcel = _open_parcel(parcel_id)
    products = _products(parcel, quantities)
    components = [queries.component_of(products[key], count, products[key].price) for key, count in quantities.items()]
    rules.check_recipe(components, price, packing_cost)
    recipe = _recipe_to_fill(parcel, quantities, price, packing_cost)
    if recipe is None:
        return queries.current_recipe(parcel)
    recipe.price, recipe.packing_cost = price, packing_cost
    recipe.made_by_id, recipe.made_at = actor_id, clock.now()
    db.session.add(recipe)
    db.session.flush()  # The items need the recipe's id.
    db.session.execute(delete(RecipeItem).where(RecipeItem.recipe_id == recipe.id))
    db.session.add_all(
        RecipeItem(recipe_id=recipe.id, product_id=c.product_id, quantity=c.quantity, unit_price=c.unit_price)
        for c in components
    )
    parcel.recipe_version = recipe.version
    parcel.search_text = _search_text(_content_of(parcel), tuple(c.name for c in components))
    audit.record(actor_id, "parcel.recipe", ("parcel", parcel.id), version=recipe.version, price=price)
    return recipe


def _products(parcel: Parcel, quantities: Mapping[int, int]) -> dict[int, Product]:
    if any(count < 1 for count in quantities.values()) or not 1 <= len(quantities) <= rules.MAX_ITEMS:
        raise InvalidInput(_l("A parcel holds between 2 and %(most)s products.", most=rules.MAX_ITEMS), field="items")
    products = queries.products_in(parcel.regency_code, quantities)
    if len(products) < len(quantities):
        raise InvalidInput(_l("One of the products is no longer there. Take it out of the recipe."), field="items")
    return products


def _recipe_to_fill(parcel: Parcel, quantities: Mapping[int, int], price: int, packing_cost: int) -> Recipe | None:
    """Return the row the recipe goes into, or None when the present one says the same already."""
    present = db.session.scalar(
        select(Recipe).where(Recipe.parcel_id == parcel.id, Recipe.version == parcel.recipe_version)
    )
    if present is None:
        return Recipe(parcel_id=parcel.id, version=parcel.recipe_version)
    if parcel.state is ParcelState.DRAFT:
        return present
    if _same(present, quantities, price, packing_cost):
        return None
    return Recipe(parcel_id=parcel.id, version=present.version + 1)


def _same(recipe: Recipe, quantities: Mapping[int, int], price: int, packing_cost: int) -> bool:
    content = {item.product_id: (item.quantity, item.unit_price == item.product.price) for item in recipe.items}
    wanted = {product_id: (count, True) for product_id, count in quantities.items()}
    return content == wanted and (recipe.price, recipe.packing_cost) == (price, packing_cost)


@command
def offer(parcel_id: int, actor_id: int | None) -> Parcel:
    """Put a draft on offer. Raises InvalidInput when its recipe cannot be sold as it is."""
    return _move(parcel_id, Action.OFFER, actor_id)


@command
def pause(parcel_id: int, actor_id: int | None) -> Parcel:
    """Take a parcel off the shelf for a while; orders placed before stay."""
    return _move(parcel_id, Action.PAUSE, actor_id)


@command
def resume(parcel_id: int, actor_id: int | None) -> Parcel:
    """Put a paused parcel on offer again. Raises InvalidInput when its recipe cannot be sold as it is."""
    return _move(parcel_id, Action.RESUME, actor_id)


@command
def archive(parcel_id: int, actor_id: int | None) -> Parcel:
    """End a parcel for good; its recipes stay for the orders that name them."""
    return _move(parcel_id, Action.ARCHIVE, actor_id)


MOVES = {Action.OFFER: offer, Action.PAUSE: pause, Action.RESUME: resume, Action.ARCHIVE: archive}


def _move(parcel_id: int, action: Action, actor_id: int | None) -> Parcel:
    parcel = _locked(parcel_id)
    new = rules.transition(parcel.state, action)
    if new is ParcelState.OFFERED:
        _check_sellable(parcel)
    turn(parcel, new)
    audit.record(actor_id, f"parcel.{action.value}", ("parcel", parcel.id))
    return parcel


def _check_sellable(parcel: Parcel) -> None:
    recipe = queries.current_recipes([parcel.id]).get(parcel.id)
    if recipe is None:
        raise InvalidInput(_l("Make the recipe first."))
    components = queries.components_of(recipe)
    if rules.flags_of(components, recipe.price, recipe.packing_cost):
        raise InvalidInput(_l("The recipe no longer fits its products. Make a new one first."))
    rules.check_recipe(components, recipe.price, recipe.packing_cost)


def _locked(parcel_id: int) -> Parcel:
    # Two curators, or a curator who offers what another is changing, wait for each other here.
    parcel = db.session.get(Parcel, parcel_id, with_for_update={"of": Parcel})
    if parcel is None:
        raise NotFound
    return parcel


def _open_parcel(parcel_id: int) -> Parcel:
    parcel = _locked(parcel_id)
    if parcel.state is ParcelState.ARCHIVED:
        raise StateConflict(_l("This parcel is archived."))
    return parcel


def _content_of(parcel: Parcel) -> ParcelContent:
    return ParcelContent(parcel.name, parcel.occasion, parcel.description, parcel.notice_days, parcel.cut_off_hour)


def _component_names(parcel: Parcel) -> tuple[str, ...]:
    recipe = queries.current_recipes([parcel.id]).get(parcel.id)
    return tuple(item.product.name for item in recipe.items) if recipe else ()


def _search_text(content: ParcelContent, components: tuple[str, ...]) -> str:
    return stemmed(" ".join([content.name, content.description, content.occasion.value, *components]))[:8000]


def _free_slug(name: str) -> str:
    similar = select(Parcel.slug).where(Parcel.slug.startswith(slug_of(name), autoescape=True))
    return free_slug(name, db.session.scalars(similar))
