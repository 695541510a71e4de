"""What the market sold: by day, tent, group, product, hour and kind of buyer, and what spoiled."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, extract, func, select

from ..areas.queries import time_zone
from ..catalog.models import Product
from ..extensions import db
from ..groups.models import Group
from ..orders.models import Order, OrderComponent, OrderLine, OrderShare
from ..shared import clock
from ..stock.models import MovementReason, StockLevel, StockMovement
from .models import MarketDay, Site, Stall, StallState, Tent
from .stall_queries import order_ids
from .till_models import BuyerKind, TillEvent, TillEventKind, TillEventState

LOST = (MovementReason.SPOILED, MovementReason.DESTROYED, MovementReason.GIVEN_AWAY, MovementReason.MISSING)
"""Why goods of a tent were not sold and did not come back."""
QRIS = "qris"


@dataclass(frozen=True)
class Period:
    """Market days of a regency from one to another, both counted, at one site or at all."""

    area_code: str
    first: dt.date
    last: dt.date
    site_id: int | None = None

    def holds(self) -> list[ColumnElement[bool]]:
        """Return the conditions on market days and sites."""
        found = [Site.area_code == self.area_code, MarketDay.held_on.between(self.first, self.last)]
        return [*found, Site.id == self.site_id] if self.site_id is not None else found


@dataclass(frozen=True)
class TentSales:
    """What a tent sold on a day, rupiah, less what came back."""

    held_on: dt.date
    tent: str
    site: str
    sales: int
    amount: int
    by_qris: int


@dataclass(frozen=True)
class ProductSales:
    """What was sold of a product: pieces, and rupiah for its makers (packing of parcels is apart)."""

    group: str
    name: str
    unit: str
    pieces: int
    amount: int


@dataclass(frozen=True)
class Loss:
    """Pieces of a product that were not sold and did not come back."""

    group: str
    name: str
    unit: str
    reason: MovementReason
    pieces: int


@dataclass(frozen=True)
class OfficeSales:
    """What an office or a school bought, rupiah, less what it gave back; by the name that was written down then."""

    name: str
    sales: int
    amount: int


@dataclass(frozen=True)
class Report:
    """What the market sold in a period."""

    tents: list[TentSales]
    products: list[ProductSales]
    hours: dict[int, int]
    """Hour by the clock of the regency → rupiah."""
    buyers: dict[BuyerKind, int]
    losses: list[Loss]
    offices: list[OfficeSales]

    @property
    def amount(self) -> int:
        """Return all sales, rupiah."""
        return sum(each.amount for each in self.tents)

    @property
    def by_qris(self) -> int:
        """Return what of it was paid by QRIS, rupiah."""
        return sum(each.by_qris for each in self.tents)

    @property
    def sales(self) -> int:
        """Return how many buyers bought something."""
        return sum(each.sales for each in self.tents)

    @property
    def days(self) -> dict[dt.date, int]:
        """Return market day → rupiah, the oldest first."""
        sums: Counter[dt.date] = Counter()
        for each in self.tents:
            sums[each.held_on] += each.amount
        return dict(sorted(sums.items()))

    @property
    def by_tent(self) -> list[tuple[str, int]]:
        """Return number of a tent and rupiah, the most first."""
        return _most((each.tent, each.amount) for each in self.tents)

    @property
    def by_group(self) -> list[tuple[str, int]]:
        """Return group and rupiah, the most first."""
        return _most((each.group, each.amount) for each in self.products)


def _most(rows: Any) -> list[tuple[str, int]]:
    sums: Counter[str] = Counter()
    for name, amount in rows:
        sums[name] += amount
    return sums.most_common()


def report(period: Period) -> Report:
    """Return what was sold in a period, in a handful of questions."""
    hours, buyers = _moments(period)
    return Report(_tents(period), _products(period), hours, buyers, _losses(period), _offices(period))


def _sold(period: Period) -> Any:
    """Return a table of tents (`location_id`) and orders (`order_id`) of a period."""
    places = (
        select(Stall.location_id)
        .join(MarketDay, MarketDay.id == Stall.day_id)
        .join(Site, Site.id == MarketDay.site_id)
        .where(*period.holds())
    )
    return order_ids(StockLevel.location_id.in_(places)).subquery()


LEFT = Order.total - Order.reduced_amount


def _tents(period: Period) -> list[TentSales]:
    """Return every tent that was put up, also those that sold nothing."""
    sold = _sold(period)
    sales = func.count(Order.id).filter(LEFT > 0)
    by_qris = func.sum(LEFT).filter(Order.payment_method == QRIS)
    statement = (
        select(MarketDay.held_on, Tent.number, Site.name, sales, func.sum(LEFT), by_qris)
        .select_from(Stall)
        .join(MarketDay, MarketDay.id == Stall.day_id)
        .join(Site, Site.id == MarketDay.site_id)
        .join(Tent, Tent.id == Stall.tent_id)
        .outerjoin(sold, sold.c.location_id == Stall.location_id)
        .outerjoin(Order, Order.id == sold.c.order_id)
        .where(*period.holds(), Stall.state != StallState.CANCELLED)
        .group_by(Stall.id, MarketDay.held_on, Tent.number, Site.name)
        .order_by(MarketDay.held_on, Site.name, Tent.number)
    )
    rows = db.session.execute(statement)
    return [TentSales(day, tent, site, count, int(a or 0), int(q or 0)) for day, tent, site, count, a, q in rows]


def _products(period: Period) -> list[ProductSales]:
    sold = _sold(period)
    reduced = (
        select(func.coalesce(func.sum(OrderShare.reduced_amount), 0))
        .where(OrderShare.component_id == OrderComponent.id)
        .scalar_subquery()
    )
    pieces = func.sum(OrderComponent.quantity // OrderLine.quantity * (OrderLine.quantity - OrderLine.reduced_quantity))
    amount = func.sum(OrderComponent.amount - reduced)
    statement = (
        select(Group.name, Product.name, Product.unit, pieces, amount)
        .select_from(sold)
        .join(OrderLine, OrderLine.order_id == sold.c.order_id)
        .join(OrderComponent, OrderComponent.line_id == OrderLine.id)
        .join(Product, Product.id == OrderComponent.product_id)
        .join(Group, Group.id == Product.group_id)
        .group_by(Product.id, Group.name, Product.name, Product.unit)
        .order_by(amount.desc(), Product.name, Product.id)
    )
    rows = db.session.execute(statement)
    return [ProductSales(group, name, unit, int(count), int(money)) for group, name, unit, count, money in rows]


def _moments(period: Period) -> tuple[dict[int, int], dict[BuyerKind, int]]:
    """Return rupiah by hour (of the sale by our clock, where a phone told of it) and by kind of buyer."""
    sold = _sold(period)
    of_sale = (TillEvent.order_id == Order.id) & (TillEvent.kind == TillEventKind.SALE)
    hour = extract("hour", func.coalesce(TillEvent.happened_at, Order.placed_at))
    guessed = case((Order.buyer_office != "", BuyerKind.OFFICE.value), else_=BuyerKind.PUBLIC.value)
    kind = func.coalesce(TillEvent.buyer_kind, guessed)
    statement = (
        select(hour, kind, func.sum(LEFT))
        .select_from(sold)
        .join(Order, Order.id == sold.c.order_id)
        .outerjoin(TillEvent, of_sale & (TillEvent.state == TillEventState.BOOKED))
        .group_by(hour, kind)
    )
    ahead = _hours_ahead(period)
    hours: Counter[int] = Counter()
    buyers: Counter[BuyerKind] = Counter()
    for utc, who, amount in db.session.execute(statement):
        hours[(int(utc) + ahead) % 24] += int(amount)
        buyers[BuyerKind(who)] += int(amount)
    return dict(sorted(hours.items())), dict(buyers.most_common())


def _offices(period: Period) -> list[OfficeSales]:
    """Return who of the offices bought, the most first."""
    sold = _sold(period)
    amount = func.sum(LEFT)
    statement = (
        select(Order.buyer_office, func.count(Order.id), amount)
        .join(sold, sold.c.order_id == Order.id)
        .where(Order.buyer_office != "", LEFT > 0)
        .group_by(Order.buyer_office)
        .order_by(amount.desc(), Order.buyer_office)
    )
    return [OfficeSales(name, count, int(money)) for name, count, money in db.session.execute(statement)]


def _hours_ahead(period: Period) -> int:
    """Return by how many hours the regency's clock is ahead of UTC: Indonesia has whole hours, and no summer time."""
    noon = dt.datetime.combine(period.first, dt.time(12), clock.zone(time_zone(period.area_code)))
    offset = noon.utcoffset()
    assert offset is not None
    return int(offset.total_seconds()) // 3600


def _losses(period: Period) -> list[Loss]:
    pieces = -func.sum(StockMovement.quantity)
    statement = (
        select(Group.name, Product.name, Product.unit, StockMovement.reason, pieces)
        .select_from(StockMovement)
        .join(StockLevel, StockLevel.id == StockMovement.level_id)
        .join(Stall, Stall.location_id == StockLevel.location_id)
        .join(MarketDay, MarketDay.id == Stall.day_id)
        .join(Site, Site.id == MarketDay.site_id)
        .join(Product, Product.id == StockLevel.product_id)
        .join(Group, Group.id == Product.group_id)
        .where(*period.holds(), StockMovement.reason.in_(LOST))
        .group_by(Product.id, Group.name, Product.name, Product.unit, StockMovement.reason)
        .order_by(pieces.desc(), Product.name, Product.id)
    )
    rows = db.session.execute(statement)
    return [Loss(group, name, unit, reason, int(count)) for group, name, unit, reason, count in rows]
