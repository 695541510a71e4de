"""Keep a database as it is and put it back, however often: far cheaper than to build what is in it anew."""

import itertools
import shutil
from pathlib import Path

from sqlalchemy import Connection, text

from marketplace.extensions import cache, db
from marketplace.shared.transaction import rollback

LEFT = {"area", "alembic_version"}
"""Tables that no request writes to."""
NUMBERS = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' ORDER BY sequencename"
_numbers = itertools.count(1)


class Kept:
    """The database as it was when this was made. Call everything inside an application's context."""

    def __init__(self) -> None:
        _leave()
        self._suffix = f".kept{next(_numbers)}"
        if db.engine.dialect.name == "sqlite":
            with db.engine.begin() as connection:
                connection.execute(text("SELECT 1"))
            db.engine.dispose()
            shutil.copy(_file(), _file().with_suffix(self._suffix))
        else:
            with db.engine.begin() as connection:
                self._copies = Copies(connection, self._suffix.removeprefix("."))

    def restore(self, written: set[str] | None = None) -> None:
        """Put every row back; `written` names the tables that were perhaps written to, when that is known."""
        _leave()
        cache.clear()
        if db.engine.dialect.name == "sqlite":
            for extra in ("-wal", "-shm"):
                Path(f"{_file()}{extra}").unlink(missing_ok=True)
            shutil.copy(_file().with_suffix(self._suffix), _file())
        else:
            with db.engine.begin() as connection:
                self._copies.restore(connection, written)


def _leave() -> None:
    rollback()
    db.session.remove()
    if db.engine.dialect.name == "sqlite":
        db.engine.dispose()


def _file() -> Path:
    return Path(str(db.engine.url.database))


class Copies:
    """All tables of PostgreSQL in a schema of their own, to put back what changed."""

    def __init__(self, connection: Connection, schema: str) -> None:
        self.schema = schema
        self.names = [table.name for table in db.metadata.sorted_tables if table.name not in LEFT]
        tables = "".join(f"CREATE TABLE {schema}.{name} AS TABLE {name};" for name in self.names)
        connection.exec_driver_sql(f"CREATE SCHEMA {schema}; {tables}")
        self.marks = self._marks(connection, self.names)
        self.numbers = self._last_numbers(connection)

    def _last_numbers(self, connection: Connection) -> dict[str, int | None]:
        return dict(connection.execute(text(NUMBERS)).all())

    def _marks(self, connection: Connection, names: list[str]) -> dict[str, str]:
        """Return of each table what every write changes: how many rows it has, and who wrote last."""
        mark = "(SELECT concat(count(*), ' ', max(xmin::text::bigint)) FROM {0}) AS {0}"
        asked = ", ".join(mark.format(name) for name in names)
        return dict(connection.execute(text(f"SELECT {asked}")).mappings().one())

    def restore(self, connection: Connection, written: set[str] | None) -> None:
        """Put back what was written to of these tables (of all, if None), and let rows be numbered as before."""
        asked = [name for name in self.names if written is None or name in written]
        marks = self._marks(connection, asked) if asked else {}
        changed = [name for name in asked if marks[name] != self.marks[name]]
        if changed:
            put = "DELETE FROM {1}; INSERT INTO {1} SELECT * FROM {0}.{1};"
            puts = "".join(put.format(self.schema, name) for name in changed)
            # As a replica would: foreign keys need no looking after when everything is put back.
            connection.exec_driver_sql(f"SET LOCAL session_replication_role = replica; {puts}")
            self.marks |= self._marks(connection, changed)
        for name, last in self._last_numbers(connection).items():
            before = self.numbers[name]
            if last != before:
                connection.execute(text(f"SELECT setval('{name}', {before or 1}, {before is not None})"))
