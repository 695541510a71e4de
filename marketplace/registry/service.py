"""Commands on imports of lists: from the upload to what is undone. The slow parts are done in `work.py`."""

import base64
import datetime as dt
from collections.abc import Sequence

from sqlalchemy import delete, select

from ..areas import queries as areas
from ..areas.models import FigureKey
from ..extensions import db
from ..groups.models import RegistrySource
from ..shared import audit, clock, personal
from ..shared.errors import InvalidInput, StateConflict
from ..shared.i18n import _l
from ..shared.transaction import after_commit, command
from ..shared.turn import turn
from ..shared.upsert import insert
from . import columns, wake
from .columns import Column, Table
from .models import ImportState, RegistryImport, RegistryLayout, RegistryRow
from .packed import packed

S = ImportState
DROPPABLE = frozenset({S.UPLOADED, S.CHECKED, S.FAILED})
RUNNING = frozenset({S.READING, S.CHECKING, S.APPLYING, S.UNDOING})
"""The job worker has them in hand."""
RESTING = frozenset(S) - RUNNING


def subject(import_id: int) -> tuple[str, int]:
    """Return how the audit log names an import."""
    return ("registry_import", import_id)


@command
def upload(
    regency_code: str, source: RegistrySource, file: tuple[str, bytes], table: Table, actor_id: int
) -> RegistryImport:
    """Keep a file (name, bytes) of which the heads were read, until its columns are known; sent twice it is one."""
    name, raw = file
    packed_file = base64.b85encode(raw).decode()
    digest = personal.lookup_hash(packed_file, purpose="registry")
    same = select(RegistryImport).where(RegistryImport.regency_code == regency_code, RegistryImport.source == source)
    there = db.session.scalar(same.where(RegistryImport.digest == digest, RegistryImport.state == S.UPLOADED))
    if there is not None and there.forgotten_at is None:
        return there
    row = RegistryImport(
        regency_code=regency_code,
        source=source,
        name=name[:120],
        digest=digest,
        content_encrypted=packed(packed_file),
        sample_encrypted=packed(table.sample),
        head_line=table.head_line,
        heads=table.heads,
        roles=[],
        uploaded_by_id=actor_id,
    )
    db.session.add(row)
    db.session.flush()  # the audit row names its id
    audit.record(actor_id, "registry.upload", subject(row.id), source=source.value)
    return row


def remembered(import_: RegistryImport) -> list[Column]:
    """Return what the columns of a file hold: as it was said for the same heads before, else as they are guessed.

    A file may have more columns, as that of the refused rows has; those are guessed.
    """
    known = db.session.get(RegistryLayout, (import_.regency_code, import_.source))
    guessed = columns.guess(import_.heads)
    if known is None or import_.heads[: len(known.heads)] != known.heads:
        return guessed
    said = [Column(role) for role in known.roles]
    return said + [each if each not in said else Column.SKIP for each in guessed[len(said) :]]


@command
def begin(import_id: int, roles: Sequence[Column], actor_id: int) -> None:
    """Say what the columns hold, remember it for the source, and let the rows be read.

    Raises InvalidInput when a needed column is missing, StateConflict once it was begun.
    """
    problems = columns.wrong_with(roles)
    if problems:
        raise InvalidInput(" ".join(str(problem) for problem in problems))
    row = locked(import_id)
    if row.state is not S.UPLOADED:
        raise StateConflict
    row.roles = [each.value for each in roles]
    values = {"heads": row.heads, "roles": row.roles}
    statement = insert(RegistryLayout).values(regency_code=row.regency_code, source=row.source, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=["regency_code", "source"], set_=values))
    _turn(row, S.READING)
    audit.record(actor_id, "registry.columns", subject(import_id))


@command
def apply(import_id: int, actor_id: int) -> None:
    """Let what was looked at be written down. Raises StateConflict when it is not there to be applied."""
    row = locked(import_id)
    if row.state is not S.CHECKED or row.new + row.changed == 0:
        raise StateConflict
    row.applied_by_id = actor_id
    _turn(row, S.APPLYING)
    audit.record(actor_id, "registry.apply", subject(import_id), new=row.new, changed=row.changed)


@command
def undo(import_id: int, actor_id: int) -> None:
    """Let what an import did be taken back, but for what was worked on since. Raises StateConflict when it cannot."""
    row = locked(import_id)
    if row.state is not S.APPLIED:
        raise StateConflict
    if row.forgotten_at is not None:
        raise StateConflict(_l("Its rows were deleted, so it cannot be undone any more."))
    row.undone_by_id = actor_id
    _turn(row, S.UNDOING)
    audit.record(actor_id, "registry.undo", subject(import_id))


@command
def drop(import_id: int, actor_id: int) -> None:
    """Throw a file away that was not applied, with all that was read of it."""
    row = locked(import_id)
    if row.state not in DROPPABLE:
        raise StateConflict
    _turn(row, S.DROPPED)
    _forget(row)
    audit.record(actor_id, "registry.drop", subject(import_id))


def locked(import_id: int) -> RegistryImport:
    """Load an import so that nobody else goes on with it meanwhile."""
    statement = select(RegistryImport).where(RegistryImport.id == import_id)
    return db.session.scalars(statement.with_for_update().execution_options(populate_existing=True)).one()


def _turn(row: RegistryImport, state: ImportState) -> None:
    turn(row, state, done=0, moved_at=clock.now())
    if state in RUNNING:
        after_commit(wake.wake)


def move(row: RegistryImport, state: ImportState) -> None:
    """Give a locked import its next state, in the worker."""
    turn(row, state, done=0, moved_at=clock.now())


@command
def forget_old(now: dt.datetime) -> int:
    """Delete the rows of imports that rest longer than the office keeps them; return of how many imports."""
    old = 0
    waiting = RegistryImport.forgotten_at.is_(None), RegistryImport.state.in_(RESTING)
    for row in db.session.scalars(select(RegistryImport).where(*waiting).order_by(RegistryImport.id)).all():
        today = clock.local_date(now, areas.time_zone(row.regency_code))
        days = areas.figure(FigureKey.REGISTRY_DAYS, row.regency_code, today)
        if row.moved_at + dt.timedelta(days=days) <= now:
            _forget(row)
            old += 1
    return old


def _forget(row: RegistryImport) -> None:
    db.session.execute(delete(RegistryRow).where(RegistryRow.import_id == row.id))
    row.content_encrypted = row.sample_encrypted = None
    row.forgotten_at = clock.now()
