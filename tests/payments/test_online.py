"""Paying on Stripe's page: one page for a bill whatever fails, told or asked about, and money that fits nothing."""

import datetime as dt
import time
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace.extensions import db
from marketplace.ledger.models import Account, JournalLine
from marketplace.orders import adjustments
from marketplace.orders.models import DeliveryMethod, OrderState
from marketplace.orders.queries import refund_due
from marketplace.payments import queries, reconcile, rules, service
from marketplace.payments.models import Doubt, EventOutcome, Payment, PaymentState, ProviderEvent
from marketplace.payments.provider import ProviderAway
from marketplace.payments.providers import available
from marketplace.reports import checks
from marketplace.shared import clock, transaction
from marketplace.shared.policy import Role
from marketplace.shared.transaction import CallInsideTransaction, unit_of_work
from tests import make
from tests.payments import billing, paying, stripe_schema, stripe_stub
from tests.payments.paying import bill, deliver, opened
from tests.payments.stripe_stub import Stub

PAID = "checkout.session.completed"


@pytest.fixture
def stub(app: Flask) -> Iterator[Stub]:
    """Run the service; whatever was sent to it fits the schema, and the books are whole in the end."""
    with stripe_stub.serve() as running, paying.switched_on(app, running.url):
        yield running
        assert running.problems == []
        transaction.rollback()
        assert {check.name: found.faults for check in checks.ALL if (found := check.run()).broken} == {}


def balance(account: Account) -> int:
    db.session.rollback()
    return int(db.session.scalar(select(func.sum(JournalLine.amount)).where(JournalLine.account == account)) or 0)


def events() -> list[tuple[EventOutcome, Doubt | None]]:
    db.session.rollback()
    return [(row.outcome, row.doubt) for row in db.session.scalars(select(ProviderEvent).order_by(ProviderEvent.id))]


def asked(stub: Stub, path: str) -> int:
    return sum(1 for method, address, _body in stub.requests if (method, address) == ("POST", path))


def test_without_a_key_nobody_is_offered_it(app: Flask, client: FlaskClient) -> None:
    ways = [provider.code for provider in available(50_000, DeliveryMethod.PICKUP, make.REGENCY)]
    assert "stripe" not in ways
    assert "stripe" not in app.extensions
    body = b'{"id": "evt_1"}'
    assert client.post("/webhook/stripe", data=body, headers=stripe_stub.signed(body)).status_code == 404
    reconcile.run()


def test_it_is_offered_from_the_smallest_sum_on(stub: Stub) -> None:
    for amount, offered in ((9_999, False), (10_000, True), (9_999_999_999, True), (10_000_000_000, False)):
        ways = {provider.code for provider in available(amount, DeliveryMethod.PICKUP, make.REGENCY)}
        assert ("stripe" in ways) is offered, amount


def test_a_buyer_pays_and_comes_back(client: FlaskClient, stub: Stub) -> None:
    payment = bill()
    here = f"/p/{payment.order.token}"
    page = client.get(here)
    assert f'action="{here}/bayar-online"' in page.text
    assert f"form-action 'self' https://checkout.stripe.com {stub.url};" in page.headers["Content-Security-Policy"]
    gone = client.post(f"{here}/bayar-online")
    session = stub.session_of(payment.id)
    assert (gone.status_code, gone.location) == (303, f"{stub.url}/c/{session}")
    waiting = client.get(f"{here}/bayar-online?payment=paid")
    assert (waiting.status_code, "Look again" in waiting.text) == (200, True)
    assert billing.state_of(payment.order) is OrderState.AWAITING_PAYMENT  # what the address says is not believed
    stub.pay(session)
    back = client.get(f"{here}/bayar-online", follow_redirects=True)
    assert "Your payment has arrived" in back.text
    assert billing.state_of(payment.order) is OrderState.PROCESSING
    assert (balance(Account.STRIPE), balance(Account.CUSTOMER_DEPOSITS)) == (50_000, -50_000)
    body = stub.event(PAID, session)
    assert deliver(client, body).status_code == 200
    assert (events(), balance(Account.STRIPE)) == ([(EventOutcome.NOTHING, None)], 50_000)


@pytest.mark.parametrize("is_told", [False, True])
def test_who_paid_an_order_that_has_ended_is_not_thanked_but_told_that_it_goes_back(
    client: FlaskClient, stub: Stub, is_told: bool
) -> None:
    payment = bill()
    here = f"/p/{payment.order.token}"
    client.post(f"{here}/bayar-online")
    session = stub.session_of(payment.id)
    with unit_of_work():
        adjustments.cancel(payment.order_id, by_buyer=True, reason="Batal", actor_id=None)
    stub.pay(session)
    if is_told:
        deliver(client, stub.event(PAID, session))
    back = client.get(f"{here}/bayar-online", follow_redirects=True).text
    assert "Thank you. Your payment has arrived." not in back
    assert "Your payment arrived, but your order has ended. Your money goes back to you." in back
    assert refund_due(payment.order_id) == 50_000


