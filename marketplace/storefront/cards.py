"""The public list: one query for a page of cards, one for how many there are."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, cast, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from ..areas.models import Area
from ..catalog.models import Permit, PermitKind, Product, ProductKind, ProductPhoto, ProductState
from ..catalog.search import match
from ..extensions import cache, db
from ..groups.models import Group
from ..shared import clock, images
from ..shared.i18n import _
from ..shared.images import Image, Photo
from ..shared.paging import PAGE_SIZE, Page
from ..stock.models import StockLevel
from .models import Basket, BasketItem
from .rules import Filters, Sort

FEW = 5
"""So few left are worth a word."""
COUNT_SECONDS = 60

ORDERS: dict[Sort, tuple[ColumnElement[Any] | InstrumentedAttribute[Any], ...]] = {
    Sort.NEWEST: (Product.published_at.desc(), Product.id.desc()),
    Sort.CHEAPEST: (Product.price, Product.id),
    Sort.DEAREST: (Product.price.desc(), Product.id.desc()),
    Sort.NAME: (Product.name, Product.id),
}


@dataclass(frozen=True)
class Card:
    """A product as lists show it."""

    id: int
    slug: str
    name: str
    unit: str
    price: int
    is_service: bool
    is_sold: bool
    regency_code: str
    group: str
    village: str
    free: int
    pirt: bool
    halal: bool
    token: str | None
    width: int
    height: int

    @property
    def url(self) -> str:
        """Return the address of the product's page."""
        return f"/produk/{self.slug}"

    @property
    def place(self) -> str:
        """Return who made it and where, as far as the public knows."""
        return f"{self.group}, {self.village}"

    @cached_property
    def photo(self) -> Photo | None:
        """Return the first photo for the photo macro, or None."""
        return images.photo_of(self.token, self.width, self.height, self.name) if self.token else None

    @property
    def badges(self) -> list[tuple[str, str, str]]:
        """Return the permits in force as (text, tone, icon)."""
        found = [("P-IRT", "info", "shield-check")] if self.pirt else []
        return [*found, (_("Halal"), "good", "badge-check")] if self.halal else found

    @property
    def available(self) -> str:
        """Return in words how many there are."""
        return availability(self.free, is_service=self.is_service)


def availability(free: int, *, is_service: bool) -> str:
    """Return in words how many of a product can be had now."""
    if is_service:
        return _("By appointment")
    if free <= 0:
        return _("Sold out for now")
    return _("Only %(count)s left", count=free) if free <= FEW else _("Available now")


def listed(area_code: str, filters: Filters, number: int) -> Page[Card]:
    """Return a page of the published products of a regency."""
    ids = _narrowed(area_code, filters).order_by(*ORDERS[filters.sort])
    page = ids.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)
    return Page(_cards(page, filters.sort), number, PAGE_SIZE, count(area_code, filters))


def newest(area_code: str, most: int) -> list[Card]:
    """Return the products of a regency that were published last."""
    ids = _narrowed(area_code, Filters()).order_by(*ORDERS[Sort.NEWEST]).limit(most)
    return _cards(ids, Sort.NEWEST)


def of_group(group_id: int, number: int) -> Page[Card]:
    """Return a page of what a group sells."""
    ids = select(Product.id).where(Product.group_id == group_id, Product.state == ProductState.PUBLISHED)
    total = db.session.scalar(select(func.count()).select_from(ids.subquery())) or 0
    page = ids.order_by(*ORDERS[Sort.NEWEST]).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)
    return Page(_cards(page, Sort.NEWEST), number, PAGE_SIZE, total)


def with_neighbours(product_id: int, group_id: int, most: int = 4) -> tuple[Card, list[Card]]:
    """Return the card of a product, and of some others that its group sells: one query for both."""
    others = and_(Product.group_id == group_id, Product.state == ProductState.PUBLISHED)
    itself = Product.id == product_id
    ids = select(Product.id).where(or_(itself, others)).order_by(itself.desc(), *ORDERS[Sort.NEWEST]).limit(most + 1)
    found = {card.id: card for card in _cards(ids, Sort.NEWEST)}
    return found.pop(product_id), list(found.values())


