"""The journal in double entry, what is owed to each household, and its payouts."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..extensions import Model
from ..groups.models import Household
from ..shared import clock
from ..shared.columns import amount_check, enum_column
from ..shared.money import MAX_RUPIAH

MEMO_LENGTH = 200


class Account(StrEnum):
    """The chart of accounts. Debit is positive, credit negative."""

    CASH = "cash"
    TENT_CASH = "tent_cash"
    """In the drawers of the tents, until a market day is closed and it is handed in."""
    BANK = "bank"
    QRIS = "qris"
    """Received by QRIS, in the office's settlement account."""
    STRIPE = "stripe"
    """The balance at Stripe, until it pays out to the bank; like theirs it may fall below zero."""
    RECEIVABLES = "receivables"
    """Owed by offices for what they ordered on an invoice."""
    CUSTOMER_DEPOSITS = "customer_deposits"
    """Paid by buyers or on an office's invoice, not yet earned: goods still to be handed over."""
    HOUSEHOLD_PAYABLE = "household_payable"
    """Earned by households, not yet paid out; every line names one."""
    REFUNDS_PAYABLE = "refunds_payable"
    """To be given back to buyers."""
    PACKING_FUND = "packing_fund"
    DELIVERY_FUND = "delivery_fund"
    UNIQUE_CODE_DISCOUNT = "unique_code_discount"
    """The 1–999 rupiah subtracted so that a transfer can be matched; borne by the office, not by makers."""
    DISPUTED = "disputed"
    """Held back by a provider while a buyer's bank disputes a payment."""
    DISPUTE_LOSSES = "dispute_losses"
    """Held back for good: borne by the office, for the makers had delivered."""
    PROVIDER_FEES = "provider_fees"
    """What a provider or the bank keeps for its work: borne by the office, never by buyers or makers."""
    COUNT_DIFFERENCES = "count_differences"
    """What was counted beside what the books said: borne by the office until it is found."""


MONEY = frozenset({Account.CASH, Account.TENT_CASH, Account.BANK, Account.QRIS, Account.STRIPE})


class EntryKind(StrEnum):
    PAYMENT = "payment"
    """Money in against customer deposits."""
    INVOICE = "invoice"
    """An office's debt against customer deposits: it pays later."""
    INVOICE_PAYMENT = "invoice_payment"
    """Money in against an office's debt; what is too much is owed back."""
    DELIVERY = "delivery"
    """Deposits to households, packing and delivery funds."""
    REDUCTION = "reduction"
    """Deposits to refunds payable: cancelled or not shipped."""
    RETURN = "return"
    """Household payables back to refunds payable, after delivery."""
    REFUND = "refund"
    """Refunds payable paid to the buyer."""
    STRAY_PAYMENT = "stray_payment"
    """Money in for an order that no longer takes it: owed back to the payer."""
    PAYOUT = "payout"
    """Household payable paid to the household."""
    PAYOUT_RETURN = "payout_return"
    """A payout undone that was marked by mistake or came back: the household is owed it again; the memo says why."""
    REFUND_RETURN = "refund_return"
    """A refund that a provider had sent came back to it: it is owed to the buyer again."""
    DISPUTE = "dispute"
    """A provider holds back money that a buyer's bank disputes."""
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"
    TRANSFER = "transfer"
    """From one of the office's money accounts to another: QRIS that was settled, cash fetched from the bank."""
    PAYMENT_RETURN = "payment_return"
    """A payment undone that was booked for the wrong order: the order waits for its money anew."""
    RECEIPT_RETURN = "receipt_return"
    """Money that was booked by mistake, off what is owed back to the buyer or onto what an office owes."""
    BANK_FEE = "bank_fee"
    """What the bank took for itself, by a line of its statement."""
    BANK_FEE_RETURN = "bank_fee_return"
    """A bank fee undone that was booked by mistake; the memo says why."""
    COUNT_DIFFERENCE = "count_difference"
    """A money account set to what was counted at a close, when a second person had looked."""


