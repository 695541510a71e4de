"""Trainings with their classes and days, who takes part, who came, and certificates."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..areas.models import Agency, Area, Commodity
from ..extensions import Model
from ..groups.models import BusinessKind, Person, RegistrySource
from ..shared import clock
from ..shared.columns import enum_column, quantity_check


class TrainingKind(StrEnum):
    TRAINING = "training"
    GUIDANCE = "guidance"
    """Bimtek: held for the members of groups before they get aid."""


class TrainingState(StrEnum):
    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


class Training(Model):
    """What an agency teaches people of one regency, in one or more classes."""

    __tablename__ = "training"
    __table_args__ = (
        CheckConstraint("(state = 'cancelled') = (cancel_reason <> '')", name="reason_of_cancelled"),
        Index(None, "regency_code", "state"),
        Index(None, "commodity_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    regency_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    title: Mapped[str] = mapped_column(String(160))
    kind: Mapped[TrainingKind] = mapped_column(enum_column(TrainingKind))
    business_kind: Mapped[BusinessKind] = mapped_column(enum_column(BusinessKind))
    commodity_id: Mapped[int | None] = mapped_column(ForeignKey("commodity.id"))
    """None where it is about no commodity: sewing, book-keeping."""
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    """Who trains."""
    funding: Mapped[str] = mapped_column(String(300), default="")
    """Who pays for it, in the office's words."""
    state: Mapped[TrainingState] = mapped_column(enum_column(TrainingState), default=TrainingState.PLANNED)
    misfit_reason: Mapped[str] = mapped_column(String(1000), default="")
    """Why it is held although its commodity is none of the area's leading ones."""
    cancel_reason: Mapped[str] = mapped_column(String(300), default="")
    planned_on: Mapped[dt.date]
    """Day on which it was planned: whether it fits is judged by the potentials of that day, for ever."""
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    regency: Mapped[Area] = relationship()
    commodity: Mapped[Commodity | None] = relationship()
    agency: Mapped[Agency] = relationship()
    classes: Mapped[list["TrainingClass"]] = relationship(back_populates="training", order_by="TrainingClass.id")


class TrainingClass(Model):
    """A class: a room with so many places, and days."""

    __tablename__ = "training_class"
    __table_args__ = (
        UniqueConstraint("training_id", "name"),
        quantity_check("places", low=1),
        CheckConstraint("taken BETWEEN 0 AND places", name="taken_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    training_id: Mapped[int] = mapped_column(ForeignKey("training.id"))
    name: Mapped[str] = mapped_column(String(80))
    room: Mapped[str] = mapped_column(String(160), default="")
    places: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    """How many take part: counted in the UPDATE that gives a place away, so that the last one goes once."""

    training: Mapped[Training] = relationship(back_populates="classes")
    days: Mapped[list["TrainingDay"]] = relationship(back_populates="of_class", order_by="TrainingDay.held_on")
    trainees: Mapped[list["Trainee"]] = relationship(back_populates="of_class", order_by="Trainee.id")


class TrainingDay(Model):
    """A day on which a class is held."""

    __tablename__ = "training_day"
    __table_args__ = (UniqueConstraint("class_id", "held_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("training_class.id"))
    held_on: Mapped[dt.date]

    of_class: Mapped[TrainingClass] = relationship(back_populates="days")


class Trainee(Model):
    """A person who takes part, once in a training; with what the registry said of him when he was chosen."""

    __tablename__ = "trainee"
    __table_args__ = (
        UniqueConstraint("training_id", "person_id"),
        CheckConstraint("decile IS NULL OR decile BETWEEN 1 AND 10", name="decile_range"),
        Index(None, "class_id"),
        Index(None, "person_id"),
        Index(None, "household_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    training_id: Mapped[int] = mapped_column(ForeignKey("training.id"))
    class_id: Mapped[int] = mapped_column(ForeignKey("training_class.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    village_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    decile: Mapped[int | None]
    source: Mapped[RegistrySource] = mapped_column(enum_column(RegistrySource))
    wrse: Mapped[bool]
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    added_at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    of_class: Mapped[TrainingClass] = relationship(back_populates="trainees")
    person: Mapped[Person] = relationship()
    village: Mapped[Area] = relationship()
    certificate: Mapped["Certificate | None"] = relationship(back_populates="trainee")


class Mark(StrEnum):
    CAME = "came"
    EXCUSED = "excused"
    """Did not come and said why before."""
    ABSENT = "absent"


class Attendance(Model):
    """Whether somebody came on a day of his class, as it is known now, and who wrote that down."""

    __tablename__ = "training_attendance"
    __table_args__ = (UniqueConstraint("trainee_id", "day_id"), Index(None, "day_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    trainee_id: Mapped[int] = mapped_column(ForeignKey("trainee.id"))
    day_id: Mapped[int] = mapped_column(ForeignKey("training_day.id"))
    mark: Mapped[Mark] = mapped_column(enum_column(Mark))
    marked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    marked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    marked_by: Mapped[User | None] = relationship()
    corrections: Mapped[list["AttendanceCorrection"]] = relationship(order_by="AttendanceCorrection.id")


class AttendanceCorrection(Model):
    """What was written down before of somebody's day, by whom and when, until it was corrected. Only added."""

    __tablename__ = "training_attendance_was"
    __table_args__ = (Index(None, "attendance_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attendance_id: Mapped[int] = mapped_column(ForeignKey("training_attendance.id"))
    mark: Mapped[Mark] = mapped_column(enum_column(Mark))
    marked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    marked_at: Mapped[dt.datetime]

    marked_by: Mapped[User | None] = relationship()


class Certificate(Model):
    """A certificate with its number. What it says is frozen with the number; the file is drawn from that."""

    __tablename__ = "training_certificate"
    __table_args__ = (
        UniqueConstraint("trainee_id"),
        UniqueConstraint("regency_code", "year", "sequence"),
        UniqueConstraint("number"),
        quantity_check("sequence", low=1),
        CheckConstraint("attended_percent BETWEEN required_percent AND 100", name="attended_enough"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    trainee_id: Mapped[int] = mapped_column(ForeignKey("trainee.id"))
    regency_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    year: Mapped[int]
    sequence: Mapped[int]
    number: Mapped[str] = mapped_column(String(40))
    """As it is printed: 0001/SERT/63.06/2026."""
    attended_percent: Mapped[int]
    """Days on which he came, percent of the days of his class."""
    required_percent: Mapped[int]
    """As it was required on the day of issue."""
    issued_on: Mapped[dt.date]
    issued_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    content: Mapped[dict[str, Any]]
    """All that is printed, as it is printed."""

    trainee: Mapped[Trainee] = relationship(back_populates="certificate")