def in_baskets(condition: ColumnElement[bool]) -> list[tuple[BasketItem, str, Card]]:
    """Return the products in the baskets that fit, whatever their state: row, checkout key of the basket, card."""
    statement = _card_columns().add_columns(BasketItem, Basket.checkout_key)
    statement = statement.join(BasketItem, BasketItem.product_id == Product.id).join(Basket).where(condition)
    return [(item, key, Card(*row)) for *row, item, key in db.session.execute(statement)]


def count(area_code: str, filters: Filters) -> int:
    """Return how many products fit; known for a minute, for counting costs as much as there are rows."""
    key = f"count/{area_code}/{sorted((filters.as_args() | {'sort': ''}).items())}"
    known = cache.get(key)
    if known is None:
        ids = _narrowed(area_code, filters).subquery()
        known = db.session.scalar(select(func.count()).select_from(ids)) or 0
        cache.set(key, known, timeout=COUNT_SECONDS)
    return int(known)


def _narrowed(area_code: str, filters: Filters) -> Select[int]:
    statement = select(Product.id).where(
        Product.regency_code == area_code, Product.state == ProductState.PUBLISHED, *_conditions(filters)
    )
    return match(statement, filters.q)


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """Return a condition for every filter that is set."""
    wanted: list[tuple[object, ColumnElement[bool]]] = [
        (filters.kind, Product.kind == filters.kind),
        (filters.category, Product.category == filters.category),
        (filters.district, Product.district_code == filters.district),
        (filters.low is not None, Product.price >= (filters.low or 0)),
        (filters.high is not None, Product.price <= (filters.high or 0)),
        (filters.available, _can_be_had()),
        *((True, _permitted(kind)) for kind in filters.permits),
    ]
    return [condition for is_set, condition in wanted if is_set]


def _can_be_had() -> ColumnElement[bool]:
    in_stock = exists().where(StockLevel.product_id == Product.id, StockLevel.on_hand > StockLevel.held)
    return or_(Product.kind == ProductKind.SERVICE, in_stock)


def _permitted(kind: PermitKind) -> ColumnElement[bool]:
    today = clock.now().date()
    in_force = or_(Permit.expires_on.is_(None), Permit.expires_on >= today)
    return exists().where(Permit.product_id == Product.id, Permit.kind == kind, in_force)


def _cards(ids: Select[int], sort: Sort) -> list[Card]:
    page = ids.subquery()
    statement = _card_columns().join(page, page.c.id == Product.id).order_by(*ORDERS[sort])
    return [Card(*row) for row in db.session.execute(statement)]


def _card_columns() -> Select[*tuple[Any, ...]]:
    """Select a card; what needs a look at other tables is asked for the rows of one page only."""
    free = (
        select(cast(func.coalesce(func.sum(StockLevel.on_hand - StockLevel.held), 0), BigInteger))
        .where(StockLevel.product_id == Product.id)
        .scalar_subquery()
    )
    first_photo = (
        select(ProductPhoto.image_id)
        .where(ProductPhoto.product_id == Product.id)
        .order_by(ProductPhoto.position, ProductPhoto.id)
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            Product.id,
            Product.slug,
            Product.name,
            Product.unit,
            Product.price,
            (Product.kind == ProductKind.SERVICE).label("is_service"),
            (Product.state == ProductState.PUBLISHED).label("is_sold"),
            Product.regency_code,
            Group.name.label("group_name"),
            Area.name.label("village"),
            free.label("free"),
            _permitted(PermitKind.PIRT).label("pirt"),
            _permitted(PermitKind.HALAL).label("halal"),
            Image.token,
            Image.width,
            Image.height,
        )
        .join(Group, Group.id == Product.group_id)
        .join(Area, Area.code == Group.village_code)
        .outerjoin(Image, Image.id == first_photo)
    )
