"""Money back the way it came: reserved, sent once, in the books when it was sent; and what banks dispute."""

import datetime as dt
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from marketplace.extensions import db
from marketplace.ledger.models import Account, JournalLine
from marketplace.orders import adjustments
from marketplace.orders.queries import refund_due
from marketplace.payments import online_refunds, reconcile, refunds, reserved, rules
from marketplace.payments.models import Dispute, DisputeState, Payment, Refund, RefundMethod, RefundState
from marketplace.payments.provider import Money, RefundStanding
from marketplace.reports import checks
from marketplace.shared import transaction
from marketplace.shared.errors import InvalidInput
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.payments import billing, paying, stripe_stub
from tests.payments.paying import STRIPE, deliver
from tests.payments.stripe_stub import Stub

R, D = RefundState, DisputeState


@pytest.fixture
def stub(app: Flask) -> Iterator[Stub]:
    """Run the service; the books are whole in the end."""
    with stripe_stub.serve() as running, paying.switched_on(app, running.url):
        yield running
        assert running.problems == []
        transaction.rollback()
        assert {check.name: found.faults for check in checks.ALL if (found := check.run()).broken} == {}


@pytest.fixture
def owed(stub: Stub) -> Payment:
    """Return a payment of 50,000 rupiah at Stripe whose order was cancelled."""
    payment = paying.paid(stub)
    with unit_of_work():
        adjustments.cancel(payment.order_id, by_buyer=True, reason="Batal", actor_id=None)
    return billing.fresh(payment)


def asked(payment: Payment, amount: int) -> int:
    with unit_of_work():
        return online_refunds.request(payment.order_id, amount, "Batal", None).id


def sent(refund_id: int) -> Refund:
    online_refunds.send(refund_id)
    transaction.keep_so_far()
    return fresh(refund_id)


def fresh(refund_id: int) -> Refund:
    db.session.rollback()
    return db.session.get_one(Refund, refund_id, populate_existing=True)


def balance(account: Account) -> int:
    db.session.rollback()
    return int(db.session.scalar(select(func.sum(JournalLine.amount)).where(JournalLine.account == account)) or 0)


def test_every_step_of_a_refund() -> None:
    allowed = {(R.REQUESTED, R.SUCCEEDED), (R.REQUESTED, R.FAILED), (R.SUCCEEDED, R.FAILED)}
    assert {(old, new) for old in R for new in R if rules.refund_moves(old, new)} == allowed


def test_every_step_of_a_dispute() -> None:
    allowed = {(D.OPEN, new) for new in (D.WON, D.LOST, D.CLOSED)}
    assert {(old, new) for old in D for new in D if rules.dispute_moves(old, new)} == allowed


def test_a_refund_is_reserved_then_sent_then_booked(owed: Payment, stub: Stub) -> None:
    refund_id = asked(owed, 20_000)
    assert (refund_due(owed.order_id), reserved.free_to_give(owed.order_id)) == (50_000, 30_000)
    assert balance(Account.STRIPE) == 50_000
    assert sent(refund_id).state is R.SUCCEEDED
    assert (refund_due(owed.order_id), balance(Account.STRIPE)) == (30_000, 30_000)
    whole = sent(asked(owed, 30_000))
    assert (whole.state, refund_due(owed.order_id), balance(Account.STRIPE)) == (R.SUCCEEDED, 0, 0)
    assert sum(each["amount"] for each in stub.refunds.values()) == 5_000_000


def test_what_is_reserved_is_given_by_nobody_else(owed: Payment) -> None:
    asked(owed, 40_000)
    billing.bank()
    billing.confirmed(billing.bill(billing.order()))  # so that there is money in the bank
    with pytest.raises(InvalidInput), unit_of_work():
        refunds.record_refund(owed.order_id, 10_001, RefundMethod.TRANSFER, "Siti", "Batal", None)
    with pytest.raises(InvalidInput):
        asked(owed, 10_001)
    with unit_of_work():
        refunds.record_refund(owed.order_id, 10_000, RefundMethod.TRANSFER, "Siti", "Batal", None)
    assert reserved.free_to_give(owed.order_id) == 0


def test_no_payment_gives_back_more_than_it_brought(owed: Payment) -> None:
    billing.bank()
    assert online_refunds.left_online(owed.order_id) == {owed.id: 50_000}
    asked(owed, 50_000)
    assert online_refunds.left_online(owed.order_id) == {}
    other = billing.confirmed(billing.bill(billing.order()))
    with unit_of_work():
        adjustments.cancel(other.order_id, by_buyer=True, reason="Batal", actor_id=None)
    with pytest.raises(InvalidInput):  # it came by transfer
        asked(other, 10_000)


