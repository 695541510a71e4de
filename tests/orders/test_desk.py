"""What the desk says and keeps of what it did: words for each step, the history, orders nobody came for."""

import datetime as dt
import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from marketplace.extensions import db
from marketplace.ledger.models import Account
from marketplace.orders import adjustments, queries, returns, service
from marketplace.orders.models import DeliveryFee, DeliveryMethod, Order, OrderState
from marketplace.orders.wanted import Delivery, LineRequest
from marketplace.payments import refunds
from marketplace.payments.models import RefundMethod
from marketplace.reports.work import waiting_for
from marketplace.shared import clock
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.stock.queries import free_by_product
from tests import make
from tests.orders.asking import placed

LATER = dt.timedelta(days=30)
UNFETCHED = "/dinas/pesanan/tidak-diambil"


@pytest.fixture
def packer(client: FlaskClient) -> FlaskClient:
    make.sign_in(client, make.user(Role.PACKER, name="Rahmi Contoh"))
    return client


def do(action: Any, *args: Any, **values: Any) -> None:
    with unit_of_work():
        action(*args, **values)


def pay(order: Order, code: int = 0) -> None:
    do(service.mark_paid, order.id, order.due_amount - code, Account.BANK, f"payment:{order.id}", None)


def ordered(quantity: int = 3, price: int = 10_000, **values: Any) -> Order:
    product = make.product(name="Dodol", stock=5, price=price)
    return placed(LineRequest(quantity, product_id=product.id), **values)


def promised(quantity: int = 3) -> Order:
    """Return an order that is paid at pick-up."""
    order = ordered(quantity)
    do(service.promise_cash, order.id, None)
    return order


def packed(order: Order) -> Order:
    do(service.pack, order.id, None)
    return order


def state(order: Order) -> OrderState:
    db.session.expire_all()
    return db.session.get_one(Order, order.id).state


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def sent(client: FlaskClient, order: Order, path: str, **data: str) -> str:
    """Send a form of an order's page and return the words of the page that follows."""
    answer = client.post(f"/dinas/pesanan/{order.id}/{path}", data=data, follow_redirects=True)
    assert answer.status_code == 200
    return words(answer.text)


def left_out(client: FlaskClient, order: Order, quantity: int = 1) -> str:
    line = str(order.lines[0].id)
    data = {"short-key": "k", "short-line_id": line, "short-quantity": str(quantity), "short-reason": "Kemasan rusak"}
    return sent(client, order, "kurang", **data)


def test_each_step_is_confirmed_in_its_own_words(packer: FlaskClient) -> None:
    make.add(DeliveryFee(district_code="63.06.05", amount=5_000, effective_from=make.LONG_AGO, source="SK"))
    order = ordered(delivery=Delivery(DeliveryMethod.ADDRESS, street="Jalan Contoh 7", village_code=make.VILLAGE))
    pay(order)
    said = {"pack": "is packed", "ship": "is on its way", "hand_over": "is handed over"}
    for step, word in said.items():
        assert f"Order {order.number} {word}." in sent(packer, order, "langkah", **{"step-step": step})
    back = sent(packer, order, "kembali", **{"back-reason": "Basi"})
    assert f"Order {order.number} was taken back. Rp30.000 will be given back." in back


def test_what_came_back_in_parts_is_told_of_once_when_all_of_it_is_back(packer: FlaskClient) -> None:
    order = ordered()
    pay(order)
    for step in (service.pack, service.hand_over):
        do(step, order.id, None)
    for count in (1, 2):
        do(returns.take_some, order.id, order.lines[0].id, count, destroyed=0, reason="Basi", actor_id=None)
    page = words(packer.get(f"/dinas/pesanan/{order.id}").text)
    assert page.count("Rp30.000 will be given back.") == 1
    assert "Rp10.000 will be given back." not in page
    assert "Rp20.000 will be given back." not in page


