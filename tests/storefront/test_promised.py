"""The day by which an order is promised: the same on the page, at the checkout and on the order."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask.testing import FlaskClient

from marketplace.shared.formats import long_day
from marketplace.shared.policy import Role
from tests import make
from tests.parcels.build import offered
from tests.storefront.buying import fill, order

WITA = ZoneInfo("Asia/Makassar")
SUNDAY = dt.datetime(2026, 11, 22, 14, tzinfo=WITA)
MONDAY, TUESDAY = dt.date(2026, 11, 23), dt.date(2026, 11, 24)


@pytest.mark.parametrize(("with_single", "day"), [(False, MONDAY), (True, TUESDAY)])
def test_a_parcel_takes_its_own_days_and_a_single_product_those_of_the_office(
    client: FlaskClient, with_single: bool, day: dt.date
) -> None:
    one, two = make.product(stock=9), make.product(stock=9)
    with time_machine.travel(SUNDAY, tick=False):
        parcel = offered({one: 1, two: 1}, notice_days=0, cut_off_hour=24)
        assert long_day(MONDAY) in client.get(f"/parsel/{parcel.slug}").text
        assert long_day(TUESDAY) in client.get(f"/produk/{one.slug}").text
        fill(client, parcel, *([one] if with_single else []))
        assert long_day(day) in client.get("/bayar").text
        assert order(client).ready_on == day


def test_a_parcel_without_a_last_hour_says_so(client: FlaskClient) -> None:
    make.sign_in(client, make.user(Role.CURATOR))
    products = {make.product(stock=9, unit="kg"): 1, make.product(stock=9): 1}
    free, bound = offered(products, cut_off_hour=24), offered(products, cut_off_hour=9)
    assert "no limit" in client.get(f"/dinas/parsel/{free.id}").text
    assert "9.00" in client.get(f"/dinas/parsel/{bound.id}").text
    assert "How many in each parcel (kg)" in client.get(f"/dinas/parsel/{free.id}/resep").text
