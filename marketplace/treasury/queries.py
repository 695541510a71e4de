"""Find statement lines, the files they came in, and the bills that they may be for."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from ..areas.queries import time_zone
from ..extensions import db
from ..ledger.models import Account
from ..offices.models import Invoice
from ..offices.queries import open_amount
from ..orders.models import Order
from ..payments import queries as payments
from ..payments import rules as payment_rules
from ..payments.models import CollectionAccount, Payment, PaymentState
from ..payments.providers import PROVIDERS
from ..payments.queries import TREASURERS, Tab
from ..shared import clock
from ..shared.errors import NotFound
from ..shared.policy import Actor, may
from . import rules
from .models import LineState, Outcome, StatementFile, StatementLayout, StatementLine
from .rules import Bill, Line, Proposal, Stage

REMEMBERED = dt.timedelta(days=120)
"""How old a bill may be that a line is proposed for."""
MOST_BILLS = 500
SERIAL_DIGITS = 5
"""Of an order's number, after its month."""
MOST_CERTAIN = 200
"""So many lines are looked through at once for those that are certain."""

Rows = TypeVarTuple("Rows")


class Queue(StrEnum):
    """What the treasurer looks at: what waits, and what became of the rest."""

    OPEN = "open"
    SHORT = "short"
    OVER = "over"
    TWICE = "twice"
    MATCHED = "matched"
    NOT_OURS = "not_ours"
    OUTGOING = "outgoing"


OUTCOMES: dict[Queue, tuple[Outcome, ...]] = {
    Queue.SHORT: (Outcome.SHORT,),
    Queue.OVER: (Outcome.OVER,),
    Queue.TWICE: (Outcome.TWICE, Outcome.LATE),
    Queue.MATCHED: (Outcome.PAID, Outcome.LINKED, Outcome.MOVED, Outcome.FEE),
}
DECIDED = (Queue.SHORT, Queue.OVER, Queue.TWICE)
"""Whose lines wait until somebody decided about their money."""


WAITING_SHOWN = 5


def lines(area_code: str, queue: Queue, text: str, amount: int | None) -> Select[StatementLine]:
    """Select the lines of a regency's accounts in a queue, by words or sum where asked for.

    Those about which somebody has still to decide come first, of these the newest.
    """
    statement = _with_payment(_of_area(area_code)).options(
        contains_eager(StatementLine.payment).contains_eager(Payment.order)
    )
    if queue in OUTCOMES:
        statement = statement.where(StatementLine.outcome.in_(OUTCOMES[queue]))
    else:
        statement = statement.where(StatementLine.state == LineState(queue.value))
    if queue in DECIDED:
        statement = statement.order_by(case((_is_undecided(), 0), else_=1))
    if text:
        found = StatementLine.text.icontains(text, autoescape=True)
        statement = statement.where(found if amount is None else or_(found, func.abs(StatementLine.amount) == amount))
    return statement.order_by(StatementLine.day.desc(), StatementLine.id.desc())


def _of_area(area_code: str) -> Select[StatementLine]:
    return (
        select(StatementLine)
        .join(StatementLine.account)
        .options(contains_eager(StatementLine.account))
        .where(CollectionAccount.area_code == area_code)
    )


def _with_payment(statement: Select[*Rows]) -> Select[*Rows]:
    return statement.outerjoin(StatementLine.payment).outerjoin(Payment.order)


def _is_undecided() -> ColumnElement[bool]:
    """Return the condition that a line's money waits for a decision, or is too much for an invoice and still here."""
    overpaid = StatementLine.outcome.in_((Outcome.OVER, Outcome.TWICE)) & Order.billed_at.is_not(None)
    return Payment.needs_review | (overpaid & payments.is_to_give_back())


def undecided(lines: Iterable[StatementLine]) -> set[int]:
    """Return which of some lines, by id, somebody has still to decide about."""
    wanted = StatementLine.id.in_([line.id for line in lines])
    return set(db.session.scalars(_with_payment(select(StatementLine.id)).where(wanted, _is_undecided())))


