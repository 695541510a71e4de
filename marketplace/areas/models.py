"""Areas of Indonesia, and the dated numbers that hang on them."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..extensions import Model
from ..shared.columns import amount_check, enum_column


class Level(StrEnum):
    PROVINCE = "province"
    REGENCY = "regency"
    DISTRICT = "district"
    VILLAGE = "village"


class Area(Model):
    """A province, regency or city, district (kecamatan) or village (desa/kelurahan), by its Kemendagri code."""

    __tablename__ = "area"
    __table_args__ = (Index(None, "parent_code", "name"),)

    code: Mapped[str] = mapped_column(String(13), primary_key=True)
    level: Mapped[Level] = mapped_column(enum_column(Level))
    name: Mapped[str] = mapped_column(String(80))
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("area.code"))
    postcode: Mapped[str | None] = mapped_column(String(5))
    """Of a village; areas above it have many."""
    time_zone: Mapped[str] = mapped_column(String(20))
    """IANA name: Asia/Jakarta (WIB), Asia/Makassar (WITA) or Asia/Jayapura (WIT)."""


class PickupPlace(Model):
    """Where the buyers of a regency fetch their orders. Not dated: who comes wants to know where it is now."""

    __tablename__ = "pickup_place"

    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"), primary_key=True)
    address: Mapped[str] = mapped_column(String(300))
    hours: Mapped[str] = mapped_column(String(200))
    """When it is open, in the office's words."""


class LineKind(StrEnum):
    ALL = "all"
    URBAN = "urban"
    RURAL = "rural"


NATIONAL = "ID"
"""Stands in `area_code` for the whole country."""


