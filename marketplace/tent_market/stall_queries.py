"""Read what a tent of a market day has: goods, lists, money in its drawer, phones that still owe us sales."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Select, cast, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from ..catalog.models import Product, ProductKind, ProductState
from ..extensions import db
from ..groups.models import Group
from ..ledger.models import Account, JournalEntry, JournalLine
from ..parcels.models import Parcel, ParcelState
from ..shared.errors import NotFound
from ..shared.policy import Actor, Role, may
from ..stock.models import Hold, Location, LocationKind, MovementReason, StockLevel, StockMovement
from .goods_models import Load, LoadLine, LoadState, StallCount
from .models import MarketDay, Site, Stall, StallGroup
from .stall_rules import MOST_LINES
from .stalls import SEERS
from .till_models import TillDevice, TillStall

PAST_DAYS = 4
"""So many market days of a site are looked back at for what to take along."""


def order_ids(*conditions: Any) -> Select[int, int]:
    """Select location and order of what was sold at tents: each order holds its goods where they were."""
    order_id = cast(func.substr(Hold.reference, len("order:") + 1), BigInteger)
    return (
        select(StockLevel.location_id, order_id.label("order_id"))
        .join(Hold, Hold.level_id == StockLevel.id)
        .where(Hold.reference.startswith("order:"), *conditions)
        .distinct()
    )


def goods_at(location_id: int) -> Sequence[Any]:
    """Return id, name, unit, price, group and how many (`there`) of all that ever was at a tent, by group and name."""
    columns: tuple[Any, ...] = (Product.id, Product.name, Product.unit, Product.price, Product.group_id)
    statement = (
        select(*columns, Group.name.label("group"), StockLevel.on_hand.label("there"))
        .join(StockLevel, StockLevel.product_id == Product.id)
        .join(Group, Group.id == Product.group_id)
        .where(StockLevel.location_id == location_id)
        .order_by(Group.name, Product.name, Product.id)
    )
    return db.session.execute(statement).all()


def loads_of(stall_id: int) -> list[Load]:
    """Return the loading lists of a tent, oldest first, with lines, goods and places."""
    return list(db.session.scalars(_loads().where(Load.stall_id == stall_id).order_by(Load.id)))


def get_load_for(actor: Actor, load_id: int, roles: frozenset[Role] = SEERS) -> Load:
    """Return a loading list with all of it. Raises NotFound, also for officers of elsewhere."""
    load = db.session.scalar(_loads().where(Load.id == load_id))
    if load is None or not may(actor, roles, area_code=load.stall.day.site.area_code):
        raise NotFound
    return load


def _loads() -> Select[Load]:
    line = selectinload(Load.lines)
    goods = line.joinedload(LoadLine.product).joinedload(Product.group)
    return select(Load).options(goods, line.joinedload(LoadLine.source), joinedload(Load.counted_by))


def has_open_list(stall_id: int) -> bool:
    """Tell whether a list of a tent waits to be counted out."""
    statement = select(Load.id).where(Load.stall_id == stall_id, Load.state == LoadState.LISTED).limit(1)
    return db.session.scalar(statement) is not None


def goods_of_groups(stall_id: int) -> list[Product]:
    """Return the goods on sale of the groups of a tent, by group and name."""
    own = select(StallGroup.group_id).where(StallGroup.stall_id == stall_id)
    statement = (
        select(Product)
        .join(Group, Group.id == Product.group_id)
        .options(joinedload(Product.group))
        .where(Product.group_id.in_(own), Product.kind == ProductKind.GOODS, Product.state == ProductState.PUBLISHED)
        .order_by(Group.name, Product.name, Product.id)
        .limit(MOST_LINES)
    )
    return list(db.session.scalars(statement))


def parcels_of(area_code: str) -> list[Parcel]:
    """Return the parcels on offer of a regency, by name."""
    statement = select(Parcel).where(Parcel.regency_code == area_code, Parcel.state == ParcelState.OFFERED)
    return list(db.session.scalars(statement.options(joinedload(Parcel.recipe)).order_by(Parcel.name, Parcel.id)))


@dataclass(frozen=True)
class Free:
    """What is free of a product at a place that tents are loaded from."""

    level_id: int
    product_id: int
    location_id: int
    kind: LocationKind
    free: int


def free_of(product_ids: Any) -> list[Free]:
    """Return what is free of some products, the store before the group; nothing of a tent is."""
    free = (StockLevel.on_hand - StockLevel.held).label("free")
    statement = (
        select(StockLevel.id, StockLevel.product_id, StockLevel.location_id, Location.kind, free)
        .join(Location)
        .where(StockLevel.product_id.in_(product_ids), Location.kind != LocationKind.TENT)
        .order_by(Location.kind.desc(), StockLevel.id)
    )
    return [Free(*row) for row in db.session.execute(statement)]


def sold_before(stall: Stall) -> dict[int, tuple[int, int]]:
    """Return product → (pieces sold, days that it was there) on the last market days of a tent's site."""
    day = stall.day
    days = (
        select(MarketDay.id)
        .where(MarketDay.site_id == day.site_id, MarketDay.held_on < day.held_on)
        .where(MarketDay.id.in_(select(Stall.day_id)))
        .order_by(MarketDay.held_on.desc())
        .limit(PAST_DAYS)
        .subquery()
    )
    gone = StockMovement.reason.in_((MovementReason.SOLD, MovementReason.RETURNED))
    sold = func.coalesce(func.sum(StockMovement.quantity).filter(gone), 0)
    statement = (
        select(StockLevel.product_id, -sold, func.count(Stall.day_id.distinct()))
        .join(Stall, Stall.location_id == StockLevel.location_id)
        .join(StockMovement, StockMovement.level_id == StockLevel.id)
        .where(Stall.day_id.in_(select(days.c.id)))
        .group_by(StockLevel.product_id)
    )
    return {key: (max(int(pieces), 0), int(times)) for key, pieces, times in db.session.execute(statement)}


