"""Read visits, plans, reports and standings: the statement that fetches also holds what the actor may see."""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from ..extensions import db
from ..groups.models import Group, Household, Membership
from ..groups.queries import membership_in_force, today, visible_groups, visible_households
from ..shared.errors import NotFound
from ..shared.policy import Actor, Role
from .models import FollowUp, Visit, VisitedHousehold, VisitPhoto
from .plan_models import MentoringPlan
from .report_models import GroupReport, ReportEvent, ReportState
from .standing_models import GroupStanding, StandingState

OBSERVERS = frozenset({Role.MENTOR, Role.VERIFIER, Role.HEAD})
"""Who follows the groups: a mentor his own, the others those of their area."""


# What others ask


def visits_of_household(household_id: int, since: dt.date) -> list[Visit]:
    """Return the visits on which a family was spoken with, from a day on, newest first, with who was there."""
    spoken = exists().where(VisitedHousehold.visit_id == Visit.id, VisitedHousehold.household_id == household_id)
    statement = select(Visit).where(spoken, Visit.visited_on >= since)
    loaded = statement.options(joinedload(Visit.mentor), joinedload(Visit.group))
    return list(db.session.scalars(loaded.order_by(Visit.visited_on.desc(), Visit.id.desc())))


def standing_of(group_ids: Collection[int]) -> dict[int, GroupStanding]:
    """Return group id → how it stands now; a group that was not looked at yet is left out."""
    statement = select(GroupStanding).where(GroupStanding.group_id.in_(group_ids), GroupStanding.ended_at.is_(None))
    return {row.group_id: row for row in db.session.scalars(statement)}


def last_report_state(group_ids: Collection[int]) -> dict[int, ReportState]:
    """Return group id → the state of the report of its newest period; a group that never owed one is left out."""
    newest = select(GroupReport.group_id, func.max(GroupReport.starts_on).label("starts_on"))
    last = newest.where(GroupReport.group_id.in_(group_ids)).group_by(GroupReport.group_id).subquery()
    same = and_(GroupReport.group_id == last.c.group_id, GroupReport.starts_on == last.c.starts_on)
    rows = db.session.execute(select(GroupReport.group_id, GroupReport.state).join(last, same))
    return {int(group_id): state for group_id, state in rows}


# Visits


def visible_visits(actor: Actor, roles: Iterable[Role] = OBSERVERS) -> Select[Any]:
    """Return the SELECT of the visits to groups and families that one of these roles of the actor covers."""
    families = visible_households(actor, roles).with_only_columns(Household.id)
    met = exists().where(VisitedHousehold.visit_id == Visit.id, VisitedHousehold.household_id.in_(families))
    groups = visible_groups(actor, roles).with_only_columns(Group.id)
    return select(Visit).where(or_(Visit.group_id.in_(groups), met))


def list_visits(actor: Actor, group_id: int | None = None) -> Select[Any]:
    """Return the SELECT of an officer's visits, newest first; of one group also those to homes of its members."""
    statement = visible_visits(actor)
    if group_id is not None:
        statement = statement.where(of_group(group_id))
    loaded = statement.options(
        joinedload(Visit.group),
        joinedload(Visit.mentor),
        selectinload(Visit.families).joinedload(VisitedHousehold.household),
    )
    return loaded.order_by(Visit.visited_on.desc(), Visit.id.desc())


def of_group(group_id: int) -> ColumnElement[bool]:
    """Return the condition that a visit was to a group, or to the home of a family that was its member that day."""
    home = exists().where(
        VisitedHousehold.visit_id == Visit.id,
        Membership.household_id == VisitedHousehold.household_id,
        Membership.group_id == group_id,
        Membership.starts_on <= Visit.visited_on,
        or_(Membership.ends_on.is_(None), Membership.ends_on >= Visit.visited_on),
    )
    return or_(Visit.group_id == group_id, and_(Visit.group_id.is_(None), home))


def get_visit_for(actor: Actor, visit_id: int) -> Visit:
    """Return a visit with all of it. Raises NotFound for who does not follow its group or families."""
    statement = visible_visits(actor).where(Visit.id == visit_id)
    loaded = statement.options(
        joinedload(Visit.group),
        joinedload(Visit.mentor),
        selectinload(Visit.families).joinedload(VisitedHousehold.household),
        selectinload(Visit.photos),
        selectinload(Visit.follow_ups),
    )
    visit: Visit | None = db.session.scalar(loaded)
    if visit is None:
        raise NotFound
    return visit


def get_photo_for(actor: Actor, visit_id: int, position: int) -> VisitPhoto:
    """Return a photo of a visit. Raises NotFound like `get_visit_for`."""
    seen = visible_visits(actor).where(Visit.id == visit_id).with_only_columns(Visit.id)
    statement = select(VisitPhoto).where(VisitPhoto.visit_id.in_(seen), VisitPhoto.position == position)
    photo = db.session.scalar(statement.options(joinedload(VisitPhoto.image)))
    if photo is None:
        raise NotFound
    return photo


