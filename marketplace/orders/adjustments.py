"""Take something off an order: cancel it, ship less than was ordered, take it back.

Totals and frozen shares stay; what falls away stands beside them, and a paid order's money goes the same way
back that it came.
"""

from sqlalchemy import select

from ..catalog.models import Product, ProductKind
from ..extensions import db
from ..ledger import rules as ledger_rules
from ..ledger.models import Account, EntryKind
from ..ledger.queries import order_balance
from ..shared import clock
from ..shared.errors import InvalidInput, NotFound, StateConflict
from ..shared.i18n import _
from ..shared.transaction import command
from ..stock import service as stock
from . import rules
from .billing import note_settled, receivable_of
from .models import AdjustmentKind, Order, OrderAdjustment, OrderComponent, OrderLine, OrderShare, OrderState
from .rules import Action
from .service import locked, post, settled_parts, step


@command
def cancel(order_id: int, *, by_buyer: bool, reason: str, actor_id: int | None) -> None:
    """Cancel an order; what was paid is owed back. A buyer may until it is packed, the office until it arrived.

    Raises StateConflict afterwards.
    """
    order = locked(order_id)
    packed = order.state not in rules.NOT_PACKED
    if packed and by_buyer:
        raise StateConflict(_("The order is packed already. Please call the office."))
    step(order, Action.WITHDRAW if packed else Action.CANCEL, actor_id, reason)
    if packed:
        stock.put_back(order.reference, actor_id)
    else:
        stock.release(order.reference)
    order.closed_at = clock.now()
    if order.is_covered:
        _give_all_back(order, reason, actor_id)


def _give_all_back(order: Order, reason: str, actor_id: int | None) -> None:
    amount = order.due_amount
    for line in _lines(order):
        _reduce_line(order, line, line.quantity - line.reduced_quantity, AdjustmentKind.CANCELLED, reason, actor_id)
    fee = order.due_amount
    if fee:
        _write(order, None, AdjustmentKind.CANCELLED, 0, fee, reason, actor_id)
    postings = ledger_rules.reduction(amount, _cash_left(order), receivable_of(order))
    post(order, EntryKind.REDUCTION, order.reference, postings, actor_id)


def _lines(order: Order) -> list[OrderLine]:
    return list(db.session.scalars(select(OrderLine).where(OrderLine.order_id == order.id).order_by(OrderLine.id)))


def _cash_left(order: Order) -> int:
    """Return how much of the buyer's cash is not owed back yet: deposits less discount, and less what he owes."""
    discount = order_balance(order.id, Account.UNIQUE_CODE_DISCOUNT)
    return -order_balance(order.id, Account.CUSTOMER_DEPOSITS) - discount - receivable_of(order)


@command
def short_ship(order_id: int, line_id: int, quantity: int, reason: str, actor_id: int | None) -> None:
    """Leave some of a line out of an order that is not packed yet; its price is owed back if it was paid.

    Raises InvalidInput for more than is left, or for all that is left of the order: that is a cancellation.
    """
    order = locked(order_id)
    if order.state is not OrderState.PROCESSING:
        raise StateConflict
    lines = _lines(order)
    line = next((line for line in lines if line.id == line_id), None)
    if line is None:
        raise NotFound
    _check_short(lines, line, quantity)
    _free(order, line, quantity)
    adjustment = _reduce_line(order, line, quantity, AdjustmentKind.SHORT_SHIPPED, reason, actor_id)
    if order.is_covered:
        postings = ledger_rules.reduction(adjustment.amount, _cash_left(order), receivable_of(order))
        post(order, EntryKind.REDUCTION, f"adjustment:{adjustment.id}", postings, actor_id)
        note_settled(order)


def _check_short(lines: list[OrderLine], line: OrderLine, quantity: int) -> None:
    left = line.quantity - line.reduced_quantity
    if not 1 <= quantity <= left:
        raise InvalidInput(_("Enter a number from 1 to %(most)s.", most=left), field="quantity")
    if sum(each.quantity - each.reduced_quantity for each in lines) == quantity:
        raise InvalidInput(_("Nothing would be left. Cancel the order instead."), field="quantity")


def _free(order: Order, line: OrderLine, quantity: int) -> None:
    """Give up what is held for the pieces that are left out."""
    statement = (
        select(OrderComponent.product_id, OrderComponent.quantity)
        .join(Product, Product.id == OrderComponent.product_id)
        .where(OrderComponent.line_id == line.id, Product.kind == ProductKind.GOODS)
        .order_by(OrderComponent.product_id)
    )
    for product_id, of_line in db.session.execute(statement):
        stock.reduce(order.reference, product_id, of_line // line.quantity * quantity)


def _reduce_line(
    order: Order, line: OrderLine, quantity: int, kind: AdjustmentKind, reason: str, actor_id: int | None
) -> OrderAdjustment:
    """Take pieces off a line and its shares; the parts that fall away sum to their price."""
    packing = line.packing_amount // line.quantity * quantity
    amount = quantity * line.unit_price
    _reduce_shares(line, amount - packing)
    line.reduced_quantity += quantity
    return _write(order, line.id, kind, quantity, amount, reason, actor_id)


def _reduce_shares(line: OrderLine, amount: int) -> None:
    statement = (
        select(OrderShare)
        .join(OrderComponent)
        .where(OrderComponent.line_id == line.id)
        .order_by(OrderShare.id)
        .execution_options(populate_existing=True)
    )
    shares = list(db.session.scalars(statement))
    cuts = rules.reduce_shares(amount, [share.amount - share.reduced_amount for share in shares])
    for share, cut in zip(shares, cuts, strict=True):
        share.reduced_amount += cut


def _write(
    order: Order,
    line_id: int | None,
    kind: AdjustmentKind,
    quantity: int,
    amount: int,
    reason: str,
    actor_id: int | None,
) -> OrderAdjustment:
    order.reduced_amount += amount
    row = OrderAdjustment(
        order_id=order.id,
        line_id=line_id,
        kind=kind,
        quantity=quantity,
        amount=amount,
        reason=reason,
        actor_id=actor_id,
    )
    db.session.add(row)
    db.session.flush()  # its id is the entry's reference, and later sums read the reduced shares
    return row


@command
def take_return(order_id: int, *, restock: bool, reason: str, actor_id: int | None) -> None:
    """Take a delivered order back: its goods' price is owed to the buyer, the households give their shares up.

    The delivery fee stays. A household that was paid out already may go below zero.
    """
    order = locked(order_id)
    step(order, Action.RETURN, actor_id, reason)
    earned, packing, _fee = settled_parts(order)
    postings = ledger_rules.returned(earned, packing, _cash_received(order), receivable_of(order))
    for line in _lines(order):
        _reduce_line(order, line, line.quantity - line.reduced_quantity, AdjustmentKind.RETURNED, reason, actor_id)
    if restock:
        stock.put_back(order.reference, actor_id)
    order.closed_at = clock.now()
    post(order, EntryKind.RETURN, order.reference, postings, actor_id)
    note_settled(order)


def _cash_received(order: Order) -> int:
    """Return the buyer's cash that is not owed or given back yet, after the order's delivery."""
    return order.due_amount - order_balance(order.id, Account.UNIQUE_CODE_DISCOUNT) - receivable_of(order)
