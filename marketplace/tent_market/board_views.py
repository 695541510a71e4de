"""The board of a market day, and its phones."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..payments.labels import PROVIDER_NAMES
from ..shared import lists
from ..shared.exports import Sheet
from ..shared.formats import number
from ..shared.i18n import _, _l
from ..shared.policy import access, may, roles
from ..shared.problems import form_problems
from . import board, devices, till_labels
from .devices import DECIDERS
from .rescue_forms import RevokeForm
from .stalls import SEERS, get_day_for

bp = Blueprint("market_board", __name__, url_prefix="/dinas/pasar")

REFRESH_SECONDS = 60


@bp.context_processor
def _labels() -> dict[str, object]:
    return {"labels": till_labels, "methods": PROVIDER_NAMES, "refresh": REFRESH_SECONDS}


@bp.route("/<id:day_id>/papan")
@access(roles(SEERS))
def show(day_id: int) -> ResponseReturnValue:
    """Show what each tent has left and sold, and when each phone was last in touch."""
    day = get_day_for(current_user, day_id)
    found = board.of_day(day)
    if lists.wants_file():
        return lists.file(f"papan-{day.held_on}", _sheet(found))
    return render_template("tent_market/board.html", day=day, board=found, file_url=lists.file_url())


def _sheet(found: board.Board) -> Sheet:
    heads = (
        _l("Tent"),
        _l("Groups"),
        _l("Still there"),
        _l("Sales"),
        _l("Sum"),
        _l("Cash"),
        _l("QRIS"),
        _l("To look at"),
    )
    rows = [
        (
            *(now.stall.tent.number, ", ".join(now.groups), _goods(now), now.sold.count, now.sold.amount),
            *(now.sold.by_method.get("tent_cash", 0), now.sold.by_method.get("qris", 0), now.waiting),
        )
        for now in found.tents
    ]
    return Sheet(_("Market day"), heads, rows)


def _goods(now: board.TentNow) -> str:
    return ", ".join(f"{number(count)} × {name}" for name, count in now.left)


@bp.route("/hp/<id:device_id>", methods=["GET", "POST"])
@access(roles(SEERS))
def phone(device_id: int) -> ResponseReturnValue:
    """Show what is known of a phone; a POST reports it as lost."""
    form = RevokeForm()
    device = devices.get_for(current_user, device_id, DECIDERS if form.is_submitted() else SEERS)
    if form.validate_on_submit():
        with form_problems(form):
            devices.revoke(device_id, form.reason.data, current_user.id)
        if not form.errors:
            flash(_("The phone is locked out. What it still sends waits on the list of sales to look at."), "good")
            return redirect(url_for("market_board.phone", device_id=device_id))
        device = devices.get_for(current_user, device_id)
    page = render_template(
        "tent_market/phone.html",
        now_known=board.phones([device])[0],
        device=device,
        form=form,
        may_decide=may(current_user, DECIDERS, area_code=device.day.site.area_code),
    )
    return page, 422 if form.errors else 200
