"""Read cases: the one of a family, its log, and what the board is told from."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import joinedload

from ..extensions import db
from ..shared.errors import NotFound
from ..shared.policy import Role
from .case_labels import WAITS_FOR
from .case_models import (
    Assessment,
    AssessmentChange,
    Case,
    CaseEvent,
    CaseStanding,
    CaseState,
    CaseVisit,
    VillageMinutes,
)
from .criteria_rules import CriterionKey
from .rules import WINDOW

NEARLY = WINDOW - 1
"""So many months that passed make a family one to look at."""
AFTER = (CaseState.GRADUATED, CaseState.MONITORED, CaseState.INDEPENDENT)


class View(StrEnum):
    """What the board is narrowed to by one press."""

    NEAR = "near"
    STUCK = "stuck"
    WAITING = "waiting"
    AFTER = "after"
    RELAPSED = "relapsed"


def cases_of(household_id: int) -> list[Case]:
    """Return the cases of a family, the latest first, with the people in it."""
    people = (Case.mentor, Case.proposed_by, Case.verified_by, Case.decided_by)
    statement = select(Case).where(Case.household_id == household_id).order_by(Case.id.desc())
    return list(db.session.scalars(statement.options(*(joinedload(one) for one in people))))


def latest_case(household_id: int) -> Case | None:
    """Return the last case of a family."""
    statement = select(Case).where(Case.household_id == household_id).order_by(Case.id.desc())
    return db.session.scalar(statement.limit(1))


def needed_case(household_id: int) -> Case:
    """Return the last case of a family. Raises NotFound where none was begun."""
    case = latest_case(household_id)
    if case is None:
        raise NotFound
    return case


def events_of(case_id: int) -> list[CaseEvent]:
    """Return the log of a case, newest first."""
    statement = select(CaseEvent).where(CaseEvent.case_id == case_id).options(joinedload(CaseEvent.actor))
    return list(db.session.scalars(statement.order_by(CaseEvent.id.desc())))


def assessments_of(case_ids: Collection[int]) -> list[Assessment]:
    """Return the assessments of some cases, newest first, with who made them."""
    statement = select(Assessment).where(Assessment.case_id.in_(case_ids))
    statement = statement.options(joinedload(Assessment.made_by), joinedload(Assessment.set))
    return list(db.session.scalars(statement.order_by(Assessment.id.desc())))


def get_assessment(assessment_id: int, case_ids: Collection[int]) -> Assessment:
    """Return an assessment of one of some cases. Raises NotFound."""
    row = db.session.get(Assessment, assessment_id)
    if row is None or row.case_id not in case_ids:
        raise NotFound
    return row


def minutes_of(case_ids: Collection[int]) -> list[VillageMinutes]:
    """Return the minutes of some cases, newest first."""
    statement = select(VillageMinutes).where(VillageMinutes.case_id.in_(case_ids))
    return list(db.session.scalars(statement.order_by(VillageMinutes.id.desc())))


def visits_of(case_id: int) -> list[CaseVisit]:
    """Return the visits after graduation, done and due, in their order."""
    statement = select(CaseVisit).where(CaseVisit.case_id == case_id).options(joinedload(CaseVisit.visit))
    return list(db.session.scalars(statement.order_by(CaseVisit.months)))


def standings_of(case_id: int) -> list[CaseStanding]:
    """Return how a case stands on each criterion, in the order in which they were reckoned."""
    statement = select(CaseStanding).where(CaseStanding.case_id == case_id)
    return list(db.session.scalars(statement.order_by(CaseStanding.id)))


def latest_id(household_id: Any) -> Any:
    """Return the id of the last case of a household, as a part of a statement."""
    return select(func.max(Case.id)).where(Case.household_id == household_id).correlate_except(Case).scalar_subquery()


def stuck_on() -> Any:
    """Return the keys of the criteria that a case is stuck on, joined by commas, as a part of a statement."""
    keys = select(func.aggregate_strings(CaseStanding.key, ","))
    return keys.where(CaseStanding.case_id == Case.id, CaseStanding.is_blocking).scalar_subquery()


def is_stuck(key: CriterionKey | None = None) -> ColumnElement[bool]:
    """Return the condition that a mentored family does not go on for want of a criterion, or of this one."""
    blocks = exists().where(CaseStanding.case_id == Case.id, CaseStanding.is_blocking)
    if key is not None:
        blocks = blocks.where(CaseStanding.key == key)
    return and_(Case.state.in_((CaseState.RECIPIENT, CaseState.MENTORED)), blocks)


def is_flagged() -> ColumnElement[bool]:
    """Return the condition that a change was noticed since the assessment by which a case was proposed."""
    return exists().where(
        CaseEvent.case_id == Case.id,
        CaseEvent.action == "propose",
        AssessmentChange.assessment_id == CaseEvent.assessment_id,
    )


def in_view(view: View, passed: Any) -> ColumnElement[bool]:
    """Return the condition that a row of the board belongs to a view; `passed` is its number of months that passed."""
    before = or_(Case.id.is_(None), Case.state.in_((CaseState.RECIPIENT, CaseState.MENTORED)))
    conditions: dict[View, ColumnElement[bool]] = {
        View.NEAR: or_(Case.state == CaseState.READY, and_(before, func.coalesce(passed, 0) >= NEARLY)),
        View.STUCK: is_stuck(),
        View.WAITING: Case.state.in_(list(WAITS_FOR)),
        View.AFTER: Case.state.in_(AFTER),
        View.RELAPSED: or_(Case.warning.is_not(None), Case.state.in_((CaseState.RELAPSED, CaseState.PROPOSED_BACK))),
    }
    return conditions[view]


def waits_for(role: Role) -> ColumnElement[bool]:
    """Return the condition that the next step is one of a role's."""
    states = [state for state, waiting in WAITS_FOR.items() if role in waiting]
    return or_(false(), Case.state.in_(states))


@dataclass(frozen=True)
class Counted:
    """How many families are in a view."""

    view: View
    count: int


def counts(rows: Select[Any], passed: Any) -> list[Counted]:
    """Count the families of the board in each view, by one question."""
    columns = [func.count().filter(in_view(view, passed)) for view in View]
    found: Sequence[Any] = db.session.execute(rows.with_only_columns(*columns).order_by(None)).one()
    return [Counted(view, int(count)) for view, count in zip(View, found, strict=True)]


def visit_is_due(today: dt.date) -> ColumnElement[bool]:
    """Return the condition that a visit after graduation should have been made."""
    return and_(CaseVisit.visit_id.is_(None), CaseVisit.due_on <= today)
