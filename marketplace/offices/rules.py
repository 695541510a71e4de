"""What may happen to what an office wants, who may do it, and how an invoice stands: decided without a database."""

import datetime as dt
from enum import StrEnum

from ..shared.moves import move
from .models import OfficeOrderState, OfficeRole


class Action(StrEnum):
    """What can happen to what an office wants."""

    CHANGE = "change"
    """Other quantities, at the prices that were offered."""
    RENEW = "renew"
    """The prices of today, valid anew."""
    ASK = "ask"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    ORDER = "order"
    CANCEL = "cancel"


S, A = OfficeOrderState, Action

TRANSITIONS: dict[tuple[OfficeOrderState, Action], OfficeOrderState] = {
    (S.DRAFT, A.CHANGE): S.DRAFT,
    (S.DRAFT, A.RENEW): S.DRAFT,
    (S.DRAFT, A.ASK): S.ASKED,
    (S.DRAFT, A.CANCEL): S.CANCELLED,
    (S.ASKED, A.RENEW): S.DRAFT,
    (S.ASKED, A.APPROVE): S.APPROVED,
    (S.ASKED, A.SEND_BACK): S.SENT_BACK,
    (S.ASKED, A.CANCEL): S.CANCELLED,
    (S.SENT_BACK, A.CHANGE): S.DRAFT,
    (S.SENT_BACK, A.RENEW): S.DRAFT,
    (S.SENT_BACK, A.ASK): S.ASKED,
    (S.SENT_BACK, A.CANCEL): S.CANCELLED,
    # New prices ask for a new approval: nobody approved the sum that they come to.
    (S.APPROVED, A.RENEW): S.DRAFT,
    (S.APPROVED, A.ORDER): S.ORDERED,
    (S.APPROVED, A.CANCEL): S.CANCELLED,
}
OPEN = frozenset({S.DRAFT, S.ASKED, S.SENT_BACK, S.APPROVED})
AT_THE_PRICE = frozenset({A.CHANGE, A.ASK, A.APPROVE, A.ORDER})
"""What can be done only while the prices hold."""


def transition(state: OfficeOrderState, action: Action) -> OfficeOrderState:
    """Return the state after an action. Raises StateConflict where it cannot happen."""
    return move(TRANSITIONS, state, action)


def is_valid(valid_until: dt.date, day: dt.date) -> bool:
    """Tell whether offered prices hold on a day; the last day is one of them."""
    return day <= valid_until


def may(action: Action, role: OfficeRole, *, is_own: bool, is_alone: bool) -> bool:
    """Tell whether a member may do something with what he (`is_own`) or another member wants.

    Four eyes: nobody approves what he asked for himself, unless nobody else belongs to his office.
    """
    if action in (A.APPROVE, A.SEND_BACK):
        return role is OfficeRole.APPROVER and (not is_own or is_alone)
    return is_own or role is OfficeRole.APPROVER


def possible(
    state: OfficeOrderState, role: OfficeRole, *, is_own: bool, is_alone: bool, holds_price: bool
) -> frozenset[Action]:
    """Return what a member can do now."""
    return frozenset(
        action
        for action in Action
        if (state, action) in TRANSITIONS
        and may(action, role, is_own=is_own, is_alone=is_alone)
        and (holds_price or action not in AT_THE_PRICE)
    )


class InvoiceState(StrEnum):
    """How an invoice stands; whether it is overdue is told by its day."""

    OPEN = "open"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    CANCELLED = "cancelled"
    """Nothing of the order was bought after all."""


def invoice_state(due: int, paid: int) -> InvoiceState:
    """Return how an invoice stands: `due` is the order without what was taken off, `paid` all that came, rupiah."""
    if due == 0:
        return InvoiceState.CANCELLED
    if paid >= due:
        return InvoiceState.PAID
    return InvoiceState.PARTLY_PAID if paid else InvoiceState.OPEN


def days_late(due_on: dt.date, open_amount: int, day: dt.date) -> int:
    """Return for how many days an invoice should have been paid; 0 when it is not overdue."""
    return max((day - due_on).days, 0) if open_amount else 0


def fits_credit(limit: int, owed: int, new: int) -> bool:
    """Tell whether a new invoice leaves what an office owes within its limit, rupiah."""
    return owed + new <= limit


def invoice_number(regency_code: str, year: int, serial: int) -> str:
    """Write the number of an invoice: TG-6306-2026-0042."""
    return f"TG-{regency_code.replace('.', '')}-{year}-{serial:04d}"
