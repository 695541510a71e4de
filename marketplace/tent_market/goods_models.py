"""What goes to a tent, who signed for it, and what was counted back."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..catalog.models import Product
from ..extensions import Model
from ..shared import clock
from ..shared.columns import enum_column, quantity_check
from ..stock.models import Location
from .models import Stall


class LoadState(StrEnum):
    LISTED = "listed"
    """What is to be taken along; nothing moved yet."""
    LOADED = "loaded"
    """Counted out and signed for: the goods are the tent's."""
    DROPPED = "dropped"
    """Given up before anything moved."""


class Load(Model):
    """A loading list of a tent. A tent that runs low gets a second one."""

    __tablename__ = "stall_load"
    __table_args__ = (
        CheckConstraint("(state = 'loaded') = (signed_at IS NOT NULL)", name="signed_when_loaded"),
        CheckConstraint("signed_at IS NULL OR signed_name <> ''", name="name_of_signature"),
        Index(None, "stall_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    stall_id: Mapped[int] = mapped_column(ForeignKey("stall.id"))
    state: Mapped[LoadState] = mapped_column(enum_column(LoadState), default=LoadState.LISTED)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    counted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Who counted the goods out."""
    signed_name: Mapped[str] = mapped_column(String(120), default="")
    """Who took them for the tent."""
    signature: Mapped[str] = mapped_column(String(8000), default="")
    """Strokes on the screen as path data of SVG; empty where only the name was written."""
    signed_at: Mapped[dt.datetime | None]

    stall: Mapped[Stall] = relationship()
    lines: Mapped[list["LoadLine"]] = relationship(back_populates="load", order_by="LoadLine.id")
    counted_by: Mapped[User | None] = relationship(foreign_keys=[counted_by_id])


class LoadLine(Model):
    """A product on a loading list: how many were planned, and how many were counted out."""

    __tablename__ = "stall_load_line"
    __table_args__ = (
        quantity_check("planned"),
        quantity_check("counted"),
        UniqueConstraint("load_id", "product_id", "source_id"),
        Index(None, "product_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    load_id: Mapped[int] = mapped_column(ForeignKey("stall_load.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    source_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    """The store or the group it comes from."""
    planned: Mapped[int]
    counted: Mapped[int] = mapped_column(default=0)

    load: Mapped[Load] = relationship(back_populates="lines")
    product: Mapped[Product] = relationship()
    source: Mapped[Location] = relationship()


class StallCount(Model):
    """A product of a tent as it was counted at the close: what should be there, and where it is.

    expected + found = back + spoiled + given + missing.
    """

    __tablename__ = "stall_count"
    __table_args__ = (
        *(quantity_check(column) for column in ("expected", "found", "back", "spoiled", "given", "missing")),
        CheckConstraint("expected + found = back + spoiled + given + missing", name="all_of_it"),
        CheckConstraint("found = 0 OR missing = 0", name="found_or_missing"),
        UniqueConstraint("stall_id", "product_id"),
        Index(None, "product_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    stall_id: Mapped[int] = mapped_column(ForeignKey("stall.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    target_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    """The store or the group that what is left goes back to."""
    expected: Mapped[int]
    found: Mapped[int] = mapped_column(default=0)
    """More than expected."""
    back: Mapped[int] = mapped_column(default=0)
    spoiled: Mapped[int] = mapped_column(default=0)
    given: Mapped[int] = mapped_column(default=0)
    missing: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(String(300), default="")
    """Why something spoiled, was given away, is missing or was found."""

    stall: Mapped[Stall] = relationship()
    product: Mapped[Product] = relationship()
    target: Mapped[Location] = relationship()
