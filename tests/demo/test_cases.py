"""Families of the demo come as far on their way out of aid as the story says, each step by the right person."""

import io

from flask import Flask
from sqlalchemy import select

from marketplace.demo import cases
from marketplace.demo.people import Cast
from marketplace.extensions import db
from marketplace.graduation.case_models import Case, CaseState
from marketplace.reports.checks import cases as checks
from marketplace.shared import clock
from marketplace.shared.images import prepare
from marketplace.shared.policy import Role
from tests import make
from tests.graduation import casework
from tests.shared.pictures import picture


def test_each_way_is_gone_by_a_family_that_can(app: Flask) -> None:
    group = make.group()
    make.user(Role.MENTOR, group_id=group.id)
    roles = (Role.HEAD, Role.VERIFIER, Role.ADMINISTRATOR)
    cast = Cast(staff={role: make.user(role).id for role in roles})
    for number in range(8):
        casework.closed_months(10, make.household(group), casework.LINE if number < 6 else 1_000)
    cases.play(cast, prepare(io.BytesIO(picture((320, 240)))), clock.now())
    states = sorted(state.value for state in db.session.scalars(select(Case.state)))
    gone = [CaseState.MONITORED, CaseState.RELAPSED, CaseState.DELIBERATION, CaseState.VERIFICATION, CaseState.PROPOSED]
    assert states == sorted([*gone, CaseState.READY])
    assert [check.name for check in checks.CHECKS if check.run().broken] == []
