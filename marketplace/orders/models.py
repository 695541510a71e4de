"""Orders with frozen prices and shares, their states, and what was changed about them afterwards."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..areas.rules import zone_of
from ..extensions import Model
from ..shared import clock
from ..shared.columns import amount_check, enum_column, quantity_check

OPEN_ONLY = text("state = 'asked'")


class Channel(StrEnum):
    WEB = "web"
    COLLECTIVE = "collective"
    TENT = "tent"


class OrderState(StrEnum):
    AWAITING_PAYMENT = "awaiting_payment"
    AWAITING_VERIFICATION = "awaiting_verification"
    """The buyer says that he paid; the treasurer looks at the statement."""
    PROCESSING = "processing"
    READY = "ready"
    """Packed, waits to be picked up."""
    SHIPPED = "shipped"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    RETURNED = "returned"


class DeliveryMethod(StrEnum):
    PICKUP = "pickup"
    OFFICE = "office"
    ADDRESS = "address"


class DeliveryFee(Model):
    """What bringing an order to a district costs, from a date on."""

    __tablename__ = "delivery_fee"
    __table_args__ = (UniqueConstraint("district_code", "effective_from"), amount_check("amount"))

    id: Mapped[int] = mapped_column(primary_key=True)
    district_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    amount: Mapped[int]
    effective_from: Mapped[dt.date]
    source: Mapped[str] = mapped_column(String(300))


class Order(Model):
    """What a buyer asked for at the prices of that moment. Totals never change; adjustments stand beside."""

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("token"),
        amount_check("goods_amount"),
        amount_check("delivery_fee"),
        amount_check("total", low=1),
        amount_check("reduced_amount"),
        CheckConstraint("total = goods_amount + delivery_fee", name="total_sum"),
        CheckConstraint("reduced_amount <= total", name="reduced_within_total"),
        Index(None, "regency_code", "state", "placed_at"),
        Index(None, "buyer_id", "placed_at"),
        Index("ix_orders_expiry", "state", "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24))
    """What people say on the phone: WK-2611-00042."""
    token: Mapped[str] = mapped_column(String(43))
    """Secret of the link by which an order is followed without an account."""
    regency_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    channel: Mapped[Channel] = mapped_column(enum_column(Channel), default=Channel.WEB)
    state: Mapped[OrderState] = mapped_column(enum_column(OrderState), default=OrderState.AWAITING_PAYMENT)
    buyer_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    buyer_name: Mapped[str] = mapped_column(String(120))
    buyer_phone: Mapped[str] = mapped_column(String(20))
    buyer_office: Mapped[str] = mapped_column(String(160), default="")
    delivery_method: Mapped[DeliveryMethod] = mapped_column(enum_column(DeliveryMethod))
    street: Mapped[str] = mapped_column(String(200), default="")
    """Street and number, or the office's name and room."""
    rt_rw: Mapped[str] = mapped_column(String(20), default="")
    village_code: Mapped[str | None] = mapped_column(ForeignKey("area.code"))
    landmark: Mapped[str] = mapped_column(String(200), default="")
    """Patokan."""
    note: Mapped[str] = mapped_column(String(500), default="")
    goods_amount: Mapped[int]
    delivery_fee: Mapped[int]
    total: Mapped[int]
    reduced_amount: Mapped[int] = mapped_column(default=0)
    """Part of the total that was cancelled, not shipped or returned."""
    payment_method: Mapped[str] = mapped_column(String(20))
    """Code of the provider the buyer chose."""
    ready_on: Mapped[dt.date]
    """Day promised at checkout."""
    placed_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[dt.datetime | None]
    """When an unpaid order ends by itself."""
    paid_at: Mapped[dt.datetime | None]
    billed_at: Mapped[dt.datetime | None]
    """When it went on an office's invoice: it is packed and handed over before its money comes."""
    packed_at: Mapped[dt.datetime | None]
    completed_at: Mapped[dt.datetime | None]
    closed_at: Mapped[dt.datetime | None]
    """Cancelled, expired or returned."""
    pickup_code: Mapped[str] = mapped_column(String(6), default="")
    """Said at the counter."""

    lines: Mapped[list["OrderLine"]] = relationship(back_populates="order", order_by="OrderLine.id")
    events: Mapped[list["OrderEvent"]] = relationship(back_populates="order", order_by="OrderEvent.id")

    @property
    def reference(self) -> str:
        """Return the name of this order in stock and ledger."""
        return f"order:{self.id}"

    @property
    def due_amount(self) -> int:
        """Return the total less what was reduced: what the buyer pays in the end."""
        return self.total - self.reduced_amount

    @hybrid_property
    def is_covered(self) -> bool:
        """Tell whether it may be packed and handed over: it is paid, or an office pays its invoice later."""
        return self.paid_at is not None or self.billed_at is not None

    @is_covered.inplace.expression
    @classmethod
    def _is_covered(cls) -> ColumnElement[bool]:
        return cls.paid_at.is_not(None) | cls.billed_at.is_not(None)

    @property
    def bought_by(self) -> str:
        """Return who bought: the office where there is one, and the person who ordered."""
        return ", ".join(part for part in (self.buyer_office, self.buyer_name) if part)

    @property
    def shown_amount(self) -> int:
        """Return what the buyer pays in the end; of a closed order, what it had come to when it was placed."""
        return self.total if self.closed_at else self.due_amount

    @property
    def kept_until(self) -> dt.date | None:
        """Return the last day on which an order that is paid at pick-up can be fetched: it ends with that day."""
        if self.expires_at is None:
            return None
        return clock.local_date(self.expires_at - dt.timedelta(minutes=1), zone_of(self.regency_code))


