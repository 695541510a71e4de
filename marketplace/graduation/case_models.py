"""The way of a family out of aid: criteria by version, assessments that are frozen, and the case with its log."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..extensions import Model
from ..groups.models import Household
from ..mentoring.models import Visit
from ..shared import clock
from ..shared.columns import enum_column
from ..shared.images import Image
from .criteria_rules import CriterionKey, CriterionKind, Outcome


class CriteriaSet(Model):
    """What families of an area have to show, from a day on. A version is never changed: a new one follows it."""

    __tablename__ = "criteria_set"
    __table_args__ = (
        UniqueConstraint("area_code", "version"),
        UniqueConstraint("area_code", "effective_from"),
        CheckConstraint("version > 0", name="version_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    area_code: Mapped[str] = mapped_column(String(13))
    """A regency or province code, or NATIONAL."""
    version: Mapped[int]
    effective_from: Mapped[dt.date]
    source: Mapped[str] = mapped_column(String(300))
    """Decree or guideline that says so."""
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    criteria: Mapped[list["Criterion"]] = relationship(order_by="Criterion.position")
    made_by: Mapped[User | None] = relationship()


class Criterion(Model):
    """One thing of a set, with its numbers."""

    __tablename__ = "criterion"
    __table_args__ = (UniqueConstraint("set_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    set_id: Mapped[int] = mapped_column(ForeignKey("criteria_set.id"))
    position: Mapped[int]
    key: Mapped[CriterionKey] = mapped_column(enum_column(CriterionKey))
    kind: Mapped[CriterionKind] = mapped_column(enum_column(CriterionKind))
    is_required: Mapped[bool]
    """Blocks when it does not hold, or was not answered; the others are weighed by people."""
    alternative_to: Mapped[CriterionKey | None] = mapped_column(enum_column(CriterionKey, "alternative"))
    """Stands in for that one where it holds."""
    parameters: Mapped[dict[str, Any]]
    """By the names in `criteria_rules.SCHEMA`."""
    source: Mapped[str] = mapped_column(String(300))


class CaseState(StrEnum):
    RECIPIENT = "recipient"
    MENTORED = "mentored"
    READY = "ready"
    PROPOSED = "proposed"
    VERIFICATION = "verification"
    DELIBERATION = "deliberation"
    APPROVED = "approved"
    REJECTED = "rejected"
    POSTPONED = "postponed"
    GRADUATED = "graduated"
    MONITORED = "monitored"
    INDEPENDENT = "independent"
    RELAPSED = "relapsed"
    PROPOSED_BACK = "proposed_back"
    WITHDRAWN = "withdrawn"
    APPEALED = "appealed"
    """Suspended: nothing moves until the appeal is answered."""
    ADMINISTRATIVE = "administrative"
    """Left for a reason that is no success: moved away, died, counted twice."""


ENDED = frozenset({CaseState.REJECTED, CaseState.PROPOSED_BACK, CaseState.WITHDRAWN, CaseState.ADMINISTRATIVE})
"""A new case may begin after these."""
OUT_OF_AID = (
    CaseState.GRADUATED,
    CaseState.MONITORED,
    CaseState.INDEPENDENT,
    CaseState.RELAPSED,
    CaseState.PROPOSED_BACK,
)
"""Only by a decree and a reference in the ministry's own system."""
GOING = text(f"state NOT IN ({', '.join(repr(state.value) for state in sorted(ENDED))})")


class WarningKind(StrEnum):
    MONTHS = "months"
    """Months in a row below the line."""
    SHOCK = "shock"
    """Illness, fire, flood, loss of work: told by an officer."""


class ExitReason(StrEnum):
    MOVED = "moved"
    DIED = "died"
    DOUBLE = "double"
    """The same family twice in the register."""
    OTHER = "other"


