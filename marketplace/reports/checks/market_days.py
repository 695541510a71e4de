"""Where and when the market stands, and who has a place in which tent."""

from typing import Any

from sqlalchemy import Select, and_, case, func, literal, select

from ...groups.models import Group
from ...stock.models import Location, StockLevel, StockMovement
from ...tent_market.models import (
    DayState,
    MarketDay,
    MarketEvent,
    MarketRule,
    Site,
    Stall,
    StallGroup,
    StallState,
    Tent,
)
from ..check import Check, check, row


@check("Tent market: a tent, its place in the stock and its day belong to one regency", "stall")
def one_regency() -> Select[Any]:
    there = case((and_(Tent.area_code == Location.area_code, Location.kind == "tent"), Tent.area_code), else_="")
    joined = row(Stall.id, Site.area_code, there).select_from(Stall).join(Tent, Tent.id == Stall.tent_id)
    joined = joined.join(Location, Location.id == Stall.location_id).join(MarketDay, MarketDay.id == Stall.day_id)
    return joined.join(Site, Site.id == MarketDay.site_id)


@check("Tent market: a group has its place in a tent that stands on that day", "stall_group")
def groups_stand() -> Select[Any]:
    stands = case((Stall.state != StallState.CANCELLED, Stall.day_id), else_=0)
    return (
        row(StallGroup.id, StallGroup.day_id, stands)
        .select_from(StallGroup)
        .join(Stall, Stall.id == StallGroup.stall_id)
    )


@check("Tent market: a group sells on the market of its own regency", "stall_group")
def groups_of_regency() -> Select[Any]:
    joined = (
        row(StallGroup.id, Site.area_code, Group.regency_code)
        .select_from(StallGroup)
        .join(Group, Group.id == StallGroup.group_id)
    )
    return joined.join(MarketDay, MarketDay.id == StallGroup.day_id).join(Site, Site.id == MarketDay.site_id)


@check("Tent market: a day that is called off has no tents and says why", "market_day")
def called_off() -> Select[Any]:
    stands = select(func.count()).where(Stall.day_id == MarketDay.id, Stall.state != StallState.CANCELLED)
    unsaid = case((MarketDay.note == "", 1), else_=0)
    return row(MarketDay.id, literal(0), stands.scalar_subquery() + unsaid).where(
        MarketDay.state == DayState.CALLED_OFF
    )


@check("Tent market: nothing was ever brought to a tent that was taken down", "stall")
def taken_down_empty() -> Select[Any]:
    moved = select(func.count()).join_from(StockMovement, StockLevel, StockLevel.id == StockMovement.level_id)
    moved = moved.where(StockLevel.location_id == Stall.location_id)
    found = moved.scalar_subquery() + Stall.float_amount
    return row(Stall.id, literal(0), found).where(Stall.state == StallState.CANCELLED)


@check("Tent market: a day lies in what made it, at the same site", "market_day")
def days_of_origin() -> Select[Any]:
    in_event = and_(
        MarketEvent.site_id == MarketDay.site_id, MarketDay.held_on.between(MarketEvent.starts_on, MarketEvent.ends_on)
    )
    by_rule = and_(MarketRule.site_id == MarketDay.site_id, MarketRule.starts_on <= MarketDay.held_on)
    fits = case(
        (MarketDay.event_id.is_not(None), case((in_event, 1), else_=0)),
        (MarketDay.rule_id.is_not(None), case((by_rule, 1), else_=0)),
        else_=1,
    )
    joined = (
        row(MarketDay.id, literal(1), fits)
        .select_from(MarketDay)
        .outerjoin(MarketEvent, MarketEvent.id == MarketDay.event_id)
    )
    return joined.outerjoin(MarketRule, MarketRule.id == MarketDay.rule_id)


CHECKS: tuple[Check, ...] = (
    one_regency,
    groups_stand,
    groups_of_regency,
    called_off,
    taken_down_empty,
    days_of_origin,
)