class OrderLine(Model):
    """One product or parcel of an order, by the name and price it had."""

    __tablename__ = "order_line"
    __table_args__ = (
        quantity_check("quantity", low=1),
        amount_check("unit_price", low=1),
        amount_check("amount", low=1),
        amount_check("packing_amount"),
        CheckConstraint("amount = quantity * unit_price", name="amount_product"),
        CheckConstraint("reduced_quantity BETWEEN 0 AND quantity", name="reduced_range"),
        CheckConstraint("(product_id IS NULL) <> (recipe_id IS NULL)", name="one_thing"),
        Index(None, "order_id"),
        Index(None, "product_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"))
    recipe_id: Mapped[int | None] = mapped_column(ForeignKey("recipe.id"))
    name: Mapped[str] = mapped_column(String(120))
    unit: Mapped[str] = mapped_column(String(30))
    quantity: Mapped[int]
    unit_price: Mapped[int]
    amount: Mapped[int]
    packing_amount: Mapped[int] = mapped_column(default=0)
    """Part of the amount that goes to the packing fund."""
    reduced_quantity: Mapped[int] = mapped_column(default=0)

    order: Mapped[Order] = relationship(back_populates="lines")
    components: Mapped[list["OrderComponent"]] = relationship(back_populates="line", order_by="OrderComponent.id")

    @property
    def left(self) -> int:
        """Return how many were not left out."""
        return self.quantity - self.reduced_quantity

    @property
    def shown_quantity(self) -> int:
        """Return how many the buyer gets; of a closed order, how many he had ordered."""
        return self.quantity if self.order.closed_at else self.left


