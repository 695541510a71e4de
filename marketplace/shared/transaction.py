"""One commit per request, here and nowhere else.

A request starts by reading. The first command (a service function marked `@command`) ends that read
transaction and begins the one that writes: `BEGIN IMMEDIATE` on SQLite, where a deferred begin would fail
without waiting when another writer was faster. What is slow and needs no lock (hashing a password, scaling a
photo) is done before. What asks another server commits what it is about to ask, leaves,
asks, and writes the answer in a second commit: the one exception. A view that returns a response below 400 commits;
one that raises, or answers with an error, rolls back.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from sqlite3 import SQLITE_BUSY, SQLITE_LOCKED, OperationalError
from typing import Any, ParamSpec, TypeVar

from flask import Flask, Response
from flask import session as browser_session
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm import ORMExecuteState, Session

from ..extensions import db
from .unfinished import NotSentYet, is_shown_again

P = ParamSpec("P")
R = TypeVar("R")

RETRIED = {"40001", "40P01"}
"""PostgreSQL's serialization failure and deadlock: the whole request is tried again."""
GIVEN_UP = RETRIED | {"55P03", "57014"}
"""All that tells that others were in the way for too long: also a lock and a statement that took longer than may be."""
PRIMARY_CODE = 0xFF
"""SQLite's extended codes say more in the bits above."""
TRIES = 4
WAIT_MS = 15_000
"""How long a writer of SQLite waits for those before him."""
PAUSE_MS = 1

_writing: ContextVar[bool] = ContextVar("writing", default=False)
_keep: ContextVar[bool] = ContextVar("keep", default=False)
_after: ContextVar[tuple[Callable[[], None], ...]] = ContextVar("after", default=())


class CallInsideTransaction(RuntimeError):
    """Another server was asked while rows were locked for it to answer."""


class WriteOutsideCommand(RuntimeError):
    """Rows were changed by code that is no command."""


def begin_writing() -> None:
    """End the read transaction and let the next statement begin one that writes; inside one, do nothing.

    Raises NotSentYet in a request that only shows a form again.
    """
    if _writing.get():
        return
    if is_shown_again():
        raise NotSentYet
    if db.session.new or db.session.dirty or db.session.deleted:
        raise WriteOutsideCommand(f"changed before the command: {[*db.session.new, *db.session.dirty]!r}")
    db.session.rollback()
    db.session.expire_all()  # a rollback without an open transaction leaves rows as they were read long ago
    _writing.set(True)


def command(function: Callable[P, R]) -> Callable[P, R]:
    """Mark a service function that writes. It flushes; the commit comes at the end of the request."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        begin_writing()
        result = function(*args, **kwargs)
        db.session.flush()
        return result

    return run


def rollback() -> None:
    """Undo all that this request wrote; it may read on, or write again from the start."""
    if db.session.registry.has():
        db.session.rollback()
    _writing.set(False)
    _keep.set(False)
    _after.set(())


def keep_writes() -> None:
    """Commit although the response is an error: for the count of wrong tries, and for photos of a refused form."""
    _keep.set(True)


def after_commit(action: Callable[[], None]) -> None:
    """Run `action` once the commit is through: for caches, files and messages."""
    _after.set((*_after.get(), action))


def _commit() -> None:
    if db.session.registry.has():  # a page that was kept asked nothing
        db.session.commit()
    actions = _after.get()
    rollback()
    for action in actions:
        action()


def keep_so_far() -> None:
    """Commit in the middle of a request what must be known even if another server, asked next, never answers."""
    _commit()


def leave() -> None:
    """End what was read before another server is asked, so that no transaction waits for it.

    Rows that were read are stale afterwards. Raises CallInsideTransaction while something is being written.
    """
    if _writing.get():
        raise CallInsideTransaction
    if db.session.registry.has():
        db.session.rollback()


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """Write outside a request (command line, job): commits at the end, rolls back when anything is raised."""
    begin_writing()
    try:
        yield db.session()
        _commit()
    except BaseException:
        rollback()
        raise


def once_in_request(app: Flask, call: Callable[[], ResponseReturnValue]) -> Response:
    """Run a view and commit or roll back what it wrote, trying again after a deadlock."""
    before = dict(browser_session)
    _writing.set(False)
    for attempt in range(TRIES):
        try:
            response: Response = app.make_response(call())
            if response.status_code < 400 or _keep.get():
                _commit()
            else:
                rollback()
            return response
        except DBAPIError as error:
            rollback()
            if getattr(error.orig, "sqlstate", None) not in RETRIED or attempt == TRIES - 1:
                raise
            browser_session.clear()
            browser_session.update(before)
            time.sleep(0.01 * 2**attempt)
        except BaseException:
            rollback()
            raise
    raise AssertionError("unreachable")


def is_busy(error: SQLAlchemyError) -> bool:
    """Tell whether a database gave up only because others were in the way: the same will do later."""
    original = getattr(error, "orig", None)
    code: int = getattr(original, "sqlite_errorcode", 0)
    is_locked = code & PRIMARY_CODE in (SQLITE_BUSY, SQLITE_LOCKED)
    return is_locked or getattr(original, "sqlstate", None) in GIVEN_UP or isinstance(error, NoConnection)


def _guard_flush(_session: Session, _context: object, _instances: object) -> None:
    if not _writing.get():
        raise WriteOutsideCommand("flush outside a command")


def _guard_statement(state: ORMExecuteState) -> None:
    if not _writing.get() and (state.is_insert or state.is_update or state.is_delete):
        raise WriteOutsideCommand("write outside a command")


event.listen(db.session, "before_flush", _guard_flush)
event.listen(db.session, "do_orm_execute", _guard_statement)


def configure_engine(engine: Engine) -> None:
    """Set the connection manners of each database and how its transactions begin."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_manners)
        event.listen(engine, "begin", _sqlite_begin)
    else:
        event.listen(engine, "connect", _postgresql_manners)


def _sqlite_manners(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in (
        "journal_mode = WAL",
        "foreign_keys = ON",
        "synchronous = FULL",
        f"busy_timeout = {WAIT_MS}",
        "cache_size = -32000",
        "temp_store = MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    if _writing.get():
        _await_turn(connection)
    else:
        connection.exec_driver_sql("BEGIN")


def _await_turn(connection: Connection) -> None:
    """Begin to write as soon as the writer before is through.

    SQLite itself looks again after pauses of up to a tenth of a second, in which nobody writes.
    """
    raw: Any = connection.connection.dbapi_connection
    raw.execute("PRAGMA busy_timeout = 0")
    try:
        for _try in range(WAIT_MS // PAUSE_MS):
            try:
                raw.execute("BEGIN IMMEDIATE")
            except OperationalError as error:
                if error.sqlite_errorcode != SQLITE_BUSY:
                    break
                time.sleep(PAUSE_MS / 1000)
            else:
                return
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # whose error everybody knows how to read
    finally:
        raw.execute(f"PRAGMA busy_timeout = {WAIT_MS}")


def _postgresql_manners(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '20s'; SET lock_timeout = '10s'; SET timezone = 'UTC'")
    connection.commit()
