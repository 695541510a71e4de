"""What the people of an office ordered in a period: for the office's own treasurer."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from ..areas import queries as areas
from ..extensions import db
from ..orders.models import Order
from ..shared import clock
from ..shared.errors import InvalidInput
from ..shared.i18n import _
from .papers import Person

MOST_ORDERS = 500


@dataclass(frozen=True)
class Period:
    """Orders placed in a regency from one day to another, both counted."""

    regency_code: str
    first: dt.date
    last: dt.date

    def holds(self) -> list[ColumnElement[bool]]:
        """Return the conditions that an order falls into the period and did not end without being bought."""
        zone = clock.zone(areas.time_zone(self.regency_code))
        start = dt.datetime.combine(self.first, dt.time.min, zone)
        end = dt.datetime.combine(self.last + dt.timedelta(days=1), dt.time.min, zone)
        within = (Order.placed_at >= start, Order.placed_at < end)
        return [Order.regency_code == self.regency_code, Order.closed_at.is_(None), *within]


def offices(period: Period, text: str) -> Select[Any]:
    """Select office, orders and rupiah of the offices whose people ordered in a period, by name."""
    money = func.sum(Order.total - Order.reduced_amount)
    columns: tuple[Any, ...] = (Order.buyer_office, func.count(), money)
    statement = select(*columns).where(*period.holds(), Order.buyer_office != "")
    if text:
        statement = statement.where(Order.buyer_office.icontains(text, autoescape=True))
    return statement.group_by(Order.buyer_office).order_by(Order.buyer_office)


@dataclass(frozen=True)
class Found:
    """A person of an office with his orders; `key` names him in a form."""

    key: int
    name: str
    orders: tuple[str, ...]
    amount: int

    def with_nip(self, nip: str) -> Person:
        """Return the person as the recap names him."""
        return Person(self.name, nip, self.orders, self.amount)


def people(period: Period, office: str) -> list[Found]:
    """Return who of an office ordered in a period, by name; one person is one account, or one phone of guests.

    Raises InvalidInput when there are more orders than a page can show.
    """
    statement = select(Order).where(*period.holds(), Order.buyer_office == office)
    orders = list(db.session.scalars(statement.order_by(Order.buyer_name, Order.id).limit(MOST_ORDERS + 1)))
    if len(orders) > MOST_ORDERS:
        raise InvalidInput(_("These are more than %(count)s orders. Choose fewer days.", count=MOST_ORDERS))
    return _by_person(orders)


def _by_person(orders: Iterable[Order]) -> list[Found]:
    own: dict[str, list[Order]] = {}
    for order in orders:
        own.setdefault(f"id {order.buyer_id}" if order.buyer_id else order.buyer_phone, []).append(order)
    return [
        Found(first.id, first.buyer_name, tuple(one.number for one in each), sum(one.due_amount for one in each))
        for each in own.values()
        for first in each[:1]
    ]


def named(found: Iterable[Found], nips: Mapping[int, str]) -> list[Person]:
    """Return the people with the NIP that was typed for each."""
    return [one.with_nip(nips.get(one.key, "")) for one in found]
