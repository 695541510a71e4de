"""Orders on the office's screens, and what makers have to prepare."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas import queries as areas
from ..groups.queries import today
from ..shared import clock, lists
from ..shared.errors import Forbidden
from ..shared.exports import Cell, Sheet
from ..shared.fields import BaseForm
from ..shared.i18n import Text, _, _l
from ..shared.money import format_rupiah
from ..shared.paging import paginate
from ..shared.policy import MAKERS, access, has_role, may, roles
from ..shared.problems import form_problems
from ..shared.web import fitting_ids
from . import adjustments, desk, fees, labels, rules, screens, service, sheets
from .forms import (
    MOST_TICKED,
    CancelForm,
    FeeForm,
    FilterForm,
    PickingForm,
    ReturnForm,
    SeveralForm,
    ShortForm,
    StepForm,
)
from .history import history_of, with_refunds
from .models import Order, OrderState
from .queries import OFFICE
from .rules import Action
from .way import stages

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
        flash(str(DONE[step]) % {"number": outcome.done[0]}, "good")
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
    return _page(order_id)


def _page(order_id: int, sent: BaseForm | None = None) -> ResponseReturnValue:
    """Show an order; of its forms the one that was sent keeps what was typed and says what is wrong."""
    order = screens.order_for(current_user, order_id)
    adjustments = screens.adjustments_of(order)
    names = screens.names_of(order, adjustments)
    at_desk = may(current_user, screens.DESK, area_code=order.regency_code)
    page = render_template(
        "orders/show.html",
        order=order,
        names=names,
        address=screens.address_of(order, names),
        steps=stages(order),
        adjustments=adjustments,
        history=with_refunds(order, history_of(order, adjustments)),
        is_unfetched=_is_unfetched(order),
        can=_possible(order) if at_desk else set(),
        forms=_forms(order, sent),
        sent=sent,
        back=lists.back(),
    )
    return page, 422 if sent is not None else 200


def _is_unfetched(order: Order) -> bool:
    waits = order.state is OrderState.READY and not order.is_covered
    return waits and order.expires_at is not None and order.expires_at < clock.now()


def _possible(order: Order) -> set[str]:
    """Return what the desk may do with an order now, by the names the page uses."""
    shipped = rules.needs_shipping(order.delivery_method)
    can = {action.value for action in Action if rules.allows(order.state, action)}
    if order.state is OrderState.PROCESSING:
        can.add("short")
    if not order.is_covered or not shipped:
        can.discard("ship")
    if not order.is_covered or (shipped and order.state is OrderState.READY):
        can.discard("hand_over")
    return can


def _forms(order: Order, sent: BaseForm | None) -> dict[str, BaseForm]:
    """Return the page's forms by the prefix of their fields' names."""
    short = sent if isinstance(sent, ShortForm) else ShortForm(formdata=None, prefix="short")
    short.show(order)
    return {
        "step": sent if isinstance(sent, StepForm) else StepForm(formdata=None, prefix="step"),
        "cancel": sent if isinstance(sent, CancelForm) else CancelForm(formdata=None, prefix="cancel"),
        "short": short,
        "back": sent if isinstance(sent, ReturnForm) else ReturnForm(formdata=None, prefix="back"),
    }


def _carried_out(order_id: int, form: BaseForm, act: Callable[[], object], done: Text) -> ResponseReturnValue:
    """Do what a form asks of an order of the desk's area, and show the order again; `done` names its number."""
    order = screens.order_for(current_user, order_id)
    if not may(current_user, screens.DESK, area_code=order.regency_code):
        raise Forbidden
    if form.validate_on_submit():
        with form_problems(form):
            act()
        if not form.errors:
            flash(" ".join([str(done) % {"number": order.number}, *_what_of_money(order_id)]), "good")
            return redirect(lists.back() or url_for("orders.show", order_id=order_id))
    return _page(order_id, form)


def _what_of_money(order_id: int) -> list[str]:
    """Say what the last thing that happened to an order means for its money."""
    order = screens.order_for(current_user, order_id)
    last = history_of(order, screens.adjustments_of(order))[0]
    to_pay = _("To pay: %(amount)s.", amount=format_rupiah(order.due_amount))
    said = [last.money, to_pay if order.paid_at is None and not order.closed_at else ""] if last.money else []
    return [text for text in said if text]


DONE: dict[str, Text] = {
    "pack": _l("Order %(number)s is packed."),
    "ship": _l("Order %(number)s is on its way."),
    "hand_over": _l("Order %(number)s is handed over."),
    "cancel": _l("Order %(number)s is cancelled."),
    "short": _l("Left out of order %(number)s."),
    "return": _l("Order %(number)s was taken back."),
}
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
    return _carried_out(order_id, form, lambda: doing[form.step.data](), DONE.get(form.step.data, ""))


@bp.route("/dinas/pesanan/<id:order_id>/batal", methods=["POST"])
@access(DESK)
def cancel(order_id: int) -> ResponseReturnValue:
    """Cancel an order that has not reached its buyer."""
    form = CancelForm(prefix="cancel")

    def act() -> None:
        adjustments.cancel(order_id, by_buyer=False, reason=form.reason.data, actor_id=current_user.id)

    return _carried_out(order_id, form, act, DONE["cancel"])


@bp.route("/dinas/pesanan/<id:order_id>/kurang", methods=["POST"])
@access(DESK)
def short(order_id: int) -> ResponseReturnValue:
    """Leave out what cannot be delivered."""
    form = ShortForm(prefix="short")

    def act() -> None:
        desk.short_ship(
            form.key.data, order_id, form.line_id.data, form.quantity.data, form.reason.data, current_user.id
        )

    return _carried_out(order_id, form, act, DONE["short"])


@bp.route("/dinas/pesanan/<id:order_id>/kembali", methods=["POST"])
@access(DESK)
def take_back(order_id: int) -> ResponseReturnValue:
    """Take a delivered order back."""
    form = ReturnForm(prefix="back")

    def act() -> None:
        adjustments.take_return(
            order_id, restock=bool(form.restock.data), reason=form.reason.data, actor_id=current_user.id
        )

    return _carried_out(order_id, form, act, DONE["return"])


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
