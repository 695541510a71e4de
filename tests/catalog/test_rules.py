"""The pure rules of the catalogue: every state × action, bands, shares, and content there and back."""

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalog import rules
from marketplace.catalog.models import WHOLE, Category, PermitKind, ProductState
from marketplace.catalog.rules import Action, PermitContent, ProductContent, Share
from marketplace.shared.errors import InvalidInput, StateConflict

TABLE = """
             submit    withdraw approve   return     pause  resume    archive  restore
draft        submitted -        -         -          -      -         archived -
submitted    -         draft    published needs_work -      -         -        -
needs_work   submitted -        -         -          -      -         archived -
published    -         -        -         -          paused -         archived -
paused       submitted -        -         -          -      published archived -
archived     -         -        -         -          -      -         -        draft
"""
ACTIONS, *ROWS = [line.split() for line in TABLE.strip().splitlines()]
CASES = [
    (ProductState(row[0]), Action(action), after)
    for row in ROWS
    for action, after in zip(ACTIONS, row[1:], strict=True)
]


def test_the_table_is_whole() -> None:
    assert {(state, action) for state, action, _ in CASES} == {(s, a) for s in ProductState for a in Action}


@pytest.mark.parametrize(("state", "action", "after"), CASES)
def test_every_action_in_every_state(state: ProductState, action: Action, after: str) -> None:
    assert rules.can(state, action) is (after != "-")
    if after == "-":
        with pytest.raises(StateConflict):
            rules.transition(state, action)
    else:
        assert rules.transition(state, action) is ProductState(after)


@given(st.integers(100, 10**12), st.integers(0, 100))
def test_a_band_holds_its_middle_and_never_more_than_its_percent(approved: int, percent: int) -> None:
    low, high = rules.price_band(approved, percent)
    assert 100 <= low <= approved <= high
    assert high * 100 <= approved * (100 + percent)
    assert low == 100 or low * 100 >= approved * (100 - percent)


@given(st.lists(st.integers(1, WHOLE), min_size=1, max_size=6))
def test_only_parts_that_sum_to_the_whole_are_taken(parts: list[int]) -> None:
    shares = [Share(number, part) for number, part in enumerate(parts)]
    members = set(range(len(parts)))
    if sum(parts) == WHOLE:
        rules.check_shares(shares, members)
    else:
        with pytest.raises(InvalidInput):
            rules.check_shares(shares, members)


@pytest.mark.parametrize(
    "shares",
    [
        [],
        [Share(1, WHOLE), Share(2, 0)],
        [Share(1, 5_000), Share(1, 5_000)],
        [Share(9, WHOLE)],
        [Share(1, 11_000), Share(2, -1_000)],
        [Share(1, 9_999)],
    ],
)
def test_wrong_shares_are_refused_beside_the_maker(shares: list[Share]) -> None:
    with pytest.raises(InvalidInput) as caught:
        rules.check_shares(shares, {1, 2})
    assert caught.value.field == "maker"


BASE = ProductContent(name="Keripik", category=Category.SNACK, unit="bungkus", price=15_000, shares=(Share(1, WHOLE),))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "ab"),
        ("name", "   "),
        ("unit", " "),
        ("price", 99),
        ("price", 10**12 + 1),
        ("photos", tuple(range(9))),
        ("permits", (PermitContent(PermitKind.PIRT, "1"), PermitContent(PermitKind.PIRT, "2"))),
    ],
)
def test_wrong_content_is_refused_beside_its_field(field: str, value: object) -> None:
    wrong = rules.merged(BASE, {})
    object.__setattr__(wrong, field, value)
    with pytest.raises(InvalidInput) as caught:
        rules.check_content(wrong, {1})
    assert caught.value.field == field


contents = st.builds(
    ProductContent,
    name=st.text(max_size=20),
    category=st.sampled_from(Category),
    unit=st.text(max_size=5),
    price=st.integers(0, 10**12),
    description=st.text(max_size=20),
    weight_gram=st.none() | st.integers(1, 10),
    shelf_life_days=st.none() | st.integers(1, 10),
    shares=st.lists(st.builds(Share, st.integers(1, 9), st.integers(1, WHOLE)), max_size=3, unique=True).map(tuple),
    permits=st.lists(
        st.builds(PermitContent, st.sampled_from(PermitKind), st.text(max_size=5), st.none() | st.dates()),
        max_size=2,
        unique_by=lambda permit: permit.kind,
    ).map(tuple),
    photos=st.lists(st.integers(1, 99), max_size=4, unique=True).map(tuple),
)


@given(contents, contents)
def test_a_diff_worked_in_gives_the_new_content(old: ProductContent, new: ProductContent) -> None:
    changes = json.loads(json.dumps(rules.diff(old, new)))
    assert rules.as_json(rules.merged(old, changes)) == rules.as_json(new)
    assert rules.diff(new, rules.merged(old, changes)) == {}


def test_the_order_of_photos_is_a_change_and_that_of_makers_is_none() -> None:
    two = rules.merged(BASE, {"shares": [[1, 4_000], [2, 6_000]], "photos": [1, 2]})
    assert rules.diff(two, rules.merged(two, {"shares": [[2, 6_000], [1, 4_000]]})) == {}
    assert rules.diff(two, rules.merged(two, {"photos": [2, 1]})) == {"photos": [2, 1]}


@pytest.mark.parametrize(("day", "gone"), [((2026, 11, 20), 1), ((2026, 11, 21), 0), (None, 0)])
def test_a_permit_holds_through_its_last_day(day: tuple[int, int, int] | None, gone: int) -> None:
    permit = PermitContent(PermitKind.HALAL, "1", dt.date(*day) if day else None)
    assert len(rules.expired([permit], dt.date(2026, 11, 21))) == gone