def test_what_is_sent_names_no_buyer_and_sums_to_the_bill(stub: Stub) -> None:
    payment = bill(12_345)
    opened(payment)
    (_method, _path, sent), *more = stub.requests
    assert not more
    assert sum(line["quantity"] * line["price_data"]["unit_amount"] for line in sent["line_items"]) == 1_234_500
    assert sent["metadata"] == {"order": payment.order.number, "payment": str(payment.id)}
    assert payment.order.buyer_phone not in str(sent)
    assert payment.order.buyer_name not in str(sent)
    assert 30 * 60 < sent["expires_at"] - time.time() < 36 * 60
    fresh = billing.fresh(payment)
    assert fresh.order.expires_at is not None
    assert fresh.order.expires_at.timestamp() == sent["expires_at"] + rules.GRACE.total_seconds()


@pytest.mark.parametrize(("hours", "ahead"), [(0, 35 / 60), (3, 3), (40, 23)])
def test_a_page_is_open_as_long_as_pages_may_be(hours: float, ahead: float) -> None:
    now = clock.now().replace(microsecond=0)
    assert rules.page_ends(now, now + dt.timedelta(hours=hours)) == now + dt.timedelta(hours=ahead)


def test_the_published_schema_takes_what_we_send(stub: Stub) -> None:
    if not stripe_schema.PUBLISHED.exists():
        pytest.skip("Stripe's published schema is not beside the project")
    payment = paying.paid(stub)
    stub.pay(stub.session_of(payment.id))
    paying.STRIPE.refund(paying.refund_ask(payment, 1, 20_000))
    opened(other := bill())
    paying.STRIPE.end_page(stub.session_of(other.id))
    posted = [(path, body) for method, path, body in stub.requests if method == "POST"]
    assert len(posted) == 4
    assert [problem for path, body in posted for problem in stripe_schema.published_problems(path, body)] == []
    stub.refunds.clear()


def test_two_tabs_get_the_same_page(client: FlaskClient, stub: Stub) -> None:
    payment = bill()
    here = f"/p/{payment.order.token}/bayar-online"
    assert len({client.post(here).location for _press in range(3)}) == 1
    assert asked(stub, "/v1/checkout/sessions") == 1


def test_a_buyer_with_an_account_comes_back_to_his_own_page(client: FlaskClient, stub: Stub) -> None:
    payment = bill()
    buyer = make.user(Role.BUYER)
    with unit_of_work():
        service.locked(payment.id)[1].buyer_id = buyer.id
    make.sign_in(client, buyer)
    here = f"/pesanan/{payment.order_id}/bayar-online"
    assert client.post(here).status_code == 303
    assert client.post(f"/p/{payment.order.token}/bayar-online").status_code == 303
    assert stub.requests[0][2]["success_url"].endswith(here)
    assert asked(stub, "/v1/checkout/sessions") == 1


@pytest.mark.parametrize("faults", [["500"], ["lost"], ["500", "lost"]])
def test_a_failure_in_between_is_not_seen(client: FlaskClient, stub: Stub, faults: list[str]) -> None:
    payment = bill()
    stub.faults.extend(faults)
    assert client.post(f"/p/{payment.order.token}/bayar-online").location.startswith(stub.url)
    assert len(stub.sessions) == 1


@pytest.mark.parametrize("fault", ["500", "429", "lost"])
def test_a_service_that_is_away_is_said_and_asked_for_the_same_again(
    client: FlaskClient, stub: Stub, fault: str
) -> None:
    payment = bill()
    here = f"/p/{payment.order.token}"
    stub.faults.extend([fault] * (1 if fault == "429" else 3))  # of the first one does not ask again at once
    away = client.post(f"{here}/bayar-online", follow_redirects=True)
    assert "does not answer now" in away.text
    assert client.post(f"{here}/bayar-online").location.startswith(stub.url)
    assert len(stub.sessions) == 1
    assert db.session.query(Payment).count() == 1


def test_a_service_that_hangs_is_not_waited_for(app: Flask, client: FlaskClient, stub: Stub) -> None:
    payment = bill()
    with paying.switched_on(app, stub.url, answer_seconds=0.1):
        stub.faults.extend(["hang"] * 3)
        away = client.post(f"/p/{payment.order.token}/bayar-online", follow_redirects=True)
    app.extensions["stripe"] = paying.adapter.connect("sk_test_uji", stub.url)
    assert "does not answer now" in away.text


