"""The treasurer's pages over HTTP."""

import datetime as dt

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.extensions import db
from marketplace.ledger.models import Account
from marketplace.orders import service as orders
from marketplace.orders.models import Order, OrderState
from marketplace.orders.queries import refund_due
from marketplace.payments import refunds, service
from marketplace.payments.models import CollectionAccount, Payment, PaymentState, RefundMethod
from marketplace.shared import clock
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.ledger.earning import money_in
from tests.payments import billing


@pytest.fixture
def desk(app: Flask, client: FlaskClient) -> FlaskClient:
    """Return the browser of a treasurer whose office takes transfers."""
    billing.bank()
    make.sign_in(client, make.user(Role.TREASURER))
    return client


def test_claims_are_to_be_checked_bills_are_waited_for_and_a_sum_finds_its_bill(desk: FlaskClient) -> None:
    waiting, claimed = billing.bill(billing.order()), billing.bill(billing.order())
    with unit_of_work():
        service.claim(claimed.id, None, "")
    to_check, to_wait_for = (desk.get(f"/dinas/pembayaran?tab={tab}").text for tab in ("claimed", "open"))
    assert (f"/dinas/pembayaran/{claimed.id}" in to_check, f"/dinas/pembayaran/{waiting.id}" in to_check) == (
        True,
        False,
    )
    assert f"/dinas/pembayaran/{waiting.id}" in to_wait_for
    assert to_check.count('<b class="count">1</b>') == 2  # each list says how many it holds
    typed = f"Rp {waiting.amount:,}".replace(",", ".")
    found = desk.get("/dinas/pembayaran", query_string={"q": typed}).text
    assert f"/dinas/pembayaran/{waiting.id}" in found
    assert f"/dinas/pembayaran/{claimed.id}" not in found
    number = desk.get("/dinas/pembayaran", query_string={"q": claimed.order.number}).text
    assert f"/dinas/pembayaran/{claimed.id}" in number


def test_the_treasurer_confirms_and_the_order_goes_on(desk: FlaskClient) -> None:
    bill = billing.bill(billing.order())
    assert desk.get(f"/dinas/pembayaran/{bill.id}").status_code == 200
    sent = {"received_amount": f"{bill.amount:,}".replace(",", "."), "reference": "FT1"}
    answer = desk.post(f"/dinas/pembayaran/{bill.id}/terima", data=sent)
    assert answer.location == f"/dinas/pembayaran/{bill.id}"
    assert billing.state_of(bill.order) is OrderState.PROCESSING
    again = desk.post(f"/dinas/pembayaran/{bill.id}/terima", data=sent)
    assert again.status_code == 422
    assert billing.fresh(bill).decided_by_id is not None


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"received_amount": "", "reference": "FT1"},
        {"received_amount": "0", "reference": "FT1"},
        {"received_amount": "-5", "reference": "FT1"},
        {"received_amount": "49jt", "reference": "FT1"},
        {"received_amount": "9" * 30, "reference": "FT1"},
        {"received_amount": "50000", "reference": " "},
        {"received_amount": "50000", "reference": "x" * 61},
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_written(desk: FlaskClient, sent: dict[str, str]) -> None:
    bill = billing.bill(billing.order())
    answer = desk.post(f"/dinas/pembayaran/{bill.id}/terima", data=sent)
    assert answer.status_code == 422
    assert (sent.get("reference") or "").strip() in answer.text
    assert billing.fresh(bill).state is PaymentState.PENDING


def test_a_used_line_is_said_beside_its_field(desk: FlaskClient) -> None:
    first, second = billing.bill(billing.order()), billing.bill(billing.order())
    billing.confirmed(first, reference="FT1")
    sent = {"received_amount": str(second.amount), "reference": "FT1"}
    answer = desk.post(f"/dinas/pembayaran/{second.id}/terima", data=sent)
    assert answer.status_code == 422
    assert "already used" in answer.text


def test_a_claim_is_refused_with_a_reason(desk: FlaskClient) -> None:
    bill = billing.bill(billing.order())
    with unit_of_work():
        service.claim(bill.id, None, "")
    address = f"/dinas/pembayaran/{bill.id}/tolak"
    assert desk.post(address, data={"reason": ""}).status_code == 422
    assert desk.post(address, data={"reason": "Tidak ada di mutasi"}).status_code == 302
    assert billing.fresh(bill).state is PaymentState.REJECTED


@pytest.mark.parametrize(("factor", "asks"), [(1, False), (10, True)])
def test_a_digit_too_many_is_asked_about_before_it_is_booked(desk: FlaskClient, factor: int, asks: bool) -> None:
    bill = billing.bill(billing.order(50_000))
    sent = {"received_amount": str(bill.amount * factor), "reference": "FT1"}
    answer = desk.post(f"/dinas/pembayaran/{bill.id}/terima", data=sent)
    assert (answer.status_code == 422, 'name="is_meant"' in answer.text) == (asks, asks)
    assert billing.fresh(bill).state is (PaymentState.PENDING if asks else PaymentState.CONFIRMED)
    desk.post(f"/dinas/pembayaran/{bill.id}/terima", data={**sent, "is_meant": "y"})
    assert billing.fresh(bill).received_amount == bill.amount * factor


