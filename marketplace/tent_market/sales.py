"""Enter what was sold at a tent: the same path as every order, all at once, for it is handed over already."""

from dataclasses import dataclass

from ..orders import pieces, returns
from ..orders import service as orders
from ..orders.models import Channel, DeliveryMethod, Order, OrderState
from ..orders.wanted import Buyer, Delivery, LineRequest, PlaceOrder
from ..payments import refunds, reserved
from ..payments import tents as money
from ..payments.models import RefundMethod
from ..shared.errors import StateConflict
from ..shared.transaction import command
from .models import Stall
from .stalls import area_of

ANYBODY = "Pembeli di tenda"
"""Not translated: it stands on papers, as names do."""
BACK: dict[str, RefundMethod] = {"tent_cash": RefundMethod.TENT, "qris": RefundMethod.QRIS}
"""Way to pay → the way in which it is undone."""


@dataclass(frozen=True)
class Sale:
    """What one buyer took along: lines at the price charged, and how he paid (`tent_cash` or `qris`)."""

    key: str
    lines: tuple[LineRequest, ...]
    payment_method: str
    office: str = ""


@command
def enter(stall: Stall, sale: Sale, cashier_id: int) -> Order:
    """Enter a sale of a tent that is locked: order, money, goods and earnings.

    What the tent had not is found there first: what was sold was there. Raises InvalidInput for goods that are not
    of this regency.
    """
    wanted = PlaceOrder(
        regency_code=area_of(stall),
        key=sale.key,
        buyer=Buyer(None, sale.office or ANYBODY, "", sale.office),
        delivery=Delivery(DeliveryMethod.PICKUP),
        lines=sale.lines,
        payment_method=sale.payment_method,
        channel=Channel.TENT,
        place=stall.location,
        placed_by_id=cashier_id,
    )
    order = orders.place(wanted)
    money.settle(order, sale.payment_method, cashier_id)
    orders.pack(order.id, cashier_id)
    orders.hand_over(order.id, cashier_id)
    return order


@command
def undo(order_id: int, reason: str, cashier_id: int) -> None:
    """Undo a sale that was typed by mistake: its goods were never gone, and its money goes the way it was noted.

    Raises StateConflict when something of it was taken back before, InvalidInput when the books hold less money.
    """
    order = orders.locked(order_id)
    if order.state is not OrderState.COMPLETED or order.reduced_amount:
        raise StateConflict
    returns.take_return(order_id, restock=True, reason=reason, actor_id=cashier_id)
    _give_back(order, BACK[order.payment_method], reason, cashier_id)


@dataclass(frozen=True)
class Returned:
    """So many pieces of a line that came back; so many of them cannot be sold again."""

    product_id: int | None
    recipe_id: int | None
    quantity: int
    destroyed: int = 0


@command
def take_back(order_id: int, what: tuple[Returned, ...], reason: str, cashier_id: int) -> int:
    """Take goods back at the tent and give their money out of its drawer; return how much, rupiah.

    Raises InvalidInput for more than is left of a line or than the drawers hold, StateConflict for other goods.
    """
    order = orders.locked(order_id)
    for each in what:
        line = _line_of(order, each)
        quantity, destroyed = each.quantity, each.destroyed
        returns.take_some(order_id, line, quantity, destroyed=destroyed, reason=reason, actor_id=cashier_id)
    return _give_back(order, RefundMethod.TENT, reason, cashier_id)


def _line_of(order: Order, what: Returned) -> int:
    for line in pieces.lines_of(order):
        if (line.product_id, line.recipe_id) == (what.product_id, what.recipe_id):
            return line.id
    raise StateConflict


def _give_back(order: Order, method: RefundMethod, reason: str, cashier_id: int) -> int:
    amount = reserved.free_to_give(order.id)
    refunds.record_refund(order.id, amount, method, f"till:{order.number}", reason, cashier_id)
    return amount
