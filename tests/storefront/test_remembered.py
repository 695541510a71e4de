"""The next checkout remembers the last order: of an account, or of a guest on his own browser."""

import re

import pytest
from flask.testing import FlaskClient

from marketplace.catalog.models import Product
from marketplace.extensions import db
from marketplace.orders.models import DeliveryFee
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.payments.billing import bank
from tests.storefront.buying import GUEST, TO_ADDRESS, fee, fill, form, order


@pytest.fixture
def product(client: FlaskClient) -> Product:
    """Return a product of which seven are there and two in the basket."""
    row = make.product(stock=7, price=20_000)
    fill(client, row, quantity=2)
    return row


def shown(client: FlaskClient, product: Product) -> str:
    """Fill the basket again and return the checkout page."""
    fill(client, product)
    return client.get("/bayar").text


def value_of(page: str, name: str) -> str:
    """Return what stands in a field of the checkout page."""
    (tag,) = re.findall(rf'<input[^>]*\sname="{name}"[^>]*>', page)
    found = re.search(r'value="([^"]*)"', tag)
    return found[1] if found else ""


def is_chosen(page: str, value: str) -> bool:
    """Tell whether a choice is marked on the page."""
    tags = re.findall(rf'<(?:input|option)\s[^>]*value="{re.escape(value)}"[^>]*>', page)
    return any("checked" in tag or "selected" in tag for tag in tags)


@pytest.mark.parametrize("is_guest", [True, False])
def test_the_next_checkout_remembers_the_last(client: FlaskClient, product: Product, is_guest: bool) -> None:
    bank()
    fee(12_000)
    if not is_guest:
        make.sign_in(client, make.user(Role.BUYER))
        fill(client, product)
    office = {"office": "SDN Contoh 1", "rt_rw": "001/002", "landmark": "Dekat masjid"}
    order(client, **TO_ADDRESS, **office, payment_method="transfer", **({"keep": "y"} if is_guest else {}))
    page = shown(client, product)
    assert value_of(page, "name") == GUEST["name"]
    assert value_of(page, "phone").replace(" ", "") == "081234567890"
    assert "Filled in from your last order" in page
    assert {name: value_of(page, name) for name in office} == office
    assert value_of(page, "street") == TO_ADDRESS["street"]
    assert all(is_chosen(page, value) for value in ("address", make.VILLAGE, "transfer"))
    assert "Rp32.000" in page  # the fee is counted with it


def test_nobody_else_finds_what_was_remembered(client: FlaskClient, product: Product) -> None:
    order(client, keep="y")
    other = client.application.test_client()
    assert value_of(shown(other, product), "name") == ""
    make.sign_in(other, make.user(Role.BUYER, name="Orang Lain"))
    assert value_of(shown(other, product), "name") == "Orang Lain"


def test_what_cannot_be_chosen_now_is_not_remembered(client: FlaskClient, product: Product) -> None:
    bank()
    fee(12_000)
    order(client, **TO_ADDRESS, payment_method="transfer", keep="y")
    with unit_of_work():
        db.session.execute(db.delete(DeliveryFee))
    page = shown(client, product)
    assert is_chosen(page, "pickup")
    assert "Rp32.000" not in page


@pytest.mark.parametrize("keep", [True, False])
def test_a_guest_is_remembered_for_long_only_if_he_wants_it(client: FlaskClient, product: Product, keep: bool) -> None:
    answer = client.post("/bayar", data=form(client, **({"keep": "y"} if keep else {})))
    (cookie,) = [each for each in answer.headers.getlist("Set-Cookie") if each.startswith("warung=")]
    assert ("Expires" in cookie) is keep
    assert len(cookie) < 1_500
    with client.session_transaction() as session:
        assert GUEST["name"] not in str(dict(session))


def test_a_guest_who_did_not_ask_for_it_finds_nothing_filled_in(client: FlaskClient, product: Product) -> None:
    order(client)
    page = shown(client, product)
    assert (value_of(page, "name"), value_of(page, "phone")) == ("", "")
    assert "Filled in from your last order" not in page
    order(client, keep="y")
    page = shown(client, product)
    assert value_of(page, "name") == GUEST["name"]
    assert "as you asked this device to remember it" in page
    order(client, name="Orang Lain")  # this time he took the tick away
    assert value_of(shown(client, product), "name") == ""


def test_a_guest_has_his_orders_forgotten(client: FlaskClient, product: Product) -> None:
    made = order(client, keep="y")
    assert made.number in client.get("/pesanan").text
    answer = client.post("/pesanan/lupakan")
    assert not any("Expires" in each and "1970" not in each for each in answer.headers.getlist("Set-Cookie"))
    assert made.number not in client.get("/pesanan").text
    assert value_of(shown(client, product), "name") == ""
    assert client.get(f"/p/{made.token}").status_code == 200
