"""Personal data: encrypted, found by its hash, and nowhere in the clear. Faults never print it."""

import functools
import re
from collections.abc import Iterable, Iterator
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Enum,
    Select,
    String,
    Table,
    and_,
    case,
    cast,
    exists,
    func,
    or_,
    select,
)

from ...accounts.models import RoleAssignment, User
from ...extensions import db
from ...groups import checks as groups
from ...groups.forgetting_models import Forgetting, ForgettingState
from ...groups.models import Household, Membership, Person
from ...shared import personal
from ...shared.forgetting import MARK
from ..check import SHOWN, Check, Fault, Result, check, row, rows_of

DIGITS = 16
CODES = re.compile(r"_hash$|^sha256$|^code$|^token$|key$|^instruction$|^qris_payload$")
"""Columns of random, hashed or payment code, in which 16 digits in a row mean nothing."""
BANKS_OWN = {
    "collection_account.number",
    "payment.provider_reference",
    "payout.bank_reference",
    "refund.reference",
    "journal_entry.memo",
    "document.content",
}
"""Columns for numbers that banks give, and what prints them: there only a known KK number or NIK is a fault."""
BETWEEN = (" ", "-", ".")
"""What people put between the digits of a number."""
ALONE = re.compile(rf"(?<![\da-f])\d{{{DIGITS}}}(?![\da-f])")
"""Not within a fingerprint: of its hexadecimal signs so many may be digits by chance."""
RUN = re.compile(rf"\d{{{DIGITS},}}")


def _result(rows: int, faults: Iterable[Fault]) -> Result:
    found = list(faults)
    return Result(rows, len(found), tuple(found[:SHOWN]))


def _numbers() -> Result:
    known = _known_hashes()
    tables = [(table, columns) for table in db.metadata.sorted_tables if (columns := _texts(table))]
    rows = rows_of(table for table, _columns in tables)
    return _result(rows, (fault for table, columns in tables for fault in _in_table(table, columns, known)))


def _known_hashes() -> set[str]:
    people = select(Person.nik_hash).where(Person.nik_hash.is_not(None))
    return {*db.session.scalars(select(Household.kk_hash)), *filter(None, db.session.scalars(people))}


def _texts(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if _is_text(column) and not CODES.search(column.name)]


def _is_text(column: Column[Any]) -> bool:
    """Tell whether a column holds text with room for a number."""
    if isinstance(column.type, String) and not isinstance(column.type, Enum):
        return column.type.length is None or column.type.length >= DIGITS
    return isinstance(column.type, JSON)


def _in_table(table: Table, columns: list[Column[Any]], known: set[str]) -> Iterator[Fault]:
    for identifier, *values in db.session.execute(_suspects(table, db.engine.dialect.name)):
        for column, value in zip(columns, values, strict=True):
            if value and _is_number(f"{table.name}.{column.name}", value, known):
                yield Fault(f"{table.name} {identifier}", "no KK number or NIK", f"one in {column.name}")


@functools.cache
def _suspects(table: Table, dialect: str) -> Select[Any]:
    """Select of a table the rows with a text that may hold a number; what the models say does not change."""
    texts = [cast(column, String) for column in _texts(table)]
    return select(next(iter(table.primary_key)), *texts).where(or_(*(_suspicious(each, dialect) for each in texts)))


def _suspicious(column: ColumnElement[str], dialect: str) -> ColumnElement[bool]:
    """Return the condition that 16 digits follow each other in a text, whatever stands between them."""
    plain: Any = column
    for sign in BETWEEN:
        plain = func.replace(plain, sign, "")
    # Most texts are short or without any digit: they are not searched.
    return and_(func.length(column) >= DIGITS, _has_digits(column, 1, dialect), _has_digits(plain, DIGITS, dialect))


def _has_digits(text: Any, count: int, dialect: str) -> ColumnElement[bool]:
    if dialect == "sqlite":
        found: ColumnElement[bool] = text.op("GLOB")("*" + "[0-9]" * count + "*")
    else:
        found = text.regexp_match(f"[0-9]{{{count}}}")
    return found


def _is_number(column: str, text: str, known: set[str]) -> bool:
    if column not in BANKS_OWN and ALONE.search(text):
        return True
    plain = text.translate(str.maketrans("", "", "".join(BETWEEN)))
    return any(_is_known(number, known) for number in _windows(plain))


