"""Take the lines of a kept file out again, as long as nothing was decided about any of them.

The file's own row stays, without lines: its audit rows say what it was.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, case, delete, exists, func, select
from sqlalchemy.orm import contains_eager, joinedload

from ..extensions import db
from ..payments.models import CollectionAccount
from ..payments.queries import TREASURERS
from ..shared import audit
from ..shared.errors import NotFound, StateConflict
from ..shared.i18n import _
from ..shared.policy import Actor, may
from ..shared.transaction import command
from . import rules
from .models import StatementFile, StatementLine


@dataclass(frozen=True)
class Use:
    """How many lines a file brought, and about how many of them something is decided."""

    lines: int
    used: int


def files(area_code: str) -> Select[StatementFile]:
    """Select the files of a regency's accounts that brought lines, the newest first."""
    brought = exists().where(StatementLine.file_id == StatementFile.id)
    statement = select(StatementFile).join(StatementFile.account).options(contains_eager(StatementFile.account))
    return statement.where(CollectionAccount.area_code == area_code, brought).order_by(StatementFile.id.desc())


def uses(file_ids: Collection[int]) -> dict[int, Use]:
    """Return file → what is to know of its lines; only those with lines."""
    used = func.sum(case((StatementLine.state.in_(rules.UNUSED), 0), else_=1))
    statement = select(StatementLine.file_id, func.count(), used).where(StatementLine.file_id.in_(file_ids))
    rows = db.session.execute(statement.group_by(StatementLine.file_id))
    return {file_id: Use(count, int(some)) for file_id, count, some in rows}


def get_file_for(actor: Actor, file_id: int) -> tuple[StatementFile, Use]:
    """Return a file that brought lines, and their use. Raises NotFound, also for treasurers of elsewhere."""
    file = db.session.get(StatementFile, file_id, options=[joinedload(StatementFile.account)])
    if file is None or not may(actor, TREASURERS, area_code=file.account.area_code):
        raise NotFound
    use = uses([file_id]).get(file_id)
    if use is None:
        raise NotFound
    return file, use


@command
def undo(file_id: int, actor_id: int | None) -> int:
    """Take out all lines of a file; return how many.

    The row of the file is locked first, then its lines: who decides about one of them comes before, and it is used, or
    afterwards, and it is gone. Raises StateConflict when one is used, or none is there any more.
    """
    # Not the whole lock: who matches a line names its file once more, holding the line that is waited for below.
    db.session.get_one(StatementFile, file_id, with_for_update={"key_share": True}, populate_existing=True)
    own = select(StatementLine.id, StatementLine.state).where(StatementLine.file_id == file_id)
    lines = db.session.execute(own.order_by(StatementLine.id).with_for_update()).all()
    if not lines:
        raise StateConflict
    if any(state not in rules.UNUSED for _id, state in lines):
        raise StateConflict(_("Some of these lines are used meanwhile. Nothing was taken out."))
    db.session.execute(delete(StatementLine).where(StatementLine.file_id == file_id))
    ids = [line_id for line_id, _state in lines]
    subject = ("statement_file", file_id)
    audit.record(actor_id, "statement.undo_import", subject, lines=len(ids), first=ids[0], last=ids[-1])
    return len(ids)
