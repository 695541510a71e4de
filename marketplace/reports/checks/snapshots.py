"""Months against the line, recomputed from the journal as it stood when they were reckoned."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, func, or_, select, type_coerce

from ...areas.models import PovertyLine
from ...extensions import db
from ...graduation.models import IncomeNote, MonthStatus, NoteKind, NoteState, Snapshot
from ...ledger.models import Account, JournalEntry, JournalLine
from ...ledger.queries import EARNING_KINDS
from ...shared.clock import add_months
from ..check import SHOWN, Check, Result, check, examine, row

NO_RESULT = or_(Snapshot.people == 0, Snapshot.line_amount.is_(None))


@dataclass(frozen=True)
class _Month:
    """What the journal and the notes of a month say: tables of household id, amount and number of rows."""

    first: dt.date
    sales: Any
    costs: Any
    others: Any

    def beside(self, identifier: Any, expected: Any, found: Any) -> Select[Any]:
        """Select the final snapshots of the month with these tables at hand."""
        statement = row(identifier, expected, found).select_from(Snapshot)
        for part in (self.sales, self.costs, self.others):
            statement = statement.outerjoin(part, part.c.household_id == Snapshot.household_id)
        return statement.where(Snapshot.month == self.first, Snapshot.is_final)


def _month(first: dt.date) -> _Month:
    told, verified = IncomeNote.state == NoteState.TOLD, IncomeNote.state == NoteState.VERIFIED
    cost = and_(IncomeNote.kind == NoteKind.COST, told, IncomeNote.recorded_at <= Snapshot.computed_at)
    other = and_(IncomeNote.kind == NoteKind.OTHER_INCOME, verified, IncomeNote.verified_at <= Snapshot.computed_at)
    return _Month(first, _sales(first), _notes(first, cost), _notes(first, other))


def _sales(first: dt.date) -> Any:
    """Select what the month's entries earned that were there when the snapshot was made."""
    return (
        select(JournalLine.household_id, func.sum(-JournalLine.amount).label("amount"), func.count().label("rows"))
        .join_from(JournalLine, JournalEntry)
        .join(Snapshot, and_(Snapshot.household_id == JournalLine.household_id, Snapshot.month == first))
        .where(
            JournalLine.account == Account.HOUSEHOLD_PAYABLE,
            JournalEntry.kind.in_(EARNING_KINDS),
            JournalEntry.entry_date >= first,
            JournalEntry.entry_date < add_months(first, 1),
            JournalEntry.at <= Snapshot.computed_at,
        )
        .group_by(JournalLine.household_id)
        .subquery()
    )


def _notes(first: dt.date, counted: ColumnElement[bool]) -> Any:
    same = and_(Snapshot.household_id == IncomeNote.household_id, Snapshot.month == IncomeNote.month)
    return (
        select(IncomeNote.household_id, func.sum(IncomeNote.amount).label("amount"), func.count().label("rows"))
        .join_from(IncomeNote, Snapshot, same)
        .where(IncomeNote.month == first, counted)
        .group_by(IncomeNote.household_id)
        .subquery()
    )


def _net_sales(month: _Month) -> Select[Any]:
    earned = func.coalesce(month.sales.c.amount, 0) - func.coalesce(month.costs.c.amount, 0)
    return month.beside(Snapshot.id, earned, Snapshot.net_sales)


def _other_income(month: _Month) -> Select[Any]:
    return month.beside(Snapshot.id, func.coalesce(month.others.c.amount, 0), Snapshot.other_income)


def _status(month: _Month) -> Select[Any]:
    told = [func.coalesce(part.c.rows, 0) for part in (month.sales, month.costs, month.others)]
    status = case(
        (or_(NO_RESULT, told[0] + told[1] + told[2] == 0), MonthStatus.NO_DATA.value),
        (Snapshot.income_per_person >= Snapshot.line_amount, MonthStatus.PASSED.value),
        else_=MonthStatus.NOT_PASSED.value,
    )
    return month.beside(Snapshot.id, status, type_coerce(Snapshot.status, String))


def _each_month(name: str, statement: Callable[[_Month], Select[Any]]) -> Check:
    """Make a check that looks at one final month after the other."""

    def run() -> Result:
        months = db.session.scalars(select(Snapshot.month).where(Snapshot.is_final).distinct().order_by(Snapshot.month))
        results = [examine("snapshot", statement(_month(first))) for first in months.all()]
        faults = [fault for result in results for fault in result.faults]
        return Result(sum(r.rows for r in results), sum(r.broken for r in results), tuple(faults[:SHOWN]))

    return Check(name, run)


@check("Income per person is the income divided by the people, rounded down", "snapshot")
def per_person() -> Select[Any]:
    income = Snapshot.net_sales + Snapshot.other_income
    rest = income - Snapshot.income_per_person * Snapshot.people
    fits = case((Snapshot.people == 0, Snapshot.income_per_person == 0), else_=and_(rest >= 0, rest < Snapshot.people))
    return row(Snapshot.id, "the quotient", case((fits, "the quotient"), else_="another number"))


@check("A month was held against a line that was in force", "snapshot")
def lines() -> Select[Any]:
    known = and_(PovertyLine.effective_from <= Snapshot.month, Snapshot.line_amount > 0)
    none = and_(Snapshot.line_id.is_(None), Snapshot.line_amount.is_(None))
    found = case((or_(known, none), "a line in force, or none"), else_="another line")
    return row(Snapshot.id, "a line in force, or none", found).outerjoin_from(Snapshot, PovertyLine)


@check("A note says who verified, rejected or took it back, and nobody decides about his own", "income_note")
def notes() -> Select[Any]:
    by_another = func.coalesce(IncomeNote.recorded_by_id, 0)
    verified = and_(
        IncomeNote.kind == NoteKind.OTHER_INCOME,
        IncomeNote.verified_by_id != by_another,
        IncomeNote.verified_at.is_not(None),
        IncomeNote.ended_at.is_(None),
    )
    ended = and_(IncomeNote.ended_by_id.is_not(None), IncomeNote.ended_at.is_not(None))
    signed = case(
        (IncomeNote.state == NoteState.TOLD, and_(IncomeNote.verified_at.is_(None), IncomeNote.ended_at.is_(None))),
        (IncomeNote.state == NoteState.VERIFIED, verified),
        (
            IncomeNote.state == NoteState.REJECTED,
            ended & (IncomeNote.reason != "") & (IncomeNote.ended_by_id != by_another),
        ),
        else_=ended & (IncomeNote.ended_by_id == by_another),
    )
    return row(IncomeNote.id, "signed", case((signed, "signed"), else_="not signed"))


net_sales = _each_month("A closed month's sales are the journal's, less the costs told", _net_sales)
other_income = _each_month("A closed month's other income is what was verified", _other_income)
status = _each_month("A closed month passed if its income reached the line", _status)

CHECKS = (net_sales, other_income, per_person, lines, status, notes)
