"""Four-month periods, the way of a report, and what a visit needs. Pure: no Flask, no database."""

import calendar
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..shared.clock import add_months
from ..shared.errors import Forbidden, InvalidInput, StateConflict
from ..shared.i18n import _l
from ..shared.policy import Role
from .models import VisitKind
from .report_models import ReportState, ReportStep

PERIOD = 4
"""Months of a catur wulan: three a year, from January, May and September."""
MOST_PHOTOS = 6
MOST_FOLLOW_UPS = 5
OLDEST_VISIT = 60
"""So many days back a visit may still be written down: by then it is told from memory."""
SENDERS = frozenset({Role.GROUP_OFFICER, Role.MENTOR})
CHECKERS = frozenset({Role.MENTOR, Role.VERIFIER})
ACCEPTERS = frozenset({Role.VERIFIER, Role.HEAD})


def period_of(day: dt.date) -> dt.date:
    """Return the first day of the period that a day lies in."""
    return dt.date(day.year, (day.month - 1) // PERIOD * PERIOD + 1, 1)


def months_of(starts_on: dt.date) -> list[dt.date]:
    """Return the four months of a period, first to last."""
    return [add_months(starts_on, offset) for offset in range(PERIOD)]


def last_day(starts_on: dt.date) -> dt.date:
    """Return the last day of a period."""
    return add_months(starts_on, PERIOD) - dt.timedelta(days=1)


def last_over(today: dt.date) -> dt.date:
    """Return the first day of the newest period that is over."""
    return add_months(period_of(today), -PERIOD)


def periods_over(today: dt.date, count: int) -> list[dt.date]:
    """Return the first days of the newest periods that are over, oldest first."""
    return [add_months(last_over(today), -PERIOD * before) for before in range(count - 1, -1, -1)]


def due_on(starts_on: dt.date, days: int) -> dt.date:
    """Return the last day to send the report of a period: so many days after its end."""
    return last_day(starts_on) + dt.timedelta(days=days)


def last_of_month(month: dt.date) -> dt.date:
    """Return the last day of a month."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


@dataclass(frozen=True)
class Way:
    """Where a step leads, who of the group's people may take it, and whose own it may not be."""

    after: ReportState
    roles: frozenset[Role]
    is_of_others: bool = False
    """Not for who sent it."""
    is_of_third: bool = False
    """Not for who checked it either."""


S, T = ReportState, ReportStep
WAYS: Mapping[tuple[ReportState, ReportStep], Way] = {
    (S.DRAFT, T.SEND): Way(S.SENT, SENDERS),
    (S.BACK, T.SEND): Way(S.SENT, SENDERS),
    (S.SENT, T.CHECK): Way(S.CHECKED, CHECKERS, is_of_others=True),
    (S.SENT, T.GIVE_BACK): Way(S.BACK, CHECKERS, is_of_others=True),
    (S.CHECKED, T.ACCEPT): Way(S.ACCEPTED, ACCEPTERS, is_of_others=True, is_of_third=True),
    (S.CHECKED, T.GIVE_BACK): Way(S.BACK, ACCEPTERS, is_of_others=True),
}
WRITABLE = frozenset({S.DRAFT, S.BACK})


def way_of(state: ReportState, step: ReportStep) -> Way:
    """Return what a step does to a report. Raises StateConflict where it cannot happen."""
    way = WAYS.get((state, step))
    if way is None:
        raise StateConflict
    return way


def check_person(way: Way, actor_id: int, sent_by_id: int | None, checked_by_id: int | None) -> None:
    """Hold that three people look at a report. Raises Forbidden for who did the step before."""
    if way.is_of_others and actor_id == sent_by_id:
        raise Forbidden(_l("You sent this report yourself. Somebody else has to look at it."))
    if way.is_of_third and actor_id == checked_by_id:
        raise Forbidden(_l("You checked this report yourself. Somebody else has to accept it."))


@dataclass(frozen=True)
class Told:
    """What a group tells of its period, in rupiah; None is not told yet."""

    materials: int | None
    other_costs: int | None
    other_income: int | None
    story: str


def check_told(told: Told) -> None:
    """Refuse to send a report of which an answer is missing; 0 is an answer. Raises InvalidInput beside the field."""
    for name in ("materials", "other_costs", "other_income"):
        if getattr(told, name) is None:
            raise InvalidInput(_l("Please write a number. Write 0 when there was none."), field=name)


TIMES_BEFORE = 10
"""So many times as much as last time looks like a zero too many."""
TIMES_INCOME = 2
"""Where nothing was told before, costs are held against all that was sold."""


def doubtful(told: Told, before: Told | None, sold: int) -> list[str]:
    """Return the answers that look like a slip of the pen: far more than last time, or costs far above all sales."""
    names = ("materials", "other_costs", "other_income")
    if before is not None:
        return [name for name in names if _is_far_above(getattr(told, name), getattr(before, name))]
    most = TIMES_INCOME * (sold + (told.other_income or 0))
    return [name for name in names[:2] if most and (getattr(told, name) or 0) > most]


def _is_far_above(now: int | None, before: int | None) -> bool:
    return bool(before) and (now or 0) >= TIMES_BEFORE * (before or 0)


@dataclass(frozen=True)
class ToDo:
    """What was agreed on at a visit, and until when."""

    what: str
    due_on: dt.date


@dataclass(frozen=True)
class VisitContent:
    """A visit as its mentor tells it."""

    kind: VisitKind
    group_id: int
    """The group visited, or the one the visited family belongs to."""
    visited_on: dt.date
    findings: str
    household_ids: tuple[int, ...]
    follow_ups: tuple[ToDo, ...]


def check_visit(content: VisitContent, members: Iterable[int], today: dt.date) -> None:
    """Refuse what cannot have been. Raises InvalidInput beside its field."""
    if content.visited_on > today:
        raise InvalidInput(_l("This day has not come yet."), field="visited_on")
    if content.visited_on < today - dt.timedelta(days=OLDEST_VISIT):
        raise InvalidInput(_l("This is too long ago: at most %(count)s days.", count=OLDEST_VISIT), field="visited_on")
    if not set(content.household_ids) <= set(members):
        raise InvalidInput(_l("One of these families is no member of the group."), field="families")
    if content.kind is VisitKind.HOME and len(content.household_ids) != 1:
        raise InvalidInput(_l("For a visit at home tick exactly one family."), field="families")
    for to_do in content.follow_ups:
        if to_do.due_on < content.visited_on:
            raise InvalidInput(_l("This day is before the visit."), field="follow_ups")


@dataclass(frozen=True)
class PlanContent:
    """A plan as it is written down: its months by their first days."""

    goal: str
    starts_on: dt.date
    ends_on: dt.date
    targets: tuple[ToDo, ...]


def check_plan(content: PlanContent) -> None:
    """Refuse a plan that reaches nothing, or not in its months. Raises InvalidInput beside its field."""
    if content.ends_on < content.starts_on:
        raise InvalidInput(_l("The last month is before the first one."), field="ends_on")
    if not content.targets:
        raise InvalidInput(_l("Write at least one thing to reach."), field="targets")
    for target in content.targets:
        if not content.starts_on <= target.due_on <= last_of_month(content.ends_on):
            raise InvalidInput(_l("This day is not in the months of the plan."), field="targets")


def profit(earned: Sequence[int], told: Told) -> int:
    """Return what was left of a period: sales here and elsewhere less what it cost."""
    return sum(earned) + (told.other_income or 0) - (told.materials or 0) - (told.other_costs or 0)
