"""Read the months of households against the line."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..areas import queries as areas
from ..areas.models import Area, FigureKey
from ..extensions import db
from ..groups.models import Group, Household, Membership
from ..groups.queries import membership_in_force, today, visible_groups, visible_households
from ..shared import clock
from ..shared.money import MAX_RUPIAH
from ..shared.policy import Actor, Role
from . import case_queries
from .case_models import Case, CaseState
from .case_queries import Counted, View
from .criteria_rules import CriterionKey
from .models import IncomeNote, MonthStatus, NoteKind, NoteState, Snapshot
from .rules import WINDOW

OBSERVERS = frozenset({Role.MENTOR, Role.VERIFIER, Role.HEAD, Role.ADMINISTRATOR})
"""Who follows families on their way; a mentor those of his groups."""
YEAR = 12


@dataclass(frozen=True)
class StripMonth:
    """One month of a household's strip; a month never reckoned has no data."""

    month: dt.date
    status: MonthStatus
    income_per_person: int | None = None
    line_amount: int | None = None

    @property
    def percent(self) -> int | None:
        """Return the income per person in percent of the line, rounded down; None without data."""
        if self.status is MonthStatus.NO_DATA or not self.line_amount or self.income_per_person is None:
            return None
        return 100 * self.income_per_person // self.line_amount


def last_month() -> dt.date:
    """Return the last month that is over: strips end with it, the running one would only look like a fall."""
    return clock.add_months(clock.month_of(today()), -1)


def months_of(household_id: int, until: dt.date, count: int = YEAR) -> dict[dt.date, Snapshot]:
    """Return month → snapshot with its line, for up to `count` months to `until`."""
    statement = select(Snapshot).where(
        Snapshot.household_id == household_id, Snapshot.month.in_(clock.months_back(until, count))
    )
    rows = db.session.scalars(statement.options(joinedload(Snapshot.line)).order_by(Snapshot.month))
    return {row.month: row for row in rows}


def strip_of(snapshots: Mapping[dt.date, Snapshot], until: dt.date, count: int = WINDOW) -> list[StripMonth]:
    """Return `count` months up to `until`, oldest first, from snapshots already loaded."""
    return [_strip_month(month, snapshots.get(month)) for month in clock.months_back(until, count)]


def _strip_month(month: dt.date, row: Snapshot | None) -> StripMonth:
    if row is None:
        return StripMonth(month, MonthStatus.NO_DATA)
    return StripMonth(month, row.status, row.income_per_person, row.line_amount)


def strip(household_id: int, until: dt.date, count: int = WINDOW) -> list[StripMonth]:
    """Return `count` months of a household up to `until`, oldest first."""
    return strip_of(months_of(household_id, until, count), until, count)


def passed(months: list[StripMonth]) -> int:
    """Return how many months passed."""
    return sum(month.status is MonthStatus.PASSED for month in months)


@dataclass(frozen=True)
class NoteRow:
    """A note with the names of who recorded, who verified and who ended it."""

    note: IncomeNote
    recorded_by: str | None
    verified_by: str | None
    ended_by: str | None


def note_counts() -> ColumnElement[bool]:
    """Return the condition that a note is reckoned with: a cost that nobody ended, another income that was verified."""
    cost = and_(IncomeNote.kind == NoteKind.COST, IncomeNote.state == NoteState.TOLD)
    return or_(cost, IncomeNote.state == NoteState.VERIFIED)


def notes_of(household_id: int, since: dt.date) -> list[NoteRow]:
    """Return the notes of a household from a month on, newest first."""
    recorder, verifier, ender = db.aliased(User), db.aliased(User), db.aliased(User)
    statement = (
        select(IncomeNote, recorder.name, verifier.name, ender.name)
        .outerjoin(recorder, recorder.id == IncomeNote.recorded_by_id)
        .outerjoin(verifier, verifier.id == IncomeNote.verified_by_id)
        .outerjoin(ender, ender.id == IncomeNote.ended_by_id)
        .where(IncomeNote.household_id == household_id, IncomeNote.month >= since)
        .order_by(IncomeNote.month.desc(), IncomeNote.id.desc())
    )
    return [NoteRow(*row) for row in db.session.execute(statement)]


def note_belongs(note_id: int, household_id: int) -> bool:
    """Tell whether a note is one of a household."""
    note = db.session.get(IncomeNote, note_id)
    return note is not None and note.household_id == household_id


class Standing(StrEnum):
    """What the list can be narrowed to, by the strip up to the last month."""

    ALL_PASSED = "all_passed"
    PASSED = "passed"
    NOT_PASSED = "not_passed"
    NO_DATA = "no_data"


class Order(StrEnum):
    """What the list is sorted by."""

    NAME = "name"
    PASSED = "passed"
    INCOME = "income"


@dataclass(frozen=True)
class Filters:
    """How the officer's list is narrowed and sorted."""

    district_code: str = ""
    group_id: int | None = None
    standing: Standing | None = None
    view: View | None = None
    state: CaseState | None = None
    stuck: CriterionKey | None = None
    waits_for: Role | None = None
    order: Order = Order.PASSED
    descending: bool = True


