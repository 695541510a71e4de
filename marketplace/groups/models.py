"""KUBE groups, the households in them, and the assistance those receive."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..areas.models import Area, Commodity
from ..extensions import Model
from ..shared import clock
from ..shared.columns import enum_column


class BusinessKind(StrEnum):
    FOOD = "food"
    CRAFT = "craft"
    TEXTILE = "textile"
    LIVESTOCK = "livestock"
    FISHERY = "fishery"
    FARMING = "farming"
    SHOP = "shop"
    SERVICES = "services"


class Group(Model):
    """A KUBE: joint-business group of poor households. The public sees its name, village and story."""

    __tablename__ = "kube"
    __table_args__ = (
        UniqueConstraint("slug"),
        CheckConstraint("formed_year BETWEEN 1980 AND 2100", name="formed_year_range"),
        Index(None, "district_code"),
        Index(None, "regency_code", "name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    slug: Mapped[str] = mapped_column(String(140))
    village_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    district_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    regency_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    formed_year: Mapped[int]
    business_kind: Mapped[BusinessKind] = mapped_column(enum_column(BusinessKind))
    story: Mapped[str] = mapped_column(String(2000), default="")
    phone: Mapped[str | None] = mapped_column(String(20))
    commodity_id: Mapped[int | None] = mapped_column(ForeignKey("commodity.id"))
    """What most of its goods are made of."""
    trusted_from: Mapped[dt.date | None]
    """Since when its sellers may move prices within the band, stock and pause without curation."""
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    village: Mapped[Area] = relationship(foreign_keys=[village_code])
    district: Mapped[Area] = relationship(foreign_keys=[district_code])
    commodity: Mapped[Commodity | None] = relationship()
    memberships: Mapped[list["Membership"]] = relationship(back_populates="group")


class RegistrySource(StrEnum):
    """Registry that names the family; DTSEN (2025) merges the others."""

    DTKS = "dtks"
    P3KE = "p3ke"
    DTSEN = "dtsen"
    LOCAL = "local"


class Household(Model):
    """The family of one family card (KK), whose earnings are counted."""

    __tablename__ = "household"
    __table_args__ = (
        UniqueConstraint("kk_hash"),
        CheckConstraint("decile IS NULL OR decile BETWEEN 1 AND 10", name="decile_range"),
        Index(None, "regency_code", "name"),
        Index(None, "district_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    """Name of the head of the family: how officers know it."""
    kk_encrypted: Mapped[bytes] = mapped_column(LargeBinary)
    kk_hash: Mapped[str] = mapped_column(String(64))
    kk_last4: Mapped[str] = mapped_column(String(4))
    village_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    district_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    regency_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    address_encrypted: Mapped[bytes] = mapped_column(LargeBinary)
    registry_source: Mapped[RegistrySource] = mapped_column(enum_column(RegistrySource))
    decile: Mapped[int | None]
    """Welfare decile, 1 is poorest; None when the registry gives none."""
    bank_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Bank, number and holder, for payouts by transfer."""
    bank_last4: Mapped[str | None] = mapped_column(String(4))
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    forgotten_on: Mapped[dt.date | None]
    """When it was made anonymous: nothing tells since who it was, and nothing is added to it."""

    village: Mapped[Area] = relationship(foreign_keys=[village_code])
    district: Mapped[Area] = relationship(foreign_keys=[district_code])
    people: Mapped[list["Person"]] = relationship(back_populates="household", order_by="Person.id")
    memberships: Mapped[list["Membership"]] = relationship(back_populates="household")
    enrolments: Mapped[list["AssistanceEnrolment"]] = relationship(
        back_populates="household", order_by="AssistanceEnrolment.starts_on"
    )


class Relation(StrEnum):
    HEAD = "head"
    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"
    OTHER = "other"


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"


class Person(Model):
    """One person of a household, from a day and until a day: the head count of a month follows from it."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("left_on IS NULL OR left_on >= joined_on", name="dates"),
        # Whoever left one household (marriage, work) may join another; nobody is in two at once.
        Index(
            "uq_person_present",
            "nik_hash",
            unique=True,
            sqlite_where=text("left_on IS NULL"),
            postgresql_where=text("left_on IS NULL"),
        ),
        Index(None, "household_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    name: Mapped[str] = mapped_column(String(120))
    nik_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    """None for a small child that has no number yet."""
    nik_hash: Mapped[str | None] = mapped_column(String(64))
    nik_last4: Mapped[str | None] = mapped_column(String(4))
    relation: Mapped[Relation] = mapped_column(enum_column(Relation))
    sex: Mapped[Sex] = mapped_column(enum_column(Sex))
    born_on: Mapped[dt.date | None]
    wrse: Mapped[bool] = mapped_column(default=False)
    """Woman in social-economic hardship."""
    joined_on: Mapped[dt.date]
    left_on: Mapped[dt.date | None]
    """First day on which the person is no longer counted."""

    household: Mapped[Household] = relationship(back_populates="people")


class MemberRole(StrEnum):
    CHAIR = "chair"
    SECRETARY = "secretary"
    TREASURER = "treasurer"
    MEMBER = "member"


class Membership(Model):
    """A household's time in a group, with the role that the members gave it."""

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="dates"),
        UniqueConstraint("group_id", "household_id", "starts_on"),
        Index(None, "household_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("kube.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Who of the household attends."""
    role: Mapped[MemberRole] = mapped_column(enum_column(MemberRole), default=MemberRole.MEMBER)
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date | None]

    group: Mapped[Group] = relationship(back_populates="memberships")
    household: Mapped[Household] = relationship(back_populates="memberships")
    person: Mapped[Person | None] = relationship()


class Programme(StrEnum):
    PKH = "pkh"
    FOOD = "food"
    """Sembako (BPNT)."""
    OTHER = "other"


class AssistanceEnrolment(Model):
    """An assistance programme that a household receives, from a day and until a day. Never income."""

    __tablename__ = "assistance_enrolment"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="dates"),
        Index(None, "household_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    programme: Mapped[Programme] = mapped_column(enum_column(Programme))
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date | None]

    household: Mapped[Household] = relationship(back_populates="enrolments")
