"""What a family is held against, beside a small model of its own: lines, refunds, splits, months without data."""

import datetime as dt
from collections import Counter, defaultdict
from typing import Any

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from marketplace.areas.models import LineKind
from marketplace.areas.service import add_poverty_line
from marketplace.extensions import db
from marketplace.graduation import assessments, case_job, cases, facts, service
from marketplace.graduation.case_models import Assessment, AssessmentChange, Case, CriteriaSet, FilePurpose
from marketplace.graduation.case_rules import Action
from marketplace.graduation.criteria_rules import (
    OBSERVED,
    SCHEMA,
    CriterionKey,
    Inputs,
    Month,
    Outcome,
    Rule,
    as_json,
    blocking,
    evaluate,
    fingerprint,
    from_json,
)
from marketplace.graduation.models import MonthStatus, Snapshot
from marketplace.groups.models import Household, Person
from marketplace.ledger.models import Account, EntryKind
from marketplace.ledger.rules import Posting
from marketplace.ledger.service import Event, post
from marketplace.mentoring.models import Visit, VisitedHousehold, VisitKind
from marketplace.orders.wanted import LineRequest
from marketplace.shared import clock
from marketplace.shared.transaction import rollback, unit_of_work
from tests import make
from tests.conftest import reset
from tests.graduation import casework
from tests.graduation.casework import Team
from tests.graduation.conftest import SOURCE
from tests.graduation.earning import earn, give_back
from tests.graduation.offices import order_of
from tests.orders.asking import placed
from tests.payments import billing

NOVEMBER = dt.datetime(2026, 11, 21, 3, tzinfo=dt.UTC)
WINDOW = [dt.date(2026, month, 1) for month in range(5, 11)]
"""The six months that are closed by then."""
K = CriterionKey
numbers = st.integers(0, 2_000_000)


def rule(key: CriterionKey, is_required: bool = True, **values: int) -> Rule:
    start = {name: bounds.start for name, bounds in SCHEMA[key].items()}
    return Rule(key, is_required, {**start, **values})


def month(first: dt.date, income: int | None, line: int = 100, **values: Any) -> Month:
    """Return a month of a family of one; None: without data."""
    if income is None:
        return Month(first, MonthStatus.NO_DATA, 0, 0, 0, 0, None, **values)
    status = MonthStatus.PASSED if income >= line else MonthStatus.NOT_PASSED
    return Month(first, status, income, 0, 1, income, line, **values)


@given(st.lists(st.none() | st.integers(0, 300), min_size=6, max_size=6), st.integers(50, 200), st.integers(1, 6))
def test_income_over_the_window(incomes: list[int | None], percent: int, count: int) -> None:
    months = [month(first, income) for first, income in zip(WINDOW, incomes, strict=True)]
    (found,) = evaluate([rule(K.INCOME, percent=percent, months=count)], Inputs(WINDOW[-1], months))
    asked = incomes[-count:]
    if any(income is not None and income < percent for income in asked):
        assert found.outcome is Outcome.NOT_MET
    else:
        assert found.outcome is (Outcome.MISSING if None in asked else Outcome.MET)


@given(st.dictionaries(st.text("abcd", min_size=1, max_size=1), st.integers(0, 10**9), max_size=4), st.integers(1, 100))
def test_the_largest_buyer(sums: dict[str, int], percent: int) -> None:
    inputs = Inputs(WINDOW[-1], [month(first, 100) for first in WINDOW], {WINDOW[2].isoformat(): sums})
    (found,) = evaluate([rule(K.BUYER_SPREAD, percent=percent)], inputs)
    total = sum(sums.values())
    if total == 0:
        assert found.outcome is Outcome.MISSING
    else:
        assert (found.outcome is Outcome.MET) == (max(sums.values()) <= percent * total / 100)


@given(st.lists(st.integers(0, 200), max_size=12), st.integers(1, 2))
def test_visits(days_ago: list[int], per_month: int) -> None:
    day = dt.date(2026, 11, 21)
    visits = sorted({day - dt.timedelta(days=ago) for ago in days_ago if day - dt.timedelta(days=ago) >= WINDOW[0]})
    inputs = Inputs(day, [month(first, 100) for first in WINDOW], visits=visits)
    (found,) = evaluate([rule(K.MENTORING, per_month=per_month)], inputs)
    counts = Counter((visit.year, visit.month) for visit in visits)
    often = all(counts[first.year, first.month] >= per_month for first in WINDOW)
    recent = bool(visits) and day - max(visits) <= dt.timedelta(days=45)
    assert found.outcome is (Outcome.MET if often and recent else Outcome.NOT_MET)


