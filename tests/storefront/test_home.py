"""The first page: what the season asks for, who is near, and what purchases did."""

import datetime as dt
import re

import pytest
from flask.testing import FlaskClient

from marketplace.catalog.models import ProductPhoto
from marketplace.parcels.models import Occasion
from marketplace.shared import clock
from marketplace.shared.images import Image
from marketplace.storefront import impact
from tests import make
from tests.ledger.earning import earn
from tests.parcels.build import offered

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
