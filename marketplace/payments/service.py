"""Make bills, take claims, confirm money. Whatever arrives is written down, and settles an order only if it fits.

Everything about one order's payments happens with that order's row locked.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ..areas.queries import time_zone
from ..extensions import db
from ..ledger import rules as ledger_rules
from ..ledger.models import Account, EntryKind
from ..orders import billing
from ..orders import queries as orders_queries
from ..orders import service as orders
from ..orders.models import Order, OrderState
from ..shared import audit, clock
from ..shared.errors import InvalidInput, NotFound, Shortage, StateConflict
from ..shared.i18n import _
from ..shared.transaction import command
from ..shared.turn import turn
from . import queries, rules
from .models import Payment, PaymentState
from .provider import Provider
from .providers import PROVIDERS, available
from .queries import Kept
from .rules import Action, Decision

CASH, TRANSFER = PROVIDERS["cash"], PROVIDERS["transfer"]
UNPAID = (OrderState.AWAITING_PAYMENT, OrderState.AWAITING_VERIFICATION)


@command
def start(order_id: int, provider_code: str) -> Payment:
    """Make the bill of an order; an open one by the same provider is returned as it is.

    Goods are held until the bill ends. A cash order is packed on the buyer's word. Raises InvalidInput for a way
    to pay that does not fit, StateConflict when the order takes no payment or another bill is open.
    """
    order = orders.locked(order_id)
    found = open_payment(order_id)
    if found is not None:
        if found.provider != provider_code:
            raise StateConflict
        return found
    if order.state is not OrderState.AWAITING_PAYMENT:
        raise StateConflict
    provider = _fitting(order, provider_code)
    payment = _bill(order, provider, _deadline(order, provider))
    order.payment_method = provider_code
    if provider_code == CASH.code:
        orders.promise_cash(order_id, order.buyer_id)
    elif payment.expires_at is not None:
        orders.set_deadline(order_id, payment.expires_at)
    return payment


@command
def start_first(order: Order) -> Payment:
    """Make the first bill of an order that this transaction placed to be held for `time_to_pay`.

    Raises InvalidInput for a way to pay that does not fit.
    """
    provider = _fitting(order, order.payment_method)
    payment = _bill(order, provider, None if provider is CASH else order.expires_at)
    if provider is CASH:
        orders.promise_cash(order.id, order.buyer_id)
    return payment


def time_to_pay(provider_code: str, area_code: str) -> dt.timedelta | None:
    """Return how long a bill made now would be open; None when the order itself sets the time."""
    provider = PROVIDERS.get(provider_code)
    return None if provider is None else provider.open_for(area_code, clock.today(time_zone(area_code)))


def _fitting(order: Order, code: str) -> Provider:
    for provider in available(order.due_amount, order.delivery_method, order.regency_code):
        if provider.code == code:
            return provider
    raise InvalidInput(_("This way to pay does not fit this order. Choose another one."), field="payment_method")


def _bill(order: Order, provider: Provider, expires_at: dt.datetime | None) -> Payment:
    payment = Payment(
        order=order,
        provider=provider.code,
        state=PaymentState.PENDING,
        amount=order.due_amount,
        expires_at=expires_at,
    )
    db.session.add(payment)
    db.session.flush()  # its id is the key of what the provider makes
    instruction = provider.start(payment, key=f"payment:{payment.id}")
    payment.amount = instruction.amount
    payment.unique_code = instruction.unique_code
    payment.account_id = instruction.account_id
    payment.instruction = instruction.details
    return payment


def _deadline(order: Order, provider: Provider) -> dt.datetime | None:
    span = time_to_pay(provider.code, order.regency_code)
    return None if span is None else clock.now() + span


def open_payment(order_id: int) -> Payment | None:
    """Return the bill of an order that takes money now."""
    return db.session.scalar(select(Payment).where(Payment.order_id == order_id, Payment.state.in_(rules.OPEN)))


@command
def change_method(order_id: int, provider_code: str) -> Payment:
    """Let the buyer pay in another way: the open bill is cancelled, a new one made.

    Raises StateConflict once he said that he paid, when part of the money is there (a new bill would ask for all of
    it again), or when the order takes no payment.
    """
    if queries.kept_of(orders.locked(order_id)).amount:
        raise StateConflict(_("Part of your money is here already. Send only what is missing, as your order says."))
    old = open_payment(order_id)
    if old is not None and old.provider != provider_code:
        turn_by(old, Action.CANCEL)
        _tell_closed(old)
    return start(order_id, provider_code)


@command
def claim(payment_id: int, proof_image_id: int | None, note: str, actor_id: int | None = None) -> Payment:
    """Take the buyer's word that he paid, with a picture or a note. The statement decides, not the picture.

    A claim on a bill that ran out is kept for review. Raises StateConflict when another bill is open instead, and for
    an order on an invoice (see `billed`).
    """
    payment, order = locked(payment_id)
    opened = open_payment(order.id)
    is_other = opened is not None and opened.id != payment.id
    if not PROVIDERS[payment.provider].needs_account or is_other or order.billed_at is not None:
        raise StateConflict
    return _claimed(payment, order, proof_image_id, note, actor_id)


@command
def claim_rest(order_id: int, proof_image_id: int | None, note: str, actor_id: int | None = None) -> Payment:
    """Take the buyer's word that he sent what was missing of his payment.

    Raises StateConflict when nothing is missing (any more) that would still pay the order.
    """
    order = orders.locked(order_id)
    money = queries.kept_of(order)
    if not money.may_be_sent:
        raise StateConflict
    payment = open_payment(order_id) or _bill_of_rest(order, money)
    return _claimed(payment, order, proof_image_id, note, actor_id)


def _bill_of_rest(order: Order, money: Kept) -> Payment:
    """Make the bill of what is missing: to the account of the first one, without a unique code of its own."""
    payment = Payment(
        order_id=order.id,
        provider=money.bill.provider,
        amount=money.missing,
        account_id=money.bill.account_id,
        instruction=money.bill.instruction,
        expires_at=order.expires_at,
    )
    db.session.add(payment)
    db.session.flush()  # its state is turned by an UPDATE
    return payment


def _claimed(payment: Payment, order: Order, proof_image_id: int | None, note: str, actor_id: int | None) -> Payment:
    values: dict[str, Any] = {"note": note}
    if proof_image_id is not None:
        values["proof_id"] = proof_image_id
    turn_by(payment, Action.CLAIM, **values)
    payment.needs_review = not done(lambda: orders.claim_paid(order.id, actor_id))
    return payment


def done(step: Callable[[], None]) -> bool:
    """Take a step of the order; False, with nothing changed, when the order or its goods do not allow it."""
    try:
        with db.session.begin_nested():
            step()
    except (StateConflict, Shortage, InvalidInput):
        return False
    return True


@command
def confirm(payment_id: int, received_amount: int, statement_reference: str, actor_id: int | None) -> Payment:
    """Write down money that is in the statement; it pays the order when sum, time and order fit.

    What does not fit (another sum, too late, paid twice, goods gone) is kept, owed back, and marked for review,
    unless it completes a payment that fell short.
    Raises InvalidInput for a statement reference that was used before, StateConflict when somebody else was faster.
    """
    payment, order = locked(payment_id)
    provider = PROVIDERS[payment.provider]
    asked = order.due_amount - payment.unique_code
    values = {"received_amount": received_amount, "decided_by_id": actor_id, "decided_at": clock.now()}
    if provider is CASH:
        values["amount"] = asked  # what was left out since is not collected
    if provider.needs_account:
        _turn_with_reference(payment, statement_reference, values)
    else:
        turn_by(payment, Action.CONFIRM, **values)
    _tell_closed(payment)
    account = provider.money_account
    if order.billed_at is not None:  # an invoice takes every sum
        billing.take_money(order.id, received_amount, account, f"payment:{payment.id}", actor_id)
        settled = True
    else:
        settled = received_amount == asked and _settle(payment, account, actor_id)
        settled = settled or keep(payment, order, account, actor_id)
    audit.record(actor_id, "payment.confirm", ("payment", payment.id), amount=received_amount, settled=settled)
    return payment


def _turn_with_reference(payment: Payment, reference: str, values: dict[str, Any]) -> None:
    """Confirm a payment by a line of the statement, which then confirms no other."""
    if not reference:
        raise InvalidInput(_("Please fill this in."), field="reference")
    try:
        with db.session.begin_nested():
            turn_by(payment, Action.CONFIRM, provider_reference=ledger_rules.as_reference(reference), **values)
    except IntegrityError as error:
        raise InvalidInput(used_line(), field="reference") from error


def used_line() -> str:
    """Say that a line of the statement cannot be used again."""
    return _("This line of the statement was already used for another payment.")


def _settle(payment: Payment, account: Account, actor_id: int | None) -> bool:
    """Pay the order; False when it takes no money any more or its goods are gone."""
    reference, received = f"payment:{payment.id}", payment.received_amount
    paid = done(lambda: orders.mark_paid(payment.order_id, received, account, reference, actor_id))
    if paid:
        cancel_open(payment.order_id)  # he had changed the way to pay, and paid in the old one
    return paid


def keep(payment: Payment, order: Order, account: Account, actor_id: int | None) -> bool:
    """Keep money that the order does not take: it is owed back until a person decides. Inside a running command.

    True when it is just what the order asks for, though not the way that its bill asked for, or completes what fell
    short before: the order is paid with all of it.
    """
    fell_short = Decision.TAKE_REST in queries.kept_of(order).decisions
    payment.needs_review = True
    postings = ledger_rules.stray_payment(account, payment.received_amount)
    orders.post(order, EntryKind.STRAY_PAYMENT, f"payment:{payment.id}", postings, actor_id)
    money = queries.kept_of(order)
    if (fell_short or money.amount == money.asked) and done(lambda: pay_with(order, money, actor_id)):
        return True
    _wait_on(payment, order, money, actor_id)
    return False


def _wait_on(payment: Payment, order: Order, money: Kept, actor_id: int | None) -> None:
    """Let an order wait on for the treasurer where enough is there, else for its buyer.

    He gets the time of a transfer, whatever he paid with: he has left the page, and is told by phone.
    """
    deadline = None if PROVIDERS[payment.provider] is CASH else _deadline(order, TRANSFER)
    if order.state not in UNPAID or deadline is None:
        return
    if money.is_enough:
        done(lambda: orders.take_more(order.id, payment.received_amount, money.over, actor_id))
    elif order.state is OrderState.AWAITING_VERIFICATION:
        received = payment.received_amount
        done(lambda: orders.take_other_sum(order.id, deadline, received, money.missing, actor_id))
    else:
        done(lambda: orders.set_deadline(order.id, max(deadline, order.expires_at or deadline)))


def pay_with(order: Order, money: Kept, actor_id: int | None) -> None:
    """Pay an order with what its bill asks of what is kept; an open bill ends, for nothing more is asked.

    Raises StateConflict when it is too little, or the order takes no payment any more.
    """
    if not money.is_enough:
        raise StateConflict
    orders.mark_paid(order.id, money.of_use, Account.REFUNDS_PAYABLE, f"payment:{money.bill.id}", actor_id)
    for payment in money.payments:
        payment.needs_review = False
    cancel_open(order.id)
    audit.record(actor_id, "payment.use", ("payment", money.bill.id), amount=money.of_use)


def wait_again(order: Order, actor_id: int | None) -> None:
    """Let an order whose money went back wait for its buyer, no longer for the treasurer."""
    if order.is_covered:  # nothing waits for money; one on an invoice was never to be paid by a provider
        return
    deadline = _deadline(order, PROVIDERS[order.payment_method])
    decided = open_payment(order.id) is None and not queries.kept_of(order).is_enough
    if decided and deadline is not None and order.state is OrderState.AWAITING_VERIFICATION:
        done(lambda: orders.reopen(order.id, deadline, actor_id))


def cancel_open(order_id: int) -> None:
    """End the open bill of an order that asks for nothing more; a claim stays, for its money may be there."""
    payment = open_payment(order_id)
    if payment is not None and payment.state is PaymentState.PENDING:
        turn_by(payment, Action.CANCEL)
        _tell_closed(payment)


@command
def reject(payment_id: int, reason: str, actor_id: int | None) -> Payment:
    """Say that the money of a claim is not in the statement; the buyer gets the time of a new bill to answer.

    Raises InvalidInput without a reason, StateConflict when there is no claim (any more).
    """
    if not reason:
        raise InvalidInput(_("Please fill this in."), field="reason")
    payment, order = locked(payment_id)
    deadline = _deadline(order, PROVIDERS[payment.provider])
    values = {"reason": reason, "needs_review": False, "decided_by_id": actor_id, "decided_at": clock.now()}
    turn_by(payment, Action.REJECT, expires_at=deadline, **values)
    _tell_closed(payment)
    if order.state is OrderState.AWAITING_VERIFICATION and deadline is not None:
        orders.reject_claim(order.id, deadline, reason, actor_id)
    audit.record(actor_id, "payment.reject", ("payment", payment.id), reason=reason)
    return payment


@command
def collect_cash(payment_id: int, handed: int, actor_id: int | None) -> int:
    """Take cash at the counter and hand the order over; return the change, rupiah.

    Raises InvalidInput when it is too little, StateConflict when the order is not ready or was paid.
    """
    payment, order = locked(payment_id)
    if payment.provider != CASH.code or order.state is not OrderState.READY:
        raise StateConflict(_("This order is not ready to be handed over."))
    if handed < order.due_amount:
        raise InvalidInput(_("This is less than the buyer has to pay."), field="handed")
    confirm(payment_id, order.due_amount, "", actor_id)
    orders.hand_over(order.id, actor_id)
    return handed - order.due_amount


@command
def expire_due(now: dt.datetime) -> int:
    """End the unpaid orders whose time is over and the bills of closed orders; return how many orders ended."""
    for payment_id in db.session.scalars(_left_open()).all():
        _close(payment_id)
    return sum(_expire(order_id) for order_id in orders_queries.overdue(now))


def _left_open() -> Any:
    """Select the open bills of orders that were closed in another way. Claims stay: a person looks at them."""
    closed = Order.state.in_((OrderState.CANCELLED, OrderState.EXPIRED))
    return select(Payment.id).join(Order).where(Payment.state == PaymentState.PENDING, closed).order_by(Payment.id)


def _close(payment_id: int) -> None:
    payment, _order = locked(payment_id)
    if payment.state is PaymentState.PENDING:
        turn_by(payment, Action.EXPIRE)
        _tell_closed(payment)


def _expire(order_id: int) -> bool:
    if not orders.expire(order_id):
        return False
    payment = open_payment(order_id)
    if payment is not None:
        _close(payment.id)
    return True


def locked(payment_id: int) -> tuple[Payment, Order]:
    """Return a payment as it is now, and its order with its row locked. Raises NotFound."""
    order_id = db.session.scalar(select(Payment.order_id).where(Payment.id == payment_id))
    if order_id is None:
        raise NotFound
    order = orders.locked(order_id)
    payment = db.session.get_one(Payment, payment_id, populate_existing=True)
    return payment, order


def turn_by(payment: Payment, action: Action, **values: Any) -> None:
    """Let something happen to a payment, inside a running command. Raises StateConflict where it cannot happen."""
    turn(payment, rules.transition(payment.state, action), **values)


def _tell_closed(payment: Payment) -> None:
    PROVIDERS[payment.provider].cancel(payment)
