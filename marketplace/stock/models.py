"""Where goods are, how they moved, and for whom they are held. Only this domain writes quantities."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..catalog.models import Product
from ..extensions import Model
from ..groups.models import Group
from ..shared import clock
from ..shared.columns import MAX_QUANTITY, enum_column, quantity_check


class LocationKind(StrEnum):
    GROUP = "group"
    """At the makers' place."""
    STORE = "store"
    """The store of the social office."""
    TENT = "tent"
    """A tent on one market day. All that is there is held for it, so that nobody else can sell it."""


class Location(Model):
    """A place where goods are counted."""

    __tablename__ = "location"
    __table_args__ = (
        UniqueConstraint("group_id"),
        CheckConstraint("(kind = 'group') = (group_id IS NOT NULL)", name="group_of_kind"),
        CheckConstraint("kind = 'tent' OR closed_at IS NULL", name="only_tents_close"),
        Index(None, "area_code", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[LocationKind] = mapped_column(enum_column(LocationKind))
    name: Mapped[str] = mapped_column(String(120))
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    """Regency it serves."""
    group_id: Mapped[int | None] = mapped_column(ForeignKey("kube.id"))
    closed_at: Mapped[dt.datetime | None]
    """When the market day of a tent was over: what comes back later goes to the store."""

    group: Mapped[Group | None] = relationship()

    @property
    def reference(self) -> str:
        """Return the name under which a tent's goods are held and moved."""
        return f"place:{self.id}"


class StockLevel(Model):
    """What is there of a product at a location: on hand = Σ movements, held = Σ active holds."""

    __tablename__ = "stock_level"
    __table_args__ = (
        UniqueConstraint("product_id", "location_id"),
        CheckConstraint(f"on_hand BETWEEN 0 AND {MAX_QUANTITY}", name="on_hand_range"),
        CheckConstraint("held BETWEEN 0 AND on_hand", name="held_range"),
        Index(None, "location_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    on_hand: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)

    product: Mapped[Product] = relationship()
    location: Mapped[Location] = relationship()


class MovementReason(StrEnum):
    PRODUCED = "produced"
    """Made and ready at the group."""
    DELIVERED_TO_STORE = "delivered_to_store"
    """Setor barang: out of the group, into the store."""
    SOLD = "sold"
    RETURNED = "returned"
    COUNTED = "counted"
    """Difference found when counting."""
    SPOILED = "spoiled"
    DESTROYED = "destroyed"
    """Came back from a buyer and cannot be sold again: stands beside its coming back."""
    TAKEN_BACK = "taken_back"
    """Out of the store, back to the group."""
    LOADED = "loaded"
    """From the store or a group to a tent: stands on both sides."""
    UNLOADED = "unloaded"
    """Back from a tent: stands on both sides."""
    GIVEN_AWAY = "given_away"
    """At a tent: to taste, or as a present."""
    MISSING = "missing"
    """Not found when a tent was counted back."""
    FOUND = "found"
    """More than was loaded: sold or counted at a tent though nobody had written it down."""


class StockMovement(Model):
    """One change of on hand. Rows are only added; a mistake is undone by another movement."""

    __tablename__ = "stock_movement"
    __table_args__ = (
        CheckConstraint(
            f"quantity BETWEEN -{MAX_QUANTITY} AND {MAX_QUANTITY} AND quantity <> 0", name="quantity_range"
        ),
        Index(None, "level_id", "at"),
        Index(None, "reference"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    level_id: Mapped[int] = mapped_column(ForeignKey("stock_level.id"))
    quantity: Mapped[int]
    """Signed: in is positive."""
    reason: Mapped[MovementReason] = mapped_column(enum_column(MovementReason))
    reference: Mapped[str] = mapped_column(String(60), default="")
    """What it belongs to, such as `order:12`."""
    note: Mapped[str] = mapped_column(String(300), default="")
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    level: Mapped[StockLevel] = relationship()


class HoldState(StrEnum):
    ACTIVE = "active"
    TAKEN = "taken"
    RELEASED = "released"


class Hold(Model):
    """Goods kept for one order at one location until they leave or the hold ends."""

    __tablename__ = "hold"
    __table_args__ = (
        quantity_check("quantity", low=1),
        UniqueConstraint("reference", "level_id"),
        Index("ix_hold_expiry", "state", "expires_at"),
        Index(None, "level_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    level_id: Mapped[int] = mapped_column(ForeignKey("stock_level.id"))
    reference: Mapped[str] = mapped_column(String(60))
    """For whom, such as `order:12`."""
    quantity: Mapped[int]
    state: Mapped[HoldState] = mapped_column(enum_column(HoldState), default=HoldState.ACTIVE)
    expires_at: Mapped[dt.datetime | None]
    """None once the order is sure: it ends only by leaving or by a person."""
    made_at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    level: Mapped[StockLevel] = relationship()
