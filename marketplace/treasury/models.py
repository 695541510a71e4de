"""The bank's statements: files as they were uploaded, how each bank writes them, and their lines, each used once."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..extensions import Model
from ..payments.models import CollectionAccount, Payment
from ..shared import clock
from ..shared.columns import enum_column
from ..shared.money import MAX_RUPIAH

TEXT_LENGTH = 300


class StatementLayout(Model):
    """What the columns of an account's statements hold: asked once, used as long as the heads are the same."""

    __tablename__ = "statement_layout"

    account_id: Mapped[int] = mapped_column(ForeignKey("collection_account.id"), primary_key=True)
    heads: Mapped[list[str]]
    roles: Mapped[list[str]]
    """One `reading.Column` for each head."""
    day_first: Mapped[bool] = mapped_column(default=True)
    """22/11 is a day in November."""


class StatementFile(Model):
    """A file of a bank; its content is kept only until its lines are."""

    __tablename__ = "statement_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("collection_account.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    uploaded_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    kept_at: Mapped[dt.datetime | None]

    account: Mapped[CollectionAccount] = relationship()


class LineState(StrEnum):
    OPEN = "open"
    MATCHED = "matched"
    NOT_OURS = "not_ours"
    """Money that no order is about; the note says what it is."""
    OUTGOING = "outgoing"
    """Money that left: kept so that the statement is whole. What the bank took for itself is booked from here."""


class Outcome(StrEnum):
    """What became of a line's money when it was matched; what is decided later stands with the payment."""

    PAID = "paid"
    SHORT = "short"
    OVER = "over"
    TWICE = "twice"
    """The order was paid before."""
    LATE = "late"
    """The order had ended."""
    LINKED = "linked"
    """It was written down by hand before."""
    MOVED = "moved"
    """It came from another of the office's own accounts."""
    FEE = "fee"
    """The bank took it for itself."""


class StatementLine(Model):
    """One line of a statement. The digest keeps it once, the payment's constraint lets it be used once."""

    __tablename__ = "statement_line"
    __table_args__ = (
        UniqueConstraint("account_id", "digest"),
        UniqueConstraint("payment_id"),
        UniqueConstraint("entry_id"),
        CheckConstraint(f"amount BETWEEN -{MAX_RUPIAH} AND {MAX_RUPIAH} AND amount <> 0", name="amount_range"),
        CheckConstraint("(state = 'matched') = (outcome IS NOT NULL)", name="outcome_of_match"),
        CheckConstraint("entry_id IS NULL OR outcome = 'fee'", name="entry_of_fee"),
        Index(None, "account_id", "state", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("collection_account.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("statement_file.id"))
    day: Mapped[dt.date]
    amount: Mapped[int]
    """Rupiah; money that came is above zero."""
    text: Mapped[str] = mapped_column(String(TEXT_LENGTH))
    digest: Mapped[str] = mapped_column(String(64))
    """Hash of day, amount, text and the running number among equal ones."""
    state: Mapped[LineState] = mapped_column(enum_column(LineState), default=LineState.OPEN)
    outcome: Mapped[Outcome | None] = mapped_column(enum_column(Outcome))
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    """The payment that this line proves."""
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("journal_entry.id"))
    """The entry by which it was booked as a bank fee."""
    note: Mapped[str] = mapped_column(String(TEXT_LENGTH), default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[dt.datetime | None]

    account: Mapped[CollectionAccount] = relationship()
    payment: Mapped[Payment | None] = relationship()

    @property
    def reference(self) -> str:
        """Return the name under which a payment carries this line."""
        return f"Mutasi {self.id}"
