"""Attempts to pay, proofs, refunds, and the accounts of the office that receive the money."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..extensions import Model
from ..orders.models import Order
from ..shared import clock
from ..shared.columns import amount_check, enum_column
from ..shared.images import Image


class CollectionAccount(Model):
    """An account of the social office: where transfers go, or its static QRIS."""

    __tablename__ = "collection_account"
    __table_args__ = (Index(None, "area_code", "provider"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    provider: Mapped[str] = mapped_column(String(20))
    """`transfer` or `qris`."""
    bank_name: Mapped[str] = mapped_column(String(60), default="")
    number: Mapped[str] = mapped_column(String(40), default="")
    holder: Mapped[str] = mapped_column(String(120), default="")
    qris_payload: Mapped[str] = mapped_column(String(600), default="")
    is_active: Mapped[bool] = mapped_column(default=True)


class PaymentState(StrEnum):
    PENDING = "pending"
    """Instructions are out; nothing is known yet."""
    CLAIMED = "claimed"
    """The buyer sent a proof: a claim, until the statement says so."""
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    TAKEN_BACK = "taken_back"
    """Confirmed by mistake: the money was for something else. The reason says why."""


class Payment(Model):
    """One attempt to pay an order. An order may have many; each keeps its own amount and state."""

    __tablename__ = "payment"
    __table_args__ = (
        amount_check("amount", low=1),
        amount_check("received_amount"),
        CheckConstraint("unique_code BETWEEN 0 AND 999", name="unique_code_range"),
        UniqueConstraint("provider", "provider_reference"),
        Index("uq_payment_provider_charge_reference", "provider", "charge_reference", unique=True),
        Index(None, "order_id"),
        Index(None, "state", "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    provider: Mapped[str] = mapped_column(String(20))
    state: Mapped[PaymentState] = mapped_column(enum_column(PaymentState), default=PaymentState.PENDING)
    amount: Mapped[int]
    """What the buyer is asked to pay: the order's due amount less the unique code."""
    unique_code: Mapped[int] = mapped_column(default=0)
    received_amount: Mapped[int] = mapped_column(default=0)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("collection_account.id"))
    provider_reference: Mapped[str | None] = mapped_column(String(120))
    """How the provider knows it: statement reference, session id; used once per provider."""
    charge_reference: Mapped[str | None] = mapped_column(String(120))
    """How an online provider knows the money of it, once it came: refunds and disputes are about that."""
    checked_at: Mapped[dt.datetime | None]
    """When an online provider was last asked how it stands."""
    instruction: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the buyer needs to pay, as the provider gave it."""
    proof_id: Mapped[int | None] = mapped_column(ForeignKey("image.id"))
    needs_review: Mapped[bool] = mapped_column(default=False)
    """Perlu ditinjau: late, odd or double; a human decides."""
    note: Mapped[str] = mapped_column(String(300), default="")
    """What the buyer wrote with his claim, or who brought cash."""
    reason: Mapped[str] = mapped_column(String(300), default="")
    """Why the treasurer did not find it, for the buyer; a later claim leaves it as it was."""
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[dt.datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[dt.datetime | None]

    order: Mapped[Order] = relationship()
    account: Mapped[CollectionAccount | None] = relationship()
    proof: Mapped[Image | None] = relationship()


class UniqueCode(Model):
    """A unique code in use on an account: while its bill is open, and a while after."""

    __tablename__ = "unique_code"
    __table_args__ = (
        UniqueConstraint("account_id", "code"),
        CheckConstraint("code BETWEEN 1 AND 999", name="code_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("collection_account.id"))
    code: Mapped[int]
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"))
    reserved_until: Mapped[dt.datetime]


class EventOutcome(StrEnum):
    DONE = "done"
    """It had its effect."""
    NOTHING = "nothing"
    """There was nothing to do (any more)."""
    REVIEW = "review"
    """It fits nothing of ours: a person has to look."""
    REVIEWED = "reviewed"


class Doubt(StrEnum):
    """Why a message of a provider is put before a person."""

    UNKNOWN = "unknown"
    """It is about no bill of ours."""
    OTHER_ORDER = "other_order"
    """It names another order than the bill it is about."""
    SUM = "sum"
    """Not in whole rupiah, or not the sum that was asked for."""
    NOT_OWED = "not_owed"
    """More went back to a buyer than he was owed."""


class ProviderEvent(Model):
    """A message of a provider that was taken in; the constraint lets each have its effect once."""

    __tablename__ = "provider_event"
    __table_args__ = (
        UniqueConstraint("provider", "event_id"),
        CheckConstraint("(outcome IN ('review', 'reviewed')) = (doubt IS NOT NULL)", name="doubt_of_outcome"),
        Index(None, "outcome", "area_code"),
        Index(None, "payment_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(String(20))
    event_id: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(60), default="")
    """As the provider calls it; `fetch` for what we found by asking."""
    reference: Mapped[str] = mapped_column(String(120), default="")
    """What it is about, as the provider names it."""
    outcome: Mapped[EventOutcome] = mapped_column(enum_column(EventOutcome), default=EventOutcome.NOTHING)
    doubt: Mapped[Doubt | None] = mapped_column(enum_column(Doubt))
    said: Mapped[str] = mapped_column(String(200), default="")
    """Sum and order as the provider tells them, for whoever looks."""
    area_code: Mapped[str] = mapped_column(String(13), default="")
    """Regency whose treasurer looks at it; the home one's where no order is known."""
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    received_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    note: Mapped[str] = mapped_column(String(300), default="")
    """What the treasurer did about it."""
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[dt.datetime | None]

    payment: Mapped[Payment | None] = relationship()


