"""Proposals to make a family anonymous, and what became of them."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..extensions import Model
from ..shared import clock
from ..shared.columns import enum_column
from .models import Household


class ForgettingState(StrEnum):
    PROPOSED = "proposed"
    RUNNING = "running"
    """Only within the transaction that forgets: rows that are only added let words be taken out while it lasts."""
    DONE = "done"
    DECLINED = "declined"


class Forgetting(Model):
    """A family that somebody, or the time to keep it, proposes to make anonymous; another person confirms it."""

    __tablename__ = "forgetting"
    __table_args__ = (
        CheckConstraint("proposed_by_id <> decided_by_id", name="two_people"),
        CheckConstraint("(state = 'proposed') = (decided_by_id IS NULL)", name="decided_by_somebody"),
        Index(
            "uq_forgetting_open",
            "household_id",
            unique=True,
            sqlite_where=text("state = 'proposed'"),
            postgresql_where=text("state = 'proposed'"),
        ),
        Index(None, "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    state: Mapped[ForgettingState] = mapped_column(enum_column(ForgettingState), default=ForgettingState.PROPOSED)
    reason: Mapped[str] = mapped_column(String(300), default="")
    """Why before its time; empty where the time is over."""
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """None: the job, by the time to keep."""
    proposed_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[dt.datetime | None]
    note: Mapped[str] = mapped_column(String(300), default="")
    """Why it was declined."""

    household: Mapped[Household] = relationship()
    proposed_by: Mapped[User | None] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
