"""Many families at once, as lists of registries bring them: a bounded number of statements for each handful."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from flask import current_app
from sqlalchemy import Table, delete, insert, select, update

from ..extensions import db
from ..shared import personal
from ..shared.audit import AuditEntry
from ..shared.transaction import command
from . import rules
from .models import Household, Person
from .service import _family_columns, _person_columns, _places

ACTION = "household.import"
LOOKS = ("household.view", "household.reveal", "household.search_number")
"""What is written down of a family without anything being changed."""


@command
def add_families(contents: Sequence[rules.HouseholdContent], today: dt.date) -> list[int]:
    """Register families without people and return their ids.

    Each has a KK number that no family has; who calls has seen to that, and adds each one's head.
    """
    places = {code: _places(code) for code in {content.village_code for content in contents}}
    rows = [{**_family_columns(each, today), **places[each.village_code]} for each in contents]
    return _insert_many(Household, rows, Household.kk_hash, "kk_hash")


@command
def add_people(people: Iterable[tuple[int, rules.PersonContent]]) -> list[int]:
    """Add complete persons, each with a NIK of nobody in a family, to families and return their ids."""
    rows = [{"household_id": household_id, **_person_columns(content)} for household_id, content in people]
    return _insert_many(Person, rows, Person.nik_hash, "nik_hash", Person.left_on.is_(None))


def _insert_many(
    table: type[Household | Person], rows: Sequence[dict[str, Any]], key: Any, name: str, *conditions: Any
) -> list[int]:
    """Insert rows in one statement and find their ids by what is theirs alone.

    To be told ids of inserted rows costs a statement for each of them on SQLite.
    """
    if not rows:
        return []
    db.session.execute(insert(table), rows)
    found = db.session.execute(select(key, table.id).where(key.in_([row[name] for row in rows]), *conditions))
    ids = {row[0]: row[1] for row in found}
    return [ids[row[name]] for row in rows]


@command
def change_families(changes: Mapping[int, Mapping[str, Any]]) -> None:
    """Give families other values: of name, village_code, registry_source, decile and address."""
    for household_id, values in changes.items():
        columns = {name: value for name, value in values.items() if name not in ("address", "village_code")}
        if "address" in values:
            columns["address_encrypted"] = personal.encrypt(str(values["address"]), purpose="address")
        if "village_code" in values:
            columns |= _places(str(values["village_code"]))
        db.session.execute(update(Household).where(Household.id == household_id).values(columns))


@command
def change_people(changes: Mapping[int, Mapping[str, Any]]) -> None:
    """Give persons other values: of name, relation and wrse."""
    for person_id, values in changes.items():
        db.session.execute(update(Person).where(Person.id == person_id).values(dict(values)))


@command
def note(household_ids: Iterable[int], actor_id: int | None, import_id: int, did: str) -> None:
    """Write down of each family that an import did something to it."""
    detail = {"import_id": import_id, "did": did}
    rows = [
        {"actor_id": actor_id, "action": ACTION, "subject_type": "household", "subject_id": key, "detail": detail}
        for key in sorted(set(household_ids))
    ]
    if rows:
        db.session.execute(insert(AuditEntry), rows)


def lock(household_ids: Collection[int]) -> None:
    """Hold families so that nothing begins to point to them meanwhile."""
    held = select(Household.id).where(Household.id.in_(household_ids)).order_by(Household.id)
    db.session.execute(held.with_for_update()).all()


def worked_on(since: Mapping[int, dt.datetime], import_id: int) -> set[int]:
    """Return the families of which more than looks was written down since a moment, but for what an import did."""
    rows = db.session.execute(
        select(AuditEntry.subject_id, AuditEntry.action, AuditEntry.at, AuditEntry.detail).where(
            AuditEntry.subject_type == "household",
            AuditEntry.subject_id.in_(since),
            AuditEntry.action.not_in(LOOKS),
        )
    )
    return {
        subject
        for subject, action, at, detail in rows
        if at >= since[subject] and not (action == ACTION and detail.get("import_id") == import_id)
    }


def used_families(household_ids: Collection[int], ignoring: Collection[str]) -> set[int]:
    """Return the families that rows of any table point to, but for people and what is only reckoned from others."""
    return _used(Household.__table__, household_ids, {"person", *ignoring, *_derived()})  # type: ignore[arg-type]


def used_people(person_ids: Collection[int], ignoring: Collection[str]) -> set[int]:
    """Return the persons that rows of any table point to."""
    return _used(Person.__table__, person_ids, {*ignoring, *_derived()})  # type: ignore[arg-type]


def _derived() -> Mapping[str, Any]:
    """Return the tables that are reckoned from others and go with a family → what deletes their rows."""
    found: Mapping[str, Any] = current_app.extensions["derived_of_families"]
    return found


def _used(target: Table, ids: Collection[int], ignoring: Collection[str]) -> set[int]:
    found: set[int] = set()
    for table in db.metadata.sorted_tables:
        for key in table.foreign_keys if table.name not in ignoring else ():
            if key.column.table is target:
                found.update(db.session.scalars(select(key.parent).where(key.parent.in_(ids)).distinct()))
    return found


def people_in(household_ids: Collection[int]) -> list[tuple[int, int]]:
    """Return (family, person) of everybody who is or was in these families."""
    rows = db.session.execute(select(Person.household_id, Person.id).where(Person.household_id.in_(household_ids)))
    return [(household_id, person_id) for household_id, person_id in rows]


@command
def remove(household_ids: Collection[int], person_ids: Collection[int]) -> None:
    """Delete persons, and families that were entered by mistake; who calls has seen that nothing points to them."""
    db.session.execute(delete(Person).where(Person.id.in_(person_ids)))
    for forget in _derived().values():
        forget(household_ids)
    db.session.execute(delete(Household).where(Household.id.in_(household_ids)))
