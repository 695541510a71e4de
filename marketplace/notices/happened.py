"""What happened lately that buyers have to hear of: read from the rows in which it was committed."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, and_, cast, exists, literal, select

from ..accounts.models import User
from ..extensions import db
from ..ledger.models import EntryKind, JournalEntry
from ..orders.models import Order, OrderEvent, OrderState, Substitute, SubstituteState
from ..orders.rules import Action
from ..payments.models import Payment, PaymentState, Refund, RefundState
from ..payments.queries import waits_for_rest
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
    by_hand: bool = False
    """Matters to who has no e-mail, though news of its kind mostly do not."""


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
    """Yield the money that went back and was not told of yet, oldest first.

    It went when it was booked: a provider may take days from when it was asked.
    """
    source = literal("refund:").concat(cast(Refund.id, String))
    statement = (
        select(Refund, Order, User)
        .join(Order, Order.id == Refund.order_id)
        .outerjoin(User, User.id == Order.buyer_id)
        .join(JournalEntry, and_(JournalEntry.kind == EntryKind.REFUND, JournalEntry.reference == source))
        .where(Refund.state == RefundState.SUCCEEDED, JournalEntry.at > now - LATELY)
        .where(~exists().where(Notice.source == source))
        .order_by(Refund.id)
    )
    for refund, order, buyer in db.session.execute(statement).all():
        yield News(NoticeKind.REFUNDED, f"refund:{refund.id}", order, buyer, refund.amount)


def money(now: dt.datetime) -> Iterator[News]:
    """Yield the money that came and does not pay its order, where no step of the order tells of it, oldest first.

    It fell short, or the order had ended before. Not what was paid at the counter: there it was said.
    """
    source = literal("payment:").concat(cast(Payment.id, String))
    is_late = Order.closed_at <= Payment.decided_at
    statement = (
        select(Payment, Order, User)
        .join(Order, Order.id == Payment.order_id)
        .outerjoin(User, User.id == Order.buyer_id)
        .where(Payment.state == PaymentState.CONFIRMED, Payment.needs_review, Payment.decided_at > now - LATELY)
        .where(Payment.provider != "cash", is_late | _fell_short(), ~exists().where(Notice.source == source))
        .order_by(Payment.id)
    )
    for payment, order, buyer in db.session.execute(statement).all():
        kind = NoticeKind.SHORT if order.closed_at is None else NoticeKind.CANCELLED
        yield News(kind, f"payment:{payment.id}", order, buyer, payment.received_amount, by_hand=True)


def taken_back(now: dt.datetime) -> Iterator[News]:
    """Yield the money that was another's and not that of an order that now waits for its own, oldest first."""
    source = literal("taken_back:").concat(cast(Payment.id, String))
    booked = JournalEntry.reference == literal("payment:").concat(cast(Payment.id, String))
    back = JournalEntry.kind.in_((EntryKind.PAYMENT_RETURN, EntryKind.RECEIPT_RETURN))
    statement = (
        select(Payment, Order, User)
        .join(Order, Order.id == Payment.order_id)
        .outerjoin(User, User.id == Order.buyer_id)
        .join(JournalEntry, and_(back, booked))
        .where(Payment.state == PaymentState.TAKEN_BACK, JournalEntry.at > now - LATELY)
        .where(Order.state == OrderState.AWAITING_PAYMENT, ~exists().where(Notice.source == source))
        .order_by(Payment.id)
    )
    for payment, order, buyer in db.session.execute(statement).all():
        yield News(NoticeKind.NOT_FOUND, f"taken_back:{payment.id}", order, buyer, payment.received_amount)


def _fell_short() -> ColumnElement[bool]:
    differed = (OrderEvent.order_id == Order.id) & (OrderEvent.action == Action.DIFFER.value)
    told = exists().where(differed, OrderEvent.at >= Payment.decided_at)
    return (Order.state == OrderState.AWAITING_PAYMENT) & waits_for_rest() & ~told
