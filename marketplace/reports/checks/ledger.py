"""The journal against what orders and households say: every rupiah in, earned, owed and given back."""

from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, exists, func, literal, select, type_coerce

from ...ledger.models import MONEY, Account, EntryKind, HouseholdBalance, JournalEntry, JournalLine
from ...ledger.queries import EARNING_KINDS, PAYING
from ...orders.models import (
    LEFT_OUT,
    AdjustmentKind,
    Order,
    OrderAdjustment,
    OrderComponent,
    OrderLine,
    OrderShare,
    OrderState,
    Substitute,
)
from ...payments.models import Payment, PaymentState, Refund, RefundState
from ..check import amounts, at_least, beside, check, joined, reference, row

S = OrderState
EARNED = Order.state.in_((S.COMPLETED, S.RETURNED))
OF_ORDER = JournalEntry.order_id == Order.id
NAMED_AFTER_ORDER = JournalEntry.reference == reference("order", Order.id)
OFFICE_KINDS = (EntryKind.TRANSFER, EntryKind.BANK_FEE, EntryKind.BANK_FEE_RETURN, EntryKind.COUNT_DIFFERENCE)
"""Entries about the office's own money alone."""
IN_DEPOSITS = and_(Order.is_covered, Order.state.in_((S.PROCESSING, S.READY, S.SHIPPED)))


def _balance(account: Account, *kinds: EntryKind) -> Any:
    """Return order id and the sum of an account's lines over its entries, of some kinds or of all."""
    statement = (
        select(JournalEntry.order_id, func.sum(JournalLine.amount).label("amount"))
        .join_from(JournalLine, JournalEntry)
        .where(JournalLine.account == account)
        .group_by(JournalEntry.order_id)
    )
    return (statement.where(JournalEntry.kind.in_(kinds)) if kinds else statement).subquery()


def _orders_beside(expected: ColumnElement[int], balance: Any) -> Select[Any]:
    statement = row(Order.id, expected, -func.coalesce(balance.c.amount, 0))
    return statement.outerjoin_from(Order, balance, balance.c.order_id == Order.id)


@check("Every journal entry balances", "journal_entry")
def entries_balance() -> Select[Any]:
    statement = row(JournalEntry.id, 0, func.sum(JournalLine.amount))
    return statement.outerjoin_from(JournalEntry, JournalLine).group_by(JournalEntry.id)


@check("What is owed to a household is the sum of its journal lines", "household_balance")
def balances() -> Select[Any]:
    lines = amounts(JournalLine.household_id, -JournalLine.amount).where(
        JournalLine.account == Account.HOUSEHOLD_PAYABLE
    )
    return beside(lines, amounts(HouseholdBalance.household_id, HouseholdBalance.balance))


@check("An entry lies in the books of its order's regency", "journal_entry")
def regencies() -> Select[Any]:
    return row(JournalEntry.id, Order.regency_code, JournalEntry.area_code).join_from(JournalEntry, Order)


@check("Entries belong to an order, but for payouts and the office's own money", "journal_entry")
def entries_have_orders() -> Select[Any]:
    own = JournalEntry.kind.in_((*PAYING, *OFFICE_KINDS))
    found = case((JournalEntry.order_id.is_(None), "no order"), else_="an order")
    return row(JournalEntry.id, case((own, "no order"), else_="an order"), found)


@check("An order has one payment entry once it is paid", "orders")
def paid_once() -> Select[Any]:
    return _count_of(
        EntryKind.PAYMENT, EntryKind.PAYMENT_RETURN, when=Order.paid_at.is_not(None) & Order.billed_at.is_(None)
    )


@check("An order has one invoice entry once it is on an invoice", "orders")
def billed_once() -> Select[Any]:
    return _count_of(EntryKind.INVOICE, when=Order.billed_at.is_not(None))


@check("An order has one delivery entry once it is completed", "orders")
def delivered_once() -> Select[Any]:
    return _count_of(EntryKind.DELIVERY, when=EARNED)


@check("Each return of goods has one entry", "orders")
def returned_once() -> Select[Any]:
    whole = exists().where(OF_ORDER, JournalEntry.kind == EntryKind.RETURN, NAMED_AFTER_ORDER)
    rows = select(func.count()).where(
        OrderAdjustment.order_id == Order.id, OrderAdjustment.kind == AdjustmentKind.RETURNED
    )
    entries = select(func.count()).where(OF_ORDER, JournalEntry.kind == EntryKind.RETURN)
    # An order that came back before parts of it could has one entry for all of it.
    expected = case(((Order.state == S.RETURNED) & whole, 1), else_=rows.scalar_subquery())
    return row(Order.id, expected, entries.scalar_subquery())


