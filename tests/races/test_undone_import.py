"""A treasurer takes a file out while others match its line, in four processes: the line is used, or it is gone."""

from flask import Flask
from sqlalchemy import delete, func, select, update

from marketplace.extensions import db
from marketplace.payments.models import Payment, PaymentState
from marketplace.shared.errors import DomainError
from marketplace.shared.transaction import unit_of_work
from marketplace.treasury import service, undo_import
from marketplace.treasury.models import LineState, StatementLine
from tests.payments import billing
from tests.races import harness
from tests.treasury.taking import line

LINES = 12
Rows = tuple[tuple[int, int, int], ...]
"""Line, its file and the order it is for."""


def deciding(rows: Rows) -> harness.Task:
    """Let two of four processes match each line, and two take its file out."""

    def task(number: int) -> str:
        line_id, file_id, order_id = rows[number // harness.PROCESSES]
        harness.meet()
        try:
            with unit_of_work():
                if number % 2:
                    undo_import.undo(file_id, None)
                    return "gone"
                service.match(line_id, order_id, None)
        except DomainError:
            return "refused"
        return "matched"

    return task


def careless(line_ids: tuple[int, ...]) -> harness.Task:
    """Look whether the line is unused, then use it or take it out: the mistake that is not made."""
    db.session.execute(select(1))
    db.session.rollback()

    def task(number: int) -> str:
        row = StatementLine.id == line_ids[number // harness.PROCESSES]
        with db.engine.connect() as connection:
            state = connection.scalar(select(StatementLine.state).where(row))
            connection.rollback()
            harness.meet()
            if state is not LineState.OPEN:
                return "refused"
            away = update(StatementLine).where(row).values(state=LineState.NOT_OURS)
            connection.execute(delete(StatementLine).where(row) if number % 2 else away)
            connection.commit()
        return "gone" if number % 2 else "used"

    return task


def test_a_line_is_matched_or_goes_with_its_file(app: Flask, database_url: str) -> None:
    account = billing.bank()
    bills = [billing.bill(billing.order()) for _number in range(LINES)]
    rows = [(row.id, row.file_id, bill.order_id) for bill in bills for row in [line(account, bill.amount)]]
    tally = harness.run(database_url, deciding, LINES * harness.PROCESSES, rows=tuple(rows))
    db.session.rollback()
    assert tally["matched"] + tally["gone"] == LINES, tally
    assert tally["refused"] == LINES * (harness.PROCESSES - 1), tally
    paid = select(func.count()).select_from(Payment).where(Payment.state == PaymentState.CONFIRMED)
    proved = select(func.count()).where(StatementLine.payment_id.is_not(None))
    assert db.session.scalar(paid) == db.session.scalar(proved) == tally["matched"]
    assert db.session.scalar(select(func.count()).select_from(StatementLine)) == tally["matched"]


def test_control_without_the_lock_uses_lines_that_are_gone(app: Flask, database_url: str) -> None:
    account = billing.bank()
    ids = tuple(line(account, 1_000).id for _number in range(5))
    tally = harness.run(database_url, careless, len(ids) * harness.PROCESSES, line_ids=ids)
    assert tally["used"] + tally["gone"] > len(ids), "the race did not show: these tests prove nothing then"
