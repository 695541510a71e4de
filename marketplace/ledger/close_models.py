"""Days that were closed: what the books said of each money account, and what was counted."""

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..extensions import Model
from ..shared import clock
from ..shared.columns import amount_check
from ..shared.money import MAX_RUPIAH

REASON_LENGTH = 300


class DayClose(Model):
    """A day up to which a regency's money accounts are closed; it holds all days since the close before it."""

    __tablename__ = "day_close"
    __table_args__ = (
        UniqueConstraint("area_code", "day"),
        CheckConstraint("seen_by_id IS NULL OR seen_by_id <> closed_by_id", name="two_persons"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    day: Mapped[dt.date]
    last_entry_id: Mapped[int]
    """The last journal entry that was there: later ones that move money are of later days."""
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    closed_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    seen_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """A second person who looked at it, if any."""
    seen_at: Mapped[dt.datetime | None]

    counts: Mapped[list["DayCount"]] = relationship(back_populates="close", order_by="DayCount.id")
    closed_by: Mapped[User | None] = relationship(foreign_keys=[closed_by_id])
    seen_by: Mapped[User | None] = relationship(foreign_keys=[seen_by_id])


class DayCount(Model):
    """One money account at a close, rupiah: what the books said, and what was there."""

    __tablename__ = "day_count"
    __table_args__ = (
        UniqueConstraint("close_id", "account"),
        CheckConstraint(f"opening BETWEEN -{MAX_RUPIAH} AND {MAX_RUPIAH}", name="opening_range"),
        amount_check("incoming"),
        amount_check("outgoing"),
        amount_check("counted"),
        CheckConstraint("counted = opening + incoming - outgoing OR reason <> ''", name="difference_explained"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    close_id: Mapped[int] = mapped_column(ForeignKey("day_close.id"))
    account: Mapped[str] = mapped_column(String(40))
    """An `Account` by its value; a new one needs no change here."""
    opening: Mapped[int]
    incoming: Mapped[int]
    outgoing: Mapped[int]
    counted: Mapped[int]
    """What the drawer held, or the statement said."""
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    """Why it is not what the books said."""
    booked: Mapped[int | None]
    """What was entered when a second person had looked, so that the books hold what was counted; 0 where a later close
    was looked at before. None until then, and in closes of the time before this."""

    close: Mapped[DayClose] = relationship(back_populates="counts")

    @property
    def expected(self) -> int:
        """Return what should be there."""
        return self.opening + self.incoming - self.outgoing

    @property
    def difference(self) -> int:
        """Return how much more is there than should be, below zero where it is less."""
        return self.counted - self.expected
