"""What may happen to a payment, and which unique code a bill gets: decided without a database."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from ..orders import rules as order_rules
from ..orders.models import Order, OrderState
from ..shared.moves import move
from .models import DisputeState, PaymentState, RefundState
from .provider import BillLine

FIRST_CODE, LAST_CODE = 1, 999
SHORTEST_PAGE, LONGEST_PAGE = dt.timedelta(minutes=35), dt.timedelta(hours=23)
"""A page may be open for 30 minutes to 24 hours from when the provider makes it, which may be some tries later."""
GRACE = dt.timedelta(minutes=5)
"""How much longer than the page the order waits: money of the last second is told a moment later."""
MOST_LINES = 100
DELIVERY = "Ongkos kirim"
"""Not translated: a page that is asked for again, by whomever, has to be asked for in the same words."""


class Action(StrEnum):
    """What can happen to a payment."""

    CLAIM = "claim"
    """The buyer says that he paid."""
    CONFIRM = "confirm"
    """The money is there, whenever it came."""
    REJECT = "reject"
    """The money of a claim was not found."""
    EXPIRE = "expire"
    CANCEL = "cancel"
    """The buyer chose another way to pay."""
    SETTLE = "settle"
    """What the buyer said that he paid was found in another way."""
    TAKE_BACK = "take_back"
    """It was confirmed by mistake."""


S, A = PaymentState, Action

# A closed bill can still be confirmed: money that comes late is written down, never lost.
TRANSITIONS: dict[tuple[PaymentState, Action], PaymentState] = {
    (S.PENDING, A.CLAIM): S.CLAIMED,
    (S.PENDING, A.CONFIRM): S.CONFIRMED,
    (S.PENDING, A.EXPIRE): S.EXPIRED,
    (S.PENDING, A.CANCEL): S.CANCELLED,
    (S.CLAIMED, A.CLAIM): S.CLAIMED,
    (S.CLAIMED, A.CONFIRM): S.CONFIRMED,
    (S.CLAIMED, A.REJECT): S.REJECTED,
    (S.CLAIMED, A.SETTLE): S.CANCELLED,
    (S.REJECTED, A.CLAIM): S.CLAIMED,
    (S.REJECTED, A.CONFIRM): S.CONFIRMED,
    (S.EXPIRED, A.CLAIM): S.CLAIMED,
    (S.EXPIRED, A.CONFIRM): S.CONFIRMED,
    (S.CANCELLED, A.CONFIRM): S.CONFIRMED,
    (S.CONFIRMED, A.TAKE_BACK): S.TAKEN_BACK,
}

OPEN = frozenset({S.PENDING, S.CLAIMED})
"""States of a bill that takes money; an order has at most one such."""


def transition(state: PaymentState, action: Action) -> PaymentState:
    """Return the state after an action. Raises StateConflict where it cannot happen."""
    return move(TRANSITIONS, state, action)


def allows(state: PaymentState, action: Action) -> bool:
    """Tell whether an action can happen in a state."""
    return (state, action) in TRANSITIONS


class Decision(StrEnum):
    """What can be done with money that is kept because it did not pay its order."""

    USE = "use"
    """It is enough: the order is paid with it."""
    TAKE_REST = "take_rest"
    """It is too little: the missing money may be written down to it."""
    GIVE_BACK = "give_back"


def decisions(order: OrderState, paid: bool, kept: int, asked: int) -> frozenset[Decision]:
    """Return what can be done with what is kept, rupiah, for an order that asks for a sum."""
    if kept <= 0:
        return frozenset()
    if paid:
        return frozenset({Decision.GIVE_BACK})
    if kept < asked:
        return frozenset({Decision.GIVE_BACK, Decision.TAKE_REST})
    takes_money = order_rules.allows(order, order_rules.Action.PAY)
    return frozenset({Decision.GIVE_BACK, Decision.USE}) if takes_money else frozenset({Decision.GIVE_BACK})


class WayBack(StrEnum):
    """What taking back a confirmed payment means, or why it cannot be taken back now."""

    OWED = "owed"
    """Less is owed back to the buyer."""
    DEBT = "debt"
    """The office owes it again."""
    ANEW = "anew"
    """The order waits for its money anew."""
    GIVEN_BACK = "given_back"
    """Money of the order was given back: nobody knows whose that was."""
    PACKED = "packed"
    DELIVERED = "delivered"
    CHANGED = "changed"
    """Something was left out since, and its money is reckoned with."""
    SEVERAL = "several"
    """Several sums paid the order together."""


POSSIBLE = frozenset({WayBack.OWED, WayBack.DEBT, WayBack.ANEW})


@dataclass(frozen=True)
class Booked:
    """What matters of a confirmed payment and its order."""

    order: OrderState
    is_billed: bool
    covers: bool
    """As much as it brought is owed back to the buyer."""
    was_given_back: bool
    was_changed: bool
    paid_alone: bool


def way_back(booked: Booked) -> WayBack:
    """Return what taking back a payment means for its order, or why it cannot be."""
    if booked.covers:
        return WayBack.OWED
    if booked.was_given_back:
        return WayBack.GIVEN_BACK
    if booked.is_billed:
        return WayBack.DEBT
    if booked.order in (OrderState.READY, OrderState.SHIPPED):
        return WayBack.PACKED
    if booked.order is not OrderState.PROCESSING:
        return WayBack.DELIVERED
    if booked.was_changed:
        return WayBack.CHANGED
    return WayBack.ANEW if booked.paid_alone else WayBack.SEVERAL


# What was sent can still come back: a provider may find out days later that a bank does not take it.
REFUNDS: frozenset[tuple[RefundState, RefundState]] = frozenset(
    {
        (RefundState.REQUESTED, RefundState.SUCCEEDED),
        (RefundState.REQUESTED, RefundState.FAILED),
        (RefundState.SUCCEEDED, RefundState.FAILED),
    }
)


def refund_moves(old: RefundState, new: RefundState) -> bool:
    """Tell whether a refund goes from one state to another; what comes late or twice moves nothing."""
    return (old, new) in REFUNDS


def dispute_moves(old: DisputeState, new: DisputeState) -> bool:
    """Tell whether a dispute is decided now."""
    return old is DisputeState.OPEN and new is not DisputeState.OPEN


def page_ends(now: dt.datetime, asked: dt.datetime | None) -> dt.datetime:
    """Return until when a bill can be paid on a provider's page: as asked, within what pages are open for."""
    wanted = asked or now
    return max(min(wanted, now + LONGEST_PAGE), now + SHORTEST_PAGE).replace(microsecond=0)


