"""The treasurer's desk for what payment services tell: messages that fit nothing, and disputes."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..ledger.scope import working_area
from ..shared import lists, transaction
from ..shared.exports import Cell, Sheet
from ..shared.formats import moment
from ..shared.i18n import _, _l
from ..shared.paging import paginate
from ..shared.policy import access, roles
from ..shared.problems import form_problems
from . import disputes, labels, messages
from .forms import SettleForm
from .models import Dispute, ProviderEvent
from .provider import ProviderAway
from .queries import TREASURERS

bp = Blueprint("provider_desk", __name__)

TREASURER = roles(TREASURERS)
DASHBOARD = "https://dashboard.stripe.com/"


@bp.context_processor
def _labels() -> dict[str, object]:
    return {"labels": labels, "dashboard": DASHBOARD}


@bp.route("/dinas/pembayaran/pesan")
@access(TREASURER)
def message_list() -> ResponseReturnValue:
    """Show the messages that fit nothing of ours."""
    statement = messages.to_review(working_area(current_user, TREASURERS))
    if lists.wants_file():
        rows = [_message_row(row) for row in lists.rows_of(statement)]
        heads = (_l("Since"), _l("Reference"), _l("What it says"), _l("Why"), _l("Order"))
        return lists.file("pesan-pembayaran", Sheet(_("Messages"), heads, rows))
    return render_template("payments/messages.html", page=paginate(statement), file_url=lists.file_url())


def _message_row(row: ProviderEvent) -> tuple[Cell, ...]:
    why = str(labels.DOUBTS[row.doubt]) if row.doubt else ""
    return (moment(row.received_at), row.reference, row.said, why, row.payment.order.number if row.payment else "")


@bp.route("/dinas/pembayaran/pesan/<id:event_id>", methods=["GET", "POST"])
@access(TREASURER)
def message(event_id: int) -> ResponseReturnValue:
    """Show a message; a POST writes down what was done about it."""
    row = messages.get_for(current_user, event_id)
    form = SettleForm()
    if form.validate_on_submit():
        with form_problems(form):
            messages.settle(event_id, form.note.data, current_user.id)
        if not form.errors:
            flash(_("Settled."), "good")
            return redirect(url_for("provider_desk.message_list"))
        row = messages.get_for(current_user, event_id)
    return render_template("payments/message.html", event=row, form=form), 422 if form.errors else 200


@bp.route("/dinas/pembayaran/pesan/<id:event_id>/ulangi", methods=["POST"])
@access(TREASURER)
def try_again(event_id: int) -> ResponseReturnValue:
    """Ask the payment service again, and take it in if it fits by now."""
    messages.get_for(current_user, event_id)
    try:
        fits = messages.try_again(event_id)
    except ProviderAway as problem:
        transaction.rollback()
        flash(str(problem.message), "warn")
        return redirect(url_for("provider_desk.message", event_id=event_id))
    if fits:
        flash(_("It fits now, and is in the books."), "good")
        return redirect(url_for("provider_desk.message_list"))
    flash(_("It still does not fit."), "warn")
    return redirect(url_for("provider_desk.message", event_id=event_id))


@bp.route("/dinas/pembayaran/sengketa")
@access(TREASURER)
def dispute_list() -> ResponseReturnValue:
    """Show the disputes that have to be answered, or all."""
    show_all = request.args.get("semua") == "1"
    statement = disputes.listed(working_area(current_user, TREASURERS), only_open=not show_all)
    if lists.wants_file():
        rows = [_dispute_row(row) for row in lists.rows_of(statement)]
        heads = (_l("Order"), _l("Buyer"), _l("Amount"), _l("Why"), _l("State"), _l("Answer before"), _l("Since"))
        return lists.file_of_people("sengketa", Sheet(_("Disputes"), heads, rows), current_user.id)
    page = paginate(statement)
    return render_template("payments/disputes.html", page=page, show_all=show_all, file_url=lists.file_url())


def _dispute_row(row: Dispute) -> tuple[Cell, ...]:
    order, why = row.payment.order, str(labels.DISPUTE_REASONS.get(row.reason, row.reason))
    by = moment(row.answer_by) if row.answer_by else ""
    state = str(labels.DISPUTE_STATES[row.state][0])
    return (order.number, order.buyer_name, row.amount, why, state, by, moment(row.opened_at))


@bp.route("/dinas/pembayaran/sengketa/<id:dispute_id>")
@access(TREASURER)
def dispute(dispute_id: int) -> ResponseReturnValue:
    """Show a dispute, and where to answer it."""
    return render_template("payments/dispute.html", dispute=disputes.get_for(current_user, dispute_id))
