"""INSERT that minds what is already there: both databases can, each through its own dialect."""

from typing import TypeAlias

from sqlalchemy.dialects import postgresql, sqlite

from ..extensions import Model, db

Insert: TypeAlias = postgresql.Insert | sqlite.Insert


def insert(table: type[Model]) -> Insert:
    """Return an INSERT into a table that takes `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return sqlite.insert(table) if db.engine.dialect.name == "sqlite" else postgresql.insert(table)
