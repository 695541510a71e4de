"""Money granted to a group: paid in parts, drawn by plan, proved by receipts. Programme money, never income."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..extensions import Model
from ..groups.models import Group
from ..shared import clock
from ..shared.columns import amount_check, enum_column, quantity_check
from ..shared.images import Image
from .models import Proposal


class Grant(Model):
    """The account of one grant: what is planned, paid in and drawn of it, each within the one before."""

    __tablename__ = "aid_grant"
    __table_args__ = (
        UniqueConstraint("proposal_id"),
        CheckConstraint("planned <= amount", name="planned_within"),
        CheckConstraint("disbursed <= planned", name="disbursed_within"),
        CheckConstraint("drawn <= disbursed", name="drawn_within"),
        CheckConstraint("(bank_encrypted IS NULL) = (bank_last4 IS NULL)", name="whole_account"),
        amount_check("amount", low=1),
        amount_check("planned"),
        amount_check("disbursed"),
        amount_check("drawn"),
        Index(None, "group_id"),
        Index(None, "regency_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("aid_proposal.id"))
    group_id: Mapped[int] = mapped_column(ForeignKey("kube.id"))
    regency_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    amount: Mapped[int]
    planned: Mapped[int] = mapped_column(default=0)
    disbursed: Mapped[int] = mapped_column(default=0)
    drawn: Mapped[int] = mapped_column(default=0)
    """What was drawn less what was put back."""
    bank_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Bank, number and holder of the group's account."""
    bank_last4: Mapped[str | None] = mapped_column(String(4))

    proposal: Mapped[Proposal] = relationship()
    group: Mapped[Group] = relationship()
    tranches: Mapped[list["Tranche"]] = relationship(back_populates="grant", order_by="Tranche.number")
    drawings: Mapped[list["Drawing"]] = relationship(back_populates="grant", order_by="Drawing.id")

    @property
    def balance(self) -> int:
        """Return what is left in the group's account, rupiah."""
        return self.disbursed - self.drawn


