"""Take goods to a tent: a list of what is to go, counted out and signed for; only then does anything move."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..catalog.models import Product, ProductKind
from ..extensions import db
from ..parcels import queries as parcels
from ..shared import audit, clock
from ..shared.errors import InvalidInput, NotFound, StateConflict
from ..shared.i18n import _
from ..shared.transaction import command
from ..shared.turn import turn
from ..stock import movements, tents
from ..stock.models import LocationKind, MovementReason
from . import problems, stall_queries, stall_rules
from .goods_models import Load, LoadLine, LoadState
from .models import Stall
from .stall_rules import Deed
from .stalls import area_of, locked

STROKES = re.compile(r"(?:[ML][0-9]{1,4}(?:\.[0-9])? [0-9]{1,4}(?:\.[0-9])?)+")
"""What the signing pad writes: path data of SVG, of straight pieces alone."""
OUT = (MovementReason.SPOILED, MovementReason.GIVEN_AWAY)
"""Why goods leave a tent that were not sold."""


@dataclass(frozen=True)
class Good:
    """Something that can be taken along: how many are free in the store and at the makers', and how many fit."""

    product: Product
    in_store: int
    at_group: int
    suggestion: int


def goods_for(stall: Stall) -> list[Good]:
    """Return what the groups of a tent have on sale, with how many to take along."""
    products = stall_queries.goods_of_groups(stall.id)
    free: Counter[tuple[int, LocationKind]] = Counter()
    for each in stall_queries.free_of([product.id for product in products]):
        free[each.product_id, each.kind] += each.free
    before = stall_queries.sold_before(stall)
    return [_good(product, free, *before.get(product.id, (0, 0))) for product in products]


def _good(product: Product, free: Mapping[tuple[int, LocationKind], int], sold: int, times: int) -> Good:
    in_store, at_group = free[product.id, LocationKind.STORE], free[product.id, LocationKind.GROUP]
    return Good(product, in_store, at_group, stall_rules.suggest(sold, times, in_store + at_group))


@command
def list_goods(
    stall_id: int, wanted: Mapping[int, int], parcels_wanted: Mapping[int, int], actor_id: int | None
) -> Load:
    """Write a loading list of products and of what goes into parcels, by id → how many; the store gives first.

    Raises InvalidInput for nothing at all and for what the regency does not sell, StateConflict for a tent that does
    not sell any more.
    """
    stall = locked(stall_id)
    stall_rules.after(stall.state, Deed.LOAD)
    area_code = area_of(stall)
    demand = Counter({key: count for key, count in wanted.items() if count})
    demand.update(_inside(area_code, parcels_wanted))
    if not demand:
        raise InvalidInput(_("Write how many of something go along."))
    load = Load(stall_id=stall_id, made_by_id=actor_id)
    load.lines = _lines(_products(area_code, demand), demand, area_code)
    db.session.add(load)
    db.session.flush()
    audit.record(actor_id, "stall.list", ("stall", stall_id), load=load.id)
    return load


def _inside(area_code: str, wanted: Mapping[int, int]) -> Counter[int]:
    """Return product id → pieces of what so many parcels are made of."""
    found: Counter[int] = Counter()
    asked = {key: count for key, count in wanted.items() if count}
    offered = {parcel.id for parcel in stall_queries.parcels_of(area_code)}
    recipes = parcels.current_recipes(asked)
    for key, count in asked.items():
        if key not in offered or key not in recipes:
            raise InvalidInput(_("One of the parcels is not offered any more."))
        for item in recipes[key].items:
            found[item.product_id] += item.quantity * count
    return found


def _products(area_code: str, demand: Mapping[int, int]) -> list[Product]:
    found = [db.session.get(Product, key) for key in sorted(demand)]
    good = [each for each in found if each and each.regency_code == area_code and each.kind is ProductKind.GOODS]
    if len(good) < len(demand) or len(good) > stall_rules.MOST_LINES:
        raise InvalidInput(_("One of these goods is not of this regency. Choose again."))
    return good


