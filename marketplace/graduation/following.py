"""What is written down about a case that goes on in its state: warnings, and the visits after graduation."""

import datetime as dt
from typing import Any

from sqlalchemy import select

from ..areas import queries as areas
from ..areas.models import FigureKey
from ..extensions import db
from ..mentoring.models import Visit, VisitedHousehold
from ..shared.errors import InvalidInput, NotFound, StateConflict
from ..shared.i18n import _l
from ..shared.transaction import command
from .assessments import locked_case
from .case_models import Case, CaseEvent, CaseVisit, WarningKind
from .case_rules import WATCHED, due_day, follow_ups


def _note(case: Case, action: str, actor_id: int | None, note: str, **detail: Any) -> None:
    """Write something down about a case that goes on in its state."""
    db.session.add(
        CaseEvent(
            case_id=case.id,
            actor_id=actor_id,
            action=action,
            from_state=case.state,
            to_state=case.state,
            note=note,
            detail=detail,
        )
    )


@command
def tell_shock(case_id: int, note: str, actor_id: int) -> None:
    """Write down that something struck a family that had graduated: an officer says whether it is a relapse."""
    case = locked_case(case_id)
    if case.state not in WATCHED or case.warning is WarningKind.SHOCK:
        raise StateConflict
    case.warning = WarningKind.SHOCK
    _note(case, "warn", actor_id, note, warning=WarningKind.SHOCK.value)


@command
def warn(case_id: int, month: dt.date) -> bool:
    """Warn of months below the line up to one; False when that was done before, whatever came of it."""
    case = locked_case(case_id)
    if case.state not in WATCHED or (case.warned_month is not None and case.warned_month >= month):
        return False
    case.warned_month = month
    case.warning = case.warning or WarningKind.MONTHS
    _note(case, "warn", None, "", warning=WarningKind.MONTHS.value, month=month.isoformat())
    return True


@command
def calm(case_id: int, note: str, actor_id: int) -> None:
    """Say that a warning was no relapse, and why. Raises StateConflict where nothing was warned of."""
    case = locked_case(case_id)
    if case.warning is None or case.state not in WATCHED:
        raise StateConflict
    case.warning = None
    _note(case, "calm", actor_id, note)


@command
def plan_visits(case_id: int) -> None:
    """Write down when a family that graduated is to be visited."""
    case = locked_case(case_id)
    if case.effective_on is None:
        raise StateConflict
    planned = set(db.session.scalars(select(CaseVisit.months).where(CaseVisit.case_id == case_id)))
    for months in _schedule(case.household.regency_code, case.effective_on):
        if months not in planned:
            due = due_day(case.effective_on, months)
            db.session.add(CaseVisit(case_id=case_id, months=months, due_on=due))


def _schedule(regency: str, effective_on: dt.date) -> list[int]:
    """Return after how many months a family that graduated on a day is visited, by the figures of that day."""
    keys = (FigureKey.FOLLOW_UP_FIRST, FigureKey.FOLLOW_UP_EVERY, FigureKey.FOLLOW_UP_MONTHS)
    first, every, period = (areas.figure(key, regency, effective_on) for key in keys)
    return follow_ups(first, every, period)


def visits_to_link(case: Case) -> list[Visit]:
    """Return the visits in which a family was spoken with since it graduated, and that stand for nothing yet."""
    used = select(CaseVisit.visit_id).where(CaseVisit.case_id == case.id, CaseVisit.visit_id.is_not(None))
    statement = (
        select(Visit)
        .join(VisitedHousehold, VisitedHousehold.visit_id == Visit.id)
        .where(
            VisitedHousehold.household_id == case.household_id,
            Visit.visited_on >= case.effective_on,
            Visit.id.not_in(used),
        )
    )
    return list(db.session.scalars(statement.order_by(Visit.visited_on.desc(), Visit.id.desc())))


@command
def link_visit(case_id: int, months: int, visit_id: int, actor_id: int) -> None:
    """Let a visit stand for the one that was due. Raises InvalidInput for one that does not fit, or is used."""
    case = locked_case(case_id)
    row = db.session.scalar(select(CaseVisit).where(CaseVisit.case_id == case_id, CaseVisit.months == months))
    if row is None:
        raise NotFound
    if row.visit_id is not None:
        raise StateConflict
    if visit_id not in {visit.id for visit in visits_to_link(case)}:
        raise InvalidInput(_l("Choose one of the visits."), field="visit_id")
    row.visit_id, row.done_by_id = visit_id, actor_id
    _note(case, "visit", actor_id, "", months=months, visit_id=visit_id)
