"""The case of a family: begun, moved by one function that asks for what each step needs, and written down."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, func, select, update

from ..accounts.models import RoleAssignment, User
from ..areas import queries as areas
from ..areas.models import FigureKey
from ..areas.rules import zone_of
from ..extensions import db
from ..groups.models import Household, Membership
from ..groups.queries import membership_in_force
from ..groups.queries import today as home_today
from ..shared import audit, clock
from ..shared.errors import Forbidden, InvalidInput, NotFound, StateConflict
from ..shared.formats import long_day
from ..shared.i18n import _l
from ..shared.policy import Role
from ..shared.transaction import command
from ..shared.turn import turn
from . import assessments
from .assessments import locked_case
from .case_labels import CONDITIONS
from .case_models import (
    ENDED,
    Assessment,
    Case,
    CaseEvent,
    CaseFile,
    CaseState,
    CaseVisit,
    ExitReason,
    VillageMinutes,
)
from .case_rules import (
    ABOUT_PERSON,
    SYSTEM,
    Action,
    Known,
    after,
    still_open,
)
from .criteria_rules import blocking


@dataclass(frozen=True)
class Meeting:
    """A village meeting as its minutes say it."""

    held_on: dt.date
    place: str
    leader: str
    conclusion: str
    people: tuple[str, ...]


@dataclass(frozen=True)
class Details:
    """What is told with a step; which of it a step needs is said by its form."""

    note: str = ""
    mentor_id: int | None = None
    visited_on: dt.date | None = None
    is_confirmed: bool | None = None
    meeting: Meeting | None = None
    decree_number: str = ""
    decree_on: dt.date | None = None
    ministry_reference: str = ""
    effective_on: dt.date | None = None
    exit_reason: ExitReason | None = None


@dataclass
class _Change:
    """What a step writes: columns of the case, and details of its event."""

    columns: dict[str, Any] = field(default_factory=dict)
    detail: dict[str, Any] = field(default_factory=dict)
    assessment_id: int | None = None


@command
def begin(household_id: int, actor_id: int) -> Case:
    """Begin the case of a family. Raises StateConflict while another one of it goes on."""
    household = db.session.get(Household, household_id, with_for_update={"key_share": True})
    if household is None:
        raise NotFound
    going = select(Case.id).where(Case.household_id == household_id, Case.state.not_in(ENDED))
    if db.session.scalar(going) is not None:
        raise StateConflict(_l("This family has a case already."))
    case = Case(household_id=household_id, opened_by_id=actor_id, opened_at=clock.now(), changed_at=clock.now())
    db.session.add(case)
    db.session.flush()
    db.session.add(CaseEvent(case_id=case.id, actor_id=actor_id, action="begin", to_state=CaseState.RECIPIENT))
    audit.record(actor_id, "case.begin", ("household", household_id), case_id=case.id)
    return case


@command
def take(case_id: int, action: Action, details: Details, actor_id: int | None) -> Case:
    """Take a step with a case: the only way in which its state changes.

    Raises StateConflict when it cannot happen in this state, or for want of what the step needs (all of it is named);
    Forbidden for who may not because of what he did before; InvalidInput beside a field.
    """
    case = locked_case(case_id)
    state = after(case.state, action, case.suspended_state)
    if action is Action.APPEAL:
        _refuse_later_case(case)
    if actor_id is not None:
        _refuse_open(action, known(case, actor_id))
    change = _change(case, action, details, actor_id)
    _move(case, action, state, actor_id, details.note, change)
    audit.record(actor_id, f"case.{action}", ("household", case.household_id), case_id=case.id)
    return case


def _move(case: Case, action: Action, state: CaseState, actor_id: int | None, note: str, change: _Change) -> None:
    before = case.state
    columns = {"changed_at": clock.now(), **change.columns}
    if state is CaseState.APPEALED:
        columns["suspended_state"] = before
    elif before is CaseState.APPEALED:
        columns["suspended_state"] = None
    turn(case, state, **columns)
    event = CaseEvent(
        case_id=case.id,
        actor_id=actor_id,
        action=action,
        from_state=before,
        to_state=state,
        note=note,
        detail=change.detail,
        assessment_id=change.assessment_id,
    )
    db.session.add(event)
    db.session.flush()
    if action not in SYSTEM:
        waiting = update(CaseFile).where(CaseFile.case_id == case.id, CaseFile.event_id.is_(None))
        db.session.execute(waiting.values(event_id=event.id).execution_options(synchronize_session=False))


def _refuse_later_case(case: Case) -> None:
    db.session.get(Household, case.household_id, with_for_update={"key_share": True})
    if db.session.scalar(select(func.max(Case.id)).where(Case.household_id == case.household_id)) != case.id:
        raise StateConflict(_l("A new case of this family has begun."))


def _refuse_open(action: Action, facts: Known) -> None:
    missing = still_open(action, facts)
    if not missing:
        return
    said = " ".join(str(CONDITIONS[condition]) for condition in missing)
    if any(condition in ABOUT_PERSON for condition in missing):
        raise Forbidden(said)
    raise StateConflict(said)


def known(case: Case, actor_id: int) -> Known:
    """Return what is known of a case when somebody wants to take a step."""
    regency = case.household.regency_code
    today = clock.today(zone_of(regency))
    row = assessments.that_counts(case)
    files = db.session.execute(
        select(CaseFile.purpose, CaseFile.uploaded_by_id).where(
            CaseFile.case_id == case.id, CaseFile.event_id.is_(None)
        )
    ).all()
    period_end, visits_open = _visits(case.id)
    return Known(
        actor_id=actor_id,
        today=today,
        proposed_by_id=case.proposed_by_id,
        verified_by_id=case.verified_by_id,
        decided_by_id=case.decided_by_id,
        is_confirmed=case.is_confirmed,
        assessed_on=row.day if row else None,
        assessment_holds=row.holds if row else False,
        is_changed=row is not None and assessments.difference(row, case.household) is not None,
        holds_today=case.state is CaseState.DELIBERATION and _holds_on(row, case.household, today),
        assessment_days=areas.figure(FigureKey.ASSESSMENT_DAYS, regency, today),
        waiting_files=frozenset(purpose for purpose, _by in files),
        own_files=frozenset(purpose for purpose, by in files if by == actor_id),
        period_end=period_end,
        visits_open=visits_open,
        has_warning=case.warning is not None,
    )


def _holds_on(row: Assessment | None, household: Household, day: dt.date) -> bool:
    return row is not None and not blocking(*assessments.on_day(row, household, day))


def _visits(case_id: int) -> tuple[dt.date | None, int]:
    """Return the day of the last visit that was planned, and how many of all are still to be made."""
    is_open = CaseVisit.visit_id.is_(None)
    counted = select(func.max(CaseVisit.due_on), func.count().filter(is_open)).where(CaseVisit.case_id == case_id)
    last, still_open = db.session.execute(counted).one()
    return last, still_open


ANEW: Mapping[str, Any] = {
    "proposed_by_id": None,
    "verified_by_id": None,
    "decided_by_id": None,
    "is_confirmed": None,
}
FARTHEST = 12
"""So many months ahead a graduation takes effect at most: a later year is a slip of the pen."""
UNDECIDED: Mapping[str, Any] = {"decided_by_id": None, "decree_number": "", "decree_on": None}


def _change(case: Case, action: Action, details: Details, actor_id: int | None) -> _Change:
    """Return what a step writes beside the state. Raises InvalidInput for what it needs and was not told."""
    writer = WRITERS.get(action)
    return writer(case, action, details, actor_id) if writer else _Change()


def _needed(value: Any, name: str) -> Any:
    if value is None or value == "":
        raise InvalidInput(_l("Please fill this in."), field=name)
    return value


def _not_later(day: dt.date, case: Case, name: str) -> dt.date:
    if day > clock.today(zone_of(case.household.regency_code)):
        raise InvalidInput(_l("This day has not come yet."), field=name)
    return day


def _assigned(case: Case, _action: Action, details: Details, _actor_id: int | None) -> _Change:
    mentor_id = _needed(details.mentor_id, "mentor_id")
    if mentor_id not in {user.id for user in mentors_of(case.household_id)}:
        raise InvalidInput(_l("Choose a mentor of one of the family's groups."), field="mentor_id")
    if case.mentor_id == mentor_id:
        raise InvalidInput(_l("This mentor is assigned already."), field="mentor_id")
    return _Change({"mentor_id": mentor_id}, {"mentor_id": mentor_id})


def _proposed(case: Case, _action: Action, _details: Details, actor_id: int | None) -> _Change:
    row = assessments.latest(case.id)
    return _Change(dict(ANEW) | {"proposed_by_id": actor_id}, {}, row.id if row else None)


def _verified(case: Case, _action: Action, details: Details, actor_id: int | None) -> _Change:
    day = _not_later(_needed(details.visited_on, "visited_on"), case, "visited_on")
    if day < clock.local_date(case.changed_at, zone_of(case.household.regency_code)):
        raise InvalidInput(_l("The visit has to be after the proposal."), field="visited_on")
    confirmed = bool(_needed(details.is_confirmed, "is_confirmed"))
    columns = {"verified_by_id": actor_id, "is_confirmed": confirmed}
    return _Change(columns, {"visited_on": day.isoformat(), "is_confirmed": confirmed})


def _deliberated(case: Case, action: Action, details: Details, actor_id: int | None) -> _Change:
    meeting = _needed(details.meeting, "held_on")
    _not_later(meeting.held_on, case, "held_on")
    if action is Action.DELIBERATE and meeting.held_on < _home_visit(case.id):
        raise InvalidInput(_l("The village meets after the visit at home."), field="held_on")
    fewest = areas.figure(FigureKey.MEETING_PEOPLE, case.household.regency_code, home_today())
    if len(meeting.people) < fewest:
        message = _l("Write down at least %(count)s people who were there.", count=fewest)
        raise InvalidInput(message, field="people")
    row = VillageMinutes(
        case_id=case.id,
        is_return=action is Action.PROPOSE_BACK,
        held_on=meeting.held_on,
        place=meeting.place,
        leader=meeting.leader,
        conclusion=meeting.conclusion,
        attendance={"people": list(meeting.people)},
        recorded_by_id=actor_id,
    )
    db.session.add(row)
    db.session.flush()
    columns = dict(UNDECIDED) if action is Action.DELIBERATE else {}
    return _Change(columns, {"minutes_id": row.id, "held_on": meeting.held_on.isoformat()})


def _home_visit(case_id: int) -> dt.date:
    """Return the day on which the family was last visited to verify its proposal."""
    verified = (CaseEvent.case_id == case_id, CaseEvent.action == Action.VERIFY)
    detail = db.session.scalar(select(CaseEvent.detail).where(*verified).order_by(CaseEvent.id.desc()).limit(1))
    return dt.date.fromisoformat(detail["visited_on"]) if detail else dt.date.min


def _decided(case: Case, action: Action, details: Details, actor_id: int | None) -> _Change:
    columns: dict[str, Any] = {"decided_by_id": actor_id}
    if action is Action.APPROVE:
        columns["decree_number"] = _needed(details.decree_number, "decree_number")
        columns["decree_on"] = _not_later(_needed(details.decree_on, "decree_on"), case, "decree_on")
        if columns["decree_on"] < _last_meeting(case.id):
            raise InvalidInput(_l("This cannot be before the village meeting."), field="decree_on")
        _refuse_other_date(case, details.decree_number, columns["decree_on"])
        return _Change(columns, {"decree": details.decree_number, "decree_on": columns["decree_on"].isoformat()})
    _needed(details.note, "note")
    return _Change(columns)


def _refuse_other_date(case: Case, number: str, day: dt.date) -> None:
    """Refuse a decree that is known here with another date: one of the two is a slip of the pen."""
    statement = (
        select(Case.decree_on)
        .join(Household, Household.id == Case.household_id)
        .where(Household.regency_code == case.household.regency_code, Case.decree_number == number)
    )
    known = db.session.scalar(statement.where(Case.id != case.id, Case.decree_on != day).limit(1))
    if known is not None:
        raise InvalidInput(_l("This decree is of %(day)s here.", day=long_day(known)), field="decree_on")


def _last_meeting(case_id: int) -> dt.date:
    held = db.session.scalar(select(func.max(VillageMinutes.held_on)).where(VillageMinutes.case_id == case_id))
    return held or dt.date.min


def _graduated(case: Case, _action: Action, details: Details, _actor_id: int | None) -> _Change:
    reference = _needed(details.ministry_reference, "ministry_reference")
    day = _needed(details.effective_on, "effective_on")
    if case.decree_on is not None and day < case.decree_on:
        raise InvalidInput(_l("This cannot be before the decree."), field="effective_on")
    if day > clock.add_months(clock.today(zone_of(case.household.regency_code)), FARTHEST):
        raise InvalidInput(_l("At most one year ahead."), field="effective_on")
    columns = {"ministry_reference": reference, "effective_on": day}
    return _Change(columns, {"reference": reference, "effective_on": day.isoformat()})


def _exited(_case: Case, _action: Action, details: Details, _actor_id: int | None) -> _Change:
    reason = _needed(details.exit_reason, "exit_reason")
    return _Change({"exit_reason": reason}, {"reason": reason.value})


def _upheld(case: Case, _action: Action, _details: Details, _actor_id: int | None) -> _Change:
    """Take back what was decided; the history of the case keeps it, and mentors their visits."""
    db.session.execute(delete(CaseVisit).where(CaseVisit.case_id == case.id))
    return _Change(dict(UNDECIDED) | {"ministry_reference": "", "effective_on": None, "warning": None})


def _reopened(_case: Case, _action: Action, _details: Details, _actor_id: int | None) -> _Change:
    return _Change(dict(ANEW))


def _relapsed(_case: Case, _action: Action, _details: Details, _actor_id: int | None) -> _Change:
    return _Change({"warning": None})


WRITERS: Mapping[Action, Callable[[Case, Action, Details, int | None], _Change]] = {
    Action.ASSIGN: _assigned,
    Action.PROPOSE: _proposed,
    Action.VERIFY: _verified,
    Action.DELIBERATE: _deliberated,
    Action.PROPOSE_BACK: _deliberated,
    Action.APPROVE: _decided,
    Action.REJECT: _decided,
    Action.POSTPONE: _decided,
    Action.REOPEN: _reopened,
    Action.GRADUATE: _graduated,
    Action.RELAPSE: _relapsed,
    Action.UPHOLD: _upheld,
    Action.EXIT: _exited,
}


def mentors_of(household_id: int) -> list[User]:
    """Return who holds the role of mentor today for a group in which a family is a member today, by name."""
    today = home_today()
    statement = (
        select(User)
        .join(RoleAssignment, RoleAssignment.user_id == User.id)
        .join(Membership, Membership.group_id == RoleAssignment.group_id)
        .where(
            RoleAssignment.role == Role.MENTOR,
            RoleAssignment.starts_on <= today,
            func.coalesce(RoleAssignment.ends_on, today) >= today,
            Membership.household_id == household_id,
            membership_in_force(today),
        )
        .distinct()
    )
    return sorted(db.session.scalars(statement), key=lambda user: (user.name, user.id))
