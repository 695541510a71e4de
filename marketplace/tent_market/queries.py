"""Lists of market days, and what stands in each."""

import datetime as dt
from collections.abc import Collection
from enum import StrEnum

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from ..extensions import db
from .models import DayState, MarketDay, Site, Stall, StallGroup, StallState


class DayTab(StrEnum):
    """The lists of market days."""

    COMING = "coming"
    """Today and later."""
    PAST = "past"


def days_in(area_code: str, tab: DayTab, site_id: int | None, today: dt.date) -> Select[MarketDay]:
    """Select the market days of a regency with site and event: what comes next first, of those past the newest."""
    statement = (
        select(MarketDay)
        .join(MarketDay.site)
        .where(Site.area_code == area_code)
        .options(contains_eager(MarketDay.site), joinedload(MarketDay.event))
    )
    if site_id is not None:
        statement = statement.where(MarketDay.site_id == site_id)
    if tab is DayTab.PAST:
        return statement.where(MarketDay.held_on < today).order_by(MarketDay.held_on.desc(), MarketDay.id.desc())
    return statement.where(MarketDay.held_on >= today).order_by(MarketDay.held_on, MarketDay.id)


def counts(day_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Return market day → how many tents stand on it, and how many groups have a place."""
    stands = (
        select(Stall.day_id, func.count())
        .where(Stall.day_id.in_(day_ids), Stall.state != StallState.CANCELLED)
        .group_by(Stall.day_id)
    )
    placed = select(StallGroup.day_id, func.count()).where(StallGroup.day_id.in_(day_ids)).group_by(StallGroup.day_id)
    groups = {key: count for key, count in db.session.execute(placed)}  # noqa: C416  (rows are no pairs to mypy)
    return {key: (count, groups.get(key, 0)) for key, count in db.session.execute(stands)}


def next_days(site_id: int, today: dt.date, limit: int) -> list[MarketDay]:
    """Return the next days that take place at a site."""
    statement = select(MarketDay).where(MarketDay.site_id == site_id, MarketDay.held_on >= today)
    coming = statement.where(MarketDay.state == DayState.PLANNED).order_by(MarketDay.held_on).limit(limit)
    return list(db.session.scalars(coming.options(joinedload(MarketDay.event))))
