"""Goods away at a tent: counted there and held for it, so that nobody else can sell them."""

from collections.abc import Mapping

from ..extensions import db
from ..shared import clock
from ..shared.errors import InvalidInput, StateConflict
from ..shared.i18n import _
from ..shared.transaction import command
from . import queries
from .models import HoldState, Location, LocationKind, MovementReason, StockLevel
from .movements import level_of, move, store_of
from .rules import Take
from .service import give_up, hold_on_row, write_holds


@command
def make_place(area_code: str, name: str) -> Location:
    """Make the place of a tent on one market day."""
    row = Location(kind=LocationKind.TENT, name=name, area_code=area_code)
    db.session.add(row)
    db.session.flush()  # callers need its id
    return row


@command
def load(
    place: Location, product_id: int, source_id: int, quantity: int, actor_id: int | None, *, reference: str = ""
) -> None:
    """Take goods from the store or a group to a tent. Raises InvalidInput when not so many are free there.

    `reference` names what it is done for, such as a loading list; else the place itself.
    """
    _check_open(place)
    source, target = level_of(product_id, source_id), level_of(product_id, place.id)
    for level_id, signed in sorted([(source.id, -quantity), (target.id, quantity)]):
        move(level_id, signed, MovementReason.LOADED, reference or place.reference, actor_id)
    _keep(place, target.id, quantity)


@command
def unload(
    place: Location, product_id: int, target_id: int, quantity: int, actor_id: int | None, *, reference: str = ""
) -> None:
    """Take goods back from a tent to the store or a group. Raises InvalidInput when the tent has not so many."""
    source, target = level_of(product_id, place.id), level_of(product_id, target_id)
    _let_go(place, source, quantity)
    for level_id, signed in sorted([(source.id, -quantity), (target.id, quantity)]):
        move(level_id, signed, MovementReason.UNLOADED, reference or place.reference, actor_id)


@command
def write_off(
    place: Location,
    product_id: int,
    quantity: int,
    reason: MovementReason,
    note: str,
    actor_id: int | None,
    *,
    reference: str = "",
) -> None:
    """Write off goods of a tent: spoiled, given away or missing. Raises InvalidInput when it has not so many."""
    level = level_of(product_id, place.id)
    _let_go(place, level, quantity)
    move(level.id, -quantity, reason, reference or place.reference, actor_id, note=note)


@command
def find(place: Location, product_id: int, quantity: int, reference: str, note: str, actor_id: int | None) -> None:
    """Count in what a tent has more than anybody had written down."""
    level = level_of(product_id, place.id)
    move(level.id, quantity, MovementReason.FOUND, reference, actor_id, note=note)
    _keep(place, level.id, quantity)


@command
def hold_from(place: Location, reference: str, demand: Mapping[int, int], actor_id: int | None) -> None:
    """Hold what was sold at a tent for its order. What the tent had not is found there first: a sale is a fact."""
    there = at_tent(place)
    takes = []
    for product_id, quantity in sorted(demand.items()):
        more = quantity - there.get(product_id, 0)
        if more > 0:
            find(place, product_id, more, reference, "", actor_id)
        level = level_of(product_id, place.id)
        _let_go(place, level, quantity)
        takes.append(Take(level.id, quantity))
    for take in takes:
        hold_on_row(take)
    if takes:
        write_holds(reference, takes, None)


def at_tent(place: Location) -> dict[int, int]:
    """Return product id → how many a tent has."""
    return queries.held_for(place.reference)


def take_in(level: StockLevel, quantity: int, actor_id: int | None) -> None:
    """See to goods that came back from a buyer to a tent: it has them again, or the store once its day is over."""
    place = level.location
    _lock(place)
    if place.closed_at is None:
        _keep(place, level.id, quantity)
        return
    store = level_of(level.product_id, store_of(place.area_code).id)
    for level_id, signed in sorted([(level.id, -quantity), (store.id, quantity)]):
        move(level_id, signed, MovementReason.UNLOADED, place.reference, actor_id)


@command
def close_place(place: Location) -> None:
    """End the market day of a tent that has nothing left. Raises StateConflict when it has."""
    _lock(place)
    if at_tent(place):
        raise StateConflict
    place.closed_at = clock.now()


def _lock(place: Location) -> None:
    """Let what comes back from a buyer and the end of the day wait for each other."""
    db.session.refresh(place, with_for_update=True)


def _check_open(place: Location) -> None:
    if place.kind is not LocationKind.TENT or place.closed_at is not None:
        raise StateConflict


def _keep(place: Location, level_id: int, quantity: int) -> None:
    take = Take(level_id, quantity)
    hold_on_row(take)
    write_holds(place.reference, [take], None)


def _let_go(place: Location, level: StockLevel, quantity: int) -> None:
    """Free some of what is held for a tent. Raises InvalidInput when it has not so many."""
    for row in queries.holds_of(place.reference, HoldState.ACTIVE):
        if row.level_id == level.id and row.quantity >= quantity:
            give_up(row, quantity)
            return
    raise InvalidInput(_("The tent has not so many of this."), field="quantity")
