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
from ..shared.errors import InvalidInput, NotFound, Shortage, StateConflict
from ..shared.i18n import _
from ..shared.transaction import command
from . import boxes, cards, queries, shortage
from .models import Basket, BasketItem
from .queries import Owner
from .rules import MAX_EACH, read_written, written
from .summary import Summary, changed_lines, changes
from .words import most_of_one, too_many

KEPT = dt.timedelta(days=60)
"""How long a visitor's basket waits for him."""


@dataclass(frozen=True)
class Thing:
    """A product or a parcel, by its id."""

    product_id: int | None = None
    parcel_id: int | None = None

    @property
    def name(self) -> str:
        """Return what the basket's form calls it."""
        return f"parcel-{self.parcel_id}" if self.parcel_id else f"product-{self.product_id}"


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
    what is in the basket, or would be more than there are.
    """
    sold = _sold(thing)
    basket = basket_for(owner)
    item = _item(basket, thing)
    held, left = item.quantity if item else 0, left_of(thing)
    if left is not None and held + quantity > left:
        raise InvalidInput(too_many(sold.name, left, held), field="quantity")
    _put(basket, thing, sold.regency_code, quantity)
    return basket


def _put(basket: Basket, thing: Thing, regency_code: str, quantity: int) -> None:
    _check_regency(basket, regency_code)
    item = _item(basket, thing)
    _write(basket, thing, item, (item.quantity if item else 0) + quantity, "quantity")


def left_of(thing: Thing) -> int | None:
    """Return how many of a thing can be had now; None for a service, of which nothing is counted."""
    if thing.product_id is not None:
        card = cards.of_ids([thing.product_id])[thing.product_id]
        return None if card.is_service else max(card.free, 0)
    return boxes.of_ids([thing.parcel_id])[thing.parcel_id].free if thing.parcel_id else 0


@command
def set_quantities(owner: Owner, wanted: Mapping[Thing, int]) -> Basket:
    """Say how many of the things in the owner's basket he wants; 0 takes one out.

    More than there are stays, and the basket says so. Raises InvalidInput, for the field that is called as the thing,
    when it is more than a basket takes.
    """
    basket = basket_for(owner)
    for thing, quantity in wanted.items():
        item = _item(basket, thing)
        if item is not None:  # else his other tab took it out
            _write(basket, thing, item, quantity, thing.name)
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


def _write(basket: Basket, thing: Thing, item: BasketItem | None, quantity: int, field: str) -> None:
    if not 0 <= quantity <= MAX_EACH:
        raise InvalidInput(most_of_one(left_of(thing)), field=field)
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
        _write(basket, thing, own, max(item.quantity, own.quantity if own else 0), thing.name)
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
    order = _placed(contents, form)
    _check_sums(order, form.sums)
    payments.start_first(order)
    claim.result_id = order.id
    basket.checkout_key = _secret()
    _empty(basket)
    return order


def _placed(contents: queries.Contents, form: Checkout) -> Order:
    """Place the order; what falls short is told by what the buyer put into his basket, not by what parcels hold."""
    try:
        return place_new(_wanted(contents, form))
    except Shortage as short:
        raise Shortage(shortage.of_lines(short.missing, contents)) from None


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


def bring_back(owner: Owner, seen: str) -> Basket | None:
    """Fill the owner's basket with what a form says its buyer saw, whose own went with his session.

    None, and nothing is done, unless that is a basket as we write it, and all of it is sold now in one regency.
    """
    lines = read_written(seen)
    things = {_named(name): quantity for name, (quantity, _price) in lines.items()}
    try:
        regencies = {_sold(thing).regency_code for thing in things}
    except (NotFound, InvalidInput):
        return None
    is_ours = written((name, *line) for name, line in lines.items()) == seen
    if not is_ours or len(regencies) != 1 or not all(0 < quantity <= MAX_EACH for quantity in things.values()):
        return None
    basket = basket_for(owner)
    for thing, quantity in things.items():
        _write(basket, thing, None, quantity, thing.name)
    return basket


def _named(name: str) -> Thing:
    kind, _dash, number = name.partition("-")
    return Thing(product_id=int(number)) if kind == "product" else Thing(parcel_id=int(number))


@command
def order_again(owner: Owner, order: Order) -> tuple[Basket, int]:
    """Put what is still sold of an earlier order into the owner's basket; return it and how many things that were."""
    basket = basket_for(owner)
    parcels = queries.parcels_of_recipes([line.recipe_id for line in order.lines if line.recipe_id])
    things = {Thing(line.product_id, parcels.get(line.recipe_id or 0)): line.quantity for line in order.lines}
    done = sum(_added(basket, thing, min(quantity, MAX_EACH)) for thing, quantity in things.items())
    return basket, done


def _added(basket: Basket, thing: Thing, quantity: int) -> bool:
    """Put a thing in again, though there may be fewer now: then the basket says how many."""
    try:
        _put(basket, thing, _sold(thing).regency_code, quantity)
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