class PovertyLine(Model):
    """BPS's poverty line: rupiah per person per month from a date on. A new one never rewrites an old month."""

    __tablename__ = "poverty_line"
    __table_args__ = (
        UniqueConstraint("area_code", "kind", "effective_from"),
        amount_check("amount", low=1),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    area_code: Mapped[str] = mapped_column(String(13))
    """A regency or province code, or NATIONAL."""
    kind: Mapped[LineKind] = mapped_column(enum_column(LineKind), default=LineKind.ALL)
    amount: Mapped[int]
    effective_from: Mapped[dt.date]
    source: Mapped[str] = mapped_column(String(300))
    decree: Mapped[str] = mapped_column(String(120), default="")


class Agency(Model):
    """An office that knows a trade: it trains, guides, and names what an area is good for."""

    __tablename__ = "agency"
    __table_args__ = (UniqueConstraint("area_code", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    """Regency or province that it works for."""
    name: Mapped[str] = mapped_column(String(120))
    trade: Mapped[str] = mapped_column(String(120), default="")
    """What it knows, in the office's words."""
    phone: Mapped[str | None] = mapped_column(String(20))


class Commodity(Model):
    """What is grown, caught or made: coconut, cacao, rattan."""

    __tablename__ = "commodity"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))


class Potential(Model):
    """A leading commodity of an area, from a day and until a day, as an agency named it."""

    __tablename__ = "potential"
    __table_args__ = (
        UniqueConstraint("area_code", "commodity_id", "named_on"),
        CheckConstraint("ended_on IS NULL OR ended_on >= named_on", name="dates"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    """Regency, district or village."""
    commodity_id: Mapped[int] = mapped_column(ForeignKey("commodity.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    named_on: Mapped[dt.date]
    ended_on: Mapped[dt.date | None]
    source: Mapped[str] = mapped_column(String(300), default="")
    """Letter or study in which it was named."""

    commodity: Mapped[Commodity] = relationship()
    agency: Mapped[Agency] = relationship()


class FigureKey(StrEnum):
    """Numbers of law and office practice that the product reckons with."""

    HOLD_MINUTES = "hold_minutes"
    """How long goods are kept for a buyer at checkout."""
    QRIS_MINUTES = "qris_minutes"
    """How long a QRIS bill is open."""
    TRANSFER_HOURS = "transfer_hours"
    """How long a transfer bill is open."""
    CASH_PICKUP_DAYS = "cash_pickup_days"
    """How many days after it is ready a cash order is kept for its buyer."""
    CODE_RESERVE_HOURS = "code_reserve_hours"
    """How long a unique code stays reserved after its bill closed."""
    QRIS_CAP = "qris_cap"
    """Largest QRIS payment, rupiah."""
    PRICE_BAND_PERCENT = "price_band_percent"
    """How far a trusted seller may move a published price alone, percent of the approved price."""
    LINE_MULTIPLIER_PERCENT = "line_multiplier_percent"
    """The line that a month's income per person must reach, percent of the poverty line."""
    MONTH_OPEN_DAYS = "month_open_days"
    """How many days of the next month a month's notes may still be verified before it is final."""
    DUTY_STAMP_FROM = "duty_stamp_from"
    """Receipts above this sum carry a duty stamp, rupiah."""
    INCOME_TAX_FROM = "income_tax_from"
    """Treasurers of the government withhold income tax (PPh 22) on goods above this sum, rupiah."""
    PACKING_DAYS = "packing_days"
    """Days from payment until single products are ready."""
    INVOICE_DAYS = "invoice_days"
    """How many days an office with credit has to pay an invoice."""
    OFFER_DAYS = "offer_days"
    """How many days the prices hold that an office was offered."""
    INVOICE_REMINDER_DAYS = "invoice_reminder_days"
    """How many days before its last day an office is reminded of an invoice."""
    TILL_DISCOUNT_PERCENT = "till_discount_percent"
    """How far a cashier at a tent may go below a price, percent."""
    TILL_IDLE_MINUTES = "till_idle_minutes"
    """After how long without a touch a till asks for its PIN."""
    MINIMUM_WAGE = "minimum_wage"
    """UMK: what a worker of the regency earns at least, rupiah a month. None until the office writes it down."""
    ASSESSMENT_DAYS = "assessment_days"
    """How old an assessment may be when a family is proposed for graduation."""
    RELAPSE_MONTHS = "relapse_months"
    """After how many months in a row below the line an office is warned of a relapse."""
    FOLLOW_UP_FIRST = "follow_up_first"
    """After how many months a family that graduated is visited first."""
    FOLLOW_UP_EVERY = "follow_up_every"
    """Every how many months it is visited then."""
    FOLLOW_UP_MONTHS = "follow_up_months"
    """How many months it is followed up."""
    MEETING_PEOPLE = "meeting_people"
    """How many people at least have to be at a village meeting about a family."""
    VISIT_DAYS = "visit_days"
    """After how many days without a visit a group stands on its mentor's work list."""
    REPORT_DUE_DAYS = "report_due_days"
    """How many days after its end a four-month period's report is due."""
    REPORT_REMINDER_DAYS = "report_reminder_days"
    """How many days before its last day a group is reminded of its report."""
    RUNNING_DAYS = "running_days"
    """Within how many days a group must have sold something to count as running."""
    INACTIVE_DAYS = "inactive_days"
    """After how many days without sales a group may be confirmed as inactive."""
    INACTIVE_REPORTS = "inactive_reports"
    """After how many missed reports in a row a group may be confirmed as inactive."""
    TRAINING_ATTENDANCE_PERCENT = "training_attendance_percent"
    """On how many of the days of his class somebody must have come to get a certificate, percent."""
    PLAN_LINK_DAYS = "plan_link_days"
    """How many days the link lasts by which an agency takes part in a plan."""
    FORGET_YEARS = "forget_years"
    """How many years after it left a family's file is kept before it is proposed to be made anonymous."""
    DRAWING_PERCENT = "drawing_percent"
    """How much of a grant a group draws at once."""
    REGISTRY_DAYS = "registry_days"
    """For how many days the rows of an imported list are kept, and it can be undone."""


class Figure(Model):
    """One such number for an area (or the country) from a date on, with its source."""

    __tablename__ = "figure"
    __table_args__ = (
        UniqueConstraint("key", "area_code", "effective_from"),
        CheckConstraint("value BETWEEN 0 AND 1000000000000", name="value_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[FigureKey] = mapped_column(enum_column(FigureKey))
    area_code: Mapped[str] = mapped_column(String(13))
    value: Mapped[int]
    effective_from: Mapped[dt.date]
    source: Mapped[str] = mapped_column(String(300))
