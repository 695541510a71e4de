"""What an office sets for itself about cases, from a day on: who is at a meeting, and when families are visited."""

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.areas.models import FigureKey
from marketplace.areas.service import set_figure
from marketplace.extensions import db
from marketplace.graduation.case_models import Case, CaseState, CaseVisit
from marketplace.graduation.case_rules import Action
from marketplace.shared.errors import InvalidInput
from marketplace.shared.transaction import rollback, unit_of_work
from tests.graduation import casework
from tests.graduation.casework import Team, take


def decide(team: Team, **figures: int) -> None:
    """Let the office of a team set figures from today on."""
    with unit_of_work():
        for name, value in figures.items():
            set_figure(FigureKey(name), team.family.regency_code, value, casework.today(), "SK kepala dinas")


def test_a_meeting_needs_as_many_people_as_the_office_says(app: Flask) -> None:
    team = Team()
    decide(team, meeting_people=5)
    case = casework.verified(team)
    with pytest.raises(InvalidInput) as refused:
        take(case, Action.DELIBERATE, team.verifier, meeting=casework.meeting(people=4))
    assert refused.value.field == "people"
    rollback()
    take(case, Action.DELIBERATE, team.verifier, meeting=casework.meeting(people=5))
    assert db.session.get_one(Case, case.id).state is CaseState.DELIBERATION


def test_families_are_visited_as_the_office_said_when_they_graduated(app: Flask) -> None:
    team = Team()
    decide(team, follow_up_first=2, follow_up_every=4, follow_up_months=8)
    case = casework.monitored(team)
    decide(team, follow_up_months=24)
    casework.work()
    rows = db.session.scalars(select(CaseVisit).where(CaseVisit.case_id == case.id).order_by(CaseVisit.months)).all()
    assert [row.months for row in rows] == [2, 4, 8]
    assert case.effective_on is not None
    assert rows[-1].due_on - case.effective_on < dt.timedelta(days=9 * 31)