def counts_of(stall_id: int) -> list[StallCount]:
    """Return what was counted of a tent, by group and name."""
    statement = (
        select(StallCount)
        .join(Product, Product.id == StallCount.product_id)
        .join(Group, Group.id == Product.group_id)
        .options(joinedload(StallCount.product).joinedload(Product.group), joinedload(StallCount.target))
        .where(StallCount.stall_id == stall_id)
        .order_by(Group.name, Product.name, Product.id)
    )
    return list(db.session.scalars(statement))


def loaded_and_sold(stall: Stall) -> dict[int, tuple[int, int]]:
    """Return product → (pieces brought to a tent, pieces sold there and not brought back by their buyers)."""
    gone = StockMovement.reason.in_((MovementReason.SOLD, MovementReason.RETURNED))
    brought = func.sum(StockMovement.quantity).filter(StockMovement.reason == MovementReason.LOADED)
    sold = func.sum(StockMovement.quantity).filter(gone)
    statement = (
        select(StockLevel.product_id, func.coalesce(brought, 0), func.coalesce(sold, 0))
        .join(StockMovement, StockMovement.level_id == StockLevel.id)
        .where(StockLevel.location_id == stall.location_id)
        .group_by(StockLevel.product_id)
    )
    return {key: (int(came), -int(went)) for key, came, went in db.session.execute(statement)}


def money_key(stall_id: int, what: object) -> str:
    """Return the key under which money is brought into a tent's drawer or out of it."""
    return f"tent-{stall_id}-{what}"


def difference_reference(stall_id: int) -> str:
    """Return the reference of the entry for what a drawer held more or less."""
    return f"stall:{stall_id}"


@dataclass(frozen=True)
class Drawer:
    """What the books say of a tent's cash, rupiah."""

    change: int = 0
    """Change money that was put in."""
    sales: int = 0
    given_back: int = 0
    handed_in: int = 0
    difference: int = 0

    @property
    def expected(self) -> int:
        """Return what should be there."""
        return self.change + self.sales - self.given_back - self.handed_in + self.difference


def drawer_of(stall: Stall) -> Drawer:
    """Return what the books say of a tent's cash, from its own entries."""
    orders = order_ids(StockLevel.location_id == stall.location_id).subquery()
    is_sale = JournalEntry.order_id.in_(select(orders.c.order_id))
    moved = JournalEntry.reference.startswith(f"transfer:{money_key(stall.id, '')}")
    differs = JournalEntry.reference == difference_reference(stall.id)
    amount, incoming = JournalLine.amount, JournalLine.amount > 0
    sums = (
        func.sum(amount).filter(moved, incoming),
        func.sum(amount).filter(is_sale, incoming),
        -func.sum(amount).filter(is_sale, ~incoming),
        -func.sum(amount).filter(moved, ~incoming),
        func.sum(amount).filter(differs),
    )
    statement = (
        select(*(func.coalesce(each, 0) for each in sums))
        .select_from(JournalLine)
        .join(JournalEntry, JournalEntry.id == JournalLine.entry_id)
        .where(JournalLine.account == Account.TENT_CASH, or_(is_sale, moved, differs))
    )
    return Drawer(*(int(each) for each in db.session.execute(statement).one()))


def money_moves(stall_id: int) -> list[JournalEntry]:
    """Return when money was brought into a drawer or out of it, oldest first."""
    moved = JournalEntry.reference.startswith(f"transfer:{money_key(stall_id, '')}")
    statement = select(JournalEntry).where(moved).options(selectinload(JournalEntry.lines)).order_by(JournalEntry.id)
    return list(db.session.scalars(statement))


def unsynced(stall_id: int) -> Sequence[Any]:
    """Return name and number of missing events (`missing`) of the phones of a tent that wrote more than arrived."""
    missing = (TillDevice.told_sequence - TillDevice.last_sequence).label("missing")
    statement = (
        select(TillDevice.name, missing, TillDevice.seen_at)
        .join(TillStall, TillStall.device_id == TillDevice.id)
        .where(TillStall.stall_id == stall_id, missing > 0)
        .order_by(TillDevice.name)
    )
    return db.session.execute(statement).all()


def sites_of(area_code: str) -> list[tuple[int, str]]:
    """Return id and name of the sites of a regency, by name."""
    statement = select(Site.id, Site.name).where(Site.area_code == area_code).order_by(Site.name, Site.id)
    return [(key, name) for key, name in db.session.execute(statement)]
