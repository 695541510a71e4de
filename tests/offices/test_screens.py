"""Members and officers on screen: what each sees, does and is refused."""

import re
from urllib.parse import unquote_plus

import pytest
from flask.testing import FlaskClient

from marketplace.accounts.models import User
from marketplace.extensions import db
from marketplace.offices.models import Office, OfficeOrderState
from marketplace.orders.wanted import LineRequest
from marketplace.reports.work import waiting_for
from marketplace.shared.policy import Role
from tests import make
from tests.offices.purchasing import Bureau, goods, invoice_of, pay, row
from tests.storefront import buying

FORM = {"kind": "school", "name": "SDN 9", "street": "Jalan 1", "treasurer_name": "Siti", "phone": "0812 3456 7890"}


def as_(client: FlaskClient, user: User) -> FlaskClient:
    db.session.rollback()
    make.sign_in(client, user)
    return client


def base_url(client: FlaskClient) -> str:
    return str(client.application.extensions["config"].base_url)


def key_of(page: str) -> str:
    found = re.search(r'name="key"[^>]*value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_an_office_is_written_down_once(client: FlaskClient) -> None:
    as_(client, make.user(Role.BUYER))
    values = {**FORM, "npwp": "01.234.567.8-901.000", "key": key_of(client.get("/instansi/daftar").text)}
    first, again = (client.post("/instansi/daftar", data=values) for _press in range(2))
    assert (first.status_code, first.location) == (302, again.location)
    db.session.rollback()
    assert [(each.name, each.npwp) for each in db.session.query(Office)] == [("SDN 9", "012345678901000")]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"npwp": "6306054502880002"}, "no tax number of an office"),
        ({"phone": "12"}, "not a phone number"),
        ({"name": " "}, "Please fill this in"),
    ],
)
def test_what_is_wrong_is_said_and_kept(client: FlaskClient, wrong: dict[str, str], said: str) -> None:
    as_(client, make.user(Role.BUYER))
    answer = client.post("/instansi/daftar", data={**FORM, "key": "k", **wrong})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Jalan 1"' in answer.text


def test_from_the_basket_to_the_invoice(client: FlaskClient) -> None:
    bureau, product = Bureau(credit=1_000_000), goods(price=50_000)
    as_(client, bureau.asker)
    buying.fill(client, product, quantity=2)
    page = client.get("/keranjang/instansi").text
    values = {"key": key_of(page), "office_id": str(bureau.id), "delivery_method": "pickup", "note": "Rapat"}
    made = client.post("/keranjang/instansi", data=values)
    assert made.status_code == 303
    assert client.get("/keranjang").text.count("Rp100.000") == 0  # the basket is free again
    here = made.location
    assert "Ask for approval" in client.get(here).text
    client.post(f"{here}/langkah/ask")
    waits = client.get(here).text
    assert f"It waits for somebody of your office who approves: {bureau.approver.name}." in waits
    (told,) = re.findall(r'href="https://wa\.me/\?text=([^"]+)"', waits)
    assert f"{base_url(client)}{here}" in unquote_plus(told)
    assert "Rp100.000" in unquote_plus(told)
    assert "waits for your approval" not in client.get("/").text
    as_(client, bureau.approver)
    assert "1 order waits for your approval" in client.get("/").text
    assert "1 order waits for your approval" in client.get("/instansi").text
    assert "1 order waits for you" in client.get("/pesanan").text
    client.post(f"{here}/langkah/approve")
    assert "waits for your approval" not in client.get("/").text
    refused = client.post(f"{here}/pesan", data={"purchase_number": "", "payment_method": "invoice"})
    assert refused.status_code == 422
    client.post(f"{here}/pesan", data={"purchase_number": "027/SP/1", "payment_method": "invoice"})
    office_order = row(int(here.rpartition("/")[2]))
    assert office_order.order is not None
    invoice = invoice_of(office_order.order)
    paper = client.get(f"/instansi/tagihan/{invoice.id}").text
    assert all(text in paper for text in (invoice.number, "027/SP/1", "Rp100.000"))
    assert "office pays this by its invoice" in client.get(f"/p/{office_order.order.token}").text


