"""Which bill a line is proposed for, and what may happen to it."""

import datetime as dt
import itertools
from dataclasses import replace

import pytest

from marketplace.shared.errors import StateConflict
from marketplace.treasury.models import LineState
from marketplace.treasury.rules import (
    Action,
    Bill,
    Line,
    Reason,
    Stage,
    numbers_in,
    propose,
    transition,
    without_rivals,
)

#                     MATCH              SET_ASIDE           REOPEN          BOOK_FEE           UNDO_FEE            FREE
TABLE = {
    LineState.OPEN: (LineState.MATCHED, LineState.NOT_OURS, None, None, None, None),
    LineState.MATCHED: (None, None, None, None, LineState.OUTGOING, LineState.OPEN),
    LineState.NOT_OURS: (None, None, LineState.OPEN, None, None, None),
    LineState.OUTGOING: (None, None, None, LineState.MATCHED, None, None),
}


@pytest.mark.parametrize(("state", "action"), list(itertools.product(LineState, Action)))
def test_every_state_and_action(state: LineState, action: Action) -> None:
    expected = TABLE[state][list(Action).index(action)]
    if expected is None:
        with pytest.raises(StateConflict):
            transition(state, action)
    else:
        assert transition(state, action) is expected


DAY = dt.date(2026, 11, 20)
BILL = Bill(1, 1, "WK-2611-00001", "Siti", 49_877, True, Stage.OPEN, DAY)
PLAIN = replace(BILL, has_code=False)
NAMED = "TRSF WK-2611-00001 SITI"

CASES = [
    (BILL, 49_877, "TRSF SITI", Reason.CODE, True),
    (BILL, 49_877, NAMED, Reason.SUM_AND_NUMBER, True),
    (PLAIN, 49_877, NAMED, Reason.SUM_AND_NUMBER, True),
    (PLAIN, 49_877, "QR 1", Reason.SUM, False),
    (BILL, 40_000, NAMED, Reason.NUMBER, False),
    (BILL, 49_877, "UNTUK WK-2611-00002", Reason.CODE, False),
    (replace(BILL, stage=Stage.REST), 49_877, "SISA", Reason.REST, False),
    (replace(BILL, stage=Stage.REST), 49_877, NAMED, Reason.REST, True),
    (replace(BILL, stage=Stage.ENDED), 49_877, "TRSF", Reason.ENDED, False),
    (replace(BILL, stage=Stage.BY_HAND), 49_877, "TRSF", Reason.BY_HAND, False),
    (replace(BILL, stage=Stage.BY_HAND), 10_000, NAMED, Reason.TWICE, False),
    (replace(BILL, stage=Stage.PAID), 49_877, "TRSF", Reason.TWICE, False),
    (replace(BILL, stage=Stage.PAID), 1, NAMED, Reason.TWICE, False),
]


@pytest.mark.parametrize(("bill", "amount", "text", "reason", "is_certain"), CASES)
def test_a_line_is_proposed_with_its_reason(
    bill: Bill, amount: int, text: str, reason: Reason, is_certain: bool
) -> None:
    (found,) = propose(Line(1, DAY, amount, text), [bill])
    assert (found.reason, found.is_certain) == (reason, is_certain)


def test_what_fits_nothing_is_proposed_for_nothing() -> None:
    assert propose(Line(1, DAY, 49_878, "TRSF"), [BILL]) == []
    assert propose(Line(1, DAY - dt.timedelta(days=1), 49_877, "TRSF"), [BILL]) == []  # came before it was asked for


@pytest.mark.parametrize("days", [-4, -3, 0, 3, 4])
@pytest.mark.parametrize("text", ["TRSF", NAMED])
def test_the_same_sum_written_down_by_hand_is_it_only_near_its_day_or_by_number(days: int, text: str) -> None:
    by_hand = replace(BILL, stage=Stage.BY_HAND)
    found = propose(Line(1, DAY + dt.timedelta(days=days), 49_877, text), [by_hand])
    expected = [Reason.BY_HAND] if abs(days) <= 3 or text == NAMED else []
    assert [each.reason for each in found] == expected


def test_two_that_fit_alike_are_not_certain() -> None:
    other = replace(BILL, payment_id=2, order_id=2, number="WK-2611-00002")
    found = propose(Line(1, DAY, 49_877, "TRSF"), [BILL, other])
    assert [each.is_certain for each in found] == [False, False]
    named = propose(Line(1, DAY, 49_877, NAMED), [BILL, other])
    assert (named[0].bill, named[0].is_certain) == (BILL, True)


def test_two_lines_for_one_bill_are_left_to_a_person() -> None:
    proposals = {number: propose(Line(number, DAY, 49_877, "TRSF"), [BILL]) for number in (1, 2)}
    assert without_rivals(proposals) == {}
    assert set(without_rivals({1: proposals[1]})) == {1}


@pytest.mark.parametrize(
    "text", ["WK-2611-00042", "bayar wk261100042 siti", "WK 2611 00042", "TRF/WK.2611.00042/X", "WK-2611-00042,"]
)
def test_an_order_number_is_found_however_the_bank_writes_it(text: str) -> None:
    assert numbers_in(text) == {"WK-2611-00042"}


@pytest.mark.parametrize("text", ["", "WK", "WK-26-1", "2611-00042", "WK-2611-42"])
def test_what_is_no_order_number_is_none(text: str) -> None:
    assert numbers_in(text) == set()