def get_follow_up_for(actor: Actor, follow_up_id: int, roles: Iterable[Role]) -> FollowUp:
    """Return what was agreed on at a visit that one of these roles covers. Raises NotFound."""
    seen = visible_visits(actor, roles).with_only_columns(Visit.id)
    statement = select(FollowUp).where(FollowUp.id == follow_up_id, FollowUp.visit_id.in_(seen))
    row = db.session.scalar(statement.options(joinedload(FollowUp.visit).joinedload(Visit.group)))
    if row is None:
        raise NotFound
    return row


def open_follow_ups(group_id: int) -> list[FollowUp]:
    """Return what is still to be done for a group and its families, the most urgent first."""
    statement = select(FollowUp).join(FollowUp.visit).where(FollowUp.done_on.is_(None), of_group(group_id))
    return list(db.session.scalars(statement.order_by(FollowUp.due_on, FollowUp.id)))


def groups_with_families(actor: Actor) -> list[tuple[Group, list[Household]]]:
    """Return the groups of a mentor, each with the families that are its members today, by name."""
    groups = list(db.session.scalars(visible_groups(actor, {Role.MENTOR}).order_by(Group.name, Group.id)))
    members = select(Membership.group_id, Household).join(Membership.household).distinct()
    rows = db.session.execute(
        members.where(Membership.group_id.in_([group.id for group in groups]), membership_in_force(today())).order_by(
            Household.name, Household.id
        )
    )
    families: dict[int, list[Household]] = {group.id: [] for group in groups}
    for group_id, household in rows:
        families[group_id].append(household)
    return [(group, families[group.id]) for group in groups]


# Plans


def plans_of(group_id: int) -> list[MentoringPlan]:
    """Return the plans of a group with what they reach, the one in force first."""
    statement = select(MentoringPlan).where(MentoringPlan.group_id == group_id)
    loaded = statement.options(selectinload(MentoringPlan.targets), joinedload(MentoringPlan.made_by))
    return list(db.session.scalars(loaded.order_by(MentoringPlan.made_at.desc(), MentoringPlan.id.desc())))


# Reports


def visible_reports(actor: Actor, roles: Iterable[Role] = OBSERVERS) -> Select[Any]:
    """Return the SELECT of the reports of groups that one of these roles of the actor covers."""
    groups = visible_groups(actor, roles).with_only_columns(Group.id)
    return select(GroupReport).where(GroupReport.group_id.in_(groups))


def get_report_for(actor: Actor, report_id: int, roles: Iterable[Role]) -> GroupReport:
    """Return a report with its group, months and steps. Raises NotFound for who has none of the roles for it."""
    statement = visible_reports(actor, roles).where(GroupReport.id == report_id)
    loaded = statement.options(
        joinedload(GroupReport.group),
        selectinload(GroupReport.months),
        selectinload(GroupReport.events).joinedload(ReportEvent.actor),
    )
    report: GroupReport | None = db.session.scalar(loaded)
    if report is None:
        raise NotFound
    return report


def reports_of(group_id: int) -> list[GroupReport]:
    """Return the reports of a group, newest first."""
    statement = select(GroupReport).where(GroupReport.group_id == group_id)
    return list(db.session.scalars(statement.order_by(GroupReport.starts_on.desc()).limit(12)))


def told_before(report: GroupReport) -> GroupReport | None:
    """Return the last report of the same group before another one, as far as it was sent."""
    earlier = (GroupReport.group_id == report.group_id, GroupReport.starts_on < report.starts_on)
    statement = select(GroupReport).where(*earlier, GroupReport.first_sent_on.is_not(None))
    return db.session.scalar(statement.order_by(GroupReport.starts_on.desc()).limit(1))


def is_late(today: dt.date) -> ColumnElement[bool]:
    """Return the condition that a report should have been sent and was not, or not in time and came back.

    Who sent it in time and has to mend it now is not late: it lay with the officers.
    """
    is_open = GroupReport.state.in_((ReportState.DRAFT, ReportState.BACK))
    in_time = func.coalesce(GroupReport.first_sent_on <= GroupReport.due_on, False)
    return and_(is_open, GroupReport.due_on < today, ~in_time, of_living())


def of_living() -> ColumnElement[bool]:
    """Return the condition that a report is of a group that was not dissolved."""
    dissolved = (GroupStanding.ended_at.is_(None), GroupStanding.state == StandingState.DISSOLVED)
    return GroupReport.group_id.not_in(select(GroupStanding.group_id).where(*dissolved))


# Standing


def history_of(group_id: int) -> list[GroupStanding]:
    """Return how a group stood, newest first, with who said so."""
    statement = select(GroupStanding).where(GroupStanding.group_id == group_id)
    loaded = statement.options(joinedload(GroupStanding.decided_by))
    return list(db.session.scalars(loaded.order_by(GroupStanding.began_at.desc(), GroupStanding.id.desc()).limit(50)))
