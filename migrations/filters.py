"""What Alembic compares: everything but the search index, which no model describes."""

from typing import Any


def include(_thing: Any, name: str | None, _kind: str, _reflected: bool, _other: Any) -> bool:
    """Leave out the tables and indexes that a database keeps for full-text search."""
    return "search" not in (name or "")
