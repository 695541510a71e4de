"""A tent on its market day: what it has, its loading lists, its change money."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..shared import lists, once
from ..shared.exports import Cell, Sheet
from ..shared.fields import BaseForm
from ..shared.i18n import _, _l
from ..shared.policy import access, may, roles
from ..shared.problems import form_problems
from ..stock.models import MovementReason
from . import closing, loading, stall_labels, stall_queries, stall_rules
from .closing import CONFIRMERS, TREASURERS
from .goods_models import LoadState
from .models import Stall
from .problems import SeveralProblems
from .stall_forms import FloatForm, LateForm, WriteOffForm, plan_form, sign_form, write_off_form
from .stall_rules import Deed
from .stalls import MANAGERS, SEERS, area_of, get_stall_for

bp = Blueprint("stall_goods", __name__)


@bp.context_processor
def _context() -> dict[str, object]:
    return {"labels": stall_labels, "Deed": Deed, "allows": stall_rules.allows}


def rights_in(stall: Stall) -> dict[str, bool]:
    """Return what the signed-in person may do with a tent, whatever its state."""
    area_code = area_of(stall)
    wanted = {"may_load": MANAGERS, "may_pay": TREASURERS, "may_confirm": CONFIRMERS}
    return {name: may(current_user, some, area_code=area_code) for name, some in wanted.items()}


@bp.route("/dinas/pasar/tenda/<id:stall_id>/barang")
@access(roles(SEERS))
def show(stall_id: int) -> ResponseReturnValue:
    """Show what a tent has now, its lists and its money."""
    stall = get_stall_for(current_user, stall_id)
    if lists.wants_file():
        return lists.file(f"tenda-{stall_id}", _sheet(stall))
    return _page(stall)


def _sheet(stall: Stall) -> Sheet:
    rows: list[tuple[Cell, ...]] = [
        (row.group, row.name, row.unit, row.price, row.there) for row in stall_queries.goods_at(stall.location_id)
    ]
    heads = (_l("KUBE"), _l("Product"), _l("Unit"), _l("Price"), _l("There now"))
    return Sheet(_("Goods in the tent"), heads, rows)


def _page(stall: Stall, sent: BaseForm | None = None) -> ResponseReturnValue:
    """Show the page; of its forms the one that was sent says what is wrong."""
    goods = stall_queries.goods_at(stall.location_id)
    forms: dict[str, BaseForm] = {
        "out": write_off_form(goods, formdata=None),
        "change": FloatForm(formdata=None),
        "late": LateForm(formdata=None),
    }
    if sent is not None:
        forms[_NAMES[type(sent)]] = sent
    page = render_template(
        "tent_market/stall.html",
        stall=stall,
        goods=goods,
        loads=stall_queries.loads_of(stall.id),
        drawer=stall_queries.drawer_of(stall),
        phones=stall_queries.unsynced(stall.id),
        forms=forms,
        sent=sent,
        file_url=lists.file_url(),
        **rights_in(stall),
    )
    return page, 422 if sent is not None else 200


_NAMES: dict[type[BaseForm], str] = {WriteOffForm: "out", FloatForm: "change", LateForm: "late"}


@bp.route("/dinas/pasar/tenda/<id:stall_id>/keluar", methods=["POST"])
@access(roles(MANAGERS))
def write_off(stall_id: int) -> ResponseReturnValue:
    """Write down what spoiled or was given away."""
    stall = get_stall_for(current_user, stall_id, MANAGERS)
    form = write_off_form(stall_queries.goods_at(stall.location_id))
    if form.validate_on_submit():
        product_id, reason = int(form.product.data), MovementReason(form.what.data)
        given: tuple[Any, ...] = (stall_id, product_id, form.quantity.data, reason, form.note.data, current_user.id)

        def act() -> int:
            loading.write_off(*given)
            return stall_id

        with form_problems(form):
            once.only("stall_out", form.key.data, given, act)
        if not form.errors:
            flash(_("Written down."), "good")
            return _back(stall_id)
    return _page(get_stall_for(current_user, stall_id, MANAGERS), form)


def _back(stall_id: int) -> ResponseReturnValue:
    return redirect(url_for("stall_goods.show", stall_id=stall_id))


@bp.route("/dinas/pasar/tenda/<id:stall_id>/modal", methods=["POST"])
@access(roles(TREASURERS))
def put_float(stall_id: int) -> ResponseReturnValue:
    """Put change money into the drawer."""
    get_stall_for(current_user, stall_id, TREASURERS)
    form = FloatForm()
    if form.validate_on_submit():
        given = (stall_id, form.amount.data, current_user.id)
        with form_problems(form):
            once.only("stall_float", form.key.data, given, lambda: closing.put_float(*given).id)
        if not form.errors:
            flash(_("The change money is in the drawer."), "good")
            return _back(stall_id)
    return _page(get_stall_for(current_user, stall_id, TREASURERS), form)


@bp.route("/dinas/pasar/tenda/<id:stall_id>/susulan", methods=["POST"])
@access(roles(TREASURERS))
def hand_in_late(stall_id: int) -> ResponseReturnValue:
    """Write down money that was brought after the close."""
    get_stall_for(current_user, stall_id, TREASURERS)
    form = LateForm()
    if form.validate_on_submit():
        given = (stall_id, form.amount.data, form.note.data, current_user.id)
        with form_problems(form):
            once.only("stall_late", form.key.data, given, lambda: closing.hand_in_late(*given).id)
        if not form.errors:
            flash(_("The money is in the office's cash."), "good")
            return _back(stall_id)
    return _page(get_stall_for(current_user, stall_id, TREASURERS), form)


@bp.route("/dinas/pasar/tenda/<id:stall_id>/muat", methods=["GET", "POST"])
@access(roles(MANAGERS))
def plan(stall_id: int) -> ResponseReturnValue:
    """Write a loading list; how many fit is suggested."""
    stall = get_stall_for(current_user, stall_id, MANAGERS)
    goods, parcels = loading.goods_for(stall), stall_queries.parcels_of(area_of(stall))
    form = plan_form(goods, parcels)
    if form.validate_on_submit():
        given = (stall_id, form.chosen("plan-"), form.chosen("parcel-"), current_user.id)
        load_id = None
        with form_problems(form):
            load_id = once.only("stall_list", form.key.data, given, lambda: loading.list_goods(*given).id)
        if load_id is not None:
            flash(_("The list is ready: count out and sign."), "good")
            return redirect(url_for("stall_goods.load", load_id=load_id))
        stall = get_stall_for(current_user, stall_id, MANAGERS)
        goods, parcels = loading.goods_for(stall), stall_queries.parcels_of(area_of(stall))
    listed = [load for load in stall_queries.loads_of(stall_id) if load.state is LoadState.LISTED]
    page = render_template("tent_market/plan.html", stall=stall, form=form, goods=goods, parcels=parcels, listed=listed)
    return page, 422 if form.errors else 200


@bp.route("/dinas/pasar/muat/<id:load_id>", methods=["GET", "POST"])
@access(roles(SEERS))
def load(load_id: int) -> ResponseReturnValue:
    """Show a loading list, count it out and sign for it; printed it is the sheet to count by."""
    found = stall_queries.get_load_for(current_user, load_id, SEERS if request.method == "GET" else MANAGERS)
    form = sign_form(found)
    if form.validate_on_submit() and _signed(load_id, form):
        flash(_("The goods are in the tent."), "good")
        return _back(found.stall_id)
    if form.is_submitted():
        found = stall_queries.get_load_for(current_user, load_id)
    page = render_template("tent_market/load.html", load=found, stall=found.stall, form=form, **rights_in(found.stall))
    return page, 422 if form.errors else 200


def _signed(load_id: int, form: Any) -> bool:
    with form_problems(form):
        try:
            loading.sign(load_id, form.counted(), form.signature(), current_user.id)
        except SeveralProblems as error:
            error.mark(form)
            raise
    return not form.errors


@bp.route("/dinas/pasar/muat/<id:load_id>/batal", methods=["POST"])
@access(roles(MANAGERS))
def drop(load_id: int) -> ResponseReturnValue:
    """Give up a loading list."""
    found = stall_queries.get_load_for(current_user, load_id, MANAGERS)
    stall_id = found.stall_id
    form = BaseForm()
    if form.validate_on_submit():
        loading.drop(load_id, current_user.id)
        flash(_("The list is dropped."), "good")
    return _back(stall_id)
