"""What is left: nobody is offered, or promised, more of a thing than there is, and is told so in its own words."""

import re

import pytest
from flask.testing import FlaskClient

from marketplace.catalog.models import Product, ProductKind
from marketplace.parcels.models import Parcel
from tests import make
from tests.parcels.build import offered
from tests.storefront.buying import all_orders, fill, form, order, sold_elsewhere


def path_of(thing: Product | Parcel) -> str:
    return f"/{'produk' if isinstance(thing, Product) else 'parsel'}/{thing.slug}"


def put_in(client: FlaskClient, thing: Product | Parcel, quantity: int) -> str:
    """Try to put so many of a thing into the basket, and return what the page says in place of that."""
    answer = client.post(path_of(thing), data={"quantity": quantity})
    assert answer.status_code == 422
    return answer.text


def in_basket(client: FlaskClient) -> list[str]:
    """Return the numbers in the basket."""
    return re.findall(r'name="(?:product|parcel)-[0-9]+"[^>]*value="([0-9]+)"', client.get("/keranjang").text)


@pytest.mark.parametrize("is_parcel", [False, True])
def test_what_is_sold_out_has_no_button_but_a_way_to_what_is_like_it(client: FlaskClient, is_parcel: bool) -> None:
    goods = make.product(name="Dodol")
    thing = offered({goods: 1, make.product(stock=5): 1}, name="Parsel Sahur") if is_parcel else goods
    page = client.get(path_of(thing)).text
    assert 'name="quantity"' not in page
    assert "Sold out for now." in page
    assert ("/parsel?occasion=lebaran" if is_parcel else "/produk?available=1&amp;category=snack") in page
    assert f"{thing.name} is sold out for now." in put_in(client, thing, 1)
    assert in_basket(client) == []
    listed = client.get("/parsel" if is_parcel else "/produk").text
    assert re.search(r'class="badge" data-tone="warn">.*?Sold out for now', listed, re.DOTALL)


@pytest.mark.parametrize("quantity", [7, 999, 1000, 9999, 10**30])
def test_who_asks_for_too_many_learns_how_many_there_are(client: FlaskClient, quantity: int) -> None:
    product = make.product(stock=6)
    parcel = offered({product: 2, make.product(stock=9): 1})
    assert "There are 6 left. Choose 6 or fewer." in put_in(client, product, quantity)
    assert "There are 3 left. Choose 3 or fewer." in put_in(client, parcel, quantity)
    assert in_basket(client) == []
    fill(client, product, quantity=6)
    assert "There are 6 left, and your basket holds 6 of them already." in put_in(client, product, 1)
    assert in_basket(client) == ["6"]


def test_of_a_service_nothing_is_counted(client: FlaskClient) -> None:
    service = make.product(kind=ProductKind.SERVICE)
    fill(client, service, quantity=999)
    assert "Choose at most 999 of one thing." in put_in(client, service, 1)


def test_the_basket_says_how_many_there_are_too(client: FlaskClient) -> None:
    one, two = make.product(stock=6), make.product(stock=6)
    fill(client, one, two)
    answer = client.post("/keranjang", data={f"product-{one.id}": "9999", f"product-{two.id}": "2"})
    assert answer.status_code == 422
    assert "There are 6 left. Choose 6 or fewer." in answer.text
    assert 'value="9999"' in answer.text
    assert in_basket(client) == ["1", "1"]


def test_a_shortage_is_said_of_the_parcel_that_was_asked_for(client: FlaskClient) -> None:
    holder = make.product(stock=16, name="Tempat lilin")
    parcel = offered({holder: 2, make.product(stock=50): 1}, name="Parsel Natal")
    fill(client, parcel, quantity=8)
    sent = form(client)
    sold_elsewhere(holder, 10)
    answer = client.post("/bayar", data=sent)
    assert answer.status_code == 422
    assert "Parsel Natal: you asked for 8, 3 can be made." in answer.text
    assert "Tempat lilin" not in answer.text
    assert "Change the numbers in the basket" in answer.text
    assert all_orders() == []


def test_what_several_lines_need_is_said_of_all_of_them(client: FlaskClient) -> None:
    holder = make.product(stock=10, name="Tempat lilin")
    parcel = offered({holder: 2, make.product(stock=50): 1}, name="Parsel Natal")
    fill(client, parcel, holder, quantity=4)
    answer = client.post("/bayar", data=form(client))
    assert "Parsel Natal, Tempat lilin need the same thing. Together that is 12, and 10 are left." in answer.text
    assert all_orders() == []


def test_an_order_comes_again_though_fewer_are_left(client: FlaskClient) -> None:
    product = make.product(stock=9)
    fill(client, product, quantity=5)
    made = order(client)
    client.post(f"/p/{made.token}/lagi")
    assert in_basket(client) == ["5"]
    assert "Only 4 left" in client.get("/keranjang").text


def test_each_number_that_a_script_saves_brings_back_what_follows_from_it(client: FlaskClient) -> None:
    one, two = make.product(stock=9, price=10_000), make.product(stock=3, price=1_000)
    fill(client, one, two)
    part = {"X-Part": "basket"}
    sent = {f"product-{one.id}": "4", f"product-{two.id}": "5"}
    answer = client.post("/keranjang", data=sent, headers=part)
    assert answer.status_code == 200
    assert all(text in answer.text for text in ("Rp40.000", "Rp5.000", "Rp45.000", "Only 3 left", "Change it before"))
    assert "<html" not in answer.text
    assert in_basket(client) == ["4", "5"]
    client.post("/keranjang", data={"remove": f"product-{two.id}"})
    assert client.post("/keranjang", data=sent, headers=part).status_code == 200  # as the other tab left it
    assert client.post("/keranjang", data={f"product-{one.id}": "0"}, headers=part).status_code == 205
    assert f"{one.name} is taken out." in client.get("/keranjang").text
