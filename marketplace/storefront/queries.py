"""Read baskets, the shop's groups and places, and a buyer's own orders."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, func, select, union
from sqlalchemy.orm import joinedload, selectinload

from ..areas import queries as areas
from ..areas.models import Area, FigureKey
from ..areas.rules import district_of, regency_of
from ..catalog.models import Permit, Product, ProductPhoto, ProductState
from ..extensions import db
from ..groups.models import Group
from ..orders.models import DeliveryFee, Order
from ..parcels.models import Parcel, Recipe
from ..parcels.rules import NO_CUT_OFF, earliest_day
from ..shared import clock
from ..shared.errors import NotFound
from ..shared.images import Image, Photo, photo_of
from ..shared.once import OnceKey
from ..shared.paging import Page, paginate
from ..shared.remember import remembered
from . import boxes, cards
from .boxes import Box
from .cards import Card
from .freshness import version
from .models import Basket, BasketItem
from .rules import written

PLACES_SECONDS = 600
FEES_SECONDS = 60
MOST_AREAS = 24


@dataclass(frozen=True)
class Owner:
    """Whose basket: a user's, or that of the visitor who holds a token."""

    user_id: int | None = None
    token: str = ""

    @property
    def is_nobody(self) -> bool:
        """Tell whether there can be no basket yet."""
        return self.user_id is None and not self.token

    def condition(self) -> ColumnElement[bool]:
        """Return what finds the basket; a signed-in user's token opens no other one."""
        if self.user_id is not None:
            return Basket.user_id == self.user_id
        return (Basket.token == self.token) & Basket.user_id.is_(None)


@dataclass(frozen=True)
class Line:
    """One thing in a basket as it is sold now."""

    id: int
    quantity: int
    sold: Card | Box

    @property
    def product_id(self) -> int | None:
        """Return the product's id, None for a parcel."""
        return self.sold.id if isinstance(self.sold, Card) else None

    @property
    def parcel_id(self) -> int | None:
        """Return the parcel's id, None for a product."""
        return self.sold.id if isinstance(self.sold, Box) else None

    @property
    def name(self) -> str:
        """Return the name of the line's form field."""
        return f"parcel-{self.parcel_id}" if self.parcel_id else f"product-{self.product_id}"

    @property
    def amount(self) -> int:
        """Return quantity times price, rupiah."""
        return self.quantity * self.sold.price

    @property
    def is_short(self) -> bool:
        """Tell whether there are fewer than wanted, or the thing is not sold now."""
        return not self.sold.is_sold or (not self.sold.is_service and self.sold.free < self.quantity)


@dataclass(frozen=True)
class Contents:
    """A basket with its sums."""

    key: str
    lines: tuple[Line, ...]

    @property
    def goods_amount(self) -> int:
        """Return the price of all lines, rupiah."""
        return sum(line.amount for line in self.lines)

    @property
    def regency_code(self) -> str:
        """Return the regency that everything in the basket comes from."""
        return self.lines[0].sold.regency_code

    @property
    def parcels(self) -> list[Box]:
        """Return the parcels among the lines."""
        return [line.sold for line in self.lines if isinstance(line.sold, Box)]

    @property
    def is_short(self) -> bool:
        """Tell whether any line cannot be had as it stands."""
        return any(line.is_short for line in self.lines)

    @property
    def written(self) -> str:
        """Return the things, numbers and prices in the basket as a text: what its buyer saw can be told from it."""
        return written((line.name, line.quantity, line.sold.price) for line in self.lines)


NOTHING = Contents("", ())


def contents(owner: Owner) -> Contents:
    """Return what is in the owner's basket, in at most three queries."""
    return NOTHING if owner.is_nobody else _contents(owner.condition())


def contents_of(basket: Basket) -> Contents:
    """Return what is in a basket, in at most three queries."""
    return _contents(Basket.id == basket.id)


def contents_and_last_order(owner: Owner, kept_token: str) -> tuple[Contents, Order | None]:
    """Return what is in the owner's basket, and his last order, in at most three queries together.

    A guest's is the one behind the secret link that he asked his browser to remember.
    """
    if owner.is_nobody:
        return NOTHING, None
    his = select(func.max(Order.id)).where(Order.buyer_id == owner.user_id).scalar_subquery()
    is_last = Order.token == kept_token if owner.user_id is None else Order.id == his
    statement = _item_columns().add_columns(Order).outerjoin(Order, is_last)
    items = db.session.execute(statement.where(owner.condition()).order_by(BasketItem.id)).all()
    return _filled(items), items[0].Order if items else None


def _contents(condition: ColumnElement[bool]) -> Contents:
    return _filled(db.session.execute(_item_columns().where(condition).order_by(BasketItem.id)).all())


def _filled(items: Sequence[Any]) -> Contents:
    products = cards.of_ids([item.product_id for item in items if item.product_id])
    parcels = boxes.of_ids([item.parcel_id for item in items if item.parcel_id])
    lines = [Line(each.id, each.quantity, products.get(each.product_id) or parcels[each.parcel_id]) for each in items]
    return Contents(items[0].checkout_key, tuple(lines)) if items else NOTHING


