"""What officers of the social office see of the offices that buy, and of their invoices."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from ..extensions import db
from ..orders.models import Order
from ..shared.errors import NotFound
from ..shared.policy import Actor, Role, may
from .models import Invoice, Office, OfficeMember
from .queries import open_amount, whole_invoice

KEEPERS = frozenset({Role.TREASURER, Role.ADMINISTRATOR})
"""Who verifies offices and says which of them have credit."""
TREASURERS = frozenset({Role.TREASURER})


class OfficeTab(StrEnum):
    """The lists of offices."""

    ALL = "all"
    NEW = "new"
    """Not verified yet."""
    CREDIT = "credit"


def offices_in(area_code: str, tab: OfficeTab, text: str) -> Select[Office]:
    """Select the offices of a regency by name."""
    statement = select(Office).where(Office.regency_code == area_code)
    if tab is OfficeTab.NEW:
        statement = statement.where(Office.verified_at.is_(None))
    elif tab is OfficeTab.CREDIT:
        statement = statement.where(Office.allows_credit)
    if text:
        statement = statement.where(Office.name.icontains(text, autoescape=True))
    return statement.order_by(Office.name, Office.id)


@dataclass(frozen=True)
class Standing:
    """What an office owes now, and how much of that is overdue, rupiah."""

    owed: int = 0
    overdue: int = 0


def standings(office_ids: Collection[int], day: dt.date) -> dict[int, Standing]:
    """Return office id → how it stands, for those of some offices that owe anything."""
    late = func.coalesce(func.sum(open_amount()).filter(Invoice.due_on < day), 0)
    statement = (
        select(Invoice.office_id, func.sum(open_amount()), late)
        .join_from(Invoice, Order)
        .where(Invoice.office_id.in_(office_ids), open_amount() > 0)
        .group_by(Invoice.office_id)
    )
    return {key: Standing(int(owed), int(overdue)) for key, owed, overdue in db.session.execute(statement)}


def office_for(actor: Actor, office_id: int) -> Office:
    """Return an office of the officer's area with its members. Raises NotFound."""
    members = selectinload(Office.members).joinedload(OfficeMember.user)
    office = db.session.get(Office, office_id, options=[members], populate_existing=True)
    if office is None or not may(actor, KEEPERS, area_code=office.regency_code):
        raise NotFound
    return office


class InvoiceTab(StrEnum):
    """The lists of invoices."""

    OPEN = "open"
    OVERDUE = "overdue"
    DONE = "done"
    """Paid, or nothing of it was bought after all."""


def _in_tab(tab: InvoiceTab, day: dt.date) -> ColumnElement[bool]:
    if tab is InvoiceTab.DONE:
        return open_amount() <= 0
    return (open_amount() > 0) & (Invoice.due_on < day) if tab is InvoiceTab.OVERDUE else open_amount() > 0


def overdue(day: dt.date) -> ColumnElement[bool]:
    """Return the condition that an invoice beside its order should have been paid before a day."""
    return _in_tab(InvoiceTab.OVERDUE, day)


def invoices_in(area_code: str, tab: InvoiceTab, text: str, day: dt.date) -> Select[Invoice]:
    """Select invoices of a regency with order and office: what is longest due first, the done ones newest first.

    What is looked for by number or office is found in every list.
    """
    statement = (
        select(Invoice)
        .join(Invoice.order)
        .join(Invoice.office)
        .where(Invoice.regency_code == area_code)
        .options(contains_eager(Invoice.order), contains_eager(Invoice.office))
    )
    if text:
        columns = (Invoice.number, Order.number, Office.name)
        found = [column.icontains(text, autoescape=True) for column in columns]
        return statement.where(found[0] | found[1] | found[2]).order_by(Invoice.id.desc())
    statement = statement.where(_in_tab(tab, day))
    return statement.order_by(Invoice.id.desc()) if tab is InvoiceTab.DONE else statement.order_by(Invoice.due_on)


@dataclass(frozen=True)
class Sums:
    """How many invoices of a list, and what is open of them, rupiah."""

    count: int
    amount: int


def sums(area_code: str, day: dt.date) -> dict[InvoiceTab, Sums]:
    """Return the open and the overdue invoices of a regency, counted and summed."""
    found = {}
    for tab in (InvoiceTab.OPEN, InvoiceTab.OVERDUE):
        counted = select(func.count(), func.coalesce(func.sum(open_amount()), 0)).join_from(Invoice, Order)
        row = db.session.execute(counted.where(Invoice.regency_code == area_code, _in_tab(tab, day))).one()
        found[tab] = Sums(row[0], int(row[1]))
    return found


def invoice_for(actor: Actor, invoice_id: int) -> Invoice:
    """Return an invoice of the treasurer's area with order and office. Raises NotFound."""
    statement = whole_invoice().where(Invoice.id == invoice_id)
    invoice = db.session.scalar(statement.options(joinedload(Invoice.office)))
    if invoice is None or not may(actor, TREASURERS, area_code=invoice.regency_code):
        raise NotFound
    return invoice
