"""Money that comes: exact, odd, late, twice; found, not found, given back."""

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.extensions import db
from marketplace.ledger.models import Account, EntryKind, JournalEntry, JournalLine
from marketplace.ledger.transfers import move_money
from marketplace.orders.adjustments import cancel, short_ship
from marketplace.orders.models import Order, OrderState
from marketplace.orders.queries import refund_due
from marketplace.payments import kept, refunds, service
from marketplace.payments.models import Payment, PaymentState, Refund, RefundMethod
from marketplace.shared import clock
from marketplace.shared.errors import InvalidInput, StateConflict
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.ledger.earning import money_in
from tests.payments import billing


def sums(order: Order) -> dict[Account, int]:
    """Return account → balance over the entries of an order."""
    statement = (
        select(JournalLine.account, func.sum(JournalLine.amount))
        .join(JournalEntry)
        .where(JournalEntry.order_id == order.id)
        .group_by(JournalLine.account)
    )
    return {account: int(amount) for account, amount in db.session.execute(statement) if amount}


@pytest.fixture
def order(app: Flask) -> Order:
    """Return an order over Rp50.000 in a regency that takes transfers and QRIS."""
    billing.bank()
    billing.qris()
    return billing.order(50_000)


@pytest.mark.parametrize(("code", "account"), [("transfer", Account.BANK), ("qris", Account.QRIS)])
def test_the_exact_sum_pays_the_order(order: Order, code: str, account: Account) -> None:
    bill = billing.bill(order, code)
    paid = billing.confirmed(bill)
    assert (paid.state, paid.needs_review, paid.received_amount) == (PaymentState.CONFIRMED, False, bill.amount)
    assert billing.state_of(order) is OrderState.PROCESSING
    expected = {account: bill.amount, Account.CUSTOMER_DEPOSITS: -50_000}
    if bill.unique_code:
        expected[Account.UNIQUE_CODE_DISCOUNT] = bill.unique_code
    assert sums(order) == expected


def test_a_claim_waits_for_the_statement_and_is_confirmed_by_it(order: Order) -> None:
    bill = billing.bill(order)
    with unit_of_work():
        service.claim(bill.id, None, "Dari rekening Siti")
    assert (billing.fresh(bill).state, bill.note) == (PaymentState.CLAIMED, "Dari rekening Siti")
    assert billing.state_of(order) is OrderState.AWAITING_VERIFICATION
    assert sums(order) == {}
    billing.confirmed(bill)
    assert billing.state_of(order) is OrderState.PROCESSING


@pytest.mark.parametrize(
    ("difference", "state"),
    [
        (-20_000, OrderState.AWAITING_PAYMENT),
        (-1, OrderState.AWAITING_PAYMENT),
        (1, OrderState.AWAITING_VERIFICATION),
        (20_000, OrderState.AWAITING_VERIFICATION),
    ],
)
@pytest.mark.parametrize("claimed", [False, True])
def test_another_sum_is_kept_and_owed_back_but_pays_nothing(
    order: Order, difference: int, state: OrderState, claimed: bool
) -> None:
    bill = billing.bill(order)
    if claimed:
        with unit_of_work():
            service.claim(bill.id, None, "")
    received = bill.amount + difference
    paid = billing.confirmed(bill, received)
    assert (paid.state, paid.needs_review, paid.received_amount) == (PaymentState.CONFIRMED, True, received)
    assert billing.state_of(order) is state
    assert sums(order) == {Account.BANK: received, Account.REFUNDS_PAYABLE: -received}
    assert refund_due(order.id) == received


def test_another_bill_that_is_paid_in_full_pays_the_order(order: Order) -> None:
    bill = billing.bill(order)
    billing.confirmed(bill, 30_000)
    billing.confirmed(billing.bill(order, "qris"), reference="STM-2")
    assert billing.state_of(order) is OrderState.PROCESSING
    assert refund_due(order.id) == 30_000


def test_an_order_for_which_too_much_came_does_not_run_out_before_it_is_decided(order: Order) -> None:
    bill = billing.bill(order)
    billing.confirmed(bill, 60_000)
    with clock.at(clock.now() + dt.timedelta(days=5)):
        with unit_of_work():
            service.expire_due(clock.now())
            kept.use_for_order(bill.id, None)
        assert billing.state_of(order) is OrderState.PROCESSING


