"""Who did what to whom and why: rows that are only ever added."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Model, db
from . import clock


class AuditEntry(Model):
    """One act that somebody may have to answer for."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "subject_type", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    action: Mapped[str] = mapped_column(String(60))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String(500), default="")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What changed, never personal data in the clear."""


def record(
    actor_id: int | None, action: str, subject: tuple[str, int | None], *, reason: str = "", **detail: Any
) -> None:
    """Add an audit row inside the running command; `action` is a verb such as `household.reveal`."""
    kind, identifier = subject
    db.session.add(
        AuditEntry(
            actor_id=actor_id,
            action=action,
            subject_type=kind,
            subject_id=identifier,
            reason=reason,
            detail=detail,
        )
    )
