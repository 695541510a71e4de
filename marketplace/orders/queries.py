"""Find orders, what they cost to bring, and what is owed back for them."""

import datetime as dt

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from ..accounts.models import User
from ..areas.rules import district_of
from ..extensions import db
from ..ledger.models import Account, JournalEntry, JournalLine
from ..ledger.queries import order_balance
from ..shared.errors import NotFound
from ..shared.policy import Role, may
from .models import DeliveryFee, Order, OrderComponent, OrderLine, OrderState

OFFICE = frozenset({Role.PACKER, Role.TREASURER, Role.CURATOR, Role.HEAD})
"""Who of the office sees orders."""


def get_order_for(actor: User, order_id: int) -> Order:
    """Return an order of the buyer's own, or of the officer's area. Raises NotFound."""
    order = db.session.scalar(_whole().where(Order.id == order_id))
    if order is None or not _may_see(actor, order):
        raise NotFound
    return order


def _may_see(actor: User, order: Order) -> bool:
    own = order.buyer_id is not None and order.buyer_id == actor.id
    return own or may(actor, OFFICE, area_code=order.regency_code)


def order_by_token(token: str) -> Order:
    """Return the order behind a secret link. Raises NotFound."""
    order = db.session.scalar(_whole().where(Order.token == token))
    if order is None:
        raise NotFound
    return order


def _whole() -> Select[Order]:
    return select(Order).options(
        selectinload(Order.lines).selectinload(OrderLine.components), selectinload(Order.events)
    )


def delivery_fee(village_code: str, day: dt.date) -> int | None:
    """Return what bringing an order to a village costs on a day; None where the office does not deliver."""
    return db.session.scalar(
        select(DeliveryFee.amount)
        .where(DeliveryFee.district_code == district_of(village_code), DeliveryFee.effective_from <= day)
        .order_by(DeliveryFee.effective_from.desc())
        .limit(1)
    )


def refund_due(order_id: int) -> int:
    """Return what is still owed back to the buyer of an order, rupiah."""
    return -order_balance(order_id, Account.REFUNDS_PAYABLE)


def owing() -> Select[int | None]:
    """Select the ids of the orders whose buyers are owed money."""
    return (
        select(JournalEntry.order_id)
        .join_from(JournalLine, JournalEntry)
        .where(JournalLine.account == Account.REFUNDS_PAYABLE)
        .group_by(JournalEntry.order_id)
        .having(func.sum(JournalLine.amount) < 0)
    )


def components_with_shares(order_id: int) -> list[OrderComponent]:
    """Return the components of an order with their lines and shares, in id order."""
    statement = (
        select(OrderComponent)
        .join(OrderLine)
        .where(OrderLine.order_id == order_id)
        .options(selectinload(OrderComponent.shares), joinedload(OrderComponent.line))
        .order_by(OrderComponent.id)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(statement))


def overdue(now: dt.datetime) -> list[int]:
    """Return the ids of unpaid orders whose time is over, oldest first."""
    statement = (
        select(Order.id)
        .where(Order.state == OrderState.AWAITING_PAYMENT, Order.expires_at < now)
        .order_by(Order.expires_at)
    )
    return list(db.session.scalars(statement))
