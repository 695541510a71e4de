"""Ask for the time here, so that one place decides what now and today mean."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from zoneinfo import ZoneInfo

_told: ContextVar[dt.datetime | None] = ContextVar("told", default=None)


def now() -> dt.datetime:
    """Return this moment, aware, in UTC."""
    return _told.get() or dt.datetime.now(dt.UTC)


@contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """Let it be a given moment inside the block: for the demo's year of trade and for tests."""
    token = _told.set(moment.astimezone(dt.UTC))
    try:
        yield
    finally:
        _told.reset(token)


def zone(name: str) -> ZoneInfo:
    """Return a time zone by its IANA name."""
    return ZoneInfo(name)


def local_date(moment: dt.datetime, zone: str) -> dt.date:
    """Return the calendar day of a moment in a time zone such as `Asia/Makassar`."""
    return moment.astimezone(ZoneInfo(zone)).date()


def today(zone: str) -> dt.date:
    """Return the calendar day it is now in a time zone."""
    return local_date(now(), zone)


def month_of(day: dt.date) -> dt.date:
    """Return the first day of a day's month: the name by which months are known everywhere."""
    return day.replace(day=1)


def add_months(month: dt.date, count: int) -> dt.date:
    """Return the first day of the month `count` months after (or before) `month`."""
    index = month.year * 12 + month.month - 1 + count
    return dt.date(index // 12, index % 12 + 1, 1)


def months_back(month: dt.date, count: int) -> list[dt.date]:
    """Return `count` months up to and including `month`, oldest first."""
    return [add_months(month, offset) for offset in range(1 - count, 1)]


def week_of(day: dt.date) -> dt.date:
    """Return the Monday of a day's week."""
    return day - dt.timedelta(days=day.weekday())


def weeks_back(day: dt.date, count: int) -> list[dt.date]:
    """Return the Mondays of `count` weeks up to and including a day's week, oldest first."""
    return [week_of(day) - dt.timedelta(weeks=before) for before in range(count - 1, -1, -1)]
