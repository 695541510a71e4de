"""Place orders and lead them through their life. The one path of every sale, whatever its channel."""

import datetime as dt
import secrets

from sqlalchemy import select

from ..areas import queries as areas
from ..areas.models import FigureKey
from ..catalog.models import Product, ProductKind
from ..extensions import db
from ..ledger import rules as ledger_rules
from ..ledger import service as ledger
from ..ledger.models import Account, EntryKind
from ..ledger.rules import Earned
from ..parcels.rules import NO_CUT_OFF, earliest_day
from ..shared import clock, once
from ..shared.errors import InvalidInput, NotFound, StateConflict
from ..shared.i18n import _
from ..shared.transaction import command
from ..shared.turn import turn
from ..stock import service as stock
from ..stock import tents
from . import proposals, queries, rules
from .models import DeliveryMethod, Order, OrderComponent, OrderEvent, OrderLine, OrderShare, OrderState
from .rules import Action, PricedComponent, PricedLine
from .wanted import Found, PlaceOrder, find

MAX_DISCOUNT = 999
"""The largest unique code, rupiah: what a payment may fall short of the bill."""


@command
def place(wanted: PlaceOrder) -> Order:
    """Place an order: freeze its prices and shares and hold its goods, once for each key.

    The same key again returns the order it made. Raises InvalidInput, KeyReused, and Shortage with every
    product that falls short.
    """
    claim = once.claim("order", wanted.key, wanted.body())
    if claim.result_id is not None:
        return db.session.get_one(Order, claim.result_id)
    order = place_new(wanted)
    claim.result_id = order.id
    return order


@command
def place_new(wanted: PlaceOrder) -> Order:
    """Place an order in a command that has already seen to it that this happens once."""
    found = find(wanted)
    order = _new_order(wanted, found)
    db.session.add(order)
    db.session.flush()  # its id names it in stock and gives it its number
    order.number = f"WK-{order.placed_at:%y%m}-{order.id:05d}"
    _note(order, "place", None, actor_id=wanted.actor_id)
    # The contended rows come last, so that other buyers wait for them as short as can be.
    demand = rules.demand_of(found.lines)
    if wanted.place is None:
        stock.hold(order.reference, demand, order.expires_at)
    else:
        tents.hold_from(wanted.place, order.reference, demand, wanted.actor_id)
    return order


def _new_order(wanted: PlaceOrder, found: Found) -> Order:
    now = clock.now()
    goods_amount = sum(line.amount for line in found.lines)
    fee = fee_for(wanted, now)
    delivery, buyer = wanted.delivery, wanted.buyer
    token = secrets.token_urlsafe(24)
    return Order(
        number=token[:24],  # until the id is known
        token=token,
        regency_code=wanted.regency_code,
        channel=wanted.channel,
        state=OrderState.AWAITING_PAYMENT,
        buyer_id=buyer.user_id,
        buyer_name=buyer.name,
        buyer_phone=buyer.phone,
        buyer_office=buyer.office,
        delivery_method=delivery.method,
        street=delivery.street,
        rt_rw=delivery.rt_rw,
        village_code=delivery.village_code,
        landmark=delivery.landmark,
        note=delivery.note,
        goods_amount=goods_amount,
        delivery_fee=fee,
        total=goods_amount + fee,
        reduced_amount=0,
        payment_method=wanted.payment_method,
        ready_on=_promised_day(wanted, found, now),
        placed_at=now,
        expires_at=now + (wanted.keep_for or _checkout_time(wanted.regency_code, now)),
        pickup_code=f"{secrets.randbelow(1_000_000):06d}",
        lines=[frozen_line(line) for line in found.lines],
    )


def _checkout_time(regency_code: str, now: dt.datetime) -> dt.timedelta:
    return dt.timedelta(minutes=areas.figure(FigureKey.HOLD_MINUTES, regency_code, now.date()))


def frozen_line(line: PricedLine) -> OrderLine:
    """Return a line of an order with its price and its shares as they are now."""
    return OrderLine(
        product_id=line.product_id,
        recipe_id=line.recipe_id,
        name=line.name,
        unit=line.unit,
        quantity=line.quantity,
        unit_price=line.unit_price,
        amount=line.amount,
        packing_amount=line.packing_amount,
        reduced_quantity=0,
        components=[_component(component) for component in line.components],
    )


def _component(component: PricedComponent) -> OrderComponent:
    good = component.good
    return OrderComponent(
        product_id=good.product_id,
        group_id=good.group_id,
        name=good.name,
        unit=good.unit,
        quantity=component.quantity,
        amount=component.amount,
        shares=[
            OrderShare(household_id=household_id, amount=amount, reduced_amount=0)
            for household_id, amount in component.shares
        ],
    )


