"""The way out of aid: states by their log, persons apart, proofs there, and what was frozen as it was."""

import json
from typing import Any

from sqlalchemy import Select, String, and_, case, func, literal, or_, select, type_coerce
from sqlalchemy.orm import aliased

from ...extensions import db
from ...graduation.case_models import (
    OUT_OF_AID,
    Assessment,
    Case,
    CaseEvent,
    CaseState,
    CaseVisit,
    CriteriaSet,
    Criterion,
    VillageMinutes,
)
from ...graduation.case_rules import DECISIONS, WATCHED, Action
from ...graduation.criteria_rules import SCHEMA, CriterionKey, Outcome, blocking, evaluate, fingerprint, from_json
from ...graduation.criteria_rules import Rule as CriterionRule
from ...mentoring.models import Visit, VisitedHousehold
from ..check import SHOWN, Check, Fault, Result, check, row


@check("Graduation: a case is in the state after its last step", "graduation_case")
def last_event() -> Select[Any]:
    other = aliased(CaseEvent)
    last = select(func.max(other.id)).where(other.case_id == Case.id).correlate(Case).scalar_subquery()
    joined = row(Case.id, type_coerce(CaseEvent.to_state, String), type_coerce(Case.state, String))
    return joined.select_from(Case).outerjoin(CaseEvent, CaseEvent.id == last)


@check("Graduation: each step began where the one before it ended", "case_event")
def unbroken() -> Select[Any]:
    before = aliased(CaseEvent)
    last = (
        select(func.max(before.id))
        .where(before.case_id == CaseEvent.case_id, before.id < CaseEvent.id)
        .correlate(CaseEvent)
        .scalar_subquery()
    )
    previous = aliased(CaseEvent)
    joined = row(CaseEvent.id, type_coerce(previous.to_state, String), type_coerce(CaseEvent.from_state, String))
    return joined.select_from(CaseEvent).outerjoin(previous, previous.id == last)


def _last_actor(*actions: str) -> Any:
    """Return who took one of some steps last, as a part of a statement."""
    last = (
        select(func.max(CaseEvent.id))
        .where(CaseEvent.case_id == Case.id, CaseEvent.action.in_(actions))
        .correlate(Case)
        .scalar_subquery()
    )
    return select(CaseEvent.actor_id).where(CaseEvent.id == last).correlate(Case).scalar_subquery()


@check("Graduation: who proposed, verified and decided are three people, and those of the log", "graduation_case")
def three_people() -> Select[Any]:
    proposer, verifier = _last_actor(Action.PROPOSE), _last_actor(Action.VERIFY)
    fits = and_(
        Case.proposed_by_id == proposer,
        Case.verified_by_id == verifier,
        Case.decided_by_id == _last_actor(*DECISIONS),
        Case.proposed_by_id != Case.verified_by_id,
        Case.proposed_by_id != Case.decided_by_id,
        Case.verified_by_id != Case.decided_by_id,
    )
    said = case((fits, "three people"), else_="others")
    return row(Case.id, "three people", said).where(Case.decided_by_id.is_not(None))


@check(
    "Graduation: nobody is out of aid without a decree, a reference of the ministry and a village meeting",
    "graduation_case",
)
def proofs() -> Select[Any]:
    met = select(func.count()).where(VillageMinutes.case_id == Case.id, VillageMinutes.is_return.is_(False))
    whole = and_(
        Case.decree_number != "",
        Case.decree_on.is_not(None),
        Case.ministry_reference != "",
        Case.effective_on >= Case.decree_on,
        Case.decided_by_id.is_not(None),
        met.scalar_subquery() > 0,
    )
    return row(Case.id, "whole", case((whole, "whole"), else_="not whole")).where(Case.state.in_(OUT_OF_AID))


@check(
    "Graduation: a family was proposed by an assessment of its own in which all required criteria held", "case_event"
)
def proposals() -> Select[Any]:
    holds = and_(Assessment.holds, Assessment.case_id == CaseEvent.case_id, Assessment.made_at <= CaseEvent.at)
    joined = row(CaseEvent.id, "held", case((holds, "held"), else_="did not hold")).select_from(CaseEvent)
    return joined.outerjoin(Assessment, Assessment.id == CaseEvent.assessment_id).where(
        CaseEvent.action == Action.PROPOSE
    )


