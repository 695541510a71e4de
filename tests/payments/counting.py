"""Count the statements that a block runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from marketplace.extensions import db


class Counter:
    """How many statements were run."""

    def __init__(self) -> None:
        self.count = 0

    def add(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        """Count a statement that is no savepoint or setting."""
        if statement.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
            self.count += 1


@contextmanager
def counted() -> Iterator[Counter]:
    """Count what runs inside the block."""
    counter = Counter()
    event.listen(db.engine, "before_cursor_execute", counter.add)
    try:
        yield counter
    finally:
        event.remove(db.engine, "before_cursor_execute", counter.add)
