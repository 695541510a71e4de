"""Making a bill: which ways fit, unique codes, one open bill per order, another way."""

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.areas.models import FigureKey
from marketplace.areas.service import set_figure
from marketplace.extensions import db
from marketplace.orders.models import DeliveryMethod, OrderState
from marketplace.payments import service
from marketplace.payments.models import PaymentState, UniqueCode
from marketplace.payments.providers import PROVIDERS, available
from marketplace.shared import clock
from marketplace.shared.errors import InvalidInput, NotFound, StateConflict
from marketplace.shared.transaction import unit_of_work
from marketplace.stock.models import Hold, HoldState
from tests import make
from tests.payments import billing


def offered(total: int, method: DeliveryMethod = DeliveryMethod.PICKUP, area_code: str = make.REGENCY) -> set[str]:
    return {provider.code for provider in available(total, method, area_code)}


def test_a_way_to_pay_is_offered_where_account_sum_and_delivery_fit(app: Flask) -> None:
    assert offered(50_000) == {"cash"}
    billing.bank()
    billing.qris()
    billing.bank(make.OTHER_REGENCY)
    assert offered(50_000) == {"cash", "transfer", "qris"}
    assert offered(50_000, DeliveryMethod.ADDRESS) == {"transfer", "qris"}
    assert offered(9_999) == {"cash", "qris"}
    assert offered(10_000_000) == {"cash", "transfer", "qris"}
    assert offered(10_000_001) == {"cash", "transfer"}


def test_a_regency_may_set_its_own_cap(app: Flask) -> None:
    poor = make.OTHER_REGENCY
    billing.qris(poor)
    assert offered(50_000, area_code=poor) == {"cash", "qris"}
    with unit_of_work():
        set_figure(FigureKey.QRIS_CAP, poor, 40_000, dt.date(2022, 1, 1), "Test")
        seen = offered(50_000, area_code=poor)
        db.session.rollback()  # figures are kept from test to test
    assert seen == {"cash"}


def test_a_transfer_asks_for_the_sum_less_its_code_and_holds_the_goods_as_long(app: Flask) -> None:
    account, order = billing.bank(), billing.order(50_000)
    payment = billing.bill(order)
    assert 1 <= payment.unique_code <= 999
    assert payment.amount == 50_000 - payment.unique_code
    assert (payment.account_id, payment.instruction["number"]) == (account.id, account.number)
    assert payment.expires_at == order.expires_at
    assert db.session.scalars(select(Hold.expires_at)).all() == [payment.expires_at]
    assert payment.expires_at - payment.created_at == pytest.approx(dt.timedelta(hours=24), abs=dt.timedelta(minutes=1))


def test_no_two_open_bills_ask_for_the_same_sum_or_code(app: Flask) -> None:
    billing.bank()
    bills = [billing.bill(billing.order(price)) for price in (50_000, 50_000, 50_100, 50_900) * 10]
    assert len({bill.unique_code for bill in bills}) == len(bills)
    assert len({bill.amount for bill in bills}) == len(bills)


def test_when_no_code_is_free_the_buyer_is_asked_to_choose_another_way(app: Flask) -> None:
    account, first = billing.bank(), billing.bill(billing.order())
    codes = set(range(1, 1000)) - {first.unique_code}
    later = clock.now() + dt.timedelta(hours=1)
    make.add(*(UniqueCode(account_id=account.id, code=c, payment_id=first.id, reserved_until=later) for c in codes))
    order = billing.order()
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        service.start(order.id, "transfer")
    assert refused.value.field == "payment_method"
    assert billing.state_of(order) is OrderState.AWAITING_PAYMENT
    assert billing.bill(order, "cash").state is PaymentState.PENDING


def test_a_code_stays_reserved_a_while_after_its_bill_closed(app: Flask) -> None:
    billing.bank()
    order = billing.order()
    bill = billing.bill(order)
    with unit_of_work():
        service.change_method(order.id, "cash")
    kept = db.session.scalars(select(UniqueCode)).one()
    hours = (kept.reserved_until - clock.now()) / dt.timedelta(hours=1)
    assert hours == pytest.approx(72, abs=0.1)
    with clock.at(clock.now() + dt.timedelta(hours=71)):
        billing.bill(billing.order())
    assert kept.code in set(db.session.scalars(select(UniqueCode.code).where(UniqueCode.payment_id == bill.id)))
    with clock.at(clock.now() + dt.timedelta(hours=73)):
        billing.bill(billing.order())
    assert db.session.scalar(select(func.count()).where(UniqueCode.payment_id == bill.id)) == 0


