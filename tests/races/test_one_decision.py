"""Two heads decide about one family at the same moment, in four processes: one of them is heard."""

from flask import Flask
from sqlalchemy import func, select, update

from marketplace.extensions import db
from marketplace.graduation import cases
from marketplace.graduation.case_models import Case, CaseEvent, CaseState
from marketplace.graduation.case_rules import Action
from marketplace.graduation.cases import Details
from marketplace.shared.errors import DomainError
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.graduation import casework
from tests.graduation.casework import Team
from tests.races import harness

TRIES = 24


def deciding(case_id: int, heads: tuple[int, int]) -> harness.Task:
    """Approve, in every second try refuse, each head in turn."""

    def task(number: int) -> str:
        action = Action.REJECT if number % 2 else Action.APPROVE
        told = Details(note="Alasan", decree_number=f"188/{number}", decree_on=casework.today())
        try:
            with unit_of_work():
                cases.take(case_id, action, told, heads[number // 2 % 2])
        except DomainError:
            return "refused"
        return action.value

    return task


def beginning(household_id: int, head_id: int) -> harness.Task:
    def task(number: int) -> str:
        try:
            with unit_of_work():
                cases.begin(household_id, head_id)
        except DomainError:
            return "refused"
        return "begun"

    return task


def careless(case_ids: tuple[int, ...]) -> harness.Task:
    """Look at the state, then change it: the mistake that the step does not make."""
    db.session.execute(select(1))
    db.session.rollback()

    def task(number: int) -> str:
        row = Case.id == case_ids[number // harness.PROCESSES]
        with db.engine.connect() as connection:
            state = connection.scalar(select(Case.state).where(row))
            connection.rollback()
            harness.meet()
            if state is not CaseState.DELIBERATION:
                return "refused"
            connection.execute(update(Case).where(row).values(state=CaseState.POSTPONED))
            connection.commit()
        return "decided"

    return task


def test_one_of_two_heads_decides(app: Flask, database_url: str) -> None:
    team = Team()
    case = casework.deliberated(team)
    heads = (team.head.id, make.user(Role.HEAD).id)
    tally = harness.run(database_url, deciding, TRIES, case_id=case.id, heads=heads)
    db.session.rollback()
    assert tally["refused"] == TRIES - 1, tally
    decided = db.session.get_one(Case, case.id)
    approved = tally[Action.APPROVE.value] == 1
    assert (decided.state, decided.decree_number != "") == (
        (CaseState.APPROVED, True) if approved else (CaseState.REJECTED, False)
    )
    steps = select(func.count()).where(CaseEvent.case_id == case.id, CaseEvent.from_state == CaseState.DELIBERATION)
    assert db.session.scalar(steps) == 1


def test_a_family_gets_one_case(app: Flask, database_url: str) -> None:
    team = Team()
    tally = harness.run(database_url, beginning, TRIES, household_id=team.family.id, head_id=team.head.id)
    assert tally == {"begun": 1, "refused": TRIES - 1}


def test_control_without_the_condition_decides_more_than_once(app: Flask, database_url: str) -> None:
    ids = tuple(casework.deliberated(Team()).id for _number in range(3))
    tally = harness.run(database_url, careless, len(ids) * harness.PROCESSES, case_ids=ids)
    assert tally["decided"] > len(ids), "the race did not show: these tests prove nothing then"
