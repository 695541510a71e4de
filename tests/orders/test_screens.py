"""Orders on the office's screens: who may do what when, sheets that add up, and nothing of buyers for makers."""

import datetime as dt
import itertools
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.catalog.models import Product, ProductKind
from marketplace.extensions import db
from marketplace.ledger.models import Account
from marketplace.orders import fees, queries, service, way
from marketplace.orders.history import Happened, in_turn
from marketplace.orders.models import DeliveryFee, DeliveryMethod, Order, OrderEvent, OrderState
from marketplace.orders.wanted import Delivery, LineRequest
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.stock.queries import levels_of
from tests import make
from tests.counting import counted_queries
from tests.orders.asking import placed

TO_VILLAGE = Delivery(DeliveryMethod.ADDRESS, street="Jalan Contoh 7", village_code=make.VILLAGE)


@pytest.fixture
def packer(client: FlaskClient) -> FlaskClient:
    make.sign_in(client, make.user(Role.PACKER))
    return client


def do(action: Any, *args: Any, **values: Any) -> None:
    with unit_of_work():
        action(*args, **values)


def pay(order: Order) -> None:
    do(service.mark_paid, order.id, order.due_amount, Account.BANK, f"payment:{order.id}", None)


def paid(product: Product, quantity: int = 2, **values: Any) -> Order:
    order = placed(LineRequest(quantity, product_id=product.id), **values)
    pay(order)
    return order


def state(order: Order) -> OrderState:
    db.session.expire_all()
    return db.session.get_one(Order, order.id).state


def lead_to(order: Order, wanted: OrderState) -> None:
    """Take an unpaid order to a state by the services."""
    if wanted is OrderState.AWAITING_VERIFICATION:
        do(service.claim_paid, order.id, None)
    if wanted in (OrderState.AWAITING_PAYMENT, OrderState.AWAITING_VERIFICATION):
        return
    pay(order)
    shipped = order.delivery_method is not DeliveryMethod.PICKUP
    steps = [service.pack, *([service.ship] if shipped else []), service.hand_over]
    ends = {OrderState.PROCESSING: 0, OrderState.READY: 1, OrderState.SHIPPED: 2, OrderState.COMPLETED: 3}
    for step in steps[: ends[wanted]]:
        do(step, order.id, None)


def send(client: FlaskClient, order: Order, what: str, **more: str) -> int:
    address = f"/dinas/pesanan/{order.id}"
    if what in ("pack", "ship", "hand_over"):
        data = {"step-step": what, "step-code": order.pickup_code, **more}
        return client.post(f"{address}/langkah", data=data).status_code
    path, prefix = {"cancel": ("batal", "cancel"), "return": ("kembali", "back")}[what]
    return client.post(f"{address}/{path}", data={f"{prefix}-reason": "Contoh", **more}).status_code


S = OrderState
PATHS: dict[tuple[OrderState, bool], set[str]] = {
    (S.AWAITING_PAYMENT, False): {"cancel"},
    (S.AWAITING_VERIFICATION, False): {"cancel"},
    (S.PROCESSING, False): {"pack", "cancel"},
    (S.READY, False): {"hand_over", "cancel"},
    (S.COMPLETED, False): {"return"},
    (S.AWAITING_PAYMENT, True): {"cancel"},
    (S.PROCESSING, True): {"pack", "cancel"},
    (S.READY, True): {"ship", "cancel"},
    (S.SHIPPED, True): {"hand_over", "cancel"},
    (S.COMPLETED, True): {"return"},
}
ACTS = ("pack", "ship", "hand_over", "cancel", "return")


@pytest.mark.parametrize(("at", "act"), list(itertools.product(PATHS, ACTS)))
def test_every_state_takes_its_buttons_and_no_other(packer: FlaskClient, at: tuple[OrderState, bool], act: str) -> None:
    wanted, shipped = at
    make.add(DeliveryFee(district_code="63.06.05", amount=5_000, effective_from=make.LONG_AGO, source="SK"))
    line = LineRequest(2, product_id=make.product(stock=5).id)
    order = placed(line, delivery=TO_VILLAGE) if shipped else placed(line)
    lead_to(order, wanted)
    page = packer.get(f"/dinas/pesanan/{order.id}").text
    shown = {name for name in ("pack", "ship", "hand_over") if f'value="{name}"' in page}
    shown |= {"cancel"} if f"/{order.id}/batal" in page else set()
    shown |= {"return"} if f"/{order.id}/kembali" in page else set()
    assert shown == PATHS[at]
    answer = send(packer, order, act)
    assert answer == (302 if act in PATHS[at] else 422)
    assert (state(order) is wanted) is (act not in PATHS[at])


