"""Close a tent on screen: count it back, look at what differs, confirm as the second person."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..shared import lists
from ..shared.exports import Cell, Sheet
from ..shared.fields import BaseForm
from ..shared.i18n import _, _l
from ..shared.policy import access, may, roles
from ..shared.problems import form_problems
from . import closing, stall_labels, stall_queries, stall_rules
from .closing import CONFIRMERS, COUNTERS, Cash
from .models import Stall, StallState
from .problems import SeveralProblems
from .stall_forms import close_form
from .stall_rules import Deed
from .stall_views import rights_in
from .stalls import area_of, get_stall_for

bp = Blueprint("stall_close", __name__)


@bp.context_processor
def _context() -> dict[str, object]:
    return {"labels": stall_labels, "Deed": Deed, "allows": stall_rules.allows}


@bp.route("/dinas/pasar/tenda/<id:stall_id>/tutup", methods=["GET", "POST"])
@access(roles(COUNTERS))
def close(stall_id: int) -> ResponseReturnValue:
    """Count a tent back; once counted, show what was counted and what differs."""
    stall = get_stall_for(current_user, stall_id)
    if stall.state is not StallState.OPEN and request.method == "GET":
        return _counted(stall)
    goods = stall_queries.goods_at(stall.location_id)
    form = close_form(goods)
    if form.validate_on_submit() and _is_counted(stall_id, form, [row.id for row in goods]):
        flash(_("The tent is counted. Now a second person confirms it."), "good")
        return _here(stall_id)
    stall = get_stall_for(current_user, stall_id)
    page = render_template(
        "tent_market/close.html",
        stall=stall,
        form=form,
        goods=stall_queries.goods_at(stall.location_id),
        drawer=stall_queries.drawer_of(stall),
        phones=stall_queries.unsynced(stall_id),
        has_open_list=stall_queries.has_open_list(stall_id),
    )
    return page, 422 if form.errors else 200


def _here(stall_id: int) -> ResponseReturnValue:
    return redirect(url_for("stall_close.close", stall_id=stall_id))


def _is_counted(stall_id: int, form: Any, product_ids: list[int]) -> bool:
    cash = Cash(form.cash.data, form.cash_reason.data)
    with form_problems(form):
        try:
            closing.count(stall_id, form.tallies(product_ids), cash, form.to_group(product_ids), current_user.id)
        except SeveralProblems as error:
            error.mark(form)
            raise
    return not form.errors


def _counted(stall: Stall) -> ResponseReturnValue:
    counts = stall_queries.counts_of(stall.id)
    if lists.wants_file():
        return lists.file(f"tutup-tenda-{stall.id}", _sheet(counts, stall_queries.loaded_and_sold(stall)))
    return render_template(
        "tent_market/closed.html",
        stall=stall,
        counts=counts,
        moved=stall_queries.loaded_and_sold(stall),
        drawer=stall_queries.drawer_of(stall),
        phones=stall_queries.unsynced(stall.id),
        moves=stall_queries.money_moves(stall.id),
        is_own=stall.counted_by_id == current_user.id,
        form=BaseForm(formdata=None),
        file_url=lists.file_url(),
        **rights_in(stall),
    )


def _sheet(counts: list[Any], moved: Mapping[int, tuple[int, int]]) -> Sheet:
    heads = (
        *(_l("KUBE"), _l("Product"), _l("Unit"), _l("Brought"), _l("Sold"), _l("In or out otherwise"), _l("Should be")),
        *(
            _l("Left over"),
            _l("Spoiled"),
            _l("Given away"),
            _l("Missing"),
            _l("Found"),
            _l("Why"),
            _l("The rest goes to"),
        ),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            *(row.product.group.name, row.product.name, row.product.unit, *_moved(row, moved)),
            *(row.expected, row.back, row.spoiled, row.given, row.missing, row.found, row.note, row.target.name),
        )
        for row in counts
    ]
    return Sheet(_("Count of the tent"), heads, rows)


def _moved(row: Any, moved: Mapping[int, tuple[int, int]]) -> tuple[int, int, int]:
    """Return what was brought, what was sold, and what came or went otherwise: the three make what should be there."""
    brought, sold = moved.get(row.product_id, (0, 0))
    return brought, sold, row.expected - (brought - sold)


@bp.route("/dinas/pasar/tenda/<id:stall_id>/tutup/ulang", methods=["POST"])
@access(roles(COUNTERS))
def recount(stall_id: int) -> ResponseReturnValue:
    """Take a count back."""
    stall = get_stall_for(current_user, stall_id)
    is_confirmer = may(current_user, CONFIRMERS, area_code=area_of(stall))
    form = BaseForm()
    if form.validate_on_submit():
        closing.recount(stall_id, current_user.id, is_confirmer=is_confirmer)
        flash(_("The count is taken back. Count again."), "good")
    return _here(stall_id)


@bp.route("/dinas/pasar/tenda/<id:stall_id>/tutup/sahkan", methods=["POST"])
@access(roles(CONFIRMERS))
def confirm(stall_id: int) -> ResponseReturnValue:
    """Confirm a count as the second person: the tent is closed."""
    get_stall_for(current_user, stall_id, CONFIRMERS)
    form = BaseForm()
    if form.validate_on_submit():
        with form_problems(form):
            closing.confirm(stall_id, current_user.id)
        if not form.errors:
            flash(_("The tent is closed. What was left is back, and its cash is handed in."), "good")
    for message in form.form_errors:
        flash(message, "bad")
    return _here(stall_id)
