"""The counter: cash against goods."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..ledger.scope import working_area
from ..shared.errors import InvalidInput, NotFound
from ..shared.i18n import _
from ..shared.money import format_rupiah
from ..shared.paging import paginate
from ..shared.policy import access, roles
from ..shared.problems import form_problems
from . import queries, service
from .forms import CashForm, SearchForm
from .models import Payment
from .queries import COUNTER

bp = Blueprint("counter", __name__)


@bp.route("/dinas/loket")
@access(roles(COUNTER))
def index() -> str:
    """Show the orders that are paid in cash when they are picked up."""
    form = SearchForm()
    form.q.label.text = _("Name, order number or pick-up code")
    page = paginate(queries.cash_to_collect(working_area(current_user, COUNTER), form.text()))
    return render_template("payments/counter.html", page=page, form=form)


@bp.route("/dinas/loket/<id:payment_id>", methods=["GET", "POST"])
@access(roles(COUNTER))
def collect(payment_id: int) -> ResponseReturnValue:
    """Take the cash and hand the order over."""
    payment = queries.get_payment_for(current_user, payment_id, COUNTER)
    if payment.provider != service.CASH.code:
        raise NotFound
    form = CashForm()
    if form.validate_on_submit():
        with form_problems(form):
            _check_code(payment, form)
            change = service.collect_cash(payment_id, form.handed.data, current_user.id)
            flash(_("Handed over. Give back: %(change)s.", change=format_rupiah(change)), "good")
        if not form.errors:
            return redirect(url_for("counter.index"))
    page = render_template("payments/collect.html", payment=payment, order=payment.order, form=form)
    return page, 422 if form.errors else 200


def _check_code(payment: Payment, form: CashForm) -> None:
    if form.pickup_code.data != payment.order.pickup_code:
        raise InvalidInput(_("This is not the code of this order."), field="pickup_code")