def test_the_counter_asks_for_the_code(packer: FlaskClient) -> None:
    order = paid(make.product(stock=5))
    do(service.pack, order.id, None)
    wrong = "000000" if order.pickup_code != "000000" else "111111"
    for code in (wrong, "", "é", "1234567"):
        assert send(packer, order, "hand_over", **{"step-code": code}) == 422
        assert state(order) is OrderState.READY
    assert send(packer, order, "hand_over") == 302


def test_an_unpaid_order_is_handed_over_by_who_takes_the_cash(packer: FlaskClient) -> None:
    order = placed(LineRequest(1, product_id=make.product(stock=5).id))
    do(service.promise_cash, order.id, None)
    do(service.pack, order.id, None)
    page = packer.get(f"/dinas/pesanan/{order.id}").text
    assert 'value="hand_over"' not in page
    assert f"/dinas/loket?q={order.number}" in page
    assert send(packer, order, "hand_over") == 422


def test_short_shipping_is_done_once_and_gives_the_money_back(packer: FlaskClient) -> None:
    order = paid(make.product(stock=5, price=10_000), quantity=3)
    sent = {"short-key": "k", "short-line_id": order.lines[0].id, "short-quantity": "1", "short-reason": "Rusak"}
    for _time in range(2):
        assert packer.post(f"/dinas/pesanan/{order.id}/kurang", data=sent).status_code == 302
    assert state(order) is OrderState.PROCESSING
    assert db.session.get_one(Order, order.id).due_amount == 20_000
    assert queries.refund_due(order.id) == 10_000
    assert "Rusak" in packer.get(f"/dinas/pesanan/{order.id}").text


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"short-quantity": "3"}, 422),
        ({"short-quantity": "0"}, 422),
        ({"short-quantity": "x"}, 422),
        ({"short-reason": ""}, 422),
        ({"short-key": ""}, 422),
        ({"short-line_id": "x"}, 422),
        ({"short-line_id": "999999"}, 404),
        ({"short-line_id": "9" * 30}, 404),
    ],
)
def test_a_wrong_short_shipment_changes_nothing(packer: FlaskClient, values: dict[str, str], expected: int) -> None:
    order = paid(make.product(stock=5), quantity=3)
    good = {"short-key": "k", "short-line_id": order.lines[0].id, "short-quantity": "1", "short-reason": "Rusak"}
    answer = packer.post(f"/dinas/pesanan/{order.id}/kurang", data={**good, **values})
    assert answer.status_code == expected
    db.session.expire_all()
    assert db.session.get_one(Order, order.id).reduced_amount == 0


def test_a_cancellation_needs_a_reason(packer: FlaskClient) -> None:
    order = paid(make.product(stock=5))
    assert send(packer, order, "cancel", **{"cancel-reason": " "}) == 422
    assert state(order) is OrderState.PROCESSING


def test_a_cancelled_order_still_shows_what_had_been_ordered(packer: FlaskClient) -> None:
    order = paid(make.product(stock=5, price=30_000, unit="bungkus"))
    send(packer, order, "cancel")
    page = packer.get(f"/dinas/pesanan/{order.id}").text
    assert "2 bungkus" in page
    assert page.count("Rp60.000") >= 3  # of the line, of the goods, of the order


@pytest.mark.parametrize(("restock", "left"), [({"back-restock": "y"}, 5), ({}, 3)])
def test_returned_goods_go_back_into_stock_only_when_they_are_good(
    packer: FlaskClient, restock: dict[str, str], left: int
) -> None:
    product = make.product(stock=5)
    order = paid(product)
    lead = (service.pack, service.hand_over)
    for step in lead:
        do(step, order.id, None)
    assert send(packer, order, "return", **restock) == 302
    db.session.expire_all()
    assert sum(level.on_hand for level in levels_of([product.id])) == left


ROLES: list[tuple[Role, dict[str, Any], int, int]] = [
    (Role.PACKER, {"area_code": "63.06"}, 200, 302),
    (Role.CURATOR, {"area_code": "63"}, 403, 403),
    (Role.PACKER, {"area_code": "63.07"}, 404, 404),
    (Role.TREASURER, {"area_code": "63.06"}, 200, 403),
    (Role.HEAD, {"area_code": "63.06"}, 200, 403),
    (Role.VERIFIER, {"area_code": "63.06"}, 403, 403),
    (Role.BUYER, {}, 404, 404),
]


