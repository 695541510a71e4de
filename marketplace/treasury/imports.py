"""Take in a bank's file: kept whole until its columns are known and its lines were looked at; then each line once."""

import hashlib
from collections.abc import Sequence

from sqlalchemy import select

from ..areas.queries import time_zone
from ..extensions import db
from ..shared import audit, clock
from ..shared.errors import InvalidInput, StateConflict
from ..shared.i18n import _
from ..shared.transaction import command
from ..shared.upsert import insert
from . import layouts, queries, reading
from .layouts import Layout, Read, Rejected, Table
from .models import LineState, StatementFile, StatementLayout, StatementLine
from .reading import Column

CHUNK = 500


@command
def upload(account_id: int, name: str, raw: bytes, actor_id: int | None) -> StatementFile:
    """Keep a file that can be read as a table, in the place of one of the account that was never looked at.

    Raises InvalidInput for what is no CSV.
    """
    reading.rows_of(raw)
    unseen = select(StatementFile).where(StatementFile.account_id == account_id, StatementFile.kept_at.is_(None))
    file = db.session.scalar(unseen.with_for_update()) or StatementFile(account_id=account_id)
    file.name, file.content, file.uploaded_by_id, file.uploaded_at = name[:120], raw, actor_id, clock.now()
    db.session.add(file)
    db.session.flush()  # the audit row names its id
    audit.record(actor_id, "statement.upload", ("statement_file", file.id))
    return file


def table_of(file: StatementFile) -> Table:
    """Return the table in a file."""
    return layouts.table_of(reading.rows_of(file.content or b""))


def layout_for(file: StatementFile, table: Table) -> Layout | None:
    """Return what is remembered of the account's columns; None when nothing is, or the heads are others now."""
    known = queries.layout_of(file.account_id)
    if known is None or known.heads != table.heads:
        return None
    return Layout([Column(role) for role in known.roles], known.day_first)


@command
def remember(account_id: int, heads: Sequence[str], layout: Layout, actor_id: int | None) -> None:
    """Remember what the columns of an account's statements hold. Raises InvalidInput when no lines come of it."""
    problems = layouts.wrong_with(layout)
    if problems:
        raise InvalidInput(" ".join(str(problem) for problem in problems))
    values = {"heads": list(heads), "roles": [each.value for each in layout.columns], "day_first": layout.day_first}
    statement = insert(StatementLayout).values(account_id=account_id, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=["account_id"], set_=values))
    audit.record(actor_id, "statement.layout", ("collection_account", account_id))


def understood(file: StatementFile) -> tuple[list[Read], list[Rejected]]:
    """Return the lines and the rejected rows of a file. Raises StateConflict before its columns are known."""
    table = table_of(file)
    layout = layout_for(file, table)
    if layout is None:
        raise StateConflict(_("Say first what the columns hold."))
    return layouts.read(table, layout, clock.today(time_zone(file.account.area_code)))


def mark_of(file: StatementFile) -> str:
    """Return what tells the content of a file from another's."""
    return hashlib.sha256(file.content or b"").hexdigest()


def be_same(file: StatementFile, mark: str) -> None:
    """See that a file still holds what was looked at. Raises StateConflict when another one took its place."""
    if mark_of(file) != mark:
        raise StateConflict(
            _("Another file was uploaded for this account meanwhile. Nothing was kept: look at it again.")
        )


@command
def keep(file_id: int, mark: str, lines: Sequence[Read], actor_id: int | None) -> int:
    """Keep the lines of a file that are not known yet, and forget its content; return how many are new.

    `mark` is that of the content which the lines were read from. Raises StateConflict when it is another now.
    """
    file = db.session.get_one(StatementFile, file_id, with_for_update=True, populate_existing=True)
    be_same(file, mark)
    added = sum(_keep_some(file, lines[start : start + CHUNK]) for start in range(0, len(lines), CHUNK))
    file.content, file.kept_at = None, clock.now()
    audit.record(actor_id, "statement.keep", ("statement_file", file_id), lines=len(lines), added=added)
    return added


def _keep_some(file: StatementFile, lines: Sequence[Read]) -> int:
    rows = [
        {
            **vars(line),
            "account_id": file.account_id,
            "file_id": file.id,
            "state": LineState.OPEN if line.amount > 0 else LineState.OUTGOING,
        }
        for line in lines
    ]
    statement = insert(StatementLine).values(rows).on_conflict_do_nothing().returning(StatementLine.id)
    return len(db.session.scalars(statement).all())
