"""Baskets: of a signed-in buyer, or of a visitor known by a secret in his session."""

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..catalog.models import Product
from ..extensions import Model
from ..parcels.models import Parcel
from ..shared import clock
from ..shared.columns import quantity_check


class Basket(Model):
    """What somebody is about to order. Holds nothing: stock is taken when the order is placed."""

    __tablename__ = "basket"
    __table_args__ = (UniqueConstraint("token"), UniqueConstraint("user_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(43))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    checkout_key: Mapped[str] = mapped_column(String(43))
    """Idempotency key of the next order; changes when the basket was ordered, so that two tabs make one."""
    updated_at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    items: Mapped[list["BasketItem"]] = relationship(
        back_populates="basket", order_by="BasketItem.id", cascade="all, delete-orphan"
    )


class BasketItem(Model):
    """One product or parcel in a basket."""

    __tablename__ = "basket_item"
    __table_args__ = (
        quantity_check("quantity", low=1),
        CheckConstraint("(product_id IS NULL) <> (parcel_id IS NULL)", name="one_thing"),
        UniqueConstraint("basket_id", "product_id"),
        UniqueConstraint("basket_id", "parcel_id"),
        Index(None, "basket_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    basket_id: Mapped[int] = mapped_column(ForeignKey("basket.id"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"))
    parcel_id: Mapped[int | None] = mapped_column(ForeignKey("parcel.id"))
    quantity: Mapped[int]

    basket: Mapped[Basket] = relationship(back_populates="items")
    product: Mapped[Product | None] = relationship()
    parcel: Mapped[Parcel | None] = relationship()
