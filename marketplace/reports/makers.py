"""What a maker sees first: his goods, his work, his money, and what the curator said."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import contains_eager, joinedload

from ..catalog.access import Worker, covered_by
from ..catalog.models import Product, ProductKind, ProductState, Revision, RevisionState
from ..extensions import db
from ..groups.queries import today
from ..ledger.models import Account, JournalEntry, JournalLine
from ..ledger.queries import EARNING_KINDS
from ..mentoring import queries as mentoring
from ..mentoring.report_models import GroupReport
from ..mentoring.rules import WRITABLE
from ..orders.models import Order, OrderComponent, OrderLine, OrderShare, OrderState
from ..shared import clock
from ..shared.policy import MAKERS, Role, groups_of, households_of
from ..stock.models import StockLevel

REMARKS = 3


@dataclass(frozen=True)
class Summary:
    """The figures of a maker's first page; money in rupiah."""

    on_sale: int
    to_prepare: int
    """Pieces that paid or promised orders wait for."""
    free: int
    """Pieces that buyers can order now: of goods on sale, and kept for nobody."""
    earned: int
    """This month, by the own household, or by the goods of the group for who only speaks for a group."""
    sold_out: int
    """Goods on sale that nobody can order, for nothing is left or was counted yet."""


def summary(actor: Worker) -> Summary:
    """Return the figures of a maker, in one statement."""
    parts = (_on_sale(actor), _to_prepare(actor), _free(actor), _earned(actor), _sold_out(actor))
    numbered = [select(literal(number), part.scalar_subquery()) for number, part in enumerate(parts)]
    found = {number: int(value or 0) for number, value in db.session.execute(union_all(*numbered))}
    return Summary(*(found[number] for number in range(len(parts))))


def _own(actor: Worker) -> ColumnElement[bool]:
    return covered_by(actor, MAKERS, today())


def _on_sale(actor: Worker) -> Select[Any]:
    return select(func.count(Product.id)).where(Product.state == ProductState.PUBLISHED, _own(actor))


def _to_prepare(actor: Worker) -> Select[Any]:
    left = OrderComponent.quantity // OrderLine.quantity * (OrderLine.quantity - OrderLine.reduced_quantity)
    shared = exists().where(
        OrderShare.component_id == OrderComponent.id, OrderShare.household_id.in_(households_of(actor, {Role.SELLER}))
    )
    group = OrderComponent.group_id.in_(groups_of(actor, {Role.GROUP_OFFICER}))
    return (
        select(func.sum(left))
        .join_from(OrderComponent, OrderLine)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.state == OrderState.PROCESSING, or_(shared, group))
    )


def _free(actor: Worker) -> Select[Any]:
    free = func.sum(StockLevel.on_hand - StockLevel.held)
    on_sale = (Product.kind == ProductKind.GOODS, Product.state == ProductState.PUBLISHED)
    return select(free).join_from(StockLevel, Product).where(*on_sale, _own(actor))


def _earned(actor: Worker) -> Select[Any]:
    households = households_of(actor, MAKERS)
    whose: ColumnElement[bool] = JournalLine.household_id.in_(households)
    if not households:
        products = select(Product.id).where(Product.group_id.in_(groups_of(actor, MAKERS)))
        whose = JournalLine.product_id.in_(products)
    return (
        select(-func.sum(JournalLine.amount))
        .join_from(JournalLine, JournalEntry)
        .where(
            whose,
            JournalLine.account == Account.HOUSEHOLD_PAYABLE,
            JournalEntry.kind.in_(EARNING_KINDS),
            JournalEntry.entry_date >= _month(),
        )
    )


def _sold_out(actor: Worker) -> Select[Any]:
    free = select(func.coalesce(func.sum(StockLevel.on_hand - StockLevel.held), 0))
    left = free.where(StockLevel.product_id == Product.id).scalar_subquery()
    return _on_sale(actor).where(Product.kind == ProductKind.GOODS, left <= 0)


def _month() -> dt.date:
    return clock.month_of(today())


def reports_to_send(actor: Worker) -> Sequence[GroupReport]:
    """Return the four-monthly reports that the actor's groups still have to send or to mend, the most urgent first."""
    own = mentoring.visible_reports(actor, {Role.GROUP_OFFICER})
    waiting = own.where(GroupReport.state.in_(WRITABLE), mentoring.of_living())
    statement = waiting.options(joinedload(GroupReport.group)).order_by(GroupReport.due_on, GroupReport.id)
    return db.session.scalars(statement.limit(REMARKS)).all()


def remarks(actor: Worker) -> Sequence[Revision]:
    """Return what the curator gave back last and is still to be improved, with its product, the newest first."""
    later = Revision.__table__.alias()
    newest = ~exists().where(later.c.product_id == Revision.product_id, later.c.number > Revision.number)
    statement = (
        select(Revision)
        .join(Revision.product)
        .options(contains_eager(Revision.product))
        .where(Revision.state == RevisionState.RETURNED, newest, _own(actor))
        .order_by(Revision.decided_at.desc(), Revision.id.desc())
        .limit(REMARKS)
    )
    return db.session.scalars(statement).all()
