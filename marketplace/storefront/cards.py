"""The public list: one query for a page of cards, one for how many there are."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Integer,
    Select,
    and_,
    bindparam,
    cast,
    exists,
    func,
    or_,
    select,
)
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
from ..stock.rules import FEW
from . import short
from .rules import Filters, Sort

SHOWN = (ProductState.PUBLISHED, ProductState.PAUSED)
"""Has a page: a paused thing is told of as not sold at the moment."""
COUNT_SECONDS = 60
NEIGHBOURS = 4

ORDERS: dict[Sort, tuple[ColumnElement[Any] | InstrumentedAttribute[Any], ...]] = {
    Sort.NEWEST: (Product.published_at.desc(), Product.id.desc()),
    Sort.CHEAPEST: (Product.price, Product.id),
    Sort.DEAREST: (Product.price.desc(), Product.id.desc()),
    Sort.NAME: (Product.name, Product.id),
}


def _permitted(kind: PermitKind) -> ColumnElement[bool]:
    in_force = or_(Permit.expires_on.is_(None), Permit.expires_on >= bindparam("today", type_=Date))
    return exists().where(Permit.product_id == Product.id, Permit.kind == kind, in_force)


CONDITIONS: dict[str, ColumnElement[bool]] = {
    "kind": Product.kind == bindparam("kind"),
    "category": Product.category == bindparam("category"),
    "district": Product.district_code == bindparam("district"),
    "low": Product.price >= bindparam("low"),
    "high": Product.price <= bindparam("high"),
    "pirt": _permitted(PermitKind.PIRT),
    "halal": _permitted(PermitKind.HALAL),
    "available": or_(
        Product.kind == ProductKind.SERVICE,
        exists().where(StockLevel.product_id == Product.id, StockLevel.on_hand > StockLevel.held),
    ),
}
"""What each filter asks for; the values come as parameters, so that a statement is built once for each shape."""


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
    def short_name(self) -> str:
        """Return the few letters that lead to the page from messages, labels and QR codes."""
        return short.name_of(Product, self.id)

    @property
    def place(self) -> str:
        """Return who made it and where, as far as the public knows."""
        return f"{self.group}, {self.village}"

    @property
    def photo(self) -> Photo | None:
        """Return the first photo for the photo macro, or None."""
        return images.photo_of(self.token, self.width, self.height, self.name) if self.token else None

    @property
    def badges(self) -> list[tuple[str, str, str]]:
        """Return the permits in force as (text, tone, icon)."""
        found = [("P-IRT", "info", "shield-check")] if self.pirt else []
        return [*found, (_("Halal"), "good", "badge-check")] if self.halal else found

    @property
    def can_be_had(self) -> bool:
        """Tell whether it can be ordered now."""
        return self.is_sold and (self.is_service or self.free > 0)

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
    """Return a page of the published products of a regency; one after the last is empty, and costs no search."""
    total, skipped = count(area_code, filters), (number - 1) * PAGE_SIZE
    cards = []
    if skipped < total or number == 1:  # the total may be a minute old; nobody shall miss the first goods for that
        cut = {"most": PAGE_SIZE, "skipped": skipped}
        cards = _run(_page(_shape(filters), filters.sort, filters.q), _values(area_code, filters) | cut)
    return Page(cards, number, PAGE_SIZE, total)


def newest(area_code: str, most: int) -> list[Card]:
    """Return the products of a regency that were published last."""
    return _run(_kept_page(frozenset(), Sort.NEWEST), {"area": area_code, "most": most, "skipped": 0})


def of_group(group_id: int, number: int) -> Page[Card]:
    """Return a page of what a group sells."""
    ids = select(Product.id).where(Product.group_id == group_id, Product.state == ProductState.PUBLISHED)
    total = db.session.scalar(select(func.count()).select_from(ids.subquery())) or 0
    skipped = (number - 1) * PAGE_SIZE
    page = ids.order_by(*ORDERS[Sort.NEWEST]).limit(PAGE_SIZE).offset(skipped)
    return Page(_run(_cards(page, Sort.NEWEST), {}) if skipped < total else [], number, PAGE_SIZE, total)


def with_neighbours(product_id: int, group_id: int) -> tuple[Card, list[Card]]:
    """Return the card of a product, and of some others that its group sells: one query for both."""
    cards = _run(_neighbourhood(), {"product": product_id, "group": group_id})
    found = {card.id: card for card in cards}
    return found.pop(product_id), list(found.values())


@lru_cache(maxsize=1)
def _neighbourhood() -> Select[*tuple[Any, ...]]:
    itself = Product.id == bindparam("product")
    others = and_(Product.group_id == bindparam("group"), Product.state == ProductState.PUBLISHED)
    ids = select(Product.id).where(or_(itself, others)).order_by(itself.desc(), *ORDERS[Sort.NEWEST])
    return _cards(ids.limit(NEIGHBOURS + 1), Sort.NEWEST)


def free_of(slug: str) -> int:
    """Return how many of a product can be had now, as far as a page says: above `FEW` plenty is plenty."""
    free = db.session.scalar(_free_of_slug(), {"slug": slug}) or 0
    return max(0, min(free, FEW + 1))


@lru_cache(maxsize=1)
def _free_of_slug() -> Select[int]:
    free = select(func.sum(StockLevel.on_hand - StockLevel.held))
    return free.join(Product, Product.id == StockLevel.product_id).where(Product.slug == bindparam("slug"))


def of_ids(ids: Collection[int]) -> dict[int, Card]:
    """Return product id → card, whatever the product's state; no query for no id."""
    return {card.id: card for card in _run(_by_ids(), {"ids": ids})} if ids else {}