@lru_cache(maxsize=1)
def _item_columns() -> Select[*tuple[Any, ...]]:
    columns = (BasketItem.id, BasketItem.product_id, BasketItem.parcel_id, BasketItem.quantity, Basket.checkout_key)
    return select(*columns).join(Basket)


def names_of(things: Iterable[str]) -> list[str]:
    """Return the names of products and parcels that are on sale, by the names of their basket lines."""
    ids = [thing.split("-") for thing in things]
    found: list[Card | Box] = [
        *cards.of_ids([int(key) for kind, key in ids if kind == "product"]).values(),
        *boxes.of_ids([int(key) for kind, key in ids if kind == "parcel"]).values(),
    ]
    return [each.name for each in found if each.is_sold]


def count_of(owner: Owner) -> int:
    """Return how many different things are in the owner's basket."""
    statement = select(func.count(BasketItem.id)).join(Basket).where(owner.condition())
    return 0 if owner.is_nobody else db.session.scalar(statement) or 0


def items_of(basket_id: int) -> Sequence[BasketItem]:
    """Return the rows of a basket."""
    return db.session.scalars(select(BasketItem).where(BasketItem.basket_id == basket_id)).all()


def regencies_in(basket_id: int) -> set[str]:
    """Return the codes of the regencies that the things in a basket come from: none or one."""
    products = select(Product.regency_code).join(BasketItem, BasketItem.product_id == Product.id)
    parcels = select(Parcel.regency_code).join(BasketItem, BasketItem.parcel_id == Parcel.id)
    own = BasketItem.basket_id == basket_id
    return set(db.session.scalars(union(products.where(own), parcels.where(own))))


def parcels_of_recipes(recipe_ids: Collection[int]) -> dict[int, int]:
    """Return recipe id → id of the parcel it belongs to."""
    rows = db.session.execute(select(Recipe.id, Recipe.parcel_id).where(Recipe.id.in_(recipe_ids)))
    return {row.id: row.parcel_id for row in rows}


@remembered(PLACES_SECONDS)
def districts(regency_code: str) -> tuple[tuple[str, str], ...]:
    """Return code and name of the districts of a regency."""
    return tuple((area.code, area.name) for area in areas.children(regency_code))


@remembered(PLACES_SECONDS)
def villages(regency_code: str) -> tuple[tuple[str, str], ...]:
    """Return code and name of the villages of a regency, those of one district together."""
    return tuple((area.code, area.name) for area in areas.villages_of_regency(regency_code))


@remembered(PLACES_SECONDS)
def place_names(village_code: str) -> list[str]:
    """Return the names of a village and the areas it lies in, and its postcode, as addresses list them."""
    codes = [village_code, district_of(village_code), regency_of(village_code), village_code[:2]]
    found = {area.code: area for area in db.session.scalars(select(Area).where(Area.code.in_(codes)))}
    names = [found[code].name for code in codes if code in found]
    postcode = found[village_code].postcode if village_code in found else None
    return [*names, postcode] if postcode else names


@remembered(FEES_SECONDS)
def areas_with_goods() -> tuple[tuple[str, str], ...]:
    """Return code and name of the regencies where most is sold, most goods first."""
    selling = select(Product.regency_code, func.count().label("number")).group_by(Product.regency_code)
    found = selling.where(Product.state == ProductState.PUBLISHED).subquery()
    statement = select(Area.code, Area.name).join(found, found.c.regency_code == Area.code)
    rows = db.session.execute(statement.order_by(found.c.number.desc(), Area.name).limit(MOST_AREAS))
    return tuple((row.code, row.name) for row in rows)


def search_areas(text: str, first: Collection[str]) -> Select[Area]:
    """Return a SELECT of the regencies whose name holds every word of a text: some of them first, then by name."""
    found = areas.search_regencies(text)
    return found.order_by(None).order_by(case((Area.code.in_(first), 0), else_=1), Area.name, Area.code)


def fees(regency_code: str, day: dt.date) -> dict[str, int]:
    """Return district code → what bringing an order there costs on a day, for the districts we deliver to."""
    return _fees(regency_code, day, version())


@remembered(FEES_SECONDS)
def _fees(regency_code: str, day: dt.date, _version: str) -> dict[str, int]:
    statement = (
        select(DeliveryFee.district_code, DeliveryFee.amount)
        .where(DeliveryFee.district_code.startswith(regency_code + "."), DeliveryFee.effective_from <= day)
        .order_by(DeliveryFee.effective_from)
    )
    return {row.district_code: row.amount for row in db.session.execute(statement)}


@remembered(FEES_SECONDS)
def packing_days(regency_code: str, day: dt.date) -> int:
    """Return how many working days the office of a regency packs."""
    return areas.figure(FigureKey.PACKING_DAYS, regency_code, day)


