"""The page of one order at the desk, with its forms."""

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..shared import clock, lists
from ..shared.errors import Forbidden
from ..shared.fields import BaseForm, options
from ..shared.i18n import Text, _, _l
from ..shared.money import format_rupiah
from ..shared.policy import may
from ..shared.problems import form_problems
from . import labels, proposals, rules, screens, substitutes
from .forms import CancelForm, PartForm, ReturnForm, ShortForm, StepForm, SubstituteForm
from .history import history_of, with_refunds
from .models import Order, OrderState, Substitute
from .rules import Action
from .way import stages

DONE: dict[str, Text] = {
    "pack": _l("Order %(number)s is packed."),
    "ship": _l("Order %(number)s is on its way."),
    "hand_over": _l("Order %(number)s is handed over."),
    "cancel": _l("Order %(number)s is cancelled."),
    "short": _l("Left out of order %(number)s."),
    "return": _l("Order %(number)s was taken back."),
    "substitute": _l("The buyer of order %(number)s is asked."),
    "question": _l("The question about order %(number)s was taken back."),
    "part": _l("Some of order %(number)s was taken back."),
}

ASKS = (DONE["substitute"], DONE["question"])
"""Questions to the buyer: nothing becomes of his money until he answers."""


def show(order_id: int, sent: BaseForm | None = None) -> ResponseReturnValue:
    """Show an order with what can be done to it now; of its forms the one that was sent says what is wrong."""
    order = screens.order_for(current_user, order_id)
    adjustments = screens.adjustments_of(order)
    names = screens.names_of(order, adjustments)
    asked = proposals.open_of(order_id) if order.state is OrderState.PROCESSING else []
    can = _possible(order, asked) if may(current_user, screens.DESK, area_code=order.regency_code) else set()
    page = render_template(
        "orders/show.html",
        labels=labels,
        order=order,
        names=names,
        address=screens.address_of(order, names),
        asked=asked,
        steps=stages(order),
        adjustments=adjustments,
        history=with_refunds(order, history_of(order, adjustments)),
        is_unfetched=_is_unfetched(order),
        can=can,
        has_parcel=any(line.recipe_id is not None and line.left for line in order.lines),
        forms=_forms(order, can, sent),
        sent=sent,
        back=lists.back(),
    )
    return page, 422 if sent is not None else 200


def _is_unfetched(order: Order) -> bool:
    waits = order.state is OrderState.READY and not order.is_covered
    return waits and order.expires_at is not None and order.expires_at < clock.now()


def _possible(order: Order, asked: list[Substitute]) -> set[str]:
    """Return what the desk may do with an order now, by the names the page uses."""
    shipped = rules.needs_shipping(order.delivery_method)
    can = {action.value for action in Action if rules.allows(order.state, action)}
    if order.state is OrderState.PROCESSING and order.billed_at is None:
        can.add("substitute")
    if order.state in rules.MAY_LEAVE_OUT:
        can.add("short")
    if asked:
        can.discard("pack")
    if not order.is_covered or not shipped:
        can.discard("ship")
    if not order.is_covered or (shipped and order.state is OrderState.READY):
        can.discard("hand_over")
    return can


def _forms(order: Order, can: set[str], sent: BaseForm | None) -> dict[str, BaseForm]:
    """Return the page's forms by the prefix of their fields' names."""
    short = sent if isinstance(sent, ShortForm) else ShortForm(formdata=None, prefix="short")
    part = sent if isinstance(sent, PartForm) else PartForm(formdata=None, prefix="part")
    other = sent if isinstance(sent, SubstituteForm) else SubstituteForm(formdata=None, prefix="other")
    other.offer(substitutes.choices(order) if "substitute" in can else [])
    short.line_id.choices = part.line_id.choices = options(screens.lines_left(order))
    other.line_id.choices = options(screens.lines_left(order, priced=True))
    return {
        "step": sent if isinstance(sent, StepForm) else StepForm(formdata=None, prefix="step"),
        "cancel": sent if isinstance(sent, CancelForm) else CancelForm(formdata=None, prefix="cancel"),
        "short": short,
        "part": part,
        "other": other,
        "back": sent if isinstance(sent, ReturnForm) else ReturnForm(formdata=None, prefix="back"),
    }


def carried_out(order_id: int, form: BaseForm, act: Callable[[], object], done: Text) -> ResponseReturnValue:
    """Do what a form asks of an order of the desk's area, and show the order again; `done` names its number."""
    order = screens.order_for(current_user, order_id)
    if not may(current_user, screens.DESK, area_code=order.regency_code):
        raise Forbidden
    if form.validate_on_submit():
        with form_problems(form):
            act()
        if not form.errors:
            of_money = _what_of_money(order_id) if done not in ASKS else []
            flash(" ".join([str(done) % {"number": order.number}, *of_money]), "good")
            return redirect(lists.back() or url_for("orders.show", order_id=order_id))
    return show(order_id, form)


def _what_of_money(order_id: int) -> list[str]:
    """Say what the last thing that happened to an order means for its money."""
    order = screens.order_for(current_user, order_id)
    last = history_of(order, screens.adjustments_of(order))[0]
    to_pay = _("To pay: %(amount)s.", amount=format_rupiah(order.due_amount))
    said = [last.money, to_pay if order.paid_at is None and not order.closed_at else ""] if last.money else []
    return [text for text in said if text]
