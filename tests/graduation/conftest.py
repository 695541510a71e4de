"""Lines and figures of a test end with it: on PostgreSQL they would outlive the other rows."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import delete

from marketplace.areas.models import Figure, PovertyLine
from marketplace.extensions import db
from marketplace.graduation.models import Snapshot
from marketplace.shared.transaction import rollback, unit_of_work

SOURCE = "Test"


@pytest.fixture(autouse=True)
def _own_lines(app: Flask) -> Iterator[None]:
    yield
    rollback()
    with unit_of_work():
        db.session.execute(delete(Snapshot))
        db.session.execute(delete(PovertyLine).where(PovertyLine.source == SOURCE))
        db.session.execute(delete(Figure).where(Figure.source == SOURCE))
