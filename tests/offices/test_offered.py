"""An offer on paper for the office's files, and a word about what of it is not there now."""

import datetime as dt
import re

import pytest
from babel.dates import format_date
from flask.testing import FlaskClient

from marketplace.extensions import db
from marketplace.offices import offered, ordering
from marketplace.offices.models import OfficeOrder
from marketplace.orders import adjustments
from marketplace.orders.models import DeliveryFee, DeliveryMethod
from marketplace.orders.wanted import Delivery, LineRequest
from marketplace.shared import clock
from marketplace.shared.formats import long_day
from marketplace.shared.policy import Role
from tests import make
from tests.documents.reading import text_of
from tests.offices.purchasing import Bureau, do, goods, order_of, row
from tests.offices.test_screens import as_
from tests.parcels import build

LACK = "There is not enough of everything now."
HOME = Delivery(DeliveryMethod.ADDRESS, "Jalan Contoh 7", "003/001", make.VILLAGE)


def paper(client: FlaskClient, key: int) -> str:
    answer = client.get(f"/instansi/pesanan/{key}/penawaran.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    return text_of(answer.data)


def test_an_offer_is_printed_with_its_prices_and_until_when_they_hold(client: FlaskClient) -> None:
    make.add(DeliveryFee(district_code=make.VILLAGE[:8], amount=7_000, effective_from=make.LONG_AGO, source="SK"))
    bureau = Bureau(npwp="012345678901000")
    parcel = build.offered(
        {make.product(name="Dodol", stock=9): 2, make.product(stock=9): 1}, price=60_000, name="Parsel Rapat"
    )
    key = bureau.offered(LineRequest(3, goods().id), LineRequest(1, parcel_id=parcel.id), delivery=HOME)
    as_(client, bureau.approver)
    assert f"/instansi/pesanan/{key}/penawaran.pdf" in client.get(f"/instansi/pesanan/{key}").text
    said, offer = paper(client, key), row(key)
    expected = ("Penawaran", offer.number, bureau.office.name, "NPWP 01.234.567.8-901.000")
    parts = ("Parsel Rapat", "2 bungkus Dodol")
    money = ("Rp150.000", "Rp60.000", "Ongkos kirim Rp7.000", "Rp217.000", "Dua ratus tujuh belas ribu rupiah")
    where = ("Dibawa ke Jalan Contoh 7, RT/RW 003/001", f"Harga berlaku sampai {_said(offer.valid_until)}")
    assert [words for words in (*expected, *parts, *money, *where) if words not in said] == []
    assert "Periksa dokumen ini" not in said  # of no series, so there is nothing to verify


def _said(day: dt.date) -> str:
    return str(format_date(day, "d MMMM y", locale="id"))


def test_the_paper_bears_no_later_day_than_the_order(client: FlaskClient) -> None:
    bureau = Bureau(credit=1_000_000)
    offer = order_of(bureau.ordered(LineRequest(1, goods().id)))
    key, day = offer.id, offer.ordered_on or dt.date.min
    with clock.at(clock.now() + dt.timedelta(days=2)):
        as_(client, bureau.asker)
        said = paper(client, key)
    assert f"Tanggal {_said(day)}" in said


def test_no_paper_of_what_was_given_up_and_none_for_strangers(client: FlaskClient) -> None:
    bureau = Bureau()
    key = bureau.offered(LineRequest(1, goods().id))
    here = f"/instansi/pesanan/{key}"
    for user in (make.user(Role.BUYER), make.user(Role.TREASURER)):
        as_(client, user)
        assert client.get(f"{here}/penawaran.pdf").status_code == 404
    do(ordering.cancel, key, bureau.asker.id)
    as_(client, bureau.asker)
    assert client.get(f"{here}/penawaran.pdf").status_code == 404
    assert "penawaran.pdf" not in client.get(here).text


def test_no_paper_of_an_order_that_was_cancelled(client: FlaskClient) -> None:
    bureau = Bureau(credit=1_000_000)
    order = bureau.ordered(LineRequest(1, goods().id))
    here = f"/instansi/pesanan/{order_of(order).id}"
    as_(client, bureau.asker)
    assert "penawaran.pdf" in client.get(here).text
    do(adjustments.cancel, order.id, by_buyer=True, reason="Batal", actor_id=None)
    assert client.get(f"{here}/penawaran.pdf").status_code == 404
    assert "penawaran.pdf" not in client.get(here).text


@pytest.mark.usefixtures("app")
def test_what_parcels_and_single_goods_need_together_is_held_against_the_stock() -> None:
    enough, few = goods(stock=6), goods(stock=5)
    service = make.product(name="Jasa", kind="service", stock=0)
    parcel = build.offered({few: 2, enough: 1}, price=160_000)
    lines = [LineRequest(2, few.id), LineRequest(2, parcel_id=parcel.id), LineRequest(4, enough.id)]
    key = Bureau().offered(*lines, LineRequest(9, service.id))
    lacks = offered.lacks_of(row(key))
    assert [(lack.name, lack.wanted, lack.free) for lack in lacks] == [(few.name, 6, 5)]


def test_an_offer_beyond_the_stock_is_kept_and_says_so_until_there_is_enough(client: FlaskClient) -> None:
    bureau, product = Bureau(), goods(stock=5)
    key = bureau.offered(LineRequest(20, product.id))
    here = f"/instansi/pesanan/{key}"
    as_(client, bureau.asker)
    page = client.get(here).text
    assert LACK in page
    assert re.search(rf"{product.name}: you want 20, there are 5 now\.", page)
    client.post(f"{here}/jumlah", data={f"line-{row(key).lines[0].id}": "5"})
    assert LACK not in client.get(here).text
    assert db.session.get_one(OfficeOrder, key).total == 5 * product.price
    assert long_day(row(key).valid_until) in client.get(here).text
