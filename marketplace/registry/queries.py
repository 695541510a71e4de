"""Find imports and their rows: who asks must hold a role for the regency."""

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import defer

from ..accounts.models import User
from ..areas.models import Area
from ..extensions import db
from ..shared.errors import NotFound
from ..shared.policy import Actor, Role, may
from .models import Outcome, RegistryImport, RegistryRow

IMPORTERS = frozenset({Role.ADMINISTRATOR, Role.VERIFIER})
_LEAN = (defer(RegistryImport.content_encrypted), defer(RegistryImport.sample_encrypted))
"""A list of imports needs none of their files."""


def imports_in(regency_code: str) -> Select[Any]:
    """Select (import, name of who uploaded it) of a regency, the newest first."""
    mine = select(RegistryImport, User.name).where(RegistryImport.regency_code == regency_code).options(*_LEAN)
    return mine.outerjoin(User, User.id == RegistryImport.uploaded_by_id).order_by(RegistryImport.id.desc())  # type: ignore[return-value]


def get_import_for(actor: Actor, import_id: int) -> RegistryImport:
    """Return an import. Raises NotFound, also for officers of elsewhere."""
    row = db.session.get(RegistryImport, import_id)
    if row is None or not may(actor, IMPORTERS, area_code=row.regency_code):
        raise NotFound
    return row


def rows_of(import_id: int, outcome: Outcome) -> Select[Any]:
    """Select the rows of an import that came to something, as they stand in the file."""
    of_import = RegistryRow.import_id == import_id, RegistryRow.outcome == outcome
    return select(RegistryRow).where(*of_import).order_by(RegistryRow.number)


def kept_rows(import_id: int) -> Select[Any]:
    """Select the rows that undoing left as they are."""
    of_import = RegistryRow.import_id == import_id, RegistryRow.undone.is_(False)
    return select(RegistryRow).where(*of_import).order_by(RegistryRow.number)


def new_families(import_id: int) -> int:
    """Count the families that an import brings or brought."""
    fresh = select(func.count()).where(
        RegistryRow.import_id == import_id, RegistryRow.is_head, RegistryRow.outcome == Outcome.NEW
    )
    return db.session.scalar(fresh) or 0


def village_names(codes: set[str]) -> dict[str, str]:
    """Return the names of villages by code."""
    rows = db.session.execute(select(Area.code, Area.name).where(Area.code.in_(codes)))
    return {row.code: row.name for row in rows}
