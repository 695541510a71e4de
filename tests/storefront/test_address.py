"""What checkout says of an address that is half filled in or written in another way."""

import pytest
from flask.testing import FlaskClient

from marketplace.catalog.models import Product
from marketplace.shared.policy import Role
from tests import make
from tests.payments.billing import bank
from tests.storefront.buying import GUEST, TO_ADDRESS, all_orders, fee, fill, form, order


@pytest.fixture
def product(client: FlaskClient) -> Product:
    """Return a product of which two are in the basket."""
    row = make.product(stock=7, price=20_000)
    fill(client, row, quantity=2)
    return row


def test_a_sum_for_coming_oneself_is_not_said_of_an_address(client: FlaskClient, product: Product) -> None:
    """Without a script only the style sheet can hide what was counted for another way; the page marks both."""
    fee(12_000)
    bank()
    assert 'data-counted="pickup"' in client.get("/bayar").text
    assert 'data-counted="address"' in client.post("/bayar", data={**GUEST, **TO_ADDRESS, "go": "count"}).text
    for code in ("", "x"):
        asked = client.post("/bayar", data={**GUEST, **TO_ADDRESS, "village_code": code, "go": "count"})
        assert "data-counted" not in asked.text
        assert "Order total" not in asked.text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("001/002", "001/002"),
        (" 1 / 2 ", "001/002"),
        ("RT 1 RW 2", "001/002"),
        ("rt. 01, rw. 02", "001/002"),
        ("RT/RW 12-3", "012/003"),
        ("RT001RW002", "001/002"),
        ("", ""),
    ],
)
def test_rt_and_rw_are_kept_in_one_way(client: FlaskClient, product: Product, typed: str, kept: str) -> None:
    fee(12_000)
    bank()
    assert order(client, **TO_ADDRESS, rt_rw=typed, payment_method="transfer").rt_rw == kept


@pytest.mark.parametrize("typed", ["zz", "12", "1/", "/2", "1234/1", "1/2/3", "١/٢", "x" * 500])
def test_what_is_no_rt_and_rw_is_refused(client: FlaskClient, product: Product, typed: str) -> None:
    fee(12_000)
    bank()
    answer = client.post("/bayar", data=form(client, **TO_ADDRESS, rt_rw=typed, payment_method="transfer"))
    assert answer.status_code == 422
    assert 'id="rt_rw-error"' in answer.text
    assert all_orders() == []


def test_the_packer_reads_what_the_numbers_of_an_address_are(client: FlaskClient, product: Product) -> None:
    fee(12_000)
    bank()
    made = order(client, **TO_ADDRESS, rt_rw="1/2", payment_method="transfer")
    make.sign_in(client, make.user(Role.PACKER))
    for page in (f"/dinas/pesanan/{made.id}", f"/dinas/pesanan/{made.id}/kemas"):
        assert "Jalan Contoh 1, RT/RW 001/002, Kandangan Kota" in client.get(page).text
