"""The basket, and the one page that turns it into an order."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas.pickup import place_of
from ..areas.queries import time_zone, visited_code
from ..orders.models import DeliveryMethod, Order
from ..payments.providers import available
from ..shared import clock, undo, unfinished
from ..shared.errors import NotFound, StateConflict
from ..shared.fields import BaseForm
from ..shared.i18n import _
from ..shared.policy import PUBLIC, access
from ..shared.problems import form_problems
from . import queries, service, visitor
from .forms import CheckoutForm, basket_form
from .queries import Contents, Line
from .service import Thing
from .summary import Summary, summary_of

TAKEN_OUT = re.compile(r"(?P<kind>product|parcel)-(?P<id>[0-9]{1,18}):(?P<quantity>[1-9][0-9]{0,3})")
"""A line of the basket and how many it held, as the message names what was taken out."""
bp = Blueprint("basket", __name__)
unfinished.WAYS_BACK["/bayar"] = ("go", "back")  # its basket may have gone with the session


@bp.route("/keranjang", methods=["GET", "POST"])
@access(PUBLIC)
def basket() -> ResponseReturnValue:
    """Show the basket; a POST changes quantities or takes one thing out."""
    found = queries.contents(visitor.owner())
    form = basket_form(found.lines)
    things = {line.name: Thing(line.product_id, line.parcel_id) for line in found.lines}
    removed = things.get(request.form.get("remove", ""))
    if removed is not None:  # what was typed for the others need not be right
        return _taken_out(next(line for line in found.lines if things[line.name] == removed), removed)
    if "undo" in request.form:
        return _put_back(request.form["undo"])
    if things and form.validate_on_submit():
        wanted = {thing: form[name].data for name, thing in things.items() if form[name].data is not None}
        with form_problems(form):
            visitor.remember(service.set_quantities(visitor.owner(), wanted))
            return _next_page(found, wanted)
    if not form.is_submitted():
        visitor.recount(len(found.lines))
    return render_template("storefront/basket.html", basket=found, form=form), 422 if form.is_submitted() else 200


def _taken_out(line: Line, thing: Thing) -> ResponseReturnValue:
    visitor.remember(service.set_quantities(visitor.owner(), {thing: 0}))
    _offer_back(line)
    return redirect("/keranjang")


def _offer_back(line: Line) -> None:
    undo.offer(_("%(name)s is taken out.", name=line.sold.name), "/keranjang", f"{line.name}:{line.quantity}")


def _put_back(what: str) -> ResponseReturnValue:
    """Put in again what was taken out a moment ago, as its message names it."""
    named = TAKEN_OUT.fullmatch(what)
    if named is None:
        raise NotFound
    number = int(named["id"])
    thing = Thing(product_id=number) if named["kind"] == "product" else Thing(parcel_id=number)
    form = BaseForm()
    with form_problems(form):
        visitor.remember(service.add(visitor.owner(), thing, int(named["quantity"])))
    for message in form.form_errors or [_("It is in your basket again.")]:
        flash(message, "warn" if form.form_errors else "good")
    return redirect("/keranjang")


def _next_page(before: Contents, wanted: Mapping[Thing, int]) -> ResponseReturnValue:
    """Go on with the numbers that were saved; a script that sent them gets what they changed on its page."""
    gone = [line for line in before.lines if wanted.get(Thing(line.product_id, line.parcel_id)) == 0]
    for line in gone:
        _offer_back(line)
    if "X-Part" in request.headers:
        now = queries.contents(visitor.owner())
        is_as_shown = [line.name for line in now.lines] == [line.name for line in before.lines]
        return render_template("storefront/_basket_parts.html", basket=now) if is_as_shown else ("", 205)
    if request.form.get("go") == "checkout" and len(gone) < len(before.lines):
        return redirect("/bayar")
    if not gone:
        flash(_("Saved."), "good")
    return redirect("/keranjang")


@bp.route("/bayar", methods=["GET", "POST"])
@access(PUBLIC)
def checkout() -> ResponseReturnValue:
    """Take everything an order needs, after it said what that costs; the same form sent twice makes one order."""
    found, last = queries.contents_and_last_order(visitor.owner(), visitor.kept_order())
    brought_back = _brought_back() if request.method == "POST" and not found.lines else None
    found = brought_back or found
    form = _checkout_form(found)
    if last is not None and not form.is_submitted():
        form.fill_in(last)
    is_asking = brought_back is not None or request.form.get("go") in ("count", "back")
    if not is_asking and form.validate_on_submit():
        with form_problems(form), _changes_of(form):
            return _to_order(service.checkout(visitor.owner(), form.read(_user_id())), keep=form.keep.data)
    if found.is_short and not form.is_submitted():
        return redirect("/keranjang")  # where it says what cannot be had, and is changed
    made = queries.order_made_with(form.key.data) if form.is_submitted() else None
    if form.errors:
        found = queries.contents(visitor.owner())  # as it is after what went wrong
    if made is not None or not found.lines:
        # Where the answer to an order was lost on its way, no form is left to send again: its key is known here.
        return _nothing_to_order(made or queries.order_made_with(visitor.shown_checkout()))
    visitor.show_checkout(found.key)
    return _checkout_page(found, form), 422 if form.is_submitted() and not is_asking else 200


def _brought_back() -> Contents | None:
    """Return the basket of a form that outlived the session which held it, as its buyer saw it; None if it is gone."""
    seen, key = request.form.get("seen", ""), request.form.get("key", "")
    if "X-Part" in request.headers or unfinished.is_shown_again() or queries.order_made_with(key) is not None:
        return None
    basket = service.bring_back(visitor.owner(), seen)
    if basket is None:
        return None
    visitor.remember(basket)
    flash(_("Nothing was sent yet. Look it over, then send it."), "warn")
    return queries.contents(visitor.owner())


@contextmanager
def _changes_of(form: CheckoutForm) -> Iterator[None]:
    """Mark on the form that nothing on it is wrong: something else is not as its buyer saw it."""
    try:
        yield
    except StateConflict:
        form.is_overtaken = True
        raise


def _nothing_to_order(made: Order | None) -> ResponseReturnValue:
    """Say that the basket was ordered before, or is empty; a script that asks for sums shows the whole page anew."""
    if "X-Part" in request.headers:
        return "", 409
    if made is not None:
        _remember(made)
        return render_template("storefront/already.html", order=made, url=order_url(made)), 409
    if request.method == "POST":
        flash(_("Your basket is empty now, so nothing was ordered. Choose again what you want."), "warn")
    else:
        flash(_("Your basket is empty."))
    return redirect("/keranjang")


def _checkout_page(found: Contents, form: CheckoutForm) -> str:
    """Draw the form with its sums, or these alone where a script asks for them."""
    summary = _summary(found, form)
    form.show_again(found.key, found.written, summary)
    name = "storefront/_sums.html" if "X-Part" in request.headers else "storefront/checkout.html"
    ready_on = queries.promised_day(found.regency_code, [line.sold for line in found.lines])
    place = place_of(found.regency_code)
    return render_template(name, basket=found, form=form, summary=summary, ready_on=ready_on, place=place)


def _summary(found: Contents, form: CheckoutForm) -> Summary:
    """Return the sums; at first sight by what the shop remembers of fees, which the order asks for anew."""
    if form.is_submitted():
        return summary_of(found, form.delivery_method.data, form.known_village)
    return Summary(found.goods_amount, form.known_fee)


def _checkout_form(found: Contents) -> CheckoutForm:
    regency = found.regency_code if found.lines else visited_code()
    known: dict[str, object] = {"keep": bool(visitor.kept_order())}
    if current_user.is_authenticated:
        known = {"name": current_user.name, "phone": current_user.phone, "office": current_user.office_name}
    form = CheckoutForm(data=known)
    form.offer(
        queries.fees(regency, clock.today(time_zone(regency))),
        queries.districts(regency),
        queries.villages(regency),
        # At pick-up every way to pay is open; the form says which of them fit no delivery.
        available(found.goods_amount or 1, DeliveryMethod.PICKUP, regency),
    )
    return form


def _user_id() -> int | None:
    return current_user.id if current_user.is_authenticated else None


def _to_order(order: Order, *, keep: bool) -> ResponseReturnValue:
    _remember(order, for_long=keep)
    visitor.show_checkout("")
    visitor.recount(queries.count_of(visitor.owner()))  # of a repeated form, the basket may hold new things
    return redirect(order_url(order), 303)


def _remember(order: Order, *, for_long: bool | None = None) -> None:
    if order.buyer_id is None:
        visitor.remember_order(order.token, for_long=for_long)


def order_url(order: Order) -> str:
    """Return where this visitor looks at an order: by its id if it is his account's, else by its secret link."""
    own = current_user.is_authenticated and order.buyer_id == current_user.id
    return f"/pesanan/{order.id}" if own else f"/p/{order.token}"
