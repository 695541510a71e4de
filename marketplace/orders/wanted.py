"""What a buyer asks for, and how it is found as it is sold now."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from ..catalog.models import Product, ProductState
from ..extensions import db
from ..parcels.models import Parcel, ParcelState, Recipe, RecipeItem
from ..shared.errors import InvalidInput
from ..shared.i18n import _
from ..stock.models import Location
from .models import Channel, DeliveryMethod
from .rules import Box, BoxItem, Good, Maker, PricedLine, price_box, price_good

MAX_LINE_QUANTITY = 9_999


@dataclass(frozen=True)
class Buyer:
    """Who buys: an account, or a guest by name and phone (E.164)."""

    user_id: int | None
    name: str
    phone: str
    office: str = ""


@dataclass(frozen=True)
class Delivery:
    """Where the order goes; a village is needed unless it is picked up."""

    method: DeliveryMethod
    street: str = ""
    rt_rw: str = ""
    village_code: str | None = None
    landmark: str = ""
    note: str = ""


@dataclass(frozen=True)
class LineRequest:
    """So many of a product or of a parcel: as they are sold now, or as they were offered."""

    quantity: int
    product_id: int | None = None
    parcel_id: int | None = None
    offered_price: int | None = None
    """Price of one that was offered for a time, or charged at the tent, rupiah; None for that of today."""
    recipe_id: int | None = None
    """The version of the parcel that was offered for a time; None for that of today."""


@dataclass(frozen=True)
class PlaceOrder:
    """A whole order as asked for. `key` makes it happen once."""

    regency_code: str
    key: str
    buyer: Buyer
    delivery: Delivery
    lines: tuple[LineRequest, ...]
    payment_method: str
    channel: Channel = Channel.WEB
    keep_for: dt.timedelta | None = None
    """How long its goods are held until it is paid; None for the office's time at checkout."""
    place: Location | None = None
    """The tent where it was sold; None when its goods are taken from where they are free."""
    placed_by_id: int | None = None
    """The cashier who sold it; None when the buyer ordered himself."""
    offered_fee: int | None = None
    """Delivery fee that was offered for a time, rupiah; None for that of today."""

    def body(self) -> dict[str, Any]:
        """Return the content that must be the same when the key comes again."""
        content = asdict(replace(self, place=None))
        del content["key"], content["keep_for"], content["place"], content["placed_by_id"]
        return content

    @property
    def actor_id(self) -> int | None:
        """Return who places it: the cashier, or the buyer himself."""
        return self.placed_by_id or self.buyer.user_id

    @property
    def is_fact(self) -> bool:
        """Tell whether it was sold and handed over already: whatever is offered now, it stands."""
        return self.place is not None


@dataclass(frozen=True)
class Found:
    """The priced lines of an order and the parcels in it."""

    lines: list[PricedLine]
    parcels: list[Parcel]


class NoLongerOffered(InvalidInput):
    """A product or parcel of the basket is not for sale (any more)."""

    def __init__(self, names: Iterable[str]) -> None:
        text = ", ".join(sorted(names)) or "?"
        super().__init__(_("No longer offered: %(names)s. Take it out of your basket.", names=text))


def find(wanted: PlaceOrder) -> Found:
    """Find and price what is asked for. Raises InvalidInput for an empty order, strange quantities and things that
    are not sold in that regency now."""
    products, boxes = _sum_up(wanted.lines)
    goods = _goods(wanted, products) if products else {}
    parcels = _boxes(wanted, boxes) if boxes else {}
    lines = [price_good(goods[key], quantity) for key, quantity in products.items()]
    charged = {line.parcel_id: line.offered_price for line in wanted.lines}
    lines += [price_box(_box(parcels[key][1], charged[key]), quantity) for key, quantity in boxes.items()]
    return Found(lines, [parcel for parcel, _recipe in parcels.values()])


