"""A payment that was booked by mistake is taken back: its line is free, and what stands is said or put right."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.extensions import db
from marketplace.ledger.models import Account
from marketplace.ledger.queries import account_balances, order_balance
from marketplace.orders import adjustments
from marketplace.orders import service as orders
from marketplace.orders.models import Order, OrderState
from marketplace.orders.wanted import LineRequest
from marketplace.payments import refunds
from marketplace.payments import service as payments
from marketplace.payments.models import Payment, PaymentState, RefundMethod
from marketplace.payments.rules import Booked, WayBack, way_back
from marketplace.reports import checks
from marketplace.shared.errors import InvalidInput, StateConflict
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.treasury import service, undoing
from marketplace.treasury.models import LineState, Outcome, StatementLine
from tests import make
from tests.offices.purchasing import Bureau, do
from tests.payments import billing
from tests.treasury.taking import fresh, line

S, W = OrderState, WayBack

#                          alone      changed    several
TABLE = {
    S.AWAITING_PAYMENT: (W.DELIVERED, W.DELIVERED, W.DELIVERED),
    S.AWAITING_VERIFICATION: (W.DELIVERED, W.DELIVERED, W.DELIVERED),
    S.PROCESSING: (W.ANEW, W.CHANGED, W.SEVERAL),
    S.READY: (W.PACKED, W.PACKED, W.PACKED),
    S.SHIPPED: (W.PACKED, W.PACKED, W.PACKED),
    S.COMPLETED: (W.DELIVERED, W.DELIVERED, W.DELIVERED),
    S.RETURNED: (W.DELIVERED, W.DELIVERED, W.DELIVERED),
    S.CANCELLED: (W.DELIVERED, W.DELIVERED, W.DELIVERED),
    S.EXPIRED: (W.DELIVERED, W.DELIVERED, W.DELIVERED),
}


@pytest.mark.parametrize("state", OrderState)
def test_every_state_and_what_taking_back_means_there(state: OrderState) -> None:
    for way, changed, alone in zip(TABLE[state], (False, True, False), (True, True, False), strict=True):
        assert way_back(Booked(state, False, False, False, changed, alone)) is way
        for flags in ((False, changed, alone), (True, changed, alone)):
            assert way_back(Booked(state, flags[0], True, True, changed, alone)) is W.OWED
            assert way_back(Booked(state, flags[0], False, True, changed, alone)) is W.GIVEN_BACK
        assert way_back(Booked(state, True, False, False, changed, alone)) is W.DEBT


def whole() -> bool:
    db.session.rollback()
    broken = [check.name for check in checks.ALL if check.run().broken]
    assert broken == []
    return True


def matched(order_id: int, amount: int) -> StatementLine:
    row = line(billing.bank(), amount)
    with unit_of_work():
        service.match(row.id, order_id, None)
    return fresh(row)


def paid() -> tuple[Payment, StatementLine]:
    """Let a line of the bank pay an order; return its payment and the line."""
    billing.bank()
    bill = billing.bill(billing.order())
    row = matched(bill.order_id, bill.amount)
    return billing.fresh(bill), row


def taken_back(payment: Payment) -> Payment:
    db.session.rollback()
    user = make.user(Role.TREASURER).id
    with unit_of_work():
        undoing.take_back(payment.id, "Uang pesanan lain", user)
    return billing.fresh(payment)


def is_refused(payment: Payment) -> bool:
    with pytest.raises(InvalidInput):
        taken_back(payment)
    db.session.rollback()
    return billing.fresh(payment).state is PaymentState.CONFIRMED and whole()


def bank() -> int:
    db.session.rollback()
    return account_balances(make.REGENCY)[Account.BANK]


def test_an_order_that_is_not_packed_waits_again_and_the_line_pays_the_right_one(app: Flask) -> None:
    payment, row = paid()
    other = billing.bill(billing.order(60_000))
    payment = taken_back(payment)
    assert (payment.state, payment.reason, payment.provider_reference) == (
        PaymentState.TAKEN_BACK,
        "Uang pesanan lain",
        None,
    )
    row, order = fresh(row), db.session.get_one(Order, payment.order_id)
    assert (row.state, row.outcome, row.payment_id, bank()) == (LineState.OPEN, None, None, 0)
    assert (order.state, order.paid_at) == (OrderState.AWAITING_PAYMENT, None)
    opened = payments.open_payment(order.id)
    assert opened is not None
    assert whole()
    with pytest.raises(StateConflict):
        taken_back(payment)
    with unit_of_work():
        service.match(row.id, other.order_id, None)
    assert (fresh(row).outcome, bank()) == (Outcome.SHORT, payment.received_amount)
    matched(order.id, opened.amount)
    assert billing.state_of(order) is OrderState.PROCESSING
    assert whole()


@pytest.mark.parametrize("is_delivered", [False, True])
def test_an_office_owes_its_invoice_again_and_families_keep_what_they_earned(app: Flask, is_delivered: bool) -> None:
    product = make.product(price=50_000, approved_price=50_000, stock=5)
    order = Bureau(credit=1_000_000).ordered(LineRequest(1, product_id=product.id))
    if is_delivered:
        do(orders.pack, order.id, None)
        do(orders.hand_over, order.id, None)
    first, second = matched(order.id, 50_000), matched(order.id, 60_000)
    assert whole()
    taken_back(first.payment)
    assert (order_balance(order.id, Account.RECEIVABLES), order_balance(order.id, Account.REFUNDS_PAYABLE)) == (
        0,
        -10_000,
    )
    assert whole()
    taken_back(fresh(second).payment)
    assert (order_balance(order.id, Account.RECEIVABLES), bank()) == (50_000, 0)
    assert db.session.get_one(Order, order.id).paid_at is None
    assert whole()


def test_a_packed_order_says_what_stands_until_it_is_taken_off(app: Flask) -> None:
    payment, row = paid()
    do(orders.pack, payment.order_id, None)
    assert is_refused(payment)
    do(adjustments.cancel, payment.order_id, by_buyer=False, reason="Bukan uangnya", actor_id=None)
    taken_back(payment)
    assert (fresh(row).state, bank()) == (LineState.OPEN, 0)
    assert whole()


def test_a_delivered_order_keeps_the_money_until_its_own_is_there(app: Flask) -> None:
    payment, row = paid()
    do(orders.pack, payment.order_id, None)
    do(orders.hand_over, payment.order_id, None)
    assert is_refused(payment)
    own = matched(payment.order_id, 50_000)
    assert own.outcome is Outcome.TWICE
    taken_back(payment)
    assert (fresh(row).state, bank()) == (LineState.OPEN, 50_000)
    assert whole()


def _given_back(payment: Payment) -> None:
    do(adjustments.cancel, payment.order_id, by_buyer=False, reason="Batal", actor_id=None)
    do(refunds.record_refund, payment.order_id, 1_000, RefundMethod.TRANSFER, "FT-1", "Batal", None)


def test_money_of_which_some_was_given_back_stays(app: Flask) -> None:
    payment, _row = paid()
    _given_back(payment)
    assert is_refused(billing.fresh(payment))


def test_of_several_sums_that_paid_together_none_is_taken_back_before_the_order_is_off(app: Flask) -> None:
    billing.bank()
    bill = billing.bill(billing.order())
    matched(bill.order_id, bill.amount - 10_000)
    second = matched(bill.order_id, 10_000)
    assert (billing.state_of(bill.order), second.outcome) == (OrderState.PROCESSING, Outcome.PAID)
    assert second.payment is not None
    assert is_refused(second.payment)
    do(adjustments.cancel, bill.order_id, by_buyer=False, reason="Batal", actor_id=None)
    taken_back(second.payment)
    assert whole()


def test_kept_money_of_an_order_that_waits_is_taken_back(app: Flask) -> None:
    billing.bank()
    bill = billing.bill(billing.order())
    row = matched(bill.order_id, bill.amount - 10_000)
    assert row.outcome is Outcome.SHORT
    taken_back(billing.fresh(bill))
    assert (billing.state_of(bill.order), bank(), fresh(row).state) == (S.AWAITING_PAYMENT, 0, LineState.OPEN)
    assert whole()


def test_the_treasurer_takes_back_on_screen(app: Flask, client: FlaskClient) -> None:
    payment, row = paid()
    page = f"/dinas/pembayaran/{payment.id}/tarik-kembali"
    make.sign_in(client, make.user(Role.TREASURER, area_code=make.OTHER_REGENCY))
    assert (client.get(page).status_code, client.post(page, data={"why": "x"}).status_code) == (404, 404)
    make.sign_in(client, make.user(Role.TREASURER))
    assert page in client.get(f"/dinas/pembayaran/{payment.id}").text
    assert "waits for its money again" in client.get(page).text
    assert client.post(page, data={"why": ""}).status_code == 422
    do(orders.pack, payment.order_id, None)
    refused = client.post(page, data={"why": "Salah pesanan"})
    assert (refused.status_code, "The goods are packed" in refused.text) == (422, True)
    do(adjustments.cancel, payment.order_id, by_buyer=False, reason="Bukan uangnya", actor_id=None)
    assert client.post(page, data={"why": "Salah pesanan"}).status_code == 302
    assert "Booked by mistake" in client.get(f"/dinas/pembayaran/{payment.id}").text
    assert client.get(f"/dinas/mutasi/{row.id}").status_code == 200
    assert "cannot be taken back" in client.get(page).text