@check("A return takes its price from the families and the packing fund", "order_adjustment")
def returned_amounts() -> Select[Any]:
    taken = JournalLine.account.in_((Account.HOUSEHOLD_PAYABLE, Account.PACKING_FUND))
    entered = (
        select(func.coalesce(func.sum(JournalLine.amount), 0))
        .join_from(JournalLine, JournalEntry)
        .where(
            taken,
            JournalEntry.kind == EntryKind.RETURN,
            JournalEntry.order_id == OrderAdjustment.order_id,
            JournalEntry.reference == reference("adjustment", OrderAdjustment.id),
        )
        .scalar_subquery()
    )
    whole = exists().where(OF_ORDER, JournalEntry.kind == EntryKind.RETURN, NAMED_AFTER_ORDER)
    statement = row(OrderAdjustment.id, OrderAdjustment.amount, entered).join_from(OrderAdjustment, Order)
    return statement.where(OrderAdjustment.kind == AdjustmentKind.RETURNED, ~whole)


def _count_of(kind: EntryKind, *undoing: EntryKind, when: ColumnElement[bool]) -> Select[Any]:
    """Select how many entries of a kind an order has, less those that undo one, beside 1 when it should have one."""
    one = case((JournalEntry.kind == kind, 1), else_=-1)
    entries = (
        select(JournalEntry.order_id, func.sum(one).label("amount"))
        .where(JournalEntry.kind.in_((kind, *undoing)))
        .group_by(JournalEntry.order_id)
        .subquery()
    )
    statement = row(Order.id, case((when, 1), else_=0), func.coalesce(entries.c.amount, 0))
    return statement.outerjoin_from(Order, entries, entries.c.order_id == Order.id)


@check("Entries of an order's own events carry its name", "journal_entry")
def references() -> Select[Any]:
    own = JournalEntry.kind.in_((EntryKind.DELIVERY, EntryKind.INVOICE))
    statement = row(JournalEntry.id, reference("order", JournalEntry.order_id), JournalEntry.reference)
    return statement.where(own)


@check("A payment or an invoice settles the bill: the total less what was left out before", "orders")
def bills_settled() -> Select[Any]:
    booked = exists().where(
        JournalEntry.kind == EntryKind.REDUCTION, JournalEntry.reference == reference("adjustment", OrderAdjustment.id)
    )
    before = (
        select(func.coalesce(func.sum(OrderAdjustment.amount), 0))
        .where(OrderAdjustment.order_id == Order.id, OrderAdjustment.kind.in_(LEFT_OUT), ~booked)
        .scalar_subquery()
    )
    # What a cheaper substitute brought after the payment was no part of the bill; the pieces it replaces were.
    added = (
        select(func.coalesce(func.sum(OrderLine.amount), 0))
        .join(Substitute, Substitute.new_line_id == OrderLine.id)
        .join(OrderAdjustment, OrderAdjustment.id == Substitute.adjustment_id)
        .where(Substitute.order_id == Order.id, booked)
        .scalar_subquery()
    )
    paid = _balance(Account.CUSTOMER_DEPOSITS, EntryKind.PAYMENT, EntryKind.PAYMENT_RETURN, EntryKind.INVOICE)
    billed = Order.total - before - added
    statement = row(Order.id, billed, -paid.c.amount).join_from(Order, paid, paid.c.order_id == Order.id)
    return statement.where(Order.is_covered | (paid.c.amount != 0))  # a payment that was taken back settles nothing


@check("Deposits hold what buyers paid, or offices owe, for goods they do not have yet", "orders")
def deposits() -> Select[Any]:
    due = case((IN_DEPOSITS, Order.total - Order.reduced_amount), else_=0)
    return _orders_beside(due, _balance(Account.CUSTOMER_DEPOSITS))


@check("Households earned their shares of what was delivered, and nothing else", "order/household/product")
def earnings() -> Select[Any]:
    shares = (
        amounts(
            joined(OrderLine.order_id, OrderShare.household_id, OrderComponent.product_id),
            OrderShare.amount - OrderShare.reduced_amount,
        )
        .select_from(Order)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(OrderComponent, OrderComponent.line_id == OrderLine.id)
        .join(OrderShare, OrderShare.component_id == OrderComponent.id)
        .where(EARNED)
    )
    key = joined(JournalEntry.order_id, JournalLine.household_id, func.coalesce(JournalLine.product_id, 0))
    entered = (
        amounts(key, -JournalLine.amount)
        .join_from(JournalLine, JournalEntry)
        .where(JournalLine.account == Account.HOUSEHOLD_PAYABLE, JournalEntry.kind.not_in(PAYING))
    )
    return beside(shares, entered)


