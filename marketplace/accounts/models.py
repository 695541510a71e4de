"""People who sign in, what they may do, and the traces of signing in."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..areas import queries as areas
from ..extensions import Model
from ..shared import clock
from ..shared.columns import enum_column
from ..shared.policy import Grant, Role, is_of_province


def today() -> dt.date:
    """Return the day by which roles begin and end: that of the home area."""
    return clock.today(areas.time_zone(areas.home_code()))


class User(Model):
    """Somebody with an account. Guests have none."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("phone IS NOT NULL OR email IS NOT NULL", name="reachable"),
        UniqueConstraint("phone"),
        UniqueConstraint("email"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    phone: Mapped[str | None] = mapped_column(String(20))
    """E.164: +62…"""
    email: Mapped[str | None] = mapped_column(String(254))
    """Lower case."""
    password_hash: Mapped[str | None] = mapped_column(String(200))
    """None until the one-time code was used."""
    locale: Mapped[str] = mapped_column(String(5), default="id")
    office_name: Mapped[str] = mapped_column(String(160), default="")
    """Where a buyer works, as he writes it."""
    session_epoch: Mapped[int] = mapped_column(default=1)
    """Raised at sign-out and password change: every cookie signed before is worth nothing then."""
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    assignments: Mapped[list["RoleAssignment"]] = relationship(
        back_populates="user", lazy="selectin", foreign_keys="RoleAssignment.user_id"
    )

    is_authenticated = True
    is_anonymous = False

    def get_id(self) -> str:
        """Return what the session cookie carries: the id and the epoch it was signed in."""
        return f"{self.id}:{self.session_epoch}"

    is_near = False
    """Asks for a page that is not for provinces: whoever works for a regency too is no more than that there."""

    @property
    def held(self) -> tuple[Grant, ...]:
        """Return the roles in force today with their scopes."""
        return tuple(a.as_grant() for a in self.current_assignments())

    @property
    def grants(self) -> tuple[Grant, ...]:
        """Return the roles that count on the page that is asked for."""
        return tuple(grant for grant in self.held if not (self.is_near and is_of_province(grant)))

    def current_assignments(self) -> list["RoleAssignment"]:
        """Return the roles in force today, by the calendar of the home area."""
        day = today()
        return [a for a in self.assignments if a.in_force(day)]


class RoleAssignment(Model):
    """A role of a user for an area, a group or a household, from a day and until a day."""

    __tablename__ = "role_assignment"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN area_code IS NULL THEN 0 ELSE 1 END + CASE WHEN group_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN household_id IS NULL THEN 0 ELSE 1 END)"
            " = (CASE WHEN role = 'buyer' THEN 0 ELSE 1 END)",
            name="one_scope",
        ),
        Index(None, "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    role: Mapped[Role] = mapped_column(enum_column(Role))
    area_code: Mapped[str | None] = mapped_column(ForeignKey("area.code"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("kube.id"), index=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"), index=True)
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date | None]
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    user: Mapped[User] = relationship(back_populates="assignments", foreign_keys=[user_id])

    def in_force(self, day: dt.date) -> bool:
        """Tell whether the role holds on a day."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    @property
    def gone_on(self) -> dt.date | None:
        """Return the day on which the role held no longer: a role that is ended held until the evening before."""
        return self.ends_on and self.ends_on + dt.timedelta(days=1)

    def as_grant(self) -> Grant:
        """Return the plain value that policy reckons with."""
        return Grant(self.role, self.area_code, self.group_id, self.household_id, self.starts_on, self.ends_on)


class CodePurpose(StrEnum):
    FIRST_PASSWORD = "first_password"  # noqa: S105
    RESET_PASSWORD = "reset_password"  # noqa: S105


class OneTimeCode(Model):
    """A code with which somebody sets a password alone; only its keyed hash is kept."""

    __tablename__ = "one_time_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    purpose: Mapped[CodePurpose] = mapped_column(enum_column(CodePurpose))
    code_hash: Mapped[str] = mapped_column(String(64))
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]


class WrongTry(Model):
    """One failed sign-in or code, by the keyed hash of what was tried; counted across all workers."""

    __tablename__ = "wrong_try"
    __table_args__ = (Index(None, "subject_hash", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)
