"""Take delivered goods back, as often as some come, until nothing is left.

The households give their shares up, and may go below zero when they were paid out already: their next sales make up
for it. The delivery fee stays.
"""

from ..ledger import rules as ledger_rules
from ..ledger.models import EntryKind
from ..shared import clock
from ..shared.errors import InvalidInput, StateConflict
from ..shared.i18n import _
from ..shared.transaction import command
from . import pieces
from .billing import note_settled, receivable_of
from .models import AdjustmentKind, Order, OrderLine, OrderState
from .rules import Action
from .service import locked, post, step


@command
def take_some(order_id: int, line_id: int, quantity: int, *, destroyed: int, reason: str, actor_id: int | None) -> None:
    """Take some of a line back; so many of them are destroyed, the others can be sold again.

    The order is returned when nothing of it is left. Raises InvalidInput for more than the buyer has.
    """
    order = _delivered(order_id)
    lines = pieces.lines_of(order)
    line = pieces.line_among(lines, line_id)
    pieces.check_quantity(quantity, line.left)
    if not 0 <= destroyed <= quantity:
        raise InvalidInput(_("Enter a number from 0 to %(most)s.", most=quantity), field="destroyed")
    _take(order, line, quantity, destroyed, reason, actor_id)
    if not any(each.left for each in lines):
        _close(order, "", actor_id)


@command
def take_return(order_id: int, *, restock: bool, reason: str, actor_id: int | None) -> None:
    """Take all back that is left of a delivered order: to be sold again, or destroyed."""
    order = _delivered(order_id)
    for line in pieces.lines_of(order):
        if line.left:
            _take(order, line, line.left, 0 if restock else line.left, reason, actor_id)
    _close(order, reason, actor_id)


def _delivered(order_id: int) -> Order:
    order = locked(order_id)
    if order.state is not OrderState.COMPLETED:
        raise StateConflict
    return order


def _take(order: Order, line: OrderLine, quantity: int, destroyed: int, reason: str, actor_id: int | None) -> None:
    cash, receivable = pieces.cash_received(order), receivable_of(order)
    pieces.bring_back(order, line, quantity, actor_id, destroyed=destroyed, note=reason)
    kind = AdjustmentKind.RETURNED
    taken = pieces.take_off(order, line, quantity, kind, reason, actor_id, destroyed=destroyed)
    postings = ledger_rules.returned(taken.earned, taken.packing, cash, receivable)
    post(order, EntryKind.RETURN, f"adjustment:{taken.row.id}", postings, actor_id)
    note_settled(order)


def _close(order: Order, reason: str, actor_id: int | None) -> None:
    step(order, Action.RETURN, actor_id, reason)
    order.closed_at = clock.now()
