"""Count goods in, out and over: each change of on hand is one movement row and one conditional UPDATE."""

from sqlalchemy import CursorResult, select, update
from sqlalchemy.exc import IntegrityError

from ..catalog.models import Product
from ..extensions import db
from ..groups.models import Group
from ..shared.columns import MAX_QUANTITY
from ..shared.errors import InvalidInput, NotFound
from ..shared.i18n import _
from ..shared.transaction import command
from .models import Location, LocationKind, MovementReason, StockLevel, StockMovement


@command
def location_of_group(group_id: int) -> Location:
    """Return the place where a group keeps its goods; made when it is first needed."""
    found = db.session.scalar(select(Location).where(Location.group_id == group_id))
    if found is not None:
        return found
    group = db.session.get(Group, group_id)
    if group is None:
        raise NotFound
    row = Location(kind=LocationKind.GROUP, name=group.name, area_code=group.regency_code, group_id=group_id)
    db.session.add(row)
    db.session.flush()  # callers need its id
    return row


def rename_location(group: Group) -> None:
    """Call the place of a group by the group's present name; runs inside the command that changed it."""
    db.session.execute(update(Location).where(Location.group_id == group.id).values(name=group.name))


@command
def store_of(area_code: str) -> Location:
    """Return the store of a regency's social office; made when it is first needed."""
    found = db.session.scalar(
        select(Location).where(Location.area_code == area_code, Location.kind == LocationKind.STORE)
    )
    if found is not None:
        return found
    row = Location(kind=LocationKind.STORE, name="Gudang Dinas Sosial", area_code=area_code)
    db.session.add(row)
    db.session.flush()  # callers need its id
    return row


@command
def receive(product_id: int, location_id: int, quantity: int, actor_id: int | None, note: str = "") -> None:
    """Count in goods that were made. Raises InvalidInput for services and for no sensible quantity."""
    _check_quantity(quantity)
    level = level_of(product_id, location_id)
    move(level.id, quantity, MovementReason.PRODUCED, "", actor_id, note=note)


@command
def deliver_to_store(product_id: int, quantity: int, actor_id: int | None, note: str = "") -> None:
    """Move goods from the makers' place to the store of their regency (setor barang).

    Raises InvalidInput when the group has not so many free.
    """
    _between(product_id, quantity, actor_id, note, to_store=True)


@command
def take_back(product_id: int, quantity: int, actor_id: int | None, note: str = "") -> None:
    """Move goods from the store back to their makers. Raises InvalidInput when the store has not so many free."""
    _between(product_id, quantity, actor_id, note, to_store=False)


def _between(product_id: int, quantity: int, actor_id: int | None, note: str, *, to_store: bool) -> None:
    _check_quantity(quantity)
    product = _goods(product_id)
    group_level = level_of(product_id, location_of_group(product.group_id).id)
    store_level = level_of(product_id, store_of(product.regency_code).id)
    source, target = (group_level, store_level) if to_store else (store_level, group_level)
    reason = MovementReason.DELIVERED_TO_STORE if to_store else MovementReason.TAKEN_BACK
    for level_id, signed in sorted([(source.id, -quantity), (target.id, quantity)]):
        move(level_id, signed, reason, "", actor_id, note=note)


@command
def adjust_count(product_id: int, location_id: int, counted: int, actor_id: int | None, note: str = "") -> int:
    """Set on hand to what was counted; return the difference. Raises InvalidInput below what is held for orders."""
    if not 0 <= counted <= MAX_QUANTITY:
        raise InvalidInput(_("Enter a number from 0 to 1,000,000."), field="quantity")
    level = level_of(product_id, location_id)
    db.session.refresh(level, with_for_update=True)
    difference = counted - level.on_hand
    if difference:
        move(level.id, difference, MovementReason.COUNTED, "", actor_id, note=note)
    return difference


@command
def count_fewer(product_id: int, location_id: int, quantity: int, actor_id: int | None, note: str = "") -> None:
    """Count some off whose way nobody knows. Raises InvalidInput when not so many are free."""
    _check_quantity(quantity)
    move(level_of(product_id, location_id).id, -quantity, MovementReason.COUNTED, "", actor_id, note=note)


@command
def spoil(product_id: int, location_id: int, quantity: int, actor_id: int | None, note: str) -> None:
    """Write off spoiled goods. Raises InvalidInput when not so many are free."""
    _check_quantity(quantity)
    move(level_of(product_id, location_id).id, -quantity, MovementReason.SPOILED, "", actor_id, note=note)


def _check_quantity(quantity: int) -> None:
    if not 1 <= quantity <= MAX_QUANTITY:
        raise InvalidInput(_("Enter a number from 1 to 1,000,000."), field="quantity")


def _goods(product_id: int) -> Product:
    product = db.session.get(Product, product_id)
    if product is None:
        raise NotFound
    if not product.tracks_stock:
        raise InvalidInput(_("A service has no stock."))
    return product


def level_of(product_id: int, location_id: int) -> StockLevel:
    """Return the stock row of a product at a location; made when it is first needed."""
    statement = select(StockLevel).where(StockLevel.product_id == product_id, StockLevel.location_id == location_id)
    found = db.session.scalar(statement)
    if found is not None:
        return found
    _goods(product_id)
    try:
        with db.session.begin_nested():
            row = StockLevel(product_id=product_id, location_id=location_id, on_hand=0, held=0)
            db.session.add(row)
    except IntegrityError:  # another writer made it a moment ago
        return db.session.scalars(statement).one()
    return row


def move(
    level_id: int,
    quantity: int,
    reason: MovementReason,
    reference: str,
    actor_id: int | None,
    *,
    note: str = "",
    out_of_hold: bool = False,
) -> None:
    """Change on hand by a signed quantity and write the movement; inside a running command.

    `out_of_hold` takes from what is held rather than from what is free. Raises InvalidInput when the row
    has not so many.
    """
    values = {"on_hand": StockLevel.on_hand + quantity}
    if out_of_hold:
        values["held"] = StockLevel.held + quantity
        enough = StockLevel.held + quantity >= 0
    else:
        enough = StockLevel.on_hand + quantity >= StockLevel.held
    result = db.session.execute(
        update(StockLevel)
        .where(StockLevel.id == level_id, enough, StockLevel.on_hand + quantity <= MAX_QUANTITY)
        .values(values)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(result, CursorResult)
    if result.rowcount != 1:
        raise InvalidInput(_("There are not so many: some may be kept for orders."), field="quantity")
    db.session.add(
        StockMovement(
            level_id=level_id, quantity=quantity, reason=reason, reference=reference, actor_id=actor_id, note=note
        )
    )
    level = db.session.identity_map.get(db.session.identity_key(StockLevel, level_id))
    if level is not None:
        db.session.expire(level)
