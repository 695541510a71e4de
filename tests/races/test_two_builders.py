"""Two workers reckon and close the same month at once: every household has one snapshot, final ones stay."""

import datetime as dt

from flask import Flask
from sqlalchemy import func, select

from marketplace.extensions import db
from marketplace.graduation import service
from marketplace.graduation.models import Snapshot
from marketplace.shared.transaction import rollback, unit_of_work
from tests import make
from tests.races import harness

MONTH = dt.date(2025, 6, 1)
FAMILIES = 40


def build() -> harness.Task:
    """Return the task: most build the month, every fifth closes it."""

    def task(number: int) -> str:
        with unit_of_work():
            if number % 5 == 4:
                service.close_month(make.REGENCY, MONTH)
            else:
                service.build_month(make.REGENCY, MONTH)
        return "done"

    return task


def test_builders_do_not_trip_over_each_other(app: Flask, database_url: str) -> None:
    group = make.group()
    for _number in range(FAMILIES):
        make.household(group)
    assert harness.run(database_url, build, 24) == {"done": 24}
    rollback()
    rows = db.session.execute(select(func.count(), func.sum(Snapshot.is_final.cast(db.Integer)))).one()
    assert tuple(rows) == (FAMILIES, FAMILIES)
