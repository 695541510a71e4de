"""What the job worker does with lists: some hundred rows in each transaction, and on from there whoever comes next.

The import's row is locked in each step, and every step begins where the rows say: a second worker does nothing twice,
and a worker that died is gone on from.
"""

import base64
from collections.abc import Callable
from itertools import islice

from sqlalchemy import func, select

from ..extensions import db
from ..groups.models import Relation
from ..shared import clock, personal
from ..shared.transaction import unit_of_work
from ..shared.upsert import insert
from . import reading, service
from .applying import apply_rows
from .columns import Column, cells_of
from .models import ImportState, Outcome, RegistryImport, RegistryRow
from .packed import packed, unpacked
from .reading import Row, Unreadable
from .rules import Refused, number_of, relation_of
from .undoing import undo_families
from .world import judged

CHUNK = 500
FAMILIES = 200
S = ImportState


def waiting() -> list[int]:
    """Return the imports that wait for the worker."""
    ids = list(
        db.session.scalars(
            select(RegistryImport.id).where(RegistryImport.state.in_(service.RUNNING)).order_by(RegistryImport.id)
        )
    )
    db.session.rollback()
    return ids


def run() -> None:
    """Go on with every import that waits, until each rests."""
    for import_id in waiting():
        read(import_id)
        while step(import_id):
            pass


def read(import_id: int) -> None:
    """Read the rows of a file and keep them encrypted; no transaction is open while the file itself is read."""
    row = db.session.get_one(RegistryImport, import_id)
    state, content, head_line = row.state, row.content_encrypted, row.head_line
    roles = [Column(role) for role in row.roles]
    db.session.rollback()
    if state is not S.READING or content is None:
        return
    lines = (each for each in reading.rows_of(base64.b85decode(unpacked(content))) if each[0] > head_line)
    try:
        while chunk := list(islice(lines, CHUNK)):
            with unit_of_work():
                if not _keep(import_id, chunk, roles):
                    return
    except Unreadable as error:
        with unit_of_work():
            _fail(import_id, error)
        return
    with unit_of_work():
        _end_reading(import_id)


def _keep(import_id: int, lines: list[Row], roles: list[Column]) -> bool:
    """Keep rows that were not read yet; return False when the import is not being read any more."""
    row = service.locked(import_id)
    if row.state is not S.READING:
        return False
    fresh = [(number, cells) for number, cells in lines if number > row.last_line]
    if fresh:
        values = [_staged(import_id, number, cells, roles) for number, cells in fresh]
        db.session.execute(insert(RegistryRow).on_conflict_do_nothing(), values)
        row.rows += len(fresh)
        row.last_line = fresh[-1][0]
    return True


def _staged(import_id: int, number: int, cells: list[str], roles: list[Column]) -> dict[str, object]:
    known = cells_of(cells, roles)
    kk, nik = number_of(known[Column.KK]), number_of(known[Column.NIK])
    try:
        is_head = relation_of(known, roles) is Relation.HEAD
    except Refused:
        is_head = False
    return {
        "import_id": import_id,
        "number": number,
        "digest": personal.lookup_hash("|".join(cells), purpose="registry"),
        "cells_encrypted": packed(cells),
        "kk_hash": personal.lookup_hash(kk, purpose="kk") if kk else None,
        "nik_hash": personal.lookup_hash(nik, purpose="nik") if nik else None,
        "is_head": is_head,
        "reason": "",
        "against": "",
        "made_household": False,
        "made_person": False,
    }


def _fail(import_id: int, error: Unreadable) -> None:
    row = service.locked(import_id)
    if row.state is S.READING:
        row.problem = error.trouble.value
        row.content_encrypted = None
        service.move(row, S.FAILED)


def _end_reading(import_id: int) -> None:
    row = service.locked(import_id)
    if row.state is not S.READING:
        return
    row.content_encrypted = None
    if row.rows == 0:
        row.problem = reading.Trouble.EMPTY.value
    service.move(row, S.CHECKING if row.rows else S.FAILED)


def step(import_id: int) -> bool:
    """Do one handful of what an import waits for; return whether there is more. Anybody may call it at any time."""
    with unit_of_work():
        row = service.locked(import_id)
        act = STEPS.get(row.state)
        return act is not None and act(row)


def _rows(import_: RegistryImport, *conditions: object, heads_first: bool = True) -> list[RegistryRow]:
    """Return the next rows of which something holds; heads of families come before all others."""
    mine = select(RegistryRow).where(RegistryRow.import_id == import_.id, *conditions)  # type: ignore[arg-type]
    return list(db.session.scalars(mine.order_by(RegistryRow.is_head.desc(), RegistryRow.number).limit(CHUNK)))


def _check(import_: RegistryImport) -> bool:
    rows = _of_one_kind(_rows(import_, RegistryRow.outcome.is_(None)))
    if not rows:
        _count(import_)
        service.move(import_, S.CHECKED)
        return False
    for row, (verdict, other, _wanted) in zip(rows, judged(import_, rows), strict=True):
        row.outcome, row.reason, row.other = verdict.outcome, (verdict.reason or ""), other
        row.changes_encrypted = packed(verdict.changes) if verdict.changes else None
    import_.done += len(rows)
    return True


def _of_one_kind(rows: list[RegistryRow]) -> list[RegistryRow]:
    """Return the heads of a handful, or its others where there is no head: those ask what became of their heads."""
    heads = [row for row in rows if row.is_head]
    return heads or rows


def _count(import_: RegistryImport) -> None:
    """Write down how many rows came to what."""
    db.session.flush()
    counted = select(RegistryRow.outcome, func.count()).where(RegistryRow.import_id == import_.id)
    found = {row[0]: row[1] for row in db.session.execute(counted.group_by(RegistryRow.outcome))}
    import_.new, import_.changed = found.get(Outcome.NEW, 0), found.get(Outcome.CHANGED, 0)
    import_.unchanged, import_.refused = found.get(Outcome.UNCHANGED, 0), found.get(Outcome.REFUSED, 0)
    db.session.flush()


def _apply(import_: RegistryImport) -> bool:
    to_do = RegistryRow.outcome.in_((Outcome.NEW, Outcome.CHANGED)), RegistryRow.applied_at.is_(None)
    rows = _of_one_kind(_rows(import_, *to_do))
    if not rows:
        _count(import_)
        import_.applied_at = clock.now()
        service.move(import_, S.APPLIED)
        return False
    apply_rows(import_, rows)
    import_.done += len(rows)
    return True


def _undo(import_: RegistryImport) -> bool:
    mine = RegistryRow.import_id == import_.id, RegistryRow.applied_at.is_not(None), RegistryRow.undone.is_(None)
    ids = list(
        db.session.scalars(
            select(RegistryRow.household_id).where(*mine).distinct().order_by(RegistryRow.household_id).limit(FAMILIES)
        )
    )
    if not ids:
        import_.undone_at = clock.now()
        service.move(import_, S.UNDONE)
        return False
    rows = list(db.session.scalars(select(RegistryRow).where(*mine, RegistryRow.household_id.in_(ids))))
    undo_families(import_, rows)
    import_.done += len(rows)
    return True


STEPS: dict[ImportState, Callable[[RegistryImport], bool]] = {S.CHECKING: _check, S.APPLYING: _apply, S.UNDOING: _undo}
