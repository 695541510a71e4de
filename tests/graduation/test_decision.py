"""A proposal is decided by the criteria it was made with, on what is known that day, and can be taken back."""

import datetime as dt

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace.extensions import db
from marketplace.graduation import case_queries, criteria
from marketplace.graduation.case_models import Case, CaseState, CaseVisit
from marketplace.graduation.case_rules import Action
from marketplace.graduation.criteria import NewCriterion, NewSet
from marketplace.graduation.criteria_rules import CriterionKey
from marketplace.shared import clock
from marketplace.shared.errors import InvalidInput, StateConflict
from marketplace.shared.transaction import rollback, unit_of_work
from tests import make
from tests.graduation import casework
from tests.graduation.casework import LINE, Team, led, take, work

S, A = CaseState, Action
NOT_TODAY = "do not all hold today"


def _waiting(team: Team) -> Case:
    """Lead a case to the head's desk more than a month ago, so that another month has been closed since."""
    with clock.at(clock.now() - dt.timedelta(days=40)):
        return casework.deliberated(team)


def _approve(team: Team, case: Case) -> Case:
    return take(case, Action.APPROVE, team.head, decree_number="188.45/7", decree_on=casework.today())


def _page(client: FlaskClient, team: Team) -> str:
    make.sign_in(client, team.head)
    return client.get(f"/dinas/graduasi/{team.family.id}/kasus").text


def test_a_month_that_fell_since_stops_the_approval_and_says_so(app: Flask, client: FlaskClient) -> None:
    team = Team()
    case = _waiting(team)
    casework.closed_months(1, team.family, LINE - 1)
    work()
    with pytest.raises(StateConflict) as refused:
        _approve(team, case)
    assert NOT_TODAY in str(refused.value.message)
    rollback()
    page = _page(client, team)
    assert NOT_TODAY in page
    assert "Blocks" in page
    later = take(case, Action.POSTPONE, team.head, note="Sampai panen")
    assert later.state is CaseState.POSTPONED


def test_a_month_of_which_nothing_is_known_stops_it_too(app: Flask) -> None:
    team = Team()
    case = _waiting(team)
    with pytest.raises(StateConflict) as refused:
        _approve(team, case)
    assert NOT_TODAY in str(refused.value.message)


def test_who_still_holds_is_approved(app: Flask, client: FlaskClient) -> None:
    team = Team()
    case = _waiting(team)
    casework.closed_months(1, team.family)
    work()
    page = _page(client, team)
    assert NOT_TODAY not in page
    assert "Blocks" not in page
    assert _approve(team, case).state is CaseState.APPROVED


def test_criteria_that_came_into_force_since_stop_nobody(app: Flask, client: FlaskClient) -> None:
    team = Team()
    case = casework.deliberated(team)
    longer = NewCriterion(CriterionKey.INCOME, is_required=True, parameters={"percent": 100, "months": 12})
    with unit_of_work():
        criteria.make_set(
            NewSet(make.REGENCY, casework.today(), "Uji", [longer]), team.administrator.id, team.administrator
        )
    page = _page(client, team)  # before the system looked again
    assert "by version 1 of the criteria" in page
    assert "Blocks" not in page
    work()
    assert not any(row.is_blocking for row in case_queries.standings_of(case.id))
    assert _approve(team, case).state is CaseState.APPROVED
    waiting = casework.mentored(Team(team.group))
    casework.reckon(waiting)
    assert [row.key for row in case_queries.standings_of(waiting.id) if row.is_blocking] == [CriterionKey.INCOME]


def test_one_decree_has_one_date(app: Flask) -> None:
    with clock.at(clock.now() - dt.timedelta(days=2)):
        first = Team()
        _approve(first, casework.deliberated(first))
    second = Team()
    case = casework.deliberated(second)
    with pytest.raises(InvalidInput) as refused:
        _approve(second, case)
    assert refused.value.field == "decree_on"
    rollback()
    take(case, A.APPROVE, second.head, decree_number="188.45/8", decree_on=casework.today())


@pytest.mark.parametrize("state", [S.GRADUATED, S.MONITORED])
def test_an_appeal_that_is_upheld_after_graduation_takes_it_back_and_is_no_relapse(
    app: Flask, state: CaseState
) -> None:
    team = Team()
    case = take(led(team, state), A.APPEAL, team.mentor, note="Keberatan")
    upheld = take(case, A.UPHOLD, team.administrator, note="Datanya salah")
    taken_back = (upheld.decided_by_id, upheld.decree_number, upheld.effective_on, upheld.ministry_reference)
    assert (upheld.state, taken_back, upheld.warning) == (S.VERIFICATION, (None, "", None, ""), None)
    work()
    assert db.session.scalar(select(func.count(CaseVisit.id))) == 0
    again = take(upheld, A.DELIBERATE, team.administrator, meeting=casework.meeting())
    again = take(again, A.APPROVE, team.head, decree_number="188.45/8", decree_on=casework.today())
    take(again, A.GRADUATE, team.administrator, ministry_reference="SIKS-2", effective_on=casework.today())
    work()
    assert db.session.scalar(select(func.count(CaseVisit.id))) == len(casework.VISITED_AFTER)


def test_days_come_in_their_order(app: Flask) -> None:
    team = Team()
    case = casework.verified(team)
    yesterday = casework.today() - dt.timedelta(days=1)
    late = {"ministry_reference": "S", "effective_on": clock.add_months(casework.today(), 12) + dt.timedelta(days=1)}
    for action, actor, given, field in (
        (A.DELIBERATE, team.administrator, {"meeting": casework.meeting(yesterday)}, "held_on"),
        (A.DELIBERATE, team.administrator, {"meeting": casework.meeting()}, ""),
        (A.APPROVE, team.head, {"decree_number": "1", "decree_on": yesterday}, "decree_on"),
        (A.APPROVE, team.head, {"decree_number": "1", "decree_on": casework.today()}, ""),
        (A.GRADUATE, team.administrator, late, "effective_on"),
    ):
        if not field:
            case = take(case, action, actor, **given)
            continue
        with pytest.raises(InvalidInput) as refused:
            take(case, action, actor, **given)
        assert refused.value.field == field
        rollback()