@pytest.mark.parametrize(("role", "scope", "sees", "packs"), ROLES)
def test_who_sees_and_who_packs(client: FlaskClient, role: Role, scope: dict[str, Any], sees: int, packs: int) -> None:
    order = paid(make.product(stock=5))
    make.sign_in(client, make.user(role, **scope))
    assert client.get(f"/dinas/pesanan/{order.id}").status_code == sees
    assert client.get(f"/dinas/pesanan/{order.id}/kemas").status_code == (200 if packs == 302 else packs)
    assert send(client, order, "pack") == packs
    assert (order.number in client.get("/dinas/pesanan?q=WK").text) is (sees == 200)


def test_an_officer_of_another_area_cannot_pack_even_his_own_order(client: FlaskClient) -> None:
    order = paid(make.product(stock=5))
    officer = make.user(Role.PACKER, area_code="63.07")
    with unit_of_work():
        db.session.get_one(Order, order.id).buyer_id = officer.id
    make.sign_in(client, officer)
    assert client.get(f"/dinas/pesanan/{order.id}").status_code == 404
    assert send(client, order, "pack") == 404
    assert state(order) is OrderState.PROCESSING


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("", {"open"}),
        ("state=completed", {"done"}),
        ("state=processing", {"open"}),
        ("q=siti", {"open", "done"}),
        ("q=0812 0000 0001", {"open", "done"}),
        ("q=nobody", set()),
        ("q=%25", set()),
        ("method=office", set()),
        ("method=pickup", {"open"}),
        ("state=flying&method=by-air", {"open"}),
    ],
)
def test_the_list_is_narrowed(packer: FlaskClient, query: str, seen: set[str]) -> None:
    product = make.product(stock=9)
    orders = {"open": paid(product), "done": paid(product)}
    lead = (service.pack, service.hand_over)
    for step in lead:
        do(step, orders["done"].id, None)
    page = packer.get(f"/dinas/pesanan?{query}").text
    assert {name for name, order in orders.items() if order.number in page} == seen


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_a_maker_sees_what_to_prepare_and_nothing_of_the_buyer(client: FlaskClient) -> None:
    group = make.group()
    ani, budi = make.household(group), make.household(group)
    mine = make.product(group, makers={ani.id: 10_000}, name="Dodol", stock=20)
    other = make.product(group, makers={budi.id: 10_000}, name="Sapu", stock=20)
    service_ = make.product(group, makers={ani.id: 10_000}, name="Pijat", kind=ProductKind.SERVICE)
    for product in (mine, mine, other, service_):
        paid(product, 2)
    placed(LineRequest(7, product_id=mine.id))
    make.sign_in(client, make.user(Role.SELLER, household_id=ani.id))
    page = words(client.get("/penjual/pesanan").text)
    assert re.search(r"Dodol 4 bungkus Bring 4", page)
    assert "Pijat 2 bungkus" in page
    assert "Sapu" not in page
    assert "Siti Contoh" not in page
    assert "+62812" not in page
    make.sign_in(client, make.user(Role.GROUP_OFFICER, group_id=group.id))
    assert "Sapu 2 bungkus" in words(client.get("/penjual/pesanan").text)
    make.sign_in(client, make.user(Role.SELLER, household_id=make.household().id))
    assert "bungkus" not in client.get("/penjual/pesanan").text


@pytest.fixture
def administrator(client: FlaskClient) -> FlaskClient:
    make.sign_in(client, make.user(Role.ADMINISTRATOR))
    return client


FEE = {"district": "63.06.05", "amount": "12.500", "effective_from": "2026-01-01", "source": "SK 1/2026"}


def test_fees_are_dated_and_old_ones_stay(administrator: FlaskClient) -> None:
    for values in ({}, {"effective_from": "2026-06-01", "amount": "15.000"}, {"amount": "Rp 13.000"}):
        assert administrator.post("/dinas/ongkir", data={**FEE, **values}).status_code == 302
    assert queries.delivery_fee(make.VILLAGE, dt.date(2025, 12, 31)) is None
    assert queries.delivery_fee(make.VILLAGE, dt.date(2026, 5, 31)) == 13_000
    assert queries.delivery_fee(make.VILLAGE, dt.date(2026, 6, 1)) == 15_000
    assert len(fees.history_of(["63.06.05"])["63.06.05"]) == 2
    assert "SK 1/2026" in administrator.get("/dinas/ongkir").text


@pytest.mark.parametrize(
    "values",
    [
        {"district": "63.07.01"},
        {"district": "63.06.05.1001"},
        {"amount": "-1"},
        {"amount": "gratis"},
        {"effective_from": "2026-02-30"},
        {"source": ""},
    ],
)
def test_wrong_fees_are_refused(administrator: FlaskClient, values: dict[str, str]) -> None:
    answer = administrator.post("/dinas/ongkir", data={**FEE, **values})
    assert answer.status_code == 422
    assert f'id="{next(iter(values))}-error"' in answer.text
    assert fees.history_of(["63.06.05", "63.07.01"]) == {}