def lines_of_bill(order: Order) -> tuple[BillLine, ...]:
    """Return what an order is made of now, less what was left out; together always what is due.

    One line for all where the parts would not sum to it, or are more than a page takes.
    """
    lines = [BillLine(line.name, line.unit_price, line.left) for line in order.lines if line.left]
    if order.delivery_fee:
        lines.append(BillLine(DELIVERY, order.delivery_fee, 1))
    if sum(line.amount * line.quantity for line in lines) != order.due_amount or len(lines) > MOST_LINES:
        return (BillLine(order.number, order.due_amount, 1),)
    return tuple(lines)


REFERENCE_LENGTH = 60
"""How much somebody may write of the bank's reference, or of who brought the cash."""
ODD_FROM = LAST_CODE + 1
"""Rupiah by which a sum may miss what was asked: who forgot his unique code pays so much more."""


def is_odd(asked: int, received: int) -> bool:
    """Tell whether a sum is so far from what was asked that it is more often a slip of the finger than money."""
    return abs(received - asked) >= ODD_FROM


def free_codes(due: int, taken: Collection[int], open_amounts: Collection[int]) -> list[int]:
    """Return the unique codes a bill may get: not in use, and giving a sum that no open bill asks for."""
    return [
        code
        for code in range(FIRST_CODE, LAST_CODE + 1)
        if code not in taken and due - code not in open_amounts and due > code
    ]
