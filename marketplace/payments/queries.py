"""Find payments: for the buyer's page, and for the treasurer with the statement in hand."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from ..extensions import db
from ..ledger.models import Account, JournalEntry, JournalLine
from ..orders import queries as orders_queries
from ..orders import rules as order_rules
from ..orders.models import Order, OrderState
from ..shared.errors import NotFound
from ..shared.policy import Actor, Role, may
from . import reserved, rules
from .models import Payment, PaymentState, Refund, RefundState
from .provider import Provider
from .providers import ONLINE, PROVIDERS
from .rules import Action, Decision

TREASURERS = frozenset({Role.TREASURER})
COUNTER = frozenset({Role.TREASURER, Role.PACKER})
"""Who may take cash against goods."""
TAKES_MONEY = tuple(state for state in OrderState if order_rules.allows(state, order_rules.Action.PAY))
BY_STATEMENT = tuple(code for code, provider in PROVIDERS.items() if provider.needs_account)


@dataclass(frozen=True)
class Kept:
    """Money that arrived for an order, pays nothing and was not given back."""

    order: Order
    payments: Sequence[Payment]
    """Those that brought it, newest first."""
    amount: int

    @property
    def bill(self) -> Payment:
        """Return the payment whose bill it was: one that the buyer was shown, with the unique code if there is one."""
        return max(self.payments, key=lambda each: (bool(each.instruction), each.unique_code, each.id))

    @property
    def asked(self) -> int:
        """Return what the order asks for, the unique code off."""
        return self.order.due_amount - max((payment.unique_code for payment in self.payments), default=0)

    @property
    def missing(self) -> int:
        """Return what has to come before the order is paid."""
        return max(self.asked - self.amount, 0)

    @property
    def of_use(self) -> int:
        """Return what of it would pay the order, once it is enough.

        Who only forgot his unique code is owed nothing; who paid too much gets all that the bill did not ask for.
        """
        return self.amount if self.amount <= self.order.due_amount else self.asked

    @property
    def over(self) -> int:
        """Return what would be given back once the rest of it pays the order."""
        return max(self.amount - self.of_use, 0)

    @property
    def is_enough(self) -> bool:
        """Tell whether the order could be paid with it."""
        return Decision.USE in self.decisions

    @property
    def decisions(self) -> frozenset[Decision]:
        """Return what can be done with it."""
        return rules.decisions(self.order.state, self.order.is_covered, self.amount, self.asked)

    @property
    def may_be_completed(self) -> bool:
        """Tell whether the missing money would still pay the order."""
        takes_money = order_rules.allows(self.order.state, order_rules.Action.PAY)
        return takes_money and Decision.TAKE_REST in self.decisions

    @property
    def may_be_sent(self) -> bool:
        """Tell whether the buyer can send the missing money to the account of his bill."""
        return self.may_be_completed and self.bill.account is not None

    @property
    def scans(self) -> bool:
        """Tell whether the missing money can be scanned as a code."""
        return self.may_be_sent and bool(self.bill.account and self.bill.account.qris_payload)


def kept_of(order: Order) -> Kept:
    """Return what is kept of an order's money."""
    payments = _payments_of(order.id)
    return _kept(order, payments, reserved.free_to_give(order.id) if _came(payments) else 0)


def _came(payments: Sequence[Payment]) -> bool:
    """Tell whether any money came; before that nothing can be owed back, and nobody needs to ask."""
    return any(payment.state is PaymentState.CONFIRMED for payment in payments)


def _kept(order: Order, payments: Sequence[Payment], owed: int) -> Kept:
    kept = [each for each in payments if each.state is PaymentState.CONFIRMED and each.needs_review]
    return Kept(order, kept, min(owed, sum(each.received_amount for each in kept)))


def _payments_of(order_id: int) -> Sequence[Payment]:
    statement = select(Payment).where(Payment.order_id == order_id).options(joinedload(Payment.account))
    return db.session.scalars(statement.order_by(Payment.id.desc())).all()


@dataclass(frozen=True)
class Bill:
    """The last payment of an order, as the buyer's page shows it, with the money that is kept, owed or went back."""

    payment: Payment
    order: Order
    provider: Provider
    kept: Kept
    owed: int
    """What is to be given back, rupiah: on its way, kept, left out, or too much of a paid order."""
    refunds: Sequence[Refund]
    taken_back: Payment | None
    """The newest that was booked by mistake."""

    @property
    def state(self) -> PaymentState:
        """Return the state of the payment."""
        return self.payment.state

    @property
    def takes_proof(self) -> bool:
        """Tell whether the buyer can say that he paid this bill."""
        by_invoice = self.order.billed_at is not None
        return self.provider.needs_account and not by_invoice and rules.allows(self.payment.state, Action.CLAIM)

    @property
    def to_send(self) -> int:
        """Return what the buyer is asked for now, rupiah."""
        return self.kept.missing if self.kept.may_be_sent else self.payment.amount


