"""Baskets: filled by anybody, kept over sign-in, never more than one for a person."""

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.catalog.models import Product, ProductKind, ProductState
from marketplace.extensions import db
from marketplace.parcels.models import Parcel, ParcelState
from marketplace.shared import clock
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.storefront import service
from marketplace.storefront.models import Basket, BasketItem
from tests import make
from tests.counting import counted_queries
from tests.parcels.build import offered
from tests.storefront.buying import fill, sold_elsewhere


def rows() -> dict[str, int]:
    """Return what lies in all baskets: thing → quantity."""
    db.session.rollback()
    items = db.session.scalars(select(BasketItem).order_by(BasketItem.id)).all()
    return {f"product-{i.product_id}" if i.product_id else f"parcel-{i.parcel_id}": i.quantity for i in items}


def baskets() -> list[Basket]:
    db.session.rollback()
    return list(db.session.scalars(select(Basket)))


def count_on_screen(client: FlaskClient) -> int:
    with client.session_transaction() as session:
        return int(session.get("basket_count", 0))


def test_a_guest_fills_a_basket(client: FlaskClient) -> None:
    one, two = make.product(stock=9), make.product(kind=ProductKind.SERVICE)
    parcel = offered({one: 1, make.product(stock=9): 1})
    fill(client, one, two, parcel)
    fill(client, one, quantity=3)
    assert rows() == {f"product-{one.id}": 4, f"product-{two.id}": 1, f"parcel-{parcel.id}": 1}
    page = client.get("/keranjang").text
    assert all(thing.name in page for thing in (one, two, parcel))
    assert "Rp175.000" in page  # 4 × 15,000 + 15,000 + 100,000
    assert count_on_screen(client) == 3
    assert len(baskets()) == 1


def test_what_was_taken_out_comes_back_by_one_press(client: FlaskClient) -> None:
    one = make.product(stock=9, name="Dodol")
    fill(client, one, quantity=3)
    client.post("/keranjang", data={"remove": f"product-{one.id}"})
    page = client.get("/keranjang").text
    assert "Dodol is taken out." in page
    assert rows() == {}
    button = re.search(r'form="undo"\s+formaction="/keranjang".*?value="([^"]+)"', page, re.DOTALL)
    assert button is not None
    client.post("/keranjang", data={"undo": button[1]})
    assert rows() == {f"product-{one.id}": 3}
    for strange in ("", "x", f"product-{one.id}:0", "product-9999:1", f"product-{one.id}:-1"):
        assert client.post("/keranjang", data={"undo": strange}).status_code == 404
    assert rows() == {f"product-{one.id}": 3}


@pytest.mark.parametrize("quantity", ["0", "-1", "1000", "x", "", "²", "1e3", "9" * 30, "1.5"])
def test_strange_numbers_are_refused_beside_the_field(client: FlaskClient, quantity: str) -> None:
    product = make.product(stock=5)
    answer = client.post(f"/produk/{product.slug}", data={"quantity": quantity})
    assert answer.status_code == 422
    assert 'id="quantity-error"' in answer.text
    assert f'value="{quantity}"' in answer.text
    assert rows() == {}


def test_no_more_than_999_of_a_thing(client: FlaskClient) -> None:
    product = make.product(stock=2000)
    fill(client, product, quantity=998)
    assert client.post(f"/produk/{product.slug}", data={"quantity": "2"}).status_code == 422
    fill(client, product)
    assert rows() == {f"product-{product.id}": 999}


def test_what_is_not_sold_is_not_taken(client: FlaskClient) -> None:
    product = make.product(state=ProductState.PAUSED)
    parcel = offered({make.product(): 1, make.product(): 1})
    with unit_of_work():
        db.session.get_one(Parcel, parcel.id).state = ParcelState.PAUSED
    for path in (f"/produk/{product.slug}", f"/parsel/{parcel.slug}"):
        answer = client.post(path, data={"quantity": "1"})
        assert answer.status_code == 422
        assert "is not sold at the moment" in answer.text
    assert rows() == {}


def test_goods_of_two_areas_do_not_share_a_basket(client: FlaskClient) -> None:
    here, there = make.product(stock=5), make.product(stock=5, regency_code=make.OTHER_REGENCY)
    fill(client, here)
    assert client.post(f"/produk/{there.slug}", data={"quantity": "1"}).status_code == 422
    assert rows() == {f"product-{here.id}": 1}


