"""What the desk does when an order does not go as it was placed: cancel, leave out, take back."""

import datetime as dt

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..shared import clock
from ..shared.fields import BaseForm
from ..shared.policy import access, roles
from . import adjustments, desk, proposals, returns, screens, substitutes
from .forms import CancelForm, PartForm, ReturnForm, ShortForm, SubstituteForm
from .page import DONE, carried_out
from .substitutes import Proposal

bp = Blueprint("order_changes", __name__)

DESK = roles(screens.DESK)


@bp.route("/dinas/pesanan/<id:order_id>/batal", methods=["POST"])
@access(DESK)
def cancel(order_id: int) -> ResponseReturnValue:
    """Cancel an order that has not reached its buyer."""
    form = CancelForm(prefix="cancel")

    def act() -> None:
        adjustments.cancel(order_id, by_buyer=False, reason=form.reason.data, actor_id=current_user.id)

    return carried_out(order_id, form, act, DONE["cancel"])


@bp.route("/dinas/pesanan/<id:order_id>/kurang", methods=["POST"])
@access(DESK)
def short(order_id: int) -> ResponseReturnValue:
    """Leave out what cannot be delivered."""
    form = ShortForm(prefix="short")

    def act() -> None:
        desk.short_ship(
            form.key.data, order_id, form.line_id.data, form.quantity.data, form.reason.data, current_user.id
        )

    return carried_out(order_id, form, act, DONE["short"])


@bp.route("/dinas/pesanan/<id:order_id>/kembali", methods=["POST"])
@access(DESK)
def take_back(order_id: int) -> ResponseReturnValue:
    """Take a delivered order back."""
    form = ReturnForm(prefix="back")

    def act() -> None:
        returns.take_return(
            order_id, restock=bool(form.restock.data), reason=form.reason.data, actor_id=current_user.id
        )

    return carried_out(order_id, form, act, DONE["return"])


@bp.route("/dinas/pesanan/<id:order_id>/kembali-sebagian", methods=["POST"])
@access(DESK)
def take_some_back(order_id: int) -> ResponseReturnValue:
    """Take some of a line of a delivered order back."""
    form = PartForm(prefix="part")

    def act() -> None:
        destroyed = form.destroyed.data or 0
        line_id, quantity, reason = form.line_id.data, form.quantity.data, form.reason.data
        desk.take_some(form.key.data, order_id, line_id, quantity, destroyed, reason, current_user.id)

    return carried_out(order_id, form, act, DONE["part"])


@bp.route("/dinas/pesanan/<id:order_id>/pengganti", methods=["POST"])
@access(DESK)
def ask(order_id: int) -> ResponseReturnValue:
    """Ask the buyer whether another product may come in the place of what is missing."""
    form = SubstituteForm(prefix="other")

    def act() -> None:
        until = clock.now() + dt.timedelta(hours=form.hours.data)
        asked = Proposal(form.line_id.data, form.quantity.data, form.product_id.data, form.reason.data, until)
        substitutes.propose(form.key.data, order_id, asked, current_user.id)

    return carried_out(order_id, form, act, DONE["substitute"])


@bp.route("/dinas/pesanan/<id:order_id>/pengganti/<id:substitute_id>/tarik", methods=["POST"])
@access(DESK)
def take_question_back(order_id: int, substitute_id: int) -> ResponseReturnValue:
    """Take a question to the buyer back."""
    screens.order_for(current_user, order_id)
    proposals.of_order(order_id, substitute_id)
    return carried_out(order_id, BaseForm(), lambda: substitutes.withdraw(order_id, substitute_id), DONE["question"])
