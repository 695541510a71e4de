"""Which document fits which order, what becomes of a document, and how codes are read off paper."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.documents import rules
from marketplace.documents.models import DocumentKind as Kind
from marketplace.documents.models import DocumentState as State
from marketplace.documents.rules import Action, Standing
from marketplace.shared.errors import StateConflict
from marketplace.shared.policy import Role

TABLE = {
    (State.VALID, Action.REPLACE): State.REPLACED,
    (State.VALID, Action.CANCEL): State.CANCELLED,
    (State.REPLACED, Action.REPLACE): None,
    (State.REPLACED, Action.CANCEL): None,
    (State.CANCELLED, Action.REPLACE): None,
    (State.CANCELLED, Action.CANCEL): None,
}


@pytest.mark.parametrize(("state", "action"), list(itertools.product(State, Action)))
def test_every_state_takes_only_its_actions(state: State, action: Action) -> None:
    expected = TABLE[state, action]
    assert rules.allows(state, action) is (expected is not None)
    if expected is None:
        with pytest.raises(StateConflict):
            rules.transition(state, action)
    else:
        assert rules.transition(state, action) is expected


PLACED = Standing(
    closed=False,
    paid=False,
    packed=False,
    prepared=False,
    sent=True,
    of_office=True,
    on_invoice=False,
    bought_by_office=False,
)
OFFICES = {Kind.OFFICE_INVOICE}
"""What only an order on an office's invoice has, in the place of the other one."""
PAID = replace(PLACED, paid=True, prepared=True)
PACKED = replace(PAID, packed=True)
DONE = replace(PACKED, prepared=False)
POSSIBLE = {
    "placed": (PLACED, {Kind.INVOICE, Kind.PURCHASE_ORDER, Kind.CONSENT}),
    "placed at home": (replace(PLACED, of_office=False), {Kind.INVOICE}),
    "paid": (PAID, {Kind.INVOICE, Kind.PURCHASE_ORDER, Kind.RECEIPT, Kind.LABEL}),
    "packed": (PACKED, set(rules.OF_ORDER) - OFFICES - {Kind.CONSENT}),
    "packed, fetched": (
        replace(PACKED, sent=False),
        set(rules.OF_ORDER) - OFFICES - {Kind.CONSENT, Kind.DELIVERY_NOTE},
    ),
    "packed, paid in cash later": (
        replace(PACKED, paid=False),
        set(rules.OF_ORDER) - OFFICES - {Kind.RECEIPT},
    ),
    "done": (DONE, set(rules.OF_ORDER) - OFFICES - {Kind.CONSENT, Kind.LABEL}),
    "bought by an office, paid before": (
        replace(PLACED, bought_by_office=True),
        {Kind.INVOICE, Kind.PURCHASE_ORDER},
    ),
    "on an invoice": (
        replace(PLACED, bought_by_office=True, on_invoice=True, prepared=True),
        {Kind.OFFICE_INVOICE, Kind.PURCHASE_ORDER, Kind.LABEL},
    ),
    "on an invoice, paid": (
        replace(DONE, bought_by_office=True, on_invoice=True),
        set(rules.OF_ORDER) - {Kind.INVOICE, Kind.CONSENT, Kind.LABEL},
    ),
    "closed": (replace(DONE, closed=True), set()),
}


@pytest.mark.parametrize("standing", POSSIBLE)
def test_an_order_has_the_documents_that_fit_it(standing: str) -> None:
    order, expected = POSSIBLE[standing]
    assert {kind for kind in rules.OF_ORDER if rules.obstacle(kind, order) is None} == expected


@pytest.mark.parametrize(("state", "closed"), list(itertools.product(State, (False, True))))
def test_a_document_of_an_ended_order_is_worth_nothing(state: State, closed: bool) -> None:
    expected = State.CANCELLED if closed and state is State.VALID else state
    assert rules.shown_state(state, closed) is expected


@given(st.text(alphabet=rules.LETTERS, min_size=16, max_size=16))
def test_a_code_is_read_however_it_is_typed(code: str) -> None:
    typed = rules.grouped(code).lower().replace("0", "o").replace("1", "l").replace("-", " - ")
    assert rules.read_code(typed) == code


@given(st.text(max_size=40))
def test_what_is_no_code_is_none(typed: str) -> None:
    found = rules.read_code(typed)
    assert found == "" or (len(found) == 16 and set(found) <= set(rules.LETTERS))


def test_codes_are_not_repeated() -> None:
    assert len({rules.new_code() for _ in range(1_000)}) == 1_000


def test_who_looks_into_the_books_may_not_issue() -> None:
    assert all(Role.HEAD not in roles for roles in rules.ISSUERS.values())
    assert set(rules.CORRECTORS) == {Role.TREASURER}
