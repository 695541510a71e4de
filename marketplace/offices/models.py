"""Agencies, schools and businesses that buy: their members, what they ask for, and the invoices they pay later."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from ..accounts.models import User
from ..extensions import Model
from ..orders.models import DeliveryMethod, Order
from ..payments.models import Payment, PaymentState
from ..shared import clock
from ..shared.columns import amount_check, enum_column, quantity_check


class OfficeKind(StrEnum):
    AGENCY = "agency"
    SCHOOL = "school"
    BUSINESS = "business"


class OfficeRole(StrEnum):
    MEMBER = "member"
    APPROVER = "approver"
    """May also approve what others of his office ask for, and say who belongs to it."""


class Office(Model):
    """An office that buys, as one of its people wrote it down; the social office verifies that it is one."""

    __tablename__ = "office"
    __table_args__ = (
        UniqueConstraint("invitation_code"),
        amount_check("credit_limit"),
        CheckConstraint("verified_at IS NOT NULL OR NOT allows_credit", name="credit_of_verified"),
        Index(None, "regency_code", "name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    regency_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    """Whose social office it deals with."""
    kind: Mapped[OfficeKind] = mapped_column(enum_column(OfficeKind))
    name: Mapped[str] = mapped_column(String(160))
    street: Mapped[str] = mapped_column(String(200))
    rt_rw: Mapped[str] = mapped_column(String(20), default="")
    village_code: Mapped[str | None] = mapped_column(ForeignKey("area.code"))
    treasurer_name: Mapped[str] = mapped_column(String(120))
    """Bendahara: who pays its invoices."""
    phone: Mapped[str] = mapped_column(String(20))
    """Of the treasurer, E.164: reminders go there."""
    npwp: Mapped[str] = mapped_column(String(15), default="")
    """Fifteen digits of an organisation, never a person's (that is his NIK); empty where it has none."""
    invitation_code: Mapped[str] = mapped_column(String(12))
    """Who knows it may join."""
    verified_at: Mapped[dt.datetime | None]
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    allows_credit: Mapped[bool] = mapped_column(default=False)
    """The social office lets it pay after delivery."""
    credit_limit: Mapped[int] = mapped_column(default=0)
    """Rupiah that its open invoices may come to together."""
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    members: Mapped[list["OfficeMember"]] = relationship(back_populates="office", order_by="OfficeMember.id")

    @property
    def active_members(self) -> list["OfficeMember"]:
        """Return those who belong to it now."""
        return [member for member in self.members if member.left_at is None]


