"""Find offices, what they want and their invoices: for their members, and plain values for documents."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from ..areas import queries as areas
from ..extensions import db
from ..orders.bought import Line, lines_of
from ..orders.models import Order, OrderLine
from ..payments.models import Payment, PaymentState
from ..shared import clock
from ..shared.errors import Forbidden, NotFound
from . import rules
from .models import Invoice, Office, OfficeMember, OfficeOrder, OfficeOrderState, OfficeRole
from .rules import Action, InvoiceState

MOST_SHOWN = 50


def membership(user_id: int, office_id: int) -> OfficeMember:
    """Return the user's place in an office, which comes with its members. Raises NotFound for strangers."""
    statement = (
        select(OfficeMember)
        .where(OfficeMember.office_id == office_id, _is_mine(user_id))
        .options(joinedload(OfficeMember.office).selectinload(Office.members).joinedload(OfficeMember.user))
        .execution_options(populate_existing=True)
    )
    member = db.session.scalar(statement)
    if member is None:
        raise NotFound
    return member


def approver_of(user_id: int, office_id: int) -> OfficeMember:
    """Return the user's place in an office that he approves for. Raises NotFound, Forbidden for a mere member."""
    member = membership(user_id, office_id)
    if member.role is not OfficeRole.APPROVER:
        raise Forbidden
    return member


def _is_mine(user_id: int) -> ColumnElement[bool]:
    return (OfficeMember.user_id == user_id) & OfficeMember.left_at.is_(None)


def memberships(user_id: int) -> Sequence[OfficeMember]:
    """Return the user's places in offices, by the office's name."""
    statement = (
        select(OfficeMember)
        .join(OfficeMember.office)
        .where(_is_mine(user_id))
        .options(contains_eager(OfficeMember.office))
        .order_by(Office.name, Office.id)
    )
    return db.session.scalars(statement).all()


def _his_offices(user_id: int) -> Select[int]:
    return select(OfficeMember.office_id).where(_is_mine(user_id))


def waiting_for(user_id: int) -> dict[int, int]:
    """Return office id → how many orders wait for this approver; his own only where he is alone."""
    other = aliased(OfficeMember)
    is_another = (other.office_id == OfficeOrder.office_id) & other.left_at.is_(None) & (other.user_id != user_id)
    others = select(other.id).where(is_another)
    statement = (
        select(OfficeOrder.office_id, func.count())
        .join(OfficeMember, OfficeMember.office_id == OfficeOrder.office_id)
        .where(_is_mine(user_id), OfficeMember.role == OfficeRole.APPROVER)
        .where(OfficeOrder.state == OfficeOrderState.ASKED, (OfficeOrder.made_by_id != user_id) | ~others.exists())
        .group_by(OfficeOrder.office_id)
    )
    return dict(db.session.execute(statement).all())


def orders_of(office_id: int) -> Select[OfficeOrder]:
    """Select what an office wants and ordered, newest first, with the order and who made it."""
    return (
        select(OfficeOrder)
        .where(OfficeOrder.office_id == office_id)
        .options(joinedload(OfficeOrder.order), joinedload(OfficeOrder.made_by))
        .order_by(OfficeOrder.id.desc())
    )


def office_order_for(user_id: int, office_order_id: int) -> OfficeOrder:
    """Return what an office of the user wants, with lines and order. Raises NotFound for strangers."""
    statement = (
        select(OfficeOrder)
        .where(OfficeOrder.id == office_order_id, OfficeOrder.office_id.in_(_his_offices(user_id)))
        .options(
            selectinload(OfficeOrder.lines),
            joinedload(OfficeOrder.order).selectinload(Order.events),
            joinedload(OfficeOrder.made_by),
            joinedload(OfficeOrder.office).selectinload(Office.members).joinedload(OfficeMember.user),
        )
        .execution_options(populate_existing=True)
    )
    row = db.session.scalar(statement)
    if row is None:
        raise NotFound
    return row


def possible(row: OfficeOrder, user_id: int) -> frozenset[Action]:
    """Return what a member can do with what his office wants, whose members are loaded."""
    active = row.office.active_members
    role = next(member.role for member in active if member.user_id == user_id)
    return rules.possible(
        row.state,
        role,
        is_own=row.made_by_id == user_id,
        is_alone=len(active) == 1,
        holds_price=rules.is_valid(row.valid_until, clock.today(areas.time_zone(row.regency_code))),
    )


def may_change(row: OfficeOrder, user_id: int) -> bool:
    """Tell whether a member may change what his office ordered: who asked for it, and who approves."""
    role = next(member.role for member in row.office.active_members if member.user_id == user_id)
    return rules.may(Action.CANCEL, role, is_own=row.made_by_id == user_id, is_alone=False)