def test_nobody_is_asked_while_rows_are_locked(stub: Stub) -> None:
    with pytest.raises(CallInsideTransaction), unit_of_work():
        paying.STRIPE.fetch("cs_1")
    assert stub.requests == []


def test_a_page_that_closed_is_followed_by_another(client: FlaskClient, stub: Stub) -> None:
    payment = bill()
    here = f"/p/{payment.order.token}"
    first = opened(payment)
    stub.sessions[first]["status"] = "expired"
    assert deliver(client, stub.event("checkout.session.expired", first)).status_code == 200
    assert billing.fresh(payment).state is PaymentState.EXPIRED
    assert "You can open a new one" in client.get(here).text
    second = client.post(f"{here}/bayar-online").location
    assert second.startswith(stub.url)
    assert not second.endswith(first)
    assert (db.session.query(Payment).count(), billing.state_of(payment.order)) == (2, OrderState.AWAITING_PAYMENT)


def test_a_page_whose_time_is_over_is_not_shown_again(stub: Stub) -> None:
    payment = bill()
    first = opened(payment)
    ends = billing.fresh(payment).expires_at
    assert ends is not None
    with unit_of_work():
        service.locked(payment.id)[0].expires_at = clock.now()
    newest = service_open(payment)
    assert newest != first
    assert billing.fresh(payment).state is PaymentState.EXPIRED


def service_open(payment: Payment) -> str:
    paying.online.page_of(payment.order_id)
    transaction.keep_so_far()
    newest = queries.last_online(payment.order_id)
    assert newest is not None
    return str(newest.provider_reference)


def test_money_that_takes_days_holds_the_goods(client: FlaskClient, stub: Stub) -> None:
    payment = bill()
    session = opened(payment)
    stub.pay(session, status="processing")
    deliver(client, stub.event(PAID, session, payment_status="paid"))  # the body is not believed
    assert billing.fresh(payment).state is PaymentState.CLAIMED
    assert billing.state_of(payment.order) is OrderState.AWAITING_VERIFICATION
    assert "being checked" in client.get(f"/p/{payment.order.token}").text
    stub.pay(session)
    deliver(client, stub.event("checkout.session.async_payment_succeeded", session))
    assert billing.state_of(payment.order) is OrderState.PROCESSING


def test_money_that_does_not_come_after_all_lets_the_buyer_try_again(client: FlaskClient, stub: Stub) -> None:
    payment = bill()
    session = opened(payment)
    stub.pay(session, status="processing")
    deliver(client, stub.event(PAID, session))
    stub.pay(session, status="requires_payment_method")
    deliver(client, stub.event("checkout.session.async_payment_failed", session))
    assert billing.fresh(payment).state is PaymentState.REJECTED
    assert billing.state_of(payment.order) is OrderState.AWAITING_PAYMENT
    here = f"/p/{payment.order.token}"
    assert "The payment did not succeed" in client.get(here).text
    assert client.post(f"{here}/bayar-online").location.startswith(stub.url)


