"""The treasurer's desk for what is to be given back, by hand or the way it came."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas import queries as areas
from ..ledger.scope import working_area
from ..orders.models import Order
from ..shared import clock, lists, once, transaction
from ..shared.errors import NotFound
from ..shared.exports import Cell, Sheet
from ..shared.i18n import _, _l
from ..shared.paging import paginate
from ..shared.policy import access
from ..shared.problems import form_problems
from . import disputes, labels, online_refunds, queries, refunds, reserved
from .desk_views import TREASURER, bp
from .forms import CameBackForm, RefundForm
from .models import Refund, RefundMethod, RefundState
from .provider import ProviderAway
from .queries import TREASURERS


@bp.route("/dinas/pengembalian")
@access(TREASURER)
def refund_list() -> ResponseReturnValue:
    """Show the orders whose buyers are owed money."""
    statement = queries.owed_back(working_area(current_user, TREASURERS))
    if lists.wants_file():
        return lists.file_of_people("pengembalian", _refund_sheet(lists.rows_of(statement)), current_user.id)
    page = paginate(statement)
    sums = queries.sums_owed_back([order.id for order in page.items])
    return render_template("payments/refunds.html", page=page, sums=sums, file_url=lists.file_url())


def _refund_sheet(owed: list[Order]) -> Sheet:
    sums = queries.sums_owed_back([order.id for order in owed])
    rows = [(order.number, order.bought_by, sums[order.id]) for order in owed]
    return Sheet(_("To give back"), (_l("Order"), _l("Buyer"), _l("Owed")), rows)


@bp.route("/dinas/pengembalian/riwayat")
@access(TREASURER)
def refund_history() -> ResponseReturnValue:
    """Show what was given back, newest first."""
    statement = queries.refunds_in(working_area(current_user, TREASURERS))
    if lists.wants_file():
        return lists.file_of_people("riwayat-pengembalian", _given_sheet(lists.rows_of(statement)), current_user.id)
    return render_template("payments/given.html", page=paginate(statement), file_url=lists.file_url())


def _given_sheet(given: list[Refund]) -> Sheet:
    heads = (_l("Given back on"), _l("Order"), _l("Buyer"), _l("Amount"), _l("How"), _l("Reference"), _l("Why"))
    return Sheet(_("Given back"), (*heads, _l("State")), [_given_row(refund, refund.order) for refund in given])


def _given_row(refund: Refund, order: Order) -> tuple[Cell, ...]:
    how, state = str(labels.REFUND_METHODS[refund.method]), str(labels.refund_state(refund)[0])
    day = clock.local_date(refund.at, areas.time_zone(order.regency_code))
    return (day, order.number, order.bought_by, refund.amount, how, refund.reference, refund.reason, state)


@bp.route("/dinas/pengembalian/<id:order_id>", methods=["GET", "POST"])
@access(TREASURER)
def refund(order_id: int) -> ResponseReturnValue:
    """Give money back: ask the provider to send it, or write down what was given by hand."""
    order = queries.get_order_for_treasurer(current_user, order_id)
    form = _form(order)
    if form.validate_on_submit():
        with form_problems(form):
            _give(order_id, form)
        if not form.errors:
            return redirect(url_for("payment_desk.refund", order_id=order_id))
    page = render_template(
        "payments/refund.html",
        order=order,
        owed=reserved.free_to_give(order_id),
        given=queries.refunds_of(order_id),
        form=form,
        kept=queries.kept_of(order),
        disputed=disputes.lost_of(order_id),
    )
    return page, 422 if form.errors else 200


@bp.route("/dinas/pengembalian/<id:order_id>/kembali/<id:refund_id>", methods=["GET", "POST"])
@access(TREASURER)
def came_back(order_id: int, refund_id: int) -> ResponseReturnValue:
    """Write down that money which was given back by hand came back to the office."""
    order = queries.get_order_for_treasurer(current_user, order_id)
    given = next((each for each in queries.refunds_of(order_id) if each.id == refund_id), None)
    if given is None:
        raise NotFound
    form = CameBackForm(on=clock.today(areas.time_zone(order.regency_code)))
    if form.validate_on_submit() and form.on.data:
        with form_problems(form):
            refunds.came_back(refund_id, form.reference.data or "", form.on.data, current_user.id)
        if not form.errors:
            flash(_("Written down: the money is here again, and owed to the buyer again."), "good")
            return redirect(url_for("payment_desk.refund", order_id=order_id))
    page = render_template("payments/came_back.html", order=order, refund=given, form=form)
    return page, 422 if form.is_submitted() else 200


def _form(order: Order) -> RefundForm:
    money = queries.kept_of(order)
    undecided = money.may_be_completed or money.is_enough
    left = online_refunds.left_online(order.id)
    form = RefundForm(amount=None if undecided else reserved.free_to_give(order.id) or None)
    # Of a form that comes a second time, the way it was sent is known though nothing is left to go by it.
    form.offer(online=bool(left) or (form.is_submitted() and queries.last_online(order.id) is not None))
    if not left and not form.is_submitted():
        form.method.data = RefundMethod.TRANSFER.value
    return form


def _give(order_id: int, form: RefundForm) -> None:
    amount, method, reference, reason = form.content()
    given = (order_id, amount, method, reference, reason, current_user.id)
    if method is not RefundMethod.ONLINE:
        once.only("refund", form.key.data, given, lambda: refunds.record_refund(*given).id)
        flash(_("Written down: the buyer got the money back."), "good")
        return
    by = current_user.id
    asked = once.only("refund", form.key.data, given, lambda: online_refunds.request(order_id, amount, reason, by).id)
    transaction.keep_so_far()
    _send(asked)


def _send(refund_id: int) -> None:
    """Ask the provider at once; where it does not answer, the job worker asks again until it does."""
    try:
        online_refunds.send(refund_id)
    except ProviderAway:
        flash(_("Stripe does not answer now. We ask again by ourselves; you need do nothing."), "warn")
        return
    state = queries.get_refund(refund_id).state
    if state is RefundState.SUCCEEDED:
        flash(_("Sent back the way it came. The buyer has it in a few days."), "good")
    elif state is RefundState.FAILED:
        flash(_("Stripe could not send it back. Give it back by hand."), "bad")
    else:
        flash(_("Stripe is sending it back. You see here when it is done."), "good")
