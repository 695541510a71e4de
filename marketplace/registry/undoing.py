"""Take back what an import did to some families, unless somebody worked on them since.

A family is taken back as a whole or not at all: half a family would be neither what was there nor what came.
"""

from collections.abc import Sequence

from ..extensions import db
from ..groups import bulk
from .applying import values_of
from .models import Outcome, RegistryImport, RegistryRow
from .packed import unpacked
from .rules import Changes
from .world import judged

OWN = ("registry_row",)


def undo_families(import_: RegistryImport, rows: Sequence[RegistryRow]) -> None:
    """Take back the rows of some families, all of each; what stands against one is written beside its rows."""
    bulk.lock({row.household_id for row in rows if row.household_id})
    against = obstacles(import_, rows)
    free = [row for row in rows if row.household_id not in against]
    for row in rows:
        row.undone, row.against = row in free, against.get(row.household_id, "")
    import_.kept += len(rows) - len(free)
    _give_back(free)
    _remove(free)
    bulk.note({row.household_id for row in free if row.household_id}, import_.undone_by_id, import_.id, "undo")
    db.session.flush()  # the ORM writes them before the next families are looked for


def obstacles(import_: RegistryImport, rows: Sequence[RegistryRow]) -> dict[int | None, str]:
    """Return family → what stands against taking it back; only those of which something does."""
    since = {row.household_id: row.applied_at for row in rows if row.household_id and row.applied_at}
    made = {row.household_id for row in rows if row.made_household and row.household_id}
    people = {row.person_id: row.household_id for row in rows if row.made_person and row.person_id}
    found: dict[int | None, str] = dict.fromkeys(_others_in(made, people), "people")
    found |= dict.fromkeys(_differing(import_, rows), "changed")
    found |= {people[person_id]: "used" for person_id in bulk.used_people(people, OWN)}
    found |= dict.fromkeys(bulk.used_families(made, OWN), "used")
    return found | dict.fromkeys(bulk.worked_on(since, import_.id), "worked_on")


def _others_in(made: set[int], people: dict[int, int | None]) -> set[int]:
    """Return the families that came with the import and have people in them who did not."""
    return {household_id for household_id, person_id in bulk.people_in(made) if person_id not in people}


def _differing(import_: RegistryImport, rows: Sequence[RegistryRow]) -> set[int | None]:
    """Return the families of which not all stands as the import left it."""
    return {
        row.household_id
        for row, (verdict, _other, _wanted) in zip(rows, judged(import_, rows), strict=True)
        if verdict.outcome is not Outcome.UNCHANGED
        or (verdict.household_id, verdict.person_id) != (row.household_id, row.person_id)
    }


def _give_back(rows: Sequence[RegistryRow]) -> None:
    """Write down again what stood there before."""
    changed: list[tuple[RegistryRow, Changes]] = [
        (row, unpacked(row.changes_encrypted)) for row in rows if row.changes_encrypted
    ]
    families = {row.household_id: values_of(changes, 0, person=False) for row, changes in changed if row.household_id}
    people = {row.person_id: values_of(changes, 0, person=True) for row, changes in changed if row.person_id}
    bulk.change_families({key: values for key, values in families.items() if values})
    bulk.change_people({key: values for key, values in people.items() if values})


def _remove(rows: Sequence[RegistryRow]) -> None:
    """Delete the persons and families that were new; the rows forget them first."""
    families = {row.household_id for row in rows if row.made_household and row.household_id}
    people = {row.person_id for row in rows if row.made_person and row.person_id}
    for row in rows:
        row.household_id = None if row.household_id in families else row.household_id
        row.person_id = None if row.person_id in people else row.person_id
    db.session.flush()  # or the foreign keys would hold what is deleted next
    bulk.remove(families, people)
