"""Read what is there."""

import datetime as dt
from collections.abc import Collection, Iterable

from sqlalchemy import func, select

from ..extensions import db
from .models import Hold, HoldState, Location, LocationKind, StockLevel
from .rules import FreeLevel


def free_by_product(product_ids: Collection[int]) -> dict[int, int]:
    """Return product id → quantity that can be sold now, over all its locations; 0 where nothing is counted."""
    statement = (
        select(StockLevel.product_id, func.sum(StockLevel.on_hand - StockLevel.held))
        .where(StockLevel.product_id.in_(product_ids))
        .group_by(StockLevel.product_id)
    )
    found = {product_id: int(free) for product_id, free in db.session.execute(statement)}
    return {product_id: found.get(product_id, 0) for product_id in product_ids}


def free_levels(product_ids: Iterable[int]) -> list[FreeLevel]:
    """Return every stock row of the products with what is free on it."""
    statement = (
        select(StockLevel.id, StockLevel.product_id, Location.kind, StockLevel.on_hand - StockLevel.held)
        .join(Location)
        .where(StockLevel.product_id.in_(list(product_ids)))
    )
    return [
        FreeLevel(level_id, product_id, kind is LocationKind.STORE, free)
        for level_id, product_id, kind, free in db.session.execute(statement)
    ]


def levels_of(product_ids: Collection[int]) -> list[StockLevel]:
    """Return the stock rows of some products, the store first."""
    statement = (
        select(StockLevel)
        .join(Location)
        .where(StockLevel.product_id.in_(product_ids))
        .order_by(StockLevel.product_id, Location.kind.desc(), StockLevel.id)
    )
    return list(db.session.scalars(statement))


def holds_of(reference: str, *states: HoldState) -> list[Hold]:
    """Return the holds of one order in the given states, in the order in which their rows are locked."""
    statement = select(Hold).where(Hold.reference == reference).order_by(Hold.level_id)
    if states:
        statement = statement.where(Hold.state.in_(states))
    # Holds are written beside the session, so rows that it knows may be older than the table.
    return list(db.session.scalars(statement.execution_options(populate_existing=True)))


def held_for(reference: str) -> dict[int, int]:
    """Return product id → how many are held for one order."""
    statement = (
        select(StockLevel.product_id, func.sum(Hold.quantity))
        .join(StockLevel, StockLevel.id == Hold.level_id)
        .where(Hold.reference == reference, Hold.state == HoldState.ACTIVE)
        .group_by(StockLevel.product_id)
    )
    return {product_id: int(quantity) for product_id, quantity in db.session.execute(statement)}


def expired_holds(now: dt.datetime, product_ids: Collection[int] | None = None) -> list[Hold]:
    """Return active holds whose time is over, of some products or of all, in locking order."""
    statement = select(Hold).where(Hold.state == HoldState.ACTIVE, Hold.expires_at < now).order_by(Hold.level_id)
    if product_ids is not None:
        statement = statement.join(StockLevel).where(StockLevel.product_id.in_(product_ids))
    return list(db.session.scalars(statement))
