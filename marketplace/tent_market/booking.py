"""Bring what a till told into stock and journal, or say why that cannot be done by itself."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import DataError, IntegrityError

from ..areas import queries as areas
from ..areas.models import FigureKey
from ..catalog.models import Product
from ..extensions import db
from ..offices.models import Office
from ..orders.models import Order
from ..orders.wanted import LineRequest, NoLongerOffered
from ..parcels.models import Parcel, Recipe
from ..shared import clock
from ..shared.errors import DomainError, InvalidInput
from ..shared.transaction import command
from ..stock.models import MovementReason, StockLevel, StockMovement
from . import sales
from .models import Stall
from .stalls import area_of
from .sync_bodies import Content, RefundBody, SaleBody, SaleLine, VoidBody, content_of
from .till_models import Problem, RemarkKind, TillDevice, TillEvent, TillEventKind, TillEventState, TillRemark

log = structlog.get_logger()

METHODS = {"cash": "tent_cash", "qris": "qris"}


class NotBooked(Exception):
    """An event could not be booked by itself."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


class SaleOnItsWay(Exception):
    """What it takes back has not arrived yet."""


@dataclass(frozen=True)
class Told:
    """An event with what was read of it, at the tent that it names, which is locked."""

    device: TillDevice
    key: str
    sequence: int
    content: Content
    stall: Stall


@dataclass(frozen=True)
class Remark:
    """Something odd about a sale that was booked all the same."""

    kind: RemarkKind
    value: int
    product_id: int | None = None


@dataclass(frozen=True)
class Booked:
    """The order that an event belongs to, and what a person should know of it."""

    order_id: int
    remarks: list[Remark] = field(default_factory=list)


@command
def book(told: Told, cashier_id: int) -> Booked:
    """Book an event in a savepoint of its own. Raises NotBooked and SaleOnItsWay; then nothing of it was written."""
    content = told.content
    try:
        with db.session.begin_nested():
            if isinstance(content, SaleBody):
                return _sell(told, content, cashier_id)
            return _undo(told, content, cashier_id)
    except NoLongerOffered as error:
        raise NotBooked(Problem.UNKNOWN_GOODS) from error
    except DomainError as error:
        raise NotBooked(Problem.UNREADABLE) from error
    except (IntegrityError, DataError) as error:
        # One event that the database refuses must not keep the others of its phone waiting for good.
        log.warning("till event refused", device=told.device.id, key=told.key, exc_info=error)
        raise NotBooked(Problem.UNREADABLE) from error


def _sell(told: Told, sale: SaleBody, cashier_id: int) -> Booked:
    office = office_of(told.stall, sale)
    wanted = sales.Sale(
        key=f"till:{told.device.id}:{told.key}",
        lines=tuple(_line(line) for line in sale.lines),
        payment_method=METHODS[sale.paid],
        office=office.name if office else "",
    )
    order = sales.enter(told.stall, wanted, cashier_id)
    if order.total != sale.total:
        raise NotBooked(Problem.UNREADABLE)
    return Booked(order.id, [*_missing(told.stall, order), *_odd_prices(told.stall, sale)])


def _line(line: SaleLine) -> LineRequest:
    return LineRequest(line.quantity, line.product, line.parcel, offered_price=line.price, recipe_id=line.recipe)


def office_of(stall: Stall, sale: SaleBody) -> Office | None:
    """Return the office that bought; None where none was named, or none that this regency knows."""
    office = db.session.get(Office, sale.buyer.office) if sale.buyer.office is not None else None
    return office if office is not None and office.regency_code == area_of(stall) else None


def _missing(stall: Stall, order: Order) -> list[Remark]:
    """Return what the tent had not, though it was sold there."""
    found = (
        select(StockLevel.product_id, func.sum(StockMovement.quantity))
        .join(StockLevel, StockLevel.id == StockMovement.level_id)
        .where(StockLevel.location_id == stall.location_id, StockMovement.reference == order.reference)
        .where(StockMovement.reason == MovementReason.FOUND)
        .group_by(StockLevel.product_id)
        .order_by(StockLevel.product_id)
    )
    return [Remark(RemarkKind.SHORT, int(count), product_id) for product_id, count in db.session.execute(found)]