@pytest.mark.parametrize("fault", ["500", "lost"])
def test_a_refund_whose_answer_was_lost_is_sent_once(owed: Payment, stub: Stub, fault: str) -> None:
    refund_id = asked(owed, 20_000)
    stub.faults.extend(["", *[fault] * 3])  # the first asks what was sent before
    reconcile.run()
    transaction.rollback()
    assert fresh(refund_id).state is R.REQUESTED
    stub.keys.clear()  # Stripe forgets keys after a day
    reconcile.run()
    assert fresh(refund_id).state is R.SUCCEEDED
    assert len(stub.refunds) == 1


def test_a_refund_that_takes_time_is_booked_when_it_is_told(client: FlaskClient, owed: Payment, stub: Stub) -> None:
    stub.refund_status = "pending"
    refund = sent(asked(owed, 20_000))
    assert (refund.state, balance(Account.STRIPE)) == (R.REQUESTED, 50_000)
    reference = str(refund.provider_reference)
    stub.refunds[reference]["status"] = "succeeded"
    for kind in ("refund.updated", "refund.created", "refund.updated"):
        deliver(client, stub.event(kind, reference))
    assert (fresh(refund.id).state, balance(Account.STRIPE)) == (R.SUCCEEDED, 30_000)


def test_a_refund_that_comes_back_is_owed_again(client: FlaskClient, owed: Payment, stub: Stub) -> None:
    refund = sent(asked(owed, 50_000))
    reference = str(refund.provider_reference)
    stub.refunds[reference] |= {"status": "failed", "failure_reason": "expired_or_canceled_card"}
    for _message in range(2):
        deliver(client, stub.event("refund.failed", reference))
    failed = fresh(refund.id)
    assert (failed.state, failed.problem) == (R.FAILED, "expired_or_canceled_card")
    assert (refund_due(owed.order_id), balance(Account.STRIPE)) == (50_000, 50_000)


def test_a_refund_that_stripe_refuses_goes_to_the_treasurer(owed: Payment, stub: Stub) -> None:
    stub.intents[str(owed.charge_reference)]["refunded"] = 4_000_000
    refund = sent(asked(owed, 20_000))
    assert (refund.state, "greater than unrefunded" in refund.problem) == (R.FAILED, True)
    assert reserved.free_to_give(owed.order_id) == 50_000


def test_a_refund_made_in_the_dashboard_is_booked_once(client: FlaskClient, owed: Payment, stub: Stub) -> None:
    name = stub.refund_outside(str(owed.charge_reference), 2_000_000)
    deliver(client, stub.event("charge.refunded", stub.refunds[name]["charge"]))
    for kind in ("refund.created", "refund.updated"):
        deliver(client, stub.event(kind, name))
    assert db.session.query(Refund).count() == 1
    assert (refund_due(owed.order_id), balance(Account.STRIPE)) == (30_000, 30_000)


def test_a_refund_before_the_payment_is_known_waits_for_nothing(client: FlaskClient, stub: Stub) -> None:
    """Messages come in any order: what is told of a charge first tells of its payment too."""
    payment = paying.bill()
    intent = stub.pay(paying.opened(payment))
    name = stub.dispute(intent, 5_000_000)
    deliver(client, stub.event("charge.dispute.created", name))
    assert billing.fresh(payment).charge_reference == intent
    assert db.session.scalars(select(Dispute)).one().is_held_back
    assert (balance(Account.STRIPE), balance(Account.DISPUTED)) == (0, 50_000)


def test_the_treasurer_gives_it_back_by_one_button(client: FlaskClient, owed: Payment, stub: Stub) -> None:
    make.sign_in(client, make.user(Role.TREASURER))
    address = f"/dinas/pengembalian/{owed.order_id}"
    page = client.get(address).text
    assert "Back the way it came" in page
    sent_form = {"key": "k", "amount": "50.000", "method": "online", "reference": "", "reason": "Batal"}
    for wrong in ({"amount": "50.001"}, {"reason": ""}, {"method": "cash"}):
        assert client.post(address, data={**sent_form, **wrong}).status_code == 422, wrong
    done = client.post(address, data=sent_form, follow_redirects=True)
    assert "Sent back the way it came" in done.text
    assert client.post(address, data=sent_form).status_code == 302  # pressed twice
    assert len(stub.refunds) == 1
    assert "The way you paid" in client.get(f"/p/{owed.order.token}").text
    assert owed.order.number not in client.get("/dinas/pengembalian").text


