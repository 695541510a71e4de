"""A market day got ready: tents put up and taken down, groups in them by turn or by hand, and who sells there."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from ..accounts.models import User
from ..catalog.models import Product, ProductKind, ProductState
from ..extensions import db
from ..groups.models import Group
from ..shared import audit
from ..shared.errors import InvalidInput, NotFound, StateConflict
from ..shared.i18n import _
from ..shared.transaction import command
from ..shared.turn import turn
from ..stock.models import StockLevel, StockMovement
from . import cashiers, rotation, stalls, tents
from .models import DayState, MarketDay, Stall, StallCashier, StallGroup, StallState
from .rotation import Waiting

MOST_PER_TENT = 10


def locked_day(day_id: int) -> MarketDay:
    """Return a market day with its row locked until the end of the transaction. Raises NotFound.

    Whoever puts tents up or calls the day off holds this lock.
    """
    statement = select(MarketDay).where(MarketDay.id == day_id).with_for_update()
    day = db.session.scalar(statement.execution_options(populate_existing=True))
    if day is None:
        raise NotFound
    return day


def _planned(day_id: int) -> MarketDay:
    day = locked_day(day_id)
    if day.state is not DayState.PLANNED:
        raise StateConflict
    return day


def standing(day_id: int) -> list[Stall]:
    """Return the tents that stand on a day, with their rows locked, in the order of their ids."""
    statement = select(Stall).where(Stall.day_id == day_id, Stall.state != StallState.CANCELLED).order_by(Stall.id)
    return list(db.session.scalars(statement.with_for_update().execution_options(populate_existing=True)))


@command
def put_up(day_id: int, tent_ids: Collection[int], actor_id: int | None) -> int:
    """Put tents up on a market day; return how many. One that stands there already stays as it is.

    Raises StateConflict on a day that was called off, InvalidInput for a tent that is not there on that day.
    """
    day = _planned(day_id)
    there = {stall.tent_id: stall for stall in db.session.scalars(select(Stall).where(Stall.day_id == day_id))}
    can = {tent.id for tent in tents.available(day)}
    if set(tent_ids) - can - set(there):
        raise InvalidInput(_("One of these tents cannot be had on that day. Look again."), field="tents")
    up = 0
    for tent_id in sorted(tent_ids):
        stall = there.get(tent_id)
        if stall is None:
            stalls.put_up(day_id, tent_id)
        elif stall.state is StallState.CANCELLED and tent_id in can:
            turn(stall, StallState.OPEN)
        else:
            continue
        up += 1
    audit.record(actor_id, "market_day.put_up", ("market_day", day_id), count=up)
    return up


@command
def take_down(stall_id: int, actor_id: int | None) -> None:
    """Take a tent down that nothing was brought to; its groups have no place on that day any more.

    Raises StateConflict once anything moved there.
    """
    stall = stalls.locked_open(stall_id)
    cancel(stall)
    audit.record(actor_id, "stall.cancel", ("stall", stall_id))


def cancel(stall: Stall) -> None:
    """Take a tent down that is locked. Raises StateConflict once goods or money went there."""
    if stall.state is not StallState.OPEN or is_used(stall):
        raise StateConflict(_("Goods or money went to tent %(number)s already.", number=stall.tent.number))
    for kind in (StallGroup, StallCashier):
        db.session.execute(delete(kind).where(kind.stall_id == stall.id))
    turn(stall, StallState.CANCELLED)


def is_used(stall: Stall) -> bool:
    """Tell whether goods were ever moved to or at a tent, or money was put into its drawer."""
    return stall.id in used_among([stall])


def used_among(found: Iterable[Stall]) -> set[int]:
    """Return the ids of those of some tents to which goods or money ever went."""
    places = {stall.location_id: stall for stall in found}
    moved = select(StockLevel.location_id).join(StockMovement, StockMovement.level_id == StockLevel.id)
    with_goods = db.session.scalars(moved.where(StockLevel.location_id.in_(places)).distinct())
    return {places[key].id for key in with_goods} | {stall.id for stall in places.values() if stall.float_amount}


# Groups


def sellers_of(regency_code: str) -> list[Group]:
    """Return the groups of a regency that have goods to sell, by name."""
    sells = exists().where(
        Product.group_id == Group.id, Product.kind == ProductKind.GOODS, Product.state == ProductState.PUBLISHED
    )
    statement = select(Group).where(Group.regency_code == regency_code, sells).order_by(Group.name, Group.id)
    return list(db.session.scalars(statement))


def waiting_for(day: MarketDay) -> list[Waiting]:
    """Return the groups that have something to sell and no place on that date yet, in the order of their turn."""
    on_date = select(StallGroup.group_id).join(MarketDay, MarketDay.id == StallGroup.day_id)
    placed = set(db.session.scalars(on_date.where(MarketDay.held_on == day.held_on)))
    groups = [group for group in sellers_of(day.site.area_code) if group.id not in placed]
    before = _been_there(day)
    return rotation.in_turn(Waiting(group.id, group.name, *before.get(group.id, (0, None, 0))) for group in groups)


def _been_there(day: MarketDay) -> dict[int, tuple[int, dt.date, int]]:
    """Return group id → on how many days it was in a tent in the year before a day, when last, and how often ever."""
    in_year = MarketDay.held_on >= day.held_on - rotation.LOOK_BACK
    rows = db.session.execute(
        select(StallGroup.group_id, func.count().filter(in_year), func.max(MarketDay.held_on), func.count())
        .join(MarketDay, MarketDay.id == StallGroup.day_id)
        .where(MarketDay.held_on < day.held_on)
        .group_by(StallGroup.group_id)
    )
    return {group_id: (count, last, ever) for group_id, count, last, ever in rows}


@command
def share_out(day_id: int, per_tent: int, actor_id: int | None) -> int:
    """Give the free places of the tents of a day to the groups whose turn it is; return how many got one.

    Whoever has a place keeps it. Raises StateConflict on a day that was called off.
    """
    day = _planned(day_id)
    stands = [stall for stall in standing(day_id) if stall.state is StallState.OPEN]
    taken = Counter(db.session.scalars(select(StallGroup.stall_id).where(StallGroup.day_id == day_id)))
    free = {stall.id: max(0, per_tent - taken[stall.id]) for stall in sorted(stands, key=_by_number)}
    turns = rotation.share_out(waiting_for(day), free)
    for each in turns:
        _place(day_id, each.tent, each.group, by_hand=False)
    audit.record(actor_id, "market_day.share_out", ("market_day", day_id), count=len(turns))
    return len(turns)


def _by_number(stall: Stall) -> tuple[int, str]:
    number = stall.tent.number
    return (int(number) if number.isdecimal() else 10**9, number)


def _place(day_id: int, stall_id: int, group: Waiting, *, by_hand: bool) -> None:
    frozen = {"days_before": group.days, "last_before": group.last}
    db.session.add(StallGroup(day_id=day_id, stall_id=stall_id, group_id=group.group_id, is_by_hand=by_hand, **frozen))


@command
def place(day_id: int, group_id: int, stall_id: int | None, actor_id: int | None) -> None:
    """Put a group into a tent of a day by hand, also out of another one; None takes it out.

    Raises NotFound for a tent of another day, InvalidInput for a group that cannot sell here, StateConflict for a tent
    that was counted or taken down.
    """
    day = _planned(day_id)
    row = db.session.scalar(select(StallGroup).where(StallGroup.day_id == day_id, StallGroup.group_id == group_id))
    wanted = sorted({each for each in (stall_id, row.stall_id if row else None) if each is not None})
    for each in wanted:
        if stalls.locked_open(each).day_id != day_id:
            raise NotFound
    if stall_id is not None and row is None:
        _place(day_id, stall_id, _seller(day, group_id), by_hand=True)
    elif stall_id is not None and row is not None and row.stall_id != stall_id:
        row.stall_id, row.is_by_hand = stall_id, True
    elif stall_id is None and row is not None:
        db.session.delete(row)
    audit.record(actor_id, "market_day.place", ("market_day", day_id), group=group_id, stall=stall_id)


def _seller(day: MarketDay, group_id: int) -> Waiting:
    for each in waiting_for(day):
        if each.group_id == group_id:
            return each
    raise InvalidInput(_("This group has nothing to sell now, or has a place already."), field="group_id")


@command
def set_cashiers(stall_id: int, user_ids: Collection[int], actor_id: int | None) -> None:
    """Say who may sell in a tent. Raises InvalidInput for somebody who is no officer here and in none of its groups."""
    stall = stalls.locked_open(stall_id)
    there = set(db.session.scalars(select(StallCashier.user_id).where(StallCashier.stall_id == stall_id)))
    if set(user_ids) - there - {user.id for user in cashiers.candidates(stall)}:
        raise InvalidInput(_("One of these people cannot sell here. Look again."), field="users")
    gone = there - set(user_ids)
    db.session.execute(delete(StallCashier).where(StallCashier.stall_id == stall_id, StallCashier.user_id.in_(gone)))
    for user_id in sorted(set(user_ids) - there):
        db.session.add(StallCashier(stall_id=stall_id, user_id=user_id))
    db.session.expire(stall, ["cashiers"])
    audit.record(actor_id, "stall.cashiers", ("stall", stall_id), users=sorted(user_ids))


def stands_of(day_id: int) -> list[Stall]:
    """Return the tents that stand on a day by number, with their groups and cashiers."""
    statement = (
        select(Stall)
        .where(Stall.day_id == day_id, Stall.state != StallState.CANCELLED)
        .options(
            joinedload(Stall.tent),
            selectinload(Stall.groups).joinedload(StallGroup.group),
            selectinload(Stall.cashiers).joinedload(StallCashier.user).lazyload(User.assignments),
        )
    )
    return sorted(db.session.scalars(statement), key=_by_number)
