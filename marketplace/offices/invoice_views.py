"""The treasurer's pages of invoices: what is open, what is late, what came, whom to remind."""

import datetime as dt
from urllib.parse import quote

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas import queries as areas
from ..ledger.scope import working_area
from ..orders.queries import refund_due
from ..payments.kept import Rest
from ..shared import clock, lists, once
from ..shared.exports import Cell, Sheet
from ..shared.fields import BaseForm
from ..shared.i18n import _, _l
from ..shared.money import format_rupiah
from ..shared.paging import paginate
from ..shared.policy import access, roles
from ..shared.problems import form_problems
from . import desk_queries, invoices, labels, queries, rules
from .desk_queries import TREASURERS, InvoiceTab
from .forms import InvoiceFilter, MoneyForm
from .models import Invoice
from .reminders import text_of

bp = Blueprint("invoices", __name__)


@bp.context_processor
def _context() -> dict[str, object]:
    return {"labels": labels, "rules": rules}


def _today(regency_code: str) -> dt.date:
    return clock.today(areas.time_zone(regency_code))


@bp.route("/dinas/tagihan")
@access(roles(TREASURERS))
def index() -> ResponseReturnValue:
    """Show the invoices to be paid, the overdue or the done ones."""
    area_code = working_area(current_user, TREASURERS)
    form, today = InvoiceFilter(), _today(area_code)
    tab, text = form.asked()
    statement = desk_queries.invoices_in(area_code, tab, text, today)
    if lists.wants_file() and not form.errors:
        return lists.file_of_people("tagihan", _sheet(lists.rows_of(statement), today), current_user.id)
    shown = render_template(
        "offices/invoices.html",
        page=paginate(statement),
        form=form,
        tab=tab,
        text=text,
        sums=desk_queries.sums(area_code, today),
        tabs=InvoiceTab,
        today=today,
        file_url=lists.file_url(),
    )
    return shown, 422 if form.errors else 200


def _sheet(rows: list[Invoice], today: dt.date) -> Sheet:
    about = (_l("Invoice"), _l("Order"), _l("Office"), _l("Treasurer"), _l("Date"), _l("Due on"), _l("Days late"))
    money = (_l("Sum"), _l("Paid"), _l("Open"), _l("Reminded on"))
    return Sheet(_("Invoices"), (*about, *money), [_row(row, today) for row in rows])


def _row(row: Invoice, today: dt.date) -> tuple[Cell, ...]:
    who = (row.number, row.order.number, row.office.name, row.office.treasurer_name)
    late = rules.days_late(row.due_on, row.open_amount, today)
    return (*who, row.issued_on, row.due_on, late, row.due_amount, row.paid_amount, row.open_amount, row.reminded_on)


@bp.route("/dinas/tagihan/<id:invoice_id>")
@access(roles(TREASURERS))
def show(invoice_id: int) -> ResponseReturnValue:
    """Show an invoice, ready to write down its money or to remind the office."""
    return _page(desk_queries.invoice_for(current_user, invoice_id))


def _page(invoice: Invoice, sent: MoneyForm | None = None) -> ResponseReturnValue:
    today = _today(invoice.regency_code)
    late = rules.days_late(invoice.due_on, invoice.open_amount, today)
    payments = queries.payments_of(invoice)
    waiting = queries.told_in(payments).waiting
    said = waiting[0].amount if waiting else invoice.open_amount
    page = render_template(
        "offices/desk_invoice.html",
        invoice=invoice,
        paper=queries.paper_of(invoice),
        paid=queries.came_of(payments),
        waiting=waiting,
        owed_back=refund_due(invoice.order_id),
        days_late=late,
        reminder_url=_reminder_url(invoice, late),
        money_form=sent or MoneyForm(formdata=None, received_amount=said or None),
        bare_form=BaseForm(formdata=None),
        sent=sent,
        back=lists.back(),
    )
    return page, 422 if sent is not None else 200


def _reminder_url(invoice: Invoice, late: int) -> str:
    """Return the address that opens WhatsApp with the reminder, ready to be sent to the office's treasurer."""
    text = text_of(invoice, invoice.office.treasurer_name, is_late=late > 0)
    return f"https://wa.me/{invoice.office.phone.removeprefix('+')}?text={quote(text)}"


@bp.route("/dinas/tagihan/<id:invoice_id>/bayar", methods=["POST"])
@access(roles(TREASURERS))
def receive(invoice_id: int) -> ResponseReturnValue:
    """Write down money for an invoice."""
    form = MoneyForm()
    form.open_amount = desk_queries.invoice_for(current_user, invoice_id).open_amount
    if form.validate_on_submit():
        money = form.content()
        with form_problems(form):
            once.only("invoice", form.key.data, (invoice_id, money), lambda: _received(invoice_id, form, money))
            _say_what_is_open(desk_queries.invoice_for(current_user, invoice_id))
    if form.errors:
        return _page(desk_queries.invoice_for(current_user, invoice_id), form)
    return redirect(url_for("invoices.show", invoice_id=invoice_id, next=lists.back()))


def _received(invoice_id: int, form: MoneyForm, money: Rest) -> int:
    form.check_sum()  # here, for the same form again is not asked about
    return invoices.receive(invoice_id, money, current_user.id).id


def _say_what_is_open(invoice: Invoice) -> None:
    over = refund_due(invoice.order_id)
    if invoice.open_amount:
        flash(_("Written down. %(amount)s is still open.", amount=format_rupiah(invoice.open_amount)), "good")
    elif over:
        flash(
            _("Written down. %(amount)s is too much: give it back to the office.", amount=format_rupiah(over)), "warn"
        )
    else:
        flash(_("Written down. The invoice is paid."), "good")


@bp.route("/dinas/tagihan/<id:invoice_id>/ingatkan", methods=["POST"])
@access(roles(TREASURERS))
def remind(invoice_id: int) -> ResponseReturnValue:
    """Write down that the office was reminded today."""
    desk_queries.invoice_for(current_user, invoice_id)
    if BaseForm().validate_on_submit():
        invoices.remind(invoice_id, current_user.id)
        flash(_("Written down: reminded today."), "good")
    return redirect(url_for("invoices.show", invoice_id=invoice_id, next=lists.back()))
