"""What an office wants goes only the way it may; an invoice stands as its sums say."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.ledger import rules as ledger
from marketplace.ledger.models import Account
from marketplace.offices import rules
from marketplace.offices.models import OfficeOrderState, OfficeRole
from marketplace.offices.rules import Action, InvoiceState
from marketplace.shared.errors import StateConflict

S, A = OfficeOrderState, Action
ALLOWED = {
    S.DRAFT: {A.CHANGE: S.DRAFT, A.RENEW: S.DRAFT, A.ASK: S.ASKED, A.CANCEL: S.CANCELLED},
    S.ASKED: {A.RENEW: S.DRAFT, A.APPROVE: S.APPROVED, A.SEND_BACK: S.SENT_BACK, A.CANCEL: S.CANCELLED},
    S.SENT_BACK: {A.CHANGE: S.DRAFT, A.RENEW: S.DRAFT, A.ASK: S.ASKED, A.CANCEL: S.CANCELLED},
    S.APPROVED: {A.RENEW: S.DRAFT, A.ORDER: S.ORDERED, A.CANCEL: S.CANCELLED},
    S.ORDERED: {},
    S.CANCELLED: {},
}
RUPIAH = st.integers(0, 10**9)


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("action", A)
def test_every_state_and_action(state: OfficeOrderState, action: Action) -> None:
    after = ALLOWED[state].get(action)
    if after is None:
        with pytest.raises(StateConflict):
            rules.transition(state, action)
    else:
        assert rules.transition(state, action) is after


@pytest.mark.parametrize(
    ("role", "is_own", "is_alone", "may"),
    [
        (OfficeRole.MEMBER, False, False, set()),
        (OfficeRole.MEMBER, True, False, set(A) - {A.APPROVE, A.SEND_BACK}),
        (OfficeRole.APPROVER, False, False, set(A)),
        (OfficeRole.APPROVER, True, False, set(A) - {A.APPROVE, A.SEND_BACK}),
        (OfficeRole.APPROVER, True, True, set(A)),
    ],
)
def test_nobody_approves_his_own_unless_he_is_alone(
    role: OfficeRole, is_own: bool, is_alone: bool, may: set[Action]
) -> None:
    assert {action for action in A if rules.may(action, role, is_own=is_own, is_alone=is_alone)} == may


def test_without_valid_prices_nothing_is_ordered() -> None:
    own = {"is_own": True, "is_alone": True}
    before = rules.possible(S.APPROVED, OfficeRole.APPROVER, **own, holds_price=True)
    after = rules.possible(S.APPROVED, OfficeRole.APPROVER, **own, holds_price=False)
    assert (before, after) == ({A.ORDER, A.RENEW, A.CANCEL}, {A.RENEW, A.CANCEL})


def test_the_last_day_counts() -> None:
    day = dt.date(2026, 11, 22)
    assert rules.is_valid(day, day)
    assert not rules.is_valid(day, day + dt.timedelta(days=1))
    assert (rules.days_late(day, 1, day), rules.days_late(day, 1, day + dt.timedelta(days=3))) == (0, 3)
    assert rules.days_late(day, 0, day + dt.timedelta(days=3)) == 0


@pytest.mark.parametrize(
    ("due", "paid", "state"),
    [
        (100, 0, InvoiceState.OPEN),
        (100, 1, InvoiceState.PARTLY_PAID),
        (100, 100, InvoiceState.PAID),
        (100, 120, InvoiceState.PAID),
        (0, 0, InvoiceState.CANCELLED),
        (0, 50, InvoiceState.CANCELLED),
    ],
)
def test_how_an_invoice_stands(due: int, paid: int, state: InvoiceState) -> None:
    assert rules.invoice_state(due, paid) is state


@given(received=st.integers(1, 10**9), receivable=RUPIAH)
def test_money_lowers_the_debt_first(received: int, receivable: int) -> None:
    sums = {each.account: each.amount for each in ledger.invoice_payment(Account.BANK, received, receivable)}
    assert sum(sums.values()) == 0
    assert receivable + sums[Account.RECEIVABLES] == max(receivable - received, 0)
    assert -sums[Account.REFUNDS_PAYABLE] == max(received - receivable, 0)


@given(amount=RUPIAH, cash_left=RUPIAH, receivable=RUPIAH)
def test_what_falls_away_lowers_the_debt_first(amount: int, cash_left: int, receivable: int) -> None:
    sums = {each.account: each.amount for each in ledger.reduction(amount, cash_left, receivable)}
    assert sum(sums.values()) == 0
    assert -sums[Account.RECEIVABLES] == min(amount, receivable)
    assert -sums[Account.REFUNDS_PAYABLE] == min(amount + sums[Account.RECEIVABLES], cash_left)
