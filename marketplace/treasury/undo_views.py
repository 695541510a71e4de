"""The treasurer takes a payment back that he booked by mistake, or reads why that cannot be."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..payments import labels, queries, rules
from ..payments import undoing as payments
from ..payments.queries import TREASURERS
from ..payments.rules import WayBack
from ..shared.i18n import _
from ..shared.policy import Role, access, may, roles
from ..shared.problems import form_problems
from . import undoing
from .forms import UndoForm

bp = Blueprint("payment_undo", __name__)

READERS = TREASURERS | {Role.HEAD}
"""Some of it is brought before the head: he reads what stands, and why."""


@bp.route("/dinas/pembayaran/<id:payment_id>/tarik-kembali", methods=["GET", "POST"])
@access(roles(READERS))
def take_back(payment_id: int) -> ResponseReturnValue:
    """Say what taking a payment back means, also to the head; the treasurer does it with a reason."""
    who = TREASURERS if request.method == "POST" else READERS
    payment, form = queries.get_payment_for(current_user, payment_id, who), UndoForm()
    if form.validate_on_submit():
        with form_problems(form):
            undoing.take_back(payment_id, form.why.data, current_user.id)
        if not form.errors:
            flash(_("Taken back: an entry the other way is in the journal."), "good")
            return redirect(url_for("payment_desk.show", payment_id=payment_id))
        payment = queries.get_payment_for(current_user, payment_id)
    way = payments.way_of(payment)
    page = render_template(
        "treasury/take_back.html",
        payment=payment,
        form=form,
        means=labels.WAYS_BACK[way] if way else _("This payment cannot be taken back: nobody confirmed it here."),
        is_possible=way in rules.POSSIBLE,
        is_given_back=way is WayBack.GIVEN_BACK,
        may_act=may(current_user, TREASURERS, area_code=payment.order.regency_code),
    )
    return page, 422 if form.is_submitted() else 200