class JournalEntry(Model):
    """One balanced event. Rows are only added; (kind, reference) makes each happen once."""

    __tablename__ = "journal_entry"
    __table_args__ = (
        UniqueConstraint("kind", "reference"),
        Index(None, "area_code", "entry_date"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[EntryKind] = mapped_column(enum_column(EntryKind))
    reference: Mapped[str] = mapped_column(String(60))
    """What it belongs to: `order:12`, `payment:7`, `adjustment:3`, `payout:9`."""
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    """Regency whose books it is in."""
    entry_date: Mapped[dt.date]
    """Local day of the regency; months are cut by it."""
    memo: Mapped[str] = mapped_column(String(MEMO_LENGTH), default="")
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"), index=True)
    """The order it came of, for statements and for what is owed back to its buyer."""
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    lines: Mapped[list["JournalLine"]] = relationship(back_populates="entry", order_by="JournalLine.id")


class JournalLine(Model):
    """One side of an entry, signed: the lines of an entry sum to zero."""

    __tablename__ = "journal_line"
    __table_args__ = (
        CheckConstraint(f"amount BETWEEN -{MAX_RUPIAH} AND {MAX_RUPIAH} AND amount <> 0", name="amount_range"),
        CheckConstraint("(account = 'household_payable') = (household_id IS NOT NULL)", name="household_of_account"),
        Index(None, "household_id", "entry_id"),
        Index(None, "account", "entry_id"),
        Index(None, "entry_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entry.id"))
    account: Mapped[Account] = mapped_column(enum_column(Account))
    amount: Mapped[int]
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"))
    """The product that was earned with, so that a statement can name it."""

    entry: Mapped[JournalEntry] = relationship(back_populates="lines")


class HouseholdBalance(Model):
    """What is owed to a household now: −Σ of its payable lines, kept so that a payout can lock and test it."""

    __tablename__ = "household_balance"

    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), primary_key=True)
    balance: Mapped[int] = mapped_column(default=0)
    """Rupiah; below zero when goods came back after a payout."""

    household: Mapped[Household] = relationship()


class PayoutMethod(StrEnum):
    CASH = "cash"
    BANK = "bank"


class BatchState(StrEnum):
    PREPARED = "prepared"
    """Put together; nothing may be paid before somebody else released it."""
    RELEASED = "released"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    """Given up before it was released; the families keep their balances."""


class PayoutBatch(Model):
    """Payouts that a treasurer makes together. Who prepared it does not release it: two persons stand for the money."""

    __tablename__ = "payout_batch"
    __table_args__ = (
        Index(None, "area_code", "prepared_at"),
        CheckConstraint("released_by_id IS NULL OR released_by_id <> prepared_by_id", name="two_persons"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    state: Mapped[BatchState] = mapped_column(enum_column(BatchState), default=BatchState.PREPARED)
    prepared_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    prepared_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """None in batches of the time before this rule."""
    released_at: Mapped[dt.datetime | None]
    closed_at: Mapped[dt.datetime | None]
    """When it was closed or withdrawn."""
    reason: Mapped[str] = mapped_column(String(200), default="")
    """Why it was withdrawn."""

    payouts: Mapped[list["Payout"]] = relationship(back_populates="batch", order_by="Payout.id")
    prepared_by: Mapped[User | None] = relationship(foreign_keys=[prepared_by_id])
    released_by: Mapped[User | None] = relationship(foreign_keys=[released_by_id])


class PayoutState(StrEnum):
    PENDING = "pending"
    PAID = "paid"
    CANCELLED = "cancelled"
    RETURNED = "returned"
    """Marked as paid by mistake; who took it back, when and why is in the journal."""
    BOUNCED = "bounced"
    """Sent, and sent back by the bank: a wrong or closed account. Why is in the journal."""


class Payout(Model):
    """Money to one household: cash against a signature, or by bank with a reference."""

    __tablename__ = "payout"
    __table_args__ = (
        amount_check("amount", low=1),
        # A household has at most one open payout, so two batches cannot promise the same money.
        Index(
            "uq_payout_open",
            "household_id",
            unique=True,
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(None, "batch_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("payout_batch.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    method: Mapped[PayoutMethod] = mapped_column(enum_column(PayoutMethod))
    amount: Mapped[int]
    state: Mapped[PayoutState] = mapped_column(enum_column(PayoutState), default=PayoutState.PENDING)
    signed_by: Mapped[str] = mapped_column(String(120), default="")
    """Who signed for the cash."""
    bank_reference: Mapped[str] = mapped_column(String(60), default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[dt.datetime | None]

    batch: Mapped[PayoutBatch] = relationship(back_populates="payouts")
    household: Mapped[Household] = relationship()
