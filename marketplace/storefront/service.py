"""Fill baskets and turn them into orders."""

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from ..catalog.models import Product, ProductState
from ..extensions import db
from ..offices import ordering
from ..offices.ordering import Wish
from ..orders.models import Order
from ..orders.service import place_new
from ..orders.wanted import Buyer, Delivery, LineRequest, PlaceOrder
from ..parcels.models import Parcel, ParcelState
from ..payments import service as payments
from ..shared import clock, once
from ..shared.errors import InvalidInput, NotFound, StateConflict
from ..shared.i18n import _
from ..shared.transaction import command
from . import queries
from .models import Basket, BasketItem
from .queries import Owner
from .rules import MAX_EACH
from .summary import Summary, changed_lines, changes

KEPT = dt.timedelta(days=60)
"""How long a visitor's basket waits for him."""


@dataclass(frozen=True)
class Thing:
    """A product or a parcel, by its id."""

    product_id: int | None = None
    parcel_id: int | None = None


@command
def basket_for(owner: Owner) -> Basket:
    """Return the owner's basket, locked until the end of the transaction; a new one if he has none."""
    basket = _locked(owner)
    if basket is not None:
        basket.updated_at = clock.now()
        return basket
    basket = Basket(token=_secret(), user_id=owner.user_id, checkout_key=_secret())
    try:
        with db.session.begin_nested():
            db.session.add(basket)
    except IntegrityError:  # his other tab was faster
        basket = _locked(owner)
        assert basket is not None
    return basket


def _locked(owner: Owner) -> Basket | None:
    if owner.is_nobody:
        return None
    statement = select(Basket).where(owner.condition()).with_for_update()
    return db.session.scalar(statement.execution_options(populate_existing=True))


def _secret() -> str:
    return secrets.token_urlsafe(32)


@command
def add(owner: Owner, thing: Thing, quantity: int) -> Basket:
    """Put so many more of a product or parcel into the owner's basket.

    Raises NotFound for a strange thing, InvalidInput when it is not sold now, comes from another regency than
    what is in the basket, or would be too many.
    """
    sold = _sold(thing)
    basket = basket_for(owner)
    _check_regency(basket, sold.regency_code)
    item = _item(basket, thing)
    _write(basket, thing, item, (item.quantity if item else 0) + quantity)
    return basket


@command
def set_quantities(owner: Owner, wanted: Mapping[Thing, int]) -> Basket:
    """Say how many of the things in the owner's basket he wants; 0 takes one out. Raises InvalidInput."""
    basket = basket_for(owner)
    for thing, quantity in wanted.items():
        item = _item(basket, thing)
        if item is not None:  # else his other tab took it out
            _write(basket, thing, item, quantity)
    return basket


def _sold(thing: Thing) -> Product | Parcel:
    row: Product | Parcel | None
    if thing.product_id is not None:
        row = db.session.get(Product, thing.product_id)
        is_sold = row is not None and row.state is ProductState.PUBLISHED
    else:
        row = db.session.get(Parcel, thing.parcel_id)
        is_sold = row is not None and row.state is ParcelState.OFFERED
    if row is None:
        raise NotFound
    if not is_sold:
        raise InvalidInput(_("%(name)s is not sold at the moment.", name=row.name), field="quantity")
    return row


def _check_regency(basket: Basket, regency_code: str) -> None:
    held = queries.regencies_in(basket.id)
    if held and held != {regency_code}:
        text = _("Your basket holds goods of another area. Order those first, or take them out.")
        raise InvalidInput(text, field="quantity")


def _item(basket: Basket, thing: Thing) -> BasketItem | None:
    return db.session.scalar(
        select(BasketItem).where(
            BasketItem.basket_id == basket.id,
            BasketItem.product_id == thing.product_id,
            BasketItem.parcel_id == thing.parcel_id,
        )
    )


def _write(basket: Basket, thing: Thing, item: BasketItem | None, quantity: int) -> None:
    if not 0 <= quantity <= MAX_EACH:
        raise InvalidInput(_("Choose at most %(most)s of one thing.", most=MAX_EACH), field="quantity")
    if item is None and quantity:
        row = BasketItem(basket_id=basket.id, product_id=thing.product_id, parcel_id=thing.parcel_id, quantity=quantity)
        db.session.add(row)
    elif item is not None and quantity:
        item.quantity = quantity
    elif item is not None:
        db.session.delete(item)


@command
def merge_on_sign_in(user_id: int, token: str) -> None:
    """Move what a visitor had chosen into his own basket when he signs in.

    Of a thing that is in both the larger number stays; what he kept from another regency gives way.
    """
    visitor = _locked(Owner(token=token))
    if visitor is None or visitor.user_id is not None:
        return
    basket = basket_for(Owner(user_id=user_id))
    regencies = queries.regencies_in(visitor.id)
    if regencies and not queries.regencies_in(basket.id) <= regencies:
        _empty(basket)
    for item in queries.items_of(visitor.id):
        thing = Thing(item.product_id, item.parcel_id)
        own = _item(basket, thing)
        _write(basket, thing, own, max(item.quantity, own.quantity if own else 0))
    _empty(visitor)
    db.session.delete(visitor)


