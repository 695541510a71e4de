"""Parts of orders that fall away: by the buyer, by the office, and after delivery, until nothing is left."""

import datetime as dt
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from marketplace.extensions import db
from marketplace.ledger.models import Account, HouseholdBalance, JournalLine
from marketplace.ledger.queries import account_balances, balance_of
from marketplace.orders import adjustments, proposals, returns, service, substitutes
from marketplace.orders.models import Order, OrderState
from marketplace.orders.queries import refund_due
from marketplace.orders.wanted import LineRequest
from marketplace.reports.checks import ledger, orders, stock
from marketplace.shared import clock
from marketplace.shared.errors import DomainError, InvalidInput, NotFound, StateConflict
from marketplace.shared.money import format_rupiah
from marketplace.shared.policy import Role
from marketplace.stock.models import MovementReason, StockLevel, StockMovement
from tests import make
from tests.orders.asking import placed
from tests.orders.test_money import do, level, pay, shared_product  # noqa: F401  (a fixture)
from tests.parcels import build

S = OrderState
_keys = itertools.count(1)
Things = tuple[int, int, int]


def led(order: Order, state: OrderState) -> Order:
    """Lead an order to a state from which something can be taken off."""
    if state is S.AWAITING_PAYMENT:
        return order
    pay(order)
    if state in (S.READY, S.COMPLETED):
        do(service.pack, order.id, None)
    if state is S.COMPLETED:
        do(service.hand_over, order.id, None)
    return order


def short(order: Order, line: int, quantity: int) -> None:
    do(adjustments.short_ship, order.id, line, quantity, "Pecah", None)


def drop(order: Order, line: int, quantity: int) -> None:
    do(adjustments.drop, order.id, line, quantity, "Terlalu banyak", None)


def back(order: Order, line: int, quantity: int, destroyed: int = 0) -> None:
    do(returns.take_some, order.id, line, quantity, destroyed=destroyed, reason="Basi", actor_id=None)


def ask(order: Order, line: int, quantity: int, product: int) -> None:
    until = clock.now() + dt.timedelta(hours=3)
    proposal = substitutes.Proposal(line, quantity, product, "Habis", until)
    do(substitutes.propose, f"k{next(_keys)}", order.id, proposal, None)


def answer(order: Order, how: Callable[..., None]) -> None:
    for row in proposals.open_of(order.id)[:1]:
        do(how, order.id, row.id, None)


@pytest.mark.parametrize(
    ("state", "act", "may"),
    [
        (S.AWAITING_PAYMENT, short, False),
        (S.AWAITING_PAYMENT, drop, False),
        (S.AWAITING_PAYMENT, back, False),
        (S.PROCESSING, short, True),
        (S.PROCESSING, drop, True),
        (S.PROCESSING, back, False),
        (S.READY, short, True),
        (S.READY, drop, False),
        (S.READY, back, False),
        (S.COMPLETED, short, False),
        (S.COMPLETED, drop, False),
        (S.COMPLETED, back, True),
    ],
)
def test_what_may_be_taken_off_when(
    shared_product: Things,  # noqa: F811
    state: OrderState,
    act: Callable[..., None],
    may: bool,
) -> None:
    order = led(placed(LineRequest(3, product_id=shared_product[0])), state)
    if may:
        act(order, order.lines[0].id, 1)
        assert refund_due(order.id) == 10_001
    else:
        with pytest.raises(StateConflict):
            act(order, order.lines[0].id, 1)
    assert db.session.get_one(Order, order.id).reduced_amount == (10_001 if may else 0)


@pytest.mark.parametrize("quantity", [0, 4, -1])
@pytest.mark.parametrize("act", [short, drop, back])
def test_more_than_is_left_is_refused(shared_product: Things, act: Callable[..., None], quantity: int) -> None:  # noqa: F811
    order = led(placed(LineRequest(3, product_id=shared_product[0])), S.COMPLETED if act is back else S.PROCESSING)
    with pytest.raises(InvalidInput):
        act(order, order.lines[0].id, quantity)
    with pytest.raises(NotFound):
        act(order, order.lines[0].id + 1, 1)


