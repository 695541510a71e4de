"""What the market's days, tents and conditions are called on screen."""

import datetime as dt

from babel.dates import get_day_names
from flask_babel import get_locale

from ..shared.formats import day
from ..shared.i18n import Text, _, _l, _n
from .models import Condition, DayState, MarketDay, MarketRule, StallState
from .queries import DayTab
from .rules import read_weekly
from .schedule import Hours
from .tents import TentTab

DAY_STATES: dict[DayState, tuple[Text, str, str]] = {
    DayState.PLANNED: (_l("Takes place"), "good", "calendar-days"),
    DayState.CALLED_OFF: (_l("Called off"), "neutral", "circle-x"),
}
"""State → its words, tone and icon."""
STALL_STATES: dict[StallState, tuple[Text, str, str]] = {
    StallState.OPEN: (_l("Is put up"), "info", "tent"),
    StallState.COUNTED: (_l("Counted"), "warn", "clock"),
    StallState.CLOSED: (_l("Closed"), "good", "lock"),
    StallState.CANCELLED: (_l("Taken down"), "neutral", "circle-x"),
}
CONDITIONS: dict[Condition, Text] = {
    Condition.GOOD: _l("Good"),
    Condition.WORN: _l("Worn"),
    Condition.DAMAGED: _l("Damaged"),
    Condition.LOST: _l("Lost, not found"),
}
ON_PAPER = {Condition.GOOD: "Baik", Condition.WORN: "Usang", Condition.DAMAGED: "Rusak", Condition.LOST: "Hilang"}
"""Papers are in Indonesian, whoever looks."""
DAY_TABS: dict[DayTab, Text] = {DayTab.COMING: _l("To come"), DayTab.PAST: _l("Past")}
TENT_TABS: dict[TentTab, Text] = {
    TentTab.ALL: _l("All"),
    TentTab.OUT: _l("On loan"),
    TentTab.OVERDUE: _l("Overdue"),
    TentTab.FREE: _l("Not on loan"),
}


def weekday(number: int) -> str:
    """Return the name of a day of the week, 0 for Monday."""
    return str(get_day_names("wide", locale=get_locale())[number])


def weekly(rule: MarketRule) -> str:
    """Say on which days of the week a rule makes a market."""
    found = read_weekly(rule.rrule)
    names = ", ".join(weekday(number) for number in found.weekdays)
    if found.every == 1:
        return _("Every %(days)s", days=names)
    return _("Every %(count)s weeks: %(days)s", count=found.every, days=names)


def hours(thing: MarketDay | MarketRule | Hours) -> str:
    """Write when something opens and closes: `08.00–14.00`."""
    return f"{thing.opens_at:%H.%M}–{thing.closes_at:%H.%M}"


def turn(days_before: int, last_before: dt.date | None) -> str:
    """Say why it is a group's turn."""
    if last_before is None:
        return _("for the first time")
    if days_before == 0:
        return _("not once in the last year, the last on %(last)s", last=day(last_before))
    return _n(
        "%(num)s day in the last year, on %(last)s",
        "%(num)s days in the last year, the last on %(last)s",
        days_before,
        last=day(last_before),
    )
