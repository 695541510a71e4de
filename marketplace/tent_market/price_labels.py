"""What stands on labels and price cards: name, price, makers, the code to scan and the one to type."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from ..catalog.models import Product, ProductKind, ProductState
from ..extensions import db
from ..groups.models import Group
from ..parcels.models import Parcel, ParcelState
from ..shared import qr
from ..shared.money import format_rupiah
from ..stock.models import StockLevel
from ..storefront import short
from .models import Stall
from .sheets import Paper, placed

MOST = 60
"""So many goods are shown to choose from; a search finds the others."""
MOST_LABELS = 500
"""On one print."""


def goods(area_code: str, text: str, stall: Stall | None) -> list[Product]:
    """Return goods on sale of a regency that are searched for, or what a tent has."""
    statement = (
        select(Product)
        .join(Group, Group.id == Product.group_id)
        .options(joinedload(Product.group))
        .where(Product.regency_code == area_code, Product.kind == ProductKind.GOODS)
        .order_by(Group.name, Product.name, Product.id)
        .limit(MOST)
    )
    if stall is not None:
        at_tent = select(StockLevel.product_id).where(StockLevel.location_id == stall.location_id)
        return list(db.session.scalars(statement.where(Product.id.in_(at_tent))))
    return list(db.session.scalars(_searched(statement, text)))


def _searched(statement: Select[Product], text: str) -> Select[Product]:
    found = statement.where(Product.state == ProductState.PUBLISHED)
    if not text:
        return found
    name = Product.name.icontains(text, autoescape=True)
    return found.where(or_(name, Group.name.icontains(text, autoescape=True)))


def parcels(area_code: str, text: str) -> list[Parcel]:
    """Return the parcels on offer of a regency that are searched for."""
    statement = (
        select(Parcel)
        .options(joinedload(Parcel.recipe))
        .where(Parcel.regency_code == area_code, Parcel.state == ParcelState.OFFERED)
        .order_by(Parcel.name, Parcel.id)
        .limit(MOST)
    )
    return list(
        db.session.scalars(statement.where(Parcel.name.icontains(text, autoescape=True)) if text else statement)
    )


def there(stall: Stall) -> dict[int, int]:
    """Return product → how many a tent has."""
    statement = select(StockLevel.product_id, StockLevel.on_hand).where(StockLevel.location_id == stall.location_id)
    return {row[0]: row[1] for row in db.session.execute(statement)}


def content(
    paper: Paper, chosen: list[tuple[Product | Parcel, int]], first: int, issuer: Mapping[str, Any]
) -> dict[str, object]:
    """Return the data of a print: what each label says once, and its number on every place of the sheets."""
    numbers = [number for number, (_thing, copies) in enumerate(chosen) for _copy in range(copies)]
    return {
        "issuer": issuer,
        "things": [_said(thing) for thing, _copies in chosen],
        "sheets": [[-1 if at is None else at for at in sheet] for sheet in placed(numbers, paper, first)],
        "paper": {
            "width": paper.width,
            "height": paper.height,
            "columns": paper.columns,
            "rows": paper.rows,
            "label_width": paper.label_width,
            "label_height": paper.label_height,
            "gap": paper.gap,
            "left": paper.left,
            "top": paper.top,
            "is_card": paper.is_card,
        },
    }


def _said(thing: Product | Parcel) -> dict[str, str]:
    name = short.name_of(type(thing), thing.id)
    if isinstance(thing, Product):
        price, unit, maker = thing.price, thing.unit, thing.group.name
    else:
        price, unit, maker = thing.recipe.price if thing.recipe else 0, "paket", "Beberapa kelompok"
    return {
        "name": thing.name,
        "price": format_rupiah(price),
        "unit": unit,
        "maker": maker,
        "code": name.upper(),
        "qr": qr.svg(short.address_of(name)).decode(),
    }
