"""A buyer pays by each way, and the treasurer closes the day: in Chromium, with and without scripts."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select

from marketplace.extensions import db
from marketplace.ledger.close_models import DayClose, DayCount
from marketplace.orders.models import Order, OrderState
from marketplace.payments.models import Payment
from marketplace.reports import checks
from marketplace.shared.policy import Role
from tests import make
from tests.journeys.conftest import Visit, press, refused
from tests.journeys.test_story import open_page
from tests.payments import billing, paying, stripe_stub
from tests.payments.stripe_stub import Stub

PRICE = 20_000


@pytest.fixture
def stub(app: Flask) -> Iterator[Stub]:
    with stripe_stub.serve() as running, paying.switched_on(app, running.url):
        yield running
        assert running.problems == []


def bought(page: Page, slug: str, method: str) -> Order:
    """Order one piece to be paid in a way; the page shows the order afterwards."""
    open_page(page, f"/produk/{slug}")
    press(page, "form.buy [type=submit]")
    press(page, "[name=go]")
    page.fill("main [name=name]", "Fatimah Contoh")
    page.fill("main [name=phone]", "0812 5555 1234")
    page.check(f"[name=payment_method][value={method}]")
    press(page, "main [name=go][value=order]")
    db.session.rollback()
    return db.session.scalars(select(Order).where(Order.token == page.url.rsplit("/", 1)[1])).one()


def pays_by_statement(page: Page) -> None:
    """Say that the money was sent."""
    press(page, "main a[href$='/bukti'] >> nth=0")
    page.fill("main [name$=note]", "Dari rekening Fatimah")
    press(page, "main form [type=submit]")
    assert "Menunggu Verifikasi" in page.inner_text("main")


def pays_online(page: Page, stub: Stub) -> None:
    """Go to Stripe's page, pay there and come back."""
    press(page, "form[action$='/bayar-online'] [type=submit]")
    assert page.url.startswith(stub.url)
    press(page, "[type=submit]")
    assert "Pembayaran Anda sudah masuk" in page.inner_text("main")


def confirms(page: Page, order: Order, reference: str) -> None:
    payment = db.session.scalars(select(Payment).where(Payment.order_id == order.id)).one()
    open_page(page, "/dinas/pembayaran")
    press(page, f"main a[href='/dinas/pembayaran/{payment.id}'] >> nth=0")
    page.fill("[name$=received_amount]", str(payment.amount))
    page.fill("[name$=reference]", reference)
    press(page, f"form[action='/dinas/pembayaran/{payment.id}/terima'] [type=submit]")


def takes_cash(page: Page, order: Order) -> None:
    """Pack what is paid at the counter, and take the money for it."""
    open_page(page, f"/dinas/pesanan/{order.id}")
    press(page, "[name=step-step][value=pack]")
    open_page(page, f"/dinas/loket?q={order.number}")
    press(page, "main a[href^='/dinas/loket/'] >> nth=0")
    page.fill("main [name$=code]", order.pickup_code)
    page.fill("main [name$=handed]", "50000")
    press(page, "main form [type=submit]")
    assert "Rp30.000" in page.inner_text("body")


def closes_the_day(page: Page, expected: dict[str, int]) -> None:
    """Count what should be there; one coin is missing, and the reason is asked for."""
    open_page(page, "/dinas/tutup-hari")
    for account, amount in expected.items():
        page.fill(f"[name='counted-{account}']", str(amount))
    page.fill("[name='counted-cash']", str(expected["cash"] - 500))
    refused(page, "main form[method=post] [type=submit]")
    page.fill("[name='reason-cash']", "Kembalian salah")
    press(page, "main form[method=post] [type=submit]")


@pytest.mark.parametrize("javascript", [True, False])
def test_each_way_to_pay_ends_in_a_closed_day(app: Flask, visit: Visit, stub: Stub, javascript: bool) -> None:
    slug = make.product(stock=9, price=PRICE, approved_price=PRICE).slug
    billing.bank()
    billing.qris()
    treasurer, packer = make.user(Role.TREASURER), make.user(Role.PACKER)
    buyer = visit(javascript=javascript)
    by_transfer = bought(buyer, slug, "transfer")
    pays_by_statement(buyer)
    by_code = bought(buyer, slug, "qris")
    pays_by_statement(buyer)
    online = bought(buyer, slug, "stripe")
    pays_online(buyer, stub)
    in_cash = bought(buyer, slug, "cash")
    desk = visit(treasurer, javascript=javascript)
    confirms(desk, by_transfer, "MUT-1")
    confirms(desk, by_code, "MUT-2")
    takes_cash(visit(packer, javascript=javascript), in_cash)
    db.session.rollback()
    db.session.expire_all()
    states = {order.id: order.state for order in db.session.scalars(select(Order))}
    waiting = dict.fromkeys((by_transfer.id, by_code.id, online.id), OrderState.PROCESSING)
    assert states == {**waiting, in_cash.id: OrderState.COMPLETED}
    bills = {bill.provider: bill.received_amount for bill in db.session.scalars(select(Payment))}
    expected = {"cash": bills["cash"], "bank": bills["transfer"], "qris": bills["qris"], "stripe": bills["stripe"]}
    closes_the_day(desk, expected)
    db.session.rollback()
    counts = {row.account: (row.counted, row.reason) for row in db.session.scalars(select(DayCount))}
    assert counts == {name: (sum_, "") for name, sum_ in expected.items()} | {"cash": (19_500, "Kembalian salah")}
    assert len(db.session.scalars(select(DayClose)).all()) == 1
    assert [check.name for check in checks.ALL if check.run().broken] == []