def fee_for(wanted: PlaceOrder, now: dt.datetime) -> int:
    """Return what bringing an order costs: what was offered for it, else what it costs on that day, rupiah."""
    if wanted.offered_fee is not None:
        return wanted.offered_fee
    if wanted.delivery.method is DeliveryMethod.PICKUP:
        return 0
    if wanted.delivery.village_code is None:
        raise InvalidInput(_("Choose the village."), field="village_code")
    today = clock.local_date(now, areas.time_zone(wanted.regency_code))  # as the checkout page reckons
    fee = queries.delivery_fee(wanted.delivery.village_code, today)
    if fee is None:
        raise InvalidInput(_("We do not deliver there yet. You can pick the order up."), field="village_code")
    return fee


def _promised_day(wanted: PlaceOrder, found: Found, now: dt.datetime) -> dt.date:
    if wanted.is_fact:
        return clock.local_date(now, areas.time_zone(wanted.regency_code))
    return ready_day(wanted.regency_code, found, now)


def ready_day(regency_code: str, found: Found, now: dt.datetime) -> dt.date:
    """Return the day by which everything found can be ready, after working days and cut-off hours."""
    local = now.astimezone(clock.zone(areas.time_zone(regency_code)))
    days = [earliest_day(local, parcel.notice_days, parcel.cut_off_hour) for parcel in found.parcels]
    if any(line.product_id is not None for line in found.lines):  # a parcel has its own days
        packing_days = areas.figure(FigureKey.PACKING_DAYS, regency_code, local.date())
        days.append(earliest_day(local, packing_days, NO_CUT_OFF))
    return max(days)


def locked(order_id: int) -> Order:
    """Return an order with its row locked until the end of the transaction. Raises NotFound."""
    order = db.session.scalar(
        select(Order).where(Order.id == order_id).with_for_update().execution_options(populate_existing=True)
    )
    if order is None:
        raise NotFound
    return order


def step(order: Order, action: Action, actor_id: int | None, note: str = "") -> None:
    """Take one step of an order's life and write it down. Raises StateConflict where it cannot be taken."""
    old = order.state
    turn(order, rules.transition(old, action))
    _note(order, action.value, old, actor_id=actor_id, note=note)


def _note(order: Order, action: str, old: OrderState | None, *, actor_id: int | None, note: str = "") -> None:
    db.session.add(
        OrderEvent(
            order_id=order.id,
            action=action,
            from_state=old.value if old else None,
            to_state=order.state,
            note=note,
            actor_id=actor_id,
            at=clock.now(),
        )
    )


@command
def set_deadline(order_id: int, expires_at: dt.datetime) -> None:
    """Give an unpaid order until a moment to be paid; its goods are held as long."""
    order = locked(order_id)
    if order.state is not OrderState.AWAITING_PAYMENT:
        raise StateConflict
    stock.secure(order.reference, demand_left(order), expires_at)
    order.expires_at = expires_at


@command
def claim_paid(order_id: int, actor_id: int | None) -> None:
    """Take the buyer's word that he paid: the goods stay held until the treasurer has looked."""
    order = locked(order_id)
    step(order, Action.CLAIM, actor_id)
    stock.secure(order.reference, demand_left(order), None)


@command
def reject_claim(order_id: int, expires_at: dt.datetime, reason: str, actor_id: int | None) -> None:
    """Say that the payment was not found; the buyer has until a moment to pay."""
    _ask_again(order_id, Action.REJECT_CLAIM, expires_at, reason, actor_id)


@command
def take_other_sum(order_id: int, expires_at: dt.datetime, received: int, missing: int, actor_id: int | None) -> None:
    """Say that less arrived than the buyer claimed to have paid; he has until a moment for what is missing."""
    _ask_again(order_id, Action.DIFFER, expires_at, rules.write_sums(received, missing), actor_id)


@command
def reopen(order_id: int, expires_at: dt.datetime, actor_id: int | None) -> None:
    """Say that money went back which would have paid an order; the buyer has until a moment to pay."""
    _ask_again(order_id, Action.REOPEN, expires_at, "", actor_id)


@command
def take_more(order_id: int, received: int, over: int, actor_id: int | None) -> None:
    """Say that enough arrived, but not what was asked: the goods stay held until the treasurer has decided."""
    order = locked(order_id)
    step(order, Action.EXCEED, actor_id, rules.write_sums(received, over))
    stock.secure(order.reference, demand_left(order), None)


def _ask_again(order_id: int, action: Action, expires_at: dt.datetime, note: str, actor_id: int | None) -> None:
    order = locked(order_id)
    step(order, action, actor_id, note)
    stock.secure(order.reference, demand_left(order), expires_at)
    order.expires_at = expires_at


@command
def promise_cash(order_id: int, actor_id: int | None) -> None:
    """Let an order be packed that will be paid in cash at pick-up. Raises InvalidInput for a delivered one."""
    order = locked(order_id)
    if rules.needs_shipping(order.delivery_method):
        raise InvalidInput(_("Cash is paid when you pick the order up."), field="payment_method")
    step(order, Action.PROMISE, actor_id)
    stock.secure(order.reference, demand_left(order), None)
    order.expires_at = _end_of_pickup(order, order.ready_on)


