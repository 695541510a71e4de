"""Statement lines against the payments they prove, and closed days against the journal."""

from typing import Any

from sqlalchemy import Select, case, exists, func, literal, select, union_all
from sqlalchemy.orm import aliased

from ...ledger.close_models import DayClose, DayCount
from ...ledger.models import MONEY, Account, EntryKind, JournalEntry, JournalLine
from ...payments.models import Payment, PaymentState
from ...tent_market.models import Stall, StallState
from ...treasury.models import LineState, Outcome, StatementLine
from ..check import amounts, at_least, beside, check, joined, reference, row


@check("A line of a statement is the money of the payment that it proves", "statement_line")
def lines() -> Select[Any]:
    confirmed = case((Payment.state == PaymentState.CONFIRMED, Payment.received_amount), else_=0)
    return row(StatementLine.id, StatementLine.amount, confirmed).join_from(StatementLine, Payment)


@check("A line that is matched says with what", "statement_line")
def matches() -> Select[Any]:
    named = (
        StatementLine.payment_id.is_not(None)
        | (StatementLine.outcome == Outcome.MOVED)
        | StatementLine.entry_id.is_not(None)
    )
    expected = case((StatementLine.state == LineState.MATCHED, "something"), else_="nothing")
    return row(StatementLine.id, expected, case((named, "something"), else_="nothing"))


@check("A bank fee that stands is the money of the line that it was booked from", "journal_entry")
def fees() -> Select[Any]:
    undone = select(JournalEntry.reference).where(JournalEntry.kind == EntryKind.BANK_FEE_RETURN)
    stands = (JournalEntry.kind == EntryKind.BANK_FEE) & JournalEntry.reference.not_in(undone)
    booked = amounts(JournalEntry.id, JournalLine.amount).join_from(JournalLine, JournalEntry)
    lines = amounts(StatementLine.entry_id, StatementLine.amount).where(StatementLine.outcome == Outcome.FEE)
    return beside(lines, booked.where(stands, JournalLine.account.in_(MONEY)))


@check("A bank fee that was taken back is the same money the other way", "entry/account")
def undone_fees() -> Select[Any]:
    undone = select(JournalEntry.reference).where(JournalEntry.kind == EntryKind.BANK_FEE_RETURN)
    fee = (JournalEntry.kind == EntryKind.BANK_FEE) & JournalEntry.reference.in_(undone)
    return beside(_booked(-1).where(fee), _booked(1).where(JournalEntry.kind == EntryKind.BANK_FEE_RETURN))


def _booked(sign: int) -> Select[Any]:
    """Select reference and account → what entries booked there."""
    key = joined(JournalEntry.reference, JournalLine.account)
    return amounts(key, sign * JournalLine.amount).join_from(JournalLine, JournalEntry)


@check("A closed day says what the journal says of its money", "close/account")
def closes() -> Select[Any]:
    booked = (
        select(func.coalesce(func.sum(JournalLine.amount), 0))
        .join(JournalEntry)
        .where(
            JournalEntry.area_code == DayClose.area_code,
            JournalEntry.entry_date <= DayClose.day,
            JournalEntry.id <= DayClose.last_entry_id,
            JournalLine.account == DayCount.account,
        )
        .scalar_subquery()
    )
    expected = DayCount.opening + DayCount.incoming - DayCount.outgoing
    return row(joined(DayClose.id, DayCount.account), booked, expected).join_from(DayCount, DayClose)


@check("No money was entered into a day after it was closed", "journal_entry")
def late_entries() -> Select[Any]:
    money = exists().where(JournalLine.entry_id == JournalEntry.id, JournalLine.account.in_(MONEY))
    closed = (
        select(func.count())
        .where(
            DayClose.area_code == JournalEntry.area_code,
            DayClose.day >= JournalEntry.entry_date,
            DayClose.last_entry_id < JournalEntry.id,
        )
        .scalar_subquery()
    )
    return row(JournalEntry.id, 0, closed).where(money)


@check("A difference at a close has its reason", "day_count", at_least)
def differences() -> Select[Any]:
    differs = DayCount.counted != DayCount.opening + DayCount.incoming - DayCount.outgoing
    return row(DayCount.id, case((differs, 1), else_=0), func.length(DayCount.reason))


@check("What was entered for a close is the difference that it says, on the same account", "count/account")
def entered() -> Select[Any]:
    said = amounts(joined(reference("count", DayCount.id), DayCount.account), func.coalesce(DayCount.booked, 0))
    drawer = joined(reference("stall", Stall.id), literal(Account.TENT_CASH.value))
    of_tents = amounts(drawer, Stall.cash_counted - Stall.cash_expected).where(Stall.state == StallState.CLOSED)
    booked = _booked(1).where(JournalEntry.kind == EntryKind.COUNT_DIFFERENCE, JournalLine.account.in_(MONEY))
    return beside(union_all(said, of_tents), booked)


@check("The books hold what was counted at the last close that two persons looked at", "day_count")
def counted() -> Select[Any]:
    later, later_count = aliased(DayClose), aliased(DayCount)
    is_last = ~exists().where(
        later.area_code == DayClose.area_code,
        later.day > DayClose.day,
        later_count.close_id == later.id,
        later_count.booked.is_not(None),
    )
    since = (
        select(func.coalesce(func.sum(JournalLine.amount), 0))
        .join(JournalEntry)
        .where(
            JournalEntry.kind == EntryKind.COUNT_DIFFERENCE,
            JournalEntry.area_code == DayClose.area_code,
            JournalEntry.entry_date > DayClose.day,
            JournalLine.account == DayCount.account,
        )
        .scalar_subquery()
    )
    expected = DayCount.opening + DayCount.incoming - DayCount.outgoing
    statement = row(DayCount.id, DayCount.counted, expected + since).join_from(DayCount, DayClose)
    return statement.where(DayCount.booked.is_not(None), is_last)


CHECKS = (lines, matches, fees, undone_fees, closes, late_entries, differences, entered, counted)
