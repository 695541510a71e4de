"""Pieces of an order's lines that fall away: their price, their makers' shares, and the goods themselves.

Runs inside the commands that say why (`adjustments`, `returns`, `substitutes`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from ..catalog.models import Product, ProductKind
from ..extensions import db
from ..ledger.models import Account
from ..ledger.queries import order_balance
from ..ledger.rules import Earned
from ..shared.errors import InvalidInput, NotFound
from ..shared.i18n import _
from ..stock import returns
from ..stock import service as stock
from . import rules
from .billing import receivable_of
from .models import AdjustmentKind, Order, OrderAdjustment, OrderComponent, OrderLine, OrderShare


@dataclass(frozen=True)
class TakenOff:
    """What a row of adjustments took off a line: the row, each family's part, and the packing money."""

    row: OrderAdjustment
    earned: list[Earned]
    packing: int


def lines_of(order: Order) -> list[OrderLine]:
    """Return the lines of an order as they stand now."""
    statement = select(OrderLine).where(OrderLine.order_id == order.id).order_by(OrderLine.id)
    return list(db.session.scalars(statement.execution_options(populate_existing=True)))


def line_among(lines: Sequence[OrderLine], line_id: int) -> OrderLine:
    """Return the line with an id. Raises NotFound for one of another order."""
    line = next((line for line in lines if line.id == line_id), None)
    if line is None:
        raise NotFound
    return line


def check_quantity(quantity: int, left: int) -> None:
    """Raise InvalidInput for no piece, and for more than are left."""
    if left < 1:
        raise InvalidInput(_("Nothing is left of this."), field="line_id")
    if not 1 <= quantity <= left:
        raise InvalidInput(_("Enter a number from 1 to %(most)s.", most=left), field="quantity")


def free(order: Order, line: OrderLine, quantity: int) -> None:
    """Give up what is held for pieces of a line."""
    statement = (
        select(OrderComponent.product_id, OrderComponent.quantity)
        .join(Product, Product.id == OrderComponent.product_id)
        .where(OrderComponent.line_id == line.id, Product.kind == ProductKind.GOODS)
        .order_by(OrderComponent.product_id)
    )
    for product_id, of_line in db.session.execute(statement):
        stock.reduce(order.reference, product_id, of_line // line.quantity * quantity)


def bring_back(
    order: Order, line: OrderLine, quantity: int, actor_id: int | None, *, destroyed: int = 0, note: str = ""
) -> None:
    """Take the goods of packed pieces of a line back; those of so many pieces cannot be sold again."""
    statement = (
        select(OrderComponent.product_id, OrderComponent.quantity)
        .where(OrderComponent.line_id == line.id)
        .order_by(OrderComponent.product_id)
    )
    for product_id, of_line in db.session.execute(statement):
        each = of_line // line.quantity
        gone = each * destroyed
        returns.put_back_some(order.reference, product_id, each * quantity, actor_id, destroyed=gone, note=note)


def take_off(
    order: Order,
    line: OrderLine,
    quantity: int,
    kind: AdjustmentKind,
    reason: str,
    actor_id: int | None,
    *,
    destroyed: int = 0,
) -> TakenOff:
    """Take pieces off a line and its shares; the parts that fall away sum to their price."""
    packing = line.packing_amount // line.quantity * quantity
    amount = quantity * line.unit_price
    earned = _reduce_shares(line, amount - packing)
    line.reduced_quantity += quantity
    order.reduced_amount += amount
    row = OrderAdjustment(
        order_id=order.id,
        line_id=line.id,
        kind=kind,
        quantity=quantity,
        destroyed_quantity=destroyed,
        amount=amount,
        reason=reason,
        actor_id=actor_id,
    )
    db.session.add(row)
    db.session.flush()  # its id is the entry's reference, and later sums read the reduced shares
    return TakenOff(row, earned, packing)


def take_off_fee(order: Order, reason: str, actor_id: int | None) -> None:
    """Take what is left of a cancelled order's price off: its delivery fee."""
    fee = order.due_amount
    if not fee:
        return
    order.reduced_amount += fee
    kind = AdjustmentKind.CANCELLED
    row = OrderAdjustment(order_id=order.id, line_id=None, kind=kind, amount=fee, reason=reason, actor_id=actor_id)
    db.session.add(row)
    db.session.flush()  # later sums read it


def _reduce_shares(line: OrderLine, amount: int) -> list[Earned]:
    statement = (
        select(OrderShare)
        .join(OrderShare.component)
        .options(contains_eager(OrderShare.component))
        .where(OrderComponent.line_id == line.id)
        .order_by(OrderShare.id)
        .execution_options(populate_existing=True)
    )
    shares = list(db.session.scalars(statement))
    cuts = rules.reduce_shares(amount, [share.amount - share.reduced_amount for share in shares])
    for share, cut in zip(shares, cuts, strict=True):
        share.reduced_amount += cut
    parts = zip(shares, cuts, strict=True)
    return [Earned(share.household_id, share.component.product_id, cut) for share, cut in parts if cut]


def cash_left(order: Order) -> int:
    """Return how much of the cash of a buyer who has nothing yet is not owed back: deposits less discount and debt."""
    discount = order_balance(order.id, Account.UNIQUE_CODE_DISCOUNT)
    return -order_balance(order.id, Account.CUSTOMER_DEPOSITS) - discount - receivable_of(order)


def cash_received(order: Order) -> int:
    """Return the cash of a buyer who has his order that is not owed or given back yet."""
    return order.due_amount - order_balance(order.id, Account.UNIQUE_CODE_DISCOUNT) - receivable_of(order)
