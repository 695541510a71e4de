"""Who is at the demo's tent market: officers, the sellers of the groups, and the offices around the yard."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from ..accounts.models import User
from ..catalog.models import Product, ProductKind, ProductState
from ..extensions import db
from ..offices.models import OfficeKind
from ..shared.policy import Role
from ..tent_market.models import Stall
from .people import Cast

A_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Neighbour:
    """An office or a school whose people walk over on market days."""

    id: int
    name: str
    kind: OfficeKind

    @property
    def as_buyer(self) -> dict[str, object]:
        """Return it as a till writes it."""
        return {"kind": "school" if self.kind is OfficeKind.SCHOOL else "office", "office": self.id}


@dataclass(frozen=True)
class Purchase:
    """What one buyer takes along: product → how many at which price, when, how he pays, and who he is."""

    at: dt.datetime
    lines: dict[int, tuple[int, int]]
    by_qris: bool
    buyer: Neighbour | None


class Crew:
    """Everybody of the market, by id."""

    def __init__(self, cast: Cast, neighbours: list[Neighbour]) -> None:
        self.planner = cast.staff[Role.CURATOR]
        self.packer = cast.staff[Role.PACKER]
        self.treasurer = cast.staff[Role.TREASURER]
        self.head = cast.staff[Role.HEAD]
        self.neighbours = neighbours
        self._sellers = dict(zip(cast.groups, cast.sellers, strict=True))
        self._names = {user_id: db.session.get_one(User, user_id).name for user_id in cast.sellers}

    def sellers_at(self, stall: Stall) -> list[int]:
        """Return the sellers of the groups of a tent."""
        return [self._sellers[row.group_id] for row in stall.groups]

    def name(self, seller: int) -> str:
        """Return the name of a seller."""
        return self._names[seller]


class Goods:
    """What the groups have on sale, read once: nothing of it changes while the story of the market is played."""

    def __init__(self) -> None:
        on_sale = (Product.kind == ProductKind.GOODS, Product.state == ProductState.PUBLISHED)
        found = select(Product.id, Product.group_id, Product.price).where(*on_sale).order_by(Product.id)
        rows = db.session.execute(found).all()
        self._prices = {key: price for key, _group_id, price in rows}
        self._groups: dict[int, list[int]] = {}
        for key, group_id, _price in rows:
            self._groups.setdefault(group_id, []).append(key)

    def of_group(self, group_id: int) -> list[int]:
        """Return the products of a group."""
        return self._groups.get(group_id, [])

    def price(self, product_id: int) -> int:
        """Return what a piece costs, rupiah."""
        return self._prices[product_id]
