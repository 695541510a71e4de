"""Where and when the market stands, the tents it borrows, and who sells in which tent on which day."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..extensions import Model
from ..groups.models import Group
from ..shared import clock
from ..shared.columns import amount_check, enum_column
from ..stock.models import Location

OUT_ONLY = text("returned_on IS NULL")


class Site(Model):
    """A yard where the market stands."""

    __tablename__ = "market_site"
    __table_args__ = (
        UniqueConstraint("area_code", "name"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="whole_point"),
        CheckConstraint("latitude BETWEEN -11.5 AND 6.5", name="latitude_range"),
        CheckConstraint("longitude BETWEEN 94.5 AND 141.5", name="longitude_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    """Regency whose market it is."""
    name: Mapped[str] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(String(300))
    latitude: Mapped[float | None]
    """Degrees, WGS 84; within Indonesia."""
    longitude: Mapped[float | None]
    is_active: Mapped[bool] = mapped_column(default=True)


class MarketRule(Model):
    """On which days of the week a site has its market, until it is ended."""

    __tablename__ = "market_rule"
    __table_args__ = (
        CheckConstraint("opens_at < closes_at", name="hours_order"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="days_order"),
        Index(None, "site_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("market_site.id"))
    rrule: Mapped[str] = mapped_column(String(200))
    """RFC 5545, without DTSTART and UNTIL: `FREQ=WEEKLY;INTERVAL=1;BYDAY=MO`."""
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date | None]
    opens_at: Mapped[dt.time]
    """Local time of the site."""
    closes_at: Mapped[dt.time]

    site: Mapped[Site] = relationship()


class MarketEvent(Model):
    """A market that is not weekly: an expo of one or several days."""

    __tablename__ = "market_event"
    __table_args__ = (CheckConstraint("ends_on >= starts_on", name="days_order"), Index(None, "site_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("market_site.id"))
    name: Mapped[str] = mapped_column(String(120))
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date]

    site: Mapped[Site] = relationship()


class DayState(StrEnum):
    PLANNED = "planned"
    CALLED_OFF = "called_off"
    """It does not take place, or was left out for a holiday; the note says why."""


class MarketDay(Model):
    """One day of the market at a site."""

    __tablename__ = "market_day"
    __table_args__ = (
        UniqueConstraint("site_id", "held_on"),
        CheckConstraint("opens_at < closes_at", name="hours_order"),
        CheckConstraint("rule_id IS NULL OR event_id IS NULL", name="one_origin"),
        Index(None, "held_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("market_site.id"))
    held_on: Mapped[dt.date]
    opens_at: Mapped[dt.time]
    closes_at: Mapped[dt.time]
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("market_rule.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("market_event.id"))
    state: Mapped[DayState] = mapped_column(enum_column(DayState), default=DayState.PLANNED)
    note: Mapped[str] = mapped_column(String(200), default="")
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    site: Mapped[Site] = relationship()
    event: Mapped[MarketEvent | None] = relationship()
    stalls: Mapped[list["Stall"]] = relationship(back_populates="day", order_by="Stall.id")


class Condition(StrEnum):
    GOOD = "good"
    WORN = "worn"
    DAMAGED = "damaged"
    LOST = "lost"


class Tent(Model):
    """A tent by the number that is painted on it."""

    __tablename__ = "tent"
    __table_args__ = (UniqueConstraint("area_code", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    number: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(200), default="")
    is_active: Mapped[bool] = mapped_column(default=True)

    loans: Mapped[list["TentLoan"]] = relationship(back_populates="tent", order_by="TentLoan.id")


class TentLoan(Model):
    """A tent on loan from an office: how it was handed over, until when, and how it went back."""

    __tablename__ = "tent_loan"
    __table_args__ = (
        CheckConstraint("due_on >= borrowed_on", name="due_after_borrowed"),
        CheckConstraint("returned_on IS NULL OR returned_on >= borrowed_on", name="returned_after_borrowed"),
        CheckConstraint("(returned_on IS NULL) = (condition_back IS NULL)", name="condition_of_return"),
        CheckConstraint("condition_out <> 'lost'", name="there_when_borrowed"),
        Index("uq_tent_loan_out", "tent_id", unique=True, sqlite_where=OUT_ONLY, postgresql_where=OUT_ONLY),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tent_id: Mapped[int] = mapped_column(ForeignKey("tent.id"))
    lender: Mapped[str] = mapped_column(String(160))
    """Office that lends it."""
    letter: Mapped[str] = mapped_column(String(80), default="")
    """Number of the lender's letter."""
    borrowed_on: Mapped[dt.date]
    due_on: Mapped[dt.date]
    condition_out: Mapped[Condition] = mapped_column(enum_column(Condition))
    note_out: Mapped[str] = mapped_column(String(300), default="")
    handed_by: Mapped[str] = mapped_column(String(120))
    """Who gave it, for the lender."""
    received_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    returned_on: Mapped[dt.date | None]
    condition_back: Mapped[Condition | None] = mapped_column(enum_column(Condition, "condition_back"))
    note_back: Mapped[str] = mapped_column(String(300), default="")
    taken_back_by: Mapped[str] = mapped_column(String(120), default="")
    """Who took it back, for the lender."""
    returned_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    tent: Mapped[Tent] = relationship(back_populates="loans")
    received_by: Mapped[User | None] = relationship(foreign_keys=[received_by_id])
    returned_by: Mapped[User | None] = relationship(foreign_keys=[returned_by_id])


