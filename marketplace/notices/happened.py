"""What happened lately that buyers have to hear of: read from the rows in which it was committed."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import String, cast, exists, literal, select

from ..accounts.models import User
from ..extensions import db
from ..orders.models import Order, OrderEvent, Substitute, SubstituteState
from ..payments.models import Refund
from . import rules
from .models import Notice, NoticeKind

LATELY = dt.timedelta(days=1)
"""What is older is told to nobody: a worker that stood still for days must not wake with a flood of old news."""
PLACE = "place"
"""The first event of an order."""


@dataclass(frozen=True)
class News:
    """One thing to tell a buyer. `buyer` is None for a guest."""

    kind: NoticeKind
    source: str
    order: Order
    buyer: User | None
    amount: int = 0


def steps(now: dt.datetime) -> Iterator[News]:
    """Yield the steps of orders that were not told of yet, oldest first."""
    kinds = {PLACE: NoticeKind.PLACED, **{action.value: kind for action, kind in rules.KINDS.items()}}
    source = literal("order_event:").concat(cast(OrderEvent.id, String))
    statement = (
        select(OrderEvent.id, OrderEvent.action, Order, User)
        .join(Order, Order.id == OrderEvent.order_id)
        .outerjoin(User, User.id == Order.buyer_id)
        .where(OrderEvent.at > now - LATELY, OrderEvent.action.in_(kinds), ~exists().where(Notice.source == source))
        .order_by(OrderEvent.id)
    )
    for event_id, action, order, buyer in db.session.execute(statement).all():
        yield News(kinds[action], f"order_event:{event_id}", order, buyer)


def questions() -> Iterator[News]:
    """Yield the substitutes that buyers were not asked about yet, oldest first."""
    source = literal("substitute:").concat(cast(Substitute.id, String))
    statement = (
        select(Substitute.id, Order, User)
        .join(Order, Order.id == Substitute.order_id)
        .outerjoin(User, User.id == Order.buyer_id)
        .where(Substitute.state == SubstituteState.ASKED, ~exists().where(Notice.source == source))
        .order_by(Substitute.id)
    )
    for substitute_id, order, buyer in db.session.execute(statement).all():
        yield News(NoticeKind.SUBSTITUTE, f"substitute:{substitute_id}", order, buyer)


def refunds(now: dt.datetime) -> Iterator[News]:
    """Yield the money that went back and was not told of yet, oldest first."""
    source = literal("refund:").concat(cast(Refund.id, String))
    statement = (
        select(Refund, Order, User)
        .join(Order, Order.id == Refund.order_id)
        .outerjoin(User, User.id == Order.buyer_id)
        .where(Refund.at > now - LATELY, ~exists().where(Notice.source == source))
        .order_by(Refund.id)
    )
    for refund, order, buyer in db.session.execute(statement).all():
        yield News(NoticeKind.REFUNDED, f"refund:{refund.id}", order, buyer, refund.amount)