def test_what_is_taken_out_after_packing_goes_back_into_stock(shared_product: Things) -> None:  # noqa: F811
    product_id, first, second = shared_product
    order = led(placed(LineRequest(3, product_id=product_id)), S.READY)
    short(order, order.lines[0].id, 2)
    assert level(product_id) == (9, 0)
    do(service.hand_over, order.id, None)
    assert balance_of(first) + balance_of(second) == 10_001


def test_some_come_back_in_parts_good_or_destroyed(shared_product: Things) -> None:  # noqa: F811
    product_id, first, second = shared_product
    order = led(placed(LineRequest(5, product_id=product_id)), S.COMPLETED)
    line = order.lines[0].id
    back(order, line, 2, destroyed=1)
    assert level(product_id) == (6, 0)
    assert balance_of(first) + balance_of(second) == 3 * 10_001
    with pytest.raises(InvalidInput):
        back(order, line, 1, destroyed=2)
    back(order, line, 3, destroyed=3)
    assert level(product_id) == (6, 0)
    assert (balance_of(first), balance_of(second), refund_due(order.id)) == (0, 0, 50_005)
    assert db.session.get_one(Order, order.id).state is S.RETURNED
    gone = select(func.sum(StockMovement.quantity)).where(StockMovement.reason == MovementReason.DESTROYED)
    assert db.session.scalar(gone) == -4
    with pytest.raises(StateConflict):
        back(order, line, 1)


def test_a_family_that_was_paid_goes_below_zero_and_earns_its_way_up(
    shared_product: Things,  # noqa: F811
    client: FlaskClient,
) -> None:
    from marketplace.ledger.models import EntryKind
    from marketplace.ledger.rules import payout
    from marketplace.ledger.service import Event, post

    product_id, first, _second = shared_product
    order = led(placed(LineRequest(3, product_id=product_id)), S.COMPLETED)
    earned = balance_of(first)
    do(post, Event(EntryKind.PAYOUT, "payout:1", make.REGENCY), payout(Account.BANK, first, earned))
    back(order, order.lines[0].id, 1)
    owes = balance_of(first)
    assert owes in (-6_667, -6_668)
    make.sign_in(client, make.user(Role.SELLER, household_id=first))
    page = client.get("/penjual/pendapatan").text
    assert "Taken off your next sales" in page
    assert f"<b>{format_rupiah(-owes)}</b>" in page
    with pytest.raises(InvalidInput):
        do(post, Event(EntryKind.PAYOUT, "payout:2", make.REGENCY), payout(Account.BANK, first, 1))
    led(placed(LineRequest(1, product_id=product_id)), S.COMPLETED)
    assert balance_of(first) in (-1, 0, 1)


def test_a_buyer_takes_something_out_by_his_link_once(app: Flask, client: FlaskClient) -> None:
    order = led(placed(LineRequest(3, product_id=make.product(stock=5, price=10_000).id)), S.PROCESSING)
    url = f"/p/{order.token}"
    assert f'action="{url}/kurangi"' in client.get(url).text
    sent = {"drop-key": "k", "drop-line_id": order.lines[0].id, "drop-quantity": "2", "drop-reason": "Cukup satu"}
    for _time in range(2):
        assert client.post(f"{url}/kurangi", data=sent).status_code == 302
    assert refund_due(order.id) == 20_000
    page = client.get(url).text
    assert "Cancelled by the buyer: 2 ×" in page
    assert "/kurangi" not in page  # one piece is left: that is a cancellation
    refused = client.post(f"{url}/kurangi", data={**sent, "drop-key": "n"})
    assert refused.status_code == 422
    assert "Cukup satu" in refused.text


