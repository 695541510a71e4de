"""One commit per request: returning commits, raising and errors roll back, writing outside a command is refused."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, abort, session
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from marketplace.accounts.models import User, WrongTry
from marketplace.extensions import db
from marketplace.shared import transaction
from marketplace.shared.errors import InvalidInput, Locked, NotFound
from marketplace.shared.policy import PUBLIC, access
from marketplace.shared.transaction import WriteOutsideCommand, after_commit, command, keep_writes, unit_of_work
from tests import make
from tests.conftest import make_app
from tests.races import harness


@command
def write(subject: str = "x") -> WrongTry:
    row = WrongTry(subject_hash=subject)
    db.session.add(row)
    return row


def count() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(WrongTry)) or 0


@pytest.fixture
def serve(app: Flask, database_url: str, tmp_path: Path) -> Iterator[Callable[[Callable[[], Any]], FlaskClient]]:
    """Return a function that serves one view on an application of its own, on the same database."""
    started: list[Flask] = []

    def start(view: Callable[[], Any]) -> FlaskClient:
        other = make_app(database_url, tmp_path)
        other.add_url_rule("/x", "x", access(PUBLIC)(view), methods=["GET", "POST"])
        started.append(other)
        return other.test_client()

    yield start
    for other in started:
        with other.app_context():
            db.engine.dispose()


Serve = Callable[[Callable[[], Any]], FlaskClient]


def test_returning_commits(serve: Serve) -> None:
    def view() -> str:
        write()
        return "done"

    assert serve(view).post("/x").status_code == 200
    assert count() == 1


@pytest.mark.parametrize(
    ("error", "status"), [(NotFound(), 404), (InvalidInput("x"), 422), (Locked("x"), 429), (ZeroDivisionError(), 500)]
)
def test_raising_rolls_back(serve: Serve, error: Exception, status: int) -> None:
    def view() -> str:
        write()
        raise error

    assert serve(view).post("/x").status_code == status
    assert count() == 0


def test_an_error_response_rolls_back_too(serve: Serve) -> None:
    def view() -> tuple[str, int]:
        write()
        return "no", 422

    def aborting() -> str:
        write()
        abort(400)

    assert serve(view).post("/x").status_code == 422
    assert serve(aborting).post("/x").status_code == 400
    assert count() == 0


def test_what_must_be_kept_is_kept_although_the_answer_is_an_error(serve: Serve) -> None:
    def view() -> tuple[str, int]:
        write()
        keep_writes()
        return "no", 422

    client = serve(view)
    client.post("/x")
    assert count() == 1


def test_keeping_lasts_for_one_request(serve: Serve) -> None:
    calls: list[int] = []

    def view() -> tuple[str, int]:
        write()
        if not calls:
            keep_writes()
        calls.append(1)
        return "no", 422

    client = serve(view)
    client.post("/x")
    client.post("/x")
    assert count() == 1


def test_actions_run_after_the_commit_and_only_then(serve: Serve) -> None:
    seen: list[int] = []

    def view() -> tuple[str, int]:
        write()
        after_commit(lambda: seen.append(db.session.scalar(select(func.count()).select_from(WrongTry)) or 0))
        return "", 200 if not seen else 422

    client = serve(view)
    client.post("/x")
    client.post("/x")
    assert seen == [1]


def test_a_flush_outside_a_command_is_refused(app: Flask) -> None:
    db.session.add(WrongTry(subject_hash="x"))
    with pytest.raises(WriteOutsideCommand):
        db.session.flush()


def test_an_update_outside_a_command_is_refused(app: Flask) -> None:
    with pytest.raises(WriteOutsideCommand):
        db.session.execute(update(WrongTry).values(subject_hash="y"))


def test_rows_changed_before_the_command_are_refused(app: Flask) -> None:
    user = make.user()
    user.name = "Lain"
    with pytest.raises(WriteOutsideCommand):
        write()
    db.session.rollback()
    assert db.session.scalars(select(User.name)).one() != "Lain"


def test_a_command_reads_afresh_what_was_loaded_before(app: Flask) -> None:
    user = make.user()
    assert user.session_epoch == 1
    with db.engine.connect() as other:
        db.session.rollback()
        other.exec_driver_sql("UPDATE users SET session_epoch = 7")
        other.commit()
    with unit_of_work():
        assert user.session_epoch == 7


def test_a_unit_of_work_that_fails_leaves_nothing(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError), unit_of_work():
        divide(write())
    assert count() == 0


def divide(_row: WrongTry) -> float:
    return 1 / 0


class _Deadlock(Exception):
    sqlstate = "40P01"


class _OtherTrouble(Exception):
    sqlstate = "23505"


def test_a_deadlock_runs_the_whole_request_again(serve: Serve) -> None:
    runs: list[int] = []

    def view() -> str:
        session["runs"] = session.get("runs", 0) + 1
        runs.append(session["runs"])
        write()
        if len(runs) < 3:
            raise DBAPIError("x", None, _Deadlock())
        return "done"

    assert serve(view).post("/x").status_code == 200
    assert runs == [1, 1, 1]
    assert count() == 1


def test_a_deadlock_that_does_not_end_means_later_and_other_trouble_is_an_error(serve: Serve) -> None:
    runs: list[int] = []

    def stubborn() -> str:
        runs.append(1)
        raise DBAPIError("x", None, _Deadlock())

    def other() -> str:
        runs.append(1)
        raise DBAPIError("x", None, _OtherTrouble())

    assert serve(stubborn).post("/x").status_code == 503
    assert len(runs) == transaction.TRIES
    assert serve(other).post("/x").status_code == 500
    assert len(runs) == transaction.TRIES + 1


def adder(user_id: int) -> harness.Task:
    """Read a number and write it one higher, inside a command."""

    def task(_number: int) -> str:
        with unit_of_work():
            user = db.session.scalars(select(User).where(User.id == user_id).with_for_update()).one()
            user.session_epoch += 1
        return "added"

    return task


def test_writers_wait_for_each_other_and_lose_nothing(app: Flask, database_url: str) -> None:
    user = make.user()
    tally = harness.run(database_url, adder, 80, user_id=user.id)
    db.session.rollback()
    assert tally == {"added": 80}
    assert db.session.scalars(select(User.session_epoch)).one() == 81


def careless_adder(user_id: int) -> harness.Task:
    """Read first, then write in another transaction: the mistake that `command` prevents."""

    def task(_number: int) -> str:
        epoch = db.session.scalar(select(User.session_epoch).where(User.id == user_id)) or 0
        db.session.rollback()
        harness.meet()
        with unit_of_work():
            db.session.execute(update(User).where(User.id == user_id).values(session_epoch=epoch + 1))
        return "added"

    return task


def test_control_a_careless_writer_loses_some(app: Flask, database_url: str) -> None:
    user = make.user()
    harness.run(database_url, careless_adder, 80, user_id=user.id)
    db.session.rollback()
    assert (db.session.scalar(select(User.session_epoch)) or 0) < 81
