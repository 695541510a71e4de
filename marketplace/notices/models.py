"""What buyers are told about their orders: one row for each message, whatever way it goes."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..extensions import Model
from ..orders.models import Order
from ..shared import clock
from ..shared.columns import enum_column


class NoticeKind(StrEnum):
    PLACED = "placed"
    SHORT = "short"
    """Less arrived than was asked for."""
    NOT_FOUND = "not_found"
    """The payment that the buyer claimed is not in the statement."""
    SUBSTITUTE = "substitute"
    """Something is short: may another product come in its place?"""
    PAID = "paid"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    INVOICE_DUE = "invoice_due"
    """An office's invoice is to be paid in a few days."""
    INVOICE_OVERDUE = "invoice_overdue"


class Channel(StrEnum):
    EMAIL = "email"
    """Sent by the job worker."""
    WHATSAPP = "whatsapp"
    """Sent by an officer, from his own phone."""


class NoticeState(StrEnum):
    PENDING = "pending"
    """Waits for the job worker."""
    SENDING = "sending"
    """A worker has it in hand: nobody else takes it."""
    BY_HAND = "by_hand"
    """Waits for an officer."""
    SENT = "sent"
    DEAD = "dead"
    """Could not be sent, or nobody knows whether it was: an officer decides."""
    DROPPED = "dropped"
    """Newer news of the same order stand in its place, or an officer found that it needs no saying."""


class Notice(Model):
    """A message about an order, as it was written. `source` and channel let each be made once."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("source", "channel"),
        CheckConstraint("attempts BETWEEN 0 AND 100", name="attempts_range"),
        Index(None, "state", "next_try_at"),
        Index(None, "order_id"),
        Index(None, "area_code", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[NoticeKind] = mapped_column(enum_column(NoticeKind))
    source: Mapped[str] = mapped_column(String(60))
    """What it tells of: `order_event:12`, `refund:3`, `invoice_due:4`."""
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    """Regency whose officers see it."""
    channel: Mapped[Channel] = mapped_column(enum_column(Channel))
    recipient: Mapped[str] = mapped_column(String(254))
    """E-mail address, or phone number (E.164)."""
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(String(4000))
    state: Mapped[NoticeState] = mapped_column(enum_column(NoticeState))
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[dt.datetime | None]
    error: Mapped[str] = mapped_column(String(300), default="")
    """Why the last attempt failed, as the mail server said it."""
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    """When it came to its state."""
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    order: Mapped[Order] = relationship()
