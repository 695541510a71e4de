"""Many officers issue and open documents at once, in four processes: numbers run without a gap, files are drawn once.

The control counts the numbers that are there instead of locking the series, and has to go wrong.
"""

import hashlib

from flask import Flask, current_app
from obstore.store import from_url
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from marketplace.documents import drawing, service
from marketplace.documents.models import Document, DocumentKind
from marketplace.extensions import db
from marketplace.shared import clock
from marketplace.shared.series import NumberSeries
from marketplace.shared.transaction import rollback, unit_of_work
from tests import make
from tests.documents.reading import issued, order
from tests.races import harness

TRIES = 24


def issuing(order_ids: tuple[int, ...]) -> harness.Task:
    """Issue an invoice for each order in turn; each fifth time the rest of the request fails."""

    def task(number: int) -> str:
        try:
            with unit_of_work():
                document = service.issue(order_ids[number], DocumentKind.INVOICE, None, by_office=False)
                if number % 5 == 4:
                    raise InterruptedError
                return f"{document.sequence:02d}"
        except InterruptedError:
            return "failed"

    return task


def careless_clerk(order_ids: tuple[int, ...]) -> harness.Task:
    """Take the number after the highest: the mistake that the series does not make."""

    def task(number: int) -> str:
        with db.engine.connect() as connection:
            highest = connection.scalar(select(func.max(Document.sequence))) or 0
            connection.rollback()
        harness.meet()
        row = Document(
            kind=DocumentKind.INVOICE,
            regency_code=make.REGENCY,
            year=2026,
            sequence=highest + 1,
            number=f"{number}",
            code=f"{number:016d}",
            order_id=order_ids[number],
            subject="",
            issued_on=clock.today("Asia/Makassar"),
            content={},
        )
        try:
            make.add(row)
        except IntegrityError:
            rollback()
            return "taken already"
        return "numbered"

    return task


def sequences() -> list[int]:
    rollback()
    return list(db.session.scalars(select(Document.sequence).order_by(Document.sequence)))


def test_numbers_have_no_gap_and_none_comes_twice(app: Flask, database_url: str) -> None:
    ids = tuple(order().id for _number in range(TRIES))
    tally = harness.run(database_url, issuing, TRIES, order_ids=ids)
    failed = tally.pop("failed")
    assert failed == TRIES // 5
    assert set(tally.values()) == {1}
    assert sequences() == list(range(1, TRIES - failed + 1))
    assert db.session.scalars(select(NumberSeries.last_number)).all() == [TRIES - failed]


def test_control_without_the_lock_takes_a_number_twice(app: Flask, database_url: str) -> None:
    ids = tuple(order().id for _number in range(harness.PROCESSES))
    tally = harness.run(database_url, careless_clerk, len(ids), order_ids=ids)
    assert tally["taken already"], "the race did not show: these tests prove nothing then"


def asking(order_id: int) -> harness.Task:
    """Issue the invoice of one order again and again."""

    def task(_number: int) -> str:
        with unit_of_work():
            return service.issue(order_id, DocumentKind.INVOICE, None, by_office=False).number

    return task


def test_all_who_ask_for_one_get_the_same(app: Flask, database_url: str) -> None:
    tally = harness.run(database_url, asking, TRIES, order_id=order().id)
    assert list(tally.values()) == [TRIES]
    assert sequences() == [1]


def opening(document_id: int, folder: str) -> harness.Task:
    """Open a document that nobody opened before; all processes have one store."""
    current_app.extensions["photo_store"] = from_url(folder, mkdir=True)

    def task(_number: int) -> str:
        with unit_of_work():
            return hashlib.sha256(drawing.file_of(db.session.get_one(Document, document_id))).hexdigest()

    return task


def test_all_who_open_one_first_get_the_same_bytes(app: Flask, database_url: str) -> None:
    document = issued(order())
    store = app.extensions["config"].photo_store
    tally = harness.run(database_url, opening, TRIES, document_id=document.id, folder=store)
    rollback()
    assert tally == {db.session.get_one(Document, document.id).sha256: TRIES}
