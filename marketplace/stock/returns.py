"""Take goods that had left back to where they came from."""

from ..shared.errors import StateConflict
from ..shared.transaction import command
from . import queries, tents
from .models import Hold, HoldState, LocationKind, MovementReason
from .movements import move
from .service import turn_hold


@command
def put_back(reference: str, actor_id: int | None) -> None:
    """Take all goods of a reference that had left back."""
    for row in queries.holds_of(reference, HoldState.TAKEN):
        if turn_hold(row, HoldState.TAKEN, HoldState.RELEASED):
            _take_in(row, row.quantity, 0, actor_id, "")


@command
def put_back_some(
    reference: str, product_id: int, quantity: int, actor_id: int | None, *, destroyed: int = 0, note: str = ""
) -> None:
    """Take some goods of a product that had left back into the rows they came from; so many are destroyed at once.

    Nothing happens for a product of which nothing was held: a service. Raises StateConflict when fewer had left.
    """
    rows = [row for row in queries.holds_of(reference, HoldState.TAKEN) if row.level.product_id == product_id]
    left = quantity if rows else 0
    for row in rows:
        part = min(left, row.quantity)
        gone = min(destroyed, part)
        left, destroyed = left - part, destroyed - gone
        if part:
            _come_back(row, part)
            _take_in(row, part, gone, actor_id, note)
    if left:
        raise StateConflict


def _take_in(row: Hold, quantity: int, gone: int, actor_id: int | None, note: str) -> None:
    move(row.level_id, quantity, MovementReason.RETURNED, row.reference, actor_id, note=note)
    if gone:
        move(row.level_id, -gone, MovementReason.DESTROYED, row.reference, actor_id, note=note)
    if quantity > gone and row.level.location.kind is LocationKind.TENT:
        tents.take_in(row.level, quantity - gone, actor_id)


def _come_back(row: Hold, part: int) -> None:
    if part < row.quantity:
        row.quantity -= part
    elif not turn_hold(row, HoldState.TAKEN, HoldState.RELEASED):
        raise StateConflict