def test_a_cancellation_says_what_becomes_of_the_money(packer: FlaskClient) -> None:
    paid, unpaid = ordered(1), ordered(1)
    pay(paid, code=7)
    assert "is cancelled. Rp9.993 will be given back." in sent(packer, paid, "batal", **{"cancel-reason": "x"})
    assert "given back" not in sent(packer, unpaid, "batal", **{"cancel-reason": "x"})


def test_leaving_out_of_an_unpaid_order_lowers_what_is_to_pay(packer: FlaskClient) -> None:
    order = promised()
    before = words(packer.get(f"/dinas/pesanan/{order.id}").text)
    assert "what is left out is taken off the Rp30.000 that the buyer pays" in before
    page = left_out(packer, order)
    assert f"Left out of order {order.number}. Rp10.000 less to pay. To pay: Rp20.000." in page
    assert queries.refund_due(order.id) == 0
    assert db.session.get_one(Order, order.id).due_amount == 20_000


def test_leaving_out_of_a_paid_order_gives_the_money_back(packer: FlaskClient) -> None:
    order = ordered()
    pay(order)
    assert "the price of what is left out will be given back" in words(packer.get(f"/dinas/pesanan/{order.id}").text)
    page = left_out(packer, order)
    assert f"Left out of order {order.number}. Rp10.000 will be given back." in page
    assert "To pay:" not in page
    assert queries.refund_due(order.id) == 10_000


def test_the_history_says_what_was_left_out_by_whom_and_why(packer: FlaskClient) -> None:
    order = ordered()
    left_at = clock.now() + dt.timedelta(hours=1)
    pay(order)
    with clock.at(left_at):
        left_out(packer, order, 2)
    do(service.pack, order.id, None)
    history = words(packer.get(f"/dinas/pesanan/{order.id}").text.partition("History")[2])
    entry = "Left out: 2 × Dodol Rahmi Contoh: Kemasan rusak Rp20.000 will be given back."
    assert entry in history
    assert history.index("Left out") < history.index("Ordered")


def test_the_buyer_reads_what_was_left_out_but_not_by_whom(packer: FlaskClient) -> None:
    order = ordered()
    pay(order)
    assert "Left out" not in words(packer.get(f"/p/{order.token}").text)
    left_out(packer, order)
    page = words(packer.get(f"/p/{order.token}").text)
    assert "Left out: 1 × Dodol Kemasan rusak Rp10.000 will be given back." in page
    assert "Rahmi" not in page
    do(adjustments.cancel, order.id, by_buyer=False, reason="Bahan habis", actor_id=None)
    assert "Cancelled Bahan habis Rp20.000 will be given back." in words(packer.get(f"/p/{order.token}").text)


def test_the_history_says_that_money_was_given_back_once_it_was(packer: FlaskClient) -> None:
    order = ordered()
    pay(order)
    left_out(packer, order)
    do(refunds.record_refund, order.id, 10_000, RefundMethod.TRANSFER, "TRF-1", "Kemasan rusak", None)
    for address in (f"/p/{order.token}", f"/dinas/pesanan/{order.id}"):
        page = words(packer.get(address).text)
        assert "Rp10.000 was given back." in page
        assert "will be given back." not in page


def test_who_pays_at_pick_up_has_his_days_also_when_it_is_packed_late(packer: FlaskClient) -> None:
    in_time, late = promised(), promised()
    do(service.pack, in_time.id, None)
    until = in_time.kept_until
    assert until is not None
    with clock.at(clock.now() + dt.timedelta(days=10)):
        do(service.pack, late.id, None)
    db.session.refresh(late)
    assert until == in_time.ready_on + dt.timedelta(days=3)
    assert late.kept_until == clock.today("Asia/Makassar") + dt.timedelta(days=13)


def waiting(role: Role = Role.PACKER) -> int:
    jobs = [job for jobs in waiting_for(make.user(role)).values() for job in jobs]
    return next(job.count for job in jobs if job.url == UNFETCHED)