@given(st.sampled_from(sorted(OBSERVED)), st.none() | st.integers(0, 2_000_000), st.booleans())
def test_an_answer_and_none(key: CriterionKey, answer: int | None, is_required: bool) -> None:
    asked = rule(key, is_required)
    bound = next(iter(asked.parameters.values()))
    results = evaluate([asked], Inputs(WINDOW[-1], (), answers={} if answer is None else {key: answer}))
    good = answer is not None and (answer <= bound if key in (K.FOOD, K.SCHOOL) else answer >= bound)
    assert (results[0].outcome is Outcome.MET) == good
    assert (results[0].outcome is Outcome.MISSING) == (answer is None)
    assert bool(blocking([asked], results)) == (is_required and not good)


@pytest.mark.parametrize("path", [K.INCOME_EARLY, K.WAGE])
@pytest.mark.parametrize("holds", [True, False])
def test_another_path_stands_in_for_the_income(path: CriterionKey, holds: bool) -> None:
    rules = [rule(K.INCOME, months=6), rule(path, is_required=False, months=1, percent=100), rule(K.SCHOOL)]
    last = month(WINDOW[-1], 150 if holds else 50, wage=120)
    months = [*(month(first, 0) for first in WINDOW[:-1]), last]
    results = evaluate(rules, Inputs(WINDOW[-1], months, answers={K.SCHOOL: 0}))
    assert blocking(rules, results) == ([] if holds else [K.INCOME])


def test_the_wage_path_cannot_be_told_without_a_wage() -> None:
    months = [month(first, 10**9) for first in WINDOW]
    (found,) = evaluate([rule(K.WAGE)], Inputs(WINDOW[-1], months))
    assert found.outcome is Outcome.MISSING


@given(
    st.lists(st.none() | numbers, min_size=6, max_size=6), st.dictionaries(st.sampled_from(sorted(OBSERVED)), numbers)
)
def test_what_is_frozen_is_read_back(incomes: list[int | None], answers: dict[CriterionKey, int]) -> None:
    months = [month(first, income, 600_000) for first, income in zip(WINDOW, incomes, strict=True)]
    inputs = Inputs(WINDOW[-1], months, {"2026-05-01": {"a": 5}}, [WINDOW[0]], answers)
    assert from_json(as_json(inputs)) == inputs
    assert fingerprint(as_json(inputs)) == fingerprint(as_json(from_json(as_json(inputs))))


# A year of a family, beside a model that knows neither our tables nor our rules.

sale = st.tuples(st.integers(0, 5), st.integers(1, 900_000), st.sampled_from("ABC"))
back = st.tuples(st.integers(0, 5), st.integers(1, 100_000))
story = st.fixed_dictionaries(
    {
        "sales": st.lists(sale, max_size=8),
        "returns": st.lists(back, max_size=2),
        "lines": st.lists(st.tuples(st.integers(0, 5), st.integers(1, 28), st.integers(300_000, 900_000)), max_size=2),
        "leaves": st.none() | st.tuples(st.integers(0, 5), st.integers(1, 28)),
        "leaves_group": st.booleans(),
        "visits": st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=8),
    }
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story)
def test_a_family_is_told_as_a_small_model_tells_it(app: Flask, story: dict[str, Any]) -> None:
    reset(app)
    with unit_of_work():
        add_poverty_line(make.REGENCY, LineKind.ALL, 600_000, dt.date(2026, 1, 1), SOURCE)
        for index, day, amount in {
            (index, day): (index, day, amount) for index, day, amount in story["lines"]
        }.values():
            add_poverty_line(make.REGENCY, LineKind.ALL, amount, WINDOW[index].replace(day=day), SOURCE)
    family = _family(story)
    with time_machine.travel(NOVEMBER, tick=False):
        for first in WINDOW:
            with unit_of_work():
                service.build_month(make.REGENCY, first)
                service.close_month(make.REGENCY, first)
        found = facts.set_in_force(make.REGENCY, NOVEMBER.date())
        assert found is not None
        rules = facts.rules_of(found.criteria)
        seen = facts.window(make.REGENCY, NOVEMBER.date(), rules)
        results = {each.key: each for each in evaluate(rules, facts.gather([family.id], seen)[family.id])}
    assert list(seen.months) == WINDOW
    expected = model(story)
    assert {key: results[key].outcome.value for key in expected} == expected


