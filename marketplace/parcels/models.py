"""Parcels: gift boxes of several makers' products, by versioned recipes."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..catalog.models import Product
from ..extensions import Model
from ..shared import clock
from ..shared.columns import amount_check, enum_column, quantity_check
from ..shared.images import Image


class Occasion(StrEnum):
    LEBARAN = "lebaran"
    NATAL = "natal"
    ANNIVERSARY = "anniversary"
    """Hari jadi of the district."""
    MEETING = "meeting"
    WEDDING = "wedding"
    THANKS = "thanks"
    SOUVENIR = "souvenir"
    EVERYDAY = "everyday"


class ParcelState(StrEnum):
    DRAFT = "draft"
    OFFERED = "offered"
    PAUSED = "paused"
    ARCHIVED = "archived"


class Parcel(Model):
    """A gift box that the social office offers; what is in it and what it costs stands in its recipes."""

    __tablename__ = "parcel"
    __table_args__ = (
        UniqueConstraint("slug"),
        CheckConstraint("notice_days BETWEEN 0 AND 60", name="notice_days_range"),
        CheckConstraint("cut_off_hour BETWEEN 0 AND 24", name="cut_off_hour_range"),
        Index(None, "regency_code", "state", "occasion"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(160))
    regency_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    state: Mapped[ParcelState] = mapped_column(enum_column(ParcelState), default=ParcelState.DRAFT)
    name: Mapped[str] = mapped_column(String(120))
    occasion: Mapped[Occasion] = mapped_column(enum_column(Occasion))
    description: Mapped[str] = mapped_column(String(4000), default="")
    search_text: Mapped[str] = mapped_column(String(8000), default="")
    image_id: Mapped[int | None] = mapped_column(ForeignKey("image.id"))
    notice_days: Mapped[int] = mapped_column(default=1)
    """Working days the packers need."""
    cut_off_hour: Mapped[int] = mapped_column(default=14)
    """Local hour after which an order counts as of the next day; 24 means never."""
    recipe_version: Mapped[int] = mapped_column(default=1)
    """Version of the recipe that is sold now."""
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    image: Mapped[Image | None] = relationship(lazy="joined")
    recipes: Mapped[list["Recipe"]] = relationship(back_populates="parcel", order_by="Recipe.version")
    recipe: Mapped["Recipe | None"] = relationship(
        primaryjoin="and_(Parcel.id == foreign(Recipe.parcel_id), Parcel.recipe_version == foreign(Recipe.version))",
        viewonly=True,
    )
    """What is sold now; None before the first recipe."""


class Recipe(Model):
    """One version of a parcel's content and price. Never changed once it was sold: a new version follows."""

    __tablename__ = "recipe"
    __table_args__ = (
        UniqueConstraint("parcel_id", "version"),
        amount_check("price", low=100),
        amount_check("packing_cost"),
        CheckConstraint("packing_cost < price", name="packing_below_price"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    parcel_id: Mapped[int] = mapped_column(ForeignKey("parcel.id"))
    version: Mapped[int]
    price: Mapped[int]
    packing_cost: Mapped[int]
    """Rupiah of the price that pays box and packing; goes to the packing fund, not to makers."""
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    parcel: Mapped[Parcel] = relationship(back_populates="recipes")
    items: Mapped[list["RecipeItem"]] = relationship(back_populates="recipe", order_by="RecipeItem.id")


class RecipeItem(Model):
    """A product in a recipe: how many, and its price then, by which the makers' part is cut."""

    __tablename__ = "recipe_item"
    __table_args__ = (
        UniqueConstraint("recipe_id", "product_id"),
        quantity_check("quantity", low=1),
        amount_check("unit_price", low=1),
        Index(None, "product_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recipe_id: Mapped[int] = mapped_column(ForeignKey("recipe.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    quantity: Mapped[int]
    unit_price: Mapped[int]

    recipe: Mapped[Recipe] = relationship(back_populates="items")
    product: Mapped[Product] = relationship()
