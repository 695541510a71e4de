"""What is written down of the families and persons that some rows speak of: a few questions for each handful."""

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from ..areas.models import Area, Level
from ..areas.rules import zone_of
from ..extensions import db
from ..groups.models import Household, Person, Relation
from ..shared import clock, personal
from .columns import Cells, Column, cells_of
from .models import Outcome, RegistryImport, RegistryRow
from .packed import unpacked
from .rules import (
    KnownFamily,
    KnownPerson,
    Reason,
    Refused,
    Verdict,
    Villages,
    Wanted,
    World,
    faults_of,
    judge,
    wanted_of,
)


def villages_of(regency_code: str) -> Villages:
    """Return the villages of a regency."""
    district = aliased(Area)
    rows = db.session.execute(
        select(Area.code, Area.name, district.name)
        .join(district, district.code == Area.parent_code)
        .where(Area.code.startswith(regency_code + "."), Area.level == Level.VILLAGE)
    )
    return Villages(regency_code, [(code, name, above) for code, name, above in rows])


def today_of(regency_code: str) -> dt.date:
    """Return the day it is in a regency."""
    return clock.today(zone_of(regency_code))


def roles_of(import_: RegistryImport) -> list[Column]:
    """Return what the columns of a file hold."""
    return [Column(role) for role in import_.roles]


def cells_in(row: RegistryRow, import_: RegistryImport) -> Cells:
    """Return the cells of a row by what they hold."""
    return cells_of(unpacked(row.cells_encrypted), roles_of(import_))


def faults_in(import_: RegistryImport, rows: Sequence[RegistryRow]) -> list[tuple[Reason, ...]]:
    """Return of each row everything that is wrong with what it says, whatever is written down already."""
    villages, today, roles = villages_of(import_.regency_code), today_of(import_.regency_code), roles_of(import_)
    return [faults_of(cells_in(row, import_), roles, villages, today) for row in rows]


def judged(import_: RegistryImport, rows: Sequence[RegistryRow]) -> list[tuple[Verdict, int | None, Wanted | None]]:
    """Return for each row what it would do now, which other row its reason speaks of, and what it says."""
    villages, today, roles = villages_of(import_.regency_code), today_of(import_.regency_code), roles_of(import_)
    world = _world(import_, rows)
    first_nik, first_head = _firsts(import_.id, rows)
    found: list[tuple[Verdict, int | None, Wanted | None]] = []
    for row in rows:
        try:
            wanted = wanted_of(cells_in(row, import_), roles, villages, today)
        except Refused as error:
            found.append((Verdict(Outcome.REFUSED, error.reasons[0]), None, None))
            continue
        verdict, other = judge(wanted, world), None
        doubles = [(Reason.NIK_TWICE, first_nik.get(row.nik_hash))]
        doubles += [(Reason.TWO_HEADS, first_head.get(row.kk_hash))] if row.is_head else []
        for reason, first in doubles:
            if first is not None and first < row.number:
                verdict, other = Verdict(Outcome.REFUSED, reason), first
                break
        found.append((verdict, other, wanted))
    return found


def _firsts(import_id: int, rows: Sequence[RegistryRow]) -> tuple[dict[str | None, int], dict[str | None, int]]:
    """Return the first row of each NIK, and of each family's head, in the file."""
    number = func.min(RegistryRow.number)
    of_import = RegistryRow.import_id == import_id
    niks, cards = {row.nik_hash for row in rows} - {None}, {row.kk_hash for row in rows} - {None}
    by_nik = select(RegistryRow.nik_hash, number).where(of_import, RegistryRow.nik_hash.in_(niks))
    by_head = select(RegistryRow.kk_hash, number).where(of_import, RegistryRow.kk_hash.in_(cards), RegistryRow.is_head)
    return (
        {row[0]: row[1] for row in db.session.execute(by_nik.group_by(RegistryRow.nik_hash))},
        {row[0]: row[1] for row in db.session.execute(by_head.group_by(RegistryRow.kk_hash))},
    )


def _world(import_: RegistryImport, rows: Sequence[RegistryRow]) -> World:
    """Return what is known around some rows, by number: the rules know nothing of hashes."""
    cards = {row.kk_hash for row in rows if row.kk_hash}
    niks = {row.nik_hash for row in rows if row.nik_hash}
    numbers = _numbers(import_, rows)
    families = list(db.session.scalars(select(Household).where(Household.kk_hash.in_(cards))))
    people = db.session.scalars(select(Person).where(Person.nik_hash.in_(niks), Person.left_on.is_(None)))
    return World(
        import_.regency_code,
        import_.source,
        {numbers[family.kk_hash]: known for family, known in zip(families, _families(families), strict=True)},
        {
            numbers[str(person.nik_hash)]: KnownPerson(
                person.id, person.household_id, person.name, person.relation, person.wrse
            )
            for person in people
        },
        frozenset(numbers[key] for key in _headed(import_.id, cards)),
    )


def _numbers(import_: RegistryImport, rows: Sequence[RegistryRow]) -> dict[str, str]:
    """Return the numbers that the hashes of some rows stand for."""
    found: dict[str, str] = {}
    for row in rows:
        cells = cells_in(row, import_)
        for key, kind in ((row.kk_hash, Column.KK), (row.nik_hash, Column.NIK)):
            if key:
                found[key] = "".join(sign for sign in cells[kind] if sign.isdigit())
    return found


def _families(rows: Sequence[Household]) -> list[KnownFamily]:
    ids = [row.id for row in rows]
    present = list(
        db.session.execute(
            select(Person.household_id, Person.id, Person.relation, Person.nik_hash, Person.name, Person.born_on).where(
                Person.household_id.in_(ids), Person.left_on.is_(None)
            )
        )
    )
    heads = {each.household_id: each.id for each in present if each.relation is Relation.HEAD}
    unnumbered: dict[int, set[tuple[str, dt.date | None]]] = {}
    for each in present:
        if each.nik_hash is None:
            unnumbered.setdefault(each.household_id, set()).add((each.name, each.born_on))
    return [
        KnownFamily(
            row.id,
            row.name,
            row.village_code,
            row.regency_code,
            row.registry_source,
            row.decile,
            personal.decrypt(row.address_encrypted, purpose="address"),
            heads.get(row.id),
            frozenset(unnumbered.get(row.id, ())),
        )
        for row in rows
    ]


def _headed(import_id: int, cards: Collection[str]) -> list[str]:
    """Return those hashes of KK numbers whose head the file brings and is not refused: heads are looked at first."""
    taken = RegistryRow.outcome != Outcome.REFUSED
    keys = db.session.scalars(
        select(RegistryRow.kk_hash)
        .where(RegistryRow.import_id == import_id, RegistryRow.is_head, RegistryRow.kk_hash.in_(cards), taken)
        .distinct()
    )
    return [key for key in keys if key]