def test_a_refund_is_read_beside_the_payment_in_the_orders_history_and_in_its_own_list(desk: FlaskClient) -> None:
    order = billing.order(50_000)
    bill = billing.bill(order)
    sent = {"received_amount": str(bill.amount + 20_000), "reference": "FT1", "is_meant": "y"}
    desk.post(f"/dinas/pembayaran/{bill.id}/terima", data=sent)
    with unit_of_work():
        given = (20_000, RefundMethod.TRANSFER, "TRF-9", "Lebih bayar")
        refunds.record_refund(order.id, *given, make.user(Role.TREASURER).id)
    for page in (f"/dinas/pembayaran/{bill.id}", "/dinas/pengembalian/riwayat"):
        text = desk.get(page).text
        assert all(word in text for word in ("Rp20.000", "TRF-9", "Lebih bayar"))
    history = desk.get(f"/dinas/pesanan/{order.id}").text.partition("Money given back to the buyer")[2]
    assert "Rp20.000" in history[:400]


def test_odd_money_is_listed_for_review_used_and_given_back(desk: FlaskClient) -> None:
    order = billing.order(50_000)
    bill = billing.bill(order)
    desk.post(
        f"/dinas/pembayaran/{bill.id}/terima", data={"received_amount": "60.000", "reference": "FT1", "is_meant": "y"}
    )
    assert f"/dinas/pembayaran/{bill.id}" in desk.get("/dinas/pembayaran?tab=review").text
    assert f"/dinas/pengembalian/{order.id}" not in desk.get("/dinas/pengembalian").text  # not decided yet
    assert f"/dinas/pembayaran/{bill.id}/pakai" in desk.get(f"/dinas/pembayaran/{bill.id}").text
    assert desk.post(f"/dinas/pembayaran/{bill.id}/pakai").status_code == 302
    assert billing.state_of(order) is OrderState.PROCESSING
    assert f"/dinas/pengembalian/{order.id}" in desk.get("/dinas/pengembalian").text
    address = f"/dinas/pengembalian/{order.id}"
    owed = 60_000 - bill.amount
    too_much = {"key": "1", "amount": f"{owed + 1}", "method": "cash", "reference": "Siti", "reason": "Lebih bayar"}
    assert desk.post(address, data=too_much).status_code == 422
    assert desk.post(address, data={**too_much, "amount": f"{owed}", "method": "gold"}).status_code == 422
    assert desk.post(address, data={**too_much, "amount": f"{owed}"}).status_code == 422  # there is no cash
    money_in(owed)
    assert desk.post(address, data={**too_much, "amount": f"{owed}"}).status_code == 302
    assert refund_due(order.id) == 0
    assert f"/dinas/pengembalian/{order.id}" not in desk.get("/dinas/pengembalian").text


def test_a_cash_order_names_the_last_day_on_which_it_can_be_fetched(desk: FlaskClient) -> None:
    order = billing.order(50_000)
    bill = billing.bill(order, "cash")
    db.session.refresh(order)
    assert order.expires_at is not None
    last = clock.local_date(order.expires_at, "Asia/Makassar") - dt.timedelta(days=1)
    assert order.kept_until == last
    for address in (f"/p/{order.token}", "/dinas/loket", f"/dinas/loket/{bill.id}"):
        page = desk.get(address).text
        assert "Can be fetched until" in page
        assert last.strftime("%-d") + " " in page
        assert "00:00" not in page


def test_a_late_cash_order_names_no_day_that_is_over_but_the_days_after_it_is_packed(desk: FlaskClient) -> None:
    order = billing.order(50_000)
    bill = billing.bill(order, "cash")
    with unit_of_work():
        order = db.session.get_one(Order, order.id)
        assert order.kept_until is not None
        days = (order.kept_until - order.ready_on).days
        order.ready_on -= dt.timedelta(days=60)
        assert order.expires_at is not None
        order.expires_at -= dt.timedelta(days=60)
    for address in (f"/p/{order.token}", "/dinas/loket", f"/dinas/loket/{bill.id}"):
        page = desk.get(address).text
        assert f"{days} days" in page
        assert (order.kept_until or order.ready_on).strftime("%-d %B %Y") not in page
    assert "As soon as it is packed you have" in desk.get(f"/p/{order.token}").text
    with unit_of_work():
        orders.pack(order.id, None)
    assert f"{days} days" not in desk.get("/dinas/loket").text


