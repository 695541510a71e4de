"""Ask providers about what is open, so that a lost message harms nobody. Each asks outside of any transaction."""

import datetime as dt

import structlog
from sqlalchemy import Select, or_, select

from ..extensions import db
from ..shared import clock, transaction
from ..shared.transaction import command
from . import messages, online_refunds, rules
from .models import Payment, PaymentState, Refund, RefundMethod, RefundState
from .provider import ProviderAway, ProviderRefused, Standing
from .providers import ONLINE, PROVIDERS

log = structlog.get_logger()

AT_ONCE = 50
"""So many bills and refunds are asked about at a time, those first that nobody asked about for longest."""
PAUSE = dt.timedelta(minutes=3)
ENDED = (PaymentState.EXPIRED, PaymentState.CANCELLED)


def run() -> None:
    """Send what waits to be sent, and ask about what is open, each with a commit of its own; outside of a command.

    Stops where a provider does not answer: it is asked again at the next run.
    """
    if not any(PROVIDERS[code].is_on() for code in ONLINE):
        return
    try:
        for refund_id in _refunds():
            online_refunds.send(refund_id)
            transaction.keep_so_far()
        for payment_id in _open_bills():
            check(payment_id)
            transaction.keep_so_far()
    except ProviderAway:
        log.warning("reconciliation stopped: the provider is away")


def _refunds() -> list[int]:
    asked = select(Refund.id).where(Refund.method == RefundMethod.ONLINE, Refund.state == RefundState.REQUESTED)
    return list(db.session.scalars(asked.order_by(Refund.id).limit(AT_ONCE)))


def _open_bills() -> list[int]:
    return list(db.session.scalars(_to_ask(clock.now()).limit(AT_ONCE)))


def _to_ask(now: dt.datetime) -> Select[int]:
    """Select the bills with a page that are open, and those that ended since they were last asked about."""
    unseen = or_(Payment.checked_at.is_(None), Payment.checked_at < Payment.expires_at)
    rested = or_(Payment.checked_at.is_(None), Payment.checked_at < now - PAUSE)
    waits = or_(Payment.state.in_(rules.OPEN), Payment.state.in_(ENDED) & unseen)
    online = Payment.provider.in_(ONLINE) & Payment.provider_reference.is_not(None)
    return (
        select(Payment.id)
        .where(online, waits, rested)
        .order_by(Payment.checked_at.is_not(None), Payment.checked_at, Payment.id)
    )


def check(payment_id: int) -> None:
    """Ask how one bill stands and take it in; the page of a bill that ended is ended too. Raises ProviderAway."""
    payment = db.session.get_one(Payment, payment_id, populate_existing=True)
    provider, reference, is_ended = (
        PROVIDERS[payment.provider],
        payment.provider_reference or "",
        payment.state in ENDED,
    )
    try:
        standing = provider.fetch(reference)
        if is_ended and standing is not None and standing.state is PaymentState.PENDING:
            provider.end_page(reference)
            standing = provider.fetch(reference)
    except ProviderRefused as refused:  # it was paid in this very moment, or is not theirs
        log.warning("a bill could not be asked about", payment=payment_id, said=str(refused))
        standing = None
    if standing is not None:
        messages.note(provider, standing)
    asked(payment_id, is_over=standing is not None and standing.state is PaymentState.EXPIRED)


@command
def asked(payment_id: int, *, is_over: bool) -> None:
    """Write down that a bill was asked about; of one whose page is over, nothing is asked any more."""
    payment = db.session.get_one(Payment, payment_id, populate_existing=True)
    payment.checked_at = clock.now()
    if is_over and payment.expires_at is not None:
        payment.expires_at = min(payment.expires_at, payment.checked_at)


def standing_of(payment: Payment) -> Standing | None:
    """Ask how a bill stands; None where nobody can tell now."""
    if payment.provider not in ONLINE or payment.provider_reference is None:
        return None
    try:
        return PROVIDERS[payment.provider].fetch(payment.provider_reference)
    except (ProviderAway, ProviderRefused):
        return None