def counts(area_code: str) -> dict[Queue, int]:
    """Return how many lines of a regency are in each queue; of those to decide about only the ones that wait."""
    statement = (
        select(StatementLine.state, StatementLine.outcome, func.count(), func.count().filter(_is_undecided()))
        .join(StatementLine.account)
        .where(CollectionAccount.area_code == area_code)
        .group_by(StatementLine.state, StatementLine.outcome)
    )
    found = {(state, outcome): sums for state, outcome, *sums in db.session.execute(_with_payment(statement))}
    none = [0, 0]
    matched = {
        queue: sum(found.get((LineState.MATCHED, each), none)[queue in DECIDED] for each in kinds)
        for queue, kinds in OUTCOMES.items()
    }
    return matched | {queue: found.get((LineState(queue), None), none)[0] for queue in Queue if queue not in OUTCOMES}


def get_line_for(actor: Actor, line_id: int) -> StatementLine:
    """Return a line with its account. Raises NotFound, also for treasurers of elsewhere."""
    of_payment = joinedload(StatementLine.payment).joinedload(Payment.order)
    line = db.session.get(StatementLine, line_id, options=[joinedload(StatementLine.account), of_payment])
    if line is None or not may(actor, TREASURERS, area_code=line.account.area_code):
        raise NotFound
    return line


def get_file_for(actor: Actor, file_id: int) -> StatementFile:
    """Return a file whose lines are not kept yet. Raises NotFound, also for treasurers of elsewhere."""
    file = db.session.get(StatementFile, file_id, options=[joinedload(StatementFile.account)])
    if file is None or file.content is None or not may(actor, TREASURERS, area_code=file.account.area_code):
        raise NotFound
    return file


def waiting_files(area_code: str) -> list[StatementFile]:
    """Return the newest files of a regency that were uploaded and whose lines nobody kept yet."""
    statement = select(StatementFile).join(StatementFile.account).options(contains_eager(StatementFile.account))
    waiting = StatementFile.kept_at.is_(None), CollectionAccount.area_code == area_code
    return list(db.session.scalars(statement.where(*waiting).order_by(StatementFile.id.desc()).limit(WAITING_SHOWN)))


def layout_of(account_id: int) -> StatementLayout | None:
    """Return what is remembered of an account's columns."""
    return db.session.get(StatementLayout, account_id)


def known_among(account_id: int, digests: Iterable[str]) -> int:
    """Return how many of some lines are kept already."""
    wanted, found = list(digests), 0
    for start in range(0, len(wanted), MOST_BILLS):
        part = StatementLine.digest.in_(wanted[start : start + MOST_BILLS])
        count = select(func.count()).where(StatementLine.account_id == account_id, part)
        found += db.session.scalar(count) or 0
    return found


def open_lines(area_code: str) -> list[StatementLine]:
    """Return the lines that wait, the newest."""
    waiting = _of_area(area_code).where(StatementLine.state == LineState.OPEN)
    return list(db.session.scalars(waiting.order_by(StatementLine.day.desc(), StatementLine.id).limit(MOST_CERTAIN)))


def proposals(lines: Sequence[StatementLine]) -> dict[int, list[Proposal]]:
    """Return line id → the bills it may be for, the best first; for lines of one regency that wait."""
    waiting = [line for line in lines if line.state is LineState.OPEN]
    found: dict[int, list[Proposal]] = {}
    for provider in {line.account.provider for line in waiting}:
        own = [line for line in waiting if line.account.provider == provider]
        bills = _bills(own[0].account.area_code, provider, own)
        for line in own:
            found[line.id] = rules.propose(Line(line.id, line.day, line.amount, line.text), bills)
    return found