class StallState(StrEnum):
    OPEN = "open"
    """It is got ready, or sells."""
    COUNTED = "counted"
    """Goods and cash were counted back; a second person has to confirm."""
    CLOSED = "closed"
    """Confirmed and locked: corrections are new entries."""
    CANCELLED = "cancelled"
    """It was not put up; nothing was ever loaded."""


class Stall(Model):
    """A tent on one market day: its place in the stock, its drawer, its close."""

    __tablename__ = "stall"
    __table_args__ = (
        UniqueConstraint("day_id", "tent_id"),
        UniqueConstraint("location_id"),
        amount_check("float_amount"),
        amount_check("cash_expected"),
        amount_check("cash_counted"),
        CheckConstraint("(state IN ('counted', 'closed')) = (counted_at IS NOT NULL)", name="moment_of_count"),
        CheckConstraint("(state = 'closed') = (confirmed_at IS NOT NULL)", name="moment_of_close"),
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> counted_by_id", name="two_persons"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    day_id: Mapped[int] = mapped_column(ForeignKey("market_day.id"))
    tent_id: Mapped[int] = mapped_column(ForeignKey("tent.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    state: Mapped[StallState] = mapped_column(enum_column(StallState), default=StallState.OPEN)
    float_amount: Mapped[int] = mapped_column(default=0)
    """Change money that the treasurer put into the drawer, rupiah."""
    cash_expected: Mapped[int] = mapped_column(default=0)
    """What should have been in the drawer when it was counted: float, sales in cash, less what was given back."""
    cash_counted: Mapped[int] = mapped_column(default=0)
    cash_reason: Mapped[str] = mapped_column(String(300), default="")
    """Why there was more or less."""
    counted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    counted_at: Mapped[dt.datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    confirmed_at: Mapped[dt.datetime | None]

    day: Mapped[MarketDay] = relationship(back_populates="stalls")
    tent: Mapped[Tent] = relationship()
    location: Mapped[Location] = relationship()
    groups: Mapped[list["StallGroup"]] = relationship(back_populates="stall", order_by="StallGroup.id")
    cashiers: Mapped[list["StallCashier"]] = relationship(order_by="StallCashier.id")
    counted_by: Mapped[User | None] = relationship(foreign_keys=[counted_by_id])
    confirmed_by: Mapped[User | None] = relationship(foreign_keys=[confirmed_by_id])


class StallGroup(Model):
    """A group that sells in a tent on a day, and why it was its turn."""

    __tablename__ = "stall_group"
    __table_args__ = (
        UniqueConstraint("day_id", "group_id"),
        CheckConstraint("days_before >= 0", name="days_before_range"),
        Index(None, "stall_id"),
        Index(None, "group_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    day_id: Mapped[int] = mapped_column(ForeignKey("market_day.id"))
    stall_id: Mapped[int] = mapped_column(ForeignKey("stall.id"))
    group_id: Mapped[int] = mapped_column(ForeignKey("kube.id"))
    is_by_hand: Mapped[bool] = mapped_column(default=False)
    """Put there by a person, not by the rotation."""
    days_before: Mapped[int] = mapped_column(default=0)
    """How often it had been there in the year before: the reason of the rotation, frozen."""
    last_before: Mapped[dt.date | None]
    """When it had been there last; None for the first time."""

    stall: Mapped[Stall] = relationship(back_populates="groups")
    group: Mapped[Group] = relationship()


class StallCashier(Model):
    """Somebody who may open a till for a tent on a day."""

    __tablename__ = "stall_cashier"
    __table_args__ = (UniqueConstraint("stall_id", "user_id"), Index(None, "user_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    stall_id: Mapped[int] = mapped_column(ForeignKey("stall.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    user: Mapped[User] = relationship()
