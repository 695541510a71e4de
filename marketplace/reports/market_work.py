"""What waits for an officer about the tent market."""

import datetime as dt
from typing import Any

from sqlalchemy import Select, exists

from ..catalog.access import Worker
from ..groups.queries import today
from ..shared.i18n import _l
from ..shared.policy import Role
from ..tent_market import schedule, tents
from ..tent_market.models import DayState, MarketDay, Site, StallGroup, Tent, TentLoan
from ..tent_market.stalls import MANAGERS
from .job import Job, number_of, within

SOON = dt.timedelta(days=7)
"""Groups bake and pack some days before."""


def _short_of_days(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    """Count the sites for which days of the coming weeks have to be made."""
    return number_of(Site.id, Site.id).where(schedule.short_of_days(today()), within(Site.area_code, actor, roles))


def _to_prepare(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    """Count the days of the coming week on which no group has a place yet."""
    soon = MarketDay.held_on.between(today(), today() + SOON)
    placed = exists().where(StallGroup.day_id == MarketDay.id)
    days = number_of(MarketDay.id, MarketDay.id).join_from(MarketDay, Site, Site.id == MarketDay.site_id)
    return days.where(soon, MarketDay.state == DayState.PLANNED, ~placed, within(Site.area_code, actor, roles))


def _overdue(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    """Count the tents that should have gone back to those who lent them."""
    late = number_of(TentLoan.id).join_from(TentLoan, Tent, Tent.id == TentLoan.tent_id)
    return late.where(tents.is_overdue(today()), within(Tent.area_code, actor, roles))


JOBS: tuple[Job, ...] = (
    Job(_l("Sites without days for the next weeks"), "calendar-days", "/dinas/pasar/lokasi", MANAGERS, _short_of_days),
    Job(_l("Market days to prepare"), "tent", "/dinas/pasar/{first}", MANAGERS, _to_prepare),
    Job(
        _l("Tents to give back: overdue"),
        "circle-alert",
        "/dinas/pasar/tenda-pinjaman?tab=overdue",
        MANAGERS,
        _overdue,
        True,
    ),
)
