"""What waits to be told stays true: renewed with the money and the days, dropped once it holds no more."""

import datetime as dt

import pytest
from flask import Flask

from marketplace.extensions import db
from marketplace.jobs import end_what_is_late, tell_buyers
from marketplace.notices.models import Channel, Notice, NoticeKind, NoticeState
from marketplace.orders import adjustments
from marketplace.orders import service as orders
from marketplace.orders.models import Order
from marketplace.payments import refunds, service
from marketplace.payments.models import Payment, Refund, RefundMethod, RefundState
from marketplace.shared import clock
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.ledger.earning import money_in
from tests.notices.mailbox import Mailbox
from tests.notices.test_telling import bought, told
from tests.payments import billing

H, DROPPED = NoticeState.BY_HAND, NoticeState.DROPPED


def waiting() -> list[Notice]:
    return [each for each in told() if each.state in (H, NoticeState.PENDING)]


def cancelled(order: Order) -> None:
    with unit_of_work():
        adjustments.cancel(order.id, by_buyer=True, reason="Batal", actor_id=None)


def given_back(order: Order, amount: int, reference: str) -> None:
    with unit_of_work():
        refunds.record_refund(order.id, amount, RefundMethod.TRANSFER, reference, "Batal", None)


def claimed(payment: Payment) -> None:
    with unit_of_work():
        service.claim(payment.id, None, "")


def test_money_that_went_back_in_parts_is_told_part_by_part(app: Flask) -> None:
    order = billing.order(50_000)
    billing.confirmed(billing.bill(order), 50_000)
    cancelled(order)
    for number, amount in enumerate((10_000, 15_000, 25_000)):
        given_back(order, amount, f"TRF-{number}")
        tell_buyers(app)
    assert [each.kind for each in waiting()] == [NoticeKind.REFUNDED] * 3
    for each, amount in zip(waiting(), ("Rp10.000", "Rp15.000", "Rp25.000"), strict=True):
        assert amount in each.body


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([RefundState.REQUESTED], []),
        ([RefundState.FAILED], []),
        ([RefundState.SUCCEEDED], [H]),
        ([RefundState.SUCCEEDED, RefundState.FAILED], [DROPPED]),
    ],
)
def test_only_money_that_went_is_told_to_have_gone(
    app: Flask, states: list[RefundState], expected: list[NoticeState]
) -> None:
    order = billing.order(50_000)
    billing.confirmed(billing.bill(order), 50_000)
    cancelled(order)
    given_back(order, 50_000, "TRF-1")
    for state in states:
        with unit_of_work():
            db.session.query(Refund).one().state = state
        tell_buyers(app)
    assert [each.state for each in told()] == expected


@pytest.mark.parametrize("is_claimed", [False, True])
def test_who_sent_too_little_is_asked_once_for_the_rest_until_when(app: Flask, is_claimed: bool) -> None:
    order = billing.order(50_000)
    bill = billing.bill(order)
    if is_claimed:
        claimed(bill)
    billing.confirmed(bill, 30_000)
    for _minute in range(2):
        tell_buyers(app)
    (short,) = told()
    assert (short.kind, short.channel, short.state) == (NoticeKind.SHORT, Channel.WHATSAPP, H)
    assert "Please send it until" in short.body
    again = make.add(Payment(order_id=order.id, provider="transfer", amount=20_000 - bill.unique_code))
    billing.confirmed(again, reference="STM-2")
    tell_buyers(app)
    assert waiting() == []


def test_the_last_moment_for_the_rest_is_the_one_that_counts_now(app: Flask) -> None:
    order = billing.order(50_000)
    billing.confirmed(billing.bill(order), 30_000)
    tell_buyers(app)
    (before,) = [each.body for each in waiting()]
    with unit_of_work():
        orders.set_deadline(order.id, clock.now() + dt.timedelta(days=4))
    tell_buyers(app)
    (after,) = [each.body for each in waiting()]
    assert after != before
    with clock.at(clock.now() + dt.timedelta(days=5)):
        end_what_is_late(app)
        tell_buyers(app)
    assert [each.state for each in told()] == [DROPPED]


