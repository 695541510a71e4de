"""What has to be fetched, packed and made for orders that are being prepared."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, exists, func, literal, or_, select

from ..areas.models import Area
from ..catalog.models import Product
from ..catalog.queries import first_photos
from ..extensions import db
from ..groups.models import Group
from ..shared.images import Photo
from ..shared.paging import Page, paginate
from ..shared.policy import Actor, Role, groups_of, households_of
from ..stock.models import Hold, HoldState, Location, LocationKind, StockLevel
from .models import Order, OrderComponent, OrderLine, OrderShare, OrderState
from .screens import DESK, of_areas

PREPARE_SIZE = 50

REFERENCE = literal("order:").concat(cast(Order.id, String))
"""The name of an order in stock, as `Order.reference` writes it."""


@dataclass
class Pick:
    """A product to fetch at one place: whose it is, how many in all, and for which orders."""

    product: str
    unit: str
    group: str
    quantity: int = 0
    orders: list[tuple[str, int]] = field(default_factory=list)


@dataclass
class PlaceSheet:
    """What is fetched at one place; where that is a KUBE's own, with its village and phone."""

    place: str
    village: str = ""
    phone: str | None = None
    picks: dict[int, Pick] = field(default_factory=dict)


def picking(actor: Actor, until: dt.date | None) -> list[PlaceSheet]:
    """Return a sheet for each place where goods lie that orders in preparation (promised up to a day) wait for.

    Whoever drives reads one sheet at each stop. The office's stores come first, then the KUBE by name.
    """
    statement = _held().add_columns(Location.id, Location.kind, Group.name, Group.phone, Area.name)
    statement = statement.join(Area, Area.code == Group.village_code)
    statement = statement.where(of_areas(actor, DESK), Order.state == OrderState.PROCESSING)
    if until is not None:
        statement = statement.where(Order.ready_on <= until)
    sheets: dict[int, PlaceSheet] = {}
    for place, product_id, name, unit, quantity, number, key, kind, *maker in db.session.execute(statement):
        group, phone, village = maker
        own = kind is LocationKind.GROUP
        sheet = sheets.setdefault(key, PlaceSheet(group, village, phone) if own else PlaceSheet(place))
        pick = sheet.picks.setdefault(product_id, Pick(name, unit, group))
        pick.quantity += quantity
        pick.orders.append((number, quantity))
    return sorted(sheets.values(), key=lambda sheet: bool(sheet.village))


def _held() -> Select[Any]:
    """Select what is held where: place, product id, name, unit, quantity, order number."""
    columns: tuple[Any, ...] = (Product.id, Product.name, Product.unit, Hold.quantity, Order.number)
    return (
        select(Location.name, *columns)
        .join(StockLevel, StockLevel.location_id == Location.id)
        .join(Hold, Hold.level_id == StockLevel.id)
        .join(Product, Product.id == StockLevel.product_id)
        .join(Group, Group.id == Product.group_id)
        .join(Order, Hold.reference == REFERENCE)
        .where(Hold.state == HoldState.ACTIVE)
        .order_by(Group.name, Group.id, Product.name, Location.kind.desc(), Location.name, Order.ready_on, Order.id)
    )


def places_of(orders: Collection[Order]) -> dict[tuple[str, int], list[tuple[str, int]]]:
    """Return (order number, product id) → places with the quantity held there for it."""
    found: dict[tuple[str, int], list[tuple[str, int]]] = defaultdict(list)
    wanted = _held().where(Order.id.in_([order.id for order in orders]))
    for place, product_id, *_names, quantity, number in db.session.execute(wanted):
        found[number, product_id].append((place, quantity))
    return found


@dataclass(frozen=True)
class ToPrepare:
    """A product that orders wait for: how many by which day, and how many of them are still at the makers."""

    photo: Photo | None
    name: str
    unit: str
    day: dt.date
    quantity: int
    to_bring: int


def to_prepare(actor: Actor) -> Page[ToPrepare]:
    """Return a page of what a maker (or all makers of a group officer's group) has to prepare, most urgent first.

    Says nothing about who ordered.
    """
    left = OrderComponent.quantity // OrderLine.quantity * (OrderLine.quantity - OrderLine.reduced_quantity)
    columns: tuple[Any, ...] = (OrderComponent.product_id, OrderComponent.name, OrderComponent.unit, Order.ready_on)
    statement = (
        select(*columns, func.sum(left))
        .join(OrderLine, OrderLine.id == OrderComponent.line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.state == OrderState.PROCESSING, _made_by(actor))
        .group_by(*columns)
        .having(func.sum(left) > 0)
        .order_by(Order.ready_on, OrderComponent.name, OrderComponent.product_id)
    )
    page = paginate(statement, size=PREPARE_SIZE, scalars=False)
    bring = _at_makers([row[0] for row in page.items])
    photos = first_photos({row[0]: row[1] for row in page.items})
    items = [
        ToPrepare(photos.get(key), name, unit, day, int(sum_), bring.get((key, day), 0))
        for key, name, unit, day, sum_ in page.items
    ]
    return Page(items, page.number, page.size, page.total)


def _made_by(actor: Actor) -> ColumnElement[bool]:
    own = exists().where(
        OrderShare.component_id == OrderComponent.id,
        OrderShare.household_id.in_(households_of(actor, {Role.SELLER})),
    )
    return or_(own, OrderComponent.group_id.in_(groups_of(actor, {Role.GROUP_OFFICER})))


def _at_makers(product_ids: list[int]) -> dict[tuple[int, dt.date], int]:
    """Return (product, day promised) → pieces held at the makers' own place for orders in preparation."""
    statement = (
        select(StockLevel.product_id, Order.ready_on, func.sum(Hold.quantity))
        .join(Hold, Hold.level_id == StockLevel.id)
        .join(Location, Location.id == StockLevel.location_id)
        .join(Order, Hold.reference == REFERENCE)
        .where(
            Hold.state == HoldState.ACTIVE,
            Order.state == OrderState.PROCESSING,
            Location.kind == LocationKind.GROUP,
            StockLevel.product_id.in_(product_ids),
        )
        .group_by(StockLevel.product_id, Order.ready_on)
    )
    return {(product_id, day): int(quantity) for product_id, day, quantity in db.session.execute(statement)}
