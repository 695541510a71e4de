"""A household's month against the poverty line, kept as it was reckoned."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..areas.models import PovertyLine
from ..extensions import Model
from ..groups.models import Household
from ..shared import clock
from ..shared.columns import amount_check, enum_column
from ..shared.money import MAX_RUPIAH


class MonthStatus(StrEnum):
    PASSED = "passed"
    NOT_PASSED = "not_passed"
    NO_DATA = "no_data"
    """Belum dinilai: never a pass."""


class NoteKind(StrEnum):
    COST = "cost"
    """A direct cost or fee of the household's sales."""
    OTHER_INCOME = "other_income"


class NoteState(StrEnum):
    TOLD = "told"
    """A cost counts as it was told, another income not yet."""
    VERIFIED = "verified"
    REJECTED = "rejected"
    """The verifier said why it does not count."""
    TAKEN_BACK = "taken_back"
    """By who wrote it down: it was a mistake."""


class IncomeNote(Model):
    """A cost or another income of a household's month, told by the family; other income counts once verified.

    A wrong one is never changed or removed: it stays with who ended it.
    """

    __tablename__ = "income_note"
    __table_args__ = (amount_check("amount", low=1), Index(None, "household_id", "month"))

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    month: Mapped[dt.date]
    kind: Mapped[NoteKind] = mapped_column(enum_column(NoteKind))
    amount: Mapped[int]
    description: Mapped[str] = mapped_column(String(200))
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    verified_at: Mapped[dt.datetime | None]
    state: Mapped[NoteState] = mapped_column(enum_column(NoteState), default=NoteState.TOLD)
    reason: Mapped[str] = mapped_column(String(300), default="")
    """Why it was rejected."""
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Who rejected it or took it back."""
    ended_at: Mapped[dt.datetime | None]


class Snapshot(Model):
    """One month of one household. Final once the month is over: a later line or note never rewrites it."""

    __tablename__ = "snapshot"
    __table_args__ = (
        UniqueConstraint("household_id", "month"),
        CheckConstraint(f"net_sales BETWEEN -{MAX_RUPIAH} AND {MAX_RUPIAH}", name="net_sales_range"),
        CheckConstraint("people BETWEEN 0 AND 100", name="people_range"),
        Index(None, "month", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    month: Mapped[dt.date]
    """First day of the month."""
    net_sales: Mapped[int]
    """Own share of what was delivered and paid, less returns, less recorded costs; may be below zero."""
    other_income: Mapped[int]
    people: Mapped[int]
    income_per_person: Mapped[int]
    """Whole rupiah, rounded down: never better than it is."""
    line_id: Mapped[int | None] = mapped_column(ForeignKey("poverty_line.id"))
    line_amount: Mapped[int | None]
    """The line times the multiplier, rupiah per person; None when the area has no line."""
    status: Mapped[MonthStatus] = mapped_column(enum_column(MonthStatus))
    is_final: Mapped[bool] = mapped_column(default=False)
    computed_at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    household: Mapped[Household] = relationship()
    line: Mapped[PovertyLine | None] = relationship()