@pytest.mark.parametrize("cents", [4_999_900, 5_000_100, 100])
def test_another_sum_is_kept_and_put_before_a_person(client: FlaskClient, stub: Stub, cents: int) -> None:
    payment = bill()
    session = opened(payment)
    stub.pay(session, amount=cents)
    assert deliver(client, stub.event(PAID, session)).status_code == 200
    fresh = billing.fresh(payment)
    assert (fresh.state, fresh.needs_review, fresh.received_amount) == (PaymentState.CONFIRMED, True, cents // 100)
    assert billing.state_of(payment.order) is not OrderState.PROCESSING
    assert refund_due(payment.order_id) == balance(Account.STRIPE) == cents // 100


@pytest.mark.parametrize(("cents", "currency"), [(5_000_000, "usd"), (5_000_050, "idr"), (0, "idr")])
def test_what_is_no_rupiah_changes_nothing_and_is_put_before_a_person(
    client: FlaskClient, stub: Stub, cents: int, currency: str
) -> None:
    payment = bill()
    session = opened(payment)
    stub.pay(session, amount=cents, currency=currency)
    for _message in range(2):
        assert deliver(client, stub.event(PAID, session)).status_code == 200
    assert billing.state_of(payment.order) is OrderState.AWAITING_PAYMENT
    assert events() == [(EventOutcome.REVIEW, Doubt.SUM), (EventOutcome.NOTHING, None)]
    assert balance(Account.STRIPE) == 0


def test_the_money_of_another_order_is_put_before_a_person(client: FlaskClient, stub: Stub) -> None:
    payment = bill()
    session = opened(payment)
    stub.pay(session)
    stub.sessions[session]["metadata"] = {"order": "WK-0000-00000", "payment": str(payment.id)}
    deliver(client, stub.event(PAID, session))
    stub.sessions["cs_strange"] = {**stub.sessions[session], "id": "cs_strange"}
    deliver(client, stub.event(PAID, "cs_strange"))
    deliver(client, stub.event(PAID, "cs_gone"))
    doubts = [Doubt.OTHER_ORDER, Doubt.UNKNOWN, Doubt.UNKNOWN]
    assert events() == [(EventOutcome.REVIEW, doubt) for doubt in doubts]
    assert billing.state_of(payment.order) is OrderState.AWAITING_PAYMENT
    make.sign_in(client, make.user(Role.TREASURER))
    page = client.get("/dinas/pembayaran/pesan").text
    assert all(text in page for text in ("cs_strange", "cs_gone", "It names another order", "It fits no bill"))


@pytest.mark.parametrize("ending", ["cancelled", "expired", "paid otherwise", "paid otherwise, then cancelled"])
def test_money_for_an_order_that_takes_none_is_kept(client: FlaskClient, stub: Stub, ending: str) -> None:
    billing.bank()
    payment = bill()
    session = opened(payment)
    if ending == "cancelled":
        with unit_of_work():
            adjustments.cancel(payment.order_id, by_buyer=True, reason="Batal", actor_id=None)
    elif ending == "expired":
        with clock.at(clock.now() + dt.timedelta(hours=2)), unit_of_work():
            service.expire_due(clock.now())
    else:
        with unit_of_work():
            other = service.change_method(payment.order_id, "transfer")
        billing.confirmed(other)
    if ending == "paid otherwise, then cancelled":
        with unit_of_work():
            adjustments.cancel(payment.order_id, by_buyer=False, reason="Rusak", actor_id=None)
    before, owed = billing.state_of(payment.order), refund_due(payment.order_id)
    stub.pay(session)
    assert deliver(client, stub.event(PAID, session)).status_code == 200
    fresh = billing.fresh(payment)
    assert (fresh.state, fresh.needs_review) == (PaymentState.CONFIRMED, True)
    assert (billing.state_of(payment.order), refund_due(payment.order_id)) == (before, owed + 50_000)
    make.sign_in(client, make.user(Role.TREASURER))
    assert payment.order.number in client.get("/dinas/pembayaran?tab=review").text


@pytest.mark.parametrize("method", ["cash", "transfer"])
def test_who_pays_on_the_page_he_had_left_is_asked_for_no_more(client: FlaskClient, stub: Stub, method: str) -> None:
    billing.bank()
    payment = bill()
    session = opened(payment)
    with unit_of_work():
        other = service.change_method(payment.order_id, method)
    stub.pay(session)
    token = payment.order.token
    assert "Thank you" in client.get(f"/p/{token}/bayar-online", follow_redirects=True).text
    assert billing.fresh(other).state is PaymentState.CANCELLED
    assert billing.state_of(payment.order) is OrderState.PROCESSING
    assert refund_due(payment.order_id) == 0
    paid = queries.bill_of(payment.order)
    assert paid is not None
    assert paid.payment.id == payment.id


def test_a_lost_message_is_made_up_for(stub: Stub) -> None:
    paid, left, cancelled = bill(), bill(), bill()
    for payment in (paid, left, cancelled):
        opened(payment)
    stub.pay(stub.session_of(paid.id))
    with unit_of_work():
        adjustments.cancel(cancelled.order_id, by_buyer=True, reason="Batal", actor_id=None)
        service.expire_due(clock.now())
    reconcile.run()
    assert billing.state_of(paid.order) is OrderState.PROCESSING
    assert billing.fresh(left).state is PaymentState.PENDING
    assert stub.sessions[stub.session_of(cancelled.id)]["status"] == "expired"  # nobody can pay it any more
    count = len(stub.requests)
    reconcile.run()
    assert len(stub.requests) == count  # all were asked about a moment ago
    with clock.at(clock.now() + dt.timedelta(minutes=10)):
        reconcile.run()
    assert len(stub.requests) == count + 1  # only what is open


def test_a_page_whose_address_was_lost_is_still_found(client: FlaskClient, stub: Stub) -> None:
    payment = bill()
    stub.faults.extend(["lost"] * 3)
    with pytest.raises(ProviderAway):
        paying.online.page_of(payment.order_id)
    transaction.rollback()
    assert billing.fresh(payment).provider_reference is None
    session = stub.session_of(payment.id)
    stub.pay(session)
    deliver(client, stub.event(PAID, session))
    assert billing.state_of(payment.order) is OrderState.PROCESSING
