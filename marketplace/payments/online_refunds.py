"""Money that goes back the way it came: asked of the provider, in the books once it was sent."""

from sqlalchemy import func, select

from ..extensions import db
from ..ledger import rules as ledger_rules
from ..ledger.models import EntryKind
from ..orders import service as orders
from ..orders.models import Order
from ..shared import audit
from ..shared.errors import InvalidInput
from ..shared.i18n import _
from ..shared.money import format_rupiah
from ..shared.transaction import command
from ..shared.turn import turn
from . import reserved, rules, service
from .facts import Taken, doubtful, payment_of_charge, taken
from .models import Doubt, Payment, PaymentState, Refund, RefundMethod, RefundState
from .provider import Provider, ProviderRefused, RefundAsk, RefundStanding
from .providers import ONLINE, PROVIDERS
from .refunds import MONEY_FROM, end_reviews


@command
def request(order_id: int, amount: int, reason: str, actor_id: int | None) -> Refund:
    """Write down that money is to go back through its provider; from now on nobody else can give it.

    Raises InvalidInput for more than is owed back, or than one payment brought and did not give back yet.
    """
    order = orders.locked(order_id)
    owed = reserved.free_to_give(order_id)
    if not 1 <= amount <= owed:
        raise InvalidInput(_("At most %(most)s is owed back.", most=format_rupiah(owed)), field="amount")
    if not reason:
        raise InvalidInput(_("Please fill this in."), field="reason")
    left = left_online(order_id)
    payment_id = next((key for key, rest in left.items() if rest >= amount), None)
    if payment_id is None:
        most = format_rupiah(max(left.values(), default=0))
        raise InvalidInput(_("At most %(most)s can go back the way it came.", most=most), field="amount")
    refund = Refund(order_id=order.id, payment_id=payment_id, amount=amount, method=RefundMethod.ONLINE)
    refund.state, refund.reason, refund.made_by_id = RefundState.REQUESTED, reason, actor_id
    db.session.add(refund)
    audit.record(actor_id, "payment.refund_request", ("order", order_id), amount=amount)
    db.session.flush()  # its id is the key under which the provider is asked
    return refund


def left_online(order_id: int) -> dict[int, int]:
    """Return payment id → rupiah that can still go back through its provider, the newest payment first."""
    given = (
        select(Refund.payment_id, func.sum(Refund.amount).label("amount"))
        .where(Refund.order_id == order_id, Refund.state.in_(reserved.SENT_OR_ASKED))
        .group_by(Refund.payment_id)
        .subquery()
    )
    rest = Payment.received_amount - func.coalesce(given.c.amount, 0)
    came = (Payment.order_id == order_id) & (Payment.state == PaymentState.CONFIRMED)
    statement = (
        select(Payment.id, rest)
        .outerjoin(given, given.c.payment_id == Payment.id)
        .where(came, Payment.provider.in_(ONLINE), Payment.charge_reference.is_not(None), rest > 0)
        .order_by(Payment.id.desc())
    )
    return {payment_id: int(amount) for payment_id, amount in db.session.execute(statement)}


def send(refund_id: int) -> None:
    """Ask the provider to send a refund and write down what it says, outside of a command.

    Asked again as often as needed: it is sent once. Raises ProviderAway; then it stays requested.
    """
    refund = db.session.get_one(Refund, refund_id, populate_existing=True)
    payment = refund.payment
    if refund.state is not RefundState.REQUESTED or payment is None or payment.charge_reference is None:
        return
    provider = PROVIDERS[payment.provider]
    key = f"refund:{refund.id}:{refund.order.token[:12]}"
    ask = RefundAsk(key, refund.id, payment.charge_reference, refund.amount)
    try:
        standing = provider.refund(ask)
    except ProviderRefused as refused:
        fail(refund_id, str(refused))
    else:
        note(provider, standing)


@command
def note(provider: Provider, standing: RefundStanding) -> Taken:
    """Take in how a refund stands."""
    return take(provider, standing)


@command
def fail(refund_id: int, problem: str) -> None:
    """Write down that a provider does not send a refund: the treasurer gives it back by hand."""
    order_id = db.session.scalar(select(Refund.order_id).where(Refund.id == refund_id))
    order = orders.locked(order_id or 0)
    refund = db.session.get_one(Refund, refund_id, populate_existing=True)
    if refund.state is RefundState.REQUESTED:
        _move(refund, order, RefundState.FAILED, problem)


def take(provider: Provider, fact: RefundStanding) -> Taken:
    """Take in how a refund stands at its provider, inside a running command; also one that was made there by hand."""
    payment = payment_of_charge(provider.code, fact.charge)
    if payment is None:
        return doubtful(Doubt.UNKNOWN, fact.reference, fact.money)
    payment, order = service.locked(payment.id)
    refund = _known(payment, fact)
    if not fact.money.is_rupiah or (refund is not None and refund.amount != fact.money.amount):
        return doubtful(Doubt.SUM, fact.reference, fact.money, payment, order.number)
    if refund is None:
        return _made_elsewhere(payment, order, fact)
    refund.provider_reference = fact.reference
    moved = rules.refund_moves(refund.state, fact.state)
    if moved:
        _move(refund, order, fact.state, fact.problem)
    return taken(payment, fact.reference, moved=moved)


def _known(payment: Payment, fact: RefundStanding) -> Refund | None:
    """Return our refund, as it stands now that its order is locked."""
    theirs = select(Refund).where(Refund.payment_id == payment.id).execution_options(populate_existing=True)
    found = db.session.scalar(theirs.where(Refund.provider_reference == fact.reference))
    if found is None and fact.refund_id is not None:
        return db.session.scalar(theirs.where(Refund.id == fact.refund_id, Refund.provider_reference.is_(None)))
    return found


def _made_elsewhere(payment: Payment, order: Order, fact: RefundStanding) -> Taken:
    if fact.state is not RefundState.SUCCEEDED:
        return taken(payment, fact.reference, moved=False)
    if fact.money.amount > reserved.free_to_give(order.id):
        return doubtful(Doubt.NOT_OWED, fact.reference, fact.money, payment, order.number)
    refund = Refund(order_id=order.id, payment_id=payment.id, amount=fact.money.amount, method=RefundMethod.ONLINE)
    refund.provider_reference, refund.reason = fact.reference, _("Given back at the payment service.")
    db.session.add(refund)
    db.session.flush()  # its id is the entry's reference
    _sent(refund, order)
    return taken(payment, fact.reference, moved=True)


def _move(refund: Refund, order: Order, state: RefundState, problem: str) -> None:
    before = refund.state
    turn(refund, state, problem=problem[:200])
    if state is RefundState.SUCCEEDED:
        _sent(refund, order)
    elif before is RefundState.SUCCEEDED:
        postings = ledger_rules.refund_return(MONEY_FROM[refund.method], refund.amount)
        orders.post(order, EntryKind.REFUND_RETURN, f"refund:{refund.id}", postings, None)
    audit.record(None, "payment.refund", ("order", order.id), amount=refund.amount, state=state.value)


def _sent(refund: Refund, order: Order) -> None:
    postings = ledger_rules.refund(MONEY_FROM[refund.method], refund.amount)
    orders.post(order, EntryKind.REFUND, f"refund:{refund.id}", postings, refund.made_by_id)
    if reserved.free_to_give(order.id) == 0:
        end_reviews(order.id)
    service.wait_again(order, refund.made_by_id)
