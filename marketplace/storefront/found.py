"""Read what robots, catalogues and short links ask for: every page of the shop, and every thing that is sold."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Date, Select, func, literal, select, union_all

from ..catalog.models import Category, Product, ProductKind, ProductState
from ..extensions import db
from ..groups.models import Group
from ..parcels.models import Parcel, ParcelState, Recipe
from ..shared.errors import NotFound
from . import boxes, cards
from .boxes import Box
from .cards import Card
from .short import Named

AT_ONCE = 500
"""Things that are read and written together: the feed of a province is never in memory as a whole."""
PATHS = {Product: "/produk/", Parcel: "/parsel/"}


class Place(NamedTuple):
    """A page of the shop and the day it was last changed, as far as that is known."""

    path: str
    changed: dt.date | None


@dataclass(frozen=True)
class Thing:
    """A thing that is sold, with the words that only its page and the feed show."""

    sold: Card | Box
    text: str
    category: Category | None


def path_of(named: Named) -> str:
    """Return the path of the page that a short name leads to. Raises NotFound when nothing is shown there."""
    kind = named.kind
    shown = kind.state.in_(cards.SHOWN if kind is Product else boxes.SHOWN)
    slug = db.session.scalar(select(kind.slug).where(kind.id == named.id, shown))
    if slug is None:
        raise NotFound
    return PATHS[kind] + slug


def count_pages() -> int:
    """Return how many things and groups have a page that robots shall find."""
    return db.session.scalar(select(func.count()).select_from(_pages().subquery())) or 0


def pages(skipped: int, most: int) -> Iterator[Place]:
    """Return these pages in an order that stays: things first, then groups, each by id."""
    found = _pages().subquery()
    cut = select(found.c.path, found.c.slug, found.c.changed).order_by(found.c.path, found.c.id)
    for row in db.session.execute(cut.limit(most).offset(skipped).execution_options(yield_per=AT_ONCE)):
        yield Place(row.path + row.slug, row.changed)


def _pages() -> Any:
    published = Product.state == ProductState.PUBLISHED
    products = _page("/produk/", Product, Product.published_at).where(published)
    parcels = _page("/parsel/", Parcel, Recipe.made_at).where(Parcel.state == ParcelState.OFFERED)
    recipe = (Recipe.parcel_id == Parcel.id) & (Recipe.version == Parcel.recipe_version)
    selling = select(Product.group_id).where(published)
    groups = _page("/kelompok/", Group, Group.created_at).where(Group.id.in_(selling))
    return union_all(products, parcels.join(Recipe, recipe), groups)


def _page(path: str, kind: type[Product | Parcel | Group], changed: Any) -> Select[*tuple[Any, ...]]:
    return select(literal(path).label("path"), kind.id, kind.slug, func.date(changed, type_=Date).label("changed"))


def things() -> Iterator[Thing]:
    """Return all goods and parcels that are on sale, in any regency, a batch at a time; services are no goods."""
    goods = (Product.state == ProductState.PUBLISHED, Product.kind == ProductKind.GOODS)
    for rows in _batches(select(Product.id, Product.description, Product.category).where(*goods), Product):
        shown = cards.of_ids([row.id for row in rows])
        yield from (Thing(shown[row.id], row.description, row.category) for row in rows)
    offered = Parcel.state == ParcelState.OFFERED
    for rows in _batches(select(Parcel.id, Parcel.description).where(offered), Parcel):
        packed = boxes.of_ids([row.id for row in rows])
        yield from (Thing(packed[row.id], row.description, None) for row in rows)


def _batches(statement: Select[*tuple[Any, ...]], kind: type[Product | Parcel]) -> Iterator[Sequence[Any]]:
    last = 0
    while rows := db.session.execute(statement.where(kind.id > last).order_by(kind.id).limit(AT_ONCE)).all():
        yield rows
        if len(rows) < AT_ONCE:
            return
        last = rows[-1].id
