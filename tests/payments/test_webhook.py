"""Messages of Stripe: signed or refused, once each, whatever order and however often they come."""

import random
import time
from collections.abc import Iterator

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace.extensions import db
from marketplace.ledger.models import EntryKind, JournalEntry
from marketplace.orders.models import OrderState
from marketplace.payments.models import Dispute, EventOutcome, Payment, PaymentState, ProviderEvent, Refund
from marketplace.reports import checks
from marketplace.shared import transaction
from marketplace.shared.policy import Role
from tests import make
from tests.payments import billing, paying, stripe_stub
from tests.payments.paying import bill, deliver, opened
from tests.payments.stripe_stub import Stub, signed
from tests.races import harness

PAID = "checkout.session.completed"
DELIVERIES = 50


@pytest.fixture
def stub(app: Flask) -> Iterator[Stub]:
    """Run the service; the books are whole in the end."""
    with stripe_stub.serve() as running, paying.switched_on(app, running.url):
        yield running
        assert running.problems == []
        transaction.rollback()
        assert {check.name: found.faults for check in checks.ALL if (found := check.run()).broken} == {}


def test_what_is_not_signed_by_stripe_is_refused(client: FlaskClient, stub: Stub) -> None:
    payment = bill()
    session = opened(payment)
    stub.pay(session)
    body = stub.event(PAID, session)
    count = len(stub.requests)
    long_ago = int(time.time()) - 301
    wrong = [
        (body, {}),
        (body, {"Stripe-Signature": "nonsense"}),
        (body, {"Stripe-Signature": "t=x,v1=y"}),
        (body, signed(body, secret="whsec_lain")),
        (body, signed(body, at=long_ago)),
        (body + b" ", signed(body)),
        (b"\xff\xfe", signed(body)),
        (b"[]", signed(b"[]")),
        (b"{}", signed(b"{}")),
        (b"not json", signed(b"not json")),
    ]
    for raw, headers in wrong:
        answer = client.post("/webhook/stripe", data=raw, headers={"Content-Type": "application/json", **headers})
        assert answer.status_code == 400, (raw, headers)
    assert (len(stub.requests), db.session.query(ProviderEvent).count()) == (count, 0)
    assert deliver(client, body, signed(body, at=long_ago + 10)).status_code == 200
    assert billing.state_of(payment.order) is OrderState.PROCESSING


def test_a_message_needs_no_token_of_our_forms(app: Flask, client: FlaskClient, stub: Stub) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert deliver(client, stub.event("customer.created", "cus_1")).status_code == 200
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


def test_kinds_that_change_nothing_are_written_down(client: FlaskClient, stub: Stub) -> None:
    deliver(client, stub.event("customer.created", "cus_1"))
    row = db.session.scalars(select(ProviderEvent)).one()
    assert (row.kind, row.reference, row.outcome) == ("customer.created", "cus_1", EventOutcome.NOTHING)
    assert stub.requests == []


def test_a_message_comes_again_while_the_service_is_away(client: FlaskClient, stub: Stub) -> None:
    payment = bill()
    session = opened(payment)
    stub.pay(session)
    body = stub.event(PAID, session)
    stub.faults.extend(["500"] * 3)
    assert deliver(client, body).status_code == 503
    assert db.session.query(ProviderEvent).count() == 0
    assert deliver(client, body).status_code == 200
    assert billing.state_of(payment.order) is OrderState.PROCESSING


def test_a_message_before_the_reply_to_the_buyer_fits(client: FlaskClient, stub: Stub) -> None:
    """The service knows of the page, we do not yet: what we wrote on it says whose it is."""
    payment = bill()
    attempt = paying.online.ready(payment.order_id)
    transaction.keep_so_far()
    page = paying.STRIPE.open_page(attempt.ask)
    stub.pay(page.reference)
    assert deliver(client, stub.event(PAID, page.reference)).status_code == 200
    assert billing.state_of(payment.order) is OrderState.PROCESSING
    paying.online.remember(payment.id, page)
    transaction.keep_so_far()
    assert billing.fresh(payment).state is PaymentState.CONFIRMED


def test_a_message_that_fits_nothing_is_settled_by_the_treasurer(client: FlaskClient, stub: Stub) -> None:
    payment = paying.paid(stub)
    refund = stub.refund_outside(str(payment.charge_reference), 2_000_000)
    deliver(client, stub.event("refund.created", refund))
    make.sign_in(client, make.user(Role.TREASURER))
    row = db.session.scalars(select(ProviderEvent)).one()
    address = f"/dinas/pembayaran/pesan/{row.id}"
    assert refund in client.get("/dinas/pembayaran/pesan").text
    assert "Messages of Stripe to look at" in client.get("/dinas").text
    assert "was not owed" in client.get(address).text
    still = client.post(f"{address}/ulangi", follow_redirects=True)
    assert "still does not fit" in still.text
    assert client.post(address, data={"note": ""}).status_code == 422
    assert "Settled." in client.post(address, data={"note": "Salah tekan"}, follow_redirects=True).text
    assert client.post(address, data={"note": "Lagi"}).status_code == 422
    page = client.get(address).text
    assert "Salah tekan" in page
    assert "Lagi" not in page.replace('value="Lagi"', "")
    assert refund not in client.get("/dinas/pembayaran/pesan").text
    deliver(client, stub.event("refund.updated", refund))  # settled is settled
    assert refund not in client.get("/dinas/pembayaran/pesan").text


