"""Orders on the office's screens, and what makers have to prepare."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas import queries as areas
from ..groups.queries import today
from ..shared import clock, lists
from ..shared.exports import Cell, Sheet
from ..shared.i18n import Text, _, _l
from ..shared.paging import paginate
from ..shared.policy import MAKERS, access, has_role, roles
from ..shared.problems import form_problems
from ..shared.web import fitting_ids
from . import desk, fees, labels, screens, service, sheets
from . import page as one_order
from .forms import (
    MOST_TICKED,
    CancelForm,
    FeeForm,
    FilterForm,
    PickingForm,
    SeveralForm,
    StepForm,
)
from .models import Order
from .queries import OFFICE

bp = Blueprint("orders", __name__)

DESK = roles(screens.DESK)


@bp.context_processor
def _context() -> dict[str, object]:
    return {"labels": labels}


@bp.route("/dinas/pesanan")
@access(roles(OFFICE))
def index() -> ResponseReturnValue:
    """Show the orders of the officer's area, the most urgent first."""
    form = FilterForm()
    filters = form.filters()
    statement = screens.list_for(current_user, filters)
    if lists.wants_file() and not form.errors:
        return lists.file_of_people("pesanan", _sheet(lists.rows_of(statement)), current_user.id)
    page, at_desk = paginate(statement), has_role(current_user, screens.DESK)
    step = desk.BULK.get(filters.state) if at_desk and filters.state else None
    takers = desk.takers(page.items, step)
    shown = render_template(
        "orders/index.html",
        page=page,
        form=form,
        counts=screens.counts(current_user),
        at_desk=at_desk,
        step=step if takers else None,
        takers=takers,
        several=SeveralForm(formdata=None),
        file_url=lists.file_url(),
    )
    return shown, 422 if form.errors else 200


def _sheet(orders: list[Order]) -> Sheet:
    heads = (_l("Order"), _l("Buyer"), _l("Office"), _l("Placed on"), _l("Promised for"), _l("Delivery"))
    money = (_l("Order total"), _l("Paid"), _l("State"))
    return Sheet(_("Orders"), (*heads, *money), [_row(order) for order in orders])


def _row(order: Order) -> tuple[Cell, ...]:
    zone = areas.time_zone(order.regency_code)
    what = str(labels.DELIVERIES[order.delivery_method])
    state = str(labels.badge_of(order.state, order.delivery_method)[0])
    placed = clock.local_date(order.placed_at, zone)
    paid = clock.local_date(order.paid_at, zone) if order.paid_at else None
    about = (order.number, order.buyer_name, order.buyer_office or "", placed, order.ready_on, what)
    return (*about, order.due_amount, paid, state)


@bp.route("/dinas/pesanan/beberapa", methods=["POST"])
@access(DESK)
def several() -> ResponseReturnValue:
    """Take the same step with the ticked orders, or show their packing sheets."""
    form = SeveralForm()
    if not form.validate_on_submit() or not form.ids():
        flash(_("Tick the orders first."), "warn")
    elif form.step.data == "print":
        return redirect(url_for("orders.sheets_of", id=form.ids()))
    else:
        _report(form.step.data, desk.take_steps(current_user, current_user.id, form.ids(), form.step.data))
    return redirect(lists.back() or url_for("orders.index"))


def _report(step: str, outcome: desk.Outcome) -> None:
    """Say what became of the ticked orders, and why some stayed as they were."""
    if len(outcome.done) == 1:
        flash(str(one_order.DONE[step]) % {"number": outcome.done[0]}, "good")
    elif outcome.done:
        flash(f"{DONE_SEVERAL[step]} {', '.join(outcome.done)}", "good")
    for reason, numbers in outcome.refused.items():
        flash(_("Not done: %(numbers)s. %(reason)s", numbers=", ".join(numbers), reason=reason), "warn")


