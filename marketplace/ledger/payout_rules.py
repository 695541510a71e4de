"""What may happen to a payout and to its batch, decided without a database."""

from enum import StrEnum

from ..shared.moves import move
from .models import Account, BatchState, PayoutMethod, PayoutState


class Action(StrEnum):
    PAY = "pay"
    CANCEL = "cancel"
    RETURN = "return"
    """It was marked as paid by mistake."""
    BOUNCE = "bounce"
    """The bank sent it back."""


MOVES: dict[tuple[PayoutState, Action], PayoutState] = {
    (PayoutState.PENDING, Action.PAY): PayoutState.PAID,
    (PayoutState.PENDING, Action.CANCEL): PayoutState.CANCELLED,
    (PayoutState.PAID, Action.RETURN): PayoutState.RETURNED,
    (PayoutState.PAID, Action.BOUNCE): PayoutState.BOUNCED,
}


class BatchAction(StrEnum):
    RELEASE = "release"
    WITHDRAW = "withdraw"
    CLOSE = "close"


BATCH_MOVES: dict[tuple[BatchState, BatchAction], BatchState] = {
    (BatchState.PREPARED, BatchAction.RELEASE): BatchState.RELEASED,
    (BatchState.PREPARED, BatchAction.WITHDRAW): BatchState.WITHDRAWN,
    (BatchState.RELEASED, BatchAction.CLOSE): BatchState.CLOSED,
}

LEFT = (PayoutState.PAID, PayoutState.RETURNED, PayoutState.BOUNCED)
"""States of a payout that left the money account, even if it came back."""

MONEY_FROM: dict[PayoutMethod, Account] = {
    PayoutMethod.CASH: Account.CASH,
    PayoutMethod.BANK: Account.BANK,
}


def transition(state: PayoutState, action: Action) -> PayoutState:
    """Return the state after an action. Raises StateConflict where it is not allowed."""
    return move(MOVES, state, action)


def batch_transition(state: BatchState, action: BatchAction) -> BatchState:
    """Return a batch's state after an action. Raises StateConflict where it is not allowed."""
    return move(BATCH_MOVES, state, action)


def transfer_reference(batch_id: int, number: int) -> str:
    """Return what a transfer is called in the list for the bank: the batch and the line in it, from 1."""
    return f"CAIR-{batch_id}-{number:03d}"
