"""What a till needs to sell all day without a network: goods, prices, what is there, offices and the QRIS."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import selectinload

from ..areas import queries as areas
from ..areas.models import FigureKey
from ..catalog.models import Product, ProductKind, ProductState
from ..extensions import db
from ..groups.models import Group
from ..offices.models import Office
from ..parcels.models import Parcel, ParcelState, Recipe
from ..payments import accounts
from ..shared import clock
from ..shared.images import Photo
from ..stock.models import Hold, HoldState, Location, StockLevel
from ..storefront import boxes, cards, short
from .models import Stall, StallGroup
from .till_models import TillDevice

MOST_OFFICES = 2_000
FIGURES = {
    "discount_percent": (FigureKey.TILL_DISCOUNT_PERCENT, 0),
    "idle_minutes": (FigureKey.TILL_IDLE_MINUTES, 1),
    "qris_cap": (FigureKey.QRIS_CAP, 0),
}
"""Each number, and by what a till goes while the office has yet to set it: it sells on, and gives nothing away."""


def of_device(device: TillDevice) -> dict[str, Any]:
    """Return everything that a phone keeps for its market day."""
    site = device.day.site
    stalls = [row.stall for row in device.stalls]
    today = clock.today(areas.time_zone(site.area_code))
    products = _products(_product_ids(stalls, site.area_code))
    limits = {name: areas.find_figure(key, site.area_code, today) for name, (key, _else) in FIGURES.items()}
    return {
        "now": clock.now().isoformat(timespec="milliseconds"),
        "device": {
            "id": device.id,
            "name": device.name,
            "cashier": device.cashier.name,
            "last_sequence": device.last_sequence,
        },
        "day": {
            "id": device.day_id,
            "held_on": device.day.held_on.isoformat(),
            "site": site.name,
            "address": site.address,
        },
        "limits": {name: FIGURES[name][1] if value is None else value for name, value in limits.items()},
        "unset": [name for name, value in limits.items() if value is None],
        "stalls": _stalls(stalls),
        "products": products,
        "parcels": _parcels(site.area_code, {row["id"] for row in products}),
        "offices": _offices(site.area_code),
        "qris": _qris(site.area_code),
        "seller": f"Dinas Sosial {areas.get_area(site.area_code).name}",
    }


def _stalls(stalls: Collection[Stall]) -> list[dict[str, Any]]:
    there, groups = left_at(stalls), groups_at(stalls)
    return [
        {
            "id": stall.id,
            "tent": stall.tent.number,
            "groups": groups.get(stall.id, []),
            "state": stall.state.value,
            "there": {str(key): count for key, count in there.get(stall.location_id, {}).items()},
        }
        for stall in stalls
    ]


def left_at(stalls: Collection[Stall]) -> dict[int, dict[int, int]]:
    """Return location id → product id → how many a tent has, of several tents by one question."""
    statement = (
        select(StockLevel.location_id, StockLevel.product_id, func.sum(Hold.quantity))
        .join(Hold, Hold.level_id == StockLevel.id)
        .join(Location, Location.id == StockLevel.location_id)
        .where(Location.id.in_([stall.location_id for stall in stalls]))
        .where(Hold.reference.in_([stall.location.reference for stall in stalls]), Hold.state == HoldState.ACTIVE)
        .group_by(StockLevel.location_id, StockLevel.product_id)
        .order_by(StockLevel.location_id, StockLevel.product_id)
    )
    found: dict[int, dict[int, int]] = {}
    for location_id, product_id, count in db.session.execute(statement):
        found.setdefault(location_id, {})[product_id] = int(count)
    return found


def groups_at(stalls: Collection[Stall]) -> dict[int, list[str]]:
    """Return stall id → the names of its groups."""
    statement = (
        select(StallGroup.stall_id, Group.name)
        .join(Group, Group.id == StallGroup.group_id)
        .where(StallGroup.stall_id.in_([stall.id for stall in stalls]))
        .order_by(Group.name, Group.id)
    )
    found: dict[int, list[str]] = {}
    for stall_id, name in db.session.execute(statement):
        found.setdefault(stall_id, []).append(name)
    return found


def _product_ids(stalls: Collection[Stall], area_code: str) -> list[int]:
    """Return the goods that were ever brought to these tents, and all that their groups have on sale."""
    brought = select(StockLevel.product_id).where(StockLevel.location_id.in_([stall.location_id for stall in stalls]))
    placed = select(StallGroup.group_id).where(StallGroup.stall_id.in_([stall.id for stall in stalls]))
    on_sale = Product.group_id.in_(placed) & (Product.state == ProductState.PUBLISHED)
    goods = select(Product.id).where(Product.kind == ProductKind.GOODS, Product.regency_code == area_code)
    return list(db.session.scalars(goods.where(or_(Product.id.in_(brought), on_sale))))


def _products(ids: Collection[int]) -> list[dict[str, Any]]:
    found = cards.of_ids(ids).values()
    return [
        {
            "id": card.id,
            "name": card.name,
            "unit": card.unit,
            "price": card.price,
            "group": card.group,
            "photo": _small(card.photo),
            "code": card.short_name,
        }
        for card in sorted(found, key=lambda card: (card.name, card.id))
    ]


def _small(photo: Photo | None) -> str | None:
    """Return the address of the smallest picture: a tile is small, and a phone fetches dozens."""
    return photo.webp_srcset.partition(" ")[0] if photo else None


def _parcels(area_code: str, product_ids: Collection[int]) -> list[dict[str, Any]]:
    """Return the parcels on offer that can be put together of these goods."""
    current = (Recipe.parcel_id == Parcel.id) & (Recipe.version == Parcel.recipe_version)
    statement = (
        select(Recipe)
        .join(Parcel, current)
        .where(Parcel.regency_code == area_code, Parcel.state == ParcelState.OFFERED)
        .options(selectinload(Recipe.items), selectinload(Recipe.parcel))
        .order_by(Parcel.name, Parcel.id)
    )
    recipes = [row for row in db.session.scalars(statement) if {i.product_id for i in row.items} <= set(product_ids)]
    pictures = boxes.of_ids([row.parcel_id for row in recipes])
    return [
        {
            "id": row.parcel_id,
            "recipe": row.id,
            "name": row.parcel.name,
            "price": row.price,
            "photo": _small(pictures[row.parcel_id].photo),
            "items": {str(item.product_id): item.quantity for item in row.items},
            "code": short.name_of(Parcel, row.parcel_id),
        }
        for row in recipes
    ]


def _offices(area_code: str) -> list[dict[str, Any]]:
    statement = select(Office.id, Office.name, Office.kind).where(Office.regency_code == area_code)
    found = db.session.execute(statement.order_by(Office.name, Office.id).limit(MOST_OFFICES))
    return [{"id": key, "name": name, "kind": kind.value} for key, name, kind in found]


def _qris(area_code: str) -> str | None:
    held = accounts.accounts_in(area_code)
    return next((each.qris_payload for each in held if each.is_active and each.provider == "qris"), None)
