"""Money that does not pay its order: what can be done with it, how the rest comes to it, what the buyer reads."""

import datetime as dt
import itertools

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace.extensions import db
from marketplace.ledger.models import Account, JournalEntry, JournalLine
from marketplace.orders import adjustments
from marketplace.orders.models import Order, OrderState
from marketplace.orders.queries import refund_due
from marketplace.payments import kept, qris_code, queries, refunds, service
from marketplace.payments.kept import Rest
from marketplace.payments.models import Payment, PaymentState, RefundMethod
from marketplace.payments.rules import Decision, decisions
from marketplace.shared import clock, qr
from marketplace.shared.errors import InvalidInput, StateConflict
from marketplace.shared.money import format_rupiah
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.ledger.earning import money_in
from tests.payments import billing

D = Decision
TAKES_MONEY = {
    OrderState.AWAITING_PAYMENT,
    OrderState.AWAITING_VERIFICATION,
    OrderState.PROCESSING,
    OrderState.READY,
}


@pytest.mark.parametrize(("state", "paid"), list(itertools.product(OrderState, (False, True))))
def test_every_state_of_an_order_and_every_sum(state: OrderState, paid: bool) -> None:
    back = {D.GIVE_BACK}
    enough = back | {D.USE} if state in TAKES_MONEY and not paid else back
    too_little = back if paid else back | {D.TAKE_REST}
    table = {0: set(), 1: too_little, 49_999: too_little, 50_000: enough, 50_001: enough}
    assert {amount: set(decisions(state, paid, amount, 50_000)) for amount in table} == table


@pytest.fixture
def order(app: Flask) -> Order:
    """Return an order over Rp50.000 in a regency that takes transfers and QRIS."""
    billing.bank()
    billing.qris()
    return billing.order(50_000)


def short(order: Order, missing: int = 20_000) -> Payment:
    """Let a transfer for an order arrive that falls short."""
    bill = billing.bill(order)
    return billing.confirmed(bill, bill.amount - missing)


def rest(payment: Payment, amount: int, reference: str = "STM-2", provider: str = "transfer") -> Payment:
    with unit_of_work():
        written = kept.take_rest(payment.id, Rest(provider, amount, reference), None)
    return billing.fresh(written)


def sums(order: Order) -> dict[Account, int]:
    """Return account → balance over the entries of an order."""
    amount = func.sum(JournalLine.amount)
    statement = select(JournalLine.account, amount).join(JournalEntry).where(JournalEntry.order_id == order.id)
    return {key: int(value) for key, value in db.session.execute(statement.group_by(JournalLine.account)) if value}


def test_the_rest_completes_the_order(order: Order) -> None:
    bill = short(order)
    second = rest(bill, 20_000)
    assert billing.state_of(order) is OrderState.PROCESSING
    assert sums(order) == {
        Account.BANK: 50_000 - bill.unique_code,
        Account.UNIQUE_CODE_DISCOUNT: bill.unique_code,
        Account.CUSTOMER_DEPOSITS: -50_000,
    }
    assert (second.state, second.amount, second.received_amount) == (PaymentState.CONFIRMED, 20_000, 20_000)
    assert not second.needs_review
    assert not billing.fresh(bill).needs_review
    assert refund_due(order.id) == 0
    with pytest.raises(StateConflict):
        rest(bill, 20_000, "STM-3")


def test_the_rest_may_come_in_cash(order: Order) -> None:
    bill = short(order)
    second = rest(bill, 20_000, "Siti Contoh", "cash")
    assert (second.provider_reference, second.note) == (None, "Siti Contoh")
    assert billing.state_of(order) is OrderState.PROCESSING
    assert (sums(order)[Account.CASH], sums(order)[Account.BANK]) == (20_000, bill.amount - 20_000)


def test_a_rest_that_is_too_little_waits_for_more(order: Order) -> None:
    bill = short(order)
    second = rest(bill, 15_000)
    assert (billing.state_of(order), second.needs_review) == (OrderState.AWAITING_PAYMENT, True)
    assert queries.kept_of(order).missing == 5_000
    rest(second, 5_000, "STM-3")
    assert billing.state_of(order) is OrderState.PROCESSING
    assert refund_due(order.id) == 0


