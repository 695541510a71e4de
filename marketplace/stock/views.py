"""The stock on screen: for the store's officers and mentors, and for the makers on their phones."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..catalog.models import Product
from ..catalog.queries import first_photos
from ..shared import lists
from ..shared.exports import Sheet
from ..shared.i18n import Text, _, _l
from ..shared.paging import paginate
from ..shared.policy import MAKERS, access, may, roles
from ..shared.problems import form_problems
from . import labels, screens, tasks
from .forms import FilterForm, TaskForm
from .tasks import Task

bp = Blueprint("stock", __name__)

OFFICERS = roles(screens.OFFICERS)


@bp.context_processor
def _context() -> dict[str, object]:
    return {"labels": labels}


@bp.route("/dinas/stok")
@access(OFFICERS)
def index() -> ResponseReturnValue:
    """Show what is there of every product, at the makers and in the store."""
    form = FilterForm()
    form.fill(screens.groups_to_choose(current_user))
    statement = screens.list_for_officer(current_user, form.filters())
    if lists.wants_file() and not form.errors:
        return lists.file("stok", _sheet(lists.rows_of(statement, scalars=False)))
    page = paginate(statement, scalars=False)
    shown = render_template("stock/index.html", page=page, form=form, file_url=lists.file_url())
    return shown, 422 if form.errors else 200


def _sheet(rows: list[Any]) -> Sheet:
    places = (_l("At the makers"), _l("In the store"), _l("Kept for orders"), _l("Free to sell"))
    counts = [(row.at_makers, row.in_store, row.held, row.free) for row in rows]
    named = [(row.name, row.group_name, row.unit, *count) for row, count in zip(rows, counts, strict=True)]
    return Sheet(_("Stock"), (_l("Product"), _l("KUBE"), _l("Sold per"), *places), named)


@bp.route("/dinas/stok/<id:product_id>", methods=["GET", "POST"])
@access(OFFICERS)
def show(product_id: int) -> ResponseReturnValue:
    """Show where a product lies and how it moved; write down what happened to it."""
    product = screens.goods_for(current_user, product_id, screens.OFFICERS)
    at_desk = may(current_user, screens.DESK, area_code=product.district_code)
    form = TaskForm()
    if _recorded(form, product, labels.TASKS if at_desk else labels.MENTOR_TASKS):
        flash(_("Written down: %(name)s.", name=product.name), "good")
        return redirect(lists.back() or url_for("stock.show", product_id=product_id))
    return _product_page("stock/show.html", product, form)


def _recorded(form: TaskForm, product: Product, allowed: Mapping[Task, Text]) -> bool:
    """Record what was sent, if it could be; the form is ready to be shown again otherwise."""
    form.offer(allowed)
    product_id = product.id
    if form.validate_on_submit():
        with form_problems(form):
            tasks.record(form.key.data, form.done(product_id), current_user.id)
        if not form.errors:
            return True
    form.renew_key()
    return False


def _product_page(template: str, product: Product, form: TaskForm) -> ResponseReturnValue:
    levels, history = screens.levels_by_place(product.id), screens.history(product.id)
    page = render_template(template, product=product, form=form, levels=levels, history=history, back=lists.back())
    return page, 422 if form.errors else 200


@bp.route("/penjual/stok")
@access(roles(MAKERS))
def mine() -> str:
    """Show a maker his goods, each with buttons for more and fewer."""
    form = TaskForm()
    form.renew_key()
    written = request.args.get("ditulis", 0, type=int)
    page = screens.list_for_maker(current_user)
    photos = first_photos({row.id: row.name for row in page.items})
    return render_template("stock/mine.html", page=page, photos=photos, form=form, written=written)


@bp.route("/penjual/stok/<id:product_id>", methods=["GET", "POST"])
@access(roles(MAKERS))
def my_product(product_id: int) -> ResponseReturnValue:
    """Let a maker write down what he made or counted of one product."""
    product = screens.goods_for(current_user, product_id, MAKERS)
    form = TaskForm()
    if _recorded(form, product, labels.MAKER_TASKS):
        # Back to the very line he pressed in, which says that it is written down.
        page, line = request.args.get("page"), f"barang-{product_id}"
        return redirect(url_for("stock.mine", ditulis=product_id, page=page, _anchor=line))
    return _product_page("stock/my_product.html", product, form)
