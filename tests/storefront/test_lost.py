"""A checkout whose session, or whose answer, was lost: form and basket come back, and nothing is ordered by itself."""

import html
import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from marketplace.catalog.models import Product, ProductState
from marketplace.extensions import db
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.parcels.build import offered
from tests.storefront.buying import GUEST, all_orders, fill, form

OURS = {"Origin": "http://localhost", "Referer": "http://localhost/bayar"}
HIDDEN = re.compile(r'<input type="hidden"\s+name="([^"]*)"\s+value="([^"]*)"')


@pytest.fixture
def guarded(client: FlaskClient) -> FlaskClient:
    """Return a browser of a shop that asks for the secret of its forms."""
    client.application.config["WTF_CSRF_ENABLED"] = True
    return client


def filled(client: FlaskClient) -> dict[str, str]:
    """Fill a basket and return the checkout form, filled in, as its page would send it."""
    client.application.config["WTF_CSRF_ENABLED"] = False
    goods = make.product(stock=9, price=20_000)
    fill(client, goods, offered({goods: 1, make.product(stock=9): 1}, name="Parsel Natal"), quantity=2)
    sent = form(client, note="Titip pada satpam")
    client.application.config["WTF_CSRF_ENABLED"] = True
    return {**sent, "go": "order", "csrf_token": "of-a-session-that-is-over"}


def way_back(client: FlaskClient, page: TestResponse) -> TestResponse:
    """Press the button that leads back to the form."""
    main = page.text[page.text.index("<main") :]
    fields = [(name, html.unescape(value)) for name, value in HIDDEN.findall(main[: main.index("</form>")])]
    names = [name for name, _value in fields]
    data = {name: [value for known, value in fields if known == name] for name in names}
    return client.post("/bayar", data=data, headers=OURS)


def in_basket(client: FlaskClient) -> list[str]:
    return re.findall(r'name="(?:product|parcel)-[0-9]+"[^>]*value="([0-9]+)"', client.get("/keranjang").text)


def test_a_guest_whose_session_is_over_finds_form_and_basket_again(guarded: FlaskClient) -> None:
    sent = filled(guarded)
    browser = guarded.application.test_client()
    asked = browser.post("/bayar", data=sent, headers=OURS)
    assert asked.status_code == 400
    assert "you need no account" in asked.text
    assert "sign in again" not in asked.text
    back = way_back(browser, asked)
    assert back.status_code == 200
    assert "Nothing was sent yet" in back.text
    assert all(text in back.text for text in (GUEST["name"], "Titip pada satpam", "Parsel Natal", "Rp240.000"))
    assert "Please correct this" not in back.text
    assert sent["seen"] not in re.sub(r"<input[^>]*>", "", back.text)
    assert in_basket(browser) == ["2", "2"]
    assert all_orders() == []


@pytest.mark.parametrize("seen", ["", "b", "parcel-999999:1:5", "{seen} x", "{seen}0:1:1"])
def test_a_basket_that_we_did_not_write_comes_not_back(client: FlaskClient, seen: str) -> None:
    client.application.config["WTF_CSRF_ENABLED"] = True
    sent = filled(client)
    client.application.config["WTF_CSRF_ENABLED"] = False
    browser = client.application.test_client()
    answer = browser.post("/bayar", data={**sent, "seen": seen.format(**sent), "go": "back"})
    assert answer.headers["Location"] == "/keranjang"
    page = browser.get("/keranjang").text
    assert "Your basket is empty now, so nothing was ordered." in page
    assert all_orders() == []


def test_what_is_not_sold_any_more_comes_not_back(client: FlaskClient) -> None:
    sent = filled(client)
    client.application.config["WTF_CSRF_ENABLED"] = False
    with unit_of_work():
        for row in db.session.scalars(db.select(Product)):
            row.state = ProductState.ARCHIVED
    browser = client.application.test_client()
    assert browser.post("/bayar", data={**sent, "go": "back"}).headers["Location"] == "/keranjang"
    assert in_basket(browser) == []


def test_a_basket_that_is_gone_orders_nothing_before_it_was_looked_over(client: FlaskClient) -> None:
    sent = filled(client)
    client.application.config["WTF_CSRF_ENABLED"] = False
    browser = client.application.test_client()
    answer = browser.post("/bayar", data=sent)
    assert answer.status_code == 200
    assert "Nothing was sent yet. Look it over, then send it." in answer.text
    assert all_orders() == []
    assert browser.post("/bayar", data=form(browser)).status_code == 303
    assert len(all_orders()) == 1


def test_an_order_whose_answer_was_lost_is_found_again(client: FlaskClient) -> None:
    fill(client, make.product(stock=9))
    client.get("/bayar")
    sent = form(client)
    before = client.get_cookie("warung")
    assert before is not None
    assert client.post("/bayar", data=sent).status_code == 303
    client.set_cookie("warung", before.value)  # what the answer would have set never came
    (made,) = all_orders()
    page = client.get("/bayar")
    assert page.status_code == 409
    assert made.number in page.text
    assert f"/p/{made.token}" in page.text
    assert made.number in client.get("/pesanan").text


def test_who_got_his_order_is_not_shown_it_in_place_of_an_empty_basket(client: FlaskClient) -> None:
    fill(client, make.product(stock=9))
    client.get("/bayar")
    client.post("/bayar", data=form(client))
    assert client.get("/bayar").headers["Location"] == "/keranjang"


@pytest.mark.parametrize(
    ("asked", "leads_to"), [("/bayar", "/bayar"), ("//contoh.id", "/"), ("https://contoh.id", "/")]
)
def test_the_way_back_to_a_form_stays_on_this_site(client: FlaskClient, asked: str, leads_to: str) -> None:
    assert client.get("/luring/belum-terkirim", query_string={"next": asked}).location == leads_to