class OfficeMember(Model):
    """Somebody who orders for an office. Who left keeps his row: it says who asked for what."""

    __tablename__ = "office_member"
    __table_args__ = (UniqueConstraint("office_id", "user_id"), Index(None, "user_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    role: Mapped[OfficeRole] = mapped_column(enum_column(OfficeRole), default=OfficeRole.MEMBER)
    joined_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    left_at: Mapped[dt.datetime | None]

    office: Mapped[Office] = relationship(back_populates="members")
    user: Mapped[User] = relationship()


class OfficeOrderState(StrEnum):
    DRAFT = "draft"
    """An offer (penawaran) at fixed prices that nobody has sent on yet."""
    ASKED = "asked"
    """Waits for an approver."""
    SENT_BACK = "sent_back"
    APPROVED = "approved"
    ORDERED = "ordered"
    CANCELLED = "cancelled"


class OfficeOrder(Model):
    """What an office wants, at prices that hold until a day; becomes an order unchanged once it is approved."""

    __tablename__ = "office_order"
    __table_args__ = (
        UniqueConstraint("order_id"),
        UniqueConstraint("office_id", "purchase_number"),
        amount_check("goods_amount", low=1),
        amount_check("delivery_fee"),
        amount_check("total", low=1),
        CheckConstraint("total = goods_amount + delivery_fee", name="total_sum"),
        CheckConstraint("(state = 'ordered') = (order_id IS NOT NULL)", name="order_of_state"),
        Index(None, "office_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    regency_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    """Where the goods come from."""
    state: Mapped[OfficeOrderState] = mapped_column(enum_column(OfficeOrderState), default=OfficeOrderState.DRAFT)
    valid_until: Mapped[dt.date]
    """Last day on which it can be ordered at these prices."""
    delivery_method: Mapped[DeliveryMethod] = mapped_column(enum_column(DeliveryMethod))
    street: Mapped[str] = mapped_column(String(200), default="")
    rt_rw: Mapped[str] = mapped_column(String(20), default="")
    village_code: Mapped[str | None] = mapped_column(ForeignKey("area.code"))
    landmark: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    goods_amount: Mapped[int]
    delivery_fee: Mapped[int]
    total: Mapped[int]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    asked_at: Mapped[dt.datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Who approved it or sent it back."""
    decided_at: Mapped[dt.datetime | None]
    reason: Mapped[str] = mapped_column(String(300), default="")
    """Why it was sent back."""
    purchase_number: Mapped[str | None] = mapped_column(String(60))
    """Nomor surat pesanan, as the office writes it."""
    ordered_on: Mapped[dt.date | None]
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))

    office: Mapped[Office] = relationship()
    made_by: Mapped[User] = relationship(foreign_keys=[made_by_id])
    order: Mapped[Order | None] = relationship()
    lines: Mapped[list["OfficeOrderLine"]] = relationship(
        back_populates="office_order", order_by="OfficeOrderLine.id", cascade="all, delete-orphan"
    )

    @property
    def number(self) -> str:
        """Return what it is called while it is an offer: PN-2611-00042."""
        return f"PN-{self.made_at:%y%m}-{self.id:05d}"


class OfficeOrderLine(Model):
    """One product, or one version of a parcel's recipe, at the price it was offered for."""

    __tablename__ = "office_order_line"
    __table_args__ = (
        quantity_check("quantity", low=1),
        amount_check("unit_price", low=1),
        CheckConstraint("(product_id IS NULL) <> (recipe_id IS NULL)", name="one_thing"),
        UniqueConstraint("office_order_id", "product_id"),
        UniqueConstraint("office_order_id", "recipe_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_order_id: Mapped[int] = mapped_column(ForeignKey("office_order.id"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"))
    recipe_id: Mapped[int | None] = mapped_column(ForeignKey("recipe.id"))
    name: Mapped[str] = mapped_column(String(120))
    unit: Mapped[str] = mapped_column(String(30))
    quantity: Mapped[int]
    unit_price: Mapped[int]

    office_order: Mapped[OfficeOrder] = relationship(back_populates="lines")

    @property
    def amount(self) -> int:
        """Return quantity times price, rupiah."""
        return self.quantity * self.unit_price


class Invoice(Model):
    """Tagihan: an order that an office pays later. What is open follows from the order and from what was paid."""

    __tablename__ = "invoice"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("regency_code", "year", "serial"),
        UniqueConstraint("order_id"),
        amount_check("amount", low=1),
        Index(None, "regency_code", "due_on"),
        Index(None, "office_id", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40))
    regency_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    year: Mapped[int]
    serial: Mapped[int]
    """1, 2, 3 … within a regency's year, without gaps."""
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    amount: Mapped[int]
    """The order's total when it was placed; what was taken off since stands with the order."""
    paid_amount: Mapped[int] = column_property(
        select(func.coalesce(func.sum(Payment.received_amount), 0))
        .where(Payment.order_id == order_id, Payment.state == PaymentState.CONFIRMED)
        .correlate_except(Payment)
        .scalar_subquery()
    )
    """All that came for it, also what was too much: whoever writes money down, this follows."""
    issued_on: Mapped[dt.date]
    due_on: Mapped[dt.date]
    """Last day to pay."""
    reminded_on: Mapped[dt.date | None]
    reminded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    office: Mapped[Office] = relationship()
    order: Mapped[Order] = relationship()

    @property
    def due_amount(self) -> int:
        """Return what the office pays in the end, rupiah: the order without what was taken off."""
        return self.order.due_amount

    @property
    def open_amount(self) -> int:
        """Return what is still to be paid, rupiah."""
        return max(self.due_amount - self.paid_amount, 0)
