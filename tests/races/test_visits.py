"""A visit that arrives twice at the same moment, and workers that look at the same groups at once."""

import datetime as dt
import uuid

from flask import Flask
from sqlalchemy import func, select

from marketplace.extensions import db
from marketplace.groups.models import Group
from marketplace.mentoring import reporting, standings, visits
from marketplace.mentoring.models import FollowUp, Visit, VisitKind
from marketplace.mentoring.report_models import GroupReport
from marketplace.mentoring.rules import ToDo, VisitContent
from marketplace.mentoring.standing_models import GroupStanding
from marketplace.shared import clock
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.races import harness

VISITS = 5
COUNT = VISITS * harness.PROCESSES
GROUPS = 6
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def content(group_id: int, number: int) -> VisitContent:
    today = clock.today("Asia/Makassar")
    return VisitContent(VisitKind.GROUP, group_id, today, f"Kunjungan {number}", (), (ToDo("Label", today),))


def sending(group_id: int, mentor_id: int) -> harness.Task:
    """Send each visit from every process at once, as a phone does that never got an answer."""

    def task(number: int) -> str:
        which = number // harness.PROCESSES
        harness.meet()
        with unit_of_work():
            return f"visit {visits.record(f'kunci-{which}', content(group_id, which), [], mentor_id)}"

    return task


def careless(group_id: int, mentor_id: int) -> harness.Task:
    """Look whether the key is known, then write: the mistake that `record` does not make."""

    def task(number: int) -> str:
        which = number // harness.PROCESSES
        told = content(group_id, which)
        known = visits.known(f"kunci-{which}", told, [], mentor_id)
        db.session.rollback()
        harness.meet()
        if known is None:
            with unit_of_work():
                visits.record(str(uuid.uuid4()), told, [], mentor_id)
        return "done"

    return task


def looking() -> harness.Task:
    """Make reports due and derive standings, as four job workers would."""

    def task(_number: int) -> str:
        harness.meet()
        with unit_of_work():
            reporting.make_due(clock.now())
        with unit_of_work():
            standings.refresh(clock.now())
        return "looked"

    return task


def people() -> dict[str, int]:
    group = make.group()
    return {"group_id": group.id, "mentor_id": make.user(Role.MENTOR, group_id=group.id).id}


def count(kind: type[Visit] | type[FollowUp] | type[GroupReport] | type[GroupStanding]) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(kind)) or 0


def test_a_visit_that_is_sent_twice_at_once_is_one(app: Flask, database_url: str) -> None:
    tally = harness.run(database_url, sending, COUNT, **people())
    assert sorted(tally.values()) == [harness.PROCESSES] * VISITS, tally
    assert (count(Visit), count(FollowUp)) == (VISITS, VISITS)


def test_control_that_only_looks_writes_more(app: Flask, database_url: str) -> None:
    harness.run(database_url, careless, COUNT, **people())
    assert count(Visit) > VISITS, "the race did not show: the test above proves nothing then"


def test_workers_at_once_keep_one_standing_and_one_report_of_each_group(app: Flask, database_url: str) -> None:
    for _number in range(GROUPS):
        make.group(created_at=LONG_AGO)
    tally = harness.run(database_url, looking, 2 * harness.PROCESSES)
    assert tally == {"looked": 2 * harness.PROCESSES}
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Group)) == GROUPS
    assert count(GroupReport) == GROUPS
    opened = select(func.count()).where(GroupStanding.ended_at.is_(None))
    assert (db.session.scalar(opened), count(GroupStanding)) == (GROUPS, GROUPS)