class Tranche(Model):
    """A part of a grant that is paid at once."""

    __tablename__ = "aid_tranche"
    __table_args__ = (
        UniqueConstraint("grant_id", "number"),
        UniqueConstraint("grant_id", "bank_reference"),
        CheckConstraint(
            "(paid_on IS NULL) = (bank_reference IS NULL) AND (paid_on IS NULL) = (paid_by_id IS NULL)",
            name="paid_whole",
        ),
        CheckConstraint("paid_by_id IS NULL OR paid_by_id <> planned_by_id", name="paid_by_another"),
        amount_check("amount", low=1),
        quantity_check("number", low=1),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    grant_id: Mapped[int] = mapped_column(ForeignKey("aid_grant.id"))
    number: Mapped[int]
    amount: Mapped[int]
    due_on: Mapped[dt.date]
    planned_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    paid_on: Mapped[dt.date | None]
    bank_reference: Mapped[str | None] = mapped_column(String(60))
    paid_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    grant: Mapped[Grant] = relationship(back_populates="tranches")


class DrawingState(StrEnum):
    ASKED = "asked"
    RELEASED = "released"
    """The group may draw it; its receipts are awaited."""
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    PROVED = "proved"
    """The group sent its receipts."""
    SETTLED = "settled"
    """An officer went through the receipts."""


ASKED = text("state = 'asked'")


class Drawing(Model):
    """What a group takes from its grant's account, for a plan, with the release of an officer who did not ask."""

    __tablename__ = "aid_drawing"
    __table_args__ = (
        CheckConstraint("released_by_id IS NULL OR released_by_id <> asked_by_id", name="released_by_another"),
        CheckConstraint("settled_by_id IS NULL OR settled_by_id <> proved_by_id", name="settled_by_another"),
        CheckConstraint(
            "(state IN ('released', 'proved', 'settled')) = (released_by_id IS NOT NULL)", name="released_by_somebody"
        ),
        CheckConstraint("state <> 'refused' OR reason <> ''", name="reason_of_refusal"),
        CheckConstraint("rest <= amount", name="rest_within"),
        amount_check("amount", low=1),
        amount_check("rest"),
        quantity_check("round"),
        Index("uq_aid_drawing_asked", "grant_id", unique=True, sqlite_where=ASKED, postgresql_where=ASKED),
        Index(None, "grant_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    grant_id: Mapped[int] = mapped_column(ForeignKey("aid_grant.id"))
    purpose: Mapped[str] = mapped_column(String(300))
    amount: Mapped[int]
    """Sum of the plan, rupiah."""
    state: Mapped[DrawingState] = mapped_column(enum_column(DrawingState), default=DrawingState.ASKED)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    released_at: Mapped[dt.datetime | None]
    round: Mapped[int] = mapped_column(default=0)
    """How often receipts were sent; those of the last time count."""
    rest: Mapped[int] = mapped_column(default=0)
    """What was not used and put back into the account, rupiah."""
    proved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    proved_at: Mapped[dt.datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    settled_at: Mapped[dt.datetime | None]
    reason: Mapped[str] = mapped_column(String(500), default="")
    """Why it was refused, or what is wrong with the receipts."""

    grant: Mapped[Grant] = relationship(back_populates="drawings")
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
    released_by: Mapped[User | None] = relationship(foreign_keys=[released_by_id])
    plan: Mapped[list["PlannedCost"]] = relationship(order_by="PlannedCost.id")
    receipts: Mapped[list["Receipt"]] = relationship(order_by="Receipt.id")


class PlannedCost(Model):
    """One thing that a drawing is for."""

    __tablename__ = "aid_plan_line"
    __table_args__ = (amount_check("amount", low=1), Index(None, "drawing_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    drawing_id: Mapped[int] = mapped_column(ForeignKey("aid_drawing.id"))
    what: Mapped[str] = mapped_column(String(120))
    amount: Mapped[int]


class Receipt(Model):
    """One receipt of what was bought with a drawing. Only ever added."""

    __tablename__ = "aid_receipt"
    __table_args__ = (
        amount_check("amount", low=1),
        quantity_check("round", low=1),
        Index(None, "drawing_id"),
        UniqueConstraint("image_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    drawing_id: Mapped[int] = mapped_column(ForeignKey("aid_drawing.id"))
    round: Mapped[int]
    what: Mapped[str] = mapped_column(String(120))
    amount: Mapped[int]
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"))

    image: Mapped[Image] = relationship()


class EntryKind(StrEnum):
    PAID_IN = "paid_in"
    DRAWN = "drawn"
    PUT_BACK = "put_back"


class GrantEntry(Model):
    """One movement of a grant's account: in above zero, out below. Only ever added."""

    __tablename__ = "aid_entry"
    __table_args__ = (
        UniqueConstraint("tranche_id"),
        UniqueConstraint("drawing_id", "kind"),
        CheckConstraint("(kind = 'paid_in') = (tranche_id IS NOT NULL)", name="tranche_of_kind"),
        CheckConstraint("(kind = 'paid_in') = (drawing_id IS NULL)", name="drawing_of_kind"),
        CheckConstraint("(kind = 'drawn') = (amount < 0) AND amount <> 0", name="sign_of_kind"),
        CheckConstraint("amount BETWEEN -1000000000000 AND 1000000000000", name="amount_range"),
        Index(None, "grant_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    grant_id: Mapped[int] = mapped_column(ForeignKey("aid_grant.id"))
    kind: Mapped[EntryKind] = mapped_column(enum_column(EntryKind))
    amount: Mapped[int]
    tranche_id: Mapped[int | None] = mapped_column(ForeignKey("aid_tranche.id"))
    drawing_id: Mapped[int | None] = mapped_column(ForeignKey("aid_drawing.id"))
    actor_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)