def bill_of(order: Order) -> Bill | None:
    """Return the payment that paid an order, else its newest, with its account; None before the first."""
    payments = _payments_of(order.id)
    if order.paid_at is not None:
        payments = sorted(payments, key=lambda each: each.state is not PaymentState.CONFIRMED)
    if not payments:
        return None
    owed, given = (orders_queries.refund_due(order.id), refunds_of(order.id)) if _came(payments) else (0, [])
    asked = sum(each.amount for each in given if each.state is RefundState.REQUESTED)
    kept = _kept(order, payments, owed - asked)
    mistaken = sorted((each for each in payments if each.state is PaymentState.TAKEN_BACK), key=lambda each: -each.id)
    taken_back = next(iter(mistaken), None)
    return Bill(payments[0], order, PROVIDERS[payments[0].provider], kept, owed, given, taken_back)


def get_payment_for(actor: Actor, payment_id: int, roles: frozenset[Role] = TREASURERS) -> Payment:
    """Return a payment with order, account and proof. Raises NotFound, also for officers of elsewhere."""
    whole = (joinedload(Payment.order), joinedload(Payment.account), joinedload(Payment.proof))
    payment = db.session.get(Payment, payment_id, options=whole)
    if payment is None or not may(actor, roles, area_code=payment.order.regency_code):
        raise NotFound
    return payment


def get_order_for_treasurer(actor: Actor, order_id: int) -> Order:
    """Return an order of the treasurer's area. Raises NotFound."""
    order = db.session.get(Order, order_id)
    if order is None or not may(actor, TREASURERS, area_code=order.regency_code):
        raise NotFound
    return order


def get_order(order_id: int) -> Order:
    """Return an order as it stands in the database."""
    return db.session.get_one(Order, order_id, populate_existing=True)


def last_online(order_id: int) -> Payment | None:
    """Return the newest bill of an order for which a provider made a page."""
    own = (Payment.order_id == order_id) & Payment.provider.in_(ONLINE) & Payment.provider_reference.is_not(None)
    return db.session.scalar(select(Payment).where(own).order_by(Payment.id.desc()).limit(1))


def state_of(payment_id: int) -> PaymentState:
    """Return the state of a payment as it stands in the database."""
    return db.session.scalars(select(Payment.state).where(Payment.id == payment_id)).one()


def payment_by_token(payment_id: int, token: str) -> Payment:
    """Return a payment to whoever knows the secret link of its order. Raises NotFound."""
    payment = db.session.scalar(select(Payment).join(Order).where(Payment.id == payment_id, Order.token == token))
    if payment is None:
        raise NotFound
    return payment


class Tab(StrEnum):
    """The treasurer's lists."""

    CLAIMED = "claimed"
    """The buyer says that he paid."""
    OPEN = "open"
    """Nothing was heard yet."""
    REST = "rest"
    """Fell short: the buyer was told to send what is missing."""
    REVIEW = "review"
    HISTORY = "history"


def queue(area_code: str, tab: Tab) -> Select[Payment]:
    """Select the payments of one list of a regency with their orders, what waits longest first."""
    statement = _with_order(area_code)
    if tab in (Tab.CLAIMED, Tab.OPEN):
        state = PaymentState.CLAIMED if tab is Tab.CLAIMED else PaymentState.PENDING
        statement = statement.where(Payment.state == state, Payment.provider.in_(BY_STATEMENT))
        return statement.order_by(Payment.created_at, Payment.id)
    if tab in (Tab.REST, Tab.REVIEW):
        rest = waits_for_rest() if tab is Tab.REST else ~waits_for_rest()
        return statement.where(Payment.needs_review, rest).order_by(Payment.created_at, Payment.id)
    return statement.where(Payment.state.not_in(rules.OPEN)).order_by(Payment.id.desc())


def found(area_code: str, text: str, amount: int | None) -> Select[Payment]:
    """Select the payments of a regency by exact amount, order number or pick-up code, whatever their state.

    The open ones come first: what the statement shows is most often one of them.
    """
    matches = [Order.number.icontains(text, autoescape=True), Order.pickup_code == text]
    if amount is not None:
        matches.append(Payment.amount == amount)
        # The statement may show what was missing of a payment that fell short.
        matches.append(Payment.needs_review & (Payment.amount - Payment.received_amount == amount))
    open_first = case((Payment.state.in_(rules.OPEN), 0), else_=1)
    return _with_order(area_code).where(or_(*matches)).order_by(open_first, Payment.id.desc())


def _with_order(area_code: str) -> Select[Payment]:
    return (
        select(Payment)
        .join(Payment.order)
        .options(contains_eager(Payment.order))
        .where(Order.regency_code == area_code)
    )


def missing_of(order_ids: Collection[int]) -> dict[int, int]:
    """Return order id → rupiah that is missing, for those of some orders that wait for the rest of a payment."""
    if not order_ids:
        return {}
    rest = Order.total - Order.reduced_amount - _code_off() - _here()
    statement = select(Order.id, rest).where(Order.id.in_(order_ids), waits_for_rest())
    return {order_id: int(amount) for order_id, amount in db.session.execute(statement)}


