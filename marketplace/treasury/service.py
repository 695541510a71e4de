"""Match lines of the statement with bills, each once, through the same commands as by hand.

A line is turned first: who comes second to it finds it used. The payment then carries the line's name, which no other
payment of the provider can.
"""

from collections.abc import Mapping
from functools import partial

from sqlalchemy import select

from ..extensions import db
from ..ledger import transfers
from ..ledger.models import Account
from ..orders import billing
from ..orders import service as orders
from ..orders.models import Order
from ..payments import billed, kept
from ..payments import queries as payment_queries
from ..payments import rules as payment_rules
from ..payments import service as payments
from ..payments.kept import Rest
from ..payments.models import Payment, PaymentState
from ..payments.providers import PROVIDERS
from ..payments.rules import Decision
from ..shared import audit, clock
from ..shared.errors import InvalidInput, NotFound, StateConflict
from ..shared.i18n import _
from ..shared.transaction import command
from ..shared.turn import turn
from . import queries, rules
from .models import Outcome, StatementLine
from .rules import Action


@command
def match(line_id: int, order_id: int, actor_id: int | None) -> StatementLine:
    """Take a line's money for an order: for its open bill, for what is missing, for a bill that ended, or as more.

    Raises StateConflict when the line was used before, NotFound for an order of another regency.
    """
    line = _use(line_id, actor_id)
    order = orders.locked(order_id)
    if order.regency_code != line.account.area_code:
        raise NotFound
    owed = billing.receivable_of(order)
    payment = _take(line, order, actor_id)
    outcome = _outcome_of(payment) if order.billed_at is None else rules.outcome_of_invoice(owed, line.amount)
    if outcome is Outcome.PAID:
        kept.settle_claim(order_id, line.amount)
    return _end(line, outcome, payment)


def _use(line_id: int, actor_id: int | None) -> StatementLine:
    """Take an open line for ourselves. Its outcome is put in its place before the transaction ends."""
    line = get(line_id)
    state = rules.transition(line.state, Action.MATCH)
    values = {"outcome": Outcome.PAID, "decided_by_id": actor_id, "decided_at": clock.now()}
    turn(line, state, **values)
    return line


def _end(line: StatementLine, outcome: Outcome, payment: Payment | None) -> StatementLine:
    line.outcome = outcome
    line.payment = payment
    db.session.flush()
    audit.record(line.decided_by_id, "statement.match", ("statement_line", line.id), outcome=outcome.value)
    return line


def _take(line: StatementLine, order: Order, actor_id: int | None) -> Payment:
    provider, amount = line.account.provider, line.amount
    rest = Rest(provider, amount, line.reference)
    if order.billed_at is not None:
        return billed.receive(order.id, rest, actor_id)
    opened = payments.open_payment(order.id)
    if opened is not None and opened.provider == provider:
        return payments.confirm(opened.id, amount, line.reference, actor_id)
    money = payment_queries.kept_of(order)
    if Decision.TAKE_REST in money.decisions:
        return kept.take_rest(money.bill.id, rest, actor_id)
    ended = _last_bill(order, provider)
    if ended is not None:
        return payments.confirm(ended.id, amount, line.reference, actor_id)
    return kept.take_more(order.id, rest, actor_id)


def _last_bill(order: Order, provider: str) -> Payment | None:
    """Return the last bill of an order that ended without money and still takes some."""
    ended = [state for state in PaymentState if payment_rules.allows(state, payment_rules.Action.CONFIRM)]
    statement = select(Payment).where(
        Payment.order_id == order.id, Payment.provider == provider, Payment.state.in_(ended)
    )
    return db.session.scalar(statement.order_by(Payment.id.desc()).limit(1))


def _outcome_of(payment: Payment) -> Outcome:
    if not payment.needs_review:
        return Outcome.PAID
    order = payment.order
    money = payment_queries.kept_of(order)
    if order.paid_at is not None:
        return Outcome.TWICE
    if money.may_be_completed:
        return Outcome.SHORT
    return Outcome.LATE if order.closed_at is not None else Outcome.OVER


@command
def link(line_id: int, payment_id: int, actor_id: int | None) -> StatementLine:
    """Say that a line is the money which was written down by hand as a payment; nothing is written down again.

    Raises StateConflict when the line was used, or the payment is another sum or proved by another line.
    """
    line = _use(line_id, actor_id)
    payment, order = payments.locked(payment_id)
    if order.regency_code != line.account.area_code:
        raise NotFound
    same = payment.state is PaymentState.CONFIRMED and payment.received_amount == line.amount
    if not same or payment.provider != line.account.provider or queries.is_linked(payment_id):
        raise StateConflict
    return _end(line, Outcome.LINKED, payment)


@command
def match_certain(area_code: str, shown: Mapping[int, int], actor_id: int | None) -> int:
    """Match the lines that are still certain to be for the orders shown; return how many.

    Takes line id → order id. What changed since it was shown is left for a person.
    """
    waiting = [line for line in queries.open_lines(area_code) if line.id in shown]
    certain = rules.without_rivals(queries.proposals(waiting))
    chosen = [(line, each.bill.order_id) for line, each in certain.items() if shown[line] == each.bill.order_id]
    # In the order of orders, in which all writers lock them; what somebody else was faster with is left out.
    return sum(
        payments.done(partial(_match, line_id, order_id, actor_id))
        for line_id, order_id in sorted(chosen, key=lambda each: each[1])
    )


def _match(line_id: int, order_id: int, actor_id: int | None) -> None:
    match(line_id, order_id, actor_id)


@command
def take_own(line_id: int, source: Account, actor_id: int | None) -> StatementLine:
    """Write down that a line's money came from another of the office's own accounts, such as QRIS that was settled.

    Raises StateConflict when the line was used before, InvalidInput when that account holds less by the books.
    """
    line = _use(line_id, actor_id)
    target = PROVIDERS[line.account.provider].money_account
    area_code, key = line.account.area_code, f"statement:{line.id}"
    transfers.move_money(area_code, source, target, line.amount, line.reference, key, actor_id)
    return _end(line, Outcome.MOVED, None)


@command
def set_aside(line_id: int, reason: str, actor_id: int | None) -> StatementLine:
    """Say that a line is about no order. Raises InvalidInput without a reason, StateConflict when it was used."""
    if not reason:
        raise InvalidInput(_("Please fill this in."), field="reason")
    line = get(line_id)
    state = rules.transition(line.state, Action.SET_ASIDE)
    turn(line, state, note=reason, decided_by_id=actor_id, decided_at=clock.now())
    audit.record(actor_id, "statement.set_aside", ("statement_line", line_id), reason=reason)
    return line


@command
def reopen(line_id: int, actor_id: int | None) -> StatementLine:
    """Put a line that was set aside back among those that wait. Raises StateConflict for any other."""
    line = get(line_id)
    turn(line, rules.transition(line.state, Action.REOPEN), note="", decided_by_id=None, decided_at=None)
    audit.record(actor_id, "statement.reopen", ("statement_line", line_id))
    return line


def get(line_id: int) -> StatementLine:
    """Return a line. Raises NotFound."""
    line = db.session.get(StatementLine, line_id)
    if line is None:
        raise NotFound
    return line
