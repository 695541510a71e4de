"""Recompute what must always hold from raw rows. A check is one SELECT of what should be beside what is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    Table,
    cast,
    func,
    literal,
    select,
    text,
    union_all,
)

from ..extensions import db

SHOWN = 10
"""Faults of a check that are named; the rest is only counted."""

Comparison: TypeAlias = Callable[[Any, Any], ColumnElement[bool]]
"""Takes the columns expected and found; tells whether they fit."""


@dataclass(frozen=True)
class Fault:
    """Where something broke (table and id), what should be there and what is."""

    where: str
    expected: str
    found: str


@dataclass(frozen=True)
class Result:
    """How many rows were looked at, how many broke, and the first of those."""

    rows: int
    broken: int
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class Check:
    """Something that always holds, named in a sentence, and how to find where it does not."""

    name: str
    run: Callable[[], Result]


def same(expected: Any, found: Any) -> ColumnElement[bool]:
    """Compare like `==`, an absent value with an absent one too."""
    comparison: ColumnElement[bool] = expected.is_not_distinct_from(found)
    return comparison


def within(expected: Any, found: Any) -> ColumnElement[bool]:
    """Hold that what is found lies from 0 to what is expected."""
    comparison: ColumnElement[bool] = found.between(0, expected)
    return comparison


def at_least(expected: Any, found: Any) -> ColumnElement[bool]:
    """Hold that what is found is not less."""
    comparison: ColumnElement[bool] = found >= expected
    return comparison


def at_most(expected: Any, found: Any) -> ColumnElement[bool]:
    """Hold that what is found is not more."""
    comparison: ColumnElement[bool] = found <= expected
    return comparison


def like(expected: Any, found: Any) -> ColumnElement[bool]:
    """Compare with a pattern in which `_` stands for what may be either."""
    comparison: ColumnElement[bool] = found.like(expected)
    return comparison


def check(name: str, table: str, fits: Comparison = same) -> Callable[[Callable[[], Select[Any]]], Check]:
    """Make a check of a function that returns a SELECT of (id, expected, found) over all rows of a table."""

    def make(statement: Callable[[], Select[Any]]) -> Check:
        return Check(name, lambda: examine(table, statement(), fits))

    return make


def examine(table: str, statement: Select[Any], fits: Comparison = same) -> Result:
    """Run a SELECT of (id, expected, found); a comparison that cannot be told (NULL) is a fault."""
    pairs = statement.subquery()
    broken = func.coalesce(fits(pairs.c.expected, pairs.c.found), literal(False)).is_(False)
    rows, count = db.session.execute(select(func.count(), func.count().filter(broken)).select_from(pairs)).one()
    if not count:
        return Result(rows, 0, ())
    first = select(pairs.c.id, pairs.c.expected, pairs.c.found).where(broken).order_by(pairs.c.id).limit(SHOWN)
    faults = (Fault(f"{table} {row[0]}", _shown(row[1]), _shown(row[2])) for row in db.session.execute(first))
    return Result(rows, count, tuple(faults))


def _shown(value: object) -> str:
    return "nothing" if value is None else str(value)


def rows_of(tables: Iterable[Table]) -> int:
    """Count the rows of some tables together, by one question."""
    counts = [select(func.count()).select_from(table).scalar_subquery() for table in tables]
    return sum(db.session.execute(select(*counts)).one())


def row(identifier: Any, expected: Any, found: Any) -> Select[Any]:
    """Select one row to look at: its id, what should be and what is."""
    columns: list[ColumnElement[Any]] = [
        _column(identifier).label("id"),
        _column(expected).label("expected"),
        _column(found).label("found"),
    ]
    return select(*columns)


def _column(value: Any) -> ColumnElement[Any]:
    column: ColumnElement[Any] = literal(value) if isinstance(value, int | str) else value
    return column


def amounts(key: Any, amount: Any) -> Select[Any]:
    """Select amounts by key, to be laid beside others by `beside`."""
    columns: list[ColumnElement[Any]] = [key.label("key"), _column(amount).label("amount")]
    return select(*columns)


def beside(expected: Select[Any] | CompoundSelect[Any], found: Select[Any] | CompoundSelect[Any]) -> Select[Any]:
    """Lay two sets of (key, amount) side by side, also the keys that only one of them has."""
    should, present = expected.subquery(), found.subquery()
    both = union_all(
        select(should.c.key, should.c.amount.label("expected"), literal(0).label("found")),
        select(present.c.key, literal(0), present.c.amount),
    ).subquery()
    return row(both.c.key, func.sum(both.c.expected), func.sum(both.c.found)).group_by(both.c.key)


def joined(*parts: Any) -> ColumnElement[str]:
    """Join several ids into one key that can be read: `12/3`."""
    whole: ColumnElement[str] = cast(parts[0], String)
    for part in parts[1:]:
        whole = whole + "/" + cast(part, String)
    return whole


def reference(kind: str, identifier: Any) -> ColumnElement[str]:
    """Return the name of a row in stock and ledger, such as `order:12`."""
    named: ColumnElement[str] = literal(f"{kind}:") + cast(identifier, String)
    return named


def begin_reading() -> None:
    """Begin a transaction that sees one moment of the database, however long it reads."""
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        db.session.execute(text("SET LOCAL statement_timeout = 0"))