class RefundMethod(StrEnum):
    CASH = "cash"
    TENT = "tent"
    """In cash, out of the drawer of a tent."""
    QRIS = "qris"
    """A payment by QRIS that a cashier had noted and that never came."""
    TRANSFER = "transfer"
    ONLINE = "online"
    """Back the way it came, by the provider of the payment."""


class RefundState(StrEnum):
    REQUESTED = "requested"
    """The provider is asked; until it answers, nobody else can give this money back."""
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Refund(Model):
    """Money that was given back to a buyer, by the treasurer's hand or by the provider it came through."""

    __tablename__ = "refund"
    __table_args__ = (
        amount_check("amount", low=1),
        CheckConstraint("method <> 'online' OR payment_id IS NOT NULL", name="payment_of_online"),
        Index(None, "order_id"),
        Index(None, "payment_id"),
        Index("uq_refund_provider_reference", "provider_reference", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    """Whose money goes back, where its provider does it."""
    amount: Mapped[int]
    method: Mapped[RefundMethod] = mapped_column(enum_column(RefundMethod))
    state: Mapped[RefundState] = mapped_column(enum_column(RefundState), default=RefundState.SUCCEEDED)
    provider_reference: Mapped[str | None] = mapped_column(String(120))
    reference: Mapped[str] = mapped_column(String(60), default="")
    """Bank reference, or who signed for the cash."""
    reason: Mapped[str] = mapped_column(String(300), default="")
    """Why money went back, for the buyer."""
    problem: Mapped[str] = mapped_column(String(200), default="")
    """Why the provider could not send it, in its words; of money given by hand that came back, when and by what."""
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    order: Mapped[Order] = relationship()
    payment: Mapped[Payment | None] = relationship()


class DisputeState(StrEnum):
    OPEN = "open"
    WON = "won"
    LOST = "lost"
    CLOSED = "closed"
    """It was only a question, and no money moved."""


class Dispute(Model):
    """A buyer's bank takes a payment back and asks what we say to it; the answer is given at the provider."""

    __tablename__ = "dispute"
    __table_args__ = (
        amount_check("amount", low=1),
        UniqueConstraint("provider_reference"),
        Index(None, "payment_id"),
        Index(None, "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"))
    provider_reference: Mapped[str] = mapped_column(String(120))
    amount: Mapped[int]
    state: Mapped[DisputeState] = mapped_column(enum_column(DisputeState), default=DisputeState.OPEN)
    is_held_back: Mapped[bool] = mapped_column(default=False)
    """The provider took the money off the balance until it is decided; not for a mere question."""
    reason: Mapped[str] = mapped_column(String(60), default="")
    """As the buyer's bank calls it."""
    answer_by: Mapped[dt.datetime | None]
    opened_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    decided_at: Mapped[dt.datetime | None]

    payment: Mapped[Payment] = relationship()
