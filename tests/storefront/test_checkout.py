"""From the basket to one order: once, whatever is pressed how often."""

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient

from marketplace.areas.queries import villages_of_regency
from marketplace.catalog.models import Product, ProductState
from marketplace.extensions import db
from marketplace.orders.models import DeliveryFee, DeliveryMethod, OrderState
from marketplace.payments.models import Payment
from marketplace.reports import checks
from marketplace.shared import clock
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.stock.queries import free_by_product
from tests import make
from tests.parcels.build import offered
from tests.payments.billing import bank
from tests.storefront.buying import (
    DISTRICT,
    GUEST,
    TO_ADDRESS,
    all_orders,
    at,
    fee,
    fill,
    form,
    hidden,
    order,
    sold_elsewhere,
)


@pytest.fixture
def product(client: FlaskClient) -> Product:
    """Return a product of which seven are there and two in the basket."""
    row = make.product(stock=7, price=20_000)
    fill(client, row, quantity=2)
    return row


def free(product: Product) -> int:
    db.session.rollback()
    return free_by_product([product.id])[product.id]


def test_a_guest_orders_and_follows_by_link(client: FlaskClient, product: Product) -> None:
    answer = client.post("/bayar", data=form(client, note="Tolong bungkus rapi"))
    made = at(answer.headers["Location"])
    assert answer.headers["Location"] == f"/p/{made.token}"
    assert (made.state, made.buyer_id, made.buyer_phone) == (OrderState.PROCESSING, None, "+6281234567890")
    assert (made.goods_amount, made.delivery_fee, made.total) == (40_000, 0, 40_000)
    assert (made.note, made.payment_method) == ("Tolong bungkus rapi", "cash")
    assert free(product) == 5
    page = client.get(answer.headers["Location"]).text
    assert made.number in page
    assert made.pickup_code in page
    assert "Your basket is empty" in client.get("/keranjang").text
    assert made.number in client.get("/pesanan").text
    assert [check.name for check in checks.ALL if check.run().broken] == []  # the books agree with the shop's own form


def test_a_parcel_and_a_product_in_one_order(client: FlaskClient) -> None:
    one, two = make.product(stock=9, price=20_000), make.product(stock=9, price=30_000)
    parcel = offered({one: 2, two: 1}, price=90_000)
    fill(client, parcel, quantity=2)
    fill(client, one)
    made = order(client)
    assert {line.name: line.quantity for line in made.lines} == {one.name: 1, parcel.name: 2}
    assert made.total == 200_000
    assert (free(one), free(two)) == (4, 7)


def test_a_buyer_finds_his_data_and_the_order_in_his_account(client: FlaskClient) -> None:
    buyer = make.user(Role.BUYER, name="Budi Contoh")
    make.sign_in(client, buyer)
    fill(client, make.product(stock=3))
    page = client.get("/bayar").text
    assert 'value="Budi Contoh"' in page
    assert 'value="0812' in page
    made = order(client)
    assert made.buyer_id == buyer.id
    assert client.get(f"/pesanan/{made.id}").status_code == 200


def test_delivery_costs_what_the_district_costs(client: FlaskClient, product: Product) -> None:
    fee(12_000)
    bank()
    assert "Kandangan: Rp12.000" in client.get("/bayar").text
    made = order(client, **TO_ADDRESS, rt_rw="02/01", landmark="Dekat pasar", payment_method="transfer")
    assert (made.delivery_fee, made.total) == (12_000, 52_000)
    assert made.state is OrderState.AWAITING_PAYMENT
    page = client.get(f"/p/{made.token}").text
    assert "Jalan Contoh 1, RT/RW 002/001, Kandangan Kota, Kandangan," in page
    assert "Dekat pasar" in page
    payment = db.session.scalars(db.select(Payment)).one()
    assert (payment.order_id, payment.amount) == (made.id, 52_000 - payment.unique_code)


def sums(page: str) -> list[str]:
    """Return the amounts of the summary in order: goods, delivery, total."""
    return re.findall(r"Rp[0-9.]+", page.partition('id="sums"')[2].partition("</dl>")[0])[-3:]