def test_a_refund_while_stripe_is_away_is_said_and_kept(client: FlaskClient, owed: Payment, stub: Stub) -> None:
    make.sign_in(client, make.user(Role.TREASURER))
    stub.faults.extend(["500"] * 3)
    form = {"key": "k", "amount": "50.000", "method": "online", "reason": "Batal"}
    said = client.post(f"/dinas/pengembalian/{owed.order_id}", data=form, follow_redirects=True).text
    assert "We ask again by ourselves" in said
    assert "On its way" in said
    assert owed.order.number not in client.get("/dinas/pengembalian").text
    reconcile.run()
    assert db.session.scalars(select(Refund.state)).one() is R.SUCCEEDED


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 60_000), st.sampled_from(list(R))), min_size=1, max_size=6))
def test_whatever_is_asked_and_answered_the_money_fits(owed: Payment, parts: list[tuple[int, RefundState]]) -> None:
    """Ask for sums and let each answer come twice; what is owed, reserved and booked always sums to what was paid."""
    for number, (amount, state) in enumerate(parts):
        try:
            refund_id = asked(owed, amount)
        except InvalidInput:
            assert amount > min(reserved.free_to_give(owed.order_id), online_left(owed))
            continue
        name = f"re_{refund_id}_{number}"
        fact = RefundStanding(name, str(owed.charge_reference), state, Money(amount, True, ""), refund_id)
        for _time in range(2):
            with unit_of_work():
                online_refunds.note(STRIPE, fact)
        assert refund_due(owed.order_id) == balance(Account.STRIPE) == 50_000 - total(R.SUCCEEDED)
        assert reserved.free_to_give(owed.order_id) == 50_000 - total(R.SUCCEEDED) - total(R.REQUESTED) >= 0


def online_left(payment: Payment) -> int:
    return online_refunds.left_online(payment.order_id).get(payment.id, 0)


def total(state: RefundState) -> int:
    return int(db.session.scalar(select(func.sum(Refund.amount)).where(Refund.state == state)) or 0)


@pytest.mark.parametrize(
    ("status", "state", "held", "lost"),
    [("lost", D.LOST, 0, 50_000), ("won", D.WON, 0, 0), ("under_review", D.OPEN, 50_000, 0)],
)
def test_a_dispute_is_booked_as_its_money_moves(
    client: FlaskClient, stub: Stub, status: str, state: DisputeState, held: int, lost: int
) -> None:
    payment = paying.paid(stub)
    name = stub.dispute(str(payment.charge_reference), 5_000_000)
    deliver(client, stub.event("charge.dispute.created", name))
    assert (balance(Account.STRIPE), balance(Account.DISPUTED)) == (0, 50_000)
    stub.disputes[name]["status"] = status
    for _message in range(2):
        deliver(client, stub.event("charge.dispute.closed", name))
    assert db.session.scalars(select(Dispute.state)).one() is state
    sums = {account: balance(account) for account in (Account.DISPUTED, Account.DISPUTE_LOSSES, Account.STRIPE)}
    assert list(sums.values()) == [held, lost, 50_000 - held - lost]


def test_a_mere_question_moves_no_money_until_it_is_more(client: FlaskClient, stub: Stub) -> None:
    payment = paying.paid(stub)
    name = stub.dispute(str(payment.charge_reference), 5_000_000, "warning_needs_response")
    deliver(client, stub.event("charge.dispute.created", name))
    assert balance(Account.STRIPE) == 50_000
    stub.disputes[name]["status"] = "needs_response"
    deliver(client, stub.event("charge.dispute.created", name))
    assert (balance(Account.STRIPE), balance(Account.DISPUTED)) == (0, 50_000)


def test_the_treasurer_sees_a_dispute_where_his_work_is(client: FlaskClient, stub: Stub) -> None:
    payment = paying.paid(stub)
    name = stub.dispute(str(payment.charge_reference), 5_000_000)
    deliver(client, stub.event("charge.dispute.created", name))
    make.sign_in(client, make.user(Role.TREASURER))
    assert "Disputes to answer" in client.get("/dinas").text
    dispute = db.session.scalars(select(Dispute)).one()
    assert f"/dinas/pembayaran/sengketa/{dispute.id}" in client.get("/dinas/pembayaran/sengketa").text
    page = client.get(f"/dinas/pembayaran/sengketa/{dispute.id}").text
    assert f"https://dashboard.stripe.com/disputes/{name}" in page
    assert dispute.answer_by is not None
    assert dispute.answer_by > dispute.opened_at + dt.timedelta(days=6)
    stub.disputes[name]["status"] = "lost"
    deliver(client, stub.event("charge.dispute.closed", name))
    assert "Lost: the buyer got the money back" in client.get(f"/dinas/pembayaran/sengketa/{dispute.id}").text
    assert name not in client.get("/dinas/pembayaran/sengketa").text
    assert payment.order.number in client.get("/dinas/pembayaran/sengketa?semua=1").text
    with unit_of_work():
        adjustments.cancel(payment.order_id, by_buyer=False, reason="Sengketa", actor_id=None)
    assert "by his bank in a dispute" in client.get(f"/dinas/pengembalian/{payment.order_id}").text
