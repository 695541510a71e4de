"""A buyer's orders: his account's, and any by its secret link."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas.pickup import place_of
from ..documents.shown import buyers_papers
from ..offices.queries import waiting_for
from ..orders import desk, proposals, substitutes
from ..orders.adjustments import cancel
from ..orders.history import Happened, history_of, owed_back
from ..orders.labels import badge_of
from ..orders.models import Order, OrderState
from ..orders.rules import NOT_PACKED
from ..orders.screens import adjustments_of, lines_left
from ..orders.way import stages
from ..payments import service as payments
from ..payments.provider import Flow
from ..payments.providers import available
from ..payments.queries import Bill, bill_of
from ..shared.fields import BaseForm
from ..shared.i18n import _, _n
from ..shared.policy import PUBLIC, SIGNED_IN, access
from ..shared.problems import form_problems
from . import facts, messages, queries, service, visitor, words
from .basket_views import order_url
from .forms import AnswerForm, CancelForm, DropForm, MethodForm

bp = Blueprint("buying", __name__)


@bp.route("/pesanan")
@access(PUBLIC)
def orders() -> str:
    """Show the orders of the account, or those a guest made in this session."""
    waiting = 0
    if current_user.is_authenticated:
        page = queries.orders_of(current_user.id)
        waiting = sum(waiting_for(current_user.id).values())
    else:
        page = queries.orders_behind(visitor.remembered_orders())
    values = {"badge_of": badge_of, "order_url": order_url, "form": BaseForm(), "waiting": waiting}
    return render_template("storefront/orders.html", page=page, **values)


@bp.route("/pesanan/lupakan", methods=["POST"])
@access(PUBLIC)
def forget() -> ResponseReturnValue:
    """Forget the orders of a guest on this browser; who has a link keeps it."""
    if BaseForm().validate_on_submit() and not current_user.is_authenticated:
        visitor.forget_orders()
        flash(_("This device has forgotten your orders."), "good")
    return redirect("/pesanan")


@bp.route("/pesanan/<id:order_id>")
@access(SIGNED_IN)
def own(order_id: int) -> Response:
    """Show one of the account's orders."""
    return _page(queries.own_order(current_user.id, order_id))


@bp.route("/p/<token>")
@access(PUBLIC)
def linked(token: str) -> Response:
    """Show an order to whoever has its secret link."""
    return _page(queries.order_behind(token))


def _page(order: Order, sent: BaseForm | None = None) -> Response:
    """Show an order; the form that was sent says what is wrong.

    Its link is a secret: no machine keeps it, and other sites are told no referrer anyway.
    """
    drop_form = sent if isinstance(sent, DropForm) else DropForm(formdata=None, prefix="drop")
    drop_form.offer(lines_left(order))
    bill = bill_of(order)
    page = render_template(
        "storefront/order.html",
        order=order,
        url=order_url(order),
        badge_of=badge_of(order.state, order.delivery_method),
        steps=stages(order),
        said=words.now(order),
        not_bought=words.not_bought(order, owed_back(order), sum(proposals.replaced(order).values())),
        message=messages.of_order(order),
        bill=bill,
        known=facts.of_delivery(order),
        place=place_of(order.regency_code),
        changes=_changes(order),
        papers=buyers_papers(order, current_user.id if current_user.is_authenticated else None),
        pays_now=_pays_now(order, bill),
        can_cancel=order.state in NOT_PACKED,
        can_change_method=order.state is OrderState.AWAITING_PAYMENT and not (bill and bill.kept.amount),
        can_drop=order.state is OrderState.PROCESSING and sum(line.left for line in order.lines) > 1,
        drop_form=drop_form,
        asked=proposals.open_of(order.id) if order.state is OrderState.PROCESSING else [],
        cancel_form=sent if isinstance(sent, CancelForm) else CancelForm(formdata=None),
        bare_form=BaseForm(),
        sent=sent,
    )
    response = make_response(page, 422 if sent else 200)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _pays_now(order: Order, bill: Bill | None) -> bool:
    """Tell whether the buyer has to send money now; cash is paid when he comes."""
    return bool(bill and bill.provider.flow is not Flow.MANUAL) and order.state is OrderState.AWAITING_PAYMENT


def _changes(order: Order) -> list[Happened]:
    """Return what of the order came otherwise than it was ordered, newest first; mostly nothing, and no query."""
    if not order.reduced_amount and not order.closed_at:
        return []
    return [each for each in history_of(order, adjustments_of(order)) if each.money or each.note]


@bp.route("/pesanan/<id:order_id>/batal", methods=["POST"])
@access(SIGNED_IN)
def cancel_own(order_id: int) -> ResponseReturnValue:
    """Cancel one of the account's orders."""
    return _cancel(queries.own_order(current_user.id, order_id))


@bp.route("/p/<token>/batal", methods=["POST"])
@access(PUBLIC)
def cancel_linked(token: str) -> ResponseReturnValue:
    """Cancel the order behind a secret link."""
    return _cancel(queries.order_behind(token))


