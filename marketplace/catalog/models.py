"""Products and services of the groups, who made them, their permits, photos and curation."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..areas.models import Area
from ..extensions import Model
from ..groups.models import Group, Household
from ..shared import clock
from ..shared.columns import amount_check, enum_column
from ..shared.images import Image

WHOLE = 10_000
"""A whole in basis points: the shares of a product's makers sum to it."""


class ProductKind(StrEnum):
    GOODS = "goods"
    SERVICE = "service"


class Category(StrEnum):
    SNACK = "snack"
    MEAL = "meal"
    DRINK = "drink"
    SPICE = "spice"
    FRESH = "fresh"
    CRAFT = "craft"
    TEXTILE = "textile"
    HOME = "home"
    BEAUTY = "beauty"
    SERVICE = "service"


class ProductState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    NEEDS_WORK = "needs_work"
    PUBLISHED = "published"
    PAUSED = "paused"
    ARCHIVED = "archived"


class Product(Model):
    """One thing or service that a group sells, at its approved content."""

    __tablename__ = "product"
    __table_args__ = (
        UniqueConstraint("slug"),
        amount_check("price", low=100),
        CheckConstraint("weight_gram IS NULL OR weight_gram BETWEEN 1 AND 1000000", name="weight_range"),
        CheckConstraint("shelf_life_days IS NULL OR shelf_life_days BETWEEN 1 AND 3650", name="shelf_range"),
        Index(None, "group_id", "state"),
        # The public list: one area, published, newest first; and its sorts and filters.
        Index("ix_product_public", "regency_code", "state", "published_at", "id"),
        Index("ix_product_public_price", "regency_code", "state", "price", "id"),
        Index("ix_product_public_name", "regency_code", "state", "name", "id"),
        Index("ix_product_state", "state", "submitted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(160))
    group_id: Mapped[int] = mapped_column(ForeignKey("kube.id"))
    district_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    regency_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    kind: Mapped[ProductKind] = mapped_column(enum_column(ProductKind))
    category: Mapped[Category] = mapped_column(enum_column(Category))
    state: Mapped[ProductState] = mapped_column(enum_column(ProductState), default=ProductState.DRAFT)
    name: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(String(4000), default="")
    unit: Mapped[str] = mapped_column(String(30))
    price: Mapped[int]
    approved_price: Mapped[int | None]
    """Price at the last approval: the middle of the band in which a trusted seller may move it."""
    weight_gram: Mapped[int | None]
    shelf_life_days: Mapped[int | None]
    search_text: Mapped[str] = mapped_column(String(8000), default="")
    """Stemmed words of name, description, group, village and category; the search index follows it."""
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    submitted_at: Mapped[dt.datetime | None]
    published_at: Mapped[dt.datetime | None]

    group: Mapped[Group] = relationship()
    district: Mapped[Area] = relationship(foreign_keys=[district_code])
    shares: Mapped[list["ProductShare"]] = relationship(
        back_populates="product", order_by="ProductShare.id", cascade="all, delete-orphan"
    )
    permits: Mapped[list["Permit"]] = relationship(
        back_populates="product", order_by="Permit.id", cascade="all, delete-orphan"
    )
    photos: Mapped[list["ProductPhoto"]] = relationship(
        back_populates="product", order_by="ProductPhoto.position", cascade="all, delete-orphan"
    )

    @property
    def tracks_stock(self) -> bool:
        """Tell whether the product is counted: goods are, services are not."""
        return self.kind is ProductKind.GOODS


class ProductShare(Model):
    """The part of a product's price that a maker household earns, in basis points."""

    __tablename__ = "product_share"
    __table_args__ = (
        UniqueConstraint("product_id", "household_id"),
        CheckConstraint(f"basis_points BETWEEN 1 AND {WHOLE}", name="basis_points_range"),
        Index(None, "household_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    basis_points: Mapped[int]

    product: Mapped[Product] = relationship(back_populates="shares")
    household: Mapped[Household] = relationship()


class PermitKind(StrEnum):
    PIRT = "pirt"
    HALAL = "halal"


class Permit(Model):
    """A home-food number (P-IRT) or halal certificate of a product."""

    __tablename__ = "permit"
    __table_args__ = (UniqueConstraint("product_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    kind: Mapped[PermitKind] = mapped_column(enum_column(PermitKind))
    number: Mapped[str] = mapped_column(String(60))
    expires_on: Mapped[dt.date | None]
    """None where the certificate has no end (halal since 2024)."""

    product: Mapped[Product] = relationship(back_populates="permits")


class ProductPhoto(Model):
    """A photo of a product; the first one is shown in lists."""

    __tablename__ = "product_photo"
    __table_args__ = (UniqueConstraint("product_id", "image_id"), Index(None, "product_id", "position"))

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"))
    position: Mapped[int] = mapped_column(default=0)

    product: Mapped[Product] = relationship(back_populates="photos")
    image: Mapped[Image] = relationship(lazy="joined")


class RevisionState(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class Revision(Model):
    """What a seller handed in and what curation said of it: the quality history of a product.

    At most one is pending. Of a product not yet shown it stands for the whole; of a published one it holds the
    changes, and the page keeps the approved content until they are approved.
    """

    __tablename__ = "revision"
    __table_args__ = (
        UniqueConstraint("product_id", "number"),
        Index(
            "uq_revision_pending",
            "product_id",
            unique=True,
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(None, "state", "submitted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    number: Mapped[int]
    state: Mapped[RevisionState] = mapped_column(enum_column(RevisionState), default=RevisionState.PENDING)
    changes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Field → new value, in the form that `catalog.rules.content_of` gives; empty for a first check."""
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    submitted_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[dt.datetime | None]
    reasons: Mapped[str] = mapped_column(String(2000), default="")
    """What must be better, in words for the maker."""
    better_by: Mapped[dt.date | None]
    coach: Mapped[str] = mapped_column(String(120), default="")
    """Who helps to make it better."""

    product: Mapped[Product] = relationship()
    submitted_by: Mapped[User | None] = relationship(foreign_keys=[submitted_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
