"""Which bill a line of the statement may be for, and why; and what may happen to a line. No database."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ..shared.moves import move
from .models import LineState, Outcome


class Action(StrEnum):
    MATCH = "match"
    SET_ASIDE = "set_aside"
    """It is not ours."""
    REOPEN = "reopen"
    BOOK_FEE = "book_fee"
    """The bank took it for itself."""
    UNDO_FEE = "undo_fee"
    FREE = "free"
    """The payment that it proved was taken back."""


MOVES: dict[tuple[LineState, Action], LineState] = {
    (LineState.OPEN, Action.MATCH): LineState.MATCHED,
    (LineState.OPEN, Action.SET_ASIDE): LineState.NOT_OURS,
    (LineState.NOT_OURS, Action.REOPEN): LineState.OPEN,
    (LineState.OUTGOING, Action.BOOK_FEE): LineState.MATCHED,
    (LineState.MATCHED, Action.UNDO_FEE): LineState.OUTGOING,
    (LineState.MATCHED, Action.FREE): LineState.OPEN,
}


def transition(state: LineState, action: Action) -> LineState:
    """Return the state after an action. Raises StateConflict where it is not allowed."""
    return move(MOVES, state, action)


def outcome_of_invoice(owed: int, received: int) -> Outcome:
    """Return what becomes of money for an invoice of which so much was still open."""
    if not owed:
        return Outcome.TWICE
    if received == owed:
        return Outcome.PAID
    return Outcome.SHORT if received < owed else Outcome.OVER


NEAR = dt.timedelta(days=3)
"""How far the bank's day may be from the one when its money was written down by hand: a weekend lies between."""


class Stage(StrEnum):
    """How a bill stands towards new money."""

    OPEN = "open"
    REST = "rest"
    """Part of its money is here."""
    ENDED = "ended"
    BY_HAND = "by_hand"
    """Written down as received, by no line of a statement."""
    PAID = "paid"


@dataclass(frozen=True)
class Bill:
    """A bill that a line may be for: what it asks, rupiah, from which day on."""

    payment_id: int
    """0 for an office's invoice."""
    order_id: int
    number: str
    buyer: str
    asked: int
    has_code: bool
    stage: Stage
    since: dt.date
    """The day from which money may come for it; of money written down by hand the day when it was."""


class Reason(StrEnum):
    """Why a line may be for a bill, the best first."""

    SUM_AND_NUMBER = "sum_and_number"
    CODE = "code"
    """The sum with its unique code."""
    REST = "rest"
    BY_HAND = "by_hand"
    SUM = "sum"
    NUMBER = "number"
    """The order's number, with another sum."""
    ENDED = "ended"
    TWICE = "twice"


RANK = {reason: rank for rank, reason in enumerate(Reason)}


@dataclass(frozen=True)
class Proposal:
    """A bill for a line, why, and whether it needs no second look."""

    bill: Bill
    reason: Reason
    is_certain: bool = False


@dataclass(frozen=True)
class Line:
    """What a line of a statement says."""

    id: int
    day: dt.date
    amount: int
    text: str


ORDER_NUMBER = re.compile(r"WK[^0-9A-Z]{0,2}([0-9]{4})[^0-9A-Z]{0,2}([0-9]{5,})", re.IGNORECASE)


INVOICE_NUMBER = re.compile(
    r"TG[^0-9A-Z]{0,2}([0-9]{4})[^0-9A-Z]{0,2}([0-9]{4})[^0-9A-Z]{0,2}([0-9]{4,})", re.IGNORECASE
)


def numbers_in(text: str) -> set[str]:
    """Return the numbers of orders and of offices' invoices in a text, also where the bank dropped their hyphens."""
    orders = {f"WK-{month}-{number}" for month, number in ORDER_NUMBER.findall(text)}
    return orders | {f"TG-{regency}-{year}-{serial}" for regency, year, serial in INVOICE_NUMBER.findall(text)}


def propose(line: Line, bills: Iterable[Bill]) -> list[Proposal]:
    """Return the bills that a line may be for, the best first; certain only where it is the one of its kind."""
    named = numbers_in(line.text)
    found = [
        Proposal(bill, reason) for bill in bills if (reason := _reason(line, bill, bill.number in named)) is not None
    ]
    found.sort(key=lambda each: (RANK[each.reason], -each.bill.payment_id))
    if found and _is_certain(found, named):
        found[0] = Proposal(found[0].bill, found[0].reason, is_certain=True)
    return found


def _reason(line: Line, bill: Bill, is_named: bool) -> Reason | None:
    fits = line.amount == bill.asked and line.day >= bill.since
    if bill.stage is Stage.PAID:
        return Reason.TWICE if is_named or fits else None
    if bill.stage is Stage.BY_HAND:
        is_it = is_named or abs(line.day - bill.since) <= NEAR
        return Reason.BY_HAND if is_it and line.amount == bill.asked else Reason.TWICE if is_named else None
    if fits and bill.stage is Stage.REST:
        return Reason.REST
    if fits and bill.stage is Stage.ENDED:
        return Reason.ENDED
    if fits:
        return Reason.SUM_AND_NUMBER if is_named else Reason.CODE if bill.has_code else Reason.SUM
    return Reason.NUMBER if is_named else None


def _is_certain(found: Sequence[Proposal], named: set[str]) -> bool:
    best = found[0]
    if len(found) > 1 and found[1].reason is best.reason:
        return False
    if best.reason is Reason.REST:
        return best.bill.number in named
    # Two orders in one text, or another order than the sum's: a person looks.
    return best.reason in (Reason.SUM_AND_NUMBER, Reason.CODE) and named <= {best.bill.number}


def without_rivals(proposals: Mapping[int, Sequence[Proposal]]) -> dict[int, Proposal]:
    """Return line id → its certain proposal, for bills that no other line is certain to be for."""
    certain = {line: found[0] for line, found in proposals.items() if found and found[0].is_certain}
    claims = Counter(each.bill.order_id for each in certain.values())
    return {line: each for line, each in certain.items() if claims[each.bill.order_id] == 1}