def test_each_way_of_delivery_stands_with_its_fee(client: FlaskClient, product: Product) -> None:
    fee(12_000)
    bank()
    assert "Bring it to an office: Rp12.000" in client.get("/bayar").text
    fee(20_000, district="63.06.04")
    page = client.get("/bayar").text
    assert "Bring it to an address: Rp12.000 to Rp20.000, by district" in page
    assert "no delivery fee" in page


def test_the_total_is_shown_before_anything_is_ordered(client: FlaskClient, product: Product) -> None:
    fee(12_000)
    bank()
    assert sums(client.get("/bayar").text) == ["Rp40.000", "Rp0", "Rp40.000"]
    typed = {**GUEST, **TO_ADDRESS, "name": "Rusmini Contoh", "phone": "12", "go": "count"}
    answer = client.post("/bayar", data=typed)
    assert answer.status_code == 200
    assert sums(answer.text) == ["Rp40.000", "Rp12.000", "Rp52.000"]
    assert "Rusmini Contoh" in answer.text
    assert "Jalan Contoh 1" in answer.text
    assert "Please correct" not in answer.text  # he is not through yet
    assert "not yet counted" in client.post("/bayar", data={**typed, "village_code": "x"}).text
    assert all_orders() == []


def test_a_script_gets_the_sums_alone(client: FlaskClient, product: Product) -> None:
    fee(12_000)
    bank()
    answer = client.post("/bayar", data={**TO_ADDRESS, "go": "count"}, headers={"X-Part": "sums"})
    assert "Rp52.000" in answer.text
    assert 'name="fee"' in answer.text
    assert "<html" not in answer.text
    assert "<form" not in answer.text


def test_a_script_whose_basket_was_ordered_elsewhere_shows_the_page_anew(client: FlaskClient, product: Product) -> None:
    shown = form(client)
    order(client)
    answer = client.post("/bayar", data={**shown, "go": "count"}, headers={"X-Part": "sums"})
    assert (answer.status_code, answer.text) == (409, "")


def test_a_total_that_was_not_shown_is_not_ordered(client: FlaskClient, product: Product) -> None:
    """Without JavaScript he chose delivery and pressed the button at once: he has seen the sum of the goods only."""
    fee(12_000)
    bank()
    sent = {**hidden(client), **GUEST, **TO_ADDRESS, "payment_method": "transfer"}
    answer = client.post("/bayar", data=sent)
    assert answer.status_code == 422
    assert "Delivery costs Rp12.000. The total is now Rp52.000." in answer.text
    assert all_orders() == []
    assert free(product) == 7
    assert sums(answer.text)[-1] == "Rp52.000"


def test_a_fee_that_rose_meanwhile_is_said_and_asked_again(client: FlaskClient, product: Product) -> None:
    fee(12_000)
    bank()
    sent = form(client, **TO_ADDRESS, payment_method="transfer")
    with unit_of_work():
        db.session.scalars(db.select(DeliveryFee)).one().amount = 15_000
    answer = client.post("/bayar", data=sent)
    assert "Delivery costs Rp15.000, and not Rp12.000 as before. The total is now Rp55.000." in answer.text
    assert all_orders() == []
    assert order(client, **TO_ADDRESS, payment_method="transfer").total == 55_000


def test_a_fee_begins_at_midnight_of_the_place(client: FlaskClient, product: Product) -> None:
    """At 00:30 in Kandangan it is still yesterday in UTC: page and order agree on the new fee."""
    fee(12_000)
    bank()
    new_day = dt.date(2026, 12, 1)
    make.add(DeliveryFee(district_code=DISTRICT, amount=15_000, effective_from=new_day, source="Contoh"))
    with clock.at(dt.datetime(2026, 11, 30, 16, 30, tzinfo=dt.UTC)):
        assert order(client, **TO_ADDRESS, payment_method="transfer").delivery_fee == 15_000


@pytest.mark.parametrize("shown", ["", "x", "-1", "39.999", "9" * 30])
@pytest.mark.parametrize("name", ["goods", "fee"])
def test_sums_that_we_never_showed_order_nothing(client: FlaskClient, product: Product, name: str, shown: str) -> None:
    assert client.post("/bayar", data={**form(client), name: shown}).status_code == 422
    assert all_orders() == []


