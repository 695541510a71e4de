"""What several agencies plan together for an area: lines, what each agency said of them, and its secret link."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..areas.models import Agency, Area, Commodity
from ..extensions import Model
from ..groups.models import BusinessKind
from ..shared import clock
from ..shared.columns import enum_column, quantity_check
from .models import Training

OPEN = text("revoked_at IS NULL")


class AgencyPlan(Model):
    """A plan of a year for an area, on which agencies propose and agree."""

    __tablename__ = "agency_plan"
    __table_args__ = (
        UniqueConstraint("area_code", "year", "title"),
        CheckConstraint("year BETWEEN 2000 AND 2100", name="year_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    year: Mapped[int]
    title: Mapped[str] = mapped_column(String(160))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    area: Mapped[Area] = relationship()
    lines: Mapped[list["PlanLine"]] = relationship(back_populates="plan", order_by="PlanLine.id")
    links: Mapped[list["PlanLink"]] = relationship(back_populates="plan", order_by="PlanLink.id")


class LineKind(StrEnum):
    TRAINING = "training"
    AID = "aid"


class PlanLine(Model):
    """A training or an aid that somebody of an agency proposes."""

    __tablename__ = "agency_plan_line"
    __table_args__ = (
        UniqueConstraint("training_id"),
        quantity_check("people"),
        CheckConstraint("training_id IS NULL OR kind = 'training'", name="training_of_training"),
        Index(None, "plan_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("agency_plan.id"))
    kind: Mapped[LineKind] = mapped_column(enum_column(LineKind))
    what: Mapped[str] = mapped_column(String(160))
    business_kind: Mapped[BusinessKind] = mapped_column(enum_column(BusinessKind))
    commodity_id: Mapped[int | None] = mapped_column(ForeignKey("commodity.id"))
    people: Mapped[int] = mapped_column(default=0)
    """For how many people; 0 where nobody said."""
    story: Mapped[str] = mapped_column(String(1000), default="")
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    """Who proposes it."""
    proposed_by: Mapped[str] = mapped_column(String(120))
    """Name of the person who spoke for the agency."""
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Officer who wrote it down; None where it came through the agency's own link."""
    proposed_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    training_id: Mapped[int | None] = mapped_column(ForeignKey("training.id"))
    """The training that was made of it."""

    plan: Mapped[AgencyPlan] = relationship(back_populates="lines")
    commodity: Mapped[Commodity | None] = relationship()
    agency: Mapped[Agency] = relationship()
    recorded_by: Mapped[User | None] = relationship()
    training: Mapped[Training | None] = relationship()
    voices: Mapped[list["PlanVoice"]] = relationship(order_by="PlanVoice.id")


class Answer(StrEnum):
    AGREE = "agree"
    DISAGREE = "disagree"
    COMMENT = "comment"


class PlanVoice(Model):
    """What an agency said of a line, by whom and when. Only added: the last yes or no of an agency counts."""

    __tablename__ = "agency_plan_voice"
    __table_args__ = (
        CheckConstraint("answer = 'agree' OR said <> ''", name="words_of_others"),
        Index(None, "line_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("agency_plan_line.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    name: Mapped[str] = mapped_column(String(120))
    answer: Mapped[Answer] = mapped_column(enum_column(Answer))
    said: Mapped[str] = mapped_column(String(1000), default="")
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    said_at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    agency: Mapped[Agency] = relationship()
    recorded_by: Mapped[User | None] = relationship()


class PlanLink(Model):
    """The secret address by which an agency takes part in a plan, for some days; one at a time."""

    __tablename__ = "agency_plan_link"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        CheckConstraint("expires_at > created_at", name="lifetime"),
        Index(
            "uq_agency_plan_link_open", "plan_id", "agency_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("agency_plan.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    token_hash: Mapped[str] = mapped_column(String(64))
    """Fingerprint of the secret: the secret itself is shown once and kept nowhere."""
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]

    plan: Mapped[AgencyPlan] = relationship(back_populates="links")
    agency: Mapped[Agency] = relationship()
