"""What papers say of money that was booked by mistake, that fell short, or that is still to come: just what is true."""

import re

import pytest
from flask.testing import FlaskClient

from marketplace.documents.models import DocumentKind as Kind
from marketplace.extensions import db
from marketplace.ledger.models import Account
from marketplace.ledger.queries import account_balances
from marketplace.orders.models import Order
from marketplace.orders.wanted import LineRequest
from marketplace.payments import undoing
from marketplace.payments.models import Payment, PaymentState
from marketplace.shared.money import format_rupiah as rupiah
from marketplace.shared.policy import Role
from marketplace.shared.transaction import rollback
from tests import make
from tests.documents.reading import issued, opened, order, paid, read_words, text_of
from tests.offices.purchasing import Bureau, do, goods, invoice_of, pay
from tests.payments import billing

BACK = ("Sudah dikembalikan", "Masih akan dikembalikan")
OUTDATED = "the order was changed since"


def now(of: Order) -> Order:
    rollback()
    db.session.expire_all()
    return db.session.get_one(Order, of.id)


def said(of: Order, kind: Kind = Kind.INVOICE) -> str:
    return text_of(opened(issued(now(of), kind)))


def take_back(of: Order, amount: int) -> None:
    found = db.select(Payment).where(Payment.order_id == of.id, Payment.received_amount == amount)
    payment = db.session.scalars(found.where(Payment.state == PaymentState.CONFIRMED)).one()
    do(undoing.take_back, payment.id, "Uang pesanan lain", make.user(Role.TREASURER).id)


@pytest.mark.usefixtures("app")
def test_money_that_was_booked_by_mistake_is_on_no_paper_of_an_office() -> None:
    billing.bank()
    of = Bureau(credit=1_000_000).ordered(LineRequest(3, goods(price=50_000).id))
    for amount in (60_000, 61_000):
        pay(invoice_of(of), amount)
    take_back(of, 60_000)
    paper = said(of, Kind.OFFICE_INVOICE)
    assert "Rp61.000" in paper
    assert "Rp89.000" in paper
    assert [words for words in ("Rp60.000", "Rp121.000", *BACK) if words in paper] == []


def test_money_that_was_taken_back_and_came_again_is_told_of_once(client: FlaskClient) -> None:
    of = paid()
    received = account_balances(make.REGENCY)[Account.BANK]
    receipt = issued(now(of), Kind.RECEIPT)
    take_back(of, received)
    assert OUTDATED in client.get(f"/d/{receipt.code}").text
    again = db.session.scalars(db.select(Payment).where(Payment.state == PaymentState.PENDING)).one()
    received = billing.confirmed(again, reference="STM-2").received_amount
    for kind in (Kind.INVOICE, Kind.RECEIPT):
        paper = said(of, kind)
        assert rupiah(received) in paper
        assert [words for words in BACK if words in paper] == []
    assert f"Sudah dibayar {rupiah(received)}" in said(of)


def test_an_invoice_of_a_transfer_names_the_exact_sum_and_ends_with_it(client: FlaskClient) -> None:
    billing.bank()
    of = order()
    before = issued(now(of))
    bill = billing.bill(of)
    assert 1 <= bill.unique_code <= 999
    assert OUTDATED in client.get(f"/d/{before.code}").text
    paper = issued(now(of))
    text = text_of(opened(paper))
    assert paper.amount == 100_000
    assert re.search(rf"Potongan kode unik .{{0,2}}{rupiah(bill.unique_code)}\b", text), text
    assert f"Masih harus dibayar {rupiah(bill.amount)} Terbilang: masih harus dibayar" in text
    assert read_words(paper.content["words"]) == bill.amount
    assert f"Jumlah transfer tepat {rupiah(bill.amount)} Bank" in text
    assert issued(now(of)).id == paper.id
    assert OUTDATED not in client.get(f"/d/{paper.code}").text


@pytest.mark.usefixtures("app")
def test_an_invoice_of_a_payment_that_fell_short_asks_for_the_rest_alone() -> None:
    billing.bank()
    of = order()
    bill = billing.bill(of)
    asked = issued(now(of))
    billing.confirmed(bill, 60_000)
    paper = issued(now(of))
    assert paper.replaces_id == asked.id
    text = text_of(opened(paper))
    rest = rupiah(bill.amount - 60_000)
    assert read_words(paper.content["words"]) == bill.amount - 60_000
    assert [words for words in (f"tepat {rest}", "Sudah dibayar Rp60.000") if words not in text] == []
    assert [words for words in BACK if words in text] == []
    assert issued(now(of)).id == paper.id


@pytest.mark.usefixtures("app")
def test_what_would_be_too_much_is_still_owed_back_on_paper() -> None:
    billing.bank()
    of = order()
    bill = billing.bill(of)
    billing.confirmed(bill, 130_000)
    text = said(of)
    assert f"Masih akan dikembalikan {rupiah(130_000 - bill.amount)}" in text
    assert "Masih harus dibayar Rp0" in text
