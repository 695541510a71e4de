"""Documents that were issued: their number, what they say, and the fingerprint of the file."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..extensions import Model
from ..orders.models import Order
from ..shared import clock
from ..shared.columns import amount_check, enum_column, quantity_check


class DocumentKind(StrEnum):
    INVOICE = "invoice"
    OFFICE_INVOICE = "office_invoice"
    """The paper of an office's invoice: it bears the number that the invoice has already."""
    PURCHASE_ORDER = "purchase_order"
    RECEIPT = "receipt"
    HANDOVER = "handover"
    """BAST."""
    DELIVERY_NOTE = "delivery_note"
    """Surat jalan."""
    LABEL = "label"
    RECAP = "recap"
    """What each person of an office ordered in a period."""
    CONSENT = "consent"
    """To a deduction from the salary."""


class DocumentState(StrEnum):
    VALID = "valid"
    REPLACED = "replaced"
    """A corrected one with another number stands in its place."""
    CANCELLED = "cancelled"


VALID = text("state = 'valid'")


class Document(Model):
    """A paper with a number. What it says is frozen with the number; its file is drawn once, from that."""

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("kind", "regency_code", "year", "sequence"),
        UniqueConstraint("number"),
        UniqueConstraint("code"),
        UniqueConstraint("replaces_id"),
        amount_check("amount"),
        quantity_check("sequence", low=1),
        CheckConstraint("(sha256 IS NULL) = (drawn_at IS NULL)", name="drawn_whole"),
        Index(
            "uq_document_order_id_kind_valid",
            *("order_id", "kind"),
            unique=True,
            sqlite_where=VALID,
            postgresql_where=VALID,
        ),
        Index(None, "regency_code", "issued_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[DocumentKind] = mapped_column(enum_column(DocumentKind))
    regency_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    year: Mapped[int]
    sequence: Mapped[int]
    number: Mapped[str] = mapped_column(String(40))
    """As it is printed: 0001/KWT/63.06/2026."""
    code: Mapped[str] = mapped_column(String(16))
    """Secret on the paper by which anybody verifies it."""
    state: Mapped[DocumentState] = mapped_column(enum_column(DocumentState), default=DocumentState.VALID)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    """None for a recap."""
    subject: Mapped[str] = mapped_column(String(200))
    """Whom it is for, for the office's list."""
    amount: Mapped[int | None]
    """Sum that it states, rupiah; None for one that states none."""
    issued_on: Mapped[dt.date]
    issued_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """None when a guest asked for it."""
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    reason: Mapped[str] = mapped_column(String(300), default="")
    """Why it was cancelled, or issued in place of another."""
    content: Mapped[dict[str, Any]]
    """All that is printed, as it is printed."""
    sha256: Mapped[str | None] = mapped_column(String(64))
    """Fingerprint of the file, by which it is found; None until somebody opened it first."""
    drawn_at: Mapped[dt.datetime | None]

    order: Mapped[Order | None] = relationship()
    replaces: Mapped["Document | None"] = relationship(remote_side="Document.id")
