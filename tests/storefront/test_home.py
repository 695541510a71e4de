"""The first page: what the season asks for, who is near, and what purchases did."""

import datetime as dt
import re

import pytest
from flask.testing import FlaskClient

from marketplace.catalog.models import ProductPhoto
from marketplace.extensions import cache
from marketplace.ledger import service as ledger
from marketplace.ledger.models import Account, EntryKind
from marketplace.ledger.rules import Posting
from marketplace.parcels.models import Occasion
from marketplace.shared import clock
from marketplace.shared.images import Image
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.storefront import impact
from tests import make
from tests.ledger.earning import earn
from tests.parcels.build import offered
from tests.storefront.buying import fill, order

IN_ADVENT = dt.datetime(2026, 11, 22, 3, tzinfo=dt.UTC)


@pytest.fixture
def two_parcels(client: FlaskClient) -> FlaskClient:
    """Return a browser of a shop with a parcel for every day and one for Christmas."""
    one, two = make.product(stock=9), make.product(stock=9)
    offered({one: 1, two: 1}, name="Aneka", occasion=Occasion.EVERYDAY)
    offered({one: 1, two: 1}, name="Natal Kasih", occasion=Occasion.NATAL)
    return client


def test_what_the_season_asks_for_comes_first_and_its_day_is_said(two_parcels: FlaskClient) -> None:
    with clock.at(IN_ADVENT):
        page = two_parcels.get("/").text
    assert "Parcels for Christmas" in page
    assert "Jumat, 25 Desember 2026" in page
    assert page.index("Natal Kasih") < page.index("Aneka")


def test_out_of_season_no_day_is_said(two_parcels: FlaskClient) -> None:
    with clock.at(IN_ADVENT.replace(month=6)):
        page = two_parcels.get("/").text
    assert "Parcels for" not in page
    assert page.index("Aneka") < page.index("Natal Kasih")


def test_a_season_without_a_parcel_of_its_own_is_not_named(client: FlaskClient) -> None:
    one, two = make.product(stock=9), make.product(stock=9)
    offered({one: 1, two: 1}, name="Aneka", occasion=Occasion.EVERYDAY)
    with clock.at(IN_ADVENT):
        assert "Parcels for" not in client.get("/").text


def test_groups_are_shown_with_village_and_what_they_make(client: FlaskClient) -> None:
    group, far = make.group(name="KUBE Melati"), make.group(name="KUBE Jauh", village_code="63.07.01")
    product = make.product(group)
    image = make.add(Image(token="b" * 22, width=800, height=800))
    make.add(ProductPhoto(product_id=product.id, image_id=image.id, position=0))
    make.product(far)
    page = client.get("/").text
    (shown,) = re.findall(r'<li class="maker">.*?</li>', page, re.DOTALL)
    assert all(text in shown for text in ("KUBE Melati", "Kandangan", "b" * 22, "1 product"))


def earned(families: int, amount: int, day: dt.date) -> None:
    """Let so many families of one group earn an amount each on a day."""
    group = make.group()
    for _number in range(families):
        earn(make.household(group).id, None, amount, day)


def test_purchases_are_told_in_sums_of_all(client: FlaskClient) -> None:
    today = clock.today("Asia/Makassar")
    earned(3, 100_000, today)
    earned(2, 50_000, today)
    earned(4, 900_000, today.replace(year=today.year - 1))
    assert impact.of_year(make.REGENCY, today.year) == impact.Impact(families=5, groups=2, amount=400_000)
    page = client.get("/").text
    assert "What everybody's purchases did this year" in page
    assert "Rp400.000" in page


def test_of_few_families_nothing_is_told(client: FlaskClient) -> None:
    today = clock.today("Asia/Makassar")
    earned(impact.FEWEST - 1, 100_000, today)
    assert impact.of_year(make.REGENCY, today.year) == impact.Impact()
    assert "purchases did this year" not in client.get("/").text


def test_a_buyer_sees_what_his_own_purchases_did_and_nobody_elses(client: FlaskClient) -> None:
    buyer = make.user(Role.BUYER)
    make.sign_in(client, buyer)
    fill(client, make.product(stock=9))
    made = order(client)
    group, today = make.group(), clock.today("Asia/Makassar")
    for number in range(impact.FEWEST):
        lines = [
            Posting(Account.CUSTOMER_DEPOSITS, 7_000),
            Posting(Account.HOUSEHOLD_PAYABLE, -7_000, make.household(group).id),
        ]
        event = ledger.Event(EntryKind.DELIVERY, f"order:{made.id + number}", make.REGENCY, order_id=made.id)
        if number == impact.FEWEST - 1:
            assert impact.of_buyer(buyer.id, today.year) == impact.Impact()
            cache.clear()
        with unit_of_work():
            ledger.post(event, lines)
    earned(2, 50_000, today)
    page = client.get("/").text
    assert page.index("What your own purchases did this year") < page.index("What everybody's purchases did this year")
    assert "Rp35.000" in page
    assert "Rp135.000" in page
    other = client.application.test_client()
    make.sign_in(other, make.user(Role.BUYER))
    for page in (other.get("/").text, client.application.test_client().get("/").text):
        assert "Rp35.000" not in page
        assert "your own purchases" not in page
        assert "Rp135.000" in page


def test_an_area_without_goods_says_so_and_leads_to_those_that_have_some(client: FlaskClient) -> None:
    make.product()
    client.set_cookie("area", "13.06")
    for path in ("/", "/produk", "/parsel"):
        page = client.get(path).text
        assert f"/daerah/{make.REGENCY}" in page
        assert "Made by families in Kabupaten" not in page
        assert "choose less" not in page
    assert "Nothing found" in client.get("/produk?halal=1").text  # there a filter is set


def test_areas_that_have_goods_stand_first(client: FlaskClient) -> None:
    make.product(regency_code=make.OTHER_REGENCY)
    page = client.get("/daerah").text
    assert re.findall(r'href="/daerah/([0-9.]+)', page)[0] == make.OTHER_REGENCY
    assert page.count("Has goods") == 1