def open_amount() -> ColumnElement[int]:
    """Return what is still to be paid of an invoice beside its order; below zero where too much came."""
    return Order.total - Order.reduced_amount - Invoice.paid_amount


def owed_by(office_id: int) -> int:
    """Return what an office owes now, rupiah."""
    open_sum = func.coalesce(func.sum(open_amount()), 0)
    statement = select(open_sum).join_from(Invoice, Order).where(Invoice.office_id == office_id, open_amount() > 0)
    return int(db.session.scalar(statement) or 0)


def open_invoices(office_id: int) -> Sequence[Invoice]:
    """Return what an office has to pay, with the orders: what is due first."""
    statement = (
        select(Invoice)
        .join(Invoice.order)
        .where(Invoice.office_id == office_id, open_amount() > 0)
        .options(contains_eager(Invoice.order))
        .order_by(Invoice.due_on, Invoice.id)
    )
    return db.session.scalars(statement.limit(MOST_SHOWN)).all()


def invoice_for(user_id: int, invoice_id: int) -> Invoice:
    """Return an invoice of an office of the user with order and lines. Raises NotFound for strangers."""
    return _one(whole_invoice().where(Invoice.id == invoice_id, Invoice.office_id.in_(_his_offices(user_id))))


def invoice_of(order: Order) -> Invoice | None:
    """Return the invoice that an order is on; None, and no query, for one that is paid otherwise."""
    if order.billed_at is None:
        return None
    return db.session.scalar(select(Invoice).where(Invoice.order_id == order.id))


def whole_invoice() -> Select[Invoice]:
    """Select invoices with all that their page shows."""
    order = joinedload(Invoice.order).selectinload(Order.lines).selectinload(OrderLine.components)
    return select(Invoice).options(order, joinedload(Invoice.office)).execution_options(populate_existing=True)


def _one(statement: Select[Invoice]) -> Invoice:
    invoice = db.session.scalar(statement)
    if invoice is None:
        raise NotFound
    return invoice


def payments_of(invoice: Invoice) -> Sequence[Payment]:
    """Return what was paid for an invoice, and what the office said that it paid, oldest first."""
    statement = select(Payment).where(Payment.order_id == invoice.order_id)
    return db.session.scalars(statement.order_by(Payment.id)).all()


def came_of(payments: Iterable[Payment]) -> list[Payment]:
    """Return those payments that brought money which is the order's."""
    return [each for each in payments if each.state is PaymentState.CONFIRMED]


@dataclass(frozen=True)
class Told:
    """What an office told that it transferred for an invoice, and what did not come for it yet."""

    waiting: tuple[Payment, ...]
    """Nobody has looked for them yet."""
    refused: Payment | None
    """The last one, when it was not found."""

    @property
    def amount(self) -> int:
        """Return what all that wait come to, rupiah."""
        return sum(each.amount for each in self.waiting)


def told_in(payments: Sequence[Payment]) -> Told:
    """Return what an office told of its invoice, out of all its payments, oldest first."""
    newest = next((each for each in reversed(payments) if each.provider == "transfer"), None)
    return Told(
        waiting=tuple(each for each in payments if each.state is PaymentState.CLAIMED),
        refused=newest if newest is not None and newest.state is PaymentState.REJECTED else None,
    )


@dataclass(frozen=True)
class InvoicePaper:
    """All that an invoice says now, as plain values, for its pages; its paper says what it said when it was issued."""

    number: str
    issued_on: dt.date
    due_on: dt.date
    office: Office
    order_number: str
    office_order_id: int
    purchase_number: str
    lines: tuple[Line, ...]
    delivery_fee: int
    total: int
    """What the office pays in the end, rupiah."""
    paid: int
    open: int
    state: InvoiceState


def paper_of(invoice: Invoice) -> InvoicePaper:
    """Return what an invoice says; one whose order was cancelled says what had been ordered."""
    order = invoice.order
    bought = select(OfficeOrder.id, OfficeOrder.purchase_number).where(OfficeOrder.order_id == order.id)
    office_order_id, purchase_number = db.session.execute(bought).one()
    return InvoicePaper(
        number=invoice.number,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        office=invoice.office,
        order_number=order.number,
        office_order_id=office_order_id,
        purchase_number=purchase_number or "",
        lines=lines_of(order),
        delivery_fee=order.delivery_fee,
        total=order.due_amount,
        paid=invoice.paid_amount,
        open=invoice.open_amount,
        state=rules.invoice_state(order.due_amount, invoice.paid_amount),
    )
