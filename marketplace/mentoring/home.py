"""What waits in the field: each kind of work as a SELECT, for the mentor's home and for the officers' work list."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Date, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import aliased, joinedload

from ..accounts.models import User
from ..areas import queries as areas
from ..areas.models import FigureKey
from ..catalog.access import Worker, covered_by
from ..catalog.models import Product, ProductState
from ..extensions import db
from ..groups.models import Group, Membership
from ..groups.queries import today, visible_groups
from ..shared.policy import Actor, Role
from . import queries, rules
from .models import FollowUp, Visit, VisitedHousehold
from .report_models import GroupReport, ReportState
from .standing_models import GroupStanding, StandingState

MENTORS = frozenset({Role.MENTOR})
CONFIRMERS = frozenset({Role.VERIFIER, Role.HEAD})
"""Who says that a group is inactive, dissolved or there again."""
SHOWN = 20
"""So many of a kind stand on the page; the lists have them all."""


def overdue_follow_ups(actor: Actor, roles: Iterable[Role], day: dt.date) -> Select[Any]:
    """Select what was agreed on at visits and should be done by now, the oldest first."""
    seen = queries.visible_visits(actor, roles).with_only_columns(Visit.id)
    statement = select(FollowUp).where(FollowUp.visit_id.in_(seen), FollowUp.done_on.is_(None), FollowUp.due_on < day)
    visit = joinedload(FollowUp.visit)
    loaded = statement.options(visit.joinedload(Visit.group), visit.joinedload(Visit.mentor).lazyload(User.assignments))
    return loaded.order_by(FollowUp.due_on, FollowUp.id)


def reports_to_send(actor: Actor, roles: Iterable[Role]) -> Select[Any]:
    """Select the reports that are not sent or came back, the most urgent first; a dissolved group sends none."""
    open_ones = queries.visible_reports(actor, roles).where(
        GroupReport.state.in_((ReportState.DRAFT, ReportState.BACK))
    )
    return (
        open_ones.where(queries.of_living())
        .options(joinedload(GroupReport.group))
        .order_by(GroupReport.due_on, GroupReport.id)
    )


def reports_to_see(actor: Worker) -> Select[Any]:
    """Select the reports of others that wait for a step of this officer, those sent first before the others."""
    to_check = and_(
        GroupReport.state == ReportState.SENT,
        GroupReport.group_id.in_(_groups(actor, rules.CHECKERS)),
        GroupReport.sent_by_id != actor.id,
    )
    to_accept = and_(
        GroupReport.state == ReportState.CHECKED,
        GroupReport.group_id.in_(_groups(actor, rules.ACCEPTERS)),
        GroupReport.sent_by_id != actor.id,
        GroupReport.checked_by_id != actor.id,
    )
    statement = select(GroupReport).where(or_(to_check, to_accept))
    return statement.options(joinedload(GroupReport.group)).order_by(GroupReport.sent_at, GroupReport.id)


def _groups(actor: Actor, roles: Iterable[Role]) -> Select[Any]:
    return visible_groups(actor, roles).with_only_columns(Group.id)


def _standing_now() -> Any:
    return aliased(GroupStanding, select(GroupStanding).where(GroupStanding.ended_at.is_(None)).subquery())


def falling(actor: Actor, roles: Iterable[Role]) -> Select[Any]:
    """Select (group, standing) of the groups whose sales fell two periods in a row, by name."""
    now = _standing_now()
    return _standing_list(actor, roles, now).where(now.is_falling, now.state == StandingState.NEEDS_MENTORING)


def long_silent(actor: Actor, roles: Iterable[Role]) -> Select[Any]:
    """Select (group, standing) of the groups of which the rules propose to confirm that they are inactive."""
    now = _standing_now()
    return _standing_list(actor, roles, now).where(now.is_long_silent, now.state == StandingState.NEEDS_MENTORING)


def _standing_list(actor: Actor, roles: Iterable[Role], now: Any) -> Select[Any]:
    statement = visible_groups(actor, roles).join(now, now.group_id == Group.id).add_columns(now)
    return statement.order_by(Group.name, Group.id)


def last_visits() -> Any:
    """Return one row per group: the day of the last visit to it, or to the home of a member."""
    there = select(Visit.group_id, Visit.visited_on).where(Visit.group_id.is_not(None))
    home = (
        select(Membership.group_id, Visit.visited_on)
        .join(VisitedHousehold, VisitedHousehold.household_id == Membership.household_id)
        .join(Visit, Visit.id == VisitedHousehold.visit_id)
        .where(
            Visit.group_id.is_(None),
            Membership.starts_on <= Visit.visited_on,
            or_(Membership.ends_on.is_(None), Membership.ends_on >= Visit.visited_on),
        )
    )
    both = there.union_all(home).subquery()
    return select(both.c.group_id, func.max(both.c.visited_on).label("day")).group_by(both.c.group_id).subquery()


def unvisited(actor: Actor, roles: Iterable[Role], day: dt.date) -> Select[Any]:
    """Select (group, day of its last visit or None) of the groups where nobody was for long, longest first.

    A dissolved group waits for nobody. How long is long, is the regency's own number.
    """
    now, last = _standing_now(), last_visits()
    statement = visible_groups(actor, roles).outerjoin(last, last.c.group_id == Group.id)
    statement = statement.outerjoin(now, now.group_id == Group.id).add_columns(last.c.day)
    lately = or_(last.c.day.is_(None), last.c.day < _oldest_day(actor, roles, day))
    alive = or_(now.id.is_(None), now.state != StandingState.DISSOLVED)
    never_first = case((last.c.day.is_(None), 0), else_=1)
    return statement.where(lately, alive).order_by(never_first, last.c.day, Group.name, Group.id)


def _oldest_day(actor: Actor, roles: Iterable[Role], day: dt.date) -> Any:
    """Return the day before which a last visit is too old, by the group's regency."""
    codes = visible_groups(actor, roles).with_only_columns(Group.regency_code).distinct()
    first = {code: day - dt.timedelta(days=visit_days(code, day)) for code in db.session.scalars(codes)}
    if not first:
        return literal(day, Date)
    return case({code: literal(oldest, Date) for code, oldest in first.items()}, value=Group.regency_code)


def visit_days(regency_code: str, day: dt.date) -> int:
    """Return after how many days without a visit a group of a regency stands on the list."""
    return areas.figure(FigureKey.VISIT_DAYS, regency_code, day)


def sent_back(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    """Select the products that curation sent back, by group."""
    statement = select(Product).where(Product.state == ProductState.NEEDS_WORK, covered_by(actor, roles, today()))
    return statement.options(joinedload(Product.group)).order_by(Product.name, Product.id)
