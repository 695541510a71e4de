"""Parcels as lists show them: one query, with how many can be made now."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import g
from sqlalchemy import BigInteger, ColumnElement, ScalarSelect, Select, case, cast, func, literal, select

from ..catalog.models import Product, ProductState
from ..catalog.search import stemmed
from ..extensions import db
from ..parcels.models import Occasion, Parcel, ParcelState, Recipe, RecipeItem
from ..shared import images
from ..shared.errors import NotFound
from ..shared.i18n import _n
from ..shared.images import Image, Photo
from ..stock.models import StockLevel
from . import short
from .cards import availability

SHOWN = (ParcelState.OFFERED, ParcelState.PAUSED)
MOST = 120
"""Parcels on one page: a regency has dozens, and its visitors want to see them all."""


@dataclass(frozen=True)
class Box:
    """A parcel as lists show it."""

    id: int
    slug: str
    name: str
    occasion: Occasion
    is_sold: bool
    regency_code: str
    notice_days: int
    cut_off_hour: int
    price: int
    groups: int
    free: int
    token: str | None
    width: int
    height: int

    badges: tuple[()] = ()
    unit = ""
    is_service = False

    @property
    def url(self) -> str:
        """Return the address of the parcel's page."""
        return f"/parsel/{self.slug}"

    @property
    def short_name(self) -> str:
        """Return the few letters that lead to the page from messages, labels and QR codes."""
        return short.name_of(Parcel, self.id)

    @property
    def place(self) -> str:
        """Return how many groups have a part in it."""
        return _n("From %(num)s group", "From %(num)s groups", self.groups)

    @property
    def photo(self) -> Photo | None:
        """Return the picture for the photo macro, or None."""
        return images.photo_of(self.token, self.width, self.height, self.name) if self.token else None

    @property
    def can_be_had(self) -> bool:
        """Tell whether it can be ordered now."""
        return self.is_sold and self.free > 0

    @property
    def available(self) -> str:
        """Return in words how many can be had now."""
        return availability(self.free, is_service=False)


def offered(area_code: str, occasion: Occasion | None = None, text: str = "", most: int = MOST) -> list[Box]:
    """Return the parcels a regency offers, by name."""
    statement = _columns().where(Parcel.regency_code == area_code, Parcel.state == ParcelState.OFFERED)
    if occasion is not None:
        statement = statement.where(Parcel.occasion == occasion)
    for word in stemmed(text).split():
        statement = statement.where(Parcel.search_text.contains(word, autoescape=True))
    return _boxes(statement.order_by(Parcel.name, Parcel.id).limit(most))


def for_season(area_code: str, occasions: Sequence[Occasion], most: int) -> list[Box]:
    """Return parcels a regency offers: those for the first occasion first, then what can be had now."""
    places = {occasion: place for place, occasion in enumerate(occasions)}
    fitting = case(places, value=Parcel.occasion, else_=len(places)) if places else literal(0)
    statement = _columns().where(Parcel.regency_code == area_code, Parcel.state == ParcelState.OFFERED)
    return _boxes(statement.order_by(fitting, case((_can_make() > 0, 0), else_=1), Parcel.name).limit(most))


def of_ids(ids: Collection[int]) -> dict[int, Box]:
    """Return parcel id → parcel, whatever its state; no query for no id."""
    return {box.id: box for box in _boxes(_columns().where(Parcel.id.in_(ids)))} if ids else {}


def free_of(slug: str) -> int:
    """Return how many of a parcel can be had now. Raises NotFound."""
    return of_slug(slug).free


def of_slug(slug: str) -> Box:
    """Return a parcel that is or was offered, asked for once in a request. Raises NotFound."""
    known: dict[str, Box] = g.setdefault("boxes", {})
    if slug not in known:
        found = _boxes(_columns().where(Parcel.slug == slug, Parcel.state.in_(SHOWN)))
        if not found:
            raise NotFound
        known[slug] = found[0]
    return known[slug]


def _boxes(statement: Select[*tuple[Any, ...]]) -> list[Box]:
    return [Box(*row) for row in db.session.execute(statement)]


@lru_cache(maxsize=1)
def _columns() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Parcel.id,
            Parcel.slug,
            Parcel.name,
            Parcel.occasion,
            (Parcel.state == ParcelState.OFFERED).label("is_sold"),
            Parcel.regency_code,
            Parcel.notice_days,
            Parcel.cut_off_hour,
            Recipe.price,
            _of_items(func.count(Product.group_id.distinct())).label("groups"),
            _can_make().label("free"),
            Image.token,
            Image.width,
            Image.height,
        )
        .join(Recipe, (Recipe.parcel_id == Parcel.id) & (Recipe.version == Parcel.recipe_version))
        .outerjoin(Image, Image.id == Parcel.image_id)
    )


def _can_make() -> ScalarSelect[int]:
    """Select what `parcels.queries.can_make` says: the scarcest component decides, a closed one allows none."""
    free = (
        select(func.coalesce(func.sum(StockLevel.on_hand - StockLevel.held), 0))
        .where(StockLevel.product_id == RecipeItem.product_id)
        .scalar_subquery()
    )
    possible = case((Product.state == ProductState.PUBLISHED, free // RecipeItem.quantity), else_=0)
    return _of_items(cast(func.coalesce(func.min(possible), 0), BigInteger))


def _of_items(value: ColumnElement[int]) -> ScalarSelect[int]:
    return (
        select(value)
        .select_from(RecipeItem)
        .join(Product, Product.id == RecipeItem.product_id)
        .where(RecipeItem.recipe_id == Recipe.id)
        .correlate(Recipe)
        .scalar_subquery()
    )