def _bills(area_code: str, provider: str, lines: Sequence[StatementLine]) -> list[Bill]:
    """Return the bills of a regency that some lines may be for: by sum, by number, or because their rest is missing."""
    amounts = {line.amount for line in lines}
    numbers = set().union(*(rules.numbers_in(line.text) for line in lines))
    by_sum = or_(Payment.amount.in_(amounts), Payment.received_amount.in_(amounts)) & (Payment.provider == provider)
    recent = Payment.created_at >= clock.now() - REMEMBERED
    statement = _payments(area_code).where(or_(by_sum & recent, Order.number.in_(numbers)))
    found = list(db.session.scalars(statement.order_by(Payment.id.desc()).limit(MOST_BILLS)))
    waiting = list(db.session.scalars(payments.queue(area_code, Tab.REST).limit(MOST_BILLS)))
    missing = payments.missing_of({payment.order_id for payment in (*found, *waiting)})
    linked = _linked(payment.id for payment in found)
    zone = time_zone(area_code)
    rests = _first_of_each(waiting, missing)
    told = [each for each in _standing(found) if each.order_id not in missing and not _is_claim(each)]
    undecided = {each.order_id for each in found if each.state is PaymentState.CONFIRMED and each.needs_review}
    bills = [_bill(each, provider, zone, each.id in linked, each.order_id in undecided) for each in told]
    return rests + bills + _invoices(area_code, amounts, numbers)


def _standing(found: Iterable[Payment]) -> Iterator[Payment]:
    """Yield payments, newest first, without those taken back whose order has a newer one that asks for the same."""
    seen: set[int] = set()
    for each in found:
        if each.state is not PaymentState.TAKEN_BACK or each.order_id not in seen:
            yield each
        seen.add(each.order_id)


def _is_claim(payment: Payment) -> bool:
    """Tell whether it is what an office said about its invoice: that stands among the bills itself."""
    return payment.order.billed_at is not None and payment.state in payment_rules.OPEN


def _invoices(area_code: str, amounts: set[int], numbers: set[str]) -> list[Bill]:
    """Return the open invoices of offices by number, by what is open or by what the office says that it paid."""
    is_claim = (Payment.order_id == Invoice.order_id) & (Payment.state == PaymentState.CLAIMED)
    asked = func.coalesce(Payment.amount, open_amount())
    statement = (
        select(Invoice, asked)
        .join(Invoice.order)
        .join(Invoice.office)
        .outerjoin(Payment, is_claim)
        .options(contains_eager(Invoice.order), contains_eager(Invoice.office))
        .where(Invoice.regency_code == area_code, open_amount() > 0)
        .where(Invoice.number.in_(numbers) | asked.in_(amounts) | open_amount().in_(amounts))
        .order_by(Invoice.due_on)
        .limit(MOST_BILLS)
    )
    return [
        Bill(0, row.order_id, row.number, row.office.name, sum_, has_code=False, stage=Stage.OPEN, since=row.issued_on)
        for row, sum_ in db.session.execute(statement).all()
    ]


def _payments(area_code: str) -> Select[Payment]:
    return (
        select(Payment)
        .join(Payment.order)
        .options(contains_eager(Payment.order))
        .where(Order.regency_code == area_code)
    )


def _first_of_each(waiting: Iterable[Payment], missing: dict[int, int]) -> list[Bill]:
    first = {payment.order_id: payment for payment in waiting if payment.order_id in missing}
    return [_of(each, Stage.REST, missing[key], dt.date.min) for key, each in first.items()]


def _linked(payment_ids: Iterable[int]) -> set[int]:
    known = select(StatementLine.payment_id).where(StatementLine.payment_id.in_(list(payment_ids)))
    return {int(key) for key in db.session.scalars(known) if key is not None}


