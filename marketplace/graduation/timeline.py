"""The story of a family on one line: each part of the house tells its own, newest first."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ..aid import queries as aid
from ..areas.rules import zone_of
from ..extensions import db
from ..groups import labels as group_labels
from ..groups.models import AssistanceEnrolment, Household, Membership
from ..mentoring.models import Visit, VisitedHousehold, VisitKind
from ..shared import clock
from ..shared.formats import month as month_name
from ..shared.i18n import Text, _
from ..shared.money import format_rupiah
from ..training import queries as trainings
from . import labels
from .case_labels import ACTIONS, STATES, WARNINGS
from .case_models import Case, CaseEvent, WarningKind
from .models import MonthStatus, Snapshot

LENGTH = 400
"""So many letters of what was written stand on the line; the rest is where it was written."""


@dataclass(frozen=True)
class Entry:
    """Something that happened to a family on a day."""

    on: dt.date
    title: Text
    text: str = ""
    tone: str = "neutral"


Source: TypeAlias = Callable[[Household, dt.date], Iterable[Entry]]
"""Tells what happened to a family from a day on."""


def enrolments(household: Household, since: dt.date) -> Iterable[Entry]:
    """Tell when aid of a programme began and ended."""
    for row in db.session.scalars(select(AssistanceEnrolment).where(AssistanceEnrolment.household_id == household.id)):
        name = str(group_labels.PROGRAMMES[row.programme])
        if row.starts_on >= since:
            yield Entry(row.starts_on, _("Receives %(programme)s", programme=name))
        if row.ends_on is not None and row.ends_on >= since:
            yield Entry(row.ends_on, _("Last day of %(programme)s", programme=name))


def memberships(household: Household, since: dt.date) -> Iterable[Entry]:
    """Tell when the family joined a group and left it."""
    rows = select(Membership).where(Membership.household_id == household.id).options(joinedload(Membership.group))
    for row in db.session.scalars(rows):
        if row.starts_on >= since:
            yield Entry(row.starts_on, _("Joins the group %(name)s", name=row.group.name), tone="info")
        if row.ends_on is not None and row.ends_on >= since:
            yield Entry(row.ends_on, _("Last day in the group %(name)s", name=row.group.name))


def visits(household: Household, since: dt.date) -> Iterable[Entry]:
    """Tell of the visits in which the family was spoken with."""
    statement = (
        select(Visit)
        .join(VisitedHousehold, VisitedHousehold.visit_id == Visit.id)
        .where(VisitedHousehold.household_id == household.id, Visit.visited_on >= since)
        .options(joinedload(Visit.mentor))
    )
    for row in db.session.scalars(statement):
        kind = _("Visit at home") if row.kind is VisitKind.HOME else _("Visit to the group")
        yield Entry(row.visited_on, f"{kind} · {row.mentor.name}", row.findings[:LENGTH], "info")


def attended(household: Household, since: dt.date) -> Iterable[Entry]:
    """Tell of the trainings of the family's people, on the last day of their class."""
    for row in trainings.of_household(household.id):
        if row.last_on is None or row.last_on < since:
            continue
        came = _("came on %(came)s of %(days)s days", came=row.came, days=row.days)
        text = " · ".join(part for part in (row.person, row.agency, came, row.certificate) if part)
        yield Entry(row.last_on, _("Training: %(title)s", title=row.title), text, "info")


def received(household: Household, since: dt.date) -> Iterable[Entry]:
    """Tell of the goods that the family received; they are aid, never income."""
    for row in aid.of_household(household.id):
        if row.on >= since:
            yield Entry(row.on, _("Receives goods: %(what)s", what=row.what), format_rupiah(row.amount), "info")


TONES = {MonthStatus.PASSED: "good", MonthStatus.NOT_PASSED: "warn", MonthStatus.NO_DATA: "neutral"}


def months(household: Household, since: dt.date) -> Iterable[Entry]:
    """Tell what each closed month came to."""
    statement = select(Snapshot).where(
        Snapshot.household_id == household.id, Snapshot.month >= since, Snapshot.is_final
    )
    for row in db.session.scalars(statement):
        last_day = clock.add_months(row.month, 1) - dt.timedelta(days=1)
        title = f"{month_name(row.month)}: {labels.STATUSES[row.status]}"
        yield Entry(last_day, title, _month_text(row), TONES[row.status])


def _month_text(row: Snapshot) -> str:
    if row.status is MonthStatus.NO_DATA:
        return ""
    return _(
        "Sales %(sales)s, %(each)s for each person",
        sales=format_rupiah(row.net_sales),
        each=format_rupiah(row.income_per_person),
    )


def case_events(household: Household, since: dt.date) -> Iterable[Entry]:
    """Tell of the steps of the family's cases: of a meeting and a visit on their day, not that of writing it down."""
    statement = (
        select(CaseEvent)
        .join(Case, Case.id == CaseEvent.case_id)
        .where(Case.household_id == household.id)
        .options(joinedload(CaseEvent.actor))
    )
    zone = zone_of(household.regency_code)
    for row in db.session.scalars(statement.order_by(CaseEvent.id)):
        happened = row.detail.get("held_on") or row.detail.get("visited_on")
        day = dt.date.fromisoformat(happened) if happened else clock.local_date(row.at, zone)
        if day >= since:
            yield told(row, day)


def told(row: CaseEvent, day: dt.date) -> Entry:
    """Tell of one step of a case: what, to which state, by whom and why."""
    title = str(ACTIONS.get(row.action, row.action))
    words, tone, _icon = STATES[row.to_state]
    moved = row.from_state is not row.to_state
    who = row.actor.name if row.actor else _("The system")
    parts = [f"→ {words}" if moved else "", who, *details(row), row.note]
    return Entry(day, title, " · ".join(part for part in parts if part), tone if moved else "neutral")


def details(row: CaseEvent) -> list[str]:
    """Return what was told with a step, in words."""
    found = []
    if "decree" in row.detail:
        found.append(_("Decree %(number)s", number=row.detail["decree"]))
    if "reference" in row.detail:
        found.append(_("Reference in the ministry's system: %(number)s", number=row.detail["reference"]))
    if "warning" in row.detail:
        found.append(str(WARNINGS[WarningKind(row.detail["warning"])]))
    if row.action == "assess":
        found.append(
            _("All required criteria hold") if row.detail.get("holds") else _("Not all required criteria hold.")
        )
    if row.detail.get("is_confirmed") is False:
        found.append(_("Not as it was proposed"))
    return found


SOURCES: tuple[Source, ...] = (enrolments, memberships, attended, received, visits, months, case_events)


def story(household: Household, since: dt.date) -> list[Entry]:
    """Return what happened to a family from a day on, newest first; of one day what came later is first."""
    entries = [entry for source in SOURCES for entry in source(household, since)]
    entries.sort(key=lambda entry: entry.on)
    return entries[::-1]