def _odd_prices(stall: Stall, sale: SaleBody) -> list[Remark]:
    """Return where the price changed after the till heard of it, and where more was let off than a cashier may."""
    limit = _limit(area_of(stall))
    prices = _prices_now(sale.lines)
    remarks = []
    for line in sale.lines:
        now, off = prices.get(line.name, line.listed), line.listed - line.price
        if now not in (line.listed, line.price):
            remarks.append(Remark(RemarkKind.PRICE, line.price - now, line.product))
        if off * 100 > limit * line.listed:
            remarks.append(Remark(RemarkKind.DISCOUNT, -(-off * 100 // line.listed), line.product))
    return remarks


def _limit(area_code: str) -> int:
    """Return how far a cashier may go below a price, percent; any distance where the office never said."""
    today = clock.today(areas.time_zone(area_code))
    found = areas.find_figure(FigureKey.TILL_DISCOUNT_PERCENT, area_code, today)
    return 100 if found is None else found  # what was sold stands, whatever the office has yet to set


def _prices_now(lines: Collection[SaleLine]) -> Mapping[tuple[int | None, int | None], int]:
    goods = [line.product for line in lines if line.product is not None]
    parcels = [line.parcel for line in lines if line.parcel is not None]
    of_goods = select(Product.id, Product.price).where(Product.id.in_(goods))
    current = (Recipe.parcel_id == Parcel.id) & (Recipe.version == Parcel.recipe_version)
    of_parcels = select(Parcel.id, Recipe.price).join(Recipe, current).where(Parcel.id.in_(parcels))
    prices: dict[tuple[int | None, int | None], int] = {}
    if goods:
        prices |= {(key, None): price for key, price in db.session.execute(of_goods)}
    if parcels:
        prices |= {(None, key): price for key, price in db.session.execute(of_parcels)}
    return prices


def _undo(told: Told, content: VoidBody | RefundBody, cashier_id: int) -> Booked:
    sale = _sale_taken_back(told, content.of)
    assert sale.order_id is not None  # CHECKed of what is booked
    try:
        _take_back(sale, content, cashier_id)
    except NotBooked as reason:
        if reason.problem is Problem.NO_MONEY and _is_behind(told):
            raise SaleOnItsWay from reason
        raise
    return Booked(sale.order_id)


def _take_back(sale: TillEvent, content: VoidBody | RefundBody, cashier_id: int) -> None:
    assert sale.order_id is not None
    try:
        if isinstance(content, VoidBody):
            sales.undo(sale.order_id, content.reason, cashier_id)
            return
        back = sales.take_back(sale.order_id, _what_came_back(sale, content), content.reason, cashier_id)
    except DomainError as error:
        raise NotBooked(_why_not_back(error)) from error
    if back != content.amount:
        raise NotBooked(Problem.UNREADABLE)


def _why_not_back(error: DomainError) -> Problem:
    lacks_money = isinstance(error, InvalidInput) and error.field == "amount"
    return Problem.NO_MONEY if lacks_money else Problem.NO_SUCH_SALE


def _what_came_back(sale: TillEvent, refund: RefundBody) -> tuple[sales.Returned, ...]:
    """Return the goods; of a parcel by the recipe with which it was sold."""
    sold = content_of(TillEventKind.SALE, sale.body)
    recipes = {line.parcel: line.recipe for line in sold.lines} if isinstance(sold, SaleBody) else {}
    return tuple(
        sales.Returned(line.product, recipes.get(line.parcel) if line.parcel else None, line.quantity, line.spoiled)
        for line in refund.lines
    )


def _sale_taken_back(told: Told, key: str) -> TillEvent:
    """Return the booked sale of a name at the same tent. Raises NotBooked, and SaleOnItsWay while it may come yet."""
    same = (TillEvent.key == key) & (TillEvent.kind == TillEventKind.SALE) & (TillEvent.stall_id == told.stall.id)
    statement = select(TillEvent).join(TillEvent.device).where(same, TillDevice.day_id == told.device.day_id)
    sale = db.session.scalars(statement.order_by(TillEvent.id).limit(1)).one_or_none()
    if sale is None and _is_behind(told):
        raise SaleOnItsWay
    if sale is None or sale.state is not TillEventState.BOOKED:
        raise NotBooked(Problem.NO_SUCH_SALE)
    return sale


def _is_behind(told: Told) -> bool:
    """Tell whether something that the phone wrote down before has not arrived yet."""
    before = (TillEvent.device_id == told.device.id) & (TillEvent.sequence < told.sequence)
    arrived = db.session.scalar(select(func.count(TillEvent.sequence.distinct())).where(before)) or 0
    return arrived < told.sequence - 1


def note(event: TillEvent, remarks: Collection[Remark]) -> None:
    """Keep what a person should know of an event, inside a running command."""
    rows = [TillRemark(event_id=event.id, kind=r.kind, product_id=r.product_id, value=r.value) for r in remarks]
    db.session.add_all(rows)