def _bill(payment: Payment, provider: str, zone: str, is_linked: bool, is_undecided: bool) -> Bill:
    """Return how a payment stands towards a line of a provider's account; what is asked is what would pay its order."""
    since, is_own = clock.local_date(payment.created_at, zone), payment.provider == provider
    if payment.state is PaymentState.CONFIRMED:
        stage = Stage.BY_HAND if is_own and not is_linked else Stage.PAID
        written = clock.local_date(payment.decided_at or payment.created_at, zone)
        return _of(payment, stage, payment.received_amount, written if stage is Stage.BY_HAND else since)
    if payment.state not in payment_rules.OPEN:
        return _of(payment, Stage.ENDED, payment.amount, since)
    if is_own:
        return _of(payment, Stage.OPEN, payment.order.due_amount - payment.unique_code, since)
    # Money that comes another way than the bill's has no use for its code, and pays only where none waits already.
    asked = replace(_of(payment, Stage.OPEN, payment.order.due_amount, since), has_code=False)
    return replace(asked, stage=Stage.PAID) if is_undecided else asked


def _of(payment: Payment, stage: Stage, asked: int, since: dt.date) -> Bill:
    order = payment.order
    has_code = payment.unique_code > 0
    return Bill(payment.id, order.id, order.number, order.buyer_name, asked, has_code, stage, since)


def order_by_number(area_code: str, number: str) -> Order | None:
    """Return an order of a regency by its number or its invoice's, however it is typed.

    Only its last digits are enough where they name one order that waits for money, and no other.
    """
    if number.isascii() and number.isdecimal():
        return _only_one_waiting(area_code, number)
    wanted = rules.numbers_in(number) or {number}
    invoiced = select(Invoice.order_id).where(Invoice.number.in_(wanted))
    is_it = or_(Order.number.in_(wanted), Order.id.in_(invoiced))
    return db.session.scalar(select(Order).where(Order.regency_code == area_code, is_it))


def _only_one_waiting(area_code: str, digits: str) -> Order | None:
    waits = Order.state.in_(payments.TAKES_MONEY) & ~Order.is_covered
    invoiced = select(Invoice.order_id).where(open_amount() > 0)
    statement = select(Order).where(Order.regency_code == area_code, waits | Order.id.in_(invoiced))
    found = db.session.scalars(statement.where(Order.number.endswith(f"-{digits.zfill(SERIAL_DIGITS)}")).limit(2)).all()
    return found[0] if len(found) == 1 else None


def is_linked(payment_id: int) -> bool:
    """Tell whether a line of a statement proves a payment already."""
    return bool(db.session.scalar(select(exists().where(StatementLine.payment_id == payment_id))))


def accounts(area_code: str) -> list[CollectionAccount]:
    """Return the accounts of a regency, also those of before: their statements may still come; in use first."""
    statement = select(CollectionAccount).where(CollectionAccount.area_code == area_code)
    order = (CollectionAccount.is_active.desc(), CollectionAccount.provider.desc(), CollectionAccount.id.desc())
    return list(db.session.scalars(statement.order_by(*order)))


@dataclass(frozen=True)
class StatementSums:
    """What the lines of some days say of an account: in, out, and how many of them wait."""

    came: int
    left: int
    waiting: int


def statement_sums(area_code: str, after: dt.date, until: dt.date) -> dict[Account, StatementSums]:
    """Return money account → what its statements say of the days after one up to another; only where there are any."""
    amount, waits = StatementLine.amount, StatementLine.state == LineState.OPEN
    sums = (func.sum(amount).filter(amount > 0), func.sum(amount).filter(amount < 0), func.count().filter(waits))
    statement = (
        select(CollectionAccount.provider, *sums)
        .join_from(StatementLine, CollectionAccount)
        .where(CollectionAccount.area_code == area_code, StatementLine.day > after, StatementLine.day <= until)
        .group_by(CollectionAccount.provider)
    )
    return {
        PROVIDERS[provider].money_account: StatementSums(int(came or 0), -int(left or 0), waiting)
        for provider, came, left, waiting in db.session.execute(statement)
    }