def test_the_code_of_an_open_bill_is_never_dropped_however_late(app: Flask) -> None:
    billing.bank()
    first = billing.bill(billing.order())
    with unit_of_work():
        service.claim(first.id, None, "sudah")
    with clock.at(clock.now() + dt.timedelta(days=30)):
        billing.bill(billing.order())
    assert db.session.scalar(select(func.count()).where(UniqueCode.payment_id == first.id)) == 1


def test_the_same_bill_again_is_the_same_and_another_one_is_refused(app: Flask) -> None:
    billing.bank()
    order = billing.order()
    first = billing.bill(order)
    assert billing.bill(order).id == first.id
    with pytest.raises(StateConflict), unit_of_work():
        service.start(order.id, "cash")


def test_cash_is_packed_on_the_buyers_word_and_held_until_pick_up(app: Flask) -> None:
    order = billing.order()
    payment = billing.bill(order, "cash")
    assert (payment.amount, payment.expires_at) == (50_000, None)
    assert billing.state_of(order) is OrderState.PROCESSING
    assert db.session.scalars(select(Hold.expires_at).where(Hold.state == HoldState.ACTIVE)).all() == [None]


@pytest.mark.parametrize("code", ["transfer", "stripe", "", "CASH"])
def test_a_way_that_is_not_offered_is_refused(app: Flask, code: str) -> None:
    order = billing.order()
    with pytest.raises(InvalidInput), unit_of_work():
        service.start(order.id, code)


def test_another_way_cancels_the_bill_and_makes_a_new_one(app: Flask) -> None:
    billing.bank()
    billing.qris()
    order = billing.order()
    old = billing.bill(order)
    with unit_of_work():
        new = service.change_method(order.id, "qris")
    assert billing.fresh(old).state is PaymentState.CANCELLED
    assert (billing.fresh(new).state, order.payment_method) == (PaymentState.PENDING, "qris")
    assert order.expires_at == new.expires_at
    with unit_of_work():
        assert service.change_method(order.id, "qris").id == new.id


def test_after_a_claim_the_way_to_pay_stays(app: Flask) -> None:
    billing.bank()
    order = billing.order()
    bill = billing.bill(order)
    with unit_of_work():
        service.claim(bill.id, None, "")
    with pytest.raises(StateConflict), unit_of_work():
        service.change_method(order.id, "cash")
    assert billing.fresh(bill).state is PaymentState.CLAIMED


def test_unpaid_orders_end_with_their_bills(app: Flask) -> None:
    billing.bank()
    late, claimed, cash = billing.order(), billing.order(), billing.order()
    late_bill, claimed_bill, cash_bill = billing.bill(late), billing.bill(claimed), billing.bill(cash, "cash")
    with unit_of_work():
        service.claim(claimed_bill.id, None, "")
    with unit_of_work():
        assert service.expire_due(clock.now()) == 0
    with clock.at(clock.now() + dt.timedelta(hours=25)), unit_of_work():
        assert service.expire_due(clock.now()) == 1
    assert billing.state_of(late) is OrderState.EXPIRED
    assert billing.fresh(late_bill).state is PaymentState.EXPIRED
    assert billing.fresh(claimed_bill).state is PaymentState.CLAIMED
    assert billing.fresh(cash_bill).state is PaymentState.PENDING


def test_bills_of_orders_that_were_cancelled_end_too(app: Flask) -> None:
    from marketplace.orders.adjustments import cancel

    billing.bank()
    order = billing.order()
    bill = billing.bill(order)
    with unit_of_work():
        cancel(order.id, by_buyer=True, reason="", actor_id=None)
    with unit_of_work():
        service.expire_due(clock.now())
    assert billing.fresh(bill).state is PaymentState.EXPIRED


def test_the_three_ways_need_a_person_and_are_told_nothing_by_machine(app: Flask) -> None:
    for provider in (each for each in PROVIDERS.values() if each.code != "stripe"):
        assert provider.needs_staff_confirmation
        assert provider.fetch("") is None
        with pytest.raises(NotFound):
            provider.parse_webhook({}, b"{}")