@bp.route("/dinas/pesanan/tidak-diambil")
@access(DESK)
def unfetched() -> ResponseReturnValue:
    """Show the cash orders that nobody came for, each with the one thing to do about it."""
    statement = screens.unfetched(current_user)
    if lists.wants_file():
        return lists.file_of_people("tidak-diambil", _sheet(lists.rows_of(statement)), current_user.id)
    return render_template(
        "orders/unfetched.html",
        page=paginate(statement),
        form=CancelForm(formdata=None, prefix="cancel"),
        file_url=lists.file_url(),
    )


@bp.route("/dinas/pesanan/<id:order_id>")
@access(roles(OFFICE))
def show(order_id: int) -> ResponseReturnValue:
    """Show an order with what can be done to it now."""
    return one_order.show(order_id)


DONE_SEVERAL: dict[str, Text] = {
    "pack": _l("These orders are packed:"),
    "ship": _l("These orders are on their way:"),
    "hand_over": _l("These orders are handed over:"),
}


@bp.route("/dinas/pesanan/<id:order_id>/langkah", methods=["POST"])
@access(DESK)
def step(order_id: int) -> ResponseReturnValue:
    """Pack, send or hand over an order."""
    form = StepForm(prefix="step")
    doing: dict[str, Callable[[], object]] = {
        "pack": lambda: service.pack(order_id, current_user.id),
        "ship": lambda: service.ship(order_id, current_user.id),
        "hand_over": lambda: desk.hand_over(order_id, form.code.data, current_user.id),
    }
    done = one_order.DONE.get(form.step.data, "")
    return one_order.carried_out(order_id, form, lambda: doing[form.step.data](), done)


@bp.route("/dinas/pesanan/ambil")
@access(DESK)
def picking() -> ResponseReturnValue:
    """Show what to fetch of every maker for the orders in preparation, to be printed."""
    form = PickingForm()
    shown = render_template("orders/picking.html", form=form, stops=sheets.picking(current_user, form.day()))
    return shown, 422 if form.errors else 200


@bp.route("/dinas/pesanan/<id:order_id>/kemas")
@access(DESK)
def packing(order_id: int) -> str:
    """Show what goes into an order, its single goods and then parcel by parcel, to be printed."""
    return _sheets([screens.order_for(current_user, order_id)])


@bp.route("/dinas/pesanan/kemas")
@access(DESK)
def sheets_of() -> str:
    """Show the packing sheets of several orders, each on a page of its own when printed."""
    asked = request.args.getlist("id", type=int)[:MOST_TICKED]
    return _sheets(screens.orders_at_desk(current_user, fitting_ids(asked)))


def _sheets(orders: list[Order]) -> str:
    names = screens.names_on_sheets(orders)
    return render_template(
        "orders/packing.html",
        orders=orders,
        names=names,
        addresses={order.id: screens.address_of(order, names) for order in orders},
        places=sheets.places_of(orders),
    )


@bp.route("/penjual/pesanan")
@access(roles(MAKERS))
def to_prepare() -> str:
    """Show a maker what to have ready by which day."""
    return render_template("orders/to_prepare.html", page=sheets.to_prepare(current_user), today=today())


@bp.route("/dinas/ongkir", methods=["GET", "POST"])
@access(roles(fees.SETTERS))
def delivery_fees() -> ResponseReturnValue:
    """Show and set what bringing an order to each district costs."""
    districts = fees.districts_of(current_user)
    form = FeeForm()
    form.offer(districts)
    if form.validate_on_submit() and _fee_set(form):
        return redirect(url_for("orders.delivery_fees"))
    return _fees_page(form), 422 if form.errors else 200


def _fee_set(form: FeeForm) -> bool:
    fees.check_may_set(current_user, form.district.data)
    with form_problems(form):
        fees.set_fee(form.district.data, form.amount.data, form.effective_from.data, form.source.data, current_user.id)
    if not form.errors:
        flash(_("Saved."), "good")
    return not form.errors


def _fees_page(form: FeeForm) -> str:
    districts = fees.districts_of(current_user)
    history = fees.history_of([area.code for area in districts])
    rows: list[dict[str, Any]] = []
    for area in districts:
        today = clock.today(areas.time_zone(area.code))
        rows.append({"area": area, "now": fees.in_force(history[area.code], today), "fees": history[area.code]})
    return render_template("orders/fees.html", form=form, rows=rows)
