"""Lead what an office wants from an offer at fixed prices, past its approver, to an order."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ..accounts.models import User
from ..areas import queries as areas
from ..areas.models import FigureKey
from ..extensions import db
from ..orders import billing
from ..orders import service as orders
from ..orders.models import Order
from ..orders.rules import PricedLine
from ..orders.wanted import MAX_LINE_QUANTITY, Buyer, Delivery, LineRequest, PlaceOrder, find
from ..parcels.models import Recipe
from ..payments import service as payments
from ..shared import audit, clock
from ..shared.errors import Forbidden, InvalidInput, NotFound, StateConflict
from ..shared.formats import long_day
from ..shared.i18n import _, _l
from ..shared.transaction import command
from ..shared.turn import turn
from . import invoices, rules
from .models import Office, OfficeMember, OfficeOrder, OfficeOrderLine
from .rules import Action


@dataclass(frozen=True)
class Wish:
    """What an office wants: things of one regency, and where they go."""

    office_id: int
    regency_code: str
    lines: tuple[LineRequest, ...]
    delivery: Delivery


@command
def offer(wish: Wish, user_id: int) -> OfficeOrder:
    """Offer an office what it wants at the prices of today, which then hold for the days that the Dinas set.

    Raises NotFound for an office that is not the user's, InvalidInput for things that are not sold.
    """
    office = _office(wish.office_id)
    _member(office, user_id)
    if wish.regency_code != office.regency_code:
        raise InvalidInput(_("Your office orders in its own regency only."))
    delivery = wish.delivery
    row = OfficeOrder(
        office_id=office.id,
        regency_code=wish.regency_code,
        delivery_method=delivery.method,
        street=delivery.street,
        rt_rw=delivery.rt_rw,
        village_code=delivery.village_code,
        landmark=delivery.landmark,
        note=delivery.note,
        made_by_id=user_id,
    )
    _price(row, wish.lines)
    db.session.add(row)
    db.session.flush()  # the audit row names its id
    audit.record(user_id, "office_order.offer", ("office_order", row.id), total=row.total)
    return row


def _office(office_id: int) -> Office:
    office = db.session.get(Office, office_id, populate_existing=True)
    if office is None:
        raise NotFound
    return office


def _member(office: Office, user_id: int) -> OfficeMember:
    for member in office.active_members:
        if member.user_id == user_id:
            return member
    raise NotFound


def _price(row: OfficeOrder, lines: tuple[LineRequest, ...]) -> None:
    """Give an offer the prices and the delivery fee of today, valid from today."""
    now = clock.now()
    wanted = _place_order(row, lines)
    found = find(wanted)
    row.lines = [_line(each) for each in found.lines]
    row.delivery_fee = orders.fee_for(wanted, now)
    row.valid_until = _today(row) + dt.timedelta(days=_figure(row, FigureKey.OFFER_DAYS))
    _sum_up(row)


def _line(line: PricedLine) -> OfficeOrderLine:
    return OfficeOrderLine(
        product_id=line.product_id,
        recipe_id=line.recipe_id,
        name=line.name,
        unit=line.unit,
        quantity=line.quantity,
        unit_price=line.unit_price,
    )


def _sum_up(row: OfficeOrder) -> None:
    row.goods_amount = sum(line.amount for line in row.lines)
    row.total = row.goods_amount + row.delivery_fee


def _today(row: OfficeOrder) -> dt.date:
    return clock.today(areas.time_zone(row.regency_code))


def _figure(row: OfficeOrder, key: FigureKey) -> int:
    return areas.figure(key, row.regency_code, _today(row))


def locked(office_order_id: int) -> OfficeOrder:
    """Return what an office wants with its row locked until the end of the transaction. Raises NotFound."""
    statement = select(OfficeOrder).where(OfficeOrder.id == office_order_id).with_for_update()
    row = db.session.scalar(statement.execution_options(populate_existing=True))
    if row is None:
        raise NotFound
    return row


def _begin(office_order_id: int, action: Action, user_id: int) -> OfficeOrder:
    """Lock what an office wants and see that the member may do this with it now."""
    row = locked(office_order_id)
    office = _office(row.office_id)
    member = _member(office, user_id)
    is_alone = len(office.active_members) == 1
    if not rules.may(action, member.role, is_own=row.made_by_id == user_id, is_alone=is_alone):
        raise Forbidden(_l("Somebody else of your office has to do this."))
    rules.transition(row.state, action)
    if action in rules.AT_THE_PRICE and not rules.is_valid(row.valid_until, _today(row)):
        text = _("These prices held until %(day)s. Ask for the prices of today first.", day=long_day(row.valid_until))
        raise StateConflict(text)
    return row


def _step(row: OfficeOrder, action: Action, user_id: int, **values: Any) -> None:
    turn(row, rules.transition(row.state, action), **values)
    audit.record(user_id, f"office_order.{action.value}", ("office_order", row.id))


@command
def change(office_order_id: int, quantities: Mapping[int, int], user_id: int) -> None:
    """Say how many of each line (id → quantity) are wanted after all; 0 takes one out. The prices stay."""
    row = _begin(office_order_id, Action.CHANGE, user_id)
    for line in list(row.lines):
        quantity = quantities.get(line.id, line.quantity)
        if not 0 <= quantity <= MAX_LINE_QUANTITY:
            raise InvalidInput(_("Enter a quantity from 1 to %(most)s.", most=MAX_LINE_QUANTITY))
        if quantity:
            line.quantity = quantity
        else:
            row.lines.remove(line)
    if not row.lines:
        raise InvalidInput(_("Nothing would be left. Cancel it instead."))
    _sum_up(row)
    _step(row, Action.CHANGE, user_id)


@command
def renew(office_order_id: int, user_id: int) -> None:
    """Give it the prices of today; it has to be approved (again) then. Raises InvalidInput for things not sold."""
    row = _begin(office_order_id, Action.RENEW, user_id)
    lines = tuple(LineRequest(line.quantity, line.product_id, _parcel_of(line)) for line in row.lines)
    row.lines.clear()
    db.session.flush()  # the new lines are of the same things
    _price(row, lines)
    _step(row, Action.RENEW, user_id, asked_at=None, decided_by_id=None, decided_at=None)


def _parcel_of(line: OfficeOrderLine) -> int | None:
    return None if line.recipe_id is None else db.session.get_one(Recipe, line.recipe_id).parcel_id


@command
def ask(office_order_id: int, user_id: int) -> None:
    """Ask an approver of the office."""
    row = _begin(office_order_id, Action.ASK, user_id)
    _step(row, Action.ASK, user_id, asked_at=clock.now(), reason="")


@command
def approve(office_order_id: int, user_id: int) -> None:
    """Approve what another member asked for; who is alone in his office approves it himself. Raises Forbidden."""
    row = _begin(office_order_id, Action.APPROVE, user_id)
    _step(row, Action.APPROVE, user_id, decided_by_id=user_id, decided_at=clock.now())


@command
def send_back(office_order_id: int, reason: str, user_id: int) -> None:
    """Say what must be different. Raises Forbidden, InvalidInput without a reason."""
    row = _begin(office_order_id, Action.SEND_BACK, user_id)
    if not reason:
        raise InvalidInput(_("Please fill this in."), field="reason")
    _step(row, Action.SEND_BACK, user_id, decided_by_id=user_id, decided_at=clock.now(), reason=reason)


@command
def cancel(office_order_id: int, user_id: int) -> None:
    """Give it up before it was ordered."""
    row = _begin(office_order_id, Action.CANCEL, user_id)
    _step(row, Action.CANCEL, user_id)


@command
def order(office_order_id: int, purchase_number: str, payment_method: str, user_id: int) -> Order:
    """Order what was approved at the prices that were offered, under the office's purchase number.

    On an invoice where the office has credit and it suffices, else paid before it is packed. Raises InvalidInput
    beside a field, Shortage when goods are gone, StateConflict when the offer ran out.
    """
    row = _begin(office_order_id, Action.ORDER, user_id)
    if not purchase_number:
        raise InvalidInput(_("Please fill this in."), field="purchase_number")
    if payment_method == billing.INVOICE:
        invoices.secure_credit(row.office_id, row.total)
    user = db.session.get_one(User, user_id)
    placed = orders.place(_order_of(row, user, payment_method))
    _pay(row, placed, payment_method, user_id)
    values = {"order_id": placed.id, "purchase_number": purchase_number, "ordered_on": _today(row)}
    try:
        with db.session.begin_nested():
            _step(row, Action.ORDER, user_id, **values)
    except IntegrityError as error:
        text = _("Your office has an order with this number already.")
        raise InvalidInput(text, field="purchase_number") from error
    return placed


def _pay(row: OfficeOrder, placed: Order, payment_method: str, user_id: int) -> None:
    if payment_method == billing.INVOICE:
        billing.bill(placed.id, user_id)
        invoices.issue(row.office_id, placed, _figure(row, FigureKey.INVOICE_DAYS))
    else:
        payments.start_first(placed)


def _order_of(row: OfficeOrder, user: User, payment_method: str) -> PlaceOrder:
    lines = tuple(
        LineRequest(line.quantity, line.product_id, _parcel_of(line), line.unit_price, line.recipe_id)
        for line in row.lines
    )
    keep_for = payments.time_to_pay(payment_method, row.regency_code)
    return _place_order(row, lines, user, payment_method, keep_for, row.delivery_fee)


def _place_order(
    row: OfficeOrder,
    lines: tuple[LineRequest, ...],
    user: User | None = None,
    payment_method: str = billing.INVOICE,
    keep_for: dt.timedelta | None = None,
    offered_fee: int | None = None,
) -> PlaceOrder:
    """Return what is asked of `orders`; without a user only to be priced."""
    return PlaceOrder(
        regency_code=row.regency_code,
        key=f"office-order:{row.id}",
        buyer=Buyer(user.id, user.name, str(user.phone or ""), _office(row.office_id).name) if user else NOBODY,
        delivery=Delivery(
            row.delivery_method,
            row.street,
            row.rt_rw,
            village_code=row.village_code,
            landmark=row.landmark,
            note=row.note,
        ),
        lines=lines,
        payment_method=payment_method,
        keep_for=keep_for,
        offered_fee=offered_fee,
    )


NOBODY = Buyer(None, "", "")
