"""What may happen to a payout, decided without a database."""

from enum import StrEnum

from ..shared.errors import StateConflict
from .models import Account, PayoutMethod, PayoutState


class Action(StrEnum):
    PAY = "pay"
    CANCEL = "cancel"
    RETURN = "return"
    """It was marked as paid by mistake."""


MOVES: dict[tuple[PayoutState, Action], PayoutState] = {
    (PayoutState.PENDING, Action.PAY): PayoutState.PAID,
    (PayoutState.PENDING, Action.CANCEL): PayoutState.CANCELLED,
    (PayoutState.PAID, Action.RETURN): PayoutState.RETURNED,
}

MONEY_FROM: dict[PayoutMethod, Account] = {
    PayoutMethod.CASH: Account.CASH,
    PayoutMethod.BANK: Account.BANK,
}


def transition(state: PayoutState, action: Action) -> PayoutState:
    """Return the state after an action. Raises StateConflict where it is not allowed."""
    try:
        return MOVES[state, action]
    except KeyError:
        raise StateConflict from None
