"""What waits in the field, counted as in `work.py`; each leads to its part of the mentors' home."""

from typing import Any

from sqlalchemy import Select

from ..catalog.access import Worker
from ..groups.queries import today
from ..mentoring import home, queries
from ..mentoring.models import FollowUp
from ..mentoring.report_models import GroupReport
from ..shared.i18n import _l
from ..shared.policy import Role
from .job import Job, number_of

HOME = "/dinas/pendampingan"


def _counted(statement: Select[Any]) -> Select[Any]:
    """Count the rows of a list."""
    rows = statement.order_by(None).subquery()
    return number_of(next(iter(rows.c))).select_from(rows)


def _follow_ups(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    late = home.overdue_follow_ups(actor, roles, today()).with_only_columns(FollowUp.id).order_by(None)
    return number_of(FollowUp.id, FollowUp.id).where(FollowUp.id.in_(late))


def _late_reports(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    late = queries.visible_reports(actor, roles).where(queries.is_late(today())).with_only_columns(GroupReport.id)
    return number_of(GroupReport.id, GroupReport.id).where(GroupReport.id.in_(late))


def _to_see(actor: Worker, _roles: frozenset[Role]) -> Select[Any]:
    waiting = home.reports_to_see(actor).with_only_columns(GroupReport.id).order_by(None)
    counted = number_of(GroupReport.id, GroupReport.id, GroupReport.sent_at)
    return counted.where(GroupReport.id.in_(waiting))


def _unvisited(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    return _counted(home.unvisited(actor, roles, today()))


def _falling(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    return _counted(home.falling(actor, roles))


def _silent(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    return _counted(home.long_silent(actor, roles))


JOBS = (
    Job(_l("Agreed on at visits and overdue"), "clock", f"{HOME}#tindak-lanjut", home.MENTORS, _follow_ups, True),
    Job(
        _l("Four-monthly reports that are late"),
        "clipboard-list",
        f"{HOME}/laporan?which=late",
        home.MENTORS,
        _late_reports,
        True,
    ),
    Job(
        _l("Four-monthly reports to look at"),
        "clipboard-check",
        f"{HOME}/laporan/{{first}}",
        queries.OBSERVERS,
        _to_see,
    ),
    Job(_l("Groups without a visit for long"), "map-pin", f"{HOME}#lama-tidak-dikunjungi", home.MENTORS, _unvisited),
    Job(_l("Groups whose sales fall"), "trending-down", f"{HOME}#turun", home.MENTORS, _falling),
    Job(_l("Groups that may be inactive"), "circle-alert", f"{HOME}#sangat-lama", home.CONFIRMERS, _silent),
)