def _family(story: dict[str, Any]) -> Household:
    """Play a story through the ledger, the registry and the mentor's visits."""
    group = make.group()
    family = make.household(group, people=2)
    names = {"A": "Kantor A", "B": "Kantor B", "C": ""}
    for index, amount, buyer in story["sales"]:
        _earn(family, amount, WINDOW[index], names[buyer])
    for index, amount in story["returns"]:
        give_back(family, amount, WINDOW[index])
    with unit_of_work():
        if story["leaves"]:
            index, day = story["leaves"]
            db.session.get_one(Person, family.people[1].id).left_on = WINDOW[index].replace(day=day)
        if story["leaves_group"]:
            family.memberships[0].ends_on = WINDOW[2]
    mentor = make.user()
    for index, names_family in story["visits"]:
        row = Visit(
            key=f"uji-{next(casework.KEYS)}",
            kind=VisitKind.GROUP,
            group_id=group.id,
            mentor_id=mentor.id,
            visited_on=WINDOW[index].replace(day=20),
            findings="-",
        )
        spoken = family if names_family else make.household(group)
        row.families = [VisitedHousehold(household_id=spoken.id)]
        make.add(row)
    return family


def _earn(family: Household, amount: int, day: dt.date, office: str) -> None:
    """Post what a family earns by an order of an office, or of somebody without a name."""
    if not office:
        earn(family, amount, day)
        return
    with unit_of_work():
        event = Event(
            EntryKind.DELIVERY, f"uji:{next(casework.KEYS)}", family.regency_code, day=day, order_id=order_of(office)
        )
        post(
            event, [Posting(Account.CUSTOMER_DEPOSITS, amount), Posting(Account.HOUSEHOLD_PAYABLE, -amount, family.id)]
        )


