"""Bills, refunds and payouts against the journal: each made one entry, none is without."""

from typing import Any

from sqlalchemy import Select, String, case, func, select, type_coerce

from ...ledger.models import (
    MONEY,
    Account,
    BatchState,
    EntryKind,
    JournalEntry,
    JournalLine,
    Payout,
    PayoutBatch,
    PayoutMethod,
    PayoutState,
)
from ...ledger.payout_queries import UNDONE
from ...ledger.payout_rules import LEFT
from ...ledger.payout_rules import MONEY_FROM as PAYOUT_FROM
from ...orders.models import Order, OrderState
from ...payments.models import Payment, PaymentState, Refund, RefundState, UniqueCode
from ...payments.providers import PROVIDERS
from ...payments.refunds import MONEY_FROM as REFUND_FROM
from ...payments.rules import OPEN
from ...treasury.models import StatementLine
from ..check import amounts, at_least, at_most, beside, check, joined, reference, row

OTHER_MONEY = (
    *(EntryKind.REFUND, EntryKind.REFUND_RETURN, EntryKind.PAYOUT, EntryKind.PAYOUT_RETURN, EntryKind.TRANSFER),
    *(EntryKind.DISPUTE, EntryKind.DISPUTE_WON, EntryKind.DISPUTE_LOST),
    *(EntryKind.BANK_FEE, EntryKind.BANK_FEE_RETURN, EntryKind.COUNT_DIFFERENCE),
)
"""Entries by which money moves that is no buyer's payment."""


def _moved(sign: int, *kinds: EntryKind) -> Select[Any]:
    """Select reference and account → money that entries of some kinds moved."""
    return (
        amounts(joined(JournalEntry.reference, JournalLine.account), sign * JournalLine.amount)
        .join_from(JournalLine, JournalEntry)
        .where(JournalEntry.kind.in_(kinds), JournalLine.account.in_(MONEY))
    )


@check("Confirmed payments and their entries are the same money, on the same account", "payment/account")
def payments() -> Select[Any]:
    account = case(*((Payment.provider == code, each.money_account.value) for code, each in PROVIDERS.items()))
    key = joined(reference("payment", Payment.id), account)
    confirmed = amounts(key, Payment.received_amount).where(Payment.state == PaymentState.CONFIRMED)
    return beside(confirmed, _moved(1, *(kind for kind in EntryKind if kind not in OTHER_MONEY)))


def _entries(kind: EntryKind, account: Account, value: Any) -> Any:
    """Return reference → value of the lines on an account of one kind of entry.

    Grouped so that it is made once and joined by its reference: that name is in no index by itself.
    """
    return (
        select(JournalEntry.reference, value.label("value"))
        .join_from(JournalLine, JournalEntry)
        .where(JournalEntry.kind == kind, JournalLine.account == account)
        .group_by(JournalEntry.reference)
        .subquery()
    )


@check("A payment's entry belongs to the payment's order", "payment")
def payment_orders() -> Select[Any]:
    entry = _entries(EntryKind.PAYMENT, Account.CUSTOMER_DEPOSITS, func.max(JournalEntry.order_id))
    statement = row(Payment.id, Payment.order_id, func.coalesce(entry.c.value, Payment.order_id))
    return statement.outerjoin_from(Payment, entry, entry.c.reference == reference("payment", Payment.id))


@check("The office bears no more than the unique code", "payment", at_most)
def discounts() -> Select[Any]:
    entry = _entries(EntryKind.PAYMENT, Account.UNIQUE_CODE_DISCOUNT, func.sum(JournalLine.amount))
    statement = row(Payment.id, Payment.unique_code, func.coalesce(entry.c.value, 0))
    return statement.outerjoin_from(Payment, entry, entry.c.reference == reference("payment", Payment.id))


@check("Refunds and their entries are the same money, from the same account", "refund/account")
def refunds() -> Select[Any]:
    account = case(*((Refund.method == method, each.value) for method, each in REFUND_FROM.items()))
    made = amounts(joined(reference("refund", Refund.id), account), Refund.amount)
    sent = made.where(Refund.state == RefundState.SUCCEEDED)
    return beside(sent, _moved(-1, EntryKind.REFUND, EntryKind.REFUND_RETURN))


@check("Paid payouts and their entries are the same money, from the same account", "payout/account")
def payouts() -> Select[Any]:
    account = case(*((Payout.method == method, each.value) for method, each in PAYOUT_FROM.items()))
    made = amounts(joined(reference("payout", Payout.id), account), Payout.amount)
    return beside(made.where(Payout.state.in_(LEFT)), _moved(-1, EntryKind.PAYOUT))


@check("Payouts that were taken back and their entries are the same money, to the same account", "payout/account")
def payout_returns() -> Select[Any]:
    account = case(*((Payout.method == method, each.value) for method, each in PAYOUT_FROM.items()))
    undone = amounts(joined(reference("payout", Payout.id), account), Payout.amount)
    return beside(undone.where(Payout.state.in_(UNDONE)), _moved(1, EntryKind.PAYOUT_RETURN))


@check("A payout went to its household", "payout")
def payout_households() -> Select[Any]:
    return _households_of(EntryKind.PAYOUT).where(Payout.state.in_(LEFT))


@check("A payout that was taken back is owed to its household again", "payout")
def payout_return_households() -> Select[Any]:
    return _households_of(EntryKind.PAYOUT_RETURN).where(Payout.state.in_(UNDONE))


def _households_of(kind: EntryKind) -> Select[Any]:
    entry = _entries(kind, Account.HOUSEHOLD_PAYABLE, func.max(JournalLine.household_id))
    statement = row(Payout.id, Payout.household_id, entry.c.value)
    return statement.outerjoin_from(Payout, entry, entry.c.reference == reference("payout", Payout.id))


