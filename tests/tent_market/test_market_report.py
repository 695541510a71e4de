"""The report says of a period what was sold in its tents, and by whom and when; on screen, in Excel and on paper."""

import datetime as dt
import io
import re
import zipfile

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.extensions import db
from marketplace.orders.models import Order
from marketplace.orders.wanted import LineRequest
from marketplace.shared import clock
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.stock.models import MovementReason
from marketplace.tent_market import sales
from marketplace.tent_market.market_report import OfficeSales, Period, report
from marketplace.tent_market.models import Stall
from marketplace.tent_market.sales import Returned
from marketplace.tent_market.stall_rules import Tally
from marketplace.tent_market.sync import CLOCK_TOLERANCE, by_our_clock
from marketplace.tent_market.till_models import BuyerKind, TillDevice, TillEvent, TillEventKind, TillEventState
from tests import make
from tests.documents.reading import text_of
from tests.parcels import build
from tests.tent_market import counting_back as back
from tests.tent_market import making
from tests.tent_market.telling import Till, of

NOON = dt.datetime(2026, 7, 6, 4, 30, tzinfo=dt.UTC)
"""Half past twelve in Kandangan."""


def period(first: dt.date = making.MONDAY, last: dt.date | None = None, site_id: int | None = None) -> Period:
    return Period(make.REGENCY, first, last or first, site_id)


def told(stall: Stall, order_id: int, kind: BuyerKind, at: dt.datetime) -> None:
    """Write down that a phone told of a sale."""
    cashier = make.user()
    device = make.add(TillDevice(day_id=stall.day_id, cashier_id=cashier.id, name="HP", token_hash=f"{order_id:064d}"))
    values = {"key": f"{order_id:036d}", "sequence": 1, "kind": TillEventKind.SALE, "state": TillEventState.BOOKED}
    values |= {"body_hash": "-", "order_id": order_id, "buyer_kind": kind, "phone_at": at, "happened_at": at}
    make.add(TillEvent(device_id=device.id, **values))


def sold(app: Flask) -> tuple[Stall, Stall]:
    """Let two tents sell on a Monday: products, a parcel, something that came back and something that spoiled."""
    cashier, day = make.user(Role.PACKER), making.day()
    first, second = making.stall(day), making.stall(day)
    one = make.product(make.group(name="KUBE Melati"), price=10_000, name="Keripik")
    other = make.product(make.group(name="KUBE Mawar"), price=20_000, name="Madu")
    parcel = build.offered({one: 2, other: 1}, price=50_000)
    for stall in (first, second):
        making.load(stall, one, 20)
        making.load(stall, other, 20)
    with clock.at(NOON):
        a = making.sell(first, LineRequest(3, one.id), cashier_id=cashier.id)
        making.sell(first, LineRequest(1, other.id), cashier_id=cashier.id, method="qris")
        b = making.sell(second, LineRequest(1, parcel_id=parcel.id), cashier_id=cashier.id, office="SDN Contoh")
        gone = making.sell(second, LineRequest(1, one.id), cashier_id=cashier.id, office="Kantor yang Batal")
    with unit_of_work():
        sales.take_back(a, (Returned(one.id, None, 1),), "tidak jadi", cashier.id)
        sales.undo(gone, "salah ketik", cashier.id)
    for order_id in (b, gone):
        told(second, order_id, BuyerKind.SCHOOL, NOON + dt.timedelta(hours=2))
    back.closed(first, {one.id: Tally(16, 2, 0, "Basi"), other.id: Tally(19)})
    return back.fresh(first), back.fresh(second)


def test_every_rupiah_is_in_each_table_once(app: Flask) -> None:
    first, second = sold(app)
    found = report(period())
    assert (found.amount, found.by_qris, found.sales) == (90_000, 20_000, 3)
    assert found.amount == sum(order.due_amount for order in db.session.query(Order))
    assert found.days == {making.MONDAY: 90_000}
    assert dict(found.by_tent) == {first.tent.number: 40_000, second.tent.number: 50_000}
    assert found.hours == {12: 40_000, 14: 50_000}
    assert found.buyers == {BuyerKind.SCHOOL: 50_000, BuyerKind.PUBLIC: 40_000}
    assert found.offices == [OfficeSales("SDN Contoh", 1, 50_000)]
    packing = found.amount - sum(each.amount for each in found.products)
    assert packing == sum(line.packing_amount for order in db.session.query(Order) for line in order.lines)
    pieces = {(each.group, each.name): each.pieces for each in found.products}
    assert pieces == {("KUBE Melati", "Keripik"): 4, ("KUBE Mawar", "Madu"): 2}
    lost = {(each.name, each.reason): each.pieces for each in found.losses}
    assert lost == {("Keripik", MovementReason.SPOILED): 2}


