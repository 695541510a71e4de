"""Hold goods for orders and let them go. The only writer of quantities, together with `movements`.

Every change is one conditional UPDATE of a stock row, rows in id order: two orders that want the same goods
wait for each other and never for a cycle.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from contextlib import nullcontext

from sqlalchemy import CursorResult, case, select, update

from ..catalog.models import Product
from ..extensions import db
from ..shared import clock
from ..shared.errors import Missing, Shortage, StateConflict
from ..shared.transaction import command
from ..shared.upsert import insert
from . import queries, rules
from .models import Hold, HoldState, MovementReason, StockLevel
from .movements import move

MAX_TRIES = 200
"""Tries to hold: each failed one means that another buyer got something, so few are ever needed."""


@command
def hold(reference: str, demand: Mapping[int, int], expires_at: dt.datetime | None) -> None:
    """Hold quantities of products (id → how many) for a reference such as `order:12`, all or nothing.

    Takes from the store first, then from the groups. Holds whose time is over are released on the way.
    Raises Shortage with every product that falls short.
    """
    released = False
    for _try in range(MAX_TRIES):
        levels = queries.free_levels(demand)
        short = rules.shortages(demand, levels)
        if short and not released:
            release_expired(clock.now(), list(short))
            released = True
            continue
        if short:
            raise Shortage(_missing(demand, short))
        if _take_all(reference, rules.plan(demand, levels), expires_at):
            return
    raise StateConflict


class _TooLate(Exception):
    """Another buyer was faster on one of the rows."""


def _take_all(reference: str, takes: list[rules.Take], expires_at: dt.datetime | None) -> bool:
    """Hold every take or none; False when another buyer was faster."""
    try:
        with db.session.begin_nested() if len(takes) > 1 else nullcontext():
            for take in takes:
                _hold_on_row(take)
    except _TooLate:
        return False
    if takes:  # an order of services alone takes none
        _write_holds(reference, takes, expires_at)
    return True


def _hold_on_row(take: rules.Take) -> None:
    result = db.session.execute(
        update(StockLevel)
        .where(StockLevel.id == take.level_id, StockLevel.on_hand - StockLevel.held >= take.quantity)
        .values(held=StockLevel.held + take.quantity)
        .execution_options(synchronize_session=False)
    )
    if _rows(result) != 1:
        raise _TooLate


def _rows(result: object) -> int:
    assert isinstance(result, CursorResult)
    return int(result.rowcount)


def _write_holds(reference: str, takes: list[rules.Take], expires_at: dt.datetime | None) -> None:
    """Write the holds of a reference; one that is active on the same row grows, one that ended begins anew."""
    rows = [
        {"reference": reference, "level_id": take.level_id, "quantity": take.quantity, "expires_at": expires_at}
        for take in takes
    ]
    statement = insert(Hold).values(rows)
    new = statement.excluded
    grown = case((Hold.state == HoldState.ACTIVE, Hold.quantity + new.quantity), else_=new.quantity)
    changed = {"quantity": grown, "state": HoldState.ACTIVE, "expires_at": new.expires_at}
    db.session.execute(statement.on_conflict_do_update(index_elements=("reference", "level_id"), set_=changed))


def _missing(demand: Mapping[int, int], short: Mapping[int, int]) -> list[Missing]:
    names = dict(db.session.execute(select(Product.id, Product.name).where(Product.id.in_(short))).all())
    return [Missing(key, names.get(key, ""), demand[key], free) for key, free in sorted(short.items())]


@command
def secure(reference: str, demand: Mapping[int, int], expires_at: dt.datetime | None) -> None:
    """Make sure that a reference holds its whole demand until a moment (None: until it leaves).

    What was released meanwhile is held anew. Raises Shortage when it is gone.
    """
    # The expiry of what is held must stand before it is counted, and before anyone releases late holds below.
    active = (Hold.reference == reference, Hold.state == HoldState.ACTIVE)
    db.session.execute(update(Hold).where(*active).values(expires_at=expires_at))
    held = queries.held_for(reference)
    missing = {product_id: quantity - held.get(product_id, 0) for product_id, quantity in demand.items()}
    still = {product_id: quantity for product_id, quantity in missing.items() if quantity > 0}
    if still:
        hold(reference, still, expires_at)


@command
def release(reference: str) -> None:
    """End the holds of a reference; its goods are free again."""
    for row in queries.holds_of(reference, HoldState.ACTIVE):
        _release(row)


@command
def release_expired(now: dt.datetime, product_ids: Collection[int] | None = None) -> int:
    """End the holds whose time is over, of some products or of all; return how many."""
    return sum(_release(row) for row in queries.expired_holds(now, product_ids))


def _release(row: Hold) -> bool:
    if not _turn(row, HoldState.ACTIVE, HoldState.RELEASED):
        return False
    db.session.execute(
        update(StockLevel)
        .where(StockLevel.id == row.level_id)
        .values(held=StockLevel.held - row.quantity)
        .execution_options(synchronize_session=False)
    )
    return True


def _turn(row: Hold, old: HoldState, new: HoldState) -> bool:
    """Move a hold from one state to another; False when somebody else already did."""
    db.session.flush()  # a quantity changed in memory must be in the row before it is released by it
    result = db.session.execute(
        update(Hold)
        .where(Hold.id == row.id, Hold.state == old)
        .values(state=new)
        .execution_options(synchronize_session=False)
    )
    if _rows(result) == 1:
        db.session.refresh(row)
        return True
    return False


@command
def take(reference: str, actor_id: int | None) -> None:
    """Let held goods leave: they were packed. Raises StateConflict when nothing is held any more."""
    rows = queries.holds_of(reference, HoldState.ACTIVE)
    active = (Hold.reference == reference, Hold.state == HoldState.ACTIVE)
    if _rows(db.session.execute(update(Hold).where(*active).values(state=HoldState.TAKEN))) != len(rows):
        raise StateConflict
    for row in rows:
        move(row.level_id, -row.quantity, MovementReason.SOLD, reference, actor_id, out_of_hold=True)


@command
def put_back(reference: str, actor_id: int | None) -> None:
    """Take goods that had left back into the rows they came from."""
    for row in queries.holds_of(reference, HoldState.TAKEN):
        if _turn(row, HoldState.TAKEN, HoldState.RELEASED):
            move(row.level_id, row.quantity, MovementReason.RETURNED, reference, actor_id)


@command
def put_back_some(
    reference: str, product_id: int, quantity: int, actor_id: int | None, *, destroyed: int = 0, note: str = ""
) -> None:
    """Take some goods of a product that had left back into the rows they came from; so many are destroyed at once.

    Nothing happens for a product of which nothing was held: a service. Raises StateConflict when fewer had left.
    """
    rows = [row for row in queries.holds_of(reference, HoldState.TAKEN) if row.level.product_id == product_id]
    left = quantity if rows else 0
    for row in rows:
        part = min(left, row.quantity)
        gone = min(destroyed, part)
        left, destroyed = left - part, destroyed - gone
        if part:
            _come_back(row, part)
            move(row.level_id, part, MovementReason.RETURNED, reference, actor_id, note=note)
        if gone:
            move(row.level_id, -gone, MovementReason.DESTROYED, reference, actor_id, note=note)
    if left:
        raise StateConflict


def _come_back(row: Hold, part: int) -> None:
    if part < row.quantity:
        row.quantity -= part
    elif not _turn(row, HoldState.TAKEN, HoldState.RELEASED):
        raise StateConflict


@command
def reduce(reference: str, product_id: int, quantity: int) -> None:
    """Give up part of what is held of a product. Raises StateConflict when less is held."""
    left = quantity
    for row in queries.holds_of(reference, HoldState.ACTIVE):
        if row.level.product_id != product_id or left == 0:
            continue
        part = min(left, row.quantity)
        left -= part
        _give_up(row, part)
    if left:
        raise StateConflict


def _give_up(row: Hold, part: int) -> None:
    if part == row.quantity:
        _release(row)
        return
    row.quantity -= part
    db.session.execute(
        update(StockLevel)
        .where(StockLevel.id == row.level_id)
        .values(held=StockLevel.held - part)
        .execution_options(synchronize_session=False)
    )