class OrderComponent(Model):
    """A product within a line: the line itself, or what a parcel is made of."""

    __tablename__ = "order_component"
    __table_args__ = (
        quantity_check("quantity", low=1),
        amount_check("amount"),
        UniqueConstraint("line_id", "product_id"),
        Index(None, "product_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    group_id: Mapped[int] = mapped_column(ForeignKey("kube.id"))
    name: Mapped[str] = mapped_column(String(120))
    unit: Mapped[str] = mapped_column(String(30))
    quantity: Mapped[int]
    """For the whole line."""
    amount: Mapped[int]
    """Rupiah of the line for this product's makers."""

    line: Mapped[OrderLine] = relationship(back_populates="components")
    shares: Mapped[list["OrderShare"]] = relationship(back_populates="component", order_by="OrderShare.id")


class OrderShare(Model):
    """A household's part of a component, frozen when the order was placed."""

    __tablename__ = "order_share"
    __table_args__ = (
        amount_check("amount"),
        amount_check("reduced_amount"),
        CheckConstraint("reduced_amount <= amount", name="reduced_within_amount"),
        UniqueConstraint("component_id", "household_id"),
        Index(None, "household_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    component_id: Mapped[int] = mapped_column(ForeignKey("order_component.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    amount: Mapped[int]
    reduced_amount: Mapped[int] = mapped_column(default=0)
    """What fell away by short-ship, cancellation or return."""

    component: Mapped[OrderComponent] = relationship(back_populates="shares")


class AdjustmentKind(StrEnum):
    CANCELLED = "cancelled"
    """With the whole order."""
    SHORT_SHIPPED = "short_shipped"
    """The office cannot deliver it."""
    DROPPED = "dropped"
    """The buyer does not want it any more; before packing."""
    TAKEN_OUT = "taken_out"
    """By the office, after packing."""
    SUBSTITUTED = "substituted"
    """The buyer agreed to another product in its place."""
    RETURNED = "returned"


LEFT_OUT = frozenset(
    {AdjustmentKind.SHORT_SHIPPED, AdjustmentKind.DROPPED, AdjustmentKind.TAKEN_OUT, AdjustmentKind.SUBSTITUTED}
)
"""What is taken off a line of an order that goes on."""


class OrderAdjustment(Model):
    """Something taken off an order after it was placed: how many of which line, and how much money."""

    __tablename__ = "order_adjustment"
    __table_args__ = (
        amount_check("amount"),
        CheckConstraint("destroyed_quantity BETWEEN 0 AND quantity", name="destroyed_range"),
        Index(None, "order_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    line_id: Mapped[int | None] = mapped_column(ForeignKey("order_line.id"))
    """None for the delivery fee."""
    kind: Mapped[AdjustmentKind] = mapped_column(enum_column(AdjustmentKind))
    quantity: Mapped[int] = mapped_column(default=0)
    destroyed_quantity: Mapped[int] = mapped_column(default=0)
    """Of a return: how many cannot be sold again. The others went back into the stock."""
    amount: Mapped[int]
    reason: Mapped[str] = mapped_column(String(300), default="")
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)


class SubstituteState(StrEnum):
    ASKED = "asked"
    AGREED = "agreed"
    REFUSED = "refused"
    EXPIRED = "expired"
    """The buyer did not answer in time: left out, as if he had refused."""
    WITHDRAWN = "withdrawn"
    """The office found the goods after all, or the order was cancelled."""


class Substitute(Model):
    """Another product that the office proposes for pieces of a line that fall short; the buyer decides."""

    __tablename__ = "substitute"
    __table_args__ = (
        quantity_check("quantity", low=1),
        amount_check("unit_price", low=1),
        CheckConstraint("(state = 'agreed') = (new_line_id IS NOT NULL)", name="line_of_agreed"),
        CheckConstraint("(state = 'asked') = (answered_at IS NULL)", name="moment_of_answer"),
        CheckConstraint("(new_line_id IS NULL) = (adjustment_id IS NULL)", name="both_of_agreed"),
        UniqueConstraint("new_line_id"),
        UniqueConstraint("adjustment_id"),
        Index("uq_substitute_open", "line_id", unique=True, sqlite_where=OPEN_ONLY, postgresql_where=OPEN_ONLY),
        Index(None, "order_id"),
        Index(None, "state", "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"))
    """What falls short."""
    quantity: Mapped[int]
    """Pieces of the line, and as many of the product."""
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    name: Mapped[str] = mapped_column(String(120))
    unit: Mapped[str] = mapped_column(String(30))
    unit_price: Mapped[int]
    """What the buyer pays for one: never more than for what it replaces."""
    reason: Mapped[str] = mapped_column(String(300))
    state: Mapped[SubstituteState] = mapped_column(enum_column(SubstituteState), default=SubstituteState.ASKED)
    expires_at: Mapped[dt.datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    answered_at: Mapped[dt.datetime | None]
    """When it came to its end, whichever."""
    new_line_id: Mapped[int | None] = mapped_column(ForeignKey("order_line.id"))
    adjustment_id: Mapped[int | None] = mapped_column(ForeignKey("order_adjustment.id"))
    """What it took off the old line."""

    order: Mapped[Order] = relationship()
    line: Mapped[OrderLine] = relationship(foreign_keys=[line_id])


class OrderEvent(Model):
    """One step of an order's life, for the status line and for whoever asks who did it."""

    __tablename__ = "order_event"
    __table_args__ = (Index(None, "order_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    action: Mapped[str] = mapped_column(String(40))
    from_state: Mapped[str | None] = mapped_column(String(40))
    to_state: Mapped[OrderState] = mapped_column(enum_column(OrderState))
    note: Mapped[str] = mapped_column(String(300), default="")
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    order: Mapped[Order] = relationship(back_populates="events")