def test_what_is_too_much_of_the_rest_stays_owed(order: Order) -> None:
    rest(short(order), 27_000)
    assert billing.state_of(order) is OrderState.PROCESSING
    assert sums(order)[Account.CUSTOMER_DEPOSITS] == -50_000
    assert -sums(order)[Account.REFUNDS_PAYABLE] == refund_due(order.id) > 0


def test_the_rest_for_an_order_that_ended_is_kept(order: Order) -> None:
    bill = short(order)
    with unit_of_work():
        adjustments.cancel(order.id, by_buyer=True, reason="Batal", actor_id=None)
    rest(bill, 20_000)
    assert billing.state_of(order) is OrderState.CANCELLED
    assert refund_due(order.id) == bill.amount


def test_a_line_of_the_statement_is_used_once(order: Order) -> None:
    bill = short(order)
    with pytest.raises(InvalidInput) as refused:
        rest(bill, 20_000, "STM-1")
    assert refused.value.field == "reference"
    assert refund_due(order.id) == bill.amount - 20_000


def test_a_bill_made_meanwhile_ends_with_the_rest(order: Order) -> None:
    bill = short(order)
    again = billing.bill(order, "qris")
    rest(bill, 20_000)
    assert billing.fresh(again).state is PaymentState.CANCELLED
    late = billing.confirmed(again, reference="STM-9")
    assert late.needs_review  # money that comes for it all the same is kept, not lost


@pytest.mark.parametrize("code", ["transfer", "qris"])
def test_money_that_fell_short_gives_the_buyer_a_days_time_for_the_rest(order: Order, code: str) -> None:
    """Also of a code that was to be scanned within minutes: he has left the page, and is told by phone."""
    bill = billing.bill(order, code)
    before = billing.fresh(bill).expires_at
    assert before is not None
    with clock.at(before - (before - clock.now()) / 2):
        billing.confirmed(bill, 10_000)
        db.session.refresh(order)
        assert order.expires_at is not None
        assert order.expires_at >= clock.now() + dt.timedelta(hours=23)


def test_two_payments_that_are_enough_together_pay_the_order(order: Order) -> None:
    short(order)
    second = billing.bill(order, "qris")
    billing.confirmed(second, 20_000, "STM-2")
    assert billing.state_of(order) is OrderState.PROCESSING
    assert refund_due(order.id) == 0


def test_no_other_bill_asks_for_what_is_there_already(client: FlaskClient, order: Order) -> None:
    short(order)
    page = client.get(f"/p/{order.token}")
    assert "/cara-bayar" not in page.text
    refused = client.post(f"/p/{order.token}/cara-bayar", data={"payment_method": "qris"})
    assert refused.status_code in (409, 422)
    assert "Send only what is missing" in refused.text
    assert billing.state_of(order) is OrderState.AWAITING_PAYMENT


@pytest.fixture
def desk(client: FlaskClient, order: Order) -> FlaskClient:
    """Return the browser of a treasurer."""
    make.sign_in(client, make.user(Role.TREASURER))
    return client


def test_the_treasurer_takes_the_rest_by_one_form(desk: FlaskClient, order: Order) -> None:
    bill = short(order)
    address = f"/dinas/pembayaran/{bill.id}"
    page = desk.get(address).text
    assert f"{address}/sisa" in page
    assert f"{address}/pakai" not in page
    assert 'value="20.000"' in page
    assert address in desk.get("/dinas/pembayaran?q=20.000").text  # what the statement will show
    sent = {"key": "k", "received_amount": "20.000", "way": "transfer", "reference": "STM-2"}
    for wrong in ({"received_amount": "0"}, {"way": "gold"}, {"reference": " "}, {"reference": "STM-1"}):
        assert desk.post(f"{address}/sisa", data={**sent, **wrong}).status_code == 422
    done = desk.post(f"{address}/sisa", data=sent, follow_redirects=True)
    assert "Received. The order can be packed." in done.text
    assert desk.post(f"{address}/sisa", data=sent).status_code == 302  # pressed twice: done once
    assert (billing.state_of(order), db.session.query(Payment).count()) == (OrderState.PROCESSING, 2)