@lru_cache(maxsize=1)
def _by_ids() -> Select[*tuple[Any, ...]]:
    return _card_columns().where(Product.id.in_(bindparam("ids", expanding=True)))


def count(area_code: str, filters: Filters) -> int:
    """Return how many products fit; known for a minute, for counting costs as much as there are rows."""
    key = f"count/{area_code}/{sorted((filters.as_args() | {'sort': ''}).items())}"
    known = cache.get(key)
    if known is None:
        ids = match(_narrowed(_shape(filters)), filters.q).subquery()
        values = _values(area_code, filters)
        known = db.session.scalar(select(func.count()).select_from(ids), values) or 0
        cache.set(key, known, timeout=COUNT_SECONDS)
    return int(known)


def _shape(filters: Filters) -> frozenset[str]:
    return frozenset(CONDITIONS.keys() & filters.as_args().keys())


def _values(area_code: str, filters: Filters) -> dict[str, Any]:
    return {"area": area_code, "today": _today(), **{name: getattr(filters, name) for name in _shape(filters)}}


def _narrowed(shape: frozenset[str]) -> Select[int]:
    conditions = [CONDITIONS[name] for name in sorted(shape)]
    published = (Product.regency_code == bindparam("area"), Product.state == ProductState.PUBLISHED)
    return select(Product.id).where(*published, *conditions)


def _page(shape: frozenset[str], sort: Sort, text: str) -> Select[*tuple[Any, ...]]:
    """Select a page of cards; the words of a search make each statement another one."""
    return _cut(match(_narrowed(shape), text), sort) if text else _kept_page(shape, sort)


@lru_cache(maxsize=256)
def _kept_page(shape: frozenset[str], sort: Sort) -> Select[*tuple[Any, ...]]:
    return _cut(_narrowed(shape), sort)


def _cut(ids: Select[int], sort: Sort) -> Select[*tuple[Any, ...]]:
    page = ids.order_by(*ORDERS[sort]).limit(bindparam("most", type_=Integer))
    return _cards(page.offset(bindparam("skipped", type_=Integer)), sort)


def _cards(ids: Select[int], sort: Sort) -> Select[*tuple[Any, ...]]:
    page = ids.subquery()
    return _card_columns().join(page, page.c.id == Product.id).order_by(*ORDERS[sort])


def _run(statement: Select[*tuple[Any, ...]], values: dict[str, Any]) -> list[Card]:
    return [Card(*row) for row in db.session.execute(statement, {"today": _today(), **values})]


def _today() -> dt.date:
    return clock.now().date()


@lru_cache(maxsize=1)
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
