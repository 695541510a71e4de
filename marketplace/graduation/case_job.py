"""The system's own steps, harmless to run at any time and twice: it flags, plans and warns, and decides nothing."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import select

from ..areas import queries as areas
from ..areas.models import FigureKey
from ..extensions import db
from ..groups.models import Household
from ..shared import clock
from ..shared.errors import StateConflict
from ..shared.transaction import command
from ..shared.upsert import insert
from . import assessments, cases, facts, following
from .case_models import ENDED, Case, CaseStanding, CaseState
from .case_rules import ON_ITS_WAY, WATCHED, Action, months_failed
from .criteria_rules import Inputs, Result, Rule, blocking, computed_blocking, evaluate, from_json
from .models import MonthStatus, Snapshot

RECKONED = frozenset(CaseState) - ENDED
CHUNK = 200


@command
def run(now: dt.datetime) -> None:
    """Reckon how every case stands, flag who is ready, follow those who graduated, and warn of relapses."""
    for regency in db.session.scalars(_regencies()).all():
        day = clock.local_date(now, areas.time_zone(regency))
        ids = db.session.scalars(_going(regency)).all()
        for at in range(0, len(ids), CHUNK):
            reckon(ids[at : at + CHUNK], regency, day)
        _follow(regency, day)
        _watch(regency, day)
        for case_id in db.session.scalars(_going(regency).where(Case.state != CaseState.MENTORED)).all():
            assessments.note_changes(case_id)


def _regencies() -> Any:
    return select(Household.regency_code).join(Case, Case.household_id == Household.id).distinct()


def _going(regency: str) -> Any:
    return (
        select(Case.id)
        .join(Household, Household.id == Case.household_id)
        .where(Household.regency_code == regency, Case.state.in_(RECKONED))
        .order_by(Case.id)
    )


@command
def reckon(case_ids: Collection[int], regency: str, day: dt.date) -> None:
    """Reckon how some cases of a regency stand, and flag those that became ready, or are so no more.

    A proposal on its way stands by the criteria that it was made with.
    """
    criteria = facts.set_in_force(regency, day)
    if criteria is None:
        return
    rules = facts.rules_of(criteria.criteria)
    found = list(db.session.scalars(select(Case).where(Case.id.in_(case_ids)).order_by(Case.id)))
    inputs = facts.gather([case.household_id for case in found], facts.window(regency, day, rules))
    for case in found:
        row = assessments.proposed(case.id) if case.state in ON_ITS_WAY else None
        if row is not None:
            _keep(case.id, *assessments.on_day(row, case.household, day))
            continue
        results = evaluate(rules, _with_answers(inputs[case.household_id], case))
        _keep(case.id, rules, results)
        _flag(case, ready=not computed_blocking(rules, results))


def _with_answers(inputs: Inputs, case: Case) -> Inputs:
    """Add what was answered last: what nobody asked again stands as it was told."""
    row = assessments.latest(case.id)
    if row is None:
        return inputs
    answers = from_json(row.frozen["inputs"]).answers
    return Inputs(inputs.day, inputs.months, inputs.buyers, inputs.visits, answers)


def _keep(case_id: int, rules: Sequence[Rule], results: Sequence[Result]) -> None:
    stuck = set(blocking(rules, results))
    rows = [
        {
            "case_id": case_id,
            "key": result.key,
            "outcome": result.outcome,
            "is_blocking": result.key in stuck,
            "measure": result.measure,
            "reckoned_at": clock.now(),
        }
        for result in results
    ]
    gone = CaseStanding.key.not_in([result.key for result in results])
    for old in db.session.scalars(select(CaseStanding).where(CaseStanding.case_id == case_id, gone)):
        db.session.delete(old)
    db.session.flush()
    statement = insert(CaseStanding)
    changed = {name: statement.excluded[name] for name in ("outcome", "is_blocking", "measure", "reckoned_at")}
    statement = statement.on_conflict_do_update(index_elements=["case_id", "key"], set_=changed)
    db.session.execute(statement, rows)
    db.session.expire_all()


def _flag(case: Case, *, ready: bool) -> None:
    if ready and case.state is CaseState.MENTORED:
        cases.take(case.id, Action.FLAG, cases.Details(), None)
    elif not ready and case.state is CaseState.READY:
        cases.take(case.id, Action.UNFLAG, cases.Details(), None)


def _follow(regency: str, day: dt.date) -> None:
    """Begin to follow families up from the day on which their graduation takes effect."""
    due = _going(regency).where(Case.state == CaseState.GRADUATED, Case.effective_on <= day)
    for case_id in db.session.scalars(due).all():
        with suppress(StateConflict):
            cases.take(case_id, Action.MONITOR, cases.Details(), None)
            following.plan_visits(case_id)


def _watch(regency: str, day: dt.date) -> None:
    """Warn of families that graduated and whose last closed months did not reach the line."""
    wanted = areas.figure(FigureKey.RELAPSE_MONTHS, regency, day)
    watched = db.session.scalars(
        select(Case)
        .join(Household, Household.id == Case.household_id)
        .where(Household.regency_code == regency, Case.state.in_(WATCHED), Case.effective_on <= day)
    ).all()
    months = clock.months_back(facts.last_closed_month(regency, day), wanted)
    statuses = _statuses([case.household_id for case in watched], months)
    for case in watched:
        begun = case.effective_on is not None and months[0] >= clock.month_of(case.effective_on)
        if begun and months_failed([statuses[case.household_id].get(m, MonthStatus.NO_DATA) for m in months], wanted):
            following.warn(case.id, months[-1])


def _statuses(household_ids: Collection[int], months: Collection[dt.date]) -> dict[int, dict[dt.date, MonthStatus]]:
    rows = db.session.execute(
        select(Snapshot.household_id, Snapshot.month, Snapshot.status).where(
            Snapshot.household_id.in_(household_ids), Snapshot.month.in_(months), Snapshot.is_final
        )
    )
    found: dict[int, dict[dt.date, MonthStatus]] = defaultdict(dict)
    for household_id, month, status in rows:
        found[household_id][month] = status
    return found


@command
def refresh_case(case_id: int) -> None:
    """Reckon one case anew, after something was told about it."""
    case = db.session.get_one(Case, case_id)
    if case.state in RECKONED:
        regency = case.household.regency_code
        reckon([case_id], regency, clock.today(areas.time_zone(regency)))
