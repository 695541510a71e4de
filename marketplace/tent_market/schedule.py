"""Days of the market: the rule of weeks they are made by, expos, single days, and days that are called off."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from ..areas.queries import time_zone
from ..extensions import db
from ..shared import audit, clock
from ..shared.errors import InvalidInput, NotFound, StateConflict
from ..shared.i18n import _
from ..shared.transaction import command
from ..shared.turn import turn
from . import placing, rules
from .models import DayState, MarketDay, MarketEvent, MarketRule, Site
from .rules import Weekly


@dataclass(frozen=True)
class Hours:
    """When a day of the market opens and closes, local time."""

    opens_at: dt.time
    closes_at: dt.time


@dataclass(frozen=True)
class Proposed:
    """A day that a rule would make; `holiday` names what is celebrated then, empty on other days."""

    held_on: dt.date
    rule_id: int
    hours: Hours
    holiday: str


def today_at(site: Site) -> dt.date:
    """Return the day it is at a site."""
    return clock.today(time_zone(site.area_code))


def rules_of(site_id: int) -> list[MarketRule]:
    """Return the rules of a site, those in force first."""
    order = (MarketRule.ends_on.is_not(None), MarketRule.opens_at, MarketRule.id)
    return list(db.session.scalars(select(MarketRule).where(MarketRule.site_id == site_id).order_by(*order)))


def get_rule(site_id: int, rule_id: int) -> MarketRule:
    """Return a rule of a site. Raises NotFound."""
    rule = db.session.get(MarketRule, rule_id)
    if rule is None or rule.site_id != site_id:
        raise NotFound
    return rule


def _check_hours(hours: Hours) -> None:
    if hours.opens_at >= hours.closes_at:
        raise InvalidInput(_("It has to close after it opens."), field="closes_at")


def _check_span(starts_on: dt.date, ends_on: dt.date | None) -> None:
    if ends_on is not None and ends_on < starts_on:
        raise InvalidInput(_("The last day cannot lie before the first."), field="ends_on")


@command
def add_rule(
    site_id: int, weekly: Weekly, span: tuple[dt.date, dt.date | None], hours: Hours, actor_id: int | None
) -> MarketRule:
    """Write down on which days of the week a site has its market, from a day and until one (or on and on).

    The same rule again is the one that is there. Raises StateConflict for a site that is not used any more,
    InvalidInput for hours or days the wrong way round.
    """
    site = db.session.get_one(Site, site_id, with_for_update=True, populate_existing=True)
    if not site.is_active:
        raise StateConflict
    _check_hours(hours)
    _check_span(*span)
    content = {"site_id": site_id, "rrule": weekly.rrule(), "starts_on": span[0], "ends_on": span[1], **vars(hours)}
    there = db.session.scalars(select(MarketRule).filter_by(**content)).first()
    if there is not None:
        return there
    rule = MarketRule(**content)
    db.session.add(rule)
    db.session.flush()  # the audit names it
    audit.record(actor_id, "market_rule.add", ("market_rule", rule.id), rrule=rule.rrule)
    return rule


@command
def end_rule(rule_id: int, actor_id: int | None) -> None:
    """Let a rule make no more days after today; the days that were made stay. Raises StateConflict when it ended."""
    rule = db.session.get_one(MarketRule, rule_id)
    today = today_at(rule.site)
    if rule.ends_on is not None and rule.ends_on <= today:
        raise StateConflict
    rule.ends_on = max(today, rule.starts_on)
    audit.record(actor_id, "market_rule.end", ("market_rule", rule_id))


def proposed(site: Site, until: dt.date) -> list[Proposed]:
    """Return the days that the rules of a site would make from today on: those that are not there yet."""
    today = today_at(site)
    until = min(until, today + rules.FARTHEST)
    there = set(
        db.session.scalars(
            select(MarketDay.held_on).where(MarketDay.site_id == site.id, MarketDay.held_on.between(today, until))
        )
    )
    made: dict[dt.date, MarketRule] = {}
    for rule in rules_of(site.id) if site.is_active else []:
        for day in rules.days_of(rule.rrule, rule.starts_on, rule.ends_on, today, until):
            if day not in there:
                made.setdefault(day, rule)
    feasts = rules.holidays_among(made)
    return [
        Proposed(day, rule.id, Hours(rule.opens_at, rule.closes_at), feasts.get(day, ""))
        for day, rule in sorted(made.items())
    ]


@command
def make_days(site_id: int, until: dt.date, chosen: Collection[dt.date], actor_id: int | None) -> int:
    """Make the chosen ones of the days that the rules of a site would make; return how many.

    A holiday that was not chosen is kept as a day left out, so that nobody is asked again. A day that somebody made
    in the meantime stays as it is: doing it twice does nothing.
    """
    site = db.session.get_one(Site, site_id)
    found = proposed(site, until)
    taken = [day for day in found if day.held_on in chosen]
    left_out = [day for day in found if day.held_on not in chosen and day.holiday]
    made = _insert(site_id, [_row(day, DayState.PLANNED, "") for day in taken], actor_id)
    _insert(site_id, [_row(day, DayState.CALLED_OFF, f"Libur: {day.holiday}"[:200]) for day in left_out], actor_id)
    audit.record(actor_id, "market_day.make", ("market_site", site_id), count=made, left_out=len(left_out))
    return made


def _row(day: Proposed, state: DayState, note: str) -> dict[str, object]:
    return {"held_on": day.held_on, "rule_id": day.rule_id, "state": state, "note": note, **vars(day.hours)}


def _insert(site_id: int, rows: Iterable[dict[str, object]], actor_id: int | None) -> int:
    """Insert days that are not there, whoever else is doing the same; return how many were made."""
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    made = 0
    for row in rows:
        values = {"site_id": site_id, "made_by_id": actor_id, "made_at": clock.now(), **row}
        wanted = insert(MarketDay).values(**values).on_conflict_do_nothing(index_elements=["site_id", "held_on"])
        made += len(db.session.scalars(wanted.returning(MarketDay.id)).all())
    return made


@command
def add_event(
    site_id: int, name: str, span: tuple[dt.date, dt.date], hours: Hours, actor_id: int | None
) -> MarketEvent | None:
    """Make the days of an expo, or of a single day outside of the weeks, which needs no name (then return None).

    A day of the weeks that falls into it becomes one of its days. Raises InvalidInput for days that passed, are
    called off, belong to another expo or are too many.
    """
    site = db.session.get_one(Site, site_id)
    _check_event(site, name, span, hours)
    event = MarketEvent(site_id=site_id, name=name, starts_on=span[0], ends_on=span[1]) if name else None
    if event is not None:
        db.session.add(event)
        db.session.flush()  # its days name it
    there = select(MarketDay).where(MarketDay.site_id == site_id, MarketDay.held_on.between(*span)).with_for_update()
    known = {day.held_on: day for day in db.session.scalars(there)}
    for day in known.values():
        _take_in(day, event, hours)
    missing = [day for day in rules.days_between(*span) if day not in known]
    event_id = event.id if event else None
    rows = [
        {"held_on": day, "event_id": event_id, "state": DayState.PLANNED, "note": "", **vars(hours)} for day in missing
    ]
    if _insert(site_id, rows, actor_id) != len(missing):
        raise StateConflict  # somebody else makes days here at this moment
    audit.record(actor_id, "market_event.add", ("market_site", site_id), name=name, starts_on=span[0].isoformat())
    return event


def _check_event(site: Site, name: str, span: tuple[dt.date, dt.date], hours: Hours) -> None:
    _check_hours(hours)
    _check_span(*span)
    today = today_at(site)
    if not site.is_active:
        raise StateConflict
    if span[0] < today:
        raise InvalidInput(_("That day has passed."), field="starts_on")
    if span[1] > today + rules.FARTHEST:
        raise InvalidInput(_("At most one year ahead."), field="ends_on")
    if (span[1] - span[0]).days >= rules.LONGEST_EVENT:
        raise InvalidInput(_("At most %(count)s days.", count=rules.LONGEST_EVENT), field="ends_on")
    if span[0] != span[1] and not name:
        raise InvalidInput(_("Several days need a name, so that people know what they are."), field="name")


def _take_in(day: MarketDay, event: MarketEvent | None, hours: Hours) -> None:
    if event is None:
        raise InvalidInput(_("There is a market on that day already."), field="starts_on")
    if day.state is not DayState.PLANNED or day.event_id is not None:
        raise InvalidInput(
            _("%(day)s is called off or belongs to another event. Look at that day first.", day=day.held_on),
            field="starts_on",
        )
    day.event_id, day.rule_id = event.id, None
    day.opens_at, day.closes_at = hours.opens_at, hours.closes_at


@command
def call_off(day_id: int, reason: str, actor_id: int | None) -> None:
    """Say that a market day does not take place; its tents are taken down.

    Raises StateConflict once goods went to one of its tents, or when it was called off before.
    """
    day = placing.locked_day(day_id)
    if day.state is not DayState.PLANNED:
        raise StateConflict
    for stall in placing.standing(day_id):
        placing.cancel(stall)
    turn(day, DayState.CALLED_OFF, note=reason)
    audit.record(actor_id, "market_day.call_off", ("market_day", day_id), reason=reason)


@command
def take_back(day_id: int, actor_id: int | None) -> None:
    """Let a day that was called off, or left out, take place after all; its tents have to be put up again.

    Raises StateConflict for a day that takes place or has passed.
    """
    day = placing.locked_day(day_id)
    if day.state is not DayState.CALLED_OFF or day.held_on < today_at(day.site):
        raise StateConflict
    turn(day, DayState.PLANNED, note="")
    audit.record(actor_id, "market_day.take_back", ("market_day", day_id))


def last_day(site_id: int) -> dt.date | None:
    """Return the last day that is planned or left out at a site."""
    return db.session.scalar(select(func.max(MarketDay.held_on)).where(MarketDay.site_id == site_id))


def short_of_days(today: dt.date) -> ColumnElement[bool]:
    """Return the condition on sites whose days soon come to an end, though a rule goes on."""
    enough = today + rules.ENOUGH
    goes_on = exists().where(
        MarketRule.site_id == Site.id, or_(MarketRule.ends_on.is_(None), MarketRule.ends_on >= enough)
    )
    planned = exists().where(MarketDay.site_id == Site.id, MarketDay.held_on >= enough)
    return Site.is_active & goes_on & ~planned
