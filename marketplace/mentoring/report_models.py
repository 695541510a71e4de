"""What a group tells of its business every four months (catur wulan)."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..extensions import Model
from ..groups.models import Group
from ..shared import clock
from ..shared.columns import amount_check, enum_column
from ..shared.money import MAX_RUPIAH

ASKED = ("materials", "other_costs", "other_income")
"""What the shop does not know and the group is asked for, in rupiah."""


class ReportState(StrEnum):
    DRAFT = "draft"
    SENT = "sent"
    CHECKED = "checked"
    """A second person looked through it."""
    ACCEPTED = "accepted"
    BACK = "back"
    """To be mended by who sent it, with the reason."""


class ReportStep(StrEnum):
    """What can be done with a report."""

    SEND = "send"
    CHECK = "check"
    ACCEPT = "accept"
    GIVE_BACK = "give_back"


class GroupReport(Model):
    """One four-month period of one group. Its sales are of the ledger, its costs of the group's own word."""

    __tablename__ = "group_report"
    __table_args__ = (
        UniqueConstraint("group_id", "starts_on"),
        *(amount_check(name) for name in ASKED),
        CheckConstraint(
            "state = 'draft' OR (materials IS NOT NULL AND other_costs IS NOT NULL AND other_income IS NOT NULL"
            " AND first_sent_on IS NOT NULL AND sent_at IS NOT NULL AND sent_by_id IS NOT NULL)",
            name="told_when_sent",
        ),
        CheckConstraint("state NOT IN ('checked', 'accepted') OR checked_by_id IS NOT NULL", name="checked"),
        CheckConstraint("state <> 'accepted' OR accepted_by_id IS NOT NULL", name="accepted"),
        # Three people see it: one sends, another checks, a third accepts.
        CheckConstraint("checked_by_id <> sent_by_id", name="other_checks"),
        CheckConstraint("accepted_by_id <> sent_by_id AND accepted_by_id <> checked_by_id", name="other_accepts"),
        Index(None, "state", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("kube.id"))
    starts_on: Mapped[dt.date]
    """First day of its first month: 1 January, May or September."""
    due_on: Mapped[dt.date]
    """Last day to send it, by the number that held when its period ended."""
    state: Mapped[ReportState] = mapped_column(enum_column(ReportState), default=ReportState.DRAFT)
    materials: Mapped[int | None]
    """What the goods cost to make."""
    other_costs: Mapped[int | None]
    """Transport, rent, fuel, wages of others."""
    other_income: Mapped[int | None]
    """What was sold past this shop."""
    story: Mapped[str] = mapped_column(String(2000), default="")
    """How it went, in the group's words."""
    first_sent_on: Mapped[dt.date | None]
    """By the calendar of the regency: what was sent in time stays so, also when it came back to be mended."""
    sent_at: Mapped[dt.datetime | None]
    """When its sales were read from the ledger for the last time."""
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(String(300), default="")
    """Why it came back."""
    reminded_before_at: Mapped[dt.datetime | None]
    reminded_after_at: Mapped[dt.datetime | None]
    """When the group was told, by a person: once before the last day, once after it."""

    group: Mapped[Group] = relationship()
    months: Mapped[list["ReportMonth"]] = relationship(order_by="ReportMonth.month")
    events: Mapped[list["ReportEvent"]] = relationship(order_by="ReportEvent.id")


class ReportMonth(Model):
    """What the group's families earned in a month, frozen when the report was sent."""

    __tablename__ = "report_month"
    __table_args__ = (
        UniqueConstraint("report_id", "month"),
        CheckConstraint(f"earned BETWEEN -{MAX_RUPIAH} AND {MAX_RUPIAH}", name="earned_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("group_report.id"))
    month: Mapped[dt.date]
    earned: Mapped[int]
    """Rupiah; below zero where more came back than was sold."""


class ReportEvent(Model):
    """One step of a report: who, when, from where to where, and why."""

    __tablename__ = "report_event"
    __table_args__ = (Index(None, "report_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("group_report.id"))
    step: Mapped[ReportStep] = mapped_column(enum_column(ReportStep))
    from_state: Mapped[ReportState] = mapped_column(enum_column(ReportState, "from_reportstate"))
    to_state: Mapped[ReportState] = mapped_column(enum_column(ReportState, "to_reportstate"))
    note: Mapped[str] = mapped_column(String(300), default="")
    actor_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    actor: Mapped[User] = relationship()
