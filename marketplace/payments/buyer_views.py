"""The buyer's side: the picture to scan, and the word that he paid."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..orders import queries as orders
from ..orders.models import Order
from ..shared.errors import NotFound
from ..shared.i18n import _
from ..shared.policy import PUBLIC, SIGNED_IN, access
from ..shared.problems import form_problems
from ..shared.qr import PICTURES
from . import proofs, qris_code, queries, service
from .models import Payment, PaymentState
from .proofs import ProofForm
from .queries import Bill

bp = Blueprint("payments", __name__)


@bp.route("/pembayaran/<id:payment_id>/qris.<kind>")
@access(PUBLIC)
def qris(payment_id: int, kind: str) -> Response:
    """Draw the QRIS code of a bill, or of what is missing of it, for whoever knows the secret link of its order."""
    payment = queries.payment_by_token(payment_id, request.args.get("token", ""))
    payload = _payload(payment)
    if payload is None or kind not in PICTURES:
        raise NotFound
    mimetype, draw = PICTURES[kind]
    response = Response(draw(payload), mimetype=mimetype)
    response.headers["Cache-Control"] = "private, no-store"  # under the same address the rest is asked for later
    return response


def _payload(payment: Payment) -> str | None:
    """Return what a bill asks for as QRIS; of one that was paid, only what is missing."""
    if payment.state is not PaymentState.CONFIRMED:
        asked: str | None = payment.instruction.get("payload")
        return asked
    money = queries.kept_of(payment.order)
    if not money.scans or payment.account is None:
        return None
    return qris_code.dynamic(payment.account.qris_payload, money.missing, payment.order.number)


@bp.route("/pesanan/<id:order_id>/bukti", methods=["GET", "POST"])
@access(SIGNED_IN)
def send_own_proof(order_id: int) -> ResponseReturnValue:
    """Let a signed-in buyer say that he paid."""
    order = orders.get_order_for(current_user, order_id)
    return _send_proof(order, f"/pesanan/{order.id}")


@bp.route("/p/<token>/bukti", methods=["GET", "POST"])
@access(PUBLIC)
def send_proof(token: str) -> ResponseReturnValue:
    """Let whoever has the secret link of an order say that he paid."""
    order = orders.order_by_token(token)
    return _send_proof(order, f"/p/{order.token}")


def _send_proof(order: Order, back: str) -> ResponseReturnValue:
    bill = queries.bill_of(order)
    if bill is None or not (bill.takes_proof or bill.kept.may_be_sent):
        flash(_("This order waits for no payment now."), "info")
        return redirect(back)
    form = ProofForm()
    if form.validate_on_submit():
        with form_problems(form):
            _claim(bill, form)
        if not form.errors:
            flash(_("Thank you. We look at it and tell you here."), "good")
            return redirect(back)
    page = render_template("payments/proof.html", order=order, bill=bill, form=form, back=back)
    response = make_response(page, 422 if form.errors else 200)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _claim(bill: Bill, form: ProofForm) -> None:
    is_rest, payment_id, order_id = not bill.takes_proof, bill.payment.id, bill.order.id
    actor_id = current_user.id if current_user.is_authenticated else None
    image_id = proofs.keep_photo(form, actor_id)
    if is_rest:
        service.claim_rest(order_id, image_id, form.note.data, actor_id)
    else:
        service.claim(payment_id, image_id, form.note.data, actor_id)
