"""What an address may ask of the list, and what is told of an order's way."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.catalog.models import Category, ProductKind
from marketplace.orders.models import DeliveryMethod, OrderState
from marketplace.orders.way import CLOSED, steps
from marketplace.parcels.models import Occasion
from marketplace.storefront.rules import Filters, Sort, read_written, seasons, written

NAMES = ["q", "kind", "category", "district", "low", "high", "pirt", "halal", "available", "sort", "page"]
TYPICAL = st.sampled_from(["", "snack", "goods", "63.06.05", "15.000", "-1", "1e9", "²", "name", "9" * 40, "x" * 200])


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ({}, Filters()),
        ({"kind": "goods", "category": "snack"}, Filters(kind=ProductKind.GOODS, category=Category.SNACK)),
        ({"kind": "GOODS", "category": "'; --", "sort": "price"}, Filters()),
        ({"low": "15.000", "high": "Rp20000"}, Filters(low=15_000, high=20_000)),
        ({"low": "-5", "high": "banyak"}, Filters()),
        ({"low": "²³", "high": "٣"}, Filters()),
        ({"low": "9" * 13}, Filters(low=1_000_000_000_000)),
        ({"low": "9" * 14}, Filters()),
        ({"low": "0"}, Filters(low=0)),
        ({"district": "63.06.05", "sort": "name"}, Filters(district="63.06.05", sort=Sort.NAME)),
        ({"district": "63.06.05.1001"}, Filters()),
        ({"pirt": "1", "halal": "on", "available": ""}, Filters(pirt=True, halal=True)),
        ({"q": "  keripik   pisang "}, Filters(q="keripik pisang")),
    ],
)
def test_an_address_is_read_leniently(args: dict[str, str], expected: Filters) -> None:
    assert Filters.read(args) == expected


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), TYPICAL | st.text(max_size=20)))
def test_what_was_read_is_written_so_that_it_reads_the_same(args: dict[str, str]) -> None:
    filters = Filters.read(args)
    assert Filters.read(filters.as_args()) == filters


@pytest.mark.parametrize("pays_first", [True, False])
@pytest.mark.parametrize("method", DeliveryMethod)
@pytest.mark.parametrize("state", OrderState)
def test_every_state_has_its_place_on_the_way(state: OrderState, method: DeliveryMethod, pays_first: bool) -> None:
    way = steps(state, method, pays_first=pays_first)
    marks = [mark for _state, mark in way]
    if state in CLOSED:
        assert way == [(state, "now")]
    elif state is OrderState.COMPLETED:
        assert set(marks) == {"done"}
        assert way[-1][0] is OrderState.COMPLETED
    else:
        now = marks.index("now")
        assert set(marks[:now]) <= {"done"}
        assert set(marks[now + 1 :]) <= {"todo"}
        assert way[now][0] is state or state not in {each for each, _mark in way}
    assert (OrderState.SHIPPED in dict(way)) == (method is not DeliveryMethod.PICKUP and state not in CLOSED)


def test_a_cash_order_shows_no_step_of_waiting_for_money() -> None:
    way = steps(OrderState.PROCESSING, DeliveryMethod.PICKUP, pays_first=False)
    assert [state for state, _mark in way] == [OrderState.PROCESSING, OrderState.READY, OrderState.COMPLETED]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-03-01", [(Occasion.LEBARAN, "2026-03-21")]),
        ("2026-03-21", [(Occasion.LEBARAN, "2026-03-21")]),
        ("2026-03-22", []),
        ("2026-11-09", []),
        ("2026-11-22", [(Occasion.NATAL, "2026-12-25")]),
        ("2026-12-25", [(Occasion.NATAL, "2026-12-25")]),
        ("2027-01-05", []),
        ("2027-01-20", [(Occasion.LEBARAN, "2027-03-10")]),
        ("2035-05-05", []),
    ],
)
def test_the_season_follows_the_feasts(day: str, expected: list[tuple[Occasion, str]]) -> None:
    found = seasons(dt.date.fromisoformat(day))
    assert [(each.occasion, each.day.isoformat()) for each in found] == expected


LINES = [("product-1", 2, 15_000), ("parcel-1", 1, 90_000)]


@pytest.mark.parametrize(
    "other",
    [
        [("product-1", 3, 15_000), LINES[1]],
        [("product-1", 2, 15_001), LINES[1]],
        [("product-2", 2, 15_000), LINES[1]],
        LINES[:1],
        [],
    ],
)
def test_what_is_written_of_a_basket_changes_with_things_numbers_and_prices(other: list[tuple[str, int, int]]) -> None:
    assert written(LINES) == written(reversed(LINES))
    assert written(other) != written(LINES)


def test_what_was_written_of_a_basket_is_read_again() -> None:
    assert read_written(written(LINES)) == {"product-1": (2, 15_000), "parcel-1": (1, 90_000)}
    for strange in ("", "a", "product-:1:1", "product-" + "9" * 30 + ":1:1", "product-1:x:1", "PRODUCT-1:1:1"):
        assert read_written(strange) == {}
