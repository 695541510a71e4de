"""The treasurer's desk: what came in, what does not fit, what is to be given back."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas import queries as areas
from ..ledger.scope import working_area
from ..orders.models import Order
from ..shared import clock, lists, once
from ..shared.errors import NotFound
from ..shared.exports import Cell, Sheet
from ..shared.fields import LONGEST_SHOWN
from ..shared.i18n import _, _l
from ..shared.money import format_rupiah
from ..shared.paging import paginate
from ..shared.photo_views import open_private
from ..shared.policy import access, roles
from ..shared.problems import form_problems
from . import kept, labels, messages, queries, reserved, rules, service
from .forms import ConfirmForm, RejectForm, RestForm, SearchForm
from .models import Payment
from .providers import ONLINE, PROVIDERS
from .queries import TREASURERS, Tab

bp = Blueprint("payment_desk", __name__)

TREASURER = roles(TREASURERS)


@bp.context_processor
def _labels() -> dict[str, object]:
    return {"labels": labels}


@bp.route("/dinas/pembayaran")
@access(TREASURER)
def index() -> ResponseReturnValue:
    """Show what waits for the treasurer, or what fits a sum of the statement."""
    area_code = working_area(current_user, TREASURERS)
    form, tab = SearchForm(), _tab(request.args.get("tab", ""))
    text = form.text()
    statement = queries.found(area_code, text, form.amount()) if text else queries.queue(area_code, tab)
    if lists.wants_file():
        return lists.file_of_people("pembayaran", _sheet(lists.rows_of(statement)), current_user.id)
    page, counts = paginate(statement), queries.counts(area_code)
    missing = queries.missing_of([payment.order_id for payment in page.items if payment.needs_review])
    return render_template(
        "payments/index.html",
        page=page,
        counts=counts,
        tab=tab,
        form=form,
        text=text,
        missing=missing,
        file_url=lists.file_url(),
        online=any(PROVIDERS[code].is_on() for code in ONLINE),
    )


def _sheet(payments: list[Payment]) -> Sheet:
    heads = (_l("Order"), _l("Buyer"), _l("How"), _l("Asked"), _l("Received"), _l("State"), _l("Since"))
    return Sheet(_("Payments"), heads, [_row(payment, payment.order) for payment in payments])


def _row(payment: Payment, order: Order) -> tuple[Cell, ...]:
    how, state = str(labels.PROVIDER_NAMES[payment.provider]), str(labels.STATES[payment.state][0])
    money = (payment.amount, payment.received_amount)
    since = clock.local_date(payment.created_at, areas.time_zone(order.regency_code))
    return (order.number, order.buyer_name, how, *money, state, since)


def _tab(asked: str) -> Tab:
    if asked in set(Tab):
        return Tab(asked)
    if asked:
        flash(_("We do not know “%(value)s”. Choose again.", value=asked[:LONGEST_SHOWN]), "warn")
    return Tab.CLAIMED


@bp.route("/dinas/pembayaran/<id:payment_id>")
@access(TREASURER)
def show(payment_id: int) -> ResponseReturnValue:
    """Show a payment with its proof, ready to be confirmed or refused."""
    return _payment_page(queries.get_payment_for(current_user, payment_id))


def _payment_page(
    payment: Payment,
    *,
    confirm_form: ConfirmForm | None = None,
    reject_form: RejectForm | None = None,
    rest_form: RestForm | None = None,
) -> ResponseReturnValue:
    """Show a payment; a form that was sent and refused stands there with what is wrong, the others are fresh."""
    money = queries.kept_of(payment.order)
    rest = rest_form or RestForm(formdata=None, received_amount=money.missing if money.may_be_completed else None)
    rest.offer(payment.provider)
    sent = [form for form in (confirm_form, reject_form, rest_form) if form is not None]
    page = render_template(
        "payments/show.html",
        payment=payment,
        others=queries.others_of(payment),
        kept=money,
        to_give_back=reserved.free_to_give(payment.order_id) - money.amount,
        given=queries.refunds_of(payment.order_id),
        told=messages.of_payment(payment.id) if payment.provider in ONLINE else [],
        confirm_form=confirm_form or ConfirmForm(formdata=None, received_amount=payment.amount),
        reject_form=reject_form or RejectForm(formdata=None),
        rest_form=rest,
        sent=sent,
        rules=rules,
        by_statement_codes=queries.BY_STATEMENT,
        online_codes=ONLINE,
        back=lists.back(),
    )
    return page, 422 if sent else 200


@bp.route("/dinas/pembayaran/<id:payment_id>/terima", methods=["POST"])
@access(TREASURER)
def confirm(payment_id: int) -> ResponseReturnValue:
    """Write down what the statement shows."""
    form = ConfirmForm()
    form.asked = queries.get_payment_for(current_user, payment_id).amount
    if form.validate_on_submit():
        with form_problems(form):
            payment = service.confirm(payment_id, form.received_amount.data, form.reference.data, current_user.id)
            _say_what_happened(payment)
    if form.errors:
        return _payment_page(queries.get_payment_for(current_user, payment_id), confirm_form=form)
    return _after(queries.get_payment_for(current_user, payment_id))


def _after(payment: Payment) -> ResponseReturnValue:
    """Lead back to the list; to the payment itself when somebody has to decide about it now."""
    here = url_for("payment_desk.show", payment_id=payment.id, next=lists.back())
    return redirect(here if payment.needs_review else lists.back() or here)


def _say_what_happened(payment: Payment) -> None:
    money = queries.kept_of(payment.order)
    if payment.order.billed_at is not None:
        flash(_("Written down for the invoice."), "good")
    elif not payment.needs_review:
        flash(_("Received. The order can be packed."), "good")
    elif money.may_be_completed:
        missing = format_rupiah(money.missing)
        flash(_("Written down. %(missing)s is missing: the buyer is asked to send it.", missing=missing), "warn")
    elif payment.order.closed_at:
        flash(_("Written down. The order has ended: the money is to be given back to the buyer."), "warn")
    elif money.over:
        over = format_rupiah(money.over)
        flash(_("Written down. %(over)s too much arrived: decide what to do with it.", over=over), "warn")
    else:
        flash(_("Written down, but it does not pay the order. Decide what to do with the money."), "warn")


@bp.route("/dinas/pembayaran/<id:payment_id>/tolak", methods=["POST"])
@access(TREASURER)
def reject(payment_id: int) -> ResponseReturnValue:
    """Tell the buyer that his payment was not found."""
    queries.get_payment_for(current_user, payment_id)
    form = RejectForm()
    if form.validate_on_submit():
        with form_problems(form):
            service.reject(payment_id, form.reason.data, current_user.id)
            flash(_("The buyer is told that the payment was not found."), "good")
    if form.errors:
        return _payment_page(queries.get_payment_for(current_user, payment_id), reject_form=form)
    return redirect(lists.back() or url_for("payment_desk.show", payment_id=payment_id))


@bp.route("/dinas/pembayaran/<id:payment_id>/pakai", methods=["POST"])
@access(TREASURER)
def use(payment_id: int) -> ResponseReturnValue:
    """Pay the order with money that was kept for review."""
    order_id = queries.get_payment_for(current_user, payment_id).order_id
    kept.use_for_order(payment_id, current_user.id)
    flash(_("The money pays the order now."), "good")
    over = reserved.free_to_give(order_id)
    if over:
        flash(_("%(amount)s is left over: give it back to the buyer.", amount=format_rupiah(over)), "warn")
    return redirect(lists.back() or url_for("payment_desk.show", payment_id=payment_id))


@bp.route("/dinas/pembayaran/<id:payment_id>/sisa", methods=["POST"])
@access(TREASURER)
def take_rest(payment_id: int) -> ResponseReturnValue:
    """Write down the money that was missing."""
    payment = queries.get_payment_for(current_user, payment_id)
    form = RestForm()
    form.offer(payment.provider)
    if form.validate_on_submit():
        rest = form.content()
        with form_problems(form):
            written = once.only(
                "rest", form.key.data, (payment_id, rest), lambda: kept.take_rest(payment_id, rest, current_user.id).id
            )
            _say_what_happened(queries.get_payment_for(current_user, written))
    if form.errors:
        return _payment_page(queries.get_payment_for(current_user, payment_id), rest_form=form)
    return _after(queries.get_payment_for(current_user, payment_id))


@bp.route("/dinas/pembayaran/<id:payment_id>/bukti.jpg")
@access(TREASURER)
def proof(payment_id: int) -> Response:
    """Show the picture that a buyer sent."""
    payment = queries.get_payment_for(current_user, payment_id)
    if payment.proof is None:
        raise NotFound
    return open_private(payment.proof)
