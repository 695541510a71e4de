"""Two persons decide about one batch at the same moment, in four processes: one of them is heard."""

from flask import Flask
from sqlalchemy import select, update

from marketplace.extensions import db
from marketplace.ledger import batches
from marketplace.ledger.models import BatchState, Payout, PayoutBatch, PayoutState
from marketplace.shared.audit import AuditEntry
from marketplace.shared.errors import DomainError
from marketplace.shared.transaction import unit_of_work
from tests.ledger.paying import family, prepared
from tests.races import harness

TRIES = 24


def releasing(batch_id: int, withdraws: bool = False) -> harness.Task:
    """Release the batch; in every second try, withdraw it instead where asked to."""

    def task(number: int) -> str:
        try:
            with unit_of_work():
                if withdraws and number % 2:
                    batches.withdraw(batch_id, "Salah", None)
                    return "withdrawn"
                batches.release(batch_id, None)
        except DomainError:
            return "refused"
        return "released"

    return task


def careless(batch_ids: tuple[int, ...]) -> harness.Task:
    """Look at the state, then change it: the mistake that the release does not make."""
    db.session.execute(select(1))
    db.session.rollback()

    def task(number: int) -> str:
        row = PayoutBatch.id == batch_ids[number // harness.PROCESSES]
        with db.engine.connect() as connection:
            state = connection.scalar(select(PayoutBatch.state).where(row))
            connection.rollback()
            harness.meet()
            if state is not BatchState.PREPARED:
                return "refused"
            connection.execute(update(PayoutBatch).where(row).values(state=BatchState.RELEASED))
            connection.commit()
        return "released"

    return task


def test_a_batch_is_released_once(app: Flask, database_url: str) -> None:
    batch = prepared(family(10_000))
    tally = harness.run(database_url, releasing, TRIES, batch_id=batch.id)
    assert tally == {"released": 1, "refused": TRIES - 1}


def test_a_batch_is_released_or_withdrawn_never_both(app: Flask, database_url: str) -> None:
    batch = prepared(family(10_000))
    tally = harness.run(database_url, releasing, TRIES, batch_id=batch.id, withdraws=True)
    db.session.rollback()
    assert tally["refused"] == TRIES - 1
    state, waits = db.session.execute(select(PayoutBatch.state, Payout.state).join(Payout)).one()
    decided = BatchState.RELEASED if tally["released"] else BatchState.WITHDRAWN
    expected = PayoutState.PENDING if tally["released"] else PayoutState.CANCELLED
    assert (state, waits) == (decided, expected)
    deeds = db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_type == "payout_batch")).all()
    assert len(deeds) == 2  # prepared, and one decision


def test_control_without_the_condition_releases_more_than_once(app: Flask, database_url: str) -> None:
    ids = tuple(prepared(family(10_000)).id for _number in range(5))
    tally = harness.run(database_url, careless, len(ids) * harness.PROCESSES, batch_ids=ids)
    assert tally["released"] > len(ids), "the race did not show: these tests prove nothing then"
