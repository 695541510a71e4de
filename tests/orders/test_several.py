"""What is done to several orders at once is decided one by one, and the list is found again as it was."""

import io

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from marketplace.extensions import db
from marketplace.ledger.models import Account
from marketplace.orders import service
from marketplace.orders.models import DeliveryFee, DeliveryMethod, Order, OrderState
from marketplace.orders.wanted import Delivery, LineRequest
from marketplace.shared.audit import AuditEntry
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.counting import counted_queries
from tests.orders.asking import placed

HOME = Delivery(DeliveryMethod.ADDRESS, street="Jalan Contoh 7", village_code=make.VILLAGE)
LIST = "/dinas/pesanan?state=processing&method=address"
SEVERAL = "/dinas/pesanan/beberapa"


@pytest.fixture
def packer(client: FlaskClient) -> FlaskClient:
    make.add(DeliveryFee(district_code=make.VILLAGE[:8], amount=0, effective_from=make.LONG_AGO, source="SK"))
    make.sign_in(client, make.user(Role.PACKER))
    return client


def paid(count: int, delivery: Delivery | None = None) -> list[Order]:
    product = make.product(stock=10 * count)
    orders = [placed(LineRequest(2, product_id=product.id), delivery=delivery) for _number in range(count)]
    with unit_of_work():
        for order in orders:
            service.mark_paid(order.id, order.due_amount, Account.BANK, f"payment:{order.id}", None)
    return orders


def packed(orders: list[Order]) -> list[Order]:
    with unit_of_work():
        for order in orders:
            service.pack(order.id, None)
    return orders


def states(orders: list[Order]) -> list[OrderState]:
    db.session.expire_all()
    return [db.session.get_one(Order, order.id).state for order in orders]


def press(client: FlaskClient, step: str, orders: list[Order], back: str = "") -> str:
    """Tick orders, press a button, and return the page that follows."""
    numbers = [str(order.id) for order in orders]
    answer = client.post(SEVERAL, data={"step": step, "orders": numbers, "next": back}, follow_redirects=True)
    assert answer.status_code == 200
    return answer.text


def test_several_are_packed_at_once(packer: FlaskClient) -> None:
    orders = paid(3)
    page = press(packer, "pack", orders[:2])
    assert states(orders) == [OrderState.READY, OrderState.READY, OrderState.PROCESSING]
    assert f"{orders[0].number}, {orders[1].number}" in page


def test_one_that_cannot_go_stops_no_other_and_is_named(packer: FlaskClient) -> None:
    first, late, last = paid(3)
    packed([late])
    page = press(packer, "pack", [first, late, last])
    assert states([first, late, last]) == [OrderState.READY] * 3
    assert page.count(late.number) > 0
    assert f": {late.number}." in page
    assert f"{first.number}, {last.number}" in page


def test_who_comes_himself_says_his_code(packer: FlaskClient) -> None:
    (fetched,), (brought,) = packed(paid(1)), packed(paid(1, HOME))
    press(packer, "ship", [fetched, brought])
    assert states([fetched, brought]) == [OrderState.READY, OrderState.SHIPPED]
    press(packer, "hand_over", [fetched, brought])
    assert states([fetched, brought]) == [OrderState.READY, OrderState.COMPLETED]


def test_a_step_is_offered_where_an_order_can_take_it(packer: FlaskClient) -> None:
    fetched, brought = packed(paid(1))[0], packed(paid(1, HOME))[0]
    pages = {
        method: packer.get(f"/dinas/pesanan?state=ready&method={method}").text for method in ("pickup", "", "address")
    }
    assert {method: 'value="ship"' in page for method, page in pages.items()} == {
        "pickup": False,
        "": True,
        "address": True,
    }
    boxes = [f'name="orders"\n               value="{order.id}"' for order in (fetched, brought)]
    assert [box in pages[""] for box in boxes] == [False, True]


@pytest.mark.parametrize(("role", "area", "status"), [(Role.PACKER, "63.07", 302), (Role.TREASURER, "63.06", 403)])
def test_others_move_nothing(client: FlaskClient, role: Role, area: str, status: int) -> None:
    orders = paid(1)
    make.sign_in(client, make.user(role, area_code=area))
    assert client.post(SEVERAL, data={"step": "pack", "orders": [str(orders[0].id)]}).status_code == status
    assert states(orders) == [OrderState.PROCESSING]
    assert orders[0].number not in client.get(f"/dinas/pesanan/kemas?id={orders[0].id}").text


@pytest.mark.parametrize(
    "data", [{}, {"step": "pack"}, {"step": "eat", "orders": "1"}, {"step": "pack", "orders": "²"}]
)
def test_nothing_ticked_is_said(packer: FlaskClient, data: dict[str, str]) -> None:
    assert 'data-tone="warn"' in packer.post(SEVERAL, data=data, follow_redirects=True).text


def test_the_list_is_found_again_as_it_was(packer: FlaskClient) -> None:
    (order,) = paid(1, HOME)
    page = packer.get(LIST).text
    kept = "/dinas/pesanan?state%3Dprocessing%26method%3Daddress"
    assert f'href="/dinas/pesanan/{order.id}?next={kept}"' in page
    assert f'action="{SEVERAL}?next={kept}"' in page
    assert "state=ready&amp;method=address" in page
    inner = packer.get(f"/dinas/pesanan/{order.id}?next={kept}").text
    assert f'action="/dinas/pesanan/{order.id}/langkah?next={kept}"' in inner
    done = packer.post(f"/dinas/pesanan/{order.id}/langkah?next={kept}", data={"step-step": "pack"})
    assert done.headers["Location"] == LIST


def test_nobody_is_led_off_the_site(packer: FlaskClient) -> None:
    (order,) = paid(1)
    done = packer.post(f"/dinas/pesanan/{order.id}/langkah?next=//evil.example", data={"step-step": "pack"})
    assert done.headers["Location"] == f"/dinas/pesanan/{order.id}"


def test_sheets_of_several_stand_on_one_page(packer: FlaskClient) -> None:
    orders = paid(5)
    asked = packer.post(SEVERAL, data={"step": "print", "orders": [str(order.id) for order in orders]})
    address = asked.headers["Location"]
    page = packer.get(address).text
    assert page.count('class="sheet"') == 5
    assert all(order.number in page for order in orders)
    with counted_queries() as many:
        packer.get(address)
    with counted_queries() as one:
        packer.get(f"/dinas/pesanan/kemas?id={orders[0].id}")
    assert len(many) == len(one)


def test_the_file_is_the_list(packer: FlaskClient) -> None:
    brought, fetched = paid(2, HOME), paid(1)
    assert "format=xlsx" in packer.get(LIST).text
    answer = packer.get(f"{LIST}&format=xlsx")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert {row[0] for row in rows[1:]} == {order.number for order in brought}
    assert not any(fetched[0].buyer_phone in str(cell) for row in rows for cell in row)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "list.export")).one()
    assert (entry.subject_type, entry.detail) == ("pesanan", {"count": 2})
