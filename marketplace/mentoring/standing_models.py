"""Whether a group runs: derived by rules that are shown, or said by an officer; every change is kept."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..extensions import Model
from ..groups.models import Group
from ..shared import clock
from ..shared.columns import enum_column


class StandingState(StrEnum):
    RUNNING = "running"
    NEEDS_MENTORING = "needs_mentoring"
    INACTIVE = "inactive"
    """Confirmed by an officer, and so until the group sells again."""
    DISSOLVED = "dissolved"
    """Said by an officer, never by a rule."""


class Reason(StrEnum):
    """Why a group stands as it does; several may hold."""

    SELLS = "sells"
    NO_SALES = "no_sales"
    """None within the short span."""
    REPORT_LATE = "report_late"
    """The last report that was due came late or not at all."""
    FALLING = "falling"
    """Each of the last two periods earned less than the one before it."""
    LONG_SILENT = "long_silent"
    """No sales within the long span, and so many reports missed: an officer may confirm that it is inactive."""
    CONFIRMED = "confirmed"
    DISSOLVED = "dissolved"


OPEN = text("ended_at IS NULL")


class GroupStanding(Model):
    """How a group stood from a moment and until a moment, and why; the open row is how it stands now."""

    __tablename__ = "group_standing"
    __table_args__ = (
        Index("uq_group_standing_open", "group_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        CheckConstraint("ended_at IS NULL OR ended_at >= began_at", name="moments"),
        CheckConstraint(
            "state NOT IN ('inactive', 'dissolved') OR decided_by_id IS NOT NULL", name="officer_of_inactive"
        ),
        CheckConstraint("state <> 'dissolved' OR note <> ''", name="why_dissolved"),
        Index(None, "group_id", "began_at"),
        Index(None, "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("kube.id"))
    state: Mapped[StandingState] = mapped_column(enum_column(StandingState))
    reasons: Mapped[list[str]]
    """Values of `Reason`, in the order in which they are said."""
    is_falling: Mapped[bool] = mapped_column(default=False)
    is_long_silent: Mapped[bool] = mapped_column(default=False)
    """Both are among the reasons too; here lists can ask for them."""
    last_sale_on: Mapped[dt.date | None]
    """As it was known when the group was looked at last while it stood so."""
    began_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[dt.datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """The officer; None where a rule derived it."""
    note: Mapped[str] = mapped_column(String(300), default="")
    """Why, in the officer's words."""

    group: Mapped[Group] = relationship()
    decided_by: Mapped[User | None] = relationship()
