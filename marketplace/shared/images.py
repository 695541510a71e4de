"""Photos: checked before they are decoded, cleaned, and stored in the sizes that pages use."""

import datetime as dt

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Model
from . import clock


class Image(Model):
    """One stored picture; its files are named by the token, and never change."""

    __tablename__ = "image"
    __table_args__ = (UniqueConstraint("token"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(43))
    width: Mapped[int]
    height: Mapped[int]
    is_private: Mapped[bool] = mapped_column(default=False)
    """Payment proofs: served only to those who may see the payment."""
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    uploaded_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