def test_a_cash_order_nobody_came_for_is_work_for_the_packer(packer: FlaskClient) -> None:
    order, unpacked = packed(promised()), promised()
    paid = ordered()
    pay(paid)
    packed(paid)
    assert waiting() == 0
    assert order.number not in packer.get(UNFETCHED).text
    assert order.expires_at is not None
    with clock.at(order.expires_at + dt.timedelta(seconds=1)):
        assert waiting() == 1
        page = packer.get(UNFETCHED).text
        file = packer.get(f"{UNFETCHED}?format=xlsx").data
        assert "Nobody came for it." in packer.get(f"/dinas/pesanan/{order.id}").text
    assert order.number in page
    assert unpacked.number not in page
    assert paid.number not in page
    _, *rows = CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows] == [order.number]


def test_one_press_cancels_it_and_frees_the_goods(packer: FlaskClient) -> None:
    order = packed(promised(3))
    product_id = order.lines[0].product_id
    assert product_id is not None
    with clock.at(clock.now() + LATER):
        page = packer.get(UNFETCHED).text
        form = re.compile(
            r'action="(/dinas/pesanan/\d+/batal[^"]*)".*?name="cancel-reason"\s+value="([^"]+)"', re.DOTALL
        )
        ((path, reason),) = form.findall(page)
        packer.post(path, data={"cancel-reason": reason})
        assert waiting() == 0
    assert state(order) is OrderState.CANCELLED
    assert free_by_product([product_id])[product_id] == 5
    assert reason in packer.get(f"/p/{order.token}").text


@pytest.mark.parametrize(
    ("role", "scope", "expected"),
    [(Role.CURATOR, {}, True), (Role.PACKER, {"area_code": make.OTHER_REGENCY}, False)],
)
def test_it_is_seen_in_its_area_only(client: FlaskClient, role: Role, scope: dict[str, str], expected: bool) -> None:
    order = packed(promised())
    make.sign_in(client, make.user(role, **scope))
    with clock.at(clock.now() + LATER):
        assert (order.number in client.get(UNFETCHED).text) is expected


@pytest.mark.parametrize("role", [Role.PACKER, Role.CURATOR, Role.TREASURER])
def test_the_order_page_says_who_takes_the_cash(client: FlaskClient, role: Role) -> None:
    """The way to the counter is shown to those only whom the counter lets in."""
    order = packed(promised())
    make.sign_in(client, make.user(role))
    page = client.get(f"/dinas/pesanan/{order.id}").text
    assert "the treasurer or a packer takes the money" in page
    link = f"/dinas/loket?q={order.number}"
    assert (link in page) is (client.get(link).status_code == 200)


@pytest.mark.parametrize(
    ("query", "field"),
    [("state=flying", "state"), ("method=by-air", "method"), ("q=" + "x" * 81, "q")],
)
def test_a_filter_that_is_not_understood_is_said_and_kept(packer: FlaskClient, query: str, field: str) -> None:
    order = ordered()
    answer = packer.get(f"/dinas/pesanan?{query}")
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert query.partition("=")[2] in answer.text
    assert order.number in answer.text


def test_a_day_that_is_none_is_said_and_kept(packer: FlaskClient) -> None:
    answer = packer.get("/dinas/pesanan/ambil?until=2026-02-30")
    assert answer.status_code == 422
    assert 'id="until-error"' in answer.text
    assert 'value="2026-02-30"' in answer.text


@pytest.mark.parametrize("page", ["x", "0", "10" + "0" * 22])
def test_a_page_that_is_not_there_is_said(packer: FlaskClient, page: str) -> None:
    ordered()
    for path in ("/dinas/pesanan", UNFETCHED, "/pesanan"):
        assert "There is no page" in packer.get(f"{path}?page={page}").text


def test_phones_are_written_in_groups(packer: FlaskClient) -> None:
    order = ordered()
    for path in (f"/dinas/pesanan/{order.id}", f"/dinas/pesanan/{order.id}/kemas"):
        assert "0812\N{NO-BREAK SPACE}0000\N{NO-BREAK SPACE}0001" in packer.get(path).text
