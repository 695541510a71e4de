"""Pages that are kept: never another's, never old after a change here."""

import datetime as dt
import re

import pytest
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer

from marketplace.catalog.models import Product
from marketplace.extensions import db
from marketplace.shared import clock
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.stock.service import hold
from tests import make
from tests.counting import counted_queries
from tests.parcels.build import offered
from tests.storefront.buying import fill

PAGES = ["/", "/produk", "/produk?category=snack&sort=name", "/produk?page=2", "/parsel", "/parsel?occasion=thanks"]


@pytest.mark.parametrize("path", PAGES)
def test_a_guest_gets_the_kept_page_without_a_query_or_a_cookie(client: FlaskClient, path: str) -> None:
    make.product(stock=2)
    first = client.get(path)
    with counted_queries() as queries:
        again = client.get(path)
    assert queries == []
    assert again.data == first.data
    assert not first.headers.getlist("Set-Cookie")
    assert not again.headers.getlist("Set-Cookie")
    assert "Cookie" in again.headers["Vary"]


def test_an_unchanged_page_is_not_sent_again(client: FlaskClient) -> None:
    etag = client.get("/produk").headers["ETag"]
    again = client.get("/produk", headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    make.product()
    assert client.get("/produk", headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize("values", [{"price": 77_000}, {"name": "Nama Baru"}])
def test_a_change_is_seen_at_once(client: FlaskClient, values: dict[str, object]) -> None:
    product = make.product()
    before = client.get("/produk").text
    with unit_of_work():
        row = db.session.get_one(Product, product.id)
        for name, value in values.items():
            setattr(row, name, value)
    assert client.get("/produk").text != before


def test_an_update_without_loading_is_seen_too(client: FlaskClient) -> None:
    product = make.product()
    before = client.get("/produk").text
    with unit_of_work():
        db.session.execute(db.update(Product).where(Product.id == product.id).values(price=55_000))
    assert client.get("/produk").text != before


def test_a_change_that_is_undone_drops_nothing(client: FlaskClient) -> None:
    product = make.product()
    client.get("/produk")

    def fail() -> None:
        with unit_of_work():
            db.session.get_one(Product, product.id).price = 1_000
            db.session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with counted_queries() as queries:
        client.get("/produk")
    assert queries == []


def test_nobody_sees_the_page_of_one_who_is_signed_in(client: FlaskClient) -> None:
    buyer = make.user(Role.BUYER)
    other = client.application.test_client()
    make.sign_in(client, buyer)
    signed_in = client.get("/produk").text
    assert "/keluar" in signed_in
    assert "/keluar" not in other.get("/produk").text
    assert "/keluar" in client.get("/produk").text


def test_who_is_signed_in_finds_his_own_secret_in_a_kept_page(client: FlaskClient) -> None:
    other = client.application.test_client()
    make.sign_in(client, make.user(Role.BUYER))
    make.sign_in(other, make.user(Role.BUYER))
    one, two = (_secret(browser.get("/produk").text) for browser in (client, other))
    assert one != two
    for browser, secret in ((client, one), (other, two)):
        with browser.session_transaction() as session:
            known = session["csrf_token"]
        signer = URLSafeTimedSerializer(client.application.secret_key, salt="wtf-csrf-token")
        assert signer.loads(secret) == known


def _secret(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_the_number_on_the_basket_is_the_visitors_own(client: FlaskClient) -> None:
    one, two = make.product(stock=5), make.product(stock=5)
    other = client.application.test_client()
    count = '<b class="count">'
    assert count not in other.get("/produk").text
    fill(client, one, two)
    client.get("/keranjang")  # takes the message away that was waiting
    assert count in client.get("/produk").text
    assert count not in other.get("/produk").text


def test_a_waiting_message_is_shown_once_and_kept_for_nobody(client: FlaskClient) -> None:
    product = make.product(stock=5)
    fill(client, product)
    assert "is in your basket" in client.get("/produk").text
    assert "is in your basket" not in client.get("/produk").text


@pytest.mark.parametrize("query", ["utm=1", "category=nothing", "page=x", "kind=goods&kind=service", "occasion=x"])
def test_strange_arguments_reach_no_one_else(client: FlaskClient, query: str) -> None:
    for number in range(30):
        make.product(slug=f"p{number}")
    assert query.rpartition("=")[2] in client.get(f"/produk?{query}").text
    with counted_queries() as queries:
        client.get(f"/produk?{query}")
    assert queries != []


def test_languages_and_areas_do_not_mix(client: FlaskClient) -> None:
    make.product(slug="here")
    assert 'lang="id"' in client.get("/produk").text
    client.set_cookie("lang", "en")
    assert '<html lang="en"' in client.get("/produk").text
    client.set_cookie("area", make.OTHER_REGENCY)
    assert "/produk/here" not in client.get("/produk").text


def test_the_number_of_products_is_counted_once_a_minute(client: FlaskClient) -> None:
    make.product()
    make.sign_in(client, make.user(Role.BUYER))
    client.get("/produk")
    with counted_queries() as queries:
        client.get("/produk")
    assert not [statement for statement in queries if "count(*)" in statement]


@pytest.mark.parametrize("kind", ["produk", "parsel"])
@pytest.mark.parametrize(("held", "said"), [(7, "Only 2 left"), (9, "Sold out for now")])
def test_a_page_says_at_once_how_many_can_be_had(client: FlaskClient, kind: str, held: int, said: str) -> None:
    product = make.product(stock=9)
    parcel = offered({product: 1, make.product(stock=20): 1})
    path = f"/{kind}/{product.slug if kind == 'produk' else parcel.slug}"
    assert "Available now" in client.get(path).text
    with unit_of_work():
        hold("order:1", {product.id: held}, clock.now() + dt.timedelta(minutes=30))
    assert said in client.get(path).text


def test_a_kept_form_is_everybodys_own(client: FlaskClient) -> None:
    product = make.product(stock=9)
    path, other = f"/produk/{product.slug}", client.application.test_client()
    client.application.config["WTF_CSRF_ENABLED"] = True
    try:
        one, two = (_secret(browser.get(path).text) for browser in (client, other))
        assert one != two
        assert client.post(path, data={"csrf_token": two, "quantity": "1"}).status_code == 400
        for browser, secret in ((client, one), (other, two)):
            assert browser.post(path, data={"csrf_token": secret, "quantity": "1"}).status_code == 302
    finally:
        client.application.config["WTF_CSRF_ENABLED"] = False
