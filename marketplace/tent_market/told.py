"""What a till told, in words: for people who decide about it."""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import literal, select, union_all

from ..catalog.models import Product
from ..extensions import db
from ..parcels.models import Parcel
from .sync_bodies import RefundBody, SaleBody, Thing, VoidBody, content_of, moment
from .till_models import TillEventKind

LONGEST = 4_000


@dataclass(frozen=True)
class Line:
    """A line: a thing, how many, the price of one where one was told, and how many of them are spoiled."""

    name: str
    quantity: int
    price: int | None
    spoiled: int = 0


@dataclass(frozen=True)
class Words:
    """An event as people read it; of one that cannot be read, word for word."""

    lines: tuple[Line, ...] = ()
    amount: int | None = None
    paid: str = ""
    reason: str = ""
    of: str = ""
    at: dt.datetime | None = None
    raw: str = ""


def words_of(pairs: Iterable[tuple[TillEventKind, dict[str, Any]]]) -> list[Words]:
    """Return some events in words; the names of all their goods by one question."""
    read = [(raw, content_of(kind, raw)) for kind, raw in pairs]
    things = [line for _raw, content in read if isinstance(content, SaleBody | RefundBody) for line in content.lines]
    names = _names(things)
    return [_words(raw, content, names) for raw, content in read]


def _words(raw: dict[str, Any], content: Any, names: dict[tuple[int | None, int | None], str]) -> Words:
    at = moment(raw.get("at"))
    if isinstance(content, SaleBody):
        lines = tuple(Line(names.get(each.name, "?"), each.quantity, each.price) for each in content.lines)
        return Words(lines, content.total, content.paid, at=at)
    if isinstance(content, RefundBody):
        back = tuple(Line(names.get(each.name, "?"), each.quantity, None, each.spoiled) for each in content.lines)
        return Words(back, content.amount, reason=content.reason, of=content.of, at=at)
    if isinstance(content, VoidBody):
        return Words(reason=content.reason, of=content.of, at=at)
    return Words(raw=json.dumps(raw, indent=1)[:LONGEST], at=at)


def _names(things: Iterable[Thing]) -> dict[tuple[int | None, int | None], str]:
    wanted = {thing.name for thing in things}
    if not wanted:
        return {}
    goods = [product for product, _parcel in wanted if product is not None]
    parcels = [parcel for _product, parcel in wanted if parcel is not None]
    statement = union_all(
        select(literal("product"), Product.id, Product.name).where(Product.id.in_(goods)),
        select(literal("parcel"), Parcel.id, Parcel.name).where(Parcel.id.in_(parcels)),
    )
    found = db.session.execute(statement)
    return {(key, None) if kind == "product" else (None, key): name for kind, key, name in found}
