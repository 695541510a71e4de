"""Hold a family against the criteria and freeze all that was looked at; notice what changed since."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select

from ..areas.rules import zone_of
from ..extensions import db
from ..groups.models import Household
from ..shared import audit, clock
from ..shared.errors import InvalidInput, NotFound, StateConflict
from ..shared.i18n import _l
from ..shared.transaction import command
from ..shared.upsert import insert
from . import facts
from .case_models import Assessment, AssessmentChange, Case, CaseEvent, CaseFile, CaseState, CriteriaSet
from .case_rules import ASSESSED_IN, Action
from .criteria_rules import (
    OBSERVED,
    CriterionKey,
    Inputs,
    Result,
    as_json,
    blocking,
    evaluate,
    fingerprint,
    from_json,
    money_of,
)
from .criteria_rules import Rule as CriterionRule


def needed_set(regency_code: str, day: dt.date) -> CriteriaSet:
    """Return the criteria in force. Raises StateConflict where there are none: the administrator has to make them."""
    found = facts.set_in_force(regency_code, day)
    if found is None:
        raise StateConflict(_l("No criteria are in force here. The administrator has to write them down first."))
    return found


def locked_case(case_id: int) -> Case:
    """Return a case that nobody else changes until the end of the transaction. Raises NotFound."""
    case = db.session.get(Case, case_id, with_for_update=True)
    if case is None:
        raise NotFound
    return case


@command
def assess(case_id: int, answers: Mapping[CriterionKey, int], note: str, actor_id: int) -> Assessment:
    """Hold a family against the criteria of today and freeze it: a question without an answer stays unanswered.

    Raises StateConflict while a proposal is on its way, or where no criteria are in force.
    """
    case = locked_case(case_id)
    if case.state not in ASSESSED_IN:
        raise StateConflict(_l("While the family is on its way, the assessment it was proposed by stands."))
    household = db.session.get_one(Household, case.household_id)
    today = clock.today(zone_of(household.regency_code))
    criteria = needed_set(household.regency_code, today)
    rules = facts.rules_of(criteria.criteria)
    if not answers.keys() <= OBSERVED & {rule.key for rule in rules}:
        raise InvalidInput(_l("One of these questions is not asked by the criteria in force."))
    seen = facts.window(household.regency_code, today, rules)
    inputs = facts.gather([household.id], seen, answers)[household.id]
    results = evaluate(rules, inputs)
    frozen = _frozen(criteria, rules, inputs, results, _files(case.id))
    last = latest(case.id)
    if last is not None and (last.sha256, last.note, last.made_by_id) == (fingerprint(frozen), note, actor_id):
        return last  # the same form, sent twice
    row = Assessment(
        case_id=case.id,
        set_id=criteria.id,
        made_by_id=actor_id,
        day=today,
        frozen=frozen,
        sha256=fingerprint(frozen),
        holds=not blocking(rules, results),
        note=note,
    )
    db.session.add(row)
    db.session.flush()
    _log(case, row, actor_id)
    audit.record(actor_id, "assessment.make", ("household", household.id), assessment_id=row.id, holds=row.holds)
    return row


def _log(case: Case, row: Assessment, actor_id: int) -> None:
    detail = {"holds": row.holds}
    db.session.add(
        CaseEvent(
            case_id=case.id,
            actor_id=actor_id,
            action="assess",
            from_state=case.state,
            to_state=case.state,
            note=row.note,
            detail=detail,
            assessment_id=row.id,
        )
    )


def _frozen(
    criteria: CriteriaSet,
    rules: Collection[CriterionRule],
    inputs: Inputs,
    results: Collection[Result],
    files: list[list[Any]],
) -> dict[str, Any]:
    return {
        "set": {"id": criteria.id, "area": criteria.area_code, "version": criteria.version},
        "criteria": [[rule.key.value, rule.is_required, dict(rule.parameters)] for rule in rules],
        "inputs": as_json(inputs),
        "files": files,
        "results": [[result.key.value, result.outcome.value, result.measure] for result in results],
        "blocking": [key.value for key in blocking(rules, results)],
    }


def _files(case_id: int) -> list[list[Any]]:
    """Return what shows the answers: number, purpose, criterion and fingerprint of each file that waits."""
    statement = select(CaseFile.id, CaseFile.purpose, CaseFile.criterion, CaseFile.sha256).order_by(CaseFile.id)
    rows = db.session.execute(statement.where(CaseFile.case_id == case_id, CaseFile.event_id.is_(None)))
    return [[key, purpose.value, criterion and criterion.value, sha256] for key, purpose, criterion, sha256 in rows]


def read_rules(frozen: Mapping[str, Any]) -> list[CriterionRule]:
    """Return the criteria of an assessment as they were frozen with it."""
    return [CriterionRule(CriterionKey(key), required, numbers) for key, required, numbers in frozen["criteria"]]


def latest(case_id: int) -> Assessment | None:
    """Return the last assessment of a case."""
    statement = select(Assessment).where(Assessment.case_id == case_id).order_by(Assessment.id.desc())
    return db.session.scalar(statement.limit(1))


def proposed(case_id: int) -> Assessment | None:
    """Return the assessment by which a case was proposed last."""
    statement = (
        select(Assessment)
        .join(CaseEvent, CaseEvent.assessment_id == Assessment.id)
        .where(CaseEvent.case_id == case_id, CaseEvent.action == Action.PROPOSE)
    )
    return db.session.scalar(statement.order_by(CaseEvent.id.desc()).limit(1))


def that_counts(case: Case) -> Assessment | None:
    """Return the assessment by which a case goes on: the one proposed while people decide, else the last."""
    return latest(case.id) if case.state in ASSESSED_IN else proposed(case.id)


def on_day(row: Assessment, household: Household, day: dt.date) -> tuple[list[CriterionRule], list[Result]]:
    """Hold a family against the criteria of an assessment on the figures of a day; its answers stand as given."""
    rules = read_rules(row.frozen)
    seen = facts.window(household.regency_code, day, rules)
    inputs = facts.gather([household.id], seen, from_json(row.frozen["inputs"]).answers)[household.id]
    return rules, evaluate(rules, inputs)


def difference(row: Assessment, household: Household) -> tuple[int, int, str] | None:
    """Return what a family's sales of the window came to then and come to now, with a mark of what is found now.

    None when months and buyers are as they were frozen: a refund that came later makes them differ.
    """
    inputs = from_json(row.frozen["inputs"])
    seen = facts.Window(household.regency_code, inputs.day, tuple(month.month for month in inputs.months))
    now = money_of(as_json(facts.gather([household.id], seen)[household.id]))
    then = money_of(row.frozen["inputs"])
    return None if now == then else (earned(then), earned(now), fingerprint(now))


def earned(money: Mapping[str, Any]) -> int:
    """Return what all buyers of the window together came to, rupiah."""
    return sum(sum(sums.values()) for sums in money["buyers"].values())


@command
def note_changes(case_id: int) -> bool:
    """Write down beside a case's assessment that its inputs are not as they were; tell whether that is new.

    The assessment itself stays as it was, whatever was decided by it.
    """
    case = db.session.get_one(Case, case_id)
    row = that_counts(case)
    if row is None or case.state in (CaseState.RECIPIENT, CaseState.MENTORED):
        return False
    found = difference(row, case.household)
    if found is None:
        return False
    values = {"assessment_id": row.id, "earned_then": found[0], "earned_now": found[1], "found_hash": found[2]}
    statement = insert(AssessmentChange).values(values | {"noticed_at": clock.now()}).on_conflict_do_nothing()
    return db.session.execute(statement).rowcount == 1  # type: ignore[attr-defined, no-any-return]


def changes_of(assessment_ids: Collection[int]) -> list[AssessmentChange]:
    """Return what was noticed about some assessments since, oldest first."""
    statement = select(AssessmentChange).where(AssessmentChange.assessment_id.in_(assessment_ids))
    return list(db.session.scalars(statement.order_by(AssessmentChange.id)))