def test_numbers_are_changed_and_things_taken_out(client: FlaskClient) -> None:
    one, two, three = (make.product(stock=9) for _ in range(3))
    fill(client, one, two, three)
    numbers = {f"product-{one.id}": "5", f"product-{two.id}": "0", f"product-{three.id}": "1"}
    assert client.post("/keranjang", data=numbers).headers["Location"] == "/keranjang"
    assert rows() == {f"product-{one.id}": 5, f"product-{three.id}": 1}
    assert f"{two.name} is taken out." in client.get("/keranjang").text
    wrong = {f"product-{one.id}": "x", "remove": f"product-{three.id}"}
    assert client.post("/keranjang", data=wrong).status_code == 302
    assert rows() == {f"product-{one.id}": 5}
    assert count_on_screen(client) == 1


def test_the_way_to_checkout_takes_the_numbers_along(client: FlaskClient) -> None:
    product = make.product(stock=9)
    fill(client, product)
    answer = client.post("/keranjang", data={f"product-{product.id}": "4", "go": "checkout"})
    assert answer.headers["Location"] == "/bayar"
    assert "Saved." not in client.get("/bayar").text
    assert rows() == {f"product-{product.id}": 4}


@pytest.mark.parametrize("typed", ["x", "-3", "1000", "9" * 40])
def test_a_wrong_number_keeps_what_was_typed(client: FlaskClient, typed: str) -> None:
    one, two = make.product(stock=9), make.product(stock=9)
    fill(client, one, two)
    answer = client.post("/keranjang", data={f"product-{one.id}": typed, f"product-{two.id}": "7"})
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.text
    assert f'id="product-{one.id}-error"' in answer.text
    assert rows() == {f"product-{one.id}": 1, f"product-{two.id}": 1}


def test_taking_out_a_strange_thing_changes_nothing(client: FlaskClient) -> None:
    product = make.product(stock=5)
    fill(client, product)
    for remove in ("product-999", "x", "csrf_token"):
        client.post("/keranjang", data={"remove": remove})
    assert rows() == {f"product-{product.id}": 1}


def test_a_stale_tab_brings_nothing_back(client: FlaskClient) -> None:
    one, two = make.product(stock=5), make.product(stock=5)
    fill(client, one, two)
    client.post("/keranjang", data={"remove": f"product-{one.id}"})
    client.post("/keranjang", data={f"product-{one.id}": "3", f"product-{two.id}": "2"})
    assert rows() == {f"product-{two.id}": 2}


def test_shortages_show_in_the_basket(client: FlaskClient) -> None:
    few, gone, enough = (make.product(stock=9) for _ in range(3))
    service_ = make.product(kind=ProductKind.SERVICE)
    fill(client, enough, service_, quantity=9)
    assert "triangle-alert" not in client.get("/keranjang").text
    fill(client, few, gone, quantity=3)
    sold_elsewhere(few, 7)
    sold_elsewhere(gone, 9)
    page = client.get("/keranjang").text
    assert "Only 2 left" in page
    assert "Not to be had now" in page


@pytest.mark.parametrize("by_button", [True, False])
def test_nobody_orders_more_than_there_is(client: FlaskClient, by_button: bool) -> None:
    product = make.product(stock=5)
    fill(client, product, quantity=5)
    sold_elsewhere(product, 3)
    more = {f"product-{product.id}": "5", "go": "checkout"}
    answer = client.post("/keranjang", data=more) if by_button else client.get("/bayar")
    while answer.location:
        last, answer = answer.location, client.get(answer.location)
    assert last == "/keranjang"
    assert "Change it before you order." in answer.text


def test_a_thing_that_is_closed_later_stays_visible(client: FlaskClient) -> None:
    product = make.product(stock=9)
    fill(client, product)
    with unit_of_work():
        db.session.get_one(Product, product.id).state = ProductState.ARCHIVED
    assert "Not to be had now" in client.get("/keranjang").text


def sign_in(client: FlaskClient, phone: str | None) -> None:
    answer = client.post("/masuk", data={"identifier": phone, "password": make.PASSWORD})
    assert answer.status_code in (302, 303)


