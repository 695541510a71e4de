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


class TooLate(Exception):
    """Another buyer was faster on one of the rows."""


def _take_all(reference: str, takes: list[rules.Take], expires_at: dt.datetime | None) -> bool:
    """Hold every take or none; False when another buyer was faster."""
    try:
        with db.session.begin_nested() if len(takes) > 1 else nullcontext():
            for take in takes:
                hold_on_row(take)
    except TooLate:
        return False
    if takes:  # an order of services alone takes none
        write_holds(reference, takes, expires_at)
    return True


def hold_on_row(take: rules.Take) -> None:
    """Hold so many on one row, inside a running command. Raises TooLate when they are not free (any more)."""
    result = db.session.execute(
        update(StockLevel)
        .where(StockLevel.id == take.level_id, StockLevel.on_hand - StockLevel.held >= take.quantity)
        .values(held=StockLevel.held + take.quantity)
        .execution_options(synchronize_session=False)
    )
    if _rows(result) != 1:
        raise TooLate


def _rows(result: object) -> int:
    assert isinstance(result, CursorResult)
    return int(result.rowcount)


def write_holds(reference: str, takes: list[rules.Take], expires_at: dt.datetime | None) -> None:
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
    if not turn_hold(row, HoldState.ACTIVE, HoldState.RELEASED):
        return False
    db.session.execute(
        update(StockLevel)
        .where(StockLevel.id == row.level_id)
        .values(held=StockLevel.held - row.quantity)
        .execution_options(synchronize_session=False)
    )
    return True


def turn_hold(row: Hold, old: HoldState, new: HoldState) -> bool:
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
def reduce(reference: str, product_id: int, quantity: int) -> None:
    """Give up part of what is held of a product. Raises StateConflict when less is held."""
    left = quantity
    for row in queries.holds_of(reference, HoldState.ACTIVE):
        if row.level.product_id != product_id or left == 0:
            continue
        part = min(left, row.quantity)
        left -= part
        give_up(row, part)
    if left:
        raise StateConflict


def give_up(row: Hold, part: int) -> None:
    """Free a part of what is held, inside a running command."""
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