class Case(Model):
    """A family's way out of aid. Nothing here ends anybody's aid: it keeps what people decided, and the proof."""

    __tablename__ = "graduation_case"
    __table_args__ = (
        CheckConstraint("proposed_by_id <> verified_by_id", name="proposer_verifies"),
        CheckConstraint("proposed_by_id <> decided_by_id", name="proposer_decides"),
        CheckConstraint("verified_by_id <> decided_by_id", name="verifier_decides"),
        CheckConstraint("(decided_by_id IS NULL) OR (verified_by_id IS NOT NULL)", name="verified_before_decided"),
        CheckConstraint("(verified_by_id IS NULL) OR (proposed_by_id IS NOT NULL)", name="proposed_before_verified"),
        CheckConstraint(
            f"state NOT IN ({', '.join(repr(state.value) for state in OUT_OF_AID)}) OR "
            "(decree_number <> '' AND decree_on IS NOT NULL AND ministry_reference <> '' AND effective_on IS NOT NULL)",
            name="proof_of_graduation",
        ),
        CheckConstraint("(state = 'appealed') = (suspended_state IS NOT NULL)", name="state_before_appeal"),
        CheckConstraint("(state = 'administrative') = (exit_reason IS NOT NULL)", name="reason_of_exit"),
        Index("uq_graduation_case_going", "household_id", unique=True, sqlite_where=GOING, postgresql_where=GOING),
        Index(None, "household_id", "id"),
        Index(None, "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    state: Mapped[CaseState] = mapped_column(enum_column(CaseState), default=CaseState.RECIPIENT)
    opened_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    mentor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    is_confirmed: Mapped[bool | None]
    """What was found at home is as it was proposed."""
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decree_number: Mapped[str] = mapped_column(String(80), default="")
    decree_on: Mapped[dt.date | None]
    ministry_reference: Mapped[str] = mapped_column(String(80), default="")
    effective_on: Mapped[dt.date | None]
    suspended_state: Mapped[CaseState | None] = mapped_column(enum_column(CaseState, "suspended"))
    warning: Mapped[WarningKind | None] = mapped_column(enum_column(WarningKind, "warning"))
    """Waits for an officer to say whether it is a relapse."""
    warned_month: Mapped[dt.date | None]
    """Last month that a warning was given for: the same is not given twice."""
    exit_reason: Mapped[ExitReason | None] = mapped_column(enum_column(ExitReason))
    changed_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    """Since when it waits in its state."""

    household: Mapped[Household] = relationship()
    mentor: Mapped[User | None] = relationship(foreign_keys=[mentor_id])
    proposed_by: Mapped[User | None] = relationship(foreign_keys=[proposed_by_id])
    verified_by: Mapped[User | None] = relationship(foreign_keys=[verified_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])


class Assessment(Model):
    """A family held against a version of the criteria, on a day, with all that was looked at as it was then.

    Rows are only added: a refund or a correction that comes later is noted beside it (AssessmentChange).
    """

    __tablename__ = "assessment"
    __table_args__ = (Index(None, "case_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("graduation_case.id"))
    set_id: Mapped[int] = mapped_column(ForeignKey("criteria_set.id"))
    made_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    day: Mapped[dt.date]
    frozen: Mapped[dict[str, Any]]
    """Criteria, inputs, files and results as plain values."""
    sha256: Mapped[str] = mapped_column(String(64))
    """Of `frozen`."""
    holds: Mapped[bool]
    """All required criteria hold."""
    note: Mapped[str] = mapped_column(String(1000), default="")

    set: Mapped[CriteriaSet] = relationship()
    made_by: Mapped[User] = relationship()


class AssessmentChange(Model):
    """What an assessment looked at is not as it was: a refund came, or a sum was corrected. It is not rewritten."""

    __tablename__ = "assessment_change"
    __table_args__ = (UniqueConstraint("assessment_id", "found_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    noticed_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    earned_then: Mapped[int]
    earned_now: Mapped[int]
    """Rupiah that the family's sales of the window came to."""
    found_hash: Mapped[str] = mapped_column(String(64))


class CaseEvent(Model):
    """One step of a case, or something noted about it; the state after the last one is the case's."""

    __tablename__ = "case_event"
    __table_args__ = (Index(None, "case_id", "id"), Index(None, "assessment_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("graduation_case.id"))
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """None: the system."""
    action: Mapped[str] = mapped_column(String(30))
    from_state: Mapped[CaseState | None] = mapped_column(enum_column(CaseState, "from_state"))
    to_state: Mapped[CaseState] = mapped_column(enum_column(CaseState, "to_state"))
    note: Mapped[str] = mapped_column(String(1000), default="")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    assessment_id: Mapped[int | None] = mapped_column(ForeignKey("assessment.id"))
    """Of a proposal: the one that it stands on."""

    actor: Mapped[User | None] = relationship()


class FilePurpose(StrEnum):
    PHOTO = "photo"
    STATEMENT = "statement"
    """Signed by the family: it knows and agrees."""
    HOME_VISIT = "home_visit"
    """By who verified at home."""
    MINUTES = "minutes"
    DECREE = "decree"
    OTHER = "other"


class CaseFile(Model):
    """A photo or a PDF that shows something about a case; personal, never public."""

    __tablename__ = "case_file"
    __table_args__ = (
        CheckConstraint("(image_id IS NULL) <> (pdf_name IS NULL)", name="photo_or_pdf"),
        Index(None, "case_id", "id"),
        Index(None, "image_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("graduation_case.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("case_event.id"))
    """The step that it was given for; until then it waits."""
    purpose: Mapped[FilePurpose] = mapped_column(enum_column(FilePurpose))
    criterion: Mapped[CriterionKey | None] = mapped_column(enum_column(CriterionKey))
    image_id: Mapped[int | None] = mapped_column(ForeignKey("image.id"))
    pdf_name: Mapped[str | None] = mapped_column(String(120))
    """Where it lies in the store."""
    sha256: Mapped[str] = mapped_column(String(64))
    """Of what was sent."""
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    uploaded_at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    image: Mapped[Image | None] = relationship()
    uploaded_by: Mapped[User] = relationship()


class VillageMinutes(Model):
    """What a village meeting came to, who led it and who was there."""

    __tablename__ = "village_minutes"
    __table_args__ = (Index(None, "case_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("graduation_case.id"))
    is_return: Mapped[bool] = mapped_column(default=False)
    """About a family that needs aid again."""
    held_on: Mapped[dt.date]
    place: Mapped[str] = mapped_column(String(120))
    leader: Mapped[str] = mapped_column(String(120))
    conclusion: Mapped[str] = mapped_column(String(1000))
    attendance: Mapped[dict[str, Any]]
    """`people`: names, with what each is in the village where it was said."""
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    recorded_by: Mapped[User] = relationship()


class CaseVisit(Model):
    """A visit that is due after graduation; done by a visit of a mentor in which the family was spoken with."""

    __tablename__ = "case_visit"
    __table_args__ = (
        UniqueConstraint("case_id", "months"),
        UniqueConstraint("case_id", "visit_id"),
        CheckConstraint("(visit_id IS NULL) = (done_by_id IS NULL)", name="who_of_done"),
        Index(None, "visit_id", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("graduation_case.id"))
    months: Mapped[int]
    due_on: Mapped[dt.date]
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    visit: Mapped[Visit | None] = relationship()


class CaseStanding(Model):
    """How a case stands on one criterion as it was last reckoned: what the board is narrowed by."""

    __tablename__ = "case_standing"
    __table_args__ = (UniqueConstraint("case_id", "key"), Index(None, "key", "is_blocking"))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("graduation_case.id"))
    key: Mapped[CriterionKey] = mapped_column(enum_column(CriterionKey))
    outcome: Mapped[Outcome] = mapped_column(enum_column(Outcome))
    is_blocking: Mapped[bool]
    measure: Mapped[dict[str, Any]]
    reckoned_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