def test_an_order_whose_money_went_back_waits_for_its_buyer_again(order: Order) -> None:
    billing.confirmed(billing.bill(order), 60_000)
    money_in(60_000)
    with unit_of_work():
        refunds.record_refund(order.id, 60_000, RefundMethod.CASH, "Siti Contoh", "Salah bayar", None)
    assert billing.state_of(order) is OrderState.AWAITING_PAYMENT
    assert order.expires_at is not None
    assert order.expires_at > clock.now()
    billing.confirmed(billing.bill(order, "qris"), reference="STM-2")
    assert billing.state_of(order) is OrderState.PROCESSING


@pytest.mark.parametrize("over", [0, 25_000])
def test_kept_money_can_be_used_for_the_order(order: Order, over: int) -> None:
    bill = billing.bill(order)
    billing.confirmed(bill, 50_000 + over)  # the buyer forgot the unique code
    with unit_of_work():
        kept.use_for_order(bill.id, None)
    assert not billing.fresh(bill).needs_review
    assert billing.state_of(order) is OrderState.PROCESSING
    code = bill.unique_code if over else 0
    assert refund_due(order.id) == over + code
    assert sums(order).get(Account.UNIQUE_CODE_DISCOUNT, 0) == code
    with pytest.raises(StateConflict), unit_of_work():
        kept.use_for_order(bill.id, None)


def test_too_little_cannot_be_used(order: Order) -> None:
    bill = billing.bill(order)
    billing.confirmed(bill, bill.amount - 1)
    with pytest.raises(StateConflict), unit_of_work():
        kept.use_for_order(bill.id, None)
    assert billing.state_of(order) is OrderState.AWAITING_PAYMENT


def test_money_given_back_cannot_be_used_as_well(order: Order) -> None:
    bill = billing.bill(order)
    billing.confirmed(bill, 60_000)
    money_in(30_000)
    with unit_of_work():
        refunds.record_refund(order.id, 30_000, RefundMethod.CASH, "Siti Contoh", "Salah bayar", None)
    with pytest.raises(StateConflict), unit_of_work():
        kept.use_for_order(bill.id, None)


def test_money_for_an_order_that_ended_is_kept(order: Order) -> None:
    bill = billing.bill(order)
    with clock.at(clock.now() + dt.timedelta(hours=30)):
        with unit_of_work():
            service.expire_due(clock.now())
        paid = billing.confirmed(bill)
    assert (paid.state, paid.needs_review) == (PaymentState.CONFIRMED, True)
    assert billing.state_of(order) is OrderState.EXPIRED
    assert refund_due(order.id) == bill.amount
    with pytest.raises(StateConflict), unit_of_work():
        kept.use_for_order(bill.id, None)


def test_a_claim_that_comes_late_is_looked_at(order: Order) -> None:
    bill = billing.bill(order)
    with clock.at(clock.now() + dt.timedelta(hours=30)):
        with unit_of_work():
            service.expire_due(clock.now())
        with unit_of_work():
            service.claim(bill.id, None, "")
    assert (billing.fresh(bill).state, bill.needs_review) == (PaymentState.CLAIMED, True)
    assert billing.state_of(order) is OrderState.EXPIRED
    with unit_of_work():
        service.reject(bill.id, "Tidak ada di rekening", None)
    assert (billing.fresh(bill).state, bill.needs_review) == (PaymentState.REJECTED, False)


def test_an_order_that_is_paid_twice_is_paid_once(order: Order) -> None:
    transfer = billing.bill(order)
    with unit_of_work():
        scanned = service.change_method(order.id, "qris")
    billing.confirmed(scanned)
    second = billing.confirmed(transfer, reference="STM-2")
    assert (second.state, second.needs_review) == (PaymentState.CONFIRMED, True)
    assert refund_due(order.id) == transfer.amount
    assert sums(order)[Account.CUSTOMER_DEPOSITS] == -50_000