def model(story: dict[str, Any]) -> dict[CriterionKey, str]:
    """Tell by hand what the story comes to: months first, then what each criterion makes of them."""
    passes: list[bool | None] = []
    for index, first in enumerate(WINDOW):
        sold = [amount for at, amount, _buyer in story["sales"] if at == index]
        returned = [amount for at, amount in story["returns"] if at == index]
        leaves = story["leaves"]
        gone = leaves is not None and WINDOW[leaves[0]].replace(day=leaves[1]) <= _last_day(first)
        line = 600_000
        for at, day, amount in sorted(set(story["lines"])):
            if WINDOW[at].replace(day=day) <= first:
                line = amount
        people = 1 if gone else 2
        passes.append(None if not sold and not returned else (sum(sold) - sum(returned)) // people >= line)
    income = "not_met" if False in passes else "missing" if None in passes else "met"
    buyers: Counter[str] = Counter()
    for number, (_at, amount, buyer) in enumerate(story["sales"]):
        buyers[buyer if buyer != "C" else f"C{number}"] += amount
    total = sum(buyers.values())
    spread = "missing" if not total else "met" if 100 * max(buyers.values()) <= 60 * total else "not_met"
    visited = defaultdict(int)
    for index, names_family in story["visits"]:
        visited[index] += names_family
    # Visits of the same day are one; the last month's is 32 days before.
    mentored = "met" if all(visited[index] for index in range(6)) else "not_met"
    return {K.INCOME: income, K.BUYER_SPREAD: spread, K.MENTORING: mentored}


def _last_day(first: dt.date) -> dt.date:
    return clock.add_months(first, 1) - dt.timedelta(days=1)


def test_a_refund_after_the_decision_flags_and_rewrites_nothing(app: Flask) -> None:
    team = Team()
    order = placed(*_one_line(team))
    case = casework.mentored(team)
    casework.closed_months(6, team.family)
    last = facts.last_closed_month(make.REGENCY, casework.today())
    _post(team, EntryKind.DELIVERY, 100_000, last, order.id)
    casework.reckon(case)
    case = _decided(team, case)
    row = assessments.proposed(case.id)
    assert row is not None
    frozen, state = dict(row.frozen), case.state
    casework.work()
    assert db.session.scalars(select(AssessmentChange)).all() == []
    _post(team, EntryKind.RETURN, -40_000, casework.today(), order.id)
    for _again in range(2):
        casework.work()
    (change,) = db.session.scalars(select(AssessmentChange)).all()
    assert (change.assessment_id, change.earned_then - change.earned_now) == (row.id, 40_000)
    kept = db.session.get_one(Assessment, row.id)
    assert (kept.frozen, kept.sha256, fingerprint(kept.frozen)) == (frozen, row.sha256, row.sha256)
    assert db.session.get_one(Case, case.id).state is state
    months = select(Snapshot.net_sales).where(Snapshot.household_id == team.family.id)
    assert set(db.session.scalars(months)) == {casework.LINE}


def _one_line(team: Team) -> tuple[Any, ...]:
    billing.bank()
    return (LineRequest(1, product_id=make.product(team.group, makers={team.family.id: 10_000}, stock=5).id),)


def _post(team: Team, kind: EntryKind, amount: int, day: dt.date, order_id: int) -> None:
    with unit_of_work():
        event = Event(kind, f"uji:{next(casework.KEYS)}", make.REGENCY, day=day, order_id=order_id)
        sides = [
            Posting(Account.CUSTOMER_DEPOSITS, amount),
            Posting(Account.HOUSEHOLD_PAYABLE, -amount, team.family.id),
        ]
        post(event, sides)


def _decided(team: Team, case: Case) -> Case:
    for purpose in (FilePurpose.PHOTO, FilePurpose.STATEMENT):
        casework.bring(case, purpose, team.mentor)
    casework.assess(case, team.mentor)
    case = casework.take(case, Action.PROPOSE, team.mentor)
    casework.bring(case, FilePurpose.HOME_VISIT, team.verifier)
    case = casework.take(case, Action.VERIFY, team.verifier, visited_on=casework.today(), is_confirmed=True)
    case = casework.take(case, Action.DELIBERATE, team.administrator, meeting=casework.meeting())
    return casework.take(case, Action.APPROVE, team.head, decree_number="1", decree_on=casework.today())


def test_an_assessment_keeps_the_version_it_was_made_by(app: Flask) -> None:
    team = Team()
    case = casework.mentored(team)
    first = assessments.latest(case.id)
    assert first is not None
    casework.only_school(team.administrator)
    casework.assess(case, team.mentor)
    second = assessments.latest(case.id)
    assert second is not None
    kept = db.session.get_one(Assessment, first.id)
    assert kept.frozen["set"]["version"] == 1
    assert [key for key, _required, _numbers in second.frozen["criteria"]] == ["school"]
    assert db.session.get_one(CriteriaSet, second.set_id).area_code == make.REGENCY


@pytest.mark.parametrize("statement", ["UPDATE assessment SET holds = true", "DELETE FROM criterion"])
def test_what_was_frozen_cannot_be_written_anew(app: Flask, statement: str) -> None:
    casework.mentored(Team())
    with pytest.raises(Exception, match="only added"), unit_of_work():
        db.session.execute(text(statement))
    rollback()


def test_a_family_that_split_is_told_by_who_is_left(app: Flask) -> None:
    with time_machine.travel(NOVEMBER, tick=False):
        team = Team(people=2)
        new = make.household(team.group, people=0)
        with unit_of_work():
            moved = db.session.get_one(Person, team.family.people[1].id)
            moved.left_on = WINDOW[3]
            db.session.add(
                Person(
                    household_id=new.id, name=moved.name, relation=moved.relation, sex=moved.sex, joined_on=WINDOW[3]
                )
            )
            add_poverty_line(make.REGENCY, LineKind.ALL, 600_000, dt.date(2026, 1, 1), SOURCE)
            case_id = cases.begin(team.family.id, team.head.id).id
        for first in WINDOW:
            earn(team.family, 600_000, first)
            with unit_of_work():
                service.close_month(make.REGENCY, first)
        with unit_of_work():
            case_job.refresh_case(case_id)
        seen = facts.window(make.REGENCY, NOVEMBER.date(), [rule(K.INCOME)])
        inputs = facts.gather([team.family.id, new.id], seen)
    assert [each.status.value for each in inputs[team.family.id].months] == ["not_passed"] * 3 + ["passed"] * 3
    assert {each.status for each in inputs[new.id].months} == {MonthStatus.NO_DATA}