@pytest.mark.parametrize("role", [Role.HEAD, Role.CURATOR, Role.PACKER, Role.TREASURER])
def test_fees_are_the_administrators(client: FlaskClient, role: Role) -> None:
    make.sign_in(client, make.user(role))
    assert client.get("/dinas/ongkir").status_code == 403
    assert client.post("/dinas/ongkir", data=FEE).status_code == 403


@pytest.mark.parametrize("count", [1, 8])
def test_pages_ask_a_bounded_number_of_queries(app: Flask, client: FlaskClient, count: int) -> None:
    group = make.group()
    household = make.household(group)
    products = [make.product(group, makers={household.id: 10_000}, stock=90) for _number in range(count)]
    for _number in range(count):
        order = placed(*(LineRequest(1, product_id=product.id) for product in products))
        pay(order)
    user = make.user(Role.PACKER)
    for role, scope in ((Role.SELLER, {"household_id": household.id}), (Role.ADMINISTRATOR, {"area_code": "63.06"})):
        make.add(make.RoleAssignment(user_id=user.id, role=role, starts_on=make.LONG_AGO, **scope))
    db.session.expire_all()
    make.sign_in(client, user)
    limits = {
        "/dinas/pesanan": 6,
        f"/dinas/pesanan/{order.id}": 8,  # one of a maker's menu: whether he is a cashier at a tent
        f"/dinas/pesanan/{order.id}/kemas": 7,
        "/dinas/pesanan/ambil": 4,
        "/penjual/pesanan": 6,
        "/dinas/ongkir": 6,
    }
    for address, limit in limits.items():
        client.get(address)
        with counted_queries() as statements:
            assert client.get(address).status_code == 200
        assert len(statements) <= limit, (address, statements)


@pytest.mark.parametrize(
    ("at", "method", "pays_first", "expected"),
    [
        (S.AWAITING_PAYMENT, DeliveryMethod.PICKUP, True, "now todo todo todo todo"),
        (S.PROCESSING, DeliveryMethod.PICKUP, True, "done done now todo todo"),
        (S.PROCESSING, DeliveryMethod.PICKUP, False, "now todo todo"),
        (S.SHIPPED, DeliveryMethod.ADDRESS, True, "done done done done now todo"),
        (S.COMPLETED, DeliveryMethod.OFFICE, True, "done done done done done done"),
        (S.CANCELLED, DeliveryMethod.OFFICE, True, "now"),
    ],
)
def test_the_way_of_an_order(at: OrderState, method: DeliveryMethod, pays_first: bool, expected: str) -> None:
    assert " ".join(mark for _state, mark in way.steps(at, method, pays_first=pays_first)) == expected


def event(hour: int, state: OrderState, before: OrderState | None = None) -> OrderEvent:
    return OrderEvent(at=dt.datetime(2026, 11, 22, hour, tzinfo=dt.UTC), to_state=state, from_state=before)


FELL_SHORT = [
    event(8, S.AWAITING_PAYMENT),
    event(9, S.AWAITING_VERIFICATION, S.AWAITING_PAYMENT),
    event(10, S.AWAITING_PAYMENT, S.AWAITING_VERIFICATION),
]


def hours(state: OrderState, events: list[OrderEvent]) -> dict[OrderState, int]:
    shown = way.steps(state, DeliveryMethod.PICKUP, pays_first=True)
    return {step: at.hour for step, at in way.times_of(events, shown).items()}


def test_a_step_that_lies_ahead_again_has_no_time() -> None:
    assert hours(S.AWAITING_PAYMENT, FELL_SHORT) == {S.AWAITING_PAYMENT: 10}


def test_no_step_stands_above_what_came_before_it() -> None:
    paid = [*FELL_SHORT, event(11, S.PROCESSING, S.AWAITING_PAYMENT), event(12, S.PROCESSING, S.PROCESSING)]
    expected = {S.AWAITING_PAYMENT: 8, S.AWAITING_VERIFICATION: 9, S.PROCESSING: 11}
    assert hours(S.PROCESSING, paid) == expected


def test_steps_stay_in_their_turn_where_clocks_differ() -> None:
    def happened(minute: int, title: str, is_step: bool = True) -> Happened:
        return Happened(dt.datetime(2026, 11, 22, 9, minute, tzinfo=dt.UTC), title, "", "", None, is_step)

    told = [happened(0, "Ordered"), happened(5, "Paid"), happened(4, "Packed"), happened(3, "Left out", is_step=False)]
    assert [each.title for each in in_turn(told)] == ["Ordered", "Left out", "Paid", "Packed"]