def test_money_for_goods_that_are_gone_is_kept(app: Flask) -> None:
    billing.bank()
    order = billing.order(stock=1)
    bill = billing.bill(order)
    with clock.at(clock.now() + dt.timedelta(hours=25)):
        from marketplace.orders.wanted import LineRequest
        from tests.orders.asking import placed

        product_id = order.lines[0].product_id
        placed(LineRequest(1, product_id=product_id))  # takes what the late order held
        paid = billing.confirmed(bill)
    assert (paid.state, paid.needs_review) == (PaymentState.CONFIRMED, True)
    assert billing.state_of(order) is OrderState.AWAITING_PAYMENT
    assert refund_due(order.id) == bill.amount


def test_a_line_of_the_statement_is_used_once(order: Order) -> None:
    other = billing.order(50_000)
    first, second = billing.bill(order), billing.bill(other)
    billing.confirmed(first, reference="FT2611-0001")
    with pytest.raises(InvalidInput) as refused:
        billing.confirmed(second, reference="FT2611-0001")
    assert refused.value.field == "reference"
    assert billing.fresh(second).state is PaymentState.PENDING
    assert billing.state_of(other) is OrderState.AWAITING_PAYMENT
    scanned = billing.bill(billing.order(), "qris")
    assert billing.confirmed(scanned, reference="FT2611-0001").state is PaymentState.CONFIRMED


def test_without_a_reference_nothing_is_confirmed(order: Order) -> None:
    bill = billing.bill(order)
    with pytest.raises(InvalidInput):
        billing.confirmed(bill, reference="")
    assert billing.fresh(bill).state is PaymentState.PENDING


def test_a_second_confirmation_has_no_effect(order: Order) -> None:
    bill = billing.bill(order)
    billing.confirmed(bill)
    with pytest.raises(StateConflict):
        billing.confirmed(bill)
    with pytest.raises(StateConflict):
        billing.confirmed(bill, reference="STM-2")
    assert billing.fresh(bill).provider_reference == "STM-1"
    assert sums(order)[Account.CUSTOMER_DEPOSITS] == -50_000


def test_a_claim_that_is_not_found_may_be_answered(order: Order) -> None:
    bill = billing.bill(order)
    with unit_of_work():
        service.claim(bill.id, None, "Dari rekening Siti")
    with unit_of_work():
        service.reject(bill.id, "Fotonya tidak terbaca", None)
    assert billing.fresh(bill).state is PaymentState.REJECTED
    assert (bill.note, bill.reason) == ("Dari rekening Siti", "Fotonya tidak terbaca")
    assert billing.state_of(order) is OrderState.AWAITING_PAYMENT
    assert order.expires_at == bill.expires_at
    with unit_of_work():
        service.claim(bill.id, None, "Foto baru")
    assert billing.state_of(order) is OrderState.AWAITING_VERIFICATION
    billing.confirmed(bill)
    assert billing.state_of(order) is OrderState.PROCESSING


def test_after_another_bill_was_made_the_old_claim_stays_closed(order: Order) -> None:
    bill = billing.bill(order)
    with unit_of_work():
        service.claim(bill.id, None, "")
    with unit_of_work():
        service.reject(bill.id, "Tidak ada", None)
    billing.bill(order, "qris")
    with pytest.raises(StateConflict), unit_of_work():
        service.claim(bill.id, None, "")


def test_cash_is_taken_and_the_goods_handed_over_at_once(order: Order) -> None:
    bill = billing.bill(order, "cash")
    with pytest.raises(StateConflict), unit_of_work():
        service.collect_cash(bill.id, 50_000, None)  # not packed yet
    billing.packed(order)
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        service.collect_cash(bill.id, 49_999, None)
    assert refused.value.field == "handed"
    with unit_of_work():
        assert service.collect_cash(bill.id, 100_000, None) == 50_000
    assert billing.state_of(order) is OrderState.COMPLETED
    assert billing.fresh(bill).received_amount == 50_000
    assert sums(order) == {Account.CASH: 50_000, Account.HOUSEHOLD_PAYABLE: -50_000}
    with pytest.raises(StateConflict), unit_of_work():
        service.collect_cash(bill.id, 50_000, None)


