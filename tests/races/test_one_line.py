"""Several treasurers decide about the same line of a statement at once, in four processes: it is used once."""

from flask import Flask
from sqlalchemy import func, select, update

from marketplace.extensions import db
from marketplace.payments.models import Payment, PaymentState
from marketplace.shared.errors import DomainError
from marketplace.shared.transaction import unit_of_work
from marketplace.treasury import service
from marketplace.treasury.models import LineState, StatementLine
from tests.payments import billing
from tests.races import harness
from tests.treasury.taking import line

TRIES = 24


def matching(line_id: int, order_ids: tuple[int, ...]) -> harness.Task:
    """Take the line for one order after another, or set it aside."""

    def task(number: int) -> str:
        try:
            with unit_of_work():
                if number % 5 == 4:
                    service.set_aside(line_id, "Bukan", None)
                    return "aside"
                service.match(line_id, order_ids[number % len(order_ids)], None)
        except DomainError:
            return "refused"
        return "matched"

    return task


def careless(line_ids: tuple[int, ...]) -> harness.Task:
    """Look whether the line is open, then use it: the mistake that matching does not make."""
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
            connection.execute(update(StatementLine).where(row).values(state=LineState.NOT_OURS))
            connection.commit()
        return "used"

    return task


def test_a_line_is_used_once_by_many_treasurers(app: Flask, database_url: str) -> None:
    account = billing.bank()
    bills = [billing.bill(billing.order()) for _number in range(3)]
    row = line(account, 1_000)
    order_ids = tuple(bill.order_id for bill in bills)
    tally = harness.run(database_url, matching, TRIES, line_id=row.id, order_ids=order_ids)
    db.session.rollback()
    assert tally["refused"] == TRIES - 1, tally
    used = select(func.count()).select_from(Payment).where(Payment.state == PaymentState.CONFIRMED)
    assert db.session.scalar(used) == tally["matched"]


def test_control_without_the_condition_uses_a_line_twice(app: Flask, database_url: str) -> None:
    account = billing.bank()
    ids = tuple(line(account, 1_000).id for _number in range(5))
    tally = harness.run(database_url, careless, len(ids) * harness.PROCESSES, line_ids=ids)
    assert tally["used"] > len(ids), "the race did not show: these tests prove nothing then"