def test_cash_is_taken_at_the_counter_against_the_code(desk: FlaskClient, client: FlaskClient) -> None:
    make.sign_in(client, make.user(Role.PACKER))
    order = billing.order(50_000)
    bill = billing.bill(order, "cash")
    billing.packed(order)
    assert f"/dinas/loket/{bill.id}" in client.get("/dinas/loket", query_string={"q": order.pickup_code}).text
    address = f"/dinas/loket/{bill.id}"
    wrong = f"{(int(order.pickup_code) + 1) % 1_000_000:06d}"
    assert client.post(address, data={"pickup_code": wrong, "handed": "50.000"}).status_code == 422
    assert client.post(address, data={"pickup_code": order.pickup_code, "handed": "49.999"}).status_code == 422
    assert billing.state_of(order) is OrderState.READY
    done = client.post(address, data={"pickup_code": order.pickup_code, "handed": "100.000"}, follow_redirects=True)
    assert "Rp50.000" in done.text
    assert billing.state_of(order) is OrderState.COMPLETED
    assert client.post(address, data={"pickup_code": order.pickup_code, "handed": "50.000"}).status_code == 422


def test_officers_of_elsewhere_find_nothing(app: Flask, client: FlaskClient) -> None:
    billing.bank()
    bill = billing.bill(billing.order())
    make.sign_in(client, make.user(Role.TREASURER, area_code=make.OTHER_REGENCY))
    assert f"/dinas/pembayaran/{bill.id}" not in client.get("/dinas/pembayaran").text
    for address in (f"/dinas/pembayaran/{bill.id}", f"/dinas/pengembalian/{bill.order_id}", f"/dinas/loket/{bill.id}"):
        assert client.get(address).status_code == 404
    for step in ("terima", "tolak", "pakai"):
        sent = {"received_amount": "50000", "reference": "X", "reason": "X"}
        assert client.post(f"/dinas/pembayaran/{bill.id}/{step}", data=sent).status_code == 404
    assert billing.fresh(bill).state is PaymentState.PENDING


def test_the_queue_takes_the_same_few_queries_however_long_it_is(desk: FlaskClient) -> None:
    from tests.counting import counted_queries

    billing.bill(billing.order())
    desk.get("/dinas/pembayaran")  # the area's name is kept from here on
    with counted_queries() as few:
        desk.get("/dinas/pembayaran")
    for _number in range(12):
        billing.bill(billing.order())
    with counted_queries() as many:
        desk.get("/dinas/pembayaran")
    assert len(many) == len(few) <= 6


def test_the_administrator_keeps_the_accounts(app: Flask, client: FlaskClient) -> None:
    make.sign_in(client, make.user(Role.ADMINISTRATOR))
    assert client.get("/dinas/rekening").status_code == 200
    bank = {"bank_name": "Bank Contoh", "number": "0011 2233 44", "holder": "Dinas Sosial"}
    assert client.post("/dinas/rekening/bank", data={**bank, "number": "abc"}).status_code == 422
    assert client.post("/dinas/rekening/bank", data=bank).status_code == 302
    assert client.post("/dinas/rekening/bank", data={**bank, "number": "99887766"}).status_code == 302
    rows = db.session.query(CollectionAccount).order_by(CollectionAccount.id).all()
    assert [(row.number, row.is_active) for row in rows] == [("0011223344", False), ("99887766", True)]
    assert billing.bill(billing.order()).instruction["number"] == "99887766"
    assert client.post(f"/dinas/rekening/{rows[1].id}/tutup").status_code == 302
    db.session.expire_all()
    assert not db.session.get_one(CollectionAccount, rows[1].id).is_active


def test_only_a_static_and_intact_qris_is_taken(app: Flask, client: FlaskClient) -> None:
    from lokal import set_qris_amount

    make.sign_in(client, make.user(Role.ADMINISTRATOR))
    static = billing.static_qris()
    for wrong in ("", "000201", static[:-1] + "x", set_qris_amount(static, 5_000), "9" * 501):
        assert client.post("/dinas/rekening/qris", data={"payload": wrong}).status_code == 422
    assert client.post("/dinas/rekening/qris", data={"payload": f" {static}\n"}).status_code == 302
    row = db.session.query(CollectionAccount).one()
    assert (row.qris_payload, row.holder) == (static, "DINAS SOSIAL HSS")
    assert billing.bill(billing.order(), "qris").state is PaymentState.PENDING


def test_money_goes_to_the_account_of_its_way(desk: FlaskClient) -> None:
    assert {code: provider.money_account for code, provider in service.PROVIDERS.items()} == {
        "cash": Account.CASH,
        "tent_cash": Account.TENT_CASH,
        "transfer": Account.BANK,
        "qris": Account.QRIS,
        "stripe": Account.STRIPE,
    }
    assert db.session.query(Payment).count() == 0