@pytest.mark.parametrize("amount", [30_000, 50_000])
def test_money_for_an_order_that_has_ended_is_told_until_it_went_back(app: Flask, amount: int) -> None:
    order = billing.order(50_000)
    bill = billing.bill(order)
    cancelled(order)
    billing.confirmed(bill, amount)
    for _minute in range(2):
        tell_buyers(app)
    (late,) = told()
    assert (late.channel, late.state, late.recipient) == (Channel.WHATSAPP, H, order.buyer_phone)
    assert f"Rp{amount // 1000}.000 arrived" in late.body
    assert "gives the money back" in late.body
    given_back(order, amount, "TRF-1")
    tell_buyers(app)
    assert [each.kind for each in waiting()] == [NoticeKind.REFUNDED]


def test_money_that_was_there_before_the_end_is_not_called_late(app: Flask) -> None:
    order = billing.order(50_000)
    billing.confirmed(billing.bill(order), 30_000)
    cancelled(order)
    tell_buyers(app)
    assert waiting() == []


def test_money_that_pays_is_no_news_by_hand(app: Flask) -> None:
    order = billing.order(50_000)
    billing.confirmed(billing.bill(order))
    tell_buyers(app)
    assert told() == []


def test_a_payment_that_was_not_found_is_asked_about_until_it_is(app: Flask) -> None:
    bill = billing.bill(billing.order(50_000))
    claimed(bill)
    with unit_of_work():
        service.reject(bill.id, "Belum masuk", None)
    tell_buyers(app)
    assert [each.kind for each in waiting()] == [NoticeKind.NOT_FOUND]
    claimed(billing.fresh(bill))
    tell_buyers(app)
    assert waiting() == []


def test_a_text_that_offers_a_day_does_so_until_it_is_over_or_the_order_is_fetched(app: Flask) -> None:
    order = billing.order(50_000)
    billing.bill(order, "cash")
    billing.packed(order)
    tell_buyers(app)
    assert "Please fetch it until" in waiting()[0].body
    db.session.refresh(order)
    assert order.expires_at is not None
    with clock.at(order.expires_at + dt.timedelta(hours=1)):
        tell_buyers(app)
    assert "Please fetch it until" not in waiting()[0].body
    assert "please ask the office" in waiting()[0].body
    with unit_of_work():
        adjustments.cancel(order.id, by_buyer=False, reason="Tidak diambil", actor_id=None)
    tell_buyers(app)
    assert waiting() == []


def test_who_has_paid_is_given_no_last_day_of_a_bill(app: Flask) -> None:
    order = billing.order(50_000)
    billing.confirmed(billing.bill(order))
    billing.packed(order)
    tell_buyers(app)
    assert "until" not in waiting()[0].body
    with unit_of_work():
        orders.hand_over(order.id, None)
    tell_buyers(app)
    assert [each.state for each in told()] == [DROPPED]


def test_money_that_went_back_leaves_the_pick_up_code_on_the_list(app: Flask) -> None:
    order = billing.order(50_000)
    billing.confirmed(billing.bill(order), 60_000)
    with unit_of_work():
        service.pay_with(orders.locked(order.id), _kept(order), None)
    billing.packed(order)
    tell_buyers(app)
    money_in(100_000)
    given_back(order, 5_000, "TRF-1")
    tell_buyers(app)
    assert {each.kind for each in waiting()} == {NoticeKind.PACKED, NoticeKind.REFUNDED}


def _kept(order: Order) -> service.Kept:
    return service.queries.kept_of(db.session.get_one(Order, order.id))


def test_an_e_mail_that_did_not_go_yet_is_dropped_when_it_holds_no_more(app: Flask, mailbox: Mailbox) -> None:
    order = bought()
    billing.confirmed(billing.bill(order))
    tell_buyers(app)
    mailbox.fail("MAIL", "451 come again")
    billing.packed(order)
    tell_buyers(app)
    assert [each.kind for each in waiting()] == [NoticeKind.PACKED]
    with unit_of_work():
        orders.hand_over(order.id, None)
    tell_buyers(app)
    assert waiting() == []
    assert told()[-1].kind is NoticeKind.DELIVERED
    assert not any("pick-up code" in text for text in mailbox.texts())
