"""What the office's pages of orders show."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, false, func, literal, or_, select, union_all
from sqlalchemy.orm import joinedload, selectinload

from ..accounts.models import User
from ..areas.models import Area
from ..areas.rules import district_of
from ..extensions import db
from ..groups.models import Group
from ..groups.queries import today
from ..shared import clock
from ..shared.errors import NotFound
from ..shared.fields import as_phone
from ..shared.money import format_rupiah
from ..shared.policy import Actor, Role, areas_of, may
from .models import DeliveryMethod, Order, OrderAdjustment, OrderLine, OrderState
from .queries import OFFICE
from .rules import OPEN

DESK = frozenset({Role.PACKER, Role.CURATOR})
"""Who packs and hands over."""


@dataclass(frozen=True)
class Filters:
    """What a list of orders is narrowed to; no state and no text means the open ones."""

    state: OrderState | None = None
    method: DeliveryMethod | None = None
    text: str = ""
    only_late: bool = False


def list_for(actor: Actor, filters: Filters) -> Select[Any]:
    """Return the SELECT of orders of the officer's areas: open ones by the day promised, others newest first."""
    statement = select(Order).where(of_areas(actor, OFFICE), *_conditions(filters))
    if filters.state in OPEN or (filters.state is None and not filters.text):
        return statement.order_by(Order.ready_on, Order.id)
    return statement.order_by(Order.placed_at.desc(), Order.id.desc())


def of_areas(actor: Actor, roles: Iterable[Role]) -> ColumnElement[bool]:
    """Return the condition that an order is of an area for which the actor holds one of the roles."""
    codes = areas_of(actor, roles)
    return or_(false(), *(Order.regency_code.startswith(code) for code in codes))


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.state is not None:
        conditions.append(Order.state == filters.state)
    elif not filters.text:
        conditions.append(Order.state.in_(OPEN))
    if filters.method is not None:
        conditions.append(Order.delivery_method == filters.method)
    if filters.only_late:
        conditions.append(is_late())
    if filters.text:
        conditions.append(_holds(filters.text))
    return conditions


def _holds(text: str) -> ColumnElement[bool]:
    """Return the condition that number, buyer, office or phone fits what was typed."""
    fitting = [
        column.icontains(text, autoescape=True) for column in (Order.number, Order.buyer_name, Order.buyer_office)
    ]
    phone = as_phone(text)
    return or_(*fitting, Order.buyer_phone == phone) if phone else or_(*fitting)


def counts(actor: Actor) -> dict[OrderState, int]:
    """Return how many orders of the officer's areas are in each open state."""
    statement = (
        select(Order.state, func.count()).where(of_areas(actor, OFFICE), Order.state.in_(OPEN)).group_by(Order.state)
    )
    found = dict(db.session.execute(statement).all())
    return {state: found.get(state, 0) for state in OrderState if state in OPEN}


def is_late() -> ColumnElement[bool]:
    """Return the condition that an order should have been packed by now."""
    return (Order.state == OrderState.PROCESSING) & (Order.ready_on < today())


def is_unfetched(now: dt.datetime) -> ColumnElement[bool]:
    """Return the condition that an order was to be paid at pick-up, and nobody came in time."""
    return (Order.state == OrderState.READY) & ~Order.is_covered & (Order.expires_at < now)


def unfetched(actor: Actor) -> Select[Order]:
    """Select the orders of the desk's areas that nobody came for, the longest kept first."""
    statement = select(Order).where(of_areas(actor, DESK), is_unfetched(clock.now()))
    return statement.order_by(Order.expires_at, Order.id)


def order_for(actor: Actor, order_id: int) -> Order:
    """Return an order of the officer's area with lines, components and events. Raises NotFound for strangers."""
    whole = _whole().options(selectinload(Order.events)).execution_options(populate_existing=True)
    order = db.session.scalars(whole.where(Order.id == order_id)).unique().one_or_none()
    if order is None or not may(actor, OFFICE, area_code=order.regency_code):
        raise NotFound
    return order


def orders_at_desk(actor: Actor, order_ids: Collection[int]) -> list[Order]:
    """Return those of some orders that are of the desk's areas, with lines and components, by the day promised."""
    mine = _whole().where(Order.id.in_(order_ids), of_areas(actor, DESK)).order_by(Order.ready_on, Order.id)
    return list(db.session.scalars(mine).unique())


def _whole() -> Select[Order]:
    return select(Order).options(joinedload(Order.lines).joinedload(OrderLine.components))


@dataclass(frozen=True)
class Names:
    """Names beside an order: of its components' groups, of who acted, of its areas."""

    groups: dict[str, str]
    people: dict[str, str]
    areas: dict[str, str]

    def group(self, group_id: int) -> str:
        """Return a group's name."""
        return self.groups[str(group_id)]

    def person(self, user_id: int | None) -> str:
        """Return a user's name; empty for nobody."""
        return self.people.get(str(user_id), "")


def names_of(order: Order, adjustments: Iterable[OrderAdjustment]) -> Names:
    """Return every name that the page of an order needs, in one query."""
    return _names([order], {event.actor_id for event in order.events} | {row.actor_id for row in adjustments})


def names_on_sheets(orders: Collection[Order]) -> Names:
    """Return every name that the packing sheets of some orders need, in one query."""
    return _names(orders, set())


def _names(orders: Collection[Order], people: set[int | None]) -> Names:
    groups = {component.group_id for order in orders for line in order.lines for component in line.components}
    villages = [order.village_code for order in orders if order.village_code]
    codes = {*villages, *map(district_of, villages)}
    statement = union_all(
        select(literal("groups"), cast(Group.id, String), Group.name).where(Group.id.in_(groups)),
        select(literal("people"), cast(User.id, String), User.name).where(User.id.in_(people)),
        select(literal("areas"), Area.code, Area.name).where(Area.code.in_(codes)),
    )
    found: dict[str, dict[str, str]] = {"groups": {}, "people": {}, "areas": {}}
    for kind, key, name in db.session.execute(statement):
        found[kind][key] = name
    return Names(**found)


def address_of(order: Order, names: Names) -> list[str]:
    """Return where an order goes, in the local order of an address; nothing when it is picked up."""
    if order.village_code is None:
        return []
    village = names.areas.get(order.village_code, "")
    district = names.areas.get(district_of(order.village_code), "")
    rt_rw = order.rt_rw and f"RT/RW {order.rt_rw}"
    return [part for part in (order.street, rt_rw, village, district, order.landmark) if part]


def adjustments_of(order: Order) -> list[OrderAdjustment]:
    """Return what was taken off an order, oldest first; asks nothing when nothing was."""
    if not order.reduced_amount:
        return []
    statement = select(OrderAdjustment).where(OrderAdjustment.order_id == order.id).order_by(OrderAdjustment.id)
    return list(db.session.scalars(statement))


def lines_left(order: Order, *, priced: bool = False) -> list[tuple[str, str]]:
    """Return the lines of an order of which something is left, to choose from: id and words, with the price or not."""
    left = [line for line in order.lines if line.left]
    prices = {line.id: f" · {format_rupiah(line.unit_price)}" if priced else "" for line in left}
    return [(str(line.id), f"{line.name} ({line.left}){prices[line.id]}") for line in left]
