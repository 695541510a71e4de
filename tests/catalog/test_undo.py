"""What was done by mistake is said, and taken back by one press."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.catalog.models import Product, ProductState
from marketplace.extensions import db
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.catalog.stall import Stall
from tests.catalog.words import image_id


@pytest.fixture
def stall(client: FlaskClient) -> Stall:
    return Stall(client)


def only_product() -> Product:
    return db.session.scalars(select(Product).execution_options(populate_existing=True)).one()


def undone(stall: Stall, address: str) -> None:
    """Press the button of the message that the page shows."""
    page = stall.client.get(address)
    found = re.search(r'form="undo"\s+formaction="([^"]+)".*?value="([^"]*)"', page.text, re.DOTALL)
    assert found is not None
    assert '<form id="undo" method="post">' in page.text
    assert stall.client.post(found[1], data={"undo": found[2]}).status_code == 302


def test_what_was_done_to_photos_can_be_undone(stall: Stall) -> None:
    product = stall.product(photos=(image_id(), image_id(), image_id()))
    url = f"/penjual/produk/{product.id}/foto"
    before = [photo.image_id for photo in only_product().photos]
    for step in (f"{before[1]}/hapus", f"{before[2]}/depan"):
        stall.client.post(f"{url}/{step}")
        assert [photo.image_id for photo in only_product().photos] != before
        undone(stall, url)
        assert [photo.image_id for photo in only_product().photos] == before
        assert 'form="undo"' not in stall.client.get(url).text
    for forged in ("", "abc", "WzEsMl0.x", str(before)):
        assert stall.client.post(url, data={"undo": forged}).status_code == 404


@pytest.mark.parametrize(
    ("first", "step", "then"),
    [
        (ProductState.DRAFT, "ajukan", ProductState.SUBMITTED),
        (ProductState.SUBMITTED, "tarik", ProductState.DRAFT),
        (ProductState.DRAFT, "simpan", ProductState.ARCHIVED),
        (ProductState.PUBLISHED, "jeda", ProductState.PAUSED),
    ],
)
def test_a_step_says_what_it_did_and_can_be_undone(
    stall: Stall, first: ProductState, step: str, then: ProductState
) -> None:
    with unit_of_work():
        stall.group.trusted_from = make.LONG_AGO
    url = f"/penjual/produk/{stall.product(first).id}"
    stall.client.post(f"{url}/{step}")
    assert only_product().state is then
    undone(stall, url)
    assert only_product().state is first


def test_what_cannot_be_taken_back_by_oneself_has_no_such_button(stall: Stall) -> None:
    url = f"/penjual/produk/{stall.product(ProductState.PUBLISHED).id}"
    stall.client.post(f"{url}/jeda")
    page = stall.client.get(url).text
    assert "Sale is stopped." in page
    assert 'form="undo"' not in page
    stall.client.post(f"{url}/lanjut")
    assert "When it is approved it is on sale again." in stall.client.get(url).text


def test_what_was_put_away_comes_back_through_the_check(stall: Stall) -> None:
    url = f"/penjual/produk/{stall.product(ProductState.PUBLISHED).id}"
    stall.client.post(f"{url}/simpan")
    assert f'action="{url}/kembali"' in stall.client.get(url).text
    stall.client.post(f"{url}/kembali")
    assert only_product().state is ProductState.DRAFT
