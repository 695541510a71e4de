"""Visits of mentors to groups and families, what they found, and what is to be done until when."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..extensions import Model
from ..groups.models import Group, Household
from ..shared import clock
from ..shared.columns import enum_column
from ..shared.images import Image


class VisitKind(StrEnum):
    GROUP = "group"
    """At the place where the group works."""
    HOME = "home"
    """At one family's home."""


class Visit(Model):
    """A mentor was there and wrote down what he found. A fact: corrected by another visit, never changed."""

    __tablename__ = "visit"
    __table_args__ = (
        UniqueConstraint("key"),
        CheckConstraint("(kind = 'group') = (group_id IS NOT NULL)", name="group_of_kind"),
        Index(None, "group_id", "visited_on"),
        Index(None, "mentor_id", "visited_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(36))
    """Made where it was written: sent twice, it is one visit."""
    kind: Mapped[VisitKind] = mapped_column(enum_column(VisitKind))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("kube.id"))
    mentor_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    visited_on: Mapped[dt.date]
    """By the calendar of the regency, as the mentor said it."""
    findings: Mapped[str] = mapped_column(String(4000))
    received_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    """When it reached the office: a visit may be written without a signal and sent later."""

    group: Mapped[Group | None] = relationship()
    mentor: Mapped[User] = relationship()
    families: Mapped[list["VisitedHousehold"]] = relationship(back_populates="visit", order_by="VisitedHousehold.id")
    photos: Mapped[list["VisitPhoto"]] = relationship(order_by="VisitPhoto.position")
    follow_ups: Mapped[list["FollowUp"]] = relationship(back_populates="visit", order_by="FollowUp.due_on")


class VisitedHousehold(Model):
    """A family that was spoken with on a visit: it counts as visited that day."""

    __tablename__ = "visited_household"
    __table_args__ = (UniqueConstraint("visit_id", "household_id"), Index(None, "household_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))

    visit: Mapped[Visit] = relationship(back_populates="families")
    household: Mapped[Household] = relationship()


class VisitPhoto(Model):
    """A photo that was taken on a visit; never public."""

    __tablename__ = "visit_photo"
    __table_args__ = (UniqueConstraint("visit_id", "position"), Index(None, "image_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"))
    position: Mapped[int]

    image: Mapped[Image] = relationship()


class FollowUp(Model):
    """What was agreed on at a visit, and until when."""

    __tablename__ = "follow_up"
    __table_args__ = (
        CheckConstraint("(done_on IS NULL) = (done_by_id IS NULL)", name="who_of_done"),
        Index(None, "visit_id"),
        Index(None, "done_on", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    what: Mapped[str] = mapped_column(String(300))
    due_on: Mapped[dt.date]
    done_on: Mapped[dt.date | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    outcome: Mapped[str] = mapped_column(String(300), default="")
    """What came of it, in the words of who closed it."""

    visit: Mapped[Visit] = relationship(back_populates="follow_ups")
