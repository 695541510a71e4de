"""What an office wants, step by step to the order, and the invoice as its members see it."""

from collections.abc import Callable, Mapping

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas import queries as areas
from ..areas.pickup import place_of
from ..orders.labels import badge_of
from ..orders.models import OrderState
from ..orders.queries import refund_due
from ..orders.rules import NOT_PACKED
from ..orders.screens import lines_left
from ..orders.way import stages
from ..payments.accounts import for_transfers
from ..payments.billed import Proof, all_told
from ..payments.proofs import keep_photo
from ..payments.providers import available
from ..shared import clock, once
from ..shared.errors import NotFound
from ..shared.fields import BaseForm
from ..shared.formats import long_day
from ..shared.i18n import Text, _, _l
from ..shared.money import format_rupiah
from ..shared.policy import SIGNED_IN, access
from ..shared.problems import form_problems
from . import changes, invoices, labels, offered, ordering, queries, rules
from .forms import OrderForm, ReasonForm, TakeOutForm, TransferProofForm, UndoForm, quantities_form
from .models import OfficeOrder, OfficeRole
from .rules import Action

bp = Blueprint("office_orders", __name__, url_prefix="/instansi")


@bp.context_processor
def _context() -> dict[str, object]:
    return {"labels": labels, "rules": rules}


@bp.route("/pesanan/<id:office_order_id>")
@access(SIGNED_IN)
def show(office_order_id: int) -> ResponseReturnValue:
    """Show what an office wants with what the member can do about it now."""
    return _page(_own(office_order_id))


def _own(office_order_id: int) -> OfficeOrder:
    return queries.office_order_for(current_user.id, office_order_id)


def _page(
    row: OfficeOrder,
    *,
    change: BaseForm | None = None,
    reason: ReasonForm | None = None,
    order: OrderForm | None = None,
    step: BaseForm | None = None,
    undo: BaseForm | None = None,
) -> ResponseReturnValue:
    """Show it; a form that was sent and refused stands there with what is wrong, the others are fresh."""
    sent = next((form for form in (change, reason, order, step, undo) if form is not None), None)
    can = queries.possible(row, current_user.id)
    page = render_template(
        "offices/order.html",
        row=row,
        can=can,
        holds=rules.is_valid(row.valid_until, clock.today(areas.time_zone(row.regency_code))),
        waits_for_others=row.state is rules.S.ASKED and Action.APPROVE not in can,
        approvers=", ".join(_approvers(row)),
        request_text=_request_of(row),
        decided_by=_name_of(row),
        change_form=change or quantities_form(row.lines, is_sent=False),
        reason_form=reason or ReasonForm(formdata=None),
        order_form=order or _order_form(row, is_sent=False),
        bare_form=BaseForm(formdata=None),
        sent=sent,
        steps=stages(row.order) if row.order else [],
        badge_of=badge_of(row.order.state, row.order.delivery_method) if row.order else None,
        invoice=queries.invoice_of(row.order) if row.order else None,
        lacks=offered.lacks_of(row) if row.state in rules.OPEN else [],
        **_undoing(row, undo),
    )
    return page, 422 if sent is not None else 200


def _undoing(row: OfficeOrder, sent: BaseForm | None) -> dict[str, object]:
    """Return what the member may take back of what his office ordered, with the forms for it."""
    order = row.order
    mine = order is not None and queries.may_change(row, current_user.id)
    drop = sent if isinstance(sent, TakeOutForm) else TakeOutForm(formdata=None, prefix="drop")
    drop.offer(lines_left(order) if order else [])
    return {
        "can_cancel": mine and order is not None and order.state in NOT_PACKED,
        "can_drop": mine
        and order is not None
        and order.state is OrderState.PROCESSING
        and sum(line.left for line in order.lines) > 1,
        "drop_form": drop,
        "cancel_form": sent if isinstance(sent, UndoForm) else UndoForm(formdata=None, prefix="cancel"),
    }