def test_the_buyer_reads_what_arrived_and_what_is_missing(client: FlaskClient, order: Order) -> None:
    bill = short(order)
    page = client.get(f"/p/{order.token}").text
    assert f"We received Rp{bill.received_amount:,}".replace(",", ".") + ". Rp20.000 is missing" in page
    assert "0011223344" in page
    rest(bill, 20_000)
    assert "is missing" not in client.get(f"/p/{order.token}").text


def test_the_buyer_says_that_he_sent_the_rest_and_the_treasurer_confirms_it(client: FlaskClient, order: Order) -> None:
    short(order)
    assert f"/p/{order.token}/bukti" in client.get(f"/p/{order.token}").text
    assert "Rp20.000" in client.get(f"/p/{order.token}/bukti").text
    sent = client.post(f"/p/{order.token}/bukti", data={"note": "Dari rekening Siti"}, follow_redirects=True)
    assert "We are looking for the money" in sent.text
    assert billing.state_of(order) is OrderState.AWAITING_VERIFICATION
    claimed = db.session.scalars(select(Payment).order_by(Payment.id.desc())).first()
    assert claimed is not None
    assert (claimed.state, claimed.amount, claimed.note) == (PaymentState.CLAIMED, 20_000, "Dari rekening Siti")
    billing.confirmed(claimed, reference="STM-2")
    assert (billing.state_of(order), refund_due(order.id)) == (OrderState.PROCESSING, 0)


def claim_of_rest(order: Order) -> Payment:
    with unit_of_work():
        return service.claim_rest(order.id, None, "Dari rekening Siti")


def test_a_rest_that_is_said_to_be_sent_is_said_once(order: Order) -> None:
    short(order)
    assert claim_of_rest(order).id == claim_of_rest(order).id
    assert db.session.query(Payment).count() == 2


def test_the_rest_that_is_written_down_is_the_one_that_the_buyer_sent(order: Order) -> None:
    bill = short(order)
    claimed = claim_of_rest(order)
    assert rest(bill, 20_000).id == claimed.id
    assert billing.state_of(order) is OrderState.PROCESSING
    assert db.session.query(Payment).count() == 2


def test_a_rest_that_was_not_found_can_be_sent_again(client: FlaskClient, order: Order) -> None:
    short(order)
    claimed = claim_of_rest(order)
    with unit_of_work():
        service.reject(claimed.id, "Belum masuk", None)
    assert billing.state_of(order) is OrderState.AWAITING_PAYMENT
    page = client.get(f"/p/{order.token}").text
    assert all(text in page for text in ("Rp20.000 is missing", "Belum masuk", "Send proof again"))
    client.post(f"/p/{order.token}/bukti", data={"note": "Tadi pagi"})
    assert billing.fresh(claimed).state is PaymentState.CLAIMED


def test_nobody_says_that_he_sent_a_rest_that_nobody_waits_for(order: Order) -> None:
    short(order)
    with unit_of_work():
        adjustments.cancel(order.id, by_buyer=True, reason="Batal", actor_id=None)
    with pytest.raises(StateConflict):
        claim_of_rest(order)


def test_a_code_asks_only_for_the_rest(client: FlaskClient, order: Order) -> None:
    bill = billing.bill(order, "qris")
    billing.confirmed(bill, 30_000)
    address = f"/pembayaran/{bill.id}/qris.svg?token={order.token}"
    assert f"/pembayaran/{bill.id}/qris.svg" in client.get(f"/p/{order.token}").text
    drawn = client.get(address)
    assert drawn.data == qr.svg(qris_code.dynamic(billing.static_qris(), 20_000, order.number))
    rest(bill, 20_000, provider="qris")
    assert client.get(address).status_code == 404  # nothing is asked any more


