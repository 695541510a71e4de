"""Which news are told in which way, and what may happen to a message: decided without a database."""

import datetime as dt
from enum import StrEnum

from ..orders.models import OrderState
from ..orders.rules import Action as OrderAction
from ..shared.moves import move
from .models import Channel, NoticeKind, NoticeState

KINDS: dict[OrderAction, NoticeKind] = {
    OrderAction.DIFFER: NoticeKind.SHORT,
    OrderAction.REJECT_CLAIM: NoticeKind.NOT_FOUND,
    OrderAction.PAY: NoticeKind.PAID,
    OrderAction.PACK: NoticeKind.PACKED,
    OrderAction.SHIP: NoticeKind.SHIPPED,
    OrderAction.HAND_OVER: NoticeKind.DELIVERED,
    OrderAction.CANCEL: NoticeKind.CANCELLED,
    OrderAction.WITHDRAW: NoticeKind.CANCELLED,
    OrderAction.EXPIRE: NoticeKind.CANCELLED,
}
"""Steps of an order that its buyer hears of; that it was placed is told by its first event."""

ASKS_BUYER = frozenset(
    {
        NoticeKind.SHORT,
        NoticeKind.NOT_FOUND,
        NoticeKind.SUBSTITUTE,
        NoticeKind.PACKED,
        NoticeKind.SHIPPED,
        NoticeKind.REFUNDED,
    }
)
"""What a buyer without e-mail has to be told by hand: he has to act, be at home, or look into his account."""

REMINDERS = frozenset({NoticeKind.INVOICE_DUE, NoticeKind.INVOICE_OVERDUE})
"""What an office is told of an invoice: the one who ordered by e-mail, its treasurer by hand."""

HOLDS_IN: dict[NoticeKind, OrderState] = {
    NoticeKind.SHORT: OrderState.AWAITING_PAYMENT,
    NoticeKind.NOT_FOUND: OrderState.AWAITING_PAYMENT,
    NoticeKind.PACKED: OrderState.READY,
    NoticeKind.SHIPPED: OrderState.SHIPPED,
}
"""What asks something of the buyer, and the state of his order outside of which it does so no more."""

MONEY_BACK = frozenset({NoticeKind.CANCELLED, NoticeKind.REFUNDED})
"""Of these each tells of other money: no newer one says what an older one did."""

FAMILIES = (REMINDERS, frozenset(NoticeKind) - REMINDERS - MONEY_BACK)
"""News of one family stand for older ones of it: that a parcel was sent says nothing about its invoice."""

PAUSES = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))
"""How long is waited after the first failed attempt, the second …; after the last one a person is asked."""

STUCK_AFTER = dt.timedelta(minutes=15)
"""A worker that has had a message in hand for so long is gone."""


class Action(StrEnum):
    """What can happen to a message."""

    TAKE = "take"
    """A worker takes it in hand."""
    DELIVER = "deliver"
    """The mail server took it, or an officer sent it."""
    FAIL = "fail"
    """The mail server could not be reached, or asks to come again."""
    GIVE_UP = "give_up"
    """It cannot be sent so, or may have been sent."""
    RETRY = "retry"
    """An officer wants it sent again."""
    DROP = "drop"


S, A = NoticeState, Action

TRANSITIONS: dict[tuple[NoticeState, Action], NoticeState] = {
    (S.PENDING, A.TAKE): S.SENDING,
    (S.PENDING, A.DROP): S.DROPPED,
    (S.SENDING, A.DELIVER): S.SENT,
    (S.SENDING, A.FAIL): S.PENDING,
    (S.SENDING, A.GIVE_UP): S.DEAD,
    (S.BY_HAND, A.DELIVER): S.SENT,
    (S.BY_HAND, A.DROP): S.DROPPED,
    (S.DEAD, A.RETRY): S.PENDING,
    (S.DEAD, A.DROP): S.DROPPED,
}


def transition(state: NoticeState, action: Action) -> NoticeState:
    """Return the state after an action. Raises StateConflict where it cannot happen."""
    return move(TRANSITIONS, state, action)


def channel_for(
    kind: NoticeKind, email: str | None, phone: str, *, mails: bool, by_hand: bool = False
) -> tuple[Channel, str] | None:
    """Return how a buyer is told, and where; None when he reads it on his order's page only.

    `mails` tells whether the installation can send e-mail, `by_hand` that it is told by hand whatever its kind.
    """
    if email and mails:
        return Channel.EMAIL, email
    return (Channel.WHATSAPP, phone) if by_hand or kind in ASKS_BUYER else None


def pause_after(attempts: int) -> dt.timedelta | None:
    """Return how long to wait after so many failed attempts; None when a person is asked."""
    return PAUSES[attempts - 1] if attempts <= len(PAUSES) else None
