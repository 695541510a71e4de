"""Reports and standings of groups, recomputed: figures that were frozen, and histories without a gap."""

from typing import Any

from sqlalchemy import Select, func, select

from ...catalog.models import Product
from ...extensions import db
from ...ledger.models import JournalEntry, JournalLine
from ...mentoring.models import Visit, VisitedHousehold, VisitKind
from ...mentoring.report_models import GroupReport, ReportEvent, ReportMonth, ReportState
from ...mentoring.rules import PERIOD
from ...mentoring.sales import is_earning
from ...mentoring.standing_models import GroupStanding
from ...shared.clock import add_months
from ..check import SHOWN, Check, Result, check, examine, row


def _frozen_month(month: Any) -> Select[Any]:
    """Select the frozen figures of a month beside what the journal held when their reports were sent."""
    earned = (
        select(func.coalesce(func.sum(-JournalLine.amount), 0))
        .join(JournalEntry, JournalEntry.id == JournalLine.entry_id)
        .join(Product, Product.id == JournalLine.product_id)
        .where(
            is_earning(),
            Product.group_id == GroupReport.group_id,
            JournalEntry.entry_date >= month,
            JournalEntry.entry_date < add_months(month, 1),
            JournalEntry.at <= GroupReport.sent_at,
        )
        .correlate(GroupReport)
        .scalar_subquery()
    )
    statement = row(ReportMonth.id, earned, ReportMonth.earned).select_from(ReportMonth)
    return statement.join(GroupReport, GroupReport.id == ReportMonth.report_id).where(ReportMonth.month == month)


def _frozen() -> Result:
    months = db.session.scalars(select(ReportMonth.month).distinct().order_by(ReportMonth.month)).all()
    found = [examine("report_month", _frozen_month(month)) for month in months]
    faults = tuple(fault for one in found for fault in one.faults)
    return Result(sum(one.rows for one in found), sum(one.broken for one in found), faults[:SHOWN])


frozen = Check("The sales of a report are what the journal held when it was sent", _frozen)


@check("A report that was sent has the sales of each of its four months", "group_report")
def months() -> Select[Any]:
    """Count the frozen months of reports."""
    counted = select(func.count()).where(ReportMonth.report_id == GroupReport.id).scalar_subquery()
    return row(GroupReport.id, PERIOD, counted).where(GroupReport.state != ReportState.DRAFT)


@check("A report is in the state of its last step", "group_report")
def last_steps() -> Select[Any]:
    """Hold the state of reports against their events."""
    ended = select(ReportEvent.to_state).where(ReportEvent.report_id == GroupReport.id)
    state = ended.order_by(ReportEvent.id.desc()).limit(1).scalar_subquery()
    return row(GroupReport.id, func.coalesce(state, ReportState.DRAFT.value), GroupReport.state)


@check("The steps of a report follow each other", "report_event")
def chain() -> Select[Any]:
    """Hold where a step began against where the one before it ended."""
    before = func.lag(ReportEvent.to_state).over(partition_by=ReportEvent.report_id, order_by=ReportEvent.id)
    return row(ReportEvent.id, func.coalesce(before, ReportState.DRAFT.value), ReportEvent.from_state)


@check("A standing ends when the next one of its group begins", "group_standing")
def standings() -> Select[Any]:
    """Hold the end of each standing against the beginning of the next; the last one is open."""
    following = func.lead(GroupStanding.began_at).over(partition_by=GroupStanding.group_id, order_by=GroupStanding.id)
    return row(GroupStanding.id, following, GroupStanding.ended_at)


@check("A visit at home is of one family", "visit")
def homes() -> Select[Any]:
    """Count the families of visits at home."""
    counted = select(func.count()).where(VisitedHousehold.visit_id == Visit.id).scalar_subquery()
    return row(Visit.id, 1, counted).where(Visit.kind == VisitKind.HOME)


CHECKS: tuple[Check, ...] = (frozen, months, last_steps, chain, standings, homes)
