"""Four workers go on with one list at once: every row is read, checked and applied once."""

from dataclasses import replace

from flask import Flask, current_app
from sqlalchemy import func, select, update

from marketplace.extensions import db
from marketplace.groups.models import Household, Person
from marketplace.registry import service, work
from marketplace.registry.models import ImportState, Outcome, RegistryRow
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.races import harness
from tests.registry import listing
from tests.registry.listing import child, counts, fresh, row, xlsx

FAMILIES = 24
HANDFUL = 8


def working(handful: int, data_keys: tuple[bytes, ...], lookup_key: bytes) -> harness.Task:
    """Go on with whatever waits, a few rows at a time."""
    known = current_app.extensions
    known["config"] = replace(known["config"], data_keys=data_keys, lookup_key=lookup_key)  # else nothing can be read
    work.CHUNK = handful
    db.session.rollback()

    def task(_number: int) -> str:
        harness.meet()
        work.run()
        return "through"

    return task


def careless(import_id: int) -> harness.Task:
    """Look which rows wait, then apply them: the mistake that is not made."""

    def task(number: int) -> str:
        waits = RegistryRow.import_id == import_id, RegistryRow.outcome.is_(None)
        with db.engine.connect() as connection:
            found = connection.scalars(select(RegistryRow.id).where(*waits).limit(1)).all()
            connection.rollback()
            harness.meet()
            if not found:
                return "nothing"
            done = update(RegistryRow).where(RegistryRow.id.in_(found)).values(outcome=Outcome.NEW)
            connection.execute(done)
            connection.commit()
        return "done"

    return task


def _work(database_url: str) -> None:
    config = current_app.extensions["config"]
    keys = {"data_keys": config.data_keys, "lookup_key": config.lookup_key}
    tally = harness.run(database_url, working, harness.PROCESSES, handful=HANDFUL, **keys)
    assert tally == {"through": harness.PROCESSES}
    db.session.rollback()


def _many(table: type[Household] | type[Person]) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_every_row_is_worked_off_once(app: Flask, database_url: str) -> None:
    rows = [each for n in range(1, FAMILIES + 1) for each in (row(n), child(1000 + n, of=n))]
    import_id = listing.uploaded(xlsx(rows))
    db.session.rollback()
    _work(database_url)
    assert counts(fresh(import_id)) == (2 * FAMILIES, 0, 0, 0)
    assert db.session.scalar(select(func.count()).select_from(RegistryRow)) == 2 * FAMILIES
    with unit_of_work():
        service.apply(import_id, make.user().id)
    _work(database_url)
    assert (_many(Household), _many(Person)) == (FAMILIES, 2 * FAMILIES)
    after = fresh(import_id)
    assert (after.state, counts(after)) == (ImportState.APPLIED, (2 * FAMILIES, 0, 0, 0))


def test_control_without_the_lock_works_rows_off_twice(app: Flask, database_url: str) -> None:
    import_id = listing.uploaded(xlsx([row(number) for number in range(1, 6)]))
    work.read(import_id)
    db.session.rollback()
    tally = harness.run(database_url, careless, harness.PROCESSES, import_id=import_id)
    assert tally["done"] > 1, "the race did not show: these tests prove nothing then"
