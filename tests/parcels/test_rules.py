"""The pure rules of parcels: states, what a recipe may be, how many, by when."""

import datetime as dt
import itertools
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.parcels import rules
from marketplace.parcels.models import ParcelState
from marketplace.parcels.rules import Action, Component, FlagKind
from marketplace.shared.errors import InvalidInput, StateConflict

ALLOWED = {
    ("draft", "offer"): "offered",
    ("offered", "pause"): "paused",
    ("paused", "resume"): "offered",
    ("draft", "archive"): "archived",
    ("offered", "archive"): "archived",
    ("paused", "archive"): "archived",
}


@pytest.mark.parametrize(("state", "action"), list(itertools.product(ParcelState, Action)))
def test_every_state_and_action(state: ParcelState, action: Action) -> None:
    expected = ALLOWED.get((state.value, action.value))
    if expected is None:
        assert action not in rules.actions_from(state)
        with pytest.raises(StateConflict):
            rules.transition(state, action)
    else:
        assert action in rules.actions_from(state)
        assert rules.transition(state, action).value == expected


def component(product_id: int = 1, **values: Any) -> Component:
    price = values.get("unit_price", 10_000)
    return Component(
        **{
            "product_id": product_id,
            "name": f"Produk {product_id}",
            "quantity": 1,
            "unit_price": price,
            "price_now": price,
            "is_sold": True,
            "makers": frozenset({product_id}),
            **values,
        }
    )


TWO = (component(1, unit_price=12_000, quantity=2), component(2, unit_price=7_500))


@pytest.mark.parametrize(
    ("components", "price", "packing_cost", "field"),
    [
        (TWO, 36_500, 5_000, None),
        (TWO, 31_500, 0, None),
        (TWO, 36_499, 5_000, "price"),
        (TWO, 5_000, 5_000, "price"),
        ((), 36_500, 5_000, "items"),
        ((component(1),), 50_000, 0, "items"),
        ((component(1), component(2, makers=frozenset({1}))), 50_000, 0, "items"),
        ((component(1, makers=frozenset({1, 2})),), 50_000, 0, None),
        ((component(1), component(2, is_sold=False)), 50_000, 0, "items"),
    ],
)
def test_recipe_needs_two_families_and_pays_them_no_less_than_alone(
    components: tuple[Component, ...], price: int, packing_cost: int, field: str | None
) -> None:
    if field is None:
        rules.check_recipe(components, price, packing_cost)
        return
    with pytest.raises(InvalidInput) as caught:
        rules.check_recipe(components, price, packing_cost)
    assert caught.value.field == field


items = st.lists(st.tuples(st.integers(1, 200), st.integers(100, 5_000_000)), min_size=2, max_size=12)


@given(items, st.integers(0, 1_000_000), st.integers(0, 1_000_000))
def test_no_maker_of_an_allowed_recipe_gets_less_than_alone(
    pieces: list[tuple[int, int]], packing_cost: int, more: int
) -> None:
    components = [
        component(index, quantity=count, unit_price=price) for index, (count, price) in enumerate(pieces, start=1)
    ]
    price = rules.sum_alone(components) + packing_cost + more
    rules.check_recipe(components, price, packing_cost)
    parts = rules.makers_parts(price, packing_cost, components)
    assert sum(parts) == price - packing_cost
    assert all(part >= c.weight for part, c in zip(parts, components, strict=True))
    assert rules.flags_of(components, price, packing_cost) == []


def test_flags_name_what_is_gone_and_who_would_lose() -> None:
    components = [component(1, price_now=12_000), component(2, is_sold=False), component(3)]
    flags = rules.flags_of(components, 33_000, 3_000)
    assert [(flag.kind, flag.name, flag.missing) for flag in flags] == [
        (FlagKind.NOT_SOLD, "Produk 2", 0),
        (FlagKind.LESS_THAN_ALONE, "Produk 1", 2_000),
    ]


def test_a_price_above_the_sum_swallows_a_small_rise() -> None:
    components = [component(1, price_now=10_400), component(2)]
    assert rules.flags_of(components, 21_000, 0) == []


@pytest.mark.parametrize(
    ("free", "wanted", "expected"),
    [
        ({1: 7, 2: 9}, [(1, 2), (2, 3)], 3),
        ({1: 1, 2: 9}, [(1, 2), (2, 3)], 0),
        ({1: 7}, [(1, 2), (2, 3)], 0),
        ({1: -4}, [(1, 2)], 0),
        ({}, [], 0),
    ],
)
def test_how_many(free: dict[int, int], wanted: list[tuple[int, int]], expected: int) -> None:
    assert rules.how_many(free, wanted) == expected


WITA = ZoneInfo("Asia/Makassar")


@pytest.mark.parametrize(
    ("now", "notice_days", "cut_off_hour", "expected"),
    [
        ("2026-11-18 09:00", 0, 14, "2026-11-18"),
        ("2026-11-18 13:59", 1, 14, "2026-11-19"),
        ("2026-11-18 14:00", 1, 14, "2026-11-20"),
        ("2026-11-18 23:59", 1, 24, "2026-11-19"),
        ("2026-11-18 00:00", 0, 0, "2026-11-19"),
        ("2026-11-20 09:00", 1, 14, "2026-11-23"),
        ("2026-11-20 15:00", 1, 14, "2026-11-24"),
        ("2026-11-21 09:00", 0, 14, "2026-11-23"),
        ("2026-11-21 09:00", 2, 14, "2026-11-25"),
        # Christmas Eve is cuti bersama, Christmas a holiday, then a weekend.
        ("2026-12-23 09:00", 1, 14, "2026-12-28"),
        ("2026-12-23 15:00", 0, 14, "2026-12-28"),
        # New Year's Day 2027 is a holiday, and the notice runs into the next year.
        ("2026-12-31 09:00", 1, 14, "2027-01-04"),
        # No decree is known for 2031: weekends only.
        ("2031-01-01 09:00", 1, 14, "2031-01-02"),
    ],
)
def test_earliest_day(now: str, notice_days: int, cut_off_hour: int, expected: str) -> None:
    moment = dt.datetime.fromisoformat(now).replace(tzinfo=WITA)
    assert rules.earliest_day(moment, notice_days, cut_off_hour).isoformat() == expected


@given(
    st.dates(dt.date(2025, 1, 1), dt.date(2030, 12, 1)),
    st.integers(0, 23),
    st.integers(0, rules.MAX_NOTICE_DAYS),
    st.integers(0, rules.NO_CUT_OFF),
)
def test_the_day_is_a_working_day_and_more_notice_is_never_earlier(
    today: dt.date, hour: int, notice_days: int, cut_off_hour: int
) -> None:
    now = dt.datetime.combine(today, dt.time(hour), WITA)
    day = rules.earliest_day(now, notice_days, cut_off_hour)
    assert rules.is_working_day(day)
    assert day >= now.date() + dt.timedelta(days=notice_days)
    assert rules.earliest_day(now, notice_days + 1, cut_off_hour) > day