def _cancel(order: Order) -> ResponseReturnValue:
    form = CancelForm()
    if form.validate_on_submit():
        with form_problems(form):
            cancel(order.id, by_buyer=True, reason=form.reason.data, actor_id=order.buyer_id)
    if form.errors:
        return _page(order, form)
    flash(_("The order is cancelled."), "good")
    return redirect(order_url(order))


@bp.route("/pesanan/<id:order_id>/kurangi", methods=["POST"])
@access(SIGNED_IN)
def drop_own(order_id: int) -> ResponseReturnValue:
    """Take something out of one of the account's orders."""
    return _drop(queries.own_order(current_user.id, order_id))


@bp.route("/p/<token>/kurangi", methods=["POST"])
@access(PUBLIC)
def drop_linked(token: str) -> ResponseReturnValue:
    """Take something out of the order behind a secret link."""
    return _drop(queries.order_behind(token))


@bp.route("/pesanan/<id:order_id>/pengganti/<id:substitute_id>", methods=["POST"])
@access(SIGNED_IN)
def answer_own(order_id: int, substitute_id: int) -> ResponseReturnValue:
    """Answer whether something else may come with one of the account's orders."""
    return _answer(queries.own_order(current_user.id, order_id), substitute_id)


@bp.route("/p/<token>/pengganti/<id:substitute_id>", methods=["POST"])
@access(PUBLIC)
def answer_linked(token: str, substitute_id: int) -> ResponseReturnValue:
    """Answer whether something else may come with the order behind a secret link."""
    return _answer(queries.order_behind(token), substitute_id)


def _answer(order: Order, substitute_id: int) -> ResponseReturnValue:
    proposals.of_order(order.id, substitute_id)
    form = AnswerForm()
    if form.validate_on_submit():
        agrees = form.answer.data == "yes"
        with form_problems(form):
            (substitutes.agree if agrees else substitutes.refuse)(order.id, substitute_id, order.buyer_id)
        if not form.errors:
            flash(_("Thank you: it comes with your order.") if agrees else _("Thank you: it is left out."), "good")
            return redirect(order_url(order))
    return _page(order, form)


def _drop(order: Order) -> ResponseReturnValue:
    form = DropForm(prefix="drop")
    if form.validate_on_submit():
        line_id, quantity, reason = form.line_id.data, form.quantity.data, form.reason.data
        with form_problems(form):
            desk.drop(form.key.data, order.id, line_id, quantity, reason, order.buyer_id)
        if not form.errors:
            flash(_("Taken out of your order."), "good")
            return redirect(order_url(order))
    return _page(order, form)


@bp.route("/pesanan/<id:order_id>/cara-bayar", methods=["GET", "POST"])
@access(SIGNED_IN)
def pay_own_otherwise(order_id: int) -> ResponseReturnValue:
    """Choose another way to pay one of the account's orders."""
    return _pay_otherwise(queries.own_order(current_user.id, order_id))


@bp.route("/p/<token>/cara-bayar", methods=["GET", "POST"])
@access(PUBLIC)
def pay_linked_otherwise(token: str) -> ResponseReturnValue:
    """Choose another way to pay the order behind a secret link."""
    return _pay_otherwise(queries.order_behind(token))


def _pay_otherwise(order: Order) -> ResponseReturnValue:
    if order.closed_at is not None:
        flash(_("This order has ended. There is nothing to pay."))
        return redirect(order_url(order))
    if order.state is OrderState.AWAITING_VERIFICATION:
        flash(_("You told us that you paid: your proof waits. We look for the money first, then tell you here."))
        return redirect(order_url(order))
    form = MethodForm(payment_method=order.payment_method)
    form.offer(available(order.due_amount, order.delivery_method, order.regency_code))
    if form.validate_on_submit():
        with form_problems(form):
            payments.change_method(order.id, form.payment_method.data)
        if not form.errors:
            flash(_("You pay in another way now."), "good")
            return redirect(order_url(order))
    page = render_template("storefront/pay_otherwise.html", order=order, url=order_url(order), form=form)
    return page, 422 if form.is_submitted() else 200


@bp.route("/pesanan/<id:order_id>/lagi", methods=["POST"])
@access(SIGNED_IN)
def again_own(order_id: int) -> ResponseReturnValue:
    """Put one of the account's orders into the basket again."""
    return _again(queries.own_order(current_user.id, order_id))


@bp.route("/p/<token>/lagi", methods=["POST"])
@access(PUBLIC)
def again_linked(token: str) -> ResponseReturnValue:
    """Put the order behind a secret link into the basket again."""
    return _again(queries.order_behind(token))


def _again(order: Order) -> ResponseReturnValue:
    basket, done = service.order_again(visitor.owner(), order)
    visitor.remember(basket)
    left_out = len(order.lines) - done
    if done:
        flash(_n("%(num)s thing is in your basket again.", "%(num)s things are in your basket again.", done), "good")
    if left_out:
        flash(_n("%(num)s thing is not sold now.", "%(num)s things are not sold now.", left_out), "warn")
    return redirect("/keranjang")
