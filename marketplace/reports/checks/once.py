"""What the database itself has to hold: references, uniqueness, rows that are only added; and keys used once."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Inspector, Select, Table, UniqueConstraint, func, inspect, literal, select, text

from ...extensions import db
from ...orders.models import Order
from ...shared.once import OnceKey
from ..check import Check, Fault, Result, amounts, beside, check, row

APPEND_ONLY = ("stock_movement", "journal_entry", "journal_line", "audit_entry", "order_event")


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
    tables = db.metadata.sorted_tables
    rows = sum(db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)
    faults = [fault for table in tables for fault in _dangling(table)]
    return Result(rows, len(faults), tuple(faults))


def _dangling(table: Table) -> Iterator[Fault]:
    key = next(iter(table.primary_key.columns))
    for constraint in table.foreign_key_constraints:
        element = constraint.elements[0]
        target = element.column.table.alias()
        there = target.c[element.column.name]
        lost = (
            select(key, element.parent)
            .outerjoin_from(table, target, there == element.parent)
            .where(element.parent.is_not(None), there.is_(None))
            .limit(1)
        )
        for identifier, value in db.session.execute(lost):
            expected = f"a row of {element.column.table.name}"
            yield Fault(f"{table.name} {identifier}", expected, f"{element.parent.name} {value}")


def _uniqueness() -> Result:
    inspector = inspect(db.session.connection())
    wanted = [(table.name, columns) for table in db.metadata.sorted_tables for columns in _unique_in_models(table)]
    held = {name: _unique_in_database(inspector, name) for name in {name for name, _columns in wanted}}
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


def _unique_in_database(inspector: Inspector, name: str) -> set[frozenset[str | None]]:
    constraints = {frozenset[str | None](each["column_names"]) for each in inspector.get_unique_constraints(name)}
    indexes = {frozenset(each["column_names"]) for each in inspector.get_indexes(name) if each["unique"]}
    return constraints | indexes


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