def test_cash_is_for_pick_up_only_and_is_said_so_beside_the_choice(client: FlaskClient, product: Product) -> None:
    fee(12_000)
    bank()
    page = client.get("/bayar").text
    (marked,) = re.findall(r"<label[^>]*data-at-pickup>(.*?)</label>", page, re.DOTALL)
    assert 'value="cash"' in marked
    answer = client.post("/bayar", data=form(client, **TO_ADDRESS, payment_method="cash"))
    beside = answer.text.partition('id="payment_method-error"')[2].partition("</div>")[0]
    assert "Cash is paid at pick-up." in beside


def test_nothing_is_brought_where_nothing_can_be_paid_before(client: FlaskClient, product: Product) -> None:
    fee(12_000)
    assert "village_code" not in client.get("/bayar").text
    assert client.post("/bayar", data=form(client, **TO_ADDRESS)).status_code == 422
    assert all_orders() == []


def test_an_order_that_is_picked_up_keeps_no_address(client: FlaskClient, product: Product) -> None:
    fee(12_000)
    made = order(client, **{**TO_ADDRESS, "delivery_method": "pickup"})
    assert (made.delivery_method, made.street, made.village_code) == (DeliveryMethod.PICKUP, "", None)


def test_only_villages_we_deliver_to_can_be_chosen(client: FlaskClient, product: Product) -> None:
    assert "village_code" not in client.get("/bayar").text
    fee(12_000)
    bank()
    elsewhere = next(v.code for v in villages_of_regency(make.REGENCY) if not v.code.startswith("63.06.05"))
    for code in (elsewhere, "63.07.01.2001", "x", ""):
        answer = client.post(
            "/bayar", data=form(client, **{**TO_ADDRESS, "village_code": code, "payment_method": "transfer"})
        )
        assert answer.status_code == 422
        assert 'id="village_code-error"' in answer.text
    assert all_orders() == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": " "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"phone": ""}, "phone"),
        ({"phone": "12"}, "phone"),
        ({"delivery_method": "drone"}, "delivery_method"),
        ({"delivery_method": ""}, "delivery_method"),
        ({"delivery_method": "office", "street": "", "village_code": make.VILLAGE}, "street"),
        ({"delivery_method": "address", "street": "Jalan 1", "village_code": ""}, "village_code"),
        ({"note": "x" * 501}, "note"),
        ({"payment_method": "stripe"}, "payment_method"),
        ({"payment_method": ""}, "payment_method"),
        ({**TO_ADDRESS, "payment_method": "cash"}, "payment_method"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    client: FlaskClient, product: Product, values: dict[str, str], field: str
) -> None:
    fee(12_000)
    bank()
    typed = {"landmark": "Dekat masjid", **values}
    answer = client.post("/bayar", data=form(client, **typed))
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text or f'href="#{field}"' in answer.text
    assert "Dekat masjid" in answer.text
    assert all_orders() == []
    assert free(product) == 7
    assert order(client).total == 40_000  # nothing of the failed try is left behind


@pytest.mark.parametrize("data", [{}, {"key": "x" * 5000}, {"key": "a", "seen": "b", **GUEST}, {"key[]": "1"}])
def test_a_form_that_we_never_gave_out_orders_nothing(
    client: FlaskClient, product: Product, data: dict[str, str]
) -> None:
    assert client.post("/bayar", data=data).status_code in (400, 422)
    assert all_orders() == []


def test_an_empty_basket_has_nothing_to_order(client: FlaskClient) -> None:
    assert client.get("/bayar").headers["Location"] == "/keranjang"
    assert client.post("/bayar", data={**GUEST, "key": "a", "seen": "b"}).headers["Location"] == "/keranjang"


def test_every_shortage_is_named_and_what_was_typed_is_kept(client: FlaskClient) -> None:
    few, gone = make.product(stock=5, name="Abon"), make.product(stock=5, name="Bolu")
    fill(client, few, gone, quantity=5)
    sold_elsewhere(few, 3)
    sold_elsewhere(gone, 5)
    answer = client.post("/bayar", data=form(client, name="Rusmini Contoh"))
    assert answer.status_code == 422
    assert "Abon: you asked for 5, 2 are left." in answer.text
    assert "Bolu: you asked for 5, 0 are left." in answer.text
    assert "Rusmini Contoh" in answer.text
    assert all_orders() == []
    assert free(few) == 2