def test_the_basket_is_kept_over_sign_in(client: FlaskClient) -> None:
    buyer, phone = make.user(Role.BUYER), None
    phone = buyer.phone
    one, two, three = (make.product(stock=9) for _ in range(3))
    at_home = client.application.test_client()
    sign_in(at_home, phone)
    fill(at_home, one, quantity=5)
    fill(at_home, two, quantity=1)
    fill(client, two, quantity=4)
    fill(client, three)
    sign_in(client, phone)
    assert rows() == {f"product-{one.id}": 5, f"product-{two.id}": 4, f"product-{three.id}": 1}
    assert [basket.user_id for basket in baskets()] == [buyer.id]
    assert count_on_screen(client) == 3
    assert three.name in at_home.get("/keranjang").text


def test_signing_out_leaves_no_basket_on_a_shared_machine(client: FlaskClient) -> None:
    buyer = make.user(Role.BUYER)
    product = make.product(stock=9)
    sign_in(client, buyer.phone)
    fill(client, product)
    client.post("/keluar")
    assert product.name not in client.get("/keranjang").text
    assert count_on_screen(client) == 0


def test_goods_of_another_area_give_way_at_sign_in(client: FlaskClient) -> None:
    buyer = make.user(Role.BUYER)
    here, there = make.product(stock=5), make.product(stock=5, regency_code=make.OTHER_REGENCY)
    at_home = client.application.test_client()
    sign_in(at_home, buyer.phone)
    fill(at_home, there)
    fill(client, here)
    sign_in(client, buyer.phone)
    assert rows() == {f"product-{here.id}": 1}


def test_a_token_opens_no_basket_of_an_account(client: FlaskClient) -> None:
    product = make.product(stock=9)
    at_home = client.application.test_client()
    sign_in(at_home, make.user(Role.BUYER).phone)
    fill(at_home, product)
    with client.session_transaction() as session:
        session["basket_token"] = baskets()[0].token
    assert product.name not in client.get("/keranjang").text


@pytest.mark.parametrize(("age", "left"), [(59, 1), (61, 0)])
def test_old_baskets_of_visitors_are_forgotten(client: FlaskClient, age: int, left: int) -> None:
    fill(client, make.product(stock=5))
    with unit_of_work():
        service.forget_old(clock.now() + dt.timedelta(days=age))
    assert len(baskets()) == left
    assert client.get("/keranjang").status_code == 200


@pytest.fixture
def guarded(client: FlaskClient) -> Iterator[FlaskClient]:
    """Return a browser of a shop that asks every form for its token, as outside of tests."""
    client.application.config["WTF_CSRF_ENABLED"] = True
    yield client
    client.application.config["WTF_CSRF_ENABLED"] = False


def test_a_form_of_another_site_changes_no_basket(guarded: FlaskClient) -> None:
    product = make.product(stock=9)
    path = f"/produk/{product.slug}"
    assert guarded.post(path, data={"quantity": "1"}).status_code == 400
    token = re.findall(r'name="csrf_token"[^>]* value="([^"]+)"', guarded.get(path).text)[0]
    assert guarded.post(path, data={"quantity": "1", "csrf_token": token}).status_code == 302
    assert guarded.post("/keranjang", data={"remove": f"product-{product.id}"}).status_code == 400
    assert rows() == {f"product-{product.id}": 1}


def test_a_guest_who_only_looked_keeps_getting_kept_pages(guarded: FlaskClient) -> None:
    guarded.get(f"/produk/{make.product(stock=9).slug}")  # its form put a token into the session
    guarded.get("/produk")
    with counted_queries() as queries:
        answer = guarded.get("/produk")
    assert queries == []
    assert not answer.headers.getlist("Set-Cookie")


def test_who_signs_up_with_a_full_basket_comes_back_to_it(client: FlaskClient) -> None:
    product = make.product(stock=5)
    fill(client, product)
    form = {"name": "Siti Contoh", "phone": "0812 3456 7890", "password": "ikan haruan bakar"}
    assert client.post("/daftar", data=form).headers["Location"] == "/keranjang"
    assert product.name in client.get("/keranjang").text
    empty = client.application.test_client()
    assert empty.post("/daftar", data={**form, "phone": "0812 3456 7891"}).headers["Location"] == "/"
