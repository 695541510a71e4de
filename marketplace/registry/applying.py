"""Write down what some rows of a list say, if it is still what was looked at."""

from collections.abc import Sequence

from ..extensions import db
from ..groups import bulk
from ..groups import rules as groups
from ..groups.models import RegistrySource, Relation
from ..shared import clock
from .models import Outcome, RegistryImport, RegistryRow
from .packed import unpacked
from .rules import Changes, Reason, Verdict, Wanted
from .world import judged, today_of

NO_ADDRESS = "-"


def apply_rows(import_: RegistryImport, rows: Sequence[RegistryRow]) -> None:
    """Apply rows, all of heads or all of others. What would do another thing than was shown is refused instead."""
    taken = []
    for row, (verdict, _other, wanted) in zip(rows, judged(import_, rows), strict=True):
        if wanted is None or verdict.outcome is not row.outcome or not _same(verdict.changes, row):
            row.outcome, row.reason = Outcome.REFUSED, verdict.reason or Reason.STALE
        else:
            taken.append((row, verdict, wanted))
    families = _families(import_, taken)
    _people(import_, taken, families)
    _change([verdict for _row, verdict, _wanted in taken])
    for row, verdict, wanted in taken:
        row.household_id = verdict.household_id or families[wanted.kk]
        row.applied_at = clock.now()
    bulk.note([row.household_id or 0 for row, _v, _w in taken], import_.applied_by_id, import_.id, "apply")
    db.session.flush()  # the ORM writes them before the next handful is looked for


Taken = tuple[RegistryRow, Verdict, Wanted]


def _same(changes: Changes, row: RegistryRow) -> bool:
    shown = unpacked(row.changes_encrypted) if row.changes_encrypted else {}
    return {name: list(pair) for name, pair in changes.items()} == shown


def _families(import_: RegistryImport, taken: Sequence[Taken]) -> dict[str, int]:
    """Register the new families; return their ids by KK number."""
    fresh = [(row, wanted) for row, verdict, wanted in taken if verdict.household_id is None]
    contents = [
        groups.HouseholdContent(
            name=wanted.person.name,
            kk=wanted.kk,
            village_code=wanted.village_code,
            address=wanted.address or NO_ADDRESS,
            registry_source=import_.source,
            decile=wanted.decile,
        )
        for _row, wanted in fresh
    ]
    made = bulk.add_families(contents, today_of(import_.regency_code))
    for row, _wanted in fresh:
        row.made_household = True
    return {wanted.kk: family_id for (_row, wanted), family_id in zip(fresh, made, strict=True)}


def _people(import_: RegistryImport, taken: Sequence[Taken], families: dict[str, int]) -> None:
    fresh = [each for each in taken if each[1].person_id is None]
    pairs = [(verdict.household_id or families[wanted.kk], wanted.person) for _row, verdict, wanted in fresh]
    for (row, _verdict, _wanted), person_id in zip(fresh, bulk.add_people(pairs), strict=True):
        row.person_id, row.made_person = person_id, True
    for row, verdict, _wanted in taken:
        row.person_id = row.person_id or verdict.person_id


def _change(verdicts: Sequence[Verdict]) -> None:
    changed = [verdict for verdict in verdicts if verdict.changes]
    of_families = {v.household_id: values_of(v.changes, 1, person=False) for v in changed if v.household_id}
    of_people = {v.person_id: values_of(v.changes, 1, person=True) for v in changed if v.person_id}
    bulk.change_families({key: values for key, values in of_families.items() if values})
    bulk.change_people({key: values for key, values in of_people.items() if values})


def values_of(changes: Changes, side: int, *, person: bool) -> dict[str, object]:
    """Return the old (side 0) or new (1) values of a family's or a person's fields, as their columns hold them."""
    mine = {name: pair[side] for name, pair in changes.items() if name.startswith("person.") is person}
    return {name.removeprefix("person."): _typed(name, value) for name, value in mine.items()}


def _typed(name: str, value: str | int | None) -> object:
    if name == "registry_source":
        return RegistrySource(str(value))
    if name == "person.relation":
        return Relation(str(value))
    return bool(value) if name == "person.wrse" else value
