"""Statement lines against the payments they prove, and closed days against the journal."""

from typing import Any

from sqlalchemy import Select, case, exists, func, select

from ...ledger.close_models import DayClose, DayCount
from ...ledger.models import MONEY, JournalEntry, JournalLine
from ...payments.models import Payment, PaymentState
from ...treasury.models import LineState, Outcome, StatementLine
from ..check import at_least, check, joined, row


@check("A line of a statement is the money of the payment that it proves", "statement_line")
def lines() -> Select[Any]:
    confirmed = case((Payment.state == PaymentState.CONFIRMED, Payment.received_amount), else_=0)
    return row(StatementLine.id, StatementLine.amount, confirmed).join_from(StatementLine, Payment)


@check("A line that is matched says with what", "statement_line")
def matches() -> Select[Any]:
    named = StatementLine.payment_id.is_not(None) | (StatementLine.outcome == Outcome.MOVED)
    expected = case((StatementLine.state == LineState.MATCHED, "something"), else_="nothing")
    return row(StatementLine.id, expected, case((named, "something"), else_="nothing"))


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


CHECKS = (lines, matches, closes, late_entries, differences)