@check("Graduation: a visit after graduation was made with the family, after it took effect", "case_visit")
def visits() -> Select[Any]:
    spoken = select(func.count()).where(
        VisitedHousehold.visit_id == CaseVisit.visit_id, VisitedHousehold.household_id == Case.household_id
    )
    fits = and_(spoken.scalar_subquery() > 0, Visit.visited_on >= Case.effective_on)
    joined = row(CaseVisit.id, "with the family", case((fits, "with the family"), else_="not")).select_from(CaseVisit)
    joined = joined.join(Case, Case.id == CaseVisit.case_id).join(Visit, Visit.id == CaseVisit.visit_id)
    return joined.where(CaseVisit.visit_id.is_not(None))


@check("Graduation: a warning is of a family that is out of aid", "graduation_case")
def warnings() -> Select[Any]:
    watched = (*WATCHED, CaseState.ADMINISTRATIVE, CaseState.APPEALED)
    fits = or_(Case.warning.is_(None), Case.state.in_(watched))
    return row(Case.id, "of one out of aid", case((fits, "of one out of aid"), else_="of another"))


@check("Graduation: every version of the criteria requires something", "criteria_set")
def required() -> Select[Any]:
    needed = select(func.count()).where(Criterion.set_id == CriteriaSet.id, Criterion.is_required).scalar_subquery()
    return row(CriteriaSet.id, literal(1), case((needed > 0, 1), else_=0))


def _collect(table: str, rows: list[tuple[int, str, str]]) -> Result:
    faults = [Fault(f"{table} {key}", expected, found) for key, expected, found in rows if expected != found]
    return Result(len(rows), len(faults), tuple(faults[:SHOWN]))


def _frozen() -> Result:
    statement = select(Assessment.id, Assessment.sha256, Assessment.frozen).order_by(Assessment.id)
    return _collect("assessment", [(key, kept, fingerprint(told)) for key, kept, told in db.session.execute(statement)])


def _results() -> Result:
    statement = select(Assessment.id, Assessment.holds, Assessment.frozen).order_by(Assessment.id)
    rows = [
        (key, _told(*_reckoned(told)), _told(told["results"], holds))
        for key, holds, told in db.session.execute(statement)
    ]
    return _collect("assessment", rows)


def _reckoned(told: dict[str, Any]) -> tuple[list[Any], bool]:
    rules = [CriterionRule(CriterionKey(key), needed, numbers) for key, needed, numbers in told["criteria"]]
    results = evaluate(rules, from_json(told["inputs"]))
    return [[each.key.value, each.outcome.value, each.measure] for each in results], not blocking(rules, results)


def _told(results: list[Any], holds: bool) -> str:
    outcomes = ", ".join(f"{key} {Outcome(outcome)}" for key, outcome, _measure in results)
    return f"{'holds' if holds else 'does not hold'}: {outcomes}"


def _same_criteria() -> Result:
    """Hold the criteria that an assessment was made by against those of its version."""
    sets: dict[int, list[Any]] = {}
    for each in db.session.scalars(select(Criterion).order_by(Criterion.set_id, Criterion.position)):
        sets.setdefault(each.set_id, []).append([each.key.value, each.is_required, each.parameters])
    statement = select(Assessment.id, Assessment.set_id, Assessment.frozen).order_by(Assessment.id)
    rows = [
        (key, json.dumps(sets.get(set_id, []), sort_keys=True), json.dumps(told["criteria"], sort_keys=True))
        for key, set_id, told in db.session.execute(statement)
    ]
    return _collect("assessment", rows)


def _numbers() -> Result:
    rows = [
        (each.id, ", ".join(sorted(SCHEMA[each.key])), ", ".join(sorted(each.parameters)))
        for each in db.session.scalars(select(Criterion).order_by(Criterion.id))
    ]
    return _collect("criterion", rows)


frozen = Check("Graduation: what an assessment looked at is as it was frozen", _frozen)
results = Check("Graduation: an assessment came to what its inputs and criteria come to", _results)
same_criteria = Check("Graduation: an assessment was made by the criteria of its version", _same_criteria)
numbers = Check("Graduation: each criterion has the numbers that it reckons with", _numbers)

CHECKS: tuple[Check, ...] = (
    last_event,
    unbroken,
    three_people,
    proofs,
    proposals,
    visits,
    warnings,
    required,
    frozen,
    results,
    same_criteria,
    numbers,
)
