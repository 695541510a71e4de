"""Payment states: the whole table. Unique codes: which are free."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.payments.models import PaymentState as S
from marketplace.payments.rules import Action, allows, free_codes, transition
from marketplace.shared.errors import StateConflict

#            CLAIM       CONFIRM      REJECT      EXPIRE     CANCEL       SETTLE       TAKE_BACK
TABLE = {
    S.PENDING: (S.CLAIMED, S.CONFIRMED, None, S.EXPIRED, S.CANCELLED, None, None),
    S.CLAIMED: (S.CLAIMED, S.CONFIRMED, S.REJECTED, None, None, S.CANCELLED, None),
    S.CONFIRMED: (None, None, None, None, None, None, S.TAKEN_BACK),
    S.REJECTED: (S.CLAIMED, S.CONFIRMED, None, None, None, None, None),
    S.EXPIRED: (S.CLAIMED, S.CONFIRMED, None, None, None, None, None),
    S.CANCELLED: (None, S.CONFIRMED, None, None, None, None, None),
    S.TAKEN_BACK: (None, None, None, None, None, None, None),
}


@pytest.mark.parametrize(("state", "action"), list(itertools.product(S, Action)))
def test_every_state_and_action(state: S, action: Action) -> None:
    expected = TABLE[state][list(Action).index(action)]
    assert allows(state, action) is (expected is not None)
    if expected is None:
        with pytest.raises(StateConflict):
            transition(state, action)
    else:
        assert transition(state, action) is expected


@given(
    due=st.integers(1, 3_000),
    taken=st.sets(st.integers(1, 999), max_size=999),
    amounts=st.sets(st.integers(1, 3_000), max_size=50),
)
def test_a_free_code_is_no_other_bills_and_leaves_a_sum_of_its_own(
    due: int, taken: set[int], amounts: set[int]
) -> None:
    codes = free_codes(due, taken, amounts)
    assert all(1 <= code <= 999 and code not in taken and due - code >= 1 for code in codes)
    assert all(due - code not in amounts for code in codes)
    missed = set(range(1, 1000)) - set(codes)
    assert all(code in taken or due - code in amounts or due <= code for code in missed)
