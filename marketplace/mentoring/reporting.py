"""Commands on four-monthly reports: made due, written, sent, checked, accepted or given back."""

import datetime as dt
from typing import Any

from sqlalchemy import delete, select, update

from ..areas import queries as areas
from ..areas.models import FigureKey
from ..extensions import db
from ..groups.models import Group
from ..shared import audit, clock
from ..shared.errors import Forbidden, InvalidInput, NotFound, StateConflict
from ..shared.i18n import _l
from ..shared.policy import Actor, may
from ..shared.transaction import command
from ..shared.turn import turn
from ..shared.upsert import insert
from . import rules, sales
from .report_models import GroupReport, ReportEvent, ReportMonth, ReportState, ReportStep
from .rules import Told
from .standing_models import GroupStanding, StandingState


@command
def make_due(now: dt.datetime) -> int:
    """Make the reports of the newest period that is over, wherever they are missing; return how many are new.

    For the job worker: harmless to run at any time and twice. A dissolved group owes none.
    """
    made = 0
    for code in db.session.scalars(select(Group.regency_code).distinct().order_by(Group.regency_code)).all():
        today = clock.local_date(now, areas.time_zone(code))
        made += _make_due(code, rules.last_over(today))
    return made


def _make_due(regency_code: str, starts_on: dt.date) -> int:
    over = clock.add_months(starts_on, rules.PERIOD)
    begins = dt.datetime.combine(over, dt.time(), clock.zone(areas.time_zone(regency_code)))
    last = rules.last_day(starts_on)
    due = rules.due_on(starts_on, areas.figure(FigureKey.REPORT_DUE_DAYS, regency_code, last))
    dissolved = select(GroupStanding.group_id).where(
        GroupStanding.ended_at.is_(None), GroupStanding.state == StandingState.DISSOLVED
    )
    there = select(GroupReport.group_id).where(GroupReport.starts_on == starts_on)
    groups = select(Group.id).where(
        Group.regency_code == regency_code,
        Group.created_at < begins,
        Group.id.not_in(dissolved),
        Group.id.not_in(there),
    )
    rows = [_row(group_id, starts_on, due) for group_id in db.session.scalars(groups.order_by(Group.id))]
    if rows:
        db.session.execute(insert(GroupReport).on_conflict_do_nothing(), rows)
    return len(rows)


def _row(group_id: int, starts_on: dt.date, due: dt.date) -> dict[str, Any]:
    blank = {"state": ReportState.DRAFT, "story": "", "reason": ""}
    return {"group_id": group_id, "starts_on": starts_on, "due_on": due, **blank}


@command
def write(report_id: int, told: Told, actor_id: int, actor: Actor) -> GroupReport:
    """Keep what a group tells, to be sent later. Raises StateConflict once it is sent."""
    report = _locked(report_id)
    _check_may(report, rules.SENDERS, actor)
    if report.state not in rules.WRITABLE:
        raise StateConflict
    _tell(report, told)
    audit.record(actor_id, "group_report.write", ("group_report", report.id))
    return report


def _tell(report: GroupReport, told: Told) -> None:
    for name, value in vars(told).items():
        setattr(report, name, value)


@command
def send(report_id: int, told: Told, actor_id: int, actor: Actor) -> GroupReport:
    """Send a report: what was sold is read from the ledger and frozen with it.

    Raises InvalidInput for an answer that is missing, Forbidden for whom it is not his group.
    """
    report = _locked(report_id)
    way = rules.way_of(report.state, ReportStep.SEND)
    _check_may(report, way.roles, actor)
    rules.check_told(told)
    _tell(report, told)
    now = clock.now()
    _freeze(report, now)
    today = clock.local_date(now, areas.time_zone(report.group.regency_code))
    sent: dict[str, Any] = {"sent_at": now, "sent_by_id": actor_id, "first_sent_on": report.first_sent_on or today}
    _turn(report, ReportStep.SEND, actor_id, reason="", checked_by_id=None, accepted_by_id=None, **sent)
    return report


def _freeze(report: GroupReport, now: dt.datetime) -> None:
    """Write down what the ledger says of the period at this moment."""
    db.session.execute(delete(ReportMonth).where(ReportMonth.report_id == report.id))
    earned = sales.months_of_group(report.group_id, rules.months_of(report.starts_on), now)
    db.session.add_all(ReportMonth(report_id=report.id, month=month, earned=sum_) for month, sum_ in earned.items())


@command
def check(report_id: int, actor_id: int, actor: Actor) -> GroupReport:
    """Say that a report was looked through. Raises Forbidden for who sent it."""
    report = _ready(report_id, ReportStep.CHECK, actor_id, actor)
    _turn(report, ReportStep.CHECK, actor_id, checked_by_id=actor_id)
    return report


@command
def accept(report_id: int, actor_id: int, actor: Actor) -> GroupReport:
    """Accept a checked report. Raises Forbidden for who sent or checked it."""
    report = _ready(report_id, ReportStep.ACCEPT, actor_id, actor)
    _turn(report, ReportStep.ACCEPT, actor_id, accepted_by_id=actor_id)
    return report


@command
def give_back(report_id: int, reason: str, actor_id: int, actor: Actor) -> GroupReport:
    """Give a report back to be mended, with the reason."""
    report = _ready(report_id, ReportStep.GIVE_BACK, actor_id, actor)
    if not reason:
        raise InvalidInput(_l("Please say why."), field="reason")
    _turn(report, ReportStep.GIVE_BACK, actor_id, note=reason, reason=reason)
    return report


def _ready(report_id: int, step: ReportStep, actor_id: int, actor: Actor) -> GroupReport:
    """Return a report with which the actor may take a step. Raises what stands against it."""
    report = _locked(report_id)
    way = rules.way_of(report.state, step)
    _check_may(report, way.roles, actor)
    rules.check_person(way, actor_id, report.sent_by_id, report.checked_by_id)
    return report


def _turn(report: GroupReport, step: ReportStep, actor_id: int, note: str = "", **values: Any) -> None:
    """Take a step: the one way in which the state of a report changes."""
    before, after = report.state, rules.way_of(report.state, step).after
    turn(report, after, **values)
    event = ReportEvent(report_id=report.id, step=step, from_state=before, to_state=after, note=note, actor_id=actor_id)
    db.session.add(event)
    audit.record(actor_id, f"group_report.{step}", ("group_report", report.id), reason=note)


@command
def note_reminder(report_id: int, actor_id: int, *, is_late: bool) -> None:
    """Write down that the group was told by a person, once before the last day and once after it."""
    column = GroupReport.reminded_after_at if is_late else GroupReport.reminded_before_at
    db.session.execute(
        update(GroupReport)
        .where(GroupReport.id == report_id, column.is_(None))
        .values({column.key: clock.now()})
        .execution_options(synchronize_session=False)
    )
    audit.record(actor_id, "group_report.remind", ("group_report", report_id), late=is_late)


def _locked(report_id: int) -> GroupReport:
    report = db.session.get(GroupReport, report_id, with_for_update=True)
    if report is None:
        raise NotFound
    return report


def _check_may(report: GroupReport, roles: frozenset[Any], actor: Actor) -> None:
    if not may(actor, roles, area_code=report.group.village_code, group_id=report.group_id):
        raise Forbidden