def counts(area_code: str) -> dict[Tab, int]:
    """Return how many payments each list holds, the history aside."""
    claimed = func.count().filter(is_to_check())
    waiting = func.count().filter(Payment.state == PaymentState.PENDING, Payment.provider.in_(BY_STATEMENT))
    rest = func.count().filter(Payment.needs_review, waits_for_rest())
    review = func.count().filter(Payment.needs_review, ~waits_for_rest())
    row = db.session.execute(
        select(claimed, waiting, rest, review)
        .select_from(Payment)
        .join(Order)
        .where(Order.regency_code == area_code, or_(Payment.state.in_(rules.OPEN), Payment.needs_review))
    ).one()
    return dict(zip((Tab.CLAIMED, Tab.OPEN, Tab.REST, Tab.REVIEW), row, strict=True))


def is_to_check() -> ColumnElement[bool]:
    """Return the condition that a buyer says that he paid, and the statement has to tell."""
    return (Payment.state == PaymentState.CLAIMED) & Payment.provider.in_(BY_STATEMENT)


def waits_for_rest() -> ColumnElement[bool]:
    """Return the condition that an order still takes money, and that less of it is here than it asks for."""
    return is_undecided() & (_here() + _code_off() < Order.total - Order.reduced_amount)


def is_undecided() -> ColumnElement[bool]:
    """Return the condition that money is here which may still pay its order: nobody knows yet what of it goes back."""
    return ~Order.is_covered & Order.state.in_(TAKES_MONEY) & (_here() > 0)


def _here() -> ColumnElement[int]:
    """Return what is owed back of an order: of one that is not paid, all that came for it."""
    balance = (
        select(-func.sum(JournalLine.amount))
        .join(JournalEntry)
        .where(JournalEntry.order_id == Order.id, JournalLine.account == Account.REFUNDS_PAYABLE)
    )
    return func.coalesce(balance.scalar_subquery(), 0)


def _code_off() -> ColumnElement[int]:
    """Return the unique code of the bill that the kept money came for."""
    bill = aliased(Payment)
    code = select(func.max(bill.unique_code)).where(
        bill.order_id == Order.id, bill.needs_review, bill.state == PaymentState.CONFIRMED
    )
    return func.coalesce(code.scalar_subquery(), 0)


def cash_to_collect(area_code: str, text: str) -> Select[Payment]:
    """Select the unpaid cash bills of a regency by order number, code or name; the ready ones first."""
    ready_first = case((Order.state == OrderState.READY, 0), else_=1)
    statement = _with_order(area_code).where(
        Payment.state == PaymentState.PENDING,
        Payment.provider == "cash",
        Order.state.in_((OrderState.PROCESSING, OrderState.READY)),
    )
    if text:
        by_name = Order.buyer_name.icontains(text, autoescape=True)
        by_number = Order.number.icontains(text, autoescape=True)
        statement = statement.where(or_(by_name, by_number, Order.pickup_code == text))
    return statement.order_by(ready_first, Order.ready_on, Payment.id)


def others_of(payment: Payment) -> list[Payment]:
    """Return the other payments of the same order, newest first."""
    statement = select(Payment).where(Payment.order_id == payment.order_id, Payment.id != payment.id)
    return list(db.session.scalars(statement.order_by(Payment.id.desc())))


def owed_back(area_code: str) -> Select[Order]:
    """Select the orders of a regency whose buyers are owed money, the oldest first.

    Not those whose money is on its way back, or may still pay them: that waits for its
    rest, or among the payments to decide about.
    """
    return select(Order).where(Order.regency_code == area_code, is_to_give_back()).order_by(Order.id)


def is_to_give_back() -> ColumnElement[bool]:
    """Return the condition that a buyer is owed money which nobody is giving back yet."""
    return Order.id.in_(orders_queries.owing()) & ~is_undecided() & (_here() > reserved.of_order())


def sums_owed_back(order_ids: list[int]) -> dict[int, int]:
    """Return order id → rupiah owed back to its buyer, without what is on its way."""
    statement = (
        select(JournalEntry.order_id, -func.sum(JournalLine.amount))
        .join(JournalLine)
        .where(JournalLine.account == Account.REFUNDS_PAYABLE, JournalEntry.order_id.in_(order_ids))
        .group_by(JournalEntry.order_id)
    )
    owed = {order_id: int(amount) for order_id, amount in db.session.execute(statement) if order_id is not None}
    asked = reserved.by_order(order_ids)
    return {order_id: amount - asked.get(order_id, 0) for order_id, amount in owed.items()}


def get_refund(refund_id: int) -> Refund:
    """Return a refund as it stands in the database."""
    return db.session.get_one(Refund, refund_id, populate_existing=True)


def refunds_in(area_code: str) -> Select[Refund]:
    """Select what was given back in a regency with its orders, newest first."""
    statement = select(Refund).join(Refund.order).options(contains_eager(Refund.order))
    return statement.where(Order.regency_code == area_code).order_by(Refund.at.desc(), Refund.id.desc())


def refunds_of(order_id: int) -> list[Refund]:
    """Return what was given back for an order, oldest first."""
    return list(db.session.scalars(select(Refund).where(Refund.order_id == order_id).order_by(Refund.id)))