def _sum_up(lines: Iterable[LineRequest]) -> tuple[dict[int, int], dict[int, int]]:
    products: Counter[int] = Counter()
    parcels: Counter[int] = Counter()
    for line in lines:
        if not 1 <= line.quantity <= MAX_LINE_QUANTITY:
            raise InvalidInput(_("Enter a quantity from 1 to %(most)s.", most=MAX_LINE_QUANTITY))
        if line.product_id is not None:
            products[line.product_id] += line.quantity
        elif line.parcel_id is not None:
            parcels[line.parcel_id] += line.quantity
    if not products and not parcels:
        raise InvalidInput(_("Your basket is empty."))
    return dict(products), dict(parcels)


def _offered_recipes(lines: Iterable[LineRequest]) -> dict[int, int]:
    return {
        line.parcel_id: line.recipe_id for line in lines if line.parcel_id is not None and line.recipe_id is not None
    }


def _goods(wanted: PlaceOrder, ids: Iterable[int]) -> dict[int, Good]:
    statement = select(Product).where(Product.id.in_(list(ids))).options(selectinload(Product.shares))
    rows = {row.id: row for row in db.session.scalars(statement)}
    gone = [key for key in ids if key not in rows or not _may_be_sold(rows[key], wanted)]
    if gone:
        raise NoLongerOffered(rows[key].name for key in gone if key in rows)
    charged = {line.product_id: line.offered_price for line in wanted.lines}
    return {key: _at_price(good_of(row), charged[key]) for key, row in rows.items()}


def _at_price(good: Good, price: int | None) -> Good:
    return good if price is None else replace(good, price=price)


def _may_be_sold(product: Product, wanted: PlaceOrder) -> bool:
    own = product.regency_code == wanted.regency_code
    return own if wanted.is_fact else _for_sale(product, wanted.regency_code)


def _for_sale(product: Product, regency_code: str) -> bool:
    return product.state is ProductState.PUBLISHED and product.regency_code == regency_code


def good_of(product: Product) -> Good:
    """Return a product as the plain value that pricing works on."""
    makers = tuple(Maker(share.household_id, share.basis_points) for share in product.shares)
    return Good(product.id, product.group_id, product.name, product.unit, product.price, makers, product.tracks_stock)


def _boxes(wanted: PlaceOrder, ids: Iterable[int]) -> dict[int, tuple[Parcel, Recipe]]:
    offered = _offered_recipes(wanted.lines)
    sold_now = (Recipe.version == Parcel.recipe_version) & Parcel.id.not_in(offered)
    statement = (
        select(Parcel, Recipe)
        .join(Recipe, Recipe.parcel_id == Parcel.id)
        .where(Parcel.id.in_(list(ids)), or_(sold_now, Recipe.id.in_(offered.values())))
        .options(
            selectinload(Recipe.items).selectinload(RecipeItem.product).selectinload(Product.shares),
        )
    )
    rows = {parcel.id: (parcel, recipe) for parcel, recipe in db.session.execute(statement)}
    gone = [key for key in ids if key not in rows or not _box_may_be_sold(*rows[key], wanted)]
    if gone:
        raise NoLongerOffered(rows[key][0].name for key in gone if key in rows)
    return rows


def _box_may_be_sold(parcel: Parcel, recipe: Recipe, wanted: PlaceOrder) -> bool:
    if wanted.is_fact:
        return parcel.regency_code == wanted.regency_code
    sold = parcel.state is ParcelState.OFFERED and parcel.regency_code == wanted.regency_code
    return sold and all(_for_sale(item.product, wanted.regency_code) for item in recipe.items)


def _box(recipe: Recipe, charged: int | None) -> Box:
    items = tuple(BoxItem(good_of(item.product), item.quantity, item.unit_price) for item in recipe.items)
    price = recipe.price if charged is None else charged
    return Box(recipe.id, recipe.parcel.name, price, min(recipe.packing_cost, price), items)