def _empty(basket: Basket) -> None:
    db.session.execute(delete(BasketItem).where(BasketItem.basket_id == basket.id))
    db.session.expire(basket, ["items"])


@dataclass(frozen=True)
class Checkout:
    """What the checkout form says: `seen` is the basket as its buyer saw it, `sums` what he read."""

    key: str
    seen: str
    sums: Summary
    buyer: Buyer
    delivery: Delivery
    payment_method: str


@command
def checkout(owner: Owner, form: Checkout) -> Order:
    """Turn the owner's basket into an order and start its payment, once for each form that was shown.

    The same form again gives the order it made. Raises KeyReused when it comes back with other content,
    StateConflict when basket, price or delivery fee is no longer what the buyer saw, Shortage, InvalidInput.
    """
    claim = once.claim("checkout", form.key, _body(form))
    if claim.result_id is not None:
        return db.session.get_one(Order, claim.result_id)
    basket = _locked(owner)
    if basket is None or basket.checkout_key != form.key:
        raise StateConflict(_("Your basket has changed. Look at it again, then order."))
    contents = queries.contents_of(basket)
    _check_basket(contents, form)
    order = place_new(_wanted(contents, form))
    _check_sums(order, form.sums)
    payments.start_first(order)
    claim.result_id = order.id
    basket.checkout_key = _secret()
    _empty(basket)
    return order


def _check_basket(contents: queries.Contents, form: Checkout) -> None:
    if contents.lines and contents.written == form.seen:
        return
    now = Summary(contents.goods_amount, form.sums.fee)
    said = [_("Your basket or a price has changed."), *changed_lines(form.seen, contents)]
    is_other_sum = contents.lines and now.goods_amount != form.sums.goods_amount
    said.append(changes(form.sums, now) if is_other_sum else _("Look at the sum again, then order."))
    raise StateConflict(" ".join(said))


def _check_sums(order: Order, seen: Summary) -> None:
    """Raise StateConflict when the order would cost another sum than its buyer read: he orders no surprise."""
    now = Summary(order.goods_amount, order.delivery_fee)
    if now != seen:
        raise StateConflict(changes(seen, now))


def _body(form: Checkout) -> dict[str, object]:
    """Return what must be the same when the form comes again; what the basket held is known by the key."""
    return {"buyer": repr(form.buyer), "delivery": repr(form.delivery), "payment": form.payment_method}


def _wanted(contents: queries.Contents, form: Checkout) -> PlaceOrder:
    return PlaceOrder(
        regency_code=contents.regency_code,
        key=form.key,
        buyer=form.buyer,
        delivery=form.delivery,
        lines=tuple(LineRequest(line.quantity, line.product_id, line.parcel_id) for line in contents.lines),
        payment_method=form.payment_method,
        keep_for=payments.time_to_pay(form.payment_method, contents.regency_code),
    )


@command
def offer_to_office(owner: Owner, key: str, office_id: int, delivery: Delivery, user_id: int) -> int:
    """Turn a member's basket into an offer to his office, once for each key; return the offer's id.

    Raises NotFound for an office that is not his, InvalidInput for what is not sold, StateConflict for an empty basket.
    """

    def act() -> int:
        basket = _locked(owner)
        contents = queries.contents_of(basket) if basket is not None else queries.NOTHING
        if basket is None or not contents.lines:
            raise StateConflict(_("Your basket is empty."))
        lines = tuple(LineRequest(line.quantity, line.product_id, line.parcel_id) for line in contents.lines)
        row = ordering.offer(Wish(office_id, contents.regency_code, lines, delivery), user_id)
        basket.checkout_key = _secret()
        _empty(basket)
        return row.id

    return once.only("office-order", key, [office_id, repr(delivery), user_id], act)


@command
def order_again(owner: Owner, order: Order) -> tuple[Basket, int]:
    """Put what is still sold of an earlier order into the owner's basket; return it and how many things that were."""
    basket = basket_for(owner)
    known = Owner(token=basket.token) if basket.user_id is None else owner
    parcels = queries.parcels_of_recipes([line.recipe_id for line in order.lines if line.recipe_id])
    things = {Thing(line.product_id, parcels.get(line.recipe_id or 0)): line.quantity for line in order.lines}
    done = sum(_added(known, thing, min(quantity, MAX_EACH)) for thing, quantity in things.items())
    return basket, done


def _added(owner: Owner, thing: Thing, quantity: int) -> bool:
    try:
        add(owner, thing, quantity)
    except InvalidInput:
        return False
    return True


@command
def forget_old(now: dt.datetime) -> int:
    """Delete visitors' baskets that nobody touched for long; return how many."""
    old = select(Basket.id).where(Basket.user_id.is_(None), Basket.updated_at < now - KEPT)
    ids = list(db.session.scalars(old))
    db.session.execute(delete(BasketItem).where(BasketItem.basket_id.in_(ids)))
    db.session.execute(delete(Basket).where(Basket.id.in_(ids)))
    return len(ids)
