"""A proposal is decided by the criteria it was made with, on what is known on the day of the decision."""

import datetime as dt

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.graduation import case_queries, criteria
from marketplace.graduation.case_models import Case, CaseState
from marketplace.graduation.case_rules import Action
from marketplace.graduation.criteria import NewCriterion, NewSet
from marketplace.graduation.criteria_rules import CriterionKey
from marketplace.shared import clock
from marketplace.shared.errors import StateConflict
from marketplace.shared.transaction import rollback, unit_of_work
from tests import make
from tests.graduation import casework
from tests.graduation.casework import LINE, Team, take, work

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
    work()
    assert not any(row.is_blocking for row in case_queries.standings_of(case.id))
    assert "by version 1 of the criteria" in _page(client, team)
    assert _approve(team, case).state is CaseState.APPROVED
    waiting = casework.mentored(Team(team.group))
    casework.reckon(waiting)
    assert [row.key for row in case_queries.standings_of(waiting.id) if row.is_blocking] == [CriterionKey.INCOME]