def _lines(products: Iterable[Product], demand: Mapping[int, int], area_code: str) -> list[LoadLine]:
    store = movements.store_of(area_code).id
    free = {(each.product_id, each.location_id): each.free for each in stall_queries.free_of(demand)}
    lines = []
    for product in products:
        places = (store, movements.location_of_group(product.group_id).id)
        there = [(place, free.get((product.id, place), 0)) for place in places]
        for place, count in stall_rules.spread(demand[product.id], there).items():
            lines.append(LoadLine(product_id=product.id, source_id=place, planned=count))
    return lines


@dataclass(frozen=True)
class Signature:
    """Who took the goods for the tent, and the strokes of his finger where the screen took them."""

    name: str
    strokes: str = ""


@command
def sign(load_id: int, counted: Mapping[int, int], signature: Signature, actor_id: int | None) -> Load:
    """Move what was counted out (line → how many) to the tent.

    Raises SeveralProblems beside `counted-` and the line for all that fall short, InvalidInput for nothing at all or
    without a name, StateConflict when it was signed or dropped before.
    """
    stall, load = _locked_load(load_id)
    stall_rules.after(stall.state, Deed.LOAD)
    _check_signature(signature)
    for line in load.lines:
        line.counted = counted.get(line.id, 0)
    if not any(line.counted for line in load.lines):
        raise InvalidInput(_("Nothing was counted out. Drop the list instead."))
    _move(stall, load, actor_id)
    values = {"signed_name": signature.name, "signature": signature.strokes, "counted_by_id": actor_id}
    turn(load, LoadState.LOADED, signed_at=clock.now(), **values)
    audit.record(actor_id, "stall.load", ("stall", stall.id), load=load.id)
    return load


def _locked_load(load_id: int) -> tuple[Stall, Load]:
    """Return a list that waits, with its tent locked."""
    load = db.session.get(Load, load_id)
    if load is None:
        raise NotFound
    stall = locked(load.stall_id)
    db.session.refresh(load)
    if load.state is not LoadState.LISTED:
        raise StateConflict
    return stall, load


def _check_signature(signature: Signature) -> None:
    if not signature.name:
        raise InvalidInput(_("Please fill this in."), field="name")
    if signature.strokes and not STROKES.fullmatch(signature.strokes):
        raise InvalidInput(
            _("The drawn signature cannot be read. Draw it again, or write the name only."), field="name"
        )


def _move(stall: Stall, load: Load, actor_id: int | None) -> None:
    lines = [line for line in load.lines if line.counted]
    levels = {
        (each.product_id, each.location_id): each for each in stall_queries.free_of([one.product_id for one in lines])
    }
    free = {line.id: levels[key].free if (key := _from(line)) in levels else 0 for line in lines}
    short = {f"counted-{line.id}": free[line.id] for line in lines if line.counted > free[line.id]}
    if short:
        raise problems.not_so_many(short)
    for line in sorted(lines, key=lambda each: levels[_from(each)].level_id):  # as orders hold goods: never a cycle
        tents.load(stall.location, line.product_id, line.source_id, line.counted, actor_id, reference=f"load:{load.id}")


def _from(line: LoadLine) -> tuple[int, int]:
    return line.product_id, line.source_id


@command
def drop(load_id: int, actor_id: int | None) -> None:
    """Give up a list of which nothing moved. Raises StateConflict when it was signed or dropped before."""
    stall, load = _locked_load(load_id)
    turn(load, LoadState.DROPPED)
    audit.record(actor_id, "stall.drop_list", ("stall", stall.id), load=load_id)


@command
def write_off(
    stall_id: int, product_id: int, quantity: int, reason: MovementReason, note: str, actor_id: int | None
) -> None:
    """Write down what spoiled, or was given away, while a tent sells. Raises InvalidInput without a reason."""
    stall = locked(stall_id)
    stall_rules.after(stall.state, Deed.WRITE_OFF)
    if reason not in OUT:
        raise InvalidInput(_("Please choose"), field="what")
    if not note:
        raise InvalidInput(_("Please say why."), field="note")
    if product_id not in tents.at_tent(stall.location):
        raise InvalidInput(_("The tent has not so many of this."), field="quantity")
    tents.write_off(stall.location, product_id, quantity, reason, note, actor_id)
    audit.record(actor_id, "stall.write_off", ("stall", stall_id), reason=note, product=product_id, quantity=quantity)
