"""Phones that sell at the tents, and everything they ever told us."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..catalog.models import Product
from ..extensions import Model
from ..orders.models import Order
from ..shared import clock
from ..shared.columns import enum_column
from .models import MarketDay, Stall


class TillDevice(Model):
    """A phone that its cashier opened as a till for one market day."""

    __tablename__ = "till_device"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        CheckConstraint("last_sequence >= 0 AND told_sequence >= 0 AND told_amount >= 0", name="counts_range"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_reason = '')", name="reason_of_revoked"),
        Index(None, "day_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    day_id: Mapped[int] = mapped_column(ForeignKey("market_day.id"))
    cashier_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(60))
    """How people call the phone: “HP Bu Siti”."""
    token_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the secret that the phone keeps; the secret itself is nowhere here."""
    opened_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    """When it was last in touch."""
    last_sequence: Mapped[int] = mapped_column(default=0)
    """Highest number of an event that arrived."""
    told_sequence: Mapped[int] = mapped_column(default=0)
    """Highest number that the phone said it had written: what it had beyond `last_sequence` never arrived."""
    told_amount: Mapped[int] = mapped_column(default=0)
    """What the phone said it had sold in all, rupiah."""
    clock_offset: Mapped[int] = mapped_column(default=0)
    """Seconds by which the phone's clock was ahead of ours when it was last in touch; below zero when behind."""
    revoked_at: Mapped[dt.datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    revoked_reason: Mapped[str] = mapped_column(String(200), default="")

    day: Mapped[MarketDay] = relationship()
    cashier: Mapped[User] = relationship(foreign_keys=[cashier_id])
    stalls: Mapped[list["TillStall"]] = relationship(order_by="TillStall.id")


class TillStall(Model):
    """A tent that a phone sells for."""

    __tablename__ = "till_stall"
    __table_args__ = (UniqueConstraint("device_id", "stall_id"), Index(None, "stall_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("till_device.id"))
    stall_id: Mapped[int] = mapped_column(ForeignKey("stall.id"))

    stall: Mapped[Stall] = relationship()


class TillEventKind(StrEnum):
    SALE = "sale"
    VOID = "void"
    """A sale that was typed by mistake: all of it is undone."""
    REFUND = "refund"
    """Goods came back to the tent, and their money went out of the drawer."""


class TillEventState(StrEnum):
    BOOKED = "booked"
    """It is in stock and journal."""
    RESCUE = "rescue"
    """Kept, but a person has to look before it can be booked: the problem says why."""
    SETTLED = "settled"
    """A person looked, and it was entered in another way or is not to be; the answer says how."""


class BuyerKind(StrEnum):
    PUBLIC = "public"
    OFFICE = "office"
    SCHOOL = "school"


class Problem(StrEnum):
    """Why an event of a till could not be booked by itself."""

    STALL_CLOSED = "stall_closed"
    """It came after its tent was closed."""
    REVOKED = "revoked"
    """It came from a phone that was reported lost."""
    UNREADABLE = "unreadable"
    """Its content is not what a till writes."""
    UNKNOWN_GOODS = "unknown_goods"
    """It names goods that are not ours."""
    OTHER_STALL = "other_stall"
    """It names a tent that the phone was not opened for."""
    NO_SUCH_SALE = "no_such_sale"
    """What it takes back is unknown, or was taken back already."""
    NO_MONEY = "no_money"
    """More was given back than the drawers of the tents held."""


class TillEvent(Model):
    """Something that happened at a till, as its phone told it. Never changed, never dropped."""

    __tablename__ = "till_event"
    __table_args__ = (
        UniqueConstraint("device_id", "key"),
        CheckConstraint("sequence >= 1", name="sequence_range"),
        CheckConstraint("state <> 'booked' OR order_id IS NOT NULL", name="order_of_booked"),
        CheckConstraint("state <> 'rescue' OR problem IS NOT NULL", name="problem_of_rescue"),
        CheckConstraint("(state = 'settled') = (settled_at IS NOT NULL)", name="moment_of_settled"),
        Index(None, "stall_id", "state"),
        Index(None, "order_id"),
        Index(None, "device_id", "sequence"),
        Index(None, "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("till_device.id"))
    key: Mapped[str] = mapped_column(String(36))
    """The phone's name for it (UUID)."""
    sequence: Mapped[int]
    """The phone counts its events from 1."""
    kind: Mapped[TillEventKind] = mapped_column(enum_column(TillEventKind))
    stall_id: Mapped[int | None] = mapped_column(ForeignKey("stall.id"))
    """None when it named none that we know."""
    body: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Word for word as it came."""
    body_hash: Mapped[str] = mapped_column(String(64))
    phone_at: Mapped[dt.datetime | None]
    """By the phone's clock, which may be wrong; None when it told none."""
    received_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    """By ours: the journal goes by it."""
    happened_at: Mapped[dt.datetime | None]
    """`phone_at` by our clock, as far as the phone's was wrong when it told of it: the report by hours goes by it."""
    state: Mapped[TillEventState] = mapped_column(enum_column(TillEventState))
    problem: Mapped[Problem | None] = mapped_column(enum_column(Problem))
    buyer_kind: Mapped[BuyerKind | None] = mapped_column(enum_column(BuyerKind))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    """The order of the sale; of what takes it back, the same."""
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    settled_at: Mapped[dt.datetime | None]
    answer: Mapped[str] = mapped_column(String(300), default="")
    """What the person did about it."""

    device: Mapped[TillDevice] = relationship()
    stall: Mapped[Stall | None] = relationship()
    order: Mapped[Order | None] = relationship()
    remarks: Mapped[list["TillRemark"]] = relationship(order_by="TillRemark.id")


class TillConflict(Model):
    """Other content that came under the name of an event that is known: refused, and shown to a person."""

    __tablename__ = "till_conflict"
    __table_args__ = (UniqueConstraint("event_id", "body_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("till_event.id"))
    body: Mapped[dict[str, Any]] = mapped_column(default=dict)
    body_hash: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[dt.datetime | None]
    seen_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    event: Mapped[TillEvent] = relationship()


class RemarkKind(StrEnum):
    """What a person should know of a sale that was booked all the same."""

    SHORT = "short"
    """More was sold than the tent had: `value` pieces."""
    PRICE = "price"
    """Charged at another price than that of now: `value` rupiah a piece more, or less when below zero."""
    DISCOUNT = "discount"
    """More was let off than a cashier may: `value` percent."""
    CLOCK = "clock"
    """The phone's clock was wrong: `value` seconds ahead, or behind when below zero."""


class TillRemark(Model):
    """Something odd about a sale, until a person has seen it."""

    __tablename__ = "till_remark"
    __table_args__ = (UniqueConstraint("event_id", "kind", "product_id"), Index(None, "seen_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("till_event.id"))
    kind: Mapped[RemarkKind] = mapped_column(enum_column(RemarkKind))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"))
    value: Mapped[int]
    seen_at: Mapped[dt.datetime | None]
    seen_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    event: Mapped[TillEvent] = relationship(back_populates="remarks")
    product: Mapped[Product | None] = relationship()
