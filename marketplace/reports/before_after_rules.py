"""What was earned a month before something was given and after it, beside those who got none of it. Pure.

A unit is a family or a group. The month in which it got something counts neither as before nor as after; of several
times the first counts. Who was not yet known in all months before, or whose months after are not over, is left out.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..shared.clock import add_months, month_of
from .disclosure import LEAST

WINDOWS = (3, 6, 12)
"""Months before and after, to choose from."""
Like = tuple[str, str]
"""District and kind of business: only those of the same are held beside each other."""


@dataclass(frozen=True)
class Unit:
    """A family or group: what it is like, since when the shop knows it, and rupiah by month (none: 0)."""

    key: int
    like: Like
    known_on: dt.date
    earned: Mapping[dt.date, int]


@dataclass(frozen=True)
class Months:
    """What a unit earned in a month, in the middle of the months before and after; rupiah, rounded down."""

    before: int
    after: int

    @property
    def change(self) -> int:
        """Return by how much more it earned after than before."""
        return self.after - self.before


@dataclass(frozen=True)
class Spread:
    """How figures lie, smallest to largest: each of the three in the middle is one of them, the lower of two."""

    count: int
    smallest: int
    lower: int
    middle: int
    upper: int
    largest: int


@dataclass(frozen=True)
class Side:
    """Those who had something, or those who had nothing; a spread is None where there are too few."""

    count: int
    before: Spread | None
    after: Spread | None
    change: Spread | None


@dataclass(frozen=True)
class Compared:
    """Both sides, and who of those who had it is in neither."""

    had: Side
    had_none: Side
    too_new: int
    """Not known in all months before."""
    too_recent: int
    """Months after are not over."""


def first_times(times: Iterable[tuple[int, dt.date]]) -> dict[int, dt.date]:
    """Return unit → month in which it had something for the first time."""
    found: dict[int, dt.date] = {}
    for key, day in times:
        month = month_of(day)
        found[key] = min(month, found.get(key, month))
    return found


def first_whole_month(known_on: dt.date) -> dt.date:
    """Return the first month of which all days are known."""
    month = month_of(known_on)
    return month if month == known_on else add_months(month, 1)


def is_known(unit: Unit, month: dt.date, window: int) -> bool:
    """Tell whether a unit was known in all months before a month."""
    return first_whole_month(unit.known_on) <= add_months(month, -window)


def is_over(month: dt.date, window: int, running: dt.date) -> bool:
    """Tell whether all months after a month are over; `running` is the month it is now."""
    return add_months(month, window) < running


def months_of(unit: Unit, month: dt.date, window: int) -> Months:
    """Return what a unit earned before and after a month."""
    before = sum(unit.earned.get(add_months(month, -offset), 0) for offset in range(1, window + 1))
    after = sum(unit.earned.get(add_months(month, offset), 0) for offset in range(1, window + 1))
    return Months(before // window, after // window)


def spread(values: Sequence[int]) -> Spread | None:
    """Return how some figures lie; None where they are too few to be shown."""
    if len(values) < LEAST:
        return None
    ordered = sorted(values)
    last = len(ordered) - 1
    lower, middle, upper = (ordered[last * part // 4] for part in (1, 2, 3))
    return Spread(len(ordered), ordered[0], lower, middle, upper, ordered[last])


def compare(
    units: Iterable[Unit], had: Mapping[int, dt.date], others: Iterable[Unit], window: int, running: dt.date
) -> Compared:
    """Hold who had something (unit → month of the first time) beside others like them over the same months.

    Each of the others is looked at around one month: the middle one of those in which units like it had something.
    """
    counted: list[tuple[Unit, dt.date]] = []
    too_new = too_recent = 0
    for unit in units:
        month = had[unit.key]
        if not is_known(unit, month, window):
            too_new += 1
        elif not is_over(month, window, running):
            too_recent += 1
        else:
            counted.append((unit, month))
    months = _middle_months(counted)
    beside = [months_of(unit, months[unit.like], window) for unit in others if _fits(unit, months, window)]
    return Compared(
        _side([months_of(unit, month, window) for unit, month in counted]), _side(beside), too_new, too_recent
    )


def _middle_months(counted: Iterable[tuple[Unit, dt.date]]) -> dict[Like, dt.date]:
    found: dict[Like, list[dt.date]] = defaultdict(list)
    for unit, month in counted:
        found[unit.like].append(month)
    return {like: sorted(months)[(len(months) - 1) // 2] for like, months in found.items()}


def _fits(unit: Unit, months: Mapping[Like, dt.date], window: int) -> bool:
    return unit.like in months and is_known(unit, months[unit.like], window)


def _side(found: Sequence[Months]) -> Side:
    return Side(
        len(found),
        spread([each.before for each in found]),
        spread([each.after for each in found]),
        spread([each.change for each in found]),
    )