def test_short_money_waits_for_the_rest_and_is_not_to_be_given_back(desk: FlaskClient, order: Order) -> None:
    bill = short(order)
    address = f"/dinas/pembayaran/{bill.id}"
    waiting = desk.get("/dinas/pembayaran?tab=rest").text
    assert address in waiting
    assert "Waiting for the rest: Rp20.000" in waiting
    assert address not in desk.get("/dinas/pembayaran?tab=review").text
    assert "Waiting for the rest: Rp20.000" in desk.get(address).text
    back = f"/dinas/pengembalian/{order.id}"
    assert back not in desk.get("/dinas/pengembalian").text
    form = desk.get(back).text
    assert "was told to send the rest: Rp20.000" in form
    assert f'value="{bill.received_amount:,}"'.replace(",", ".") not in form
    with unit_of_work():
        adjustments.cancel(order.id, by_buyer=True, reason="Batal", actor_id=None)
    assert back in desk.get("/dinas/pengembalian").text
    assert address in desk.get("/dinas/pembayaran?tab=review").text


def test_what_is_too_much_is_said_before_and_after_it_is_decided(desk: FlaskClient, order: Order) -> None:
    bill = billing.bill(order)
    billing.confirmed(bill, bill.amount + 10_000)
    address = f"/dinas/pembayaran/{bill.id}"
    page = desk.get(address).text
    assert "Rp10.000 more arrived" in page
    assert "Missing" not in page
    assert f"/dinas/pengembalian/{order.id}" not in desk.get("/dinas/pengembalian").text  # not decided yet
    assert "arrived, Rp10.000 too much." in desk.get(f"/dinas/pesanan/{order.id}").text
    assert "You need not pay again" in desk.get(f"/p/{order.token}").text
    done = desk.post(f"{address}/pakai", follow_redirects=True).text
    assert "Rp10.000 is left over" in done
    assert "Rp10.000 is still to be given back" in desk.get(address).text
    assert "You get Rp10.000 back" in desk.get(f"/p/{order.token}").text


def test_money_that_came_before_the_end_is_not_called_late(client: FlaskClient, order: Order) -> None:
    billing.confirmed(billing.bill(order), 60_000)
    with unit_of_work():
        adjustments.cancel(order.id, by_buyer=True, reason="Batal", actor_id=None)
    page = client.get(f"/p/{order.token}").text
    assert "Your order has ended. The office gives you this money back: Rp60.000." in page
    assert "after your order ended" not in page


def test_the_buyer_reads_what_was_given_back(client: FlaskClient, order: Order) -> None:
    bill = short(order)
    with unit_of_work():
        adjustments.cancel(order.id, by_buyer=True, reason="Batal", actor_id=None)
    assert "The office gives you this money back" in client.get(f"/p/{order.token}").text
    money_in(100_000)
    with unit_of_work():
        given = (bill.received_amount, RefundMethod.CASH, "Siti Contoh", "Uangnya kurang")
        refunds.record_refund(order.id, *given, None)
    page = client.get(f"/p/{order.token}").text
    assert all(text in page for text in ("Given back to you", "Cash", "Siti Contoh", "Uangnya kurang"))
    assert "The office gives you this money back" not in page


def test_both_sides_read_both_notes(desk: FlaskClient, order: Order) -> None:
    bill = billing.bill(order)
    with unit_of_work():
        service.claim(bill.id, None, "Dari rekening Siti")
    desk.post(f"/dinas/pembayaran/{bill.id}/tolak", data={"reason": "Belum masuk"})
    for address in (f"/dinas/pembayaran/{bill.id}", f"/p/{order.token}"):
        page = desk.get(address).text
        assert "Dari rekening Siti" in page
        assert "Belum masuk" in page
    with unit_of_work():
        service.claim(bill.id, None, "Tadi pagi")
    page = desk.get(f"/p/{order.token}").text
    assert "Tadi pagi" in page
    assert "Belum masuk" in page


def test_the_history_says_that_another_sum_arrived(desk: FlaskClient, order: Order) -> None:
    bill = billing.bill(order)
    with unit_of_work():
        service.claim(bill.id, None, "")
    billing.confirmed(bill, 10_000)
    page = desk.get(f"/dinas/pesanan/{order.id}").text
    assert "Less arrived than asked" in page
    assert f"Rp10.000 arrived, {format_rupiah(bill.amount - 10_000)} is missing." in page
    assert "Payment not found" not in page