@check("Only deliveries and returns make earnings, only payouts spend them", "journal_line")
def earning_kinds() -> Select[Any]:
    kind = type_coerce(JournalEntry.kind, String)
    allowed = JournalEntry.kind.in_((*EARNING_KINDS, *PAYING))
    statement = row(JournalLine.id, case((allowed, kind), else_="delivery, return or payout"), kind)
    return statement.join_from(JournalLine, JournalEntry).where(JournalLine.account == Account.HOUSEHOLD_PAYABLE)


@check("A transfer moves only the office's own money, and fees", "journal_line")
def transfers() -> Select[Any]:
    account = type_coerce(JournalLine.account, String)
    money = case((JournalLine.account.in_(MONEY | {Account.PROVIDER_FEES}), account), else_="a money account")
    return (
        row(JournalLine.id, money, account)
        .join_from(JournalLine, JournalEntry)
        .where(JournalEntry.kind == EntryKind.TRANSFER)
    )


@check("The packing fund has the packing of what was delivered", "orders")
def packing() -> Select[Any]:
    left = OrderLine.packing_amount // OrderLine.quantity * (OrderLine.quantity - OrderLine.reduced_quantity)
    due = select(OrderLine.order_id, func.sum(left).label("amount")).group_by(OrderLine.order_id).subquery()
    fund = _balance(Account.PACKING_FUND)
    expected = case((EARNED, func.coalesce(due.c.amount, 0)), else_=0)
    return _orders_beside(expected, fund).outerjoin(due, due.c.order_id == Order.id)


@check("The delivery fund has the fees of what was delivered", "orders")
def delivery_fees() -> Select[Any]:
    return _orders_beside(case((EARNED, Order.delivery_fee), else_=0), _balance(Account.DELIVERY_FUND))


@check("What is owed back is what came in less what was earned and given back", "orders")
def owed_back() -> Select[Any]:
    received = _sum_by_order(Payment.order_id, Payment.received_amount, Payment.state == PaymentState.CONFIRMED)
    refunded = _sum_by_order(Refund.order_id, Refund.amount, Refund.state == RefundState.SUCCEEDED)
    discount, debt = _balance(Account.UNIQUE_CODE_DISCOUNT), _balance(Account.RECEIVABLES)
    kept = Order.total - Order.reduced_amount - func.coalesce(discount.c.amount, 0) - func.coalesce(debt.c.amount, 0)
    expected = (
        func.coalesce(received.c.amount, 0)
        - func.coalesce(refunded.c.amount, 0)
        - case((Order.is_covered, kept), else_=0)
    )
    statement = _orders_beside(expected, _balance(Account.REFUNDS_PAYABLE))
    for part in (received, refunded, discount, debt):
        statement = statement.outerjoin(part, part.c.order_id == Order.id)
    return statement


def _sum_by_order(order_id: Any, amount: Any, condition: ColumnElement[bool]) -> Any:
    return (
        select(order_id.label("order_id"), func.sum(amount).label("amount"))
        .where(condition)
        .group_by(order_id)
        .subquery()
    )


@check("What an office owes for an order is its invoice less what came and what fell away", "orders")
def receivables() -> Select[Any]:
    received = _sum_by_order(Payment.order_id, Payment.received_amount, Payment.state == PaymentState.CONFIRMED)
    debt = _balance(Account.RECEIVABLES)
    left = Order.total - Order.reduced_amount - func.coalesce(received.c.amount, 0)
    expected = case((Order.billed_at.is_not(None) & (left > 0), left), else_=0)
    statement = row(Order.id, expected, func.coalesce(debt.c.amount, 0))
    for part in (received, debt):
        statement = statement.outerjoin(part, part.c.order_id == Order.id)
    return statement


@check("An order on an invoice is paid once nothing of it is owed", "orders")
def settled() -> Select[Any]:
    debt = _balance(Account.RECEIVABLES)
    statement = row(
        Order.id,
        case((func.coalesce(debt.c.amount, 0) == 0, "paid"), else_="owed"),
        case((Order.paid_at.is_not(None), "paid"), else_="owed"),
    )
    statement = statement.outerjoin_from(Order, debt, debt.c.order_id == Order.id)
    return statement.where(Order.billed_at.is_not(None), Order.total > Order.reduced_amount)


@check("Nobody was given back more than was owed to him", "orders", at_least)
def no_overpaid_refund() -> Select[Any]:
    return _orders_beside(literal(0), _balance(Account.REFUNDS_PAYABLE))


CHECKS = (
    entries_balance,
    balances,
    regencies,
    entries_have_orders,
    references,
    paid_once,
    billed_once,
    bills_settled,
    deposits,
    delivered_once,
    returned_once,
    returned_amounts,
    earnings,
    earning_kinds,
    transfers,
    packing,
    delivery_fees,
    receivables,
    settled,
    owed_back,
    no_overpaid_refund,
)
