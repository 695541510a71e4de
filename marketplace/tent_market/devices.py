"""Phones that sell at the tents: opened by their cashier for one market day, and revoked when they are lost."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Collection

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from ..areas.queries import time_zone
from ..extensions import db
from ..shared import audit, clock
from ..shared.errors import InvalidInput, NotFound, StateConflict
from ..shared.i18n import _
from ..shared.policy import Actor, Role, areas_of, may
from ..shared.transaction import command
from .models import DayState, MarketDay, Site, Stall, StallCashier, StallState, Tent
from .stalls import MANAGERS, SEERS
from .till_models import TillDevice, TillStall

SELLERS = MANAGERS | {Role.TREASURER}
"""Officers who may sell at every tent of their area; everybody else where he is put down as cashier."""
DECIDERS = SELLERS
"""Who revokes phones and decides about what tills told."""
DAYS_AHEAD = 7
"""How many days before its market day a phone can be made ready, at a place with signal."""
NAME_LENGTH = 60
REASON_LENGTH = 200


def hash_of(token: str) -> str:
    """Return what is kept of a phone's secret."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def find(token: str) -> TillDevice | None:
    """Return the phone of a secret."""
    return db.session.scalar(select(TillDevice).where(TillDevice.token_hash == hash_of(token)))


def locked(device_id: int) -> TillDevice:
    """Return a phone with its row locked until the end of the transaction: what it tells is taken in one by one.

    The phones of a market day stand in one queue. They sell the same families' goods in any order, and would else
    wait for each other in a circle.
    """
    day = select(TillDevice.day_id).where(TillDevice.id == device_id).scalar_subquery()
    db.session.execute(select(MarketDay.id).where(MarketDay.id == day).with_for_update(key_share=True))
    statement = select(TillDevice).where(TillDevice.id == device_id).with_for_update(of=TillDevice)
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()


def get_for(actor: Actor, device_id: int, roles: frozenset[Role] = SEERS) -> TillDevice:
    """Return a phone of the officer's area. Raises NotFound."""
    device = db.session.get(TillDevice, device_id)
    if device is None or not may(actor, roles, area_code=device.day.site.area_code):
        raise NotFound
    return device


def stalls_to_sell_at(actor: Actor, user_id: int) -> list[Stall]:
    """Return the open tents of today and the next days at which somebody may sell, by day and tent."""
    by_role = [Site.area_code.startswith(code) for code in areas_of(actor, SELLERS)]
    as_cashier = Stall.id.in_(select(StallCashier.stall_id).where(StallCashier.user_id == user_id))
    return _soon(or_(as_cashier, *by_role))


def stalls_of_cashier(user_id: int) -> list[Stall]:
    """Return those of the open tents of today and the next days at which somebody was put down to sell."""
    return _soon(Stall.id.in_(select(StallCashier.stall_id).where(StallCashier.user_id == user_id)))


def is_soon_cashier(user_id: int) -> bool:
    """Tell whether somebody was put down to sell at a tent from yesterday to the next days; every page of his asks.

    What his phone could not send on the day is sent by opening it on the day after.
    """
    statement = select(StallCashier.id).join(Stall, Stall.id == StallCashier.stall_id).join(Stall.day)
    return db.session.scalar(statement.where(StallCashier.user_id == user_id, *_is_open_soon()).limit(1)) is not None


def may_open(actor: Actor, user_id: int, day: MarketDay, stands: Collection[Stall]) -> bool:
    """Tell whether somebody may open a till for one of the tents of a market day now; `stands` with their cashiers."""
    if day.state is not DayState.PLANNED or days_until(day) not in range(DAYS_AHEAD + 1):
        return False
    by_role = may(actor, SELLERS, area_code=day.site.area_code)
    return any(
        stall.state is StallState.OPEN and (by_role or user_id in {each.user_id for each in stall.cashiers})
        for stall in stands
    )


def _is_open_soon() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on tents and their days; by UTC, so that each side may be a day too wide."""
    today = clock.now().date()
    held_on = MarketDay.held_on.between(today - dt.timedelta(days=1), today + dt.timedelta(DAYS_AHEAD + 1))
    return Stall.state == StallState.OPEN, MarketDay.state == DayState.PLANNED, held_on


def _soon(*conditions: ColumnElement[bool]) -> list[Stall]:
    statement = (
        select(Stall)
        .join(Stall.day)
        .join(MarketDay.site)
        .join(Stall.tent)
        .options(contains_eager(Stall.day).contains_eager(MarketDay.site), contains_eager(Stall.tent))
        .where(*_is_open_soon(), *conditions)
        .order_by(MarketDay.held_on, Site.name, Tent.number, Stall.id)
    )
    return [stall for stall in db.session.scalars(statement) if days_until(stall.day) in range(DAYS_AHEAD + 1)]


def days_until(day: MarketDay) -> int:
    """Return how many days a market day is ahead, by the calendar of its regency."""
    return (day.held_on - clock.today(time_zone(day.site.area_code))).days


@command
def open_device(actor: Actor, user_id: int, name: str, stall_ids: Collection[int]) -> tuple[TillDevice, str]:
    """Open a phone as a till for tents of one market day; return it with its secret, which is nowhere else.

    Raises InvalidInput beside `name` or `stalls`.
    """
    if not name or len(name) > NAME_LENGTH:
        raise InvalidInput(_("Enter a name of 1 to %(most)s letters.", most=NAME_LENGTH), field="name")
    offered = {stall.id: stall for stall in stalls_to_sell_at(actor, user_id)}
    if not stall_ids or not set(stall_ids) <= set(offered):
        raise InvalidInput(_("Choose tents at which you may sell and that are still open."), field="stalls")
    chosen = [offered[key] for key in sorted(set(stall_ids))]
    if len({stall.day_id for stall in chosen}) != 1:
        raise InvalidInput(_("Choose tents of one market day only."), field="stalls")
    token = secrets.token_urlsafe(32)
    device = TillDevice(day_id=chosen[0].day_id, cashier_id=user_id, name=name, token_hash=hash_of(token))
    device.stalls = [TillStall(stall_id=stall.id) for stall in chosen]
    db.session.add(device)
    db.session.flush()  # its id is told
    audit.record(user_id, "till.open", ("till_device", device.id), stalls=[stall.id for stall in chosen])
    return device, token


@command
def revoke(device_id: int, reason: str, actor_id: int) -> None:
    """Report a phone as lost: what it sends from now on waits for a person. Raises StateConflict when it was before."""
    device = locked(device_id)
    if device.revoked_at is not None:
        raise StateConflict
    device.revoked_at, device.revoked_by_id, device.revoked_reason = clock.now(), actor_id, reason
    audit.record(actor_id, "till.revoke", ("till_device", device_id), reason=reason)


def of_day(day_id: int) -> list[TillDevice]:
    """Return the phones of a market day with their tents and cashiers, by name."""
    statement = (
        select(TillDevice)
        .options(joinedload(TillDevice.stalls).joinedload(TillStall.stall).joinedload(Stall.tent))
        .options(joinedload(TillDevice.cashier))
        .where(TillDevice.day_id == day_id)
        .order_by(TillDevice.name, TillDevice.id)
    )
    return list(db.session.scalars(statement).unique())
