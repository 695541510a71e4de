"""Take back a payment that was confirmed by mistake: its money was for something else."""

from sqlalchemy import exists, func, select

from ..extensions import db
from ..ledger import holdings
from ..ledger.models import EntryKind, JournalEntry, JournalLine
from ..orders import billing
from ..orders import service as orders
from ..orders.models import Order, OrderState
from ..shared import audit, clock
from ..shared.errors import InvalidInput, StateConflict
from ..shared.i18n import _
from ..shared.transaction import command
from . import labels, queries, reserved, rules, service
from .models import Payment, PaymentState, Refund, RefundState
from .providers import ONLINE, PROVIDERS
from .refunds import end_reviews
from .rules import Action, Booked, WayBack


def way_of(payment: Payment) -> WayBack | None:
    """Return what taking back a payment means, or why it cannot be; None for one that did not come by our own hand."""
    if payment.state is not PaymentState.CONFIRMED or payment.provider in ONLINE:
        return None
    order = payment.order
    booked = Booked(
        order=order.state,
        is_billed=order.billed_at is not None,
        covers=reserved.free_to_give(order.id) >= payment.received_amount,
        was_given_back=_is_there((Refund.order_id == order.id) & (Refund.state != RefundState.FAILED)),
        was_changed=_has_entry(order, EntryKind.REDUCTION, EntryKind.RETURN),
        paid_alone=_paid_alone(payment),
    )
    return rules.way_back(booked)


def _is_there(condition: object) -> bool:
    return bool(db.session.scalar(select(exists().where(condition))))  # type: ignore[arg-type]


def _has_entry(order: Order, *kinds: EntryKind) -> bool:
    return _is_there((JournalEntry.order_id == order.id) & JournalEntry.kind.in_(kinds))


def _paid_alone(payment: Payment) -> bool:
    """Tell whether just this money, and all of it, paid the order."""
    money_account = PROVIDERS[payment.provider].money_account
    entry = (JournalEntry.kind == EntryKind.PAYMENT) & (JournalEntry.reference == f"payment:{payment.id}")
    came = select(func.sum(JournalLine.amount)).join(JournalEntry).where(entry, JournalLine.account == money_account)
    return db.session.scalar(came) == payment.received_amount


@command
def take_back(payment_id: int, reason: str, actor_id: int | None) -> Payment:
    """Undo a confirmed payment by an entry the other way; its reference can be used again.

    Raises InvalidInput without a reason, where it cannot be (saying what stands and what can be done), and when the
    books hold less than it brought; StateConflict when it is not confirmed (any more).
    """
    if not reason:
        raise InvalidInput(_("Please fill this in."), field="why")
    payment, order = service.locked(payment_id)
    way = way_of(payment)
    if way is None:
        raise StateConflict
    if way not in rules.POSSIBLE:
        raise InvalidInput(str(labels.WAYS_BACK[way]))
    account, received = PROVIDERS[payment.provider].money_account, payment.received_amount
    holdings.secure(order.regency_code, account, received, "")
    values = {"reason": reason, "needs_review": False, "provider_reference": None}
    service.turn_by(payment, Action.TAKE_BACK, **values)
    reference = f"payment:{payment.id}"
    if way is WayBack.ANEW:
        billing.unpay(order.id, received, account, reference, reason, actor_id)
        _ask_anew(order, payment.provider)
    else:
        owed = reserved.free_to_give(order.id)
        billing.give_up_money(order.id, received, owed, account, reference, actor_id)
        if owed <= received:
            end_reviews(order.id)
        service.wait_again(order, actor_id)
        if _waits_without_bill(order):
            _ask_anew(order, payment.provider)
    audit.record(actor_id, "payment.take_back", ("payment", payment.id), reason=reason, amount=received)
    return payment


def _waits_without_bill(order: Order) -> bool:
    """Tell whether an order waits for all of its money, and nothing tells its buyer how to pay."""
    is_asked = service.open_payment(order.id) is not None or queries.kept_of(order).amount > 0
    return order.state is OrderState.AWAITING_PAYMENT and not is_asked


def _ask_anew(order: Order, provider: str) -> None:
    """Make a new bill in the way of the old one; where that way is closed now, the buyer has time to choose another."""
    if not service.done(lambda: _start(order.id, provider)):
        span = service.time_to_pay(service.TRANSFER.code, order.regency_code)
        assert span is not None  # a transfer always has its time
        orders.set_deadline(order.id, clock.now() + span)


def _start(order_id: int, provider: str) -> None:
    service.start(order_id, provider)