@check("No money account of a regency holds less than nothing, but for Stripe's", "area/account", at_least)
def holdings() -> Select[Any]:
    return (
        row(joined(JournalEntry.area_code, JournalLine.account), 0, func.sum(JournalLine.amount))
        .join_from(JournalLine, JournalEntry)
        .where(JournalLine.account.in_(MONEY - {Account.STRIPE}))
        .group_by(JournalEntry.area_code, JournalLine.account)
    )


@check("A payout carries the moment and the proof that its state asks for", "payout")
def payout_proofs() -> Select[Any]:
    cash = Payout.method == PayoutMethod.CASH
    expected = case(
        (Payout.state == PayoutState.PENDING, ""),
        (Payout.state == PayoutState.CANCELLED, "decided"),
        (cash, "decided signed"),
        else_="decided transferred",
    )
    found = (
        case((Payout.decided_at.is_not(None), "decided"), else_="")
        + case((Payout.signed_by != "", " signed"), else_="")
        + case((Payout.bank_reference != "", " transferred"), else_="")
    )
    return row(Payout.id, expected, found)


@check("Nothing waits in a batch that is closed or withdrawn", "payout")
def closed_batches() -> Select[Any]:
    waiting = case((Payout.state == PayoutState.PENDING, "waiting"), else_="decided")
    ended = PayoutBatch.state.in_((BatchState.CLOSED, BatchState.WITHDRAWN))
    return row(Payout.id, "decided", waiting).join_from(Payout, PayoutBatch).where(ended)


@check("Money leaves only by a batch that was released", "payout")
def released_batches() -> Select[Any]:
    released = PayoutBatch.state.in_((BatchState.RELEASED, BatchState.CLOSED)) & PayoutBatch.released_at.is_not(None)
    found = case((released, "released"), else_="not released")
    return row(Payout.id, "released", found).join_from(Payout, PayoutBatch).where(Payout.state.in_(LEFT))


@check("Who prepared a batch did not release it", "payout_batch")
def two_persons() -> Select[Any]:
    same = PayoutBatch.released_by_id == PayoutBatch.prepared_by_id
    found = case((same, "one person"), else_="two persons")
    return row(PayoutBatch.id, "two persons", found).where(PayoutBatch.released_at.is_not(None))


@check("Only a transfer comes back from the bank", "payout")
def bounced_transfers() -> Select[Any]:
    method = type_coerce(Payout.method, String)
    return row(Payout.id, PayoutMethod.BANK.value, method).where(Payout.state == PayoutState.BOUNCED)


@check("A decided payment carries its moment", "payment")
def payment_moments() -> Select[Any]:
    found = case((Payment.decided_at.is_not(None), "decided"), else_="not decided")
    decided = Payment.state.in_((PaymentState.CONFIRMED, PaymentState.REJECTED, PaymentState.TAKEN_BACK))
    return row(Payment.id, "decided", found).where(decided)


@check("A payment that was taken back has one entry for that", "payment")
def taken_back() -> Select[Any]:
    undone = amounts(reference("payment", Payment.id), 1).where(Payment.state == PaymentState.TAKEN_BACK)
    entries = amounts(JournalEntry.reference, 1)
    return beside(undone, entries.where(JournalEntry.kind.in_((EntryKind.PAYMENT_RETURN, EntryKind.RECEIPT_RETURN))))


@check("A payment that was taken back says why, and uses up no line of a statement", "payment")
def freed() -> Select[Any]:
    is_free = Payment.provider_reference.is_(None) & (func.length(Payment.reason) > 0)
    found = case((is_free & Payment.id.not_in(_proved()), "free"), else_="in use")
    return row(Payment.id, "free", found).where(Payment.state == PaymentState.TAKEN_BACK)


def _proved() -> Select[Any]:
    return select(StatementLine.payment_id).where(StatementLine.payment_id.is_not(None))


@check("An order has at most one open bill", "orders", at_most)
def one_open_bill() -> Select[Any]:
    return row(Payment.order_id, 1, func.count()).where(Payment.state.in_(OPEN)).group_by(Payment.order_id)


@check("An open bill and its unique code make what the order owes", "payment")
def open_bills() -> Select[Any]:
    statement = row(Payment.id, Order.total - Order.reduced_amount, Payment.amount + Payment.unique_code)
    waiting = Order.state == OrderState.AWAITING_PAYMENT
    return statement.join_from(Payment, Order).where(Payment.state == PaymentState.PENDING, waiting)


@check("The unique code of an open bill is reserved for it", "payment")
def open_codes() -> Select[Any]:
    bill = joined(Payment.account_id, Payment.unique_code)
    statement = row(Payment.id, bill, joined(UniqueCode.account_id, UniqueCode.code))
    statement = statement.outerjoin_from(Payment, UniqueCode, UniqueCode.payment_id == Payment.id)
    return statement.where(Payment.state == PaymentState.PENDING, Payment.unique_code > 0)


@check("No two open bills of an account ask for the same sum", "account/sum", at_most)
def open_sums() -> Select[Any]:
    asked = joined(Payment.account_id, Payment.amount)
    statement = row(asked, 1, func.count())
    return statement.where(Payment.state == PaymentState.PENDING, Payment.unique_code > 0).group_by(
        Payment.account_id, Payment.amount
    )


CHECKS = (
    payments,
    payment_orders,
    payment_moments,
    discounts,
    refunds,
    payouts,
    holdings,
    payout_returns,
    payout_households,
    payout_return_households,
    payout_proofs,
    closed_batches,
    released_batches,
    two_persons,
    bounced_transfers,
    taken_back,
    freed,
    one_open_bill,
    open_bills,
    open_codes,
    open_sums,
)
