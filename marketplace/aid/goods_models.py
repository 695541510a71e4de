"""Goods that were given: the signed record of the hand-over, who has each piece, and what was found of it later."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..extensions import Model
from ..groups.models import Household
from ..shared import clock
from ..shared.columns import amount_check, enum_column, quantity_check
from .models import Proposal


class Handover(Model):
    """Goods changed hands; what the record says is frozen with its number."""

    __tablename__ = "aid_handover"
    __table_args__ = (
        UniqueConstraint("regency_code", "year", "sequence"),
        UniqueConstraint("number"),
        CheckConstraint("signed_name <> ''", name="signed"),
        quantity_check("sequence", low=1),
        Index(None, "proposal_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("aid_proposal.id"))
    regency_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    year: Mapped[int]
    sequence: Mapped[int]
    number: Mapped[str] = mapped_column(String(40))
    """As it is printed: 0001/BAST-BTN/63.06/2026."""
    handed_on: Mapped[dt.date]
    handed_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    signed_name: Mapped[str] = mapped_column(String(120))
    """Who received the goods for all."""
    signature: Mapped[str] = mapped_column(String(8000), default="")
    """Strokes of his finger as path data of SVG; empty where he signs on paper."""
    made_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    content: Mapped[dict[str, Any]]
    """All that is printed, as it is printed."""

    proposal: Mapped[Proposal] = relationship()
    items: Mapped[list["Item"]] = relationship(back_populates="handover", order_by="Item.id")
    handed_by: Mapped[User] = relationship()


class ItemCondition(StrEnum):
    """How a piece was when it was handed over."""

    NEW = "new"
    GOOD = "good"
    USED = "used"


class Found(StrEnum):
    """What was found of a piece later."""

    THERE = "there"
    BROKEN = "broken"
    SOLD = "sold"
    GONE = "gone"


class Item(Model):
    """One piece that was given, to a family or to its whole group or village."""

    __tablename__ = "aid_item"
    __table_args__ = (
        amount_check("value", low=1),
        Index(None, "handover_id"),
        Index(None, "household_id"),
        Index(None, "serial"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    handover_id: Mapped[int] = mapped_column(ForeignKey("aid_handover.id"))
    what: Mapped[str] = mapped_column(String(120))
    serial: Mapped[str] = mapped_column(String(60), default="")
    """Of the maker, or an ear tag; empty for what has none."""
    value: Mapped[int]
    condition: Mapped[ItemCondition] = mapped_column(enum_column(ItemCondition))
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    """None where it belongs to all of them."""

    handover: Mapped[Handover] = relationship(back_populates="items")
    household: Mapped[Household | None] = relationship()
    looks: Mapped[list["ItemCheck"]] = relationship(order_by="ItemCheck.id")


class ItemCheck(Model):
    """Somebody looked after a piece. Only ever added."""

    __tablename__ = "aid_item_check"
    __table_args__ = (
        CheckConstraint("found = 'there' OR note <> ''", name="note_of_loss"),
        Index(None, "item_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("aid_item.id"))
    seen_on: Mapped[dt.date]
    found: Mapped[Found] = mapped_column(enum_column(Found))
    note: Mapped[str] = mapped_column(String(300), default="")
    seen_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    noted_at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    seen_by: Mapped[User] = relationship()