def choices_for(actor: Actor) -> list[tuple[int, str, str, str]]:
    """Return (group id, group, district code, district) of the groups whose families the actor follows."""
    statement = visible_groups(actor, OBSERVERS).join(Area, Area.code == Group.district_code)
    columns = (Group.id, Group.name, Group.district_code, Area.name)
    rows = db.session.execute(statement.with_only_columns(*columns).order_by(Group.name))
    return [(group_id, group, code, district) for group_id, group, code, district in rows]


def list_for(actor: Actor, filters: Filters, until: dt.date) -> Select[Any]:
    """Return the SELECT of the officer's list: one row per family with its months and its case, all in one statement.

    Columns: id, name, village, district, groups, case_id, state, warning, since, stuck, flagged, passed, income, line,
    status_0 … status_5 (None: never reckoned).
    """
    visible = visible_households(actor, OBSERVERS)
    months = _months(visible, until)
    village, district = db.aliased(Area), db.aliased(Area)
    statement = (
        _rows(visible, months)
        .join(village, village.code == Household.village_code)
        .join(district, district.code == Household.district_code)
        .with_only_columns(
            Household.id,
            Household.name,
            village.name.label("village"),
            district.name.label("district"),
            _group_names().label("groups"),
            Case.id.label("case_id"),
            Case.state,
            Case.warning,
            Case.changed_at.label("since"),
            case_queries.stuck_on().label("stuck"),
            case_queries.is_flagged().label("flagged"),
            func.coalesce(months.c.passed, 0).label("passed"),
            *(column for column in months.c if column.name not in ("household_id", "passed")),
        )
    )
    return _sorted(_narrowed(statement, filters, months), filters, months)


def _rows(visible: Select[Any], months: Any) -> Select[Any]:
    """Return the families that are seen, each with its months and its last case."""
    statement = visible.outerjoin(months, months.c.household_id == Household.id)
    return statement.outerjoin(Case, Case.id == case_queries.latest_id(Household.id))


def counted(actor: Actor, filters: Filters, until: dt.date) -> list[Counted]:
    """Return how many families are near, stuck, waiting … of those that the place chosen leaves."""
    visible = visible_households(actor, OBSERVERS)
    months = _months(visible, until)
    place = Filters(district_code=filters.district_code, group_id=filters.group_id)
    return case_queries.counts(_narrowed(_rows(visible, months), place, months), months.c.passed)


def _months(visible: Select[Any], until: dt.date) -> Any:
    """Return one row per household: its months side by side, and how many passed."""
    window = clock.months_back(until, WINDOW)

    def at(month: dt.date, column: Any) -> ColumnElement[Any]:
        return func.max(case((Snapshot.month == month, column)))

    return (
        select(
            Snapshot.household_id,
            func.sum(case((Snapshot.status == MonthStatus.PASSED, 1), else_=0)).label("passed"),
            at(until, Snapshot.income_per_person).label("income"),
            at(until, Snapshot.line_amount).label("line"),
            *(at(month, Snapshot.status).label(f"status_{index}") for index, month in enumerate(window)),
        )
        .where(Snapshot.month.in_(window), Snapshot.household_id.in_(visible.with_only_columns(Household.id)))
        .group_by(Snapshot.household_id)
        .subquery()
    )


def _group_names() -> Any:
    names = select(func.aggregate_strings(Group.name, ", ")).join(Membership, Membership.group_id == Group.id)
    return names.where(Membership.household_id == Household.id, membership_in_force(today())).scalar_subquery()


def _narrowed(statement: Select[Any], filters: Filters, months: Any) -> Select[Any]:
    if filters.district_code:
        statement = statement.where(Household.district_code == filters.district_code)
    if filters.group_id is not None:
        members = select(Membership.household_id).where(
            Membership.group_id == filters.group_id, membership_in_force(today())
        )
        statement = statement.where(Household.id.in_(members))
    if filters.standing is Standing.ALL_PASSED:
        statement = statement.where(months.c.passed == WINDOW)
    elif filters.standing is not None:
        latest = func.coalesce(months.c[f"status_{WINDOW - 1}"], MonthStatus.NO_DATA.value)
        statement = statement.where(latest == filters.standing.value)
    return _narrowed_by_case(statement, filters, months)


def _narrowed_by_case(statement: Select[Any], filters: Filters, months: Any) -> Select[Any]:
    if filters.view is not None:
        statement = statement.where(case_queries.in_view(filters.view, months.c.passed))
    if filters.state is not None:
        statement = statement.where(Case.state == filters.state)
    if filters.stuck is not None:
        statement = statement.where(case_queries.is_stuck(filters.stuck))
    if filters.waits_for is not None:
        statement = statement.where(case_queries.waits_for(filters.waits_for))
    return statement


def _sorted(statement: Select[Any], filters: Filters, months: Any) -> Select[Any]:
    # Families without a result come last among the poorest, on both databases alike.
    keys: dict[Order, Any] = {
        Order.NAME: func.lower(Household.name),
        Order.PASSED: func.coalesce(months.c.passed, 0),
        Order.INCOME: func.coalesce(months.c.income, -MAX_RUPIAH),
    }
    key = keys[filters.order]
    return statement.order_by(key.desc() if filters.descending else key, Household.name, Household.id)


def open_days(area_code: str, day: dt.date) -> int:
    """Return for how many days of the next month a month still takes notes."""
    return areas.figure(FigureKey.MONTH_OPEN_DAYS, area_code, day)
