"""What the screens of the stock show, and to whom."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..catalog.access import Worker, covered_by
from ..catalog.models import Product, ProductKind, ProductState
from ..extensions import db
from ..groups import queries as groups
from ..groups.models import Group
from ..shared.errors import NotFound
from ..shared.paging import Page, paginate
from ..shared.policy import MAKERS, Role
from .models import Location, LocationKind, StockLevel, StockMovement
from .rules import FEW

DESK = frozenset({Role.PACKER, Role.CURATOR})
OFFICERS = DESK | {Role.MENTOR}
HISTORY_SIZE = 20


class Left(StrEnum):
    """How many of a product on sale can still be ordered."""

    SOLD_OUT = "sold_out"
    LOW = "low"


@dataclass(frozen=True)
class Filters:
    """What a list of the stock is narrowed to."""

    text: str = ""
    group_id: int | None = None
    place: LocationKind | None = None
    """Only products that lie at such a place now."""
    left: Left | None = None
    """Only products on sale of which so many are free."""


def goods_for(actor: Worker, product_id: int, roles: frozenset[Role]) -> Product:
    """Return counted goods that one of these roles of the actor covers. Raises NotFound for strangers."""
    statement = select(Product).where(Product.id == product_id, _seen_by(actor, roles))
    product = db.session.scalar(statement.options(joinedload(Product.group)))
    if product is None:
        raise NotFound
    return product


def _seen_by(actor: Worker, roles: frozenset[Role]) -> ColumnElement[bool]:
    return and_(Product.kind == ProductKind.GOODS, covered_by(actor, roles, groups.today()))


def list_for_officer(actor: Worker, filters: Filters) -> Select[Any]:
    """Return the SELECT of rows (id, name, unit, state, group, at_makers, in_store, held, free) of his goods."""
    statement = _sums(actor, OFFICERS).order_by(Group.name, Product.name, Product.id)
    if filters.text:
        statement = statement.where(Product.name.icontains(filters.text, autoescape=True))
    if filters.group_id is not None:
        statement = statement.where(Product.group_id == filters.group_id)
    if filters.place is not None:
        statement = statement.having(_on_hand(filters.place) > 0)
    if filters.left is not None:
        free = func.coalesce(func.sum(StockLevel.on_hand - StockLevel.held), 0)
        wanted = free <= 0 if filters.left is Left.SOLD_OUT else free.between(1, FEW)
        statement = statement.where(Product.state == ProductState.PUBLISHED).having(wanted)
    return statement


def list_for_maker(actor: Worker) -> Page[Any]:
    """Return a page of the same rows of the seller's own goods, or of all of an officer's group."""
    return paginate(_sums(actor, MAKERS).order_by(Product.name, Product.id), scalars=False)


def _sums(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    """Select the counted goods with what is there of them; archived ones only while something is left."""
    on_hand = func.coalesce(func.sum(StockLevel.on_hand), 0)
    held = func.coalesce(func.sum(StockLevel.held), 0)
    columns: tuple[ColumnElement[Any], ...] = (
        Group.name.label("group_name"),
        _on_hand(LocationKind.GROUP).label("at_makers"),
        _on_hand(LocationKind.STORE).label("in_store"),
        held.label("held"),
        (on_hand - held).label("free"),
    )
    return (
        select(Product.id, Product.name, Product.unit, Product.state, *columns)
        .join(Group, Group.id == Product.group_id)
        .outerjoin(StockLevel, StockLevel.product_id == Product.id)
        .outerjoin(Location, Location.id == StockLevel.location_id)
        .where(_seen_by(actor, roles))
        .group_by(Product.id, Product.name, Product.unit, Product.state, Group.name)
        .having(or_(Product.state != ProductState.ARCHIVED, on_hand > 0))
    )


def _on_hand(kind: LocationKind) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((Location.kind == kind, StockLevel.on_hand), else_=0)), 0)


def groups_to_choose(actor: Worker) -> list[tuple[int, str]]:
    """Return id and name of the groups whose goods the officer sees, by name."""
    statement = groups.visible_groups(actor, OFFICERS).order_by(Group.name, Group.id)
    return [(key, name) for key, name in db.session.execute(statement.with_only_columns(Group.id, Group.name))]


def levels_by_place(product_id: int) -> list[Row[str, LocationKind, int, int]]:
    """Return name and kind of every place a product was counted at, with on hand and held; the store first."""
    statement = (
        select(Location.name, Location.kind, StockLevel.on_hand, StockLevel.held)
        .join(StockLevel, StockLevel.location_id == Location.id)
        .where(StockLevel.product_id == product_id)
        .order_by(Location.kind.desc(), Location.name)
    )
    return list(db.session.execute(statement))


def history(product_id: int) -> Page[Any]:
    """Return a page of rows (at, quantity, reason, note, place, who) of a product, newest first."""
    movement: tuple[Any, ...] = (StockMovement.at, StockMovement.quantity, StockMovement.reason, StockMovement.note)
    statement = (
        select(*movement, Location.name.label("place"), User.name.label("who"))
        .join(StockLevel, and_(StockLevel.id == StockMovement.level_id, StockLevel.product_id == product_id))
        .join(Location, Location.id == StockLevel.location_id)
        .outerjoin(User, User.id == StockMovement.actor_id)
        .order_by(StockMovement.at.desc(), StockMovement.id.desc())
    )
    return paginate(statement, size=HISTORY_SIZE, scalars=False)
