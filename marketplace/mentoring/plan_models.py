"""What a group and its mentor want to reach together, and until when."""

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..extensions import Model
from ..groups.models import Group
from ..shared import clock


class MentoringPlan(Model):
    """A group's plan for some months. The newest is the one in force; the older ones stay to be read."""

    __tablename__ = "mentoring_plan"
    __table_args__ = (CheckConstraint("ends_on >= starts_on", name="months"), Index(None, "group_id", "starts_on"))

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("kube.id"))
    goal: Mapped[str] = mapped_column(String(500))
    starts_on: Mapped[dt.date]
    """First day of its first month."""
    ends_on: Mapped[dt.date]
    """First day of its last month."""
    made_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    group: Mapped[Group] = relationship()
    made_by: Mapped[User] = relationship()
    targets: Mapped[list["PlanTarget"]] = relationship(
        back_populates="plan", order_by="PlanTarget.due_on, PlanTarget.id"
    )


class PlanTarget(Model):
    """One thing to reach, until a day."""

    __tablename__ = "plan_target"
    __table_args__ = (
        CheckConstraint("(reached_on IS NULL) = (reached_by_id IS NULL)", name="who_of_reached"),
        Index(None, "plan_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("mentoring_plan.id"))
    what: Mapped[str] = mapped_column(String(300))
    due_on: Mapped[dt.date]
    reached_on: Mapped[dt.date | None]
    reached_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    plan: Mapped[MentoringPlan] = relationship(back_populates="targets")