def _windows(text: str) -> Iterator[str]:
    for run in RUN.findall(text):
        for start in range(len(run) - DIGITS + 1):
            yield run[start : start + DIGITS]


def _is_known(number: str, known: set[str]) -> bool:
    return any(personal.lookup_hash(number, purpose=purpose) in known for purpose in ("kk", "nik"))


def _households() -> Result:
    columns = (Household.kk_encrypted, Household.kk_hash, Household.kk_last4)
    others = (Household.address_encrypted, Household.bank_encrypted)
    told = select(Household.id, *columns, *others).where(Household.forgotten_on.is_(None))
    rows = db.session.execute(told).all()
    faults: list[Fault] = []
    for identifier, number, digest, last4, address, bank in rows:
        where = f"household {identifier}"
        faults += _number_faults(where, "kk", number, digest, last4)
        faults += _blob_faults(where, address=address, bank=bank)
    return _result(len(rows), faults)


def _people() -> Result:
    columns = (Person.nik_encrypted, Person.nik_hash, Person.nik_last4)
    rows = db.session.execute(select(Person.id, *columns).where(or_(*(each.is_not(None) for each in columns)))).all()
    faults = (
        fault
        for identifier, number, digest, last4 in rows
        for fault in _number_faults(f"person {identifier}", "nik", number, digest, last4)
    )
    return _result(len(rows), faults)


def _number_faults(
    where: str, purpose: str, blob: bytes | None, digest: str | None, last4: str | None
) -> Iterator[Fault]:
    number = _decrypted(blob, purpose)
    if number is None:
        yield Fault(where, f"an encrypted {purpose}", "something that no key opens")
    elif personal.lookup_hash(number, purpose=purpose) != digest:
        yield Fault(where, f"the hash of its {purpose}", "another hash")
    elif personal.last_four(number) != last4:
        yield Fault(where, f"the last four digits of its {purpose}", "others")


def _blob_faults(where: str, **blobs: bytes | None) -> Iterator[Fault]:
    for purpose, blob in blobs.items():
        if blob is not None and _decrypted(blob, purpose) is None:
            yield Fault(where, f"an encrypted {purpose}", "something that no key opens")


def _decrypted(blob: bytes | None, purpose: str) -> str | None:
    try:
        return None if blob is None else personal.decrypt(blob, purpose=purpose)
    except (InvalidTag, ValueError):
        return None


def _offices() -> Result:
    rows = db.session.scalar(select(func.count()).select_from(Membership)) or 0
    told = (problem.partition(": ") for problem in groups.problems())
    faults = (Fault(where, "held once at a time", what) for where, _colon, what in told)
    return _result(rows, faults)


numbers = Check("No KK number or NIK stands anywhere in the clear", _numbers)
households = Check("A family's KK number is the one its hash and last digits say", _households)
persons = Check("A person's NIK is the one its hash and last digits say", _people)
offices = Check("Each office of a group is held once, and no family is in it twice", _offices)


@check("A family that was made anonymous has no name, number or account", "household")
def forgotten() -> Select[Any]:
    named = exists().where(Person.household_id == Household.id, or_(Person.name != MARK, Person.nik_hash.is_not(None)))
    reached = exists().where(
        RoleAssignment.household_id == Household.id,
        RoleAssignment.user_id == User.id,
        User.is_active,
        RoleAssignment.ends_on.is_(None),
    )
    bare = and_(
        Household.name.startswith(MARK, autoescape=True),
        Household.kk_last4 == "",
        Household.bank_encrypted.is_(None),
        ~named,
        ~reached,
    )
    said = row(Household.id, "nothing", case((bare, "nothing"), else_="something"))
    return said.where(Household.forgotten_on.is_not(None))


@check("Who made a family anonymous is another than who proposed it, and the family is so", "forgetting")
def two_people() -> Select[Any]:
    apart = Forgetting.proposed_by_id.is_distinct_from(Forgetting.decided_by_id)
    fits = and_(apart, Household.forgotten_on.is_not(None))
    said = row(Forgetting.id, "done by two", case((fits, "done by two"), else_="not"))
    joined = said.join_from(Forgetting, Household, Household.id == Forgetting.household_id)
    return joined.where(Forgetting.state.in_((ForgettingState.DONE, ForgettingState.RUNNING)))


CHECKS = (numbers, households, persons, offices, forgotten, two_people)