def test_cash_asks_for_what_is_left_after_short_shipping(app: Flask) -> None:
    from marketplace.orders.wanted import LineRequest
    from tests import make
    from tests.orders.asking import placed

    product = make.product(price=20_000, approved_price=20_000, stock=3)
    order = placed(LineRequest(3, product_id=product.id))
    bill = billing.bill(order, "cash")
    with unit_of_work():
        short_ship(order.id, order.lines[0].id, 1, "Kurang satu", None)
    billing.packed(order)
    with unit_of_work():
        assert service.collect_cash(bill.id, 40_000, None) == 0
    assert (billing.fresh(bill).amount, bill.needs_review) == (40_000, False)
    assert billing.state_of(order) is OrderState.COMPLETED


def test_a_cash_bill_takes_no_claim(order: Order) -> None:
    bill = billing.bill(order, "cash")
    with pytest.raises(StateConflict), unit_of_work():
        service.claim(bill.id, None, "")


def test_what_is_owed_back_is_given_back_once_and_never_more(order: Order) -> None:
    billing.confirmed(billing.bill(order))
    owed = 50_000 - db.session.scalars(select(Payment.unique_code)).one()
    with unit_of_work():
        cancel(order.id, by_buyer=True, reason="Salah pesan", actor_id=None)
    assert refund_due(order.id) == owed
    money_in(20_000)
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        refunds.record_refund(order.id, owed + 1, RefundMethod.CASH, "Siti Contoh", "Salah bayar", None)
    assert refused.value.field == "amount"
    with unit_of_work():
        refunds.record_refund(order.id, 10_000, RefundMethod.CASH, "Siti Contoh", "Salah bayar", None)
    with unit_of_work():
        refunds.record_refund(order.id, owed - 10_000, RefundMethod.TRANSFER, "TRF-9", "Salah bayar", None)
    assert refund_due(order.id) == 0
    with pytest.raises(InvalidInput), unit_of_work():
        refunds.record_refund(order.id, 1, RefundMethod.CASH, "Siti Contoh", "Salah bayar", None)
    assert db.session.scalar(select(func.sum(Refund.amount))) == owed
    kinds = db.session.scalars(select(JournalEntry.kind).where(JournalEntry.reference.startswith("refund:"))).all()
    assert kinds == [EntryKind.REFUND, EntryKind.REFUND]


def test_giving_everything_back_ends_the_review(order: Order) -> None:
    bill = billing.bill(order)
    billing.confirmed(bill, 70_000)
    money_in(70_000)
    with unit_of_work():
        refunds.record_refund(order.id, 20_000, RefundMethod.CASH, "Siti Contoh", "Salah bayar", None)
    assert billing.fresh(bill).needs_review
    with unit_of_work():
        refunds.record_refund(order.id, 50_000, RefundMethod.CASH, "Siti Contoh", "Salah bayar", None)
    assert not billing.fresh(bill).needs_review


def test_nothing_is_given_back_that_the_books_do_not_hold(order: Order) -> None:
    billing.confirmed(billing.bill(order, "qris"), 60_000)
    for method in set(RefundMethod) - {RefundMethod.QRIS}:  # where its money is
        with pytest.raises(InvalidInput) as refused, unit_of_work():
            refunds.record_refund(order.id, 60_000, method, "Siti Contoh", "Salah bayar", None)
        assert refused.value.field == "amount"
    assert (refund_due(order.id), db.session.query(Refund).count()) == (60_000, 0)
    with unit_of_work():
        move_money(make.REGENCY, Account.QRIS, Account.BANK, 60_000, "QRIS", "k", None)
    with unit_of_work():
        refunds.record_refund(order.id, 60_000, RefundMethod.TRANSFER, "TRF-9", "Salah bayar", None)
    assert refund_due(order.id) == 0


def test_one_transfer_gives_one_sum_back(app: Flask) -> None:
    money_in(10_000)
    billing.bank()
    order = billing.order(50_000)
    billing.confirmed(billing.bill(order))
    with unit_of_work():
        cancel(order.id, by_buyer=False, reason="Habis", actor_id=None)
    with unit_of_work():
        refunds.record_refund(order.id, 10_000, RefundMethod.TRANSFER, "TRF-9", "Batal", None)
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        refunds.record_refund(order.id, 10_000, RefundMethod.TRANSFER, "trf-9 ", "Batal", None)
    assert refused.value.field == "reference"
    with unit_of_work():  # who signed for cash signs again
        refunds.record_refund(order.id, 10_000, RefundMethod.CASH, "TRF-9", "Batal", None)
