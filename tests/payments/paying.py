"""Switch Stripe on for tests, against a stub or with nothing behind it, and lead bills through it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from marketplace.extensions import db
from marketplace.orders.models import Order
from marketplace.payments import messages, online, service
from marketplace.payments.models import Doubt, EventOutcome, Payment, PaymentState, ProviderEvent
from marketplace.payments.provider import Money, RefundAsk, Standing
from marketplace.payments.providers import PROVIDERS
from marketplace.payments.providers import stripe as adapter
from marketplace.shared import transaction
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.payments import billing, stripe_stub
from tests.payments.stripe_stub import Stub

STRIPE = PROVIDERS["stripe"]
NOWHERE = "http://127.0.0.1:9"


def switch_on(app: Flask, url: str, answer_seconds: float = 5) -> None:
    """Let an application have a key of the service at an address."""
    key = {"stripe_secret_key": "sk_test_uji", "stripe_webhook_secret": stripe_stub.SECRET}
    app.extensions["config"] = replace(app.extensions["config"], stripe_api_base=url, **key)
    app.extensions["stripe"] = adapter.connect("sk_test_uji", url, answer_seconds)


@contextmanager
def switched_on(app: Flask, url: str = NOWHERE, answer_seconds: float = 5) -> Iterator[None]:
    """The same until the block ends."""
    before = app.extensions["config"]
    switch_on(app, url, answer_seconds)
    try:
        yield
    finally:
        app.extensions["config"] = before
        del app.extensions["stripe"]


def bill(price: int = 50_000) -> Payment:
    """Place an order that is to be paid at Stripe."""
    return billing.bill(billing.order(price), "stripe")


def opened(payment: Payment) -> str:
    """Open the page of a bill and return its session."""
    online.page_of(payment.order_id)
    transaction.keep_so_far()
    return str(billing.fresh(payment).provider_reference)


def paid(stub: Stub, price: int = 50_000) -> Payment:
    """Return a bill that was paid at the stub and is known to be."""
    payment = bill(price)
    stub.pay(opened(payment))
    fact = STRIPE.fetch(str(billing.fresh(payment).provider_reference))
    assert fact is not None
    with unit_of_work():
        messages.note(STRIPE, fact)
    return billing.fresh(payment)


def told(payment: Payment, amount: int | None = None) -> Payment:
    """Let the service say that a bill is paid, with no server behind it."""
    reference, order = f"cs_{payment.id}", db.session.get_one(Order, payment.order_id)
    money = Money(payment.amount if amount is None else amount, True, "IDR")
    fact = Standing(reference, PaymentState.CONFIRMED, money, order.number, payment.id, f"pi_{payment.id}")
    with unit_of_work():
        messages.note(STRIPE, fact)
    return billing.fresh(payment)


def started(order_id: int) -> Payment:
    """Make the bill of an order that is to be paid at Stripe."""
    with unit_of_work():
        return service.start(order_id, "stripe")


def deliver(client: FlaskClient, body: bytes, headers: dict[str, str] | None = None) -> TestResponse:
    """Bring a message to the webhook."""
    return client.post("/webhook/stripe", data=body, headers=headers or stripe_stub.signed(body))


def refund_ask(payment: Payment, refund_id: int, amount: int) -> RefundAsk:
    """Return what is sent to give some of a payment back."""
    return RefundAsk(f"refund:{refund_id}", refund_id, str(payment.charge_reference), amount)


def strange_message(event_id: str, area_code: str = make.REGENCY) -> ProviderEvent:
    """Make a message that fits nothing and waits for the treasurer of a regency."""
    values: dict[str, Any] = {
        "outcome": EventOutcome.REVIEW,
        "doubt": Doubt.UNKNOWN,
        "said": "IDR 50000.00",
        "area_code": area_code,
    }
    row = ProviderEvent(
        provider="stripe", event_id=event_id, kind="refund.created", reference=f"re_{event_id}", **values
    )
    return make.add(row)  # type: ignore[no-any-return]
