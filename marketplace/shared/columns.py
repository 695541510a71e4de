"""Column types that several domains use."""

from enum import StrEnum
from typing import TypeVar

from sqlalchemy import CheckConstraint, Enum

from .money import MAX_RUPIAH

E = TypeVar("E", bound=StrEnum)

MAX_QUANTITY = 1_000_000


def enum_column(kind: type[E], name: str = "") -> Enum:
    """Store an enum by its value as text with a CHECK, the same on both databases.

    The CHECK is called after the enum; the second column of one in a table needs a `name` of its own.
    """
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=name or kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


def amount_check(column: str, *, low: int = 0) -> CheckConstraint:
    """Hold a rupiah column between `low` and the largest sum; the upper bound also refuses text in SQLite."""
    return CheckConstraint(f"{column} BETWEEN {low} AND {MAX_RUPIAH}", name=f"{column}_range")


def quantity_check(column: str, *, low: int = 0) -> CheckConstraint:
    """Hold a quantity column between `low` and the largest quantity."""
    return CheckConstraint(f"{column} BETWEEN {low} AND {MAX_QUANTITY}", name=f"{column}_range")
