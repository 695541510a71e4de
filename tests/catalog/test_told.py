"""What a seller is told on the pages of his product: what to do first, and what was done by whom."""

import re

import pytest
from flask.testing import FlaskClient

from marketplace.catalog.models import Category, ProductState
from tests.catalog.stall import Stall


@pytest.fixture
def stall(client: FlaskClient) -> Stall:
    return Stall(client)


def test_approved_without_stock_says_what_to_do_first(client: FlaskClient, stall: Stall) -> None:
    product = stall.product(ProductState.PUBLISHED)
    stock = f'href="/penjual/stok/{product.id}"'
    pages = {address: client.get(address).text for address in ("/penjual/produk", f"/penjual/produk/{product.id}")}
    assert all(page.count("Fill the stock first") == 1 and stock in page for page in pages.values())
    assert "1 product on sale has no stock" in client.get("/penjual").text
    kept = client.post(f"/penjual/stok/{product.id}", data={"key": "1", "task": "made", "quantity": "5"})
    assert kept.status_code == 302
    for address in ("/penjual", *pages):
        assert "no stock" not in client.get(address).text
        assert "Fill the stock first" not in client.get(address).text


def test_what_is_not_on_sale_or_not_counted_needs_no_stock(client: FlaskClient, stall: Stall) -> None:
    stall.product(ProductState.SUBMITTED)
    stall.product(ProductState.PUBLISHED, category=Category.SERVICE, weight_gram=None, shelf_life_days=None)
    for address in ("/penjual", "/penjual/produk"):
        assert "Fill the stock first" not in client.get(address).text


def test_the_history_keeps_who_handed_in_and_who_decided(client: FlaskClient, stall: Stall) -> None:
    product = stall.product(ProductState.PUBLISHED)
    page = client.get(f"/penjual/produk/{product.id}").text
    titles = re.findall(r'"timeline-title">([^<]*)<', page)
    assert titles == [f"Approved · {stall.curator.name}", f"Handed in · {stall.seller.name}"]
    client.post(f"/penjual/produk/{product.id}/ubah", data=stall.form(name="Keripik Ubi"))
    titles = re.findall(r'"timeline-title">([^<]*)<', client.get(f"/penjual/produk/{product.id}").text)
    assert titles[0] == f"Handed in · {stall.seller.name}"
    assert len(titles) == 3


def test_what_was_handed_in_is_said_once(client: FlaskClient, stall: Stall) -> None:
    page = client.post("/penjual/produk/baru", data=stall.form(then="submit"), follow_redirects=True).text
    assert page.count("Handed in. The Dinas Sosial looks at it now.") == 1