def test_the_desk_takes_some_back(app: Flask, client: FlaskClient) -> None:
    order = led(placed(LineRequest(3, product_id=make.product(stock=5, price=10_000).id)), S.COMPLETED)
    make.sign_in(client, make.user(Role.PACKER))
    url = f"/dinas/pesanan/{order.id}"
    sent: dict[str, Any] = {
        "part-key": "k",
        "part-line_id": order.lines[0].id,
        "part-quantity": "2",
        "part-destroyed": "1",
        "part-reason": "Basi",
    }
    wrong = client.post(f"{url}/kembali-sebagian", data={**sent, "part-destroyed": "3"})
    assert wrong.status_code == 422
    for _time in range(2):
        assert client.post(f"{url}/kembali-sebagian", data=sent).status_code == 302
    assert refund_due(order.id) == 20_000
    page = client.get(url).text
    assert "Came back: 2 ×" in page
    assert "1 of them cannot be sold again." in page


Step = tuple[str, int, int, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["short", "drop", "ask", "agree", "refuse", "pack", "hand_over", "back", "back", "back"]),
        st.integers(0, 1),
        st.integers(1, 3),
        st.integers(0, 3),
    ),
    max_size=10,
)


@settings(
    max_examples=12,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS, quantities=st.tuples(st.integers(1, 4), st.integers(1, 3)), code=st.integers(0, 999))
def test_any_sequence_keeps_every_sum(app: Flask, steps: list[Step], quantities: tuple[int, int], code: int) -> None:
    group = make.group()
    families = [make.household(group) for _ in range(3)]
    makers = dict(zip((each.id for each in families), (3_333, 3_334, 3_333), strict=True))
    product, other = make.product(group, makers=makers, stock=20, price=10_007), make.product(stock=20, price=20_001)
    cheaper = make.product(stock=20, price=9_001)
    parcel = build.offered({product: 2, other: 1}, price=60_013)
    order = placed(LineRequest(quantities[0], product_id=product.id), LineRequest(quantities[1], parcel_id=parcel.id))
    paid = order.total
    pay(order, code=code)
    lines = [line.id for line in order.lines]
    acts: dict[str, Callable[[int, int, int], None]] = {
        "short": lambda line, count, _gone: short(order, line, count),
        "drop": lambda line, count, _gone: drop(order, line, count),
        "ask": lambda line, count, _gone: ask(order, line, count, cheaper.id),
        "agree": lambda _line, _count, _gone: answer(order, substitutes.agree),
        "refuse": lambda _line, _count, _gone: answer(order, substitutes.refuse),
        "pack": lambda _line, _count, _gone: do(service.pack, order.id, None),
        "hand_over": lambda _line, _count, _gone: do(service.hand_over, order.id, None),
        "back": lambda line, count, gone: back(order, line, count, gone),
    }
    for name, at, count, gone in steps:
        try:
            acts[name](lines[at], count, gone)
        except DomainError:
            continue
    _hold(order.id, paid, code)


HELD = (
    *orders.CHECKS,
    *stock.CHECKS,
    ledger.entries_balance,
    ledger.balances,
    ledger.earnings,
    ledger.packing,
    ledger.deposits,
    ledger.returned_once,
    ledger.returned_amounts,
    ledger.bills_settled,
)
"""The checks about what is played here; others ask for payments, which are not."""


def _hold(order_id: int, paid: int, code: int) -> None:
    assert {check.name: result.faults for check in HELD if (result := check.run()).broken} == {}
    db.session.expire_all()
    order = db.session.get_one(Order, order_id)
    kept = order.due_amount
    assert refund_due(order_id) == min(paid - kept, paid - code)
    assert order.state is not S.RETURNED or kept == 0
    assert sum(account_balances(make.REGENCY).values()) == 0
    owed = db.session.scalar(select(func.coalesce(func.sum(HouseholdBalance.balance), 0)))
    lines = select(-func.coalesce(func.sum(JournalLine.amount), 0))
    assert owed == db.session.scalar(lines.where(JournalLine.account == Account.HOUSEHOLD_PAYABLE))
    moved = select(func.coalesce(func.sum(StockMovement.quantity), 0))
    assert db.session.scalar(moved) == db.session.scalar(select(func.sum(StockLevel.on_hand)))