def test_the_total_with_delivery_is_shown_before_the_offer_is_made(client: FlaskClient) -> None:
    bureau = Bureau()
    buying.fee(15_000)
    as_(client, bureau.asker)
    buying.fill(client, goods(price=50_000), quantity=2)
    first = client.get("/keranjang/instansi").text
    assert "Order total" in first
    sent = {"key": key_of(first), "office_id": str(bureau.id), "delivery_method": "office", "go": "count"}
    unknown = client.post("/keranjang/instansi", data=sent)
    assert (unknown.status_code, "Order total" in unknown.text) == (200, False)
    counted = client.post("/keranjang/instansi", data={**sent, "village_code": make.VILLAGE, "street": "Jalan 5"})
    assert (counted.status_code, "Rp115.000" in counted.text, 'value="Jalan 5"' in counted.text) == (200, True, True)
    made = client.post(
        "/keranjang/instansi", data={**sent, "village_code": make.VILLAGE, "street": "Jalan 5", "go": "offer"}
    )
    assert row(int(made.location.rpartition("/")[2])).total == 115_000


def test_who_asks_and_is_the_only_approver_is_told_to_name_another(client: FlaskClient) -> None:
    bureau = Bureau()
    bureau.asker, bureau.approver = bureau.approver, bureau.asker
    key = bureau.offered(LineRequest(2, goods().id))
    as_(client, bureau.asker)
    client.post(f"/instansi/pesanan/{key}/langkah/ask")
    assert "Nobody else of your office approves yet" in client.get(f"/instansi/pesanan/{key}").text


def test_the_same_basket_makes_one_offer(client: FlaskClient) -> None:
    bureau = Bureau()
    as_(client, bureau.asker)
    buying.fill(client, goods())
    values = {"key": "same", "office_id": str(bureau.id), "delivery_method": "pickup"}
    first, again = (client.post("/keranjang/instansi", data=values) for _press in range(2))
    assert first.location == again.location or again.location == "/keranjang"
    strange = client.post("/keranjang/instansi", data={**values, "key": "x", "office_id": "999"})
    assert strange.status_code in (302, 422)


def test_numbers_are_changed_and_sent_back_with_a_reason(client: FlaskClient) -> None:
    bureau, product = Bureau(), goods(price=50_000)
    key = bureau.offered(LineRequest(2, product.id))
    here, line = f"/instansi/pesanan/{key}", row(key).lines[0].id
    as_(client, bureau.asker)
    assert client.post(f"{here}/jumlah", data={f"line-{line}": "-1"}).status_code == 422
    assert client.post(f"{here}/jumlah", data={f"line-{line}": "5"}).status_code == 302
    assert row(key).total == 250_000
    client.post(f"{here}/langkah/ask")
    as_(client, bureau.approver)
    assert client.post(f"{here}/kembalikan", data={"reason": ""}).status_code == 422
    client.post(f"{here}/kembalikan", data={"reason": "Tiga saja"})
    as_(client, bureau.asker)
    assert "Tiga saja" in client.get(here).text
    assert client.post(f"{here}/langkah/approve").status_code == 403
    client.post(f"{here}/langkah/cancel")
    assert row(key).state is OfficeOrderState.CANCELLED
    assert client.post(f"{here}/langkah/fly").status_code == 404


def test_a_stranger_and_one_who_left_find_nothing(client: FlaskClient) -> None:
    bureau = Bureau(credit=1_000_000)
    order = bureau.ordered(LineRequest(1, goods().id))
    member = next(each for each in bureau.office.members if each.user_id == bureau.asker.id)
    addresses = [f"/instansi/{bureau.id}", "/instansi/pesanan/1", f"/instansi/tagihan/{invoice_of(order).id}"]
    as_(client, bureau.asker)
    assert [client.get(each).status_code for each in addresses] == [200, 200, 200]
    assert client.post(f"/instansi/{bureau.id}/anggota/{member.id}", data={"role": "approver"}).status_code == 403
    as_(client, bureau.approver)
    client.post(f"/instansi/{bureau.id}/anggota/{member.id}", data={"role": "gone"})
    for user in (bureau.asker, make.user(Role.BUYER), make.user(Role.TREASURER)):
        as_(client, user)
        assert [client.get(each).status_code for each in addresses] == [404, 404, 404]


