"""Take something off an order that did not reach its buyer: all of it, or some pieces of a line.

Totals and frozen shares stay; what falls away stands beside them, and a paid order's money goes the same way
back that it came.
"""

from ..ledger import rules as ledger_rules
from ..ledger.models import EntryKind
from ..shared import clock
from ..shared.errors import InvalidInput, StateConflict
from ..shared.i18n import _
from ..shared.transaction import command
from ..stock import returns
from ..stock import service as stock
from . import pieces, proposals, rules
from .billing import note_settled, receivable_of
from .models import AdjustmentKind, Order, OrderState
from .proposals import Answer
from .rules import Action
from .service import locked, post, step


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
        returns.put_back(order.reference, actor_id)
    else:
        stock.release(order.reference)
    for asked in proposals.open_of(order_id):
        proposals.end(asked, Answer.WITHDRAW)
    order.closed_at = clock.now()
    if order.is_covered:
        _give_all_back(order, reason, actor_id)


def _give_all_back(order: Order, reason: str, actor_id: int | None) -> None:
    amount = order.due_amount
    for line in pieces.lines_of(order):
        pieces.take_off(order, line, line.left, AdjustmentKind.CANCELLED, reason, actor_id)
    pieces.take_off_fee(order, reason, actor_id)
    postings = ledger_rules.reduction(amount, pieces.cash_left(order), receivable_of(order))
    post(order, EntryKind.REDUCTION, order.reference, postings, actor_id)


@command
def short_ship(order_id: int, line_id: int, quantity: int, reason: str, actor_id: int | None) -> None:
    """Leave some of a line out of an order that has not reached its buyer; its price is owed back if it was paid.

    What was packed goes back into the stock. Raises InvalidInput for more than is left, or for all that is left of
    the order: that is a cancellation.
    """
    order = locked(order_id)
    if order.state not in rules.MAY_LEAVE_OUT:
        raise StateConflict
    packed = order.state is not OrderState.PROCESSING
    kind = AdjustmentKind.TAKEN_OUT if packed else AdjustmentKind.SHORT_SHIPPED
    _leave_out(order, line_id, quantity, kind, reason, actor_id)


@command
def drop(order_id: int, line_id: int, quantity: int, reason: str, actor_id: int | None) -> None:
    """Take some of a line out of an order because its buyer does not want it; until it is packed.

    Raises InvalidInput as `short_ship` does.
    """
    order = locked(order_id)
    if order.state is not OrderState.PROCESSING:
        raise StateConflict(_("The order is packed already. Please call the office."))
    _leave_out(order, line_id, quantity, AdjustmentKind.DROPPED, reason, actor_id)


def _leave_out(
    order: Order, line_id: int, quantity: int, kind: AdjustmentKind, reason: str, actor_id: int | None
) -> None:
    lines = pieces.lines_of(order)
    line = pieces.line_among(lines, line_id)
    proposals.check_none_open(order.id, line_id)
    pieces.check_quantity(quantity, line.left)
    if sum(each.left for each in lines) == quantity:
        raise InvalidInput(_("Nothing would be left. Cancel the order instead."), field="quantity")
    if kind is AdjustmentKind.TAKEN_OUT:
        pieces.bring_back(order, line, quantity, actor_id, note=reason)
    else:
        pieces.free(order, line, quantity)
    adjustment = pieces.take_off(order, line, quantity, kind, reason, actor_id).row
    if order.is_covered:
        postings = ledger_rules.reduction(adjustment.amount, pieces.cash_left(order), receivable_of(order))
        post(order, EntryKind.REDUCTION, f"adjustment:{adjustment.id}", postings, actor_id)
        note_settled(order)