@pytest.mark.parametrize(("wrong", "hour"), [(0, 12), (5, 12), (-5, 12), (300, 12), (-300, 12)])
def test_the_hour_is_right_though_the_phones_clock_is_not(app: Flask, wrong: int, hour: int) -> None:
    stall, product = making.stall(), make.product(price=10_000)
    making.load(stall, product, 3)
    till, off = Till(stall), dt.timedelta(hours=wrong)
    sale = till.sale(of(product.id, price=10_000), at=(NOON + off).isoformat())
    with clock.at(NOON + dt.timedelta(hours=2)):
        assert till.tell(sale, now=(clock.now() + off).isoformat()) == ["booked"]
    assert report(period()).hours == {hour: 10_000}
    kept = db.session.query(TillEvent).one()
    assert (kept.phone_at, kept.happened_at) == (NOON + off, NOON)


def test_a_clock_that_was_mended_meanwhile_puts_no_sale_into_the_future(app: Flask) -> None:
    """Five hours behind when it says so, but the sale was written down before that."""
    told_at, offset = NOON, int(dt.timedelta(hours=-5).total_seconds())
    assert by_our_clock(NOON - dt.timedelta(hours=1), offset, told_at) == told_at
    assert by_our_clock(NOON - dt.timedelta(hours=1), CLOCK_TOLERANCE, told_at) == NOON - dt.timedelta(hours=1)
    assert by_our_clock(None, offset, told_at) is None


def test_only_the_days_and_the_site_that_are_asked_for(app: Flask) -> None:
    first, _second = sold(app)
    assert report(period(making.MONDAY + dt.timedelta(days=1))).amount == 0
    assert report(period(site_id=first.day.site_id)).amount == 90_000
    assert report(period(site_id=making.site().id)).tents == []
    assert report(Period(make.OTHER_REGENCY, making.MONDAY, making.MONDAY)).tents == []


def test_on_screen_in_excel_and_on_paper(client: FlaskClient, app: Flask) -> None:
    sold(app)
    make.sign_in(client, make.user(Role.HEAD))
    asked = f"?first={making.MONDAY}&last={making.MONDAY}"
    page = client.get(f"/dinas/pasar/laporan{asked}").text
    for words in ("Rp90.000", "KUBE Melati", "Keripik", "Schools", "SDN Contoh"):
        assert words in page, words
    with zipfile.ZipFile(io.BytesIO(client.get(f"/dinas/pasar/laporan{asked}&format=xlsx").data)) as book:
        numbers = re.findall(r'<c r="E[0-9]+"[^>]*><v>([0-9]+)</v>', book.read("xl/worksheets/sheet1.xml").decode())
    assert sum(map(int, numbers[1:])) == 90_000  # the head is a number too: of its text
    said = text_of(client.get(f"/dinas/pasar/laporan.pdf{asked}").data)
    for words in ("Laporan Pasar Tenda", "Rp90.000", "KUBE Mawar", "12.00", "Sekolah", "SDN Contoh", "Rusak"):
        assert words in said, words


@pytest.mark.parametrize("asked", ["?first=x", "?first=2026-07-07&last=2026-07-06", "?site=abc", "?first=1990-01-01"])
def test_what_cannot_be_read_is_said(client: FlaskClient, asked: str) -> None:
    make.sign_in(client, make.user(Role.HEAD))
    assert client.get(f"/dinas/pasar/laporan{asked}").status_code == 422
    assert client.get(f"/dinas/pasar/laporan.pdf{asked}").status_code == 200


def test_an_empty_period_has_a_page_and_a_paper(client: FlaskClient) -> None:
    make.sign_in(client, make.user(Role.TREASURER))
    assert "No tent stood in these days" in client.get("/dinas/pasar/laporan").text
    assert client.get("/dinas/pasar/laporan.pdf").mimetype == "application/pdf"
