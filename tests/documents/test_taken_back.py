"""What papers say of money that was booked by mistake, that fell short, or that is still to come: just what is true."""

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
from tests.documents.reading import issued, opened, order, paid, text_of
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
