"""Run Alembic on the application's own engine."""

from typing import Any

from alembic import context
from sqlalchemy import Connection

from marketplace.extensions import UtcDateTime, db
from migrations.filters import include


def render(kind: str, thing: Any, _context: Any) -> str | bool:
    """Write the application's own column types as plain ones: a migration must not change with the code."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def _foreign_keys(connection: Connection, value: str) -> None:
    """Turn foreign keys of SQLite on or off: past SQLAlchemy, for inside its transaction this has no effect."""
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(f"PRAGMA foreign_keys = {value}")


def run() -> None:
    """Migrate in one transaction for each version."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            # Batch operations rebuild tables, which foreign keys would forbid; they are checked at the end.
            _foreign_keys(connection, "OFF")
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            include_object=include,
            render_item=render,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        if connection.dialect.name == "sqlite":
            connection.commit()
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"foreign keys broken: {broken[:5]}")
            connection.commit()
            _foreign_keys(connection, "ON")


run()
