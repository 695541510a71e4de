"""Where a buyer leaves for a provider's page and comes back from it, and where providers tell us."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..extensions import csrf
from ..orders import queries as orders
from ..orders.models import Order
from ..shared import transaction
from ..shared.errors import StateConflict
from ..shared.i18n import _
from ..shared.policy import PUBLIC, SIGNED_IN, access
from . import messages, online, queries, reconcile
from .models import Payment, PaymentState
from .provider import ProviderAway
from .providers import PROVIDERS

bp = Blueprint("online", __name__)

OK = ("", 200)


@bp.route("/pesanan/<id:order_id>/bayar-online", methods=["GET", "POST"])
@access(SIGNED_IN)
def own(order_id: int) -> ResponseReturnValue:
    """Let a signed-in buyer go and pay, and look whether he did when he comes back."""
    order = orders.get_order_for(current_user, order_id)
    return _online(order, f"/pesanan/{order.id}")


@bp.route("/p/<token>/bayar-online", methods=["GET", "POST"])
@access(PUBLIC)
def linked(token: str) -> ResponseReturnValue:
    """The same for whoever has the secret link of an order."""
    order = orders.order_by_token(token)
    return _online(order, f"/p/{order.token}")


def _online(order: Order, here: str) -> ResponseReturnValue:
    return _go(order.id, here) if request.method == "POST" else _come_back(order.id, here)


def _go(order_id: int, here: str) -> ResponseReturnValue:
    try:
        url = online.page_of(order_id)
    except (ProviderAway, StateConflict) as problem:
        transaction.rollback()
        flash(str(problem.message), "warn")
        return redirect(here, 303)
    return redirect(url or here, 303)


def _come_back(order_id: int, here: str) -> ResponseReturnValue:
    """Ask the provider whether the bill is paid; what the address says is not looked at."""
    payment = queries.last_online(order_id)
    if payment is None:
        return redirect(here)
    state = payment.state
    if state not in (PaymentState.CONFIRMED, PaymentState.REJECTED):  # the page of a bill that ended may be open yet
        state = _asked(payment)
    if state is PaymentState.CONFIRMED:
        _say_arrived(order_id)
        return redirect(here)
    return _checking(order_id, here) if state in (PaymentState.PENDING, PaymentState.CLAIMED) else redirect(here)


def _say_arrived(order_id: int) -> None:
    """Say that the money is here; of an order that ended without it, that it goes back."""
    order = queries.get_order(order_id)
    if order.closed_at is not None and order.paid_at is None:
        flash(_("Your payment arrived, but your order has ended. Your money goes back to you."), "warn")
    else:
        flash(_("Thank you. Your payment has arrived."), "good")


def _asked(payment: Payment) -> PaymentState:
    payment_id, provider = payment.id, PROVIDERS[payment.provider]
    standing = reconcile.standing_of(payment)
    if standing is not None:
        messages.note(provider, standing)
    return queries.state_of(payment_id)


def _checking(order_id: int, here: str) -> Response:
    order = queries.get_order(order_id)
    response = make_response(render_template("payments/checking.html", order=order, url=here))
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@bp.route("/webhook/stripe", methods=["POST"])
@access(PUBLIC)
@csrf.exempt
def stripe() -> ResponseReturnValue:
    """Take in a message of Stripe: it proves who sent it by its signature, and is asked about before it is believed."""
    messages.receive("stripe", dict(request.headers), request.get_data())
    return OK
