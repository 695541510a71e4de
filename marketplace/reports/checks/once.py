"""What the database itself has to hold: references, uniqueness, rows that are only added; and keys used once."""

import functools
from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    ForeignKey,
    Select,
    String,
    Table,
    UniqueConstraint,
    cast,
    func,
    inspect,
    literal,
    select,
    text,
    union_all,
)

from ...extensions import db
from ...orders.models import Order
from ...shared.once import OnceKey
from ..check import Check, Fault, Result, amounts, beside, check, row, rows_of

APPEND_ONLY = (
    *("stock_movement", "journal_entry", "journal_line", "audit_entry", "order_event"),
    *("criteria_set", "criterion", "assessment"),
    *("aid_proposal_step", "aid_item_check", "aid_receipt", "aid_entry"),
)


@check("A key that was used has its effect", "once_key")
def effects() -> Select[Any]:
    return row(OnceKey.id, 0, func.count().filter(OnceKey.result_id.is_(None))).group_by(OnceKey.id)


MAKE_ORDERS = ("order", "checkout")
"""The scopes of keys that orders come of: the services', and the shop's own form."""


@check("Every order came of one key", "orders")
def one_key() -> Select[Any]:
    used = amounts(OnceKey.result_id, literal(1)).where(OnceKey.scope.in_(MAKE_ORDERS))
    return beside(amounts(Order.id, literal(1)), used)


def _references() -> Result:
    """Look for rows whose reference leads nowhere: databases do not look again at what was loaded unchecked."""
    faults = [
        Fault(f"{table} {identifier}", f"a row of {target}", f"{column} {value}")
        for table, identifier, target, column, value in db.session.execute(_dangling())
    ]
    return Result(rows_of(db.metadata.sorted_tables), len(faults), tuple(faults))


@functools.cache
def _dangling() -> CompoundSelect[Any]:
    """Return one question for the first lost row of each reference: what the models say does not change."""
    elements = [each.elements[0] for table in db.metadata.sorted_tables for each in table.foreign_key_constraints]
    return union_all(*map(_lost, elements))


def _lost(element: ForeignKey) -> Select[Any]:
    table: Any = element.parent.table
    target = element.column.table.alias()
    there = target.c[element.column.name]
    found = (
        select(cast(next(iter(table.primary_key)), String).label("id"), cast(element.parent, String).label("value"))
        .outerjoin_from(table, target, there == element.parent)
        .where(element.parent.is_not(None), there.is_(None))
        .limit(1)
        .subquery()
    )
    names = (literal(table.name), literal(element.column.table.name), literal(element.parent.name))
    return select(names[0], found.c.id, *names[1:], found.c.value)


def _uniqueness() -> Result:
    wanted = [(table.name, columns) for table in db.metadata.sorted_tables for columns in _unique_in_models(table)]
    held = _unique_in_database(sorted({name for name, _columns in wanted}))
    faults = [
        Fault(f"{name} ({', '.join(columns)})", "unique", "not held by the database")
        for name, columns in wanted
        if frozenset(columns) not in held[name]
    ]
    return Result(len(wanted), len(faults), tuple(faults))


def _unique_in_models(table: Table) -> Iterator[tuple[str, ...]]:
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield tuple(constraint.columns.keys())
    for index in table.indexes:
        if index.unique:
            yield tuple(index.columns.keys())


def _unique_in_database(names: list[str]) -> dict[str, set[frozenset[str | None]]]:
    """Return of each of some tables the columns that are unique together."""
    inspector = inspect(db.session.connection())
    held: dict[str, set[frozenset[str | None]]] = {name: set() for name in names}
    for (_schema, name), constraints in inspector.get_multi_unique_constraints(filter_names=names).items():
        held[name] |= {frozenset(each["column_names"]) for each in constraints}
    for (_schema, name), indexes in inspector.get_multi_indexes(filter_names=names).items():
        held[name] |= {frozenset(each["column_names"]) for each in indexes if each["unique"]}
    return held


def _only_added() -> Result:
    """Look for the triggers that refuse to change or delete rows."""
    found = _triggers()
    wanted = [(table, verb) for table in APPEND_ONLY for verb in ("UPDATE", "DELETE")]
    faults = [
        Fault(table, f"a trigger that refuses {verb}", "none") for table, verb in wanted if (table, verb) not in found
    ]
    return Result(len(wanted), len(faults), tuple(faults))


def _triggers() -> set[tuple[str, str]]:
    if db.engine.dialect.name == "sqlite":
        listed = db.session.execute(text("SELECT tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"))
        return {(name, verb) for name, sql in listed for verb in ("UPDATE", "DELETE") if f" BEFORE {verb} ON" in sql}
    # tgtype is a set of bits: before is 2, delete 8, update 16; tgenabled is O where a trigger runs.
    listed = db.session.execute(
        text(
            "SELECT relname, tgtype FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE NOT tgisinternal AND tgenabled = 'O' AND tgtype & 2 = 2"
        )
    )
    bits = {"UPDATE": 16, "DELETE": 8}
    return {(name, verb) for name, kind in listed for verb, bit in bits.items() if kind & bit}


references = Check("Every reference leads to a row", _references)
uniqueness = Check("What must be unique is held by the database", _uniqueness)
only_added = Check("Rows of the journal, the stock and the audit can only be added", _only_added)

CHECKS = (effects, one_key, references, uniqueness, only_added)