def test_the_treasurer_takes_money_and_reminds(client: FlaskClient) -> None:
    bureau = Bureau(credit=1_000_000)
    invoice = invoice_of(bureau.ordered(LineRequest(2, goods(price=50_000).id)))
    here = f"/dinas/tagihan/{invoice.id}"
    as_(client, make.user(Role.TREASURER))
    page = client.get(here).text
    assert "https://wa.me/6281200000077?text=" in page
    client.post(f"{here}/ingatkan")
    values = {"key": key_of(page), "received_amount": "60.000", "way": "transfer", "reference": "MUT-5"}
    for _press in range(2):
        assert client.post(f"{here}/bayar", data=values).status_code == 302
    assert (invoice_of(invoice.order).paid_amount, invoice_of(invoice.order).reminded_on is None) == (60_000, False)
    used = client.post(f"{here}/bayar", data={**values, "key": "another", "is_meant": "y"})
    assert used.status_code == 422
    assert "already used" in used.text
    same = {**values, "key": "one more", "reference": " mut-5 ", "received_amount": "1.000"}
    assert "already used" in client.post(f"{here}/bayar", data=same).text
    more = {**values, "key": "third", "reference": "MUT-6", "received_amount": "45.000"}
    asked = client.post(f"{here}/bayar", data=more)
    assert (asked.status_code, 'name="is_meant"' in asked.text) == (422, True)
    assert invoice_of(invoice.order).paid_amount == 60_000
    client.post(f"{here}/bayar", data={**more, "is_meant": "y"})
    after = client.get(here).text
    assert "Rp5.000" in after
    assert "given back" in after
    assert invoice.number in client.get("/dinas/tagihan?tab=done").text
    assert "WK-" in client.get("/dinas/pengembalian").text
    as_(client, bureau.asker)
    assert "Rp5.000 is given back to your office" in client.get(f"/instansi/tagihan/{invoice.id}").text


def test_an_officer_verifies_and_allows_credit(client: FlaskClient) -> None:
    bureau = Bureau()
    here, keeper = f"/dinas/instansi/{bureau.id}", make.user(Role.ADMINISTRATOR)
    assert {job.url: job.count for job in waiting_for(keeper)[Role.ADMINISTRATOR]}["/dinas/instansi?tab=new"] == 1
    as_(client, keeper)
    assert client.post(f"{here}/kredit", data={"allowed": "y", "limit": "1.000.000"}).status_code == 422
    client.post(f"{here}/verifikasi")
    client.post(f"{here}/kredit", data={"allowed": "y", "limit": "1.000.000"})
    assert (bureau.office.allows_credit, bureau.office.credit_limit) == (True, 1_000_000)
    as_(client, make.user(Role.ADMINISTRATOR, area_code=make.OTHER_REGENCY))
    assert client.get(here).status_code == 404


def test_who_orders_for_an_office_does_not_decide_about_it(client: FlaskClient) -> None:
    treasurer = make.user(Role.TREASURER)
    bureau = Bureau(asker=treasurer)
    as_(client, treasurer)
    for address, sent in (("verifikasi", {}), ("kredit", {"allowed": "y", "limit": "1.000.000"})):
        assert client.post(f"/dinas/instansi/{bureau.id}/{address}", data=sent).status_code == 403
    assert (bureau.office.verified_at, bureau.office.allows_credit) == (None, False)


def test_an_order_on_an_invoice_is_sent_before_it_is_paid(client: FlaskClient) -> None:
    order = Bureau(credit=1_000_000).ordered(LineRequest(1, goods().id))
    as_(client, make.user(Role.PACKER))
    assert "On an invoice" in client.get("/dinas/pesanan").text
    for step, code in (("pack", ""), ("hand_over", order.pickup_code)):
        form = {"step-step": step, "step-code": code}
        assert client.post(f"/dinas/pesanan/{order.id}/langkah", data=form).status_code == 302
    assert order.paid_at is None
    pay(invoice_of(order), 50_000)
    assert invoice_of(order).order.paid_at is not None