def _end_of_pickup(order: Order, ready_on: dt.date) -> dt.datetime:
    """Return the end of the last day on which a cash order that is ready on a day waits for its buyer."""
    zone = areas.time_zone(order.regency_code)
    days = areas.figure(FigureKey.CASH_PICKUP_DAYS, order.regency_code, clock.today(zone))
    midnight = dt.datetime.combine(ready_on + dt.timedelta(days=days + 1), dt.time())
    return midnight.replace(tzinfo=clock.zone(zone))


@command
def mark_paid(order_id: int, received: int, account: Account, reference: str, actor_id: int | None) -> None:
    """Take a payment that settles an order: `reference` is its `payment:7`, `account` where the money is.

    `received` may fall short of the bill by a unique code only. Raises StateConflict when the order is paid or
    takes no payment any more, Shortage when its goods were sold to others meanwhile.
    """
    order = locked(order_id)
    if order.is_covered:
        raise StateConflict
    discount = order.due_amount - received
    if not 0 <= discount <= MAX_DISCOUNT:
        raise InvalidInput(_("This is not the amount of the bill."), field="received_amount")
    packed = order.state is OrderState.READY
    step(order, Action.PAY, actor_id)
    if not packed:
        stock.secure(order.reference, demand_left(order), None)
    order.paid_at = clock.now()
    post(order, EntryKind.PAYMENT, reference, ledger_rules.payment(account, received, discount), actor_id)


def post(
    order: Order, kind: EntryKind, reference: str, postings: list[ledger_rules.Posting], actor_id: int | None
) -> None:
    """Write a journal entry of an order, inside a running command."""
    event = ledger.Event(kind, reference, order.regency_code, order.number, order.id, actor_id)
    ledger.post(event, postings)


def demand_left(order: Order) -> dict[int, int]:
    """Return product id → quantity that an order still needs, services left out."""
    statement = (
        select(OrderComponent.product_id, OrderComponent.quantity, OrderLine.quantity, OrderLine.reduced_quantity)
        .join(OrderLine)
        .join(Product, Product.id == OrderComponent.product_id)
        .where(OrderLine.order_id == order.id, Product.kind == ProductKind.GOODS)
    )
    demand: dict[int, int] = {}
    for product_id, quantity, of, reduced in db.session.execute(statement):
        demand[product_id] = demand.get(product_id, 0) + quantity // of * (of - reduced)
    return {product_id: quantity for product_id, quantity in sorted(demand.items()) if quantity}


@command
def pack(order_id: int, actor_id: int | None) -> None:
    """Pack an order: its goods leave the stock. Who pays at pick-up has his days from now on, if this is late."""
    order = locked(order_id)
    proposals.check_none_open(order_id)
    step(order, Action.PACK, actor_id)
    stock.take(order.reference, actor_id)
    order.packed_at = clock.now()
    if not order.is_covered:
        today = clock.today(areas.time_zone(order.regency_code))
        order.expires_at = _end_of_pickup(order, max(order.ready_on, today))


@command
def ship(order_id: int, actor_id: int | None) -> None:
    """Send a packed order on its way. Raises StateConflict for one that is picked up or not paid."""
    order = locked(order_id)
    if not rules.needs_shipping(order.delivery_method) or not order.is_covered:
        raise StateConflict
    step(order, Action.SHIP, actor_id)


@command
def hand_over(order_id: int, actor_id: int | None) -> None:
    """Hand an order to its buyer: now the households have earned their shares.

    Raises StateConflict when it is not paid, or not yet sent though it is to be delivered.
    """
    order = locked(order_id)
    if not order.is_covered:
        raise StateConflict(_("The order is not paid yet."))
    if order.state is OrderState.READY and rules.needs_shipping(order.delivery_method):
        raise StateConflict
    step(order, Action.HAND_OVER, actor_id)
    order.completed_at = clock.now()
    earned, packing, fee = settled_parts(order)
    post(order, EntryKind.DELIVERY, order.reference, ledger_rules.delivery(earned, packing, fee), actor_id)


def settled_parts(order: Order) -> tuple[list[Earned], int, int]:
    """Return what each household earns of an order, its packing money and its delivery fee, reductions off."""
    components = queries.components_with_shares(order.id)
    earned = [
        Earned(share.household_id, component.product_id, share.amount - share.reduced_amount)
        for component in components
        for share in component.shares
        if share.amount > share.reduced_amount
    ]
    lines = {component.line_id: component.line for component in components}
    packing = sum(
        line.packing_amount // line.quantity * (line.quantity - line.reduced_quantity) for line in lines.values()
    )
    fee = order.due_amount - packing - sum(part.amount for part in earned)
    return earned, packing, fee


@command
def expire(order_id: int) -> bool:
    """End an unpaid order whose time is over; its goods are free again. False when it is not (any more) one."""
    order = locked(order_id)
    late = order.expires_at is not None and order.expires_at < clock.now()
    if order.state is not OrderState.AWAITING_PAYMENT or not late:
        return False
    step(order, Action.EXPIRE, None)
    stock.release(order.reference)
    order.closed_at = clock.now()
    return True