def _approvers(row: OfficeOrder) -> list[str]:
    """Return the names of those who may approve it: nobody approves what he asked for himself."""
    others = [each for each in row.office.active_members if each.user_id != row.made_by_id]
    return [each.user.name for each in others if each.role is OfficeRole.APPROVER]


def _request_of(row: OfficeOrder) -> str:
    """Return what a member sends to his approver by WhatsApp."""
    address = url_for("office_orders.show", office_order_id=row.id)
    return _(
        "Please look at offer %(number)s of %(office)s: %(total)s, until %(day)s. Approve it or send it back: %(link)s",
        number=row.number,
        office=row.office.name,
        total=format_rupiah(row.total),
        day=long_day(row.valid_until),
        link=current_app.extensions["config"].base_url + address,
    )


def _name_of(row: OfficeOrder) -> str:
    return next((each.user.name for each in row.office.members if each.user_id == row.decided_by_id), "")


def _order_form(row: OfficeOrder, *, is_sent: bool) -> OrderForm:
    form = OrderForm() if is_sent else OrderForm(formdata=None)
    if Action.ORDER in queries.possible(row, current_user.id):
        ways = available(row.total, row.delivery_method, row.regency_code)
        form.offer(ways, on_invoice=row.office.allows_credit)
    else:
        form.offer([], on_invoice=False)
    return form


STEPS: Mapping[str, tuple[Callable[[int, int], None], Text]] = {
    "ask": (ordering.ask, _l("Your approver sees it when he opens the shop. Tell him, too.")),
    "approve": (ordering.approve, _l("Approved. It can be ordered now.")),
    "renew": (ordering.renew, _l("These are the prices of today.")),
    "cancel": (ordering.cancel, _l("It is cancelled.")),
}
"""What is done by one press, and what is said then."""


@bp.route("/pesanan/<id:office_order_id>/langkah/<step>", methods=["POST"])
@access(SIGNED_IN)
def take_step(office_order_id: int, step: str) -> ResponseReturnValue:
    """Ask for approval, approve, give it the prices of today, or give it up."""
    row = _own(office_order_id)
    if step not in STEPS:
        raise NotFound
    act, said = STEPS[step]
    form = BaseForm()
    if form.validate_on_submit():
        with form_problems(form):
            act(office_order_id, current_user.id)
            flash(str(said), "good")
    if form.errors:
        return _page(_own(office_order_id), step=form)
    return redirect(url_for("office_orders.show", office_order_id=row.id))


@bp.route("/pesanan/<id:office_order_id>/jumlah", methods=["POST"])
@access(SIGNED_IN)
def change(office_order_id: int) -> ResponseReturnValue:
    """Say how many are wanted after all."""
    row = _own(office_order_id)
    form = quantities_form(row.lines, is_sent=True)
    if form.validate_on_submit():
        wanted = {line.id: form[f"line-{line.id}"].data for line in row.lines}
        given = {line_id: quantity for line_id, quantity in wanted.items() if quantity is not None}
        with form_problems(form):
            ordering.change(office_order_id, given, current_user.id)
            flash(_("Saved."), "good")
    if form.errors:
        return _page(_own(office_order_id), change=form)
    return redirect(url_for("office_orders.show", office_order_id=office_order_id))


@bp.route("/pesanan/<id:office_order_id>/kembalikan", methods=["POST"])
@access(SIGNED_IN)
def send_back(office_order_id: int) -> ResponseReturnValue:
    """Say what must be different."""
    _own(office_order_id)
    form = ReasonForm()
    if form.validate_on_submit():
        with form_problems(form):
            ordering.send_back(office_order_id, form.reason.data, current_user.id)
            flash(_("It went back to who asked for it."), "good")
    if form.errors:
        return _page(_own(office_order_id), reason=form)
    return redirect(url_for("office_orders.show", office_order_id=office_order_id))


