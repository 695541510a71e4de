"""Money that was given back by hand and came back: it is owed again, and the payment it stood for can be undone."""

import datetime as dt

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.areas.queries import time_zone
from marketplace.extensions import db
from marketplace.ledger.models import Account
from marketplace.ledger.queries import account_balances
from marketplace.orders import adjustments
from marketplace.orders import queries as orders
from marketplace.orders.models import OrderLine
from marketplace.orders.wanted import LineRequest
from marketplace.payments import refunds, undoing
from marketplace.payments.models import Payment, Refund, RefundMethod, RefundState
from marketplace.payments.rules import WayBack
from marketplace.shared import clock
from marketplace.shared.errors import InvalidInput, StateConflict
from marketplace.shared.policy import Role
from marketplace.treasury.undoing import take_back
from tests import make
from tests.offices.purchasing import do
from tests.payments import billing
from tests.tent_market.making import broken_checks
from tests.treasury.test_taken_back import matched, paid

GIVEN = 1_000


def given() -> tuple[Payment, Refund]:
    """Cancel a paid order and give some of its money back."""
    payment, _row = paid()
    do(adjustments.cancel, payment.order_id, by_buyer=False, reason="Batal", actor_id=None)
    do(refunds.record_refund, payment.order_id, GIVEN, RefundMethod.TRANSFER, "FT-1", "Batal", None)
    db.session.expire_all()
    return db.session.get_one(Payment, payment.id), db.session.query(Refund).one()


def today() -> dt.date:
    return clock.today(time_zone(make.REGENCY))


def test_what_came_back_is_in_the_bank_and_owed_again(app: Flask) -> None:
    payment, refund = given()
    order_id, refund_id, key = payment.order_id, refund.id, payment.id
    before, owed = account_balances(make.REGENCY)[Account.BANK], orders.refund_due(order_id)
    assert undoing.way_of(payment) is WayBack.GIVEN_BACK
    treasurer = make.user(Role.TREASURER).id
    do(refunds.came_back, refund_id, "FT-2", today(), treasurer)
    db.session.expire_all()
    assert account_balances(make.REGENCY)[Account.BANK] == before + GIVEN
    assert orders.refund_due(order_id) == owed + GIVEN
    refund = db.session.get_one(Refund, refund_id)
    assert (refund.state, refund.problem) == (RefundState.FAILED, f"FT-2, {today():%d-%m-%Y}")
    assert undoing.way_of(db.session.get_one(Payment, key)) is WayBack.OWED
    assert broken_checks() == {}
    with pytest.raises(StateConflict):
        do(refunds.came_back, refund_id, "FT-3", today(), treasurer)
    db.session.rollback()
    do(take_back, key, "Uang orang lain", treasurer)
    assert broken_checks() == {}


def test_after_it_came_back_the_page_says_what_stands_in_the_way_now(app: Flask) -> None:
    """Of an order that goes on with less: its money is reckoned with, and none of it is away any more."""
    billing.bank()
    product = make.product(price=50_000, approved_price=50_000, stock=5)
    bill = billing.bill(billing.placed(LineRequest(2, product_id=product.id)))
    matched(bill.order_id, bill.amount)
    line = db.session.query(OrderLine).filter_by(order_id=bill.order_id).one()
    do(adjustments.short_ship, bill.order_id, line.id, 1, "Pecah", None)
    do(refunds.record_refund, bill.order_id, GIVEN, RefundMethod.TRANSFER, "FT-1", "Kurang", None)
    assert undoing.way_of(billing.fresh(bill)) is WayBack.GIVEN_BACK
    do(refunds.came_back, db.session.query(Refund).one().id, "FT-2", today(), make.user(Role.TREASURER).id)
    assert undoing.way_of(billing.fresh(bill)) is WayBack.CHANGED
    assert broken_checks() == {}


@pytest.mark.parametrize(("reference", "days", "field"), [("", 0, "reference"), ("FT-2", 1, "on"), ("FT-2", -1, "on")])
def test_what_cannot_be_is_refused_beside_its_field(app: Flask, reference: str, days: int, field: str) -> None:
    _payment, refund = given()
    with pytest.raises(InvalidInput) as refused:
        do(refunds.came_back, refund.id, reference, today() + dt.timedelta(days=days), make.user(Role.TREASURER).id)
    assert refused.value.field == field


def test_the_treasurer_writes_it_down_on_screen_and_the_head_reads(app: Flask, client: FlaskClient) -> None:
    payment, refund = given()
    undo, back = f"/dinas/pembayaran/{payment.id}/tarik-kembali", f"/dinas/pengembalian/{payment.order_id}"
    page = f"{back}/kembali/{refund.id}"
    make.sign_in(client, make.user(Role.HEAD))
    read = client.get(undo)
    assert (read.status_code, "given back already" in read.text, back in read.text) == (200, True, False)
    assert client.post(undo, data={"why": "x"}).status_code == 404
    assert client.get(page).status_code == 403
    make.sign_in(client, make.user(Role.TREASURER, area_code=make.OTHER_REGENCY))
    assert [client.get(each).status_code for each in (undo, page)] == [404, 404]
    make.sign_in(client, make.user(Role.TREASURER))
    assert f'href="{back}"' in client.get(undo).text
    assert page in client.get(back).text
    refused = client.post(page, data={"reference": "FT-2", "on": "kemarin"})
    assert (refused.status_code, 'value="FT-2"' in refused.text) == (422, True)
    assert client.post(page, data={"reference": "FT-2", "on": today().isoformat()}).location == back
    shown = client.get(back).text
    assert "Came back to us" in shown
    assert "Stripe could not send" not in shown
    assert page not in shown
    assert client.get(f"{back}/kembali/{refund.id + 1}").status_code == 404
    assert 'name="why"' in client.get(undo).text
    make.sign_in(client, make.user(Role.HEAD))
    assert "Only a treasurer can take it back." in client.get(undo).text
