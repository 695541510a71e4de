"""Short links and QR codes, read back, and the labels they are printed on."""

import io

import pytest
import zxingcpp
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow

from marketplace.catalog.models import Product, ProductState
from marketplace.parcels.models import Parcel
from marketplace.shared.errors import NotFound
from marketplace.shared.policy import Role
from marketplace.shared.web import MAX_ID
from marketplace.storefront import short
from tests import make
from tests.parcels.build import draft, offered

BASE = "http://127.0.0.1:8000"


def decoded(png: bytes) -> str:
    """Return what a telephone reads in a picture."""
    (found,) = zxingcpp.read_barcodes(Pillow.open(io.BytesIO(png)).convert("L"))
    return str(found.text)


@given(st.sampled_from([Product, Parcel]), st.integers(1, MAX_ID))
def test_a_name_is_read_back(kind: type[Product | Parcel], key: int) -> None:
    name = short.name_of(kind, key)
    assert short.read(name) == short.read(name.upper()) == (kind, key)


@pytest.mark.parametrize(
    "name", ["", "p", "p0", "p01", "x1", "p-1", "p1 ", "p²", "p" + "z" * 13, "p" + "1" * 40, "pb/1"]
)
def test_what_is_no_name_is_not_found(name: str) -> None:
    with pytest.raises(NotFound):
        short.read(name)


def test_a_short_link_leads_to_the_page(client: FlaskClient) -> None:
    product = make.product(stock=9)
    parcel = offered({product: 1, make.product(stock=9): 1})
    for name, path in ((f"p{product.id}", f"/produk/{product.slug}"), (f"b{parcel.id}", f"/parsel/{parcel.slug}")):
        answer = client.get(f"/s/{name}")
        assert (answer.status_code, answer.headers["Location"]) == (302, path)
        assert client.get(path).status_code == 200


def test_what_has_no_page_has_no_link(client: FlaskClient) -> None:
    hidden, parcel = make.product(state=ProductState.DRAFT), draft()
    make.sign_in(client, make.user(Role.CURATOR))
    for name in (f"p{hidden.id}", f"b{parcel.id}", "p999", "x"):
        for path in (f"/s/{name}", f"/s/{name}.svg", f"/label/{name}"):
            assert client.get(path).status_code == 404, path


def test_the_code_is_read_back_as_the_link(client: FlaskClient) -> None:
    product = make.product()
    picture = client.get(f"/s/p{product.id}.png")
    assert picture.mimetype == "image/png"
    assert decoded(picture.data) == f"{BASE}/s/p{product.id}"
    drawing = client.get(f"/s/p{product.id}.svg")
    assert drawing.mimetype == "image/svg+xml"
    assert b"style" not in drawing.data
    assert client.get(f"/s/p{product.id}.gif").status_code == 404


@pytest.mark.parametrize("role", [Role.SELLER, Role.GROUP_OFFICER, Role.MENTOR, Role.CURATOR])
def test_labels_say_what_it_is_and_who_made_it(client: FlaskClient, role: Role) -> None:
    group = make.group(name="KUBE Melati")
    product = make.product(group, name="Abon", price=45_000)
    scope = {} if role is Role.CURATOR else {"group_id": group.id}
    make.sign_in(client, make.user(role, **scope))
    page = client.get(f"/label/p{product.id}").text
    assert page.count(f'src="/s/p{product.id}.svg"') == 12
    assert all(text in page for text in ("Abon", "Rp45.000", "KUBE Melati", f"127.0.0.1:8000/s/p{product.id}"))


def test_labels_are_no_page_of_the_shop(client: FlaskClient) -> None:
    product = make.product()
    assert client.get(f"/label/p{product.id}").headers["Location"].startswith("/masuk")


def test_a_product_page_offers_its_link_and_a_message_with_it(client: FlaskClient) -> None:
    product = make.product(make.group(name="KUBE Melati"), name="Abon & Dendeng")
    page = client.get(f"/produk/{product.slug}").text
    assert f"{BASE}/s/p{product.id}" in page
    assert "https://wa.me/?text=Abon%20%26%20Dendeng" in page or "https://wa.me/?text=Abon+%26+Dendeng" in page


@pytest.mark.parametrize(
    ("state", "printed", "sent_on"), [("published", True, True), ("paused", True, False), ("draft", False, False)]
)
def test_makers_print_labels_of_what_has_a_page_and_send_on_what_is_sold(
    client: FlaskClient, state: str, printed: bool, sent_on: bool
) -> None:
    group = make.group()
    product = make.product(group, state=ProductState(state))
    make.sign_in(client, make.user(Role.SELLER, group_id=group.id))
    page = client.get(f"/penjual/produk/{product.id}").text
    assert (f'href="/label/p{product.id}"' in page) is printed
    assert ("https://wa.me/?text=" in page) is sent_on


def test_officers_print_labels_of_products_and_parcels(client: FlaskClient) -> None:
    one, other = make.product(), make.product()
    parcel = offered({one: 1, other: 1})
    make.sign_in(client, make.user(Role.CURATOR))
    assert f'href="/label/p{one.id}"' in client.get(f"/dinas/produk/{one.id}").text
    assert f'href="/label/b{parcel.id}"' in client.get(f"/dinas/parsel/{parcel.id}").text