@bp.route("/pesanan/<id:office_order_id>/pesan", methods=["POST"])
@access(SIGNED_IN)
def order(office_order_id: int) -> ResponseReturnValue:
    """Order what was approved, under the office's purchase number."""
    form = _order_form(_own(office_order_id), is_sent=True)
    if form.validate_on_submit():
        with form_problems(form):
            ordering.order(office_order_id, form.purchase_number.data, form.payment_method.data, current_user.id)
            flash(_("It is ordered."), "good")
    if form.errors:
        return _page(_own(office_order_id), order=form)
    return redirect(url_for("office_orders.show", office_order_id=office_order_id))


@bp.route("/pesanan/<id:office_order_id>/batal", methods=["POST"])
@access(SIGNED_IN)
def cancel_order(office_order_id: int) -> ResponseReturnValue:
    """Cancel what the office ordered, until it is packed."""
    form = UndoForm(prefix="cancel")

    def act() -> None:
        changes.cancel(office_order_id, form.reason.data, current_user.id)

    return _undone(office_order_id, form, act, _("The order is cancelled."))


@bp.route("/pesanan/<id:office_order_id>/kurangi", methods=["POST"])
@access(SIGNED_IN)
def take_out(office_order_id: int) -> ResponseReturnValue:
    """Take something out of what the office ordered, until it is packed."""
    form = TakeOutForm(prefix="drop")

    def act() -> None:
        line_id, quantity, reason = form.line_id.data, form.quantity.data, form.reason.data
        changes.take_out(form.key.data, office_order_id, line_id, quantity, reason, current_user.id)

    return _undone(office_order_id, form, act, _("Taken out of your order."))


def _undone(office_order_id: int, form: BaseForm, act: Callable[[], None], said: str) -> ResponseReturnValue:
    _own(office_order_id)
    if form.validate_on_submit():
        with form_problems(form):
            act()
            flash(said, "good")
    if form.errors:
        return _page(_own(office_order_id), undo=form)
    return redirect(url_for("office_orders.show", office_order_id=office_order_id))


@bp.route("/tagihan/<id:invoice_id>")
@access(SIGNED_IN)
def invoice(invoice_id: int) -> str:
    """Show an invoice as it is printed, with how to pay it."""
    row = queries.invoice_for(current_user.id, invoice_id)
    today, payments = clock.today(areas.time_zone(row.regency_code)), queries.payments_of(row)
    return render_template(
        "offices/invoice.html",
        paper=queries.paper_of(row),
        invoice=row,
        paid=queries.came_of(payments),
        told=queries.told_in(payments),
        owed_back=refund_due(row.order_id),
        days_late=rules.days_late(row.due_on, row.open_amount, today),
        account=for_transfers(row.regency_code),
        place=place_of(row.regency_code),
    )


@bp.route("/tagihan/<id:invoice_id>/bukti", methods=["GET", "POST"])
@access(SIGNED_IN)
def send_proof(invoice_id: int) -> ResponseReturnValue:
    """Let a member say that his office transferred something for an invoice."""
    row = queries.invoice_for(current_user.id, invoice_id)
    here = url_for("office_orders.invoice", invoice_id=invoice_id)
    if not row.open_amount:
        flash(_("Nothing is to be paid any more."), "info")
        return redirect(here)
    told = queries.told_in(queries.payments_of(row)).amount
    form = TransferProofForm(amount=max(row.open_amount - told, 0) or None)
    if form.validate_on_submit():
        with form_problems(form):
            _tell(form, invoice_id)
            flash(_("Thank you. We look at it and tell you here."), "good")
            return redirect(here)
    elif not form.is_submitted() and row.open_amount <= told:
        flash(all_told(told), "info")
        return redirect(here)
    page = render_template("offices/proof.html", invoice=row, told=told, form=form, back=here)
    return page, 422 if form.is_submitted() else 200


def _tell(form: TransferProofForm, invoice_id: int) -> None:
    """Keep a proof once: who presses twice sent one transfer, not two."""
    key, body = form.key.data, (invoice_id, form.amount.data, form.note.data, current_user.id)
    if once.known("proof", key, body) is None:
        proof = Proof(form.amount.data or 0, keep_photo(form, current_user.id), form.note.data)
        once.only("proof", key, body, lambda: invoices.claim(invoice_id, proof, current_user.id).id)
