"""Money is cut exactly, and every state allows what the table says and nothing else."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.orders.models import OrderState
from marketplace.orders.rules import (
    Action,
    Box,
    BoxItem,
    Good,
    Maker,
    allows,
    demand_of,
    price_box,
    price_good,
    reduce_shares,
    transition,
)
from marketplace.shared.errors import StateConflict
from marketplace.shared.money import largest_remainder


@st.composite
def goods(draw: st.DrawFn, product_id: int = 1) -> Good:
    cuts = sorted(draw(st.sets(st.integers(1, 9_999), max_size=4)))
    edges = [0, *cuts, 10_000]
    makers = tuple(Maker(index, b - a) for index, (a, b) in enumerate(itertools.pairwise(edges)))
    return Good(product_id, 1, "Keripik", "bungkus", draw(st.integers(100, 5_000_000)), makers, True)


@given(goods(), st.integers(1, 9_999))
def test_a_products_price_goes_to_its_makers_to_the_rupiah(good: Good, quantity: int) -> None:
    line = price_good(good, quantity)
    (component,) = line.components
    assert line.amount == quantity * good.price == component.amount
    assert sum(amount for _household, amount in component.shares) == line.amount


@given(st.data(), st.integers(0, 50_000), st.integers(1, 500), st.integers(0, 200_000))
def test_a_parcels_price_is_packing_and_makers_parts(
    data: st.DataObject, packing: int, quantity: int, extra: int
) -> None:
    items = []
    for product_id in range(1, data.draw(st.integers(2, 6)) + 1):
        good = data.draw(goods(product_id))
        items.append(BoxItem(good, data.draw(st.integers(1, 5)), good.price))
    least = sum(item.quantity * item.unit_price for item in items)
    line = price_box(Box(1, "Parsel", least + packing + extra, packing, tuple(items)), quantity)
    assert line.amount == line.packing_amount + sum(component.amount for component in line.components)
    for item, component in zip(items, line.components, strict=True):
        assert component.amount >= quantity * item.quantity * item.unit_price - 1  # never less than alone
        assert component.amount == sum(amount for _household, amount in component.shares)


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=8), st.data())
def test_what_falls_away_never_exceeds_a_share(remaining: list[int], data: st.DataObject) -> None:
    amount = data.draw(st.integers(0, sum(remaining)))
    cuts = reduce_shares(amount, remaining)
    assert sum(cuts) == amount
    assert all(0 <= cut <= left for cut, left in zip(cuts, remaining, strict=True))


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any))
def test_largest_remainder_is_whole_and_fair(total: int, weights: list[int]) -> None:
    parts = largest_remainder(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        exact = total * weight / sum(weights)
        assert abs(part - exact) <= 1 + exact * 1e-9


def test_demand_sums_products_over_parcels_and_leaves_services_out() -> None:
    maker = (Maker(1, 10_000),)
    chips = Good(1, 1, "Keripik", "bungkus", 1_000, maker, True)
    honey = Good(2, 1, "Madu", "botol", 9_000, maker, True)
    massage = Good(3, 1, "Pijat", "kali", 50_000, maker, False)
    box = Box(9, "Parsel", 30_000, 1_000, (BoxItem(chips, 2, 1_000), BoxItem(honey, 1, 9_000)))
    lines = [price_good(chips, 3), price_good(massage, 1), price_box(box, 4)]
    assert demand_of(lines) == {1: 3 + 8, 2: 4}


S, A = OrderState, Action
ALLOWED = {
    S.AWAITING_PAYMENT: {A.CLAIM: S.AWAITING_VERIFICATION, A.EXCEED: S.AWAITING_VERIFICATION,
                         A.PAY: S.PROCESSING, A.PROMISE: S.PROCESSING, A.BILL: S.PROCESSING,
                         A.CANCEL: S.CANCELLED, A.EXPIRE: S.EXPIRED},
    S.AWAITING_VERIFICATION: {A.CLAIM: S.AWAITING_VERIFICATION, A.REJECT_CLAIM: S.AWAITING_PAYMENT,
                              A.DIFFER: S.AWAITING_PAYMENT, A.EXCEED: S.AWAITING_VERIFICATION,
                              A.REOPEN: S.AWAITING_PAYMENT, A.PAY: S.PROCESSING, A.CANCEL: S.CANCELLED},
    S.PROCESSING: {A.PAY: S.PROCESSING, A.UNPAY: S.AWAITING_PAYMENT, A.PACK: S.READY, A.CANCEL: S.CANCELLED},
    S.READY: {A.PAY: S.READY, A.SHIP: S.SHIPPED, A.HAND_OVER: S.COMPLETED, A.WITHDRAW: S.CANCELLED},
    S.SHIPPED: {A.HAND_OVER: S.COMPLETED, A.WITHDRAW: S.CANCELLED},
    S.COMPLETED: {A.RETURN: S.RETURNED},
    S.CANCELLED: {},
    S.EXPIRED: {},
    S.RETURNED: {},
}  # fmt: skip


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("state", OrderState)
def test_every_state_and_action(state: OrderState, action: Action) -> None:
    expected = ALLOWED[state].get(action)
    assert allows(state, action) is (expected is not None)
    if expected is None:
        with pytest.raises(StateConflict):
            transition(state, action)
    else:
        assert transition(state, action) is expected
