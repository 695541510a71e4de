"""When a site has its market: rules of weeks as RFC 5545 writes them, and the days that are made of them. Pure."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dateutil.rrule import rrulestr
from lokal import HOLIDAY_YEARS, get_holidays

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
"""As RFC 5545 names them, by the number that Python gives them."""
WEEKLY = re.compile(r"FREQ=WEEKLY;INTERVAL=(?P<every>[1-9][0-9]?);BYDAY=(?P<days>[A-Z]{2}(?:,[A-Z]{2})*)")
MOST_WEEKS = 8
"""Further apart it is no weekly market."""
LONGEST_EVENT = 31
FARTHEST = dt.timedelta(days=366)
"""So far ahead days are made at most: of the year after next nobody knows the holidays."""
ENOUGH = dt.timedelta(weeks=3)
"""Groups have to know so long before when their turn is."""


@dataclass(frozen=True)
class Weekly:
    """On some days of the week (0 is Monday), every week or every few weeks."""

    weekdays: tuple[int, ...]
    every: int = 1

    def rrule(self) -> str:
        """Return it as RFC 5545 writes it, without its first day and its end."""
        days = ",".join(WEEKDAYS[day] for day in sorted(set(self.weekdays)))
        return f"FREQ=WEEKLY;INTERVAL={self.every};BYDAY={days}"


def read_weekly(rrule: str) -> Weekly:
    """Return what a rule says. Raises ValueError for one that `Weekly.rrule` did not write."""
    found = WEEKLY.fullmatch(rrule)
    if found is None:
        raise ValueError(rrule)
    return Weekly(tuple(WEEKDAYS.index(day) for day in found["days"].split(",")), int(found["every"]))


def days_of(rrule: str, starts_on: dt.date, ends_on: dt.date | None, first: dt.date, until: dt.date) -> list[dt.date]:
    """Return the days of a rule from `first` up to `until`; weeks are counted from that of its first day."""
    last = min(until, ends_on) if ends_on else until
    begin = max(first, starts_on)
    if begin > last:
        return []
    found = rrulestr(rrule, dtstart=_midnight(starts_on)).between(_midnight(begin), _midnight(last), inc=True)
    return [moment.date() for moment in found]


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time())


def days_between(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Yield the days of a span, both ends with it."""
    for offset in range((last - first).days + 1):
        yield first + dt.timedelta(days=offset)


def holidays_among(days: Iterable[dt.date]) -> dict[dt.date, str]:
    """Return those of some days that are public or joint holidays, with their names.

    Of a year for which there is no decree yet nothing is known, and so nothing is said (`is_decreed`).
    """
    wanted = set(days)
    years = {day.year for day in wanted} & set(HOLIDAY_YEARS)
    found = ((dt.date.fromisoformat(each.date), each.name) for year in years for each in get_holidays(year).holidays)
    return {day: name for day, name in found if day in wanted}


def is_decreed(day: dt.date) -> bool:
    """Tell whether the holidays of a day's year are known."""
    return day.year in HOLIDAY_YEARS
