"""Changes that several versions make, on both databases: what a CHECK allows, and rows that are only added.

What an enumeration allows starts from what it allows now, for other versions may have added members of their own.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op


def allow(table: str, column: str, check: str, *values: str) -> None:
    """Let a column hold these values too."""
    old = _allowed(table, check)
    _set(table, column, check, [*old, *(value for value in values if value not in old)])


def refuse(table: str, column: str, check: str, *values: str) -> None:
    """Let a column hold these values no more; the rows that do are to be changed before."""
    _set(table, column, check, [value for value in _allowed(table, check) if value not in values])


@contextmanager
def changeable(*tables: str) -> Iterator[None]:
    """Let the triggers rest that refuse changes of rows which are only added."""
    if _is_sqlite():
        triggers = [text for table in tables for text in _definitions(table, "trigger")]
        ending = [f"DROP TRIGGER {table}_no_{verb}" for table in tables for verb in ("update", "delete")]
    else:
        triggers = [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables]
        ending = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables]
    for statement in ending:
        op.execute(statement)
    yield
    for statement in triggers:
        op.execute(statement)


def _definitions(table: str, kind: str) -> list[str]:
    """Return how SQLite would make a table (`table`), its indexes (`index`) or triggers (`trigger`) anew."""
    statement = sa.text("SELECT sql FROM sqlite_master WHERE tbl_name = :table AND type = :kind AND sql IS NOT NULL")
    return list(op.get_bind().scalars(statement, {"table": table, "kind": kind}))


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _allowed(table: str, check: str) -> list[str]:
    if _is_sqlite():
        found = _pattern(check).search(_definitions(table, "table")[0])
        text = found[0] if found else ""
    else:
        asked = sa.text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name")
        text = op.get_bind().scalar(asked, {"name": check}) or ""
    values: list[str] = re.findall(r"'(\w+)'", text)
    if not values:
        raise RuntimeError(f"{table} has no {check}")
    return values


def _set(table: str, column: str, check: str, values: list[str]) -> None:
    condition = f"{column} IN ({', '.join(map(repr, values))})"
    if _is_sqlite():
        _rebuild(table, check, condition)
        return
    op.drop_constraint(op.f(check), table, type_="check")
    op.create_check_constraint(op.f(check), table, condition)


def _rebuild(table: str, check: str, condition: str) -> None:
    """Make a table of SQLite anew with one CHECK changed, and all else as it was."""
    (text,) = _definitions(table, "table")
    parts = [*_definitions(table, "index"), *_definitions(table, "trigger")]
    changed = _pattern(check).sub(f"CONSTRAINT {check} CHECK ({condition})", text)
    _head, body = changed.split("(", 1)
    op.execute(f"CREATE TABLE {table}_new ({body}")
    op.execute(f"INSERT INTO {table}_new SELECT * FROM {table}")
    op.execute(f"DROP TABLE {table}")
    op.execute(f"ALTER TABLE {table}_new RENAME TO {table}")
    for part in parts:
        op.execute(part)


def _pattern(check: str) -> re.Pattern[str]:
    return re.compile(rf"CONSTRAINT {check} CHECK \([^()]*\([^()]*\)\)")
