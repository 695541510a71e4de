"""Copies of PostgreSQL tables in a schema of their own, to put back what changed: far cheaper than a new database."""

from sqlalchemy import Connection, text

from marketplace.extensions import db

SCHEMA = "kept"
LEFT = {"area", "alembic_version"}
"""Tables that no request writes to."""
NUMBERS = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' ORDER BY sequencename"


class Copies:
    """All tables as they were when this was made, and how to bring them back."""

    def __init__(self, connection: Connection) -> None:
        self.names = [table.name for table in db.metadata.sorted_tables if table.name not in LEFT]
        tables = "".join(f"CREATE TABLE {SCHEMA}.{name} AS TABLE {name};" for name in self.names)
        connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA}; {tables}")
        self.marks = self._marks(connection, self.names)
        self.numbers = self._last_numbers(connection)

    def _last_numbers(self, connection: Connection) -> dict[str, int | None]:
        return dict(connection.execute(text(NUMBERS)).all())

    def _marks(self, connection: Connection, names: list[str]) -> dict[str, str]:
        """Return of each table what every write changes: how many rows it has, and who wrote last."""
        mark = "(SELECT concat(count(*), ' ', max(xmin::text::bigint)) FROM {0}) AS {0}"
        asked = ", ".join(mark.format(name) for name in names)
        return dict(connection.execute(text(f"SELECT {asked}")).mappings().one())

    def restore(self, connection: Connection) -> None:
        """Put back the tables that were written to, and let their rows be numbered as before."""
        marks = self._marks(connection, self.names)
        changed = [name for name in self.names if marks[name] != self.marks[name]]
        if changed:
            puts = "".join(f"DELETE FROM {name}; INSERT INTO {name} SELECT * FROM {SCHEMA}.{name};" for name in changed)
            # As a replica would: foreign keys need no looking after when everything is put back.
            connection.exec_driver_sql(f"SET LOCAL session_replication_role = replica; {puts}")
            self.marks |= self._marks(connection, changed)
        for name, last in self._last_numbers(connection).items():
            before = self.numbers[name]
            if last != before:
                connection.execute(text(f"SELECT setval('{name}', {before or 1}, {before is not None})"))