def test_a_price_that_rose_meanwhile_is_shown_before_it_is_paid(client: FlaskClient, product: Product) -> None:
    sent = form(client)
    with unit_of_work():
        db.session.get_one(Product, product.id).price = 25_000
    answer = client.post("/bayar", data=sent)
    assert answer.status_code == 422
    assert f"{product.name} costs Rp25.000, and not Rp20.000 as before." in answer.text
    assert "The goods cost Rp50.000, and not Rp40.000 as before. The total is now Rp50.000." in answer.text
    assert all_orders() == []
    assert order(client).total == 50_000


def test_what_another_tab_put_in_is_shown_before_it_is_ordered(client: FlaskClient, product: Product) -> None:
    other = make.product(stock=3, name="Abon")
    sent = form(client)
    fill(client, product, other)
    answer = client.post("/bayar", data=sent)
    assert answer.status_code == 422
    assert f"Of {product.name} there are now 3, and not 2 as before." in answer.text
    assert "Abon is new in your basket." in answer.text
    assert all_orders() == []
    sent = form(client)
    client.post("/keranjang", data={"remove": f"product-{other.id}"})
    assert "Abon is no longer in your basket." in client.post("/bayar", data=sent).text
    assert all_orders() == []


def test_what_is_no_longer_sold_cannot_be_ordered(client: FlaskClient, product: Product) -> None:
    with unit_of_work():
        db.session.get_one(Product, product.id).state = ProductState.PAUSED
    answer = client.post("/bayar", data=form(client))
    assert answer.status_code == 422
    assert product.name in answer.text
    assert all_orders() == []


def test_pressed_twice_is_ordered_once(client: FlaskClient, product: Product) -> None:
    sent = form(client)
    first, second = (client.post("/bayar", data=sent) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert len(all_orders()) == 1
    assert free(product) == 5


def test_back_and_sent_again_with_other_words_points_to_the_order(client: FlaskClient, product: Product) -> None:
    sent = form(client)
    made = at(client.post("/bayar", data=sent).headers["Location"])
    for other in ({"name": "Orang Lain"}, {"name": ""}, {"payment_method": "transfer"}):
        answer = client.post("/bayar", data={**sent, **other})
        assert answer.status_code == 409
        assert f"/p/{made.token}" in answer.text
    assert len(all_orders()) == 1


def test_two_tabs_make_one_order(client: FlaskClient, product: Product) -> None:
    tabs = [form(client), form(client)]
    answers = [client.post("/bayar", data=tab) for tab in tabs]
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert len(all_orders()) == 1


def test_a_second_order_is_another_one(client: FlaskClient, product: Product) -> None:
    first = order(client)
    fill(client, product)
    second = order(client)
    assert first.id != second.id
    assert free(product) == 4


def test_an_old_form_does_not_order_a_new_basket(client: FlaskClient, product: Product) -> None:
    sent = form(client)
    order(client)
    fill(client, product)
    assert client.post("/bayar", data={**sent, "key": hidden(client)["key"]}).status_code == 422
    assert len(all_orders()) == 1


def test_a_key_of_another_visitor_orders_nothing(client: FlaskClient, product: Product) -> None:
    other = client.application.test_client()
    fill(other, product)
    sent = form(other)
    assert client.post("/bayar", data=sent).status_code == 422
    assert all_orders() == []


def test_pressed_at_the_same_moment_is_ordered_once(client: FlaskClient, product: Product) -> None:
    sent = form(client)
    cookie = client.get_cookie("warung")
    assert cookie is not None

    def press(_number: int) -> Any:
        browser = client.application.test_client()
        browser.set_cookie("warung", cookie.value)
        return browser.post("/bayar", data=sent)

    db.session.rollback()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(press, range(4)))
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert len(all_orders()) == 1
    assert free(product) == 5
