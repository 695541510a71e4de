"""Invoices of offices with credit: number them, keep them within the limit, write down what was paid, remind."""

import datetime as dt

from sqlalchemy import select

from ..areas import queries as areas
from ..extensions import db
from ..orders.models import Order
from ..payments import billed
from ..payments.billed import Proof
from ..payments.kept import Rest
from ..payments.models import Payment
from ..shared import audit, clock
from ..shared.errors import InvalidInput, NotFound, StateConflict
from ..shared.i18n import _
from ..shared.money import format_rupiah
from ..shared.series import next_number
from ..shared.transaction import command
from . import queries, rules
from .models import Invoice
from .service import locked

SERIES = "credit_invoice"
"""Name of the series that invoices are numbered in, one for each regency and year; their papers have another."""


def secure_credit(office_id: int, amount: int) -> None:
    """Hold an office until the end of the transaction, inside a running command, and see that its credit suffices.

    Whoever orders for the same office waits here, so what it owes is read when the one before is through. Raises
    InvalidInput beside `payment_method`.
    """
    office = locked(office_id)
    if not office.allows_credit:
        raise InvalidInput(_("Your office has to pay before we pack."), field="payment_method")
    owed = queries.owed_by(office_id)
    if not rules.fits_credit(office.credit_limit, owed, amount):
        raise InvalidInput(_over_limit(office.credit_limit, owed, amount), field="payment_method")


def _over_limit(limit: int, owed: int, amount: int) -> str:
    """Say by which sums an order is more than an office may owe, rupiah, and what helps."""
    values = {
        "order": format_rupiah(amount),
        "limit": format_rupiah(limit),
        "owed": format_rupiah(owed),
        "left": format_rupiah(max(limit - owed, 0)),
    }
    if amount > limit:
        return _("This order is %(order)s, and your office may owe %(limit)s at most. Pay it before we pack.", **values)
    return _(
        "This order is %(order)s. Your office may owe %(limit)s at most and owes %(owed)s now: %(left)s is left. "
        "Pay an invoice first, or pay this order before we pack.",
        **values,
    )


def issue(office_id: int, order: Order, days: int) -> Invoice:
    """Make the invoice of an order that was just billed, to be paid within some days. Inside a running command."""
    today = clock.today(areas.time_zone(order.regency_code))
    serial = next_number(SERIES, order.regency_code, today.year)
    invoice = Invoice(
        number=rules.invoice_number(order.regency_code, today.year, serial),
        regency_code=order.regency_code,
        year=today.year,
        serial=serial,
        office_id=office_id,
        order_id=order.id,
        amount=order.total,
        issued_on=today,
        due_on=today + dt.timedelta(days=days),
    )
    db.session.add(invoice)
    return invoice


def _locked(invoice_id: int) -> Invoice:
    statement = select(Invoice).where(Invoice.id == invoice_id).with_for_update()
    invoice = db.session.scalar(statement.execution_options(populate_existing=True))
    if invoice is None:
        raise NotFound
    return invoice


@command
def receive(invoice_id: int, money: Rest, actor_id: int | None) -> Payment:
    """Write down money for an invoice; what is too much is owed back to the office. Raises InvalidInput."""
    return billed.receive(_get(invoice_id).order_id, money, actor_id)


@command
def claim(invoice_id: int, proof: Proof, actor_id: int) -> Payment:
    """Take an office's word that it paid. Raises StateConflict when nothing is open."""
    return billed.claim(_get(invoice_id).order_id, proof, actor_id)


def _get(invoice_id: int) -> Invoice:
    invoice = db.session.get(Invoice, invoice_id)
    if invoice is None:
        raise NotFound
    return invoice


@command
def remind(invoice_id: int, actor_id: int | None) -> None:
    """Write down that an office was reminded today. Raises StateConflict when nothing is open."""
    invoice = _locked(invoice_id)
    if not invoice.open_amount:
        raise StateConflict(_("This invoice is paid."))
    invoice.reminded_on = clock.today(areas.time_zone(invoice.regency_code))
    invoice.reminded_by_id = actor_id
    audit.record(actor_id, "invoice.remind", ("invoice", invoice_id))
