"""Bills that are paid on a provider's page: open it, and take in how they stand.

What is asked is written down and committed before it is asked, so that the same is asked again after a failure: one
bill has one page, however often the button is pressed and whoever's answer was lost.
"""

import datetime as dt
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import select

from ..config import Config
from ..extensions import db
from ..orders import service as orders
from ..orders.models import Order, OrderState
from ..shared import clock, transaction
from ..shared.errors import StateConflict
from ..shared.i18n import _
from ..shared.transaction import command
from . import rules, service
from .facts import Taken, doubtful, taken
from .models import Doubt, Payment, PaymentState
from .provider import Ask, PayPage, Provider, ProviderAway, ProviderRefused, Standing
from .providers import ONLINE, PROVIDERS
from .rules import Action

TRIES = 2
"""A page whose time ran out before the provider heard of it is asked for anew, once."""
LEFT = dt.timedelta(minutes=1)
"""Nobody is sent to a page that closes within this."""


@dataclass(frozen=True)
class Attempt:
    """A bill that is to be paid on a provider's page; `url` once there is one."""

    provider: str
    ask: Ask
    url: str


def page_of(order_id: int) -> str:
    """Return the address of the page on which an order is paid; the same one as long as it is open.

    Outside of a command. Raises StateConflict when the order takes no such payment (any more), ProviderAway.
    """
    for _try in range(TRIES):
        attempt = ready(order_id)
        if attempt.url:
            return attempt.url
        transaction.keep_so_far()
        try:
            page = PROVIDERS[attempt.provider].open_page(attempt.ask)
        except ProviderRefused:
            give_up(attempt.ask.payment_id)
            continue
        return remember(attempt.ask.payment_id, page)
    raise ProviderAway


@command
def ready(order_id: int) -> Attempt:
    """Make the bill that is going to be paid, or find it, and fix until when its page is open.

    Its goods are held a little longer than that. Raises StateConflict.
    """
    order = orders.locked(order_id)
    payment = service.open_payment(order_id)
    if payment is not None and _is_over(payment):
        service.turn_by(payment, Action.EXPIRE)
        payment = None
    if payment is None:
        if order.payment_method not in ONLINE:
            raise StateConflict
        payment = service.start(order_id, order.payment_method)
    if payment.provider not in ONLINE or payment.state is not PaymentState.PENDING:
        raise StateConflict(_("Your payment is being checked. You need not pay again."))
    if not payment.instruction:
        _set_end(payment, order)
    return Attempt(payment.provider, _ask(payment, order), payment.instruction.get("url", ""))


def _is_over(payment: Payment) -> bool:
    ends = payment.expires_at
    opened = bool(payment.instruction) and payment.state is PaymentState.PENDING and payment.provider in ONLINE
    return opened and ends is not None and ends < clock.now() + LEFT


def _set_end(payment: Payment, order: Order) -> None:
    ends = rules.page_ends(clock.now(), order.expires_at)
    payment.expires_at = ends
    payment.instruction = {"ends": ends.isoformat()}
    orders.set_deadline(order.id, ends + rules.GRACE)


def _ask(payment: Payment, order: Order) -> Ask:
    config: Config = current_app.extensions["config"]
    # Always the same address, whoever presses: of one key the provider takes one content only.
    own = f"/p/{order.token}" if order.buyer_id is None else f"/pesanan/{order.id}"
    return Ask(
        # The order's secret keeps the keys of two installations that share an account apart.
        key=f"payment:{payment.id}:{order.token[:12]}",
        payment_id=payment.id,
        order_number=order.number,
        lines=rules.lines_of_bill(order),
        until=payment.expires_at or clock.now(),
        back_url=f"{config.base_url}{own}/bayar-online",
        cancel_url=f"{config.base_url}{own}",
    )


@command
def remember(payment_id: int, page: PayPage) -> str:
    """Keep the page that a provider made for a bill; return where the buyer goes, empty if the bill ended meanwhile."""
    payment, _order = service.locked(payment_id)
    if payment.provider_reference is None:
        payment.provider_reference = page.reference
    if payment.state is not PaymentState.PENDING:
        return ""  # whoever asks the provider next finds the page, and ends it
    payment.instruction = {**payment.instruction, "url": page.url}
    return page.url


@command
def give_up(payment_id: int) -> None:
    """End a bill for which the provider makes no page."""
    payment, _order = service.locked(payment_id)
    if payment.state is PaymentState.PENDING:
        service.turn_by(payment, Action.EXPIRE)


def take(provider: Provider, fact: Standing) -> Taken:
    """Take in how a bill stands at its provider, inside a running command: money pays its order, or is kept.

    Whatever fits no bill of ours changes nothing and is put before a person.
    """
    payment_id = _known(provider, fact)
    if payment_id is None:
        return doubtful(Doubt.UNKNOWN, fact.reference, fact.money, more=fact.order_number)
    payment, order = service.locked(payment_id)
    payment.checked_at = clock.now()
    if (fact.order_number, fact.payment_id) != (order.number, payment.id):
        return doubtful(Doubt.OTHER_ORDER, fact.reference, fact.money, payment, fact.order_number)
    if payment.provider_reference is None:
        payment.provider_reference = fact.reference  # the answer that told it was lost
    if fact.state is PaymentState.CONFIRMED and not fact.money.is_rupiah:
        return doubtful(Doubt.SUM, fact.reference, fact.money, payment, fact.order_number)
    return taken(payment, fact.reference, moved=_step(payment, order, fact))


def _known(provider: Provider, fact: Standing) -> int | None:
    own = Payment.provider == provider.code
    found = db.session.scalar(select(Payment.id).where(own, Payment.provider_reference == fact.reference))
    if found is None and fact.payment_id is not None:
        unheard = select(Payment.id).join(Order).where(own, Payment.id == fact.payment_id)
        unheard = unheard.where(Payment.provider_reference.is_(None), Order.number == fact.order_number)
        return db.session.scalar(unheard)
    return found


def _step(payment: Payment, order: Order, fact: Standing) -> bool:
    """Do what follows of a state that is new to us; False when nothing does."""
    if fact.state is PaymentState.CONFIRMED:
        return _paid(payment, fact)
    if fact.state is PaymentState.CLAIMED:
        return _on_its_way(payment, order)
    if fact.state is PaymentState.REJECTED and payment.state is PaymentState.CLAIMED:
        service.reject(payment.id, _("The payment did not succeed."), None)
        return True
    if fact.state is not PaymentState.PENDING and payment.state is PaymentState.PENDING:
        service.turn_by(payment, Action.EXPIRE)
        return True
    return False


def _paid(payment: Payment, fact: Standing) -> bool:
    if not rules.allows(payment.state, Action.CONFIRM):
        return False
    payment.charge_reference = fact.charge
    service.confirm(payment.id, fact.money.amount, "", None)
    return True


def _on_its_way(payment: Payment, order: Order) -> bool:
    """Let the order wait for money that was sent and takes days; what else was open for it ends."""
    if payment.state not in (PaymentState.PENDING, PaymentState.EXPIRED):
        return False
    opened = service.open_payment(order.id)
    if opened is not None and opened.id != payment.id:
        service.cancel_open(order.id)
        if service.open_payment(order.id) is not None:
            return False
    service.turn_by(payment, Action.CLAIM)
    if order.state is OrderState.AWAITING_PAYMENT:
        service.done(lambda: orders.claim_paid(order.id, None))
    return True
