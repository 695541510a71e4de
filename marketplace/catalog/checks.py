"""Recompute from raw rows what must hold for products."""

from collections.abc import Iterator

from sqlalchemy import func, or_, select

from ..extensions import db
from .models import WHOLE, Product, ProductShare
from .rules import SHOWN


def problems() -> Iterator[str]:
    """Tell each product whose makers' parts are no whole, and each shown one that nobody approved."""
    parts = func.coalesce(func.sum(ProductShare.basis_points), 0)
    shared = select(Product.id, parts).outerjoin(Product.shares).group_by(Product.id).having(parts != WHOLE)
    for product_id, whole in db.session.execute(shared.order_by(Product.id)):
        yield f"product {product_id}: the parts of its makers sum to {whole}, not {WHOLE}"
    unapproved = or_(Product.approved_price.is_(None), Product.published_at.is_(None))
    shown = select(Product.id).where(Product.state.in_(SHOWN), unapproved)
    for product_id in db.session.scalars(shown.order_by(Product.id)):
        yield f"product {product_id}: it is shown and was never approved"
