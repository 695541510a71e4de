"""Stripe Checkout: the buyer pays on Stripe's page. The only place that knows that its rupiah have two decimals."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

import stripe
import structlog
from flask import Flask, current_app

from ...areas import queries as areas
from ...areas.models import FigureKey
from ...config import Config
from ...ledger.models import Account
from ...shared import transaction
from ...shared.errors import NotFound
from ...shared.i18n import _l
from ...shared.money import MAX_RUPIAH, format_rupiah
from ..models import DisputeState, Payment, PaymentState, RefundState
from ..provider import (
    Ask,
    BadMessage,
    DisputeStanding,
    Event,
    Fact,
    Flow,
    Instruction,
    Money,
    PayPage,
    Provider,
    ProviderAway,
    ProviderRefused,
    RefundAsk,
    RefundStanding,
    Standing,
)

log = structlog.get_logger()
T = TypeVar("T")

CURRENCY, CENTS = "idr", 100
RETRIES = 2
CONNECT_SECONDS, ANSWER_SECONDS = 3.0, 8.0
"""A buyer waits for this, three times at most."""
TOLERANCE_SECONDS = 300
WHOLE = ["payment_intent"]
REFUND_STATES = {
    "succeeded": RefundState.SUCCEEDED,
    "failed": RefundState.FAILED,
    "canceled": RefundState.FAILED,
}
"""What is neither waits to be sent."""
DISPUTE_STATES = {
    "won": DisputeState.WON,
    "lost": DisputeState.LOST,
    "warning_closed": DisputeState.CLOSED,
    "prevented": DisputeState.CLOSED,
}
NO_MONEY_MOVED = ("warning_", "prevented")


class _HttpClient(stripe.RequestsClient):
    """Tries again soon: somebody waits for the answer."""

    INITIAL_DELAY = 0.2
    MAX_DELAY = 1


def connect(key: str, api_base: str, answer_seconds: float = ANSWER_SECONDS) -> stripe.StripeClient:
    """Return a client of the service at an address."""
    return stripe.StripeClient(
        key,
        base_addresses={"api": api_base},
        max_network_retries=RETRIES,
        http_client=_HttpClient(timeout=(CONNECT_SECONDS, answer_seconds)),
    )


def init_app(app: Flask) -> None:
    """Make the client where there is a key."""
    config: Config = app.extensions["config"]
    if config.stripe_secret_key:
        app.extensions["stripe"] = connect(config.stripe_secret_key, config.stripe_api_base)


class Stripe(Provider):
    """Cards and what else Stripe offers; it tells us by message, and is asked before anything is done."""

    code = "stripe"
    label = _l("Card or other online payment")
    hint = _l("You pay on the safe page of Stripe, then come back here.")
    flow = Flow.REDIRECT
    money_account = Account.STRIPE
    max: ClassVar[int] = min(MAX_RUPIAH, 9_999_999_999)
    """Stripe takes 12 digits, two of them decimals."""
    needs_staff_confirmation = False
    needs_account = False

    def is_on(self) -> bool:
        """Tell whether there is a key."""
        return "stripe" in current_app.extensions

    def least(self) -> int:
        """Return what the office set."""
        config: Config = current_app.extensions["config"]
        return config.stripe_minimum

    def open_for(self, area_code: str, day: dt.date) -> dt.timedelta | None:
        """Return the time goods are kept at checkout; the page that is opened then has a time of its own."""
        return dt.timedelta(minutes=areas.figure(FigureKey.HOLD_MINUTES, area_code, day))

    def start(self, payment: Payment, key: str) -> Instruction:
        """Ask for what is due; the page is made when the buyer wants it, outside of the transaction."""
        return Instruction(payment.order.due_amount)

    def open_page(self, ask: Ask) -> PayPage:
        """Make a Checkout Session."""
        metadata = {"order": ask.order_number, "payment": str(ask.payment_id)}
        params: dict[str, Any] = {
            "mode": "payment",
            "locale": "id",
            "line_items": [_line(each.name, each.amount, each.quantity) for each in ask.lines],
            "client_reference_id": ask.order_number,
            "metadata": metadata,
            "payment_intent_data": {"metadata": metadata, "description": ask.order_number},
            "expires_at": int(ask.until.timestamp()),
            "success_url": ask.back_url,
            "cancel_url": ask.cancel_url,
        }
        session = _ask(lambda client: client.v1.checkout.sessions.create(params, {"idempotency_key": ask.key}))  # type: ignore[arg-type]
        return PayPage(session["id"], session["url"])

    def end_page(self, reference: str) -> None:
        """Expire a session."""
        _ask(lambda client: client.v1.checkout.sessions.expire(reference))

    def fetch(self, reference: str) -> Standing:
        """Ask for a session."""
        return _standing(_ask(lambda client: client.v1.checkout.sessions.retrieve(reference, {"expand": WHOLE})))

    def parse_webhook(self, headers: Mapping[str, str], raw: bytes) -> list[Event]:
        """Read an event by Stripe's own verification. Raises NotFound where none is expected."""
        config: Config = current_app.extensions["config"]
        if not self.is_on() or not config.stripe_webhook_secret:
            raise NotFound
        signature = headers.get("Stripe-Signature", "")
        try:
            event = stripe.Webhook.construct_event(raw, signature, config.stripe_webhook_secret, TOLERANCE_SECONDS)
            return [Event(event["id"], event["type"], event["data"]["object"]["id"])]
        except (stripe.SignatureVerificationError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadMessage from error

    def look_up(self, event: Event) -> list[Fact]:
        """Ask for what an event is about; what Stripe does not know (any more) is nothing."""
        for prefix, find in _FINDERS.items():
            if event.kind.startswith(prefix):
                return find(event.reference)
        return []

    def find(self, reference: str) -> list[Fact]:
        """Ask for a session, refund or dispute; Stripe's names begin with what they are."""
        return _NAMED.get(reference.partition("_")[0], _nothing)(reference)

    def refund(self, ask: RefundAsk) -> RefundStanding:
        """Make a refund, or find the one that was made: Stripe forgets keys after a day."""
        made = _refunds_by({"payment_intent": ask.charge})
        ours = [each for each in made if each.refund_id == ask.refund_id]
        if ours:
            return ours[0]
        params: dict[str, Any] = {
            "payment_intent": ask.charge,
            "amount": ask.amount * CENTS,
            "reason": "requested_by_customer",
            "metadata": {"refund": str(ask.refund_id)},
        }
        return _refund_standing(_ask(lambda client: client.v1.refunds.create(params, {"idempotency_key": ask.key})))  # type: ignore[arg-type]


def _ask(call: Callable[[stripe.StripeClient], T]) -> T:
    """Ask Stripe, with no transaction open. Its answers are objects, no dicts: read by key, without `get`."""
    transaction.leave()
    client: stripe.StripeClient | None = current_app.extensions.get("stripe")
    if client is None:
        raise ProviderAway
    try:
        return call(client)
    except (stripe.APIConnectionError, stripe.RateLimitError, stripe.APIError) as error:
        log.warning("stripe is away", error=type(error).__name__, status=error.http_status)
        raise ProviderAway from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        log.error("stripe refuses our key", error=type(error).__name__)
        raise ProviderAway from error
    except stripe.StripeError as error:
        log.warning("stripe refuses", error=type(error).__name__, code=error.code, message=error.user_message)
        raise ProviderRefused(error.user_message or str(error)) from error


def _line(name: str, amount: int, quantity: int) -> dict[str, Any]:
    price = {"currency": CURRENCY, "unit_amount": amount * CENTS, "product_data": {"name": name}}
    return {"quantity": quantity, "price_data": price}


def _money(amount: int | None, currency: str | None) -> Money:
    rupiah, rest = divmod(amount or 0, CENTS)
    known = currency == CURRENCY and not rest and 0 < rupiah <= MAX_RUPIAH
    said = format_rupiah(rupiah) if known else f"{(currency or '?').upper()} {(amount or 0) / CENTS:.2f}"
    return Money(rupiah, known, said)


def _number(metadata: Any, name: str) -> int | None:
    """Return an id that we wrote on an object; whoever has the dashboard may have written something else."""
    text = str(metadata[name]) if metadata and name in metadata else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _moment(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def _standing(session: Any) -> Standing:
    metadata, intent = session["metadata"], session["payment_intent"]
    return Standing(
        reference=session["id"],
        state=_state(session["status"], session["payment_status"], intent),
        money=_money(session["amount_total"], session["currency"]),
        order_number=str(metadata["order"]) if metadata and "order" in metadata else "",
        payment_id=_number(metadata, "payment"),
        charge=None if intent is None else intent["id"],
    )


def _state(status: str, payment_status: str, intent: Any) -> PaymentState:
    if status == "open":
        return PaymentState.PENDING
    if status == "expired":
        return PaymentState.EXPIRED
    if payment_status != "unpaid":
        return PaymentState.CONFIRMED
    # The session does not tell money on its way from money that will never come; its intent does.
    is_coming = intent is not None and intent["status"] in ("processing", "requires_action")
    return PaymentState.CLAIMED if is_coming else PaymentState.REJECTED


def _refund_standing(refund: Any) -> RefundStanding:
    return RefundStanding(
        reference=refund["id"],
        charge=refund["payment_intent"] or "",
        state=REFUND_STATES.get(refund["status"], RefundState.REQUESTED),
        money=_money(refund["amount"], refund["currency"]),
        refund_id=_number(refund["metadata"], "refund"),
        problem=str(getattr(refund, "failure_reason", None) or ""),  # only there once it failed
    )


def _dispute_standing(dispute: Any) -> DisputeStanding:
    status, due = dispute["status"], dispute["evidence_details"]["due_by"]
    return DisputeStanding(
        reference=dispute["id"],
        charge=dispute["payment_intent"] or "",
        state=DISPUTE_STATES.get(status, DisputeState.OPEN),
        money=_money(dispute["amount"], dispute["currency"]),
        is_held_back=not status.startswith(NO_MONEY_MOVED),
        reason=dispute["reason"] or "",
        answer_by=None if due is None else _moment(due),
        opened_at=_moment(dispute["created"]),
    )


def _sessions(reference: str) -> list[Fact]:
    return [Stripe().fetch(reference)]


def _bills_of(charge: str) -> list[Fact]:
    """Ask for the sessions that brought a charge: what is told of it may come before we were told that it was paid."""
    asked: Any = {"payment_intent": charge, "expand": [f"data.{name}" for name in WHOLE]}
    found: Any = _ask(lambda client: client.v1.checkout.sessions.list(asked)) if charge else {"data": []}
    return [_standing(session) for session in found["data"]]


def _refunds(reference: str) -> list[Fact]:
    refund = _refund_standing(_ask(lambda client: client.v1.refunds.retrieve(reference)))
    return [*_bills_of(refund.charge), refund]


def _refunds_of_charge(reference: str) -> list[Fact]:
    refunds = _refunds_by({"charge": reference})
    return [*_bills_of(refunds[0].charge), *refunds] if refunds else []


def _refunds_by(of: dict[str, str]) -> list[RefundStanding]:
    found: Any = _ask(lambda client: client.v1.refunds.list({**of, "limit": 100}))  # type: ignore[arg-type]
    return [_refund_standing(each) for each in found["data"]]


def _disputes(reference: str) -> list[Fact]:
    dispute = _dispute_standing(_ask(lambda client: client.v1.disputes.retrieve(reference)))
    return [*_bills_of(dispute.charge), dispute]


_FINDERS: dict[str, Callable[[str], list[Fact]]] = {
    "checkout.session.": _sessions,
    "refund.": _refunds,
    "charge.refunded": _refunds_of_charge,
    "charge.dispute.": _disputes,
}


def _nothing(_reference: str) -> list[Fact]:
    return []


_NAMED: dict[str, Callable[[str], list[Fact]]] = {
    "cs": _sessions,
    "re": _refunds,
    "pyr": _refunds,
    "dp": _disputes,
    "du": _disputes,
}