def promised_day(regency_code: str, things: Iterable[Card | Box]) -> dt.date:
    """Return the day by which some products and parcels of a regency can be ready if they are ordered now."""
    local = clock.now().astimezone(clock.zone(areas.time_zone(regency_code)))
    return max(_day_of(thing, local) for thing in things)


def _day_of(thing: Card | Box, local: dt.datetime) -> dt.date:
    if isinstance(thing, Box):
        return earliest_day(local, thing.notice_days, thing.cut_off_hour)
    return earliest_day(local, packing_days(thing.regency_code, local.date()), NO_CUT_OFF)


@dataclass(frozen=True)
class GroupCard:
    """A group as the public sees it."""

    slug: str
    name: str
    village: str
    products: int
    token: str | None
    width: int
    height: int

    @property
    def photo(self) -> Photo | None:
        """Return a picture of what it sells, or None."""
        return photo_of(self.token, self.width, self.height, "") if self.token else None


def groups_with_goods(regency_code: str, most: int) -> list[GroupCard]:
    """Return the groups of a regency that sell most things."""
    selling = (
        select(Product.group_id, func.count().label("number"), func.max(Product.id).label("newest"))
        .where(Product.regency_code == regency_code, Product.state == ProductState.PUBLISHED)
        .group_by(Product.group_id)
        .subquery()
    )
    photo = select(func.min(ProductPhoto.image_id)).where(ProductPhoto.product_id == selling.c.newest).scalar_subquery()
    statement = (
        select(Group.slug, Group.name, Area.name, selling.c.number, Image.token, Image.width, Image.height)
        .join(selling, selling.c.group_id == Group.id)
        .join(Area, Area.code == Group.village_code)
        .outerjoin(Image, Image.id == photo)
        .order_by(selling.c.number.desc(), Group.name)
        .limit(most)
    )
    return [GroupCard(*row) for row in db.session.execute(statement)]


def asked_for(kind: type[Product | Parcel], slug: str) -> tuple[int, str]:
    """Return id and name of a product or parcel that is to go into a basket. Raises NotFound."""
    row = db.session.execute(select(kind.id, kind.name).where(kind.slug == slug)).one_or_none()
    if row is None:
        raise NotFound
    return row.id, row.name


def product_page(slug: str) -> Product:
    """Return a product for its public page: group, village, permits and photos loaded, never its makers.

    A paused one is still shown, as not sold at the moment. Raises NotFound for any other.
    """
    product = db.session.scalars(_product_page(), {"slug": slug}).unique().one_or_none()
    if product is None:
        raise NotFound
    return product


@lru_cache(maxsize=1)
def _product_page() -> Select[Product]:
    group = joinedload(Product.group).options(joinedload(Group.village), joinedload(Group.district))
    return (
        select(Product)
        .where(Product.slug == bindparam("slug"), Product.state.in_(cards.SHOWN))
        .options(group, joinedload(Product.permits), selectinload(Product.photos))
    )


def permits_in_force(product: Product) -> list[Permit]:
    """Return the permits of a product that have not run out where it is made."""
    today = clock.today(areas.time_zone(product.regency_code))
    return [permit for permit in product.permits if permit.expires_on is None or permit.expires_on >= today]


def group_page(slug: str) -> Group:
    """Return a group for its public page, village and district loaded. Raises NotFound."""
    statement = select(Group).where(Group.slug == slug)
    group = db.session.scalar(statement.options(joinedload(Group.village), joinedload(Group.district)))
    if group is None:
        raise NotFound
    return group


def own_order(user_id: int, order_id: int) -> Order:
    """Return an order of the buyer's own with its lines. Raises NotFound."""
    return _one(_with_lines().where(Order.id == order_id, Order.buyer_id == user_id))


def order_behind(token: str) -> Order:
    """Return the order behind a secret link with its lines. Raises NotFound."""
    return _one(_with_lines().where(Order.token == token))


def _with_lines() -> Select[Order]:
    return select(Order).options(selectinload(Order.lines))


def _one(statement: Select[Any]) -> Order:
    order: Order | None = db.session.scalar(statement)
    if order is None:
        raise NotFound
    return order


def orders_of(user_id: int) -> Page[Order]:
    """Return a page of a buyer's orders, newest first, with their lines."""
    return paginate(_with_lines().where(Order.buyer_id == user_id).order_by(Order.placed_at.desc(), Order.id.desc()))


def orders_behind(tokens: Collection[str]) -> Page[Order]:
    """Return the orders behind secret links, newest first, with their lines."""
    return paginate(_with_lines().where(Order.token.in_(tokens)).order_by(Order.placed_at.desc()))


def order_made_with(key: str) -> Order | None:
    """Return the order that a checkout key made, or None; no query for no key."""
    if not key:
        return None
    made = select(OnceKey.result_id).where(OnceKey.scope == "checkout", OnceKey.key == key)
    return db.session.scalar(select(Order).where(Order.id.in_(made)))
