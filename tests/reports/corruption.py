"""Break rows as no service can: past triggers, constraints and references, in a transaction that is undone."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from marketplace.extensions import db
from marketplace.shared.transaction import rollback


@contextmanager
def broken(*statements: str, unchecked: str = "") -> Iterator[None]:
    """Run raw SQL with nothing in its way; `unchecked` names a CHECK (`table.constraint`) that would refuse it."""
    rollback()
    try:
        _run_on_sqlite(statements) if db.engine.dialect.name == "sqlite" else _run_on_postgresql(statements, unchecked)
        yield
    finally:
        rollback()
        if db.engine.dialect.name == "sqlite":
            db.session.execute(text("PRAGMA ignore_check_constraints = OFF"))
            rollback()


def _run_on_sqlite(statements: tuple[str, ...]) -> None:
    run = db.session.execute
    run(text("PRAGMA ignore_check_constraints = ON"))
    run(text("PRAGMA defer_foreign_keys = ON"))
    guards = run(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%RAISE%'")).all()
    for name, _sql in guards:
        run(text(f"DROP TRIGGER {name}"))
    for statement in statements:
        run(text(statement))
    for _name, sql in guards:
        db.session.connection().exec_driver_sql(sql)


def _run_on_postgresql(statements: tuple[str, ...], unchecked: str) -> None:
    if unchecked:
        table, constraint = unchecked.split(".")
        db.session.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}"))
    db.session.execute(text("SET LOCAL session_replication_role = replica"))
    for statement in statements:
        db.session.execute(text(statement))