# Fifty deliveries of each of twenty messages


def delivering(base: str, messages: tuple[bytes, ...], seed: int) -> harness.Task:
    """Deliver messages, each as often, in an order of its own for each process."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    paying.switch_on(app, base, answer_seconds=30)
    client = app.test_client()
    turns = [number for number in range(len(messages)) for _delivery in range(DELIVERIES)]
    random.Random(seed).shuffle(turns)

    def task(number: int) -> str:
        body = messages[turns[number]]
        return str(deliver(client, body).status_code)

    return task


def lot(stub: Stub) -> tuple[bytes, ...]:
    """Let everything happen that messages tell of, and return them: twenty, some about the same."""
    paid = [bill() for _number in range(4)]
    sessions = [opened(payment) for payment in paid]
    intents = [stub.pay(session) for session in sessions]
    short, gone, coming, failed = bill(), bill(), bill(), bill()
    stub.pay(opened(short), amount=4_000_000)
    stub.sessions[opened(gone)]["status"] = "expired"
    stub.pay(opened(coming), status="processing")
    stub.pay(opened(failed), status="requires_payment_method")
    strange = stub.pay(opened(bill()), currency="usd")
    before = paying.paid(stub)
    outside = stub.refund_outside(str(before.charge_reference), 1_000_000)
    lost, won, asked = (stub.dispute(intents[number], 5_000_000, status) for number, status in enumerate(DISPUTES))
    return (
        *(stub.event(PAID, session) for session in sessions),
        stub.event("checkout.session.async_payment_succeeded", sessions[0]),
        stub.event(PAID, stub.session_of(short.id)),
        stub.event("checkout.session.expired", stub.session_of(gone.id)),
        stub.event(PAID, stub.session_of(coming.id)),
        stub.event(PAID, stub.session_of(failed.id)),
        stub.event("checkout.session.async_payment_failed", stub.session_of(failed.id)),
        stub.event(PAID, next(name for name, each in stub.sessions.items() if each["payment_intent"] == strange)),
        stub.event("refund.created", outside),
        stub.event("charge.refunded", stub.refunds[outside]["charge"]),
        stub.event("charge.dispute.created", stub.dispute(str(before.charge_reference), 3_000_000)),
        *(stub.event("charge.dispute.closed", name) for name in (lost, won, asked)),
        stub.event("refund.updated", "re_unknown"),
        stub.event("payout.paid", "po_1"),
        stub.event("customer.created", "cus_1"),
    )


DISPUTES = ("lost", "won", "warning_closed")


def test_fifty_deliveries_of_each_of_twenty_messages(
    app: Flask, client: FlaskClient, stub: Stub, database_url: str
) -> None:
    messages = lot(stub)
    assert len(messages) == 20
    db.session.rollback()
    tally = harness.run(database_url, delivering, len(messages) * DELIVERIES, base=stub.url, messages=messages, seed=7)
    assert tally == {"200": len(messages) * DELIVERIES}
    db.session.rollback()
    db.session.expire_all()
    assert db.session.query(ProviderEvent).count() == 20
    outcomes = dict(
        db.session.execute(select(ProviderEvent.outcome, func.count()).group_by(ProviderEvent.outcome)).all()
    )
    assert outcomes[EventOutcome.REVIEW] == 3  # dollars, a refund nobody owed, and one that there is not
    states = dict(db.session.execute(select(Payment.state, func.count()).group_by(Payment.state)).all())
    assert states[PaymentState.CONFIRMED] == 6
    assert (states[PaymentState.EXPIRED], states[PaymentState.CLAIMED]) == (2, 1)
    assert db.session.query(Refund).count() == 0
    assert sorted(db.session.scalars(select(Dispute.state))) == ["closed", "lost", "open", "won"]
    kinds = dict(db.session.execute(select(JournalEntry.kind, func.count()).group_by(JournalEntry.kind)).all())
    assert kinds[EntryKind.PAYMENT] == 5
    assert kinds[EntryKind.STRAY_PAYMENT] == 1
    assert (kinds[EntryKind.DISPUTE], kinds[EntryKind.DISPUTE_WON], kinds[EntryKind.DISPUTE_LOST]) == (3, 1, 1)
