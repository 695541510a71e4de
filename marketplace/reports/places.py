"""Figures of an area by the places in it: a province's regencies, a regency's districts, a district's villages.

Sums only, each in one question whatever the size of the area; what of them may be shown is for `disclosure` to say.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Executable, case, func, literal_column, or_, select

from ..aid.goods_models import Handover, Item
from ..aid.models import Fund, FundSource, Proposal, ProposalState
from ..aid.money_models import Grant
from ..areas import queries as areas
from ..areas.models import Area
from ..areas.queries import time_zone
from ..catalog.models import Product, ProductState
from ..extensions import db
from ..graduation.case_models import Case, CaseState
from ..graduation.models import MonthStatus, Snapshot
from ..groups.models import Group, Household
from ..ledger.models import JournalEntry, JournalLine
from ..mentoring import queries as mentoring
from ..mentoring.models import Visit, VisitedHousehold
from ..mentoring.report_models import GroupReport
from ..mentoring.sales import is_earning
from ..mentoring.standing_models import GroupStanding, StandingState
from ..shared import clock
from ..training.models import Trainee, Training
from ..training.queries import NOT_CANCELLED
from .disclosure import NOTHING, Cell

Cells = dict[str, Cell]
CODE_LENGTHS = {2: 5, 5: 8, 8: 13, 13: 13}
"""Length of an area's code → of those of its places; a village is its own place."""
INDEPENDENT = (CaseState.GRADUATED, CaseState.MONITORED, CaseState.INDEPENDENT)
FALLEN_BACK = (CaseState.RELAPSED, CaseState.PROPOSED_BACK)


@dataclass(frozen=True)
class Reach:
    """An area, its places by name, and the year that is asked for."""

    area: Area
    places: tuple[Area, ...]
    year: int

    @property
    def days(self) -> tuple[dt.date, dt.date]:
        """Return the first and last day of the year."""
        return dt.date(self.year, 1, 1), dt.date(self.year, 12, 31)

    def place(self, column: Any) -> ColumnElement[str]:
        """Return the place in which a village lies."""
        length = CODE_LENGTHS[len(self.area.code)]
        return func.substr(column, literal_column("1"), literal_column(str(length)))

    def holds(self, column: Any) -> ColumnElement[bool]:
        """Return the condition that a village lies in the area."""
        return or_(column == self.area.code, column.startswith(self.area.code + ".", autoescape=True))

    def cells(self, found: Mapping[str, Cell], missing: Cell) -> Cells:
        """Return a cell for every place."""
        return {place.code: found.get(place.code, missing) for place in self.places}


def reach(area_code: str, year: int) -> Reach:
    """Return an area with its places. Raises NotFound."""
    area = areas.get_area(area_code)
    return Reach(area, tuple(areas.children(area_code)) or (area,), year)


def this_year(area_code: str) -> int:
    """Return the year it is in an area."""
    return clock.today(time_zone(area_code)).year


def _of_things(reach: Reach, statement: Executable) -> Cells:
    """Return what a SELECT of (place, number) says of things that are not families."""
    found = {code: Cell(int(value or 0)) for code, value in db.session.execute(statement)}
    return reach.cells(found, Cell(0))


def _of_families(reach: Reach, statement: Executable) -> Cells:
    """Return what a SELECT of (place, number, families) says."""
    found = {code: Cell(int(value or 0), int(families)) for code, value, families in db.session.execute(statement)}
    return reach.cells(found, NOTHING)


def families(reach: Reach) -> Cells:
    """Count the families that the programme is for."""
    place = reach.place(Household.village_code)
    found = select(place, func.count(), func.count()).where(reach.holds(Household.village_code))
    return _of_families(reach, found.group_by(place))


def groups(reach: Reach) -> Cells:
    """Count the groups."""
    place = reach.place(Group.village_code)
    return _of_things(reach, select(place, func.count()).where(reach.holds(Group.village_code)).group_by(place))


def standings(reach: Reach) -> dict[StandingState | None, Cells]:
    """Count the groups by how they stand now; None: not looked at yet."""
    place = reach.place(Group.village_code)
    now = (GroupStanding.group_id == Group.id) & GroupStanding.ended_at.is_(None)
    statement = select(place, GroupStanding.state, func.count()).outerjoin_from(Group, GroupStanding, now)
    statement = statement.where(reach.holds(Group.village_code)).group_by(place, GroupStanding.state)
    found: dict[StandingState | None, dict[str, Cell]] = {state: {} for state in (*StandingState, None)}
    for code, state, count in db.session.execute(statement):
        found[state][code] = Cell(int(count))
    return {state: reach.cells(cells, Cell(0)) for state, cells in found.items()}


def products(reach: Reach) -> Cells:
    """Count the products and services that are on offer."""
    place = reach.place(Group.village_code)
    statement = select(place, func.count(Product.id)).join_from(Product, Group, Group.id == Product.group_id)
    offered = (Product.state == ProductState.PUBLISHED) & reach.holds(Group.village_code)
    return _of_things(reach, statement.where(offered).group_by(place))


def sales(reach: Reach) -> Cells:
    """Sum what families earned in the year less what came back, rupiah, by where they live."""
    place = reach.place(Household.village_code)
    statement = (
        select(place, -func.sum(JournalLine.amount), func.count(Household.id.distinct()))
        .join_from(JournalLine, JournalEntry, JournalEntry.id == JournalLine.entry_id)
        .join(Household, Household.id == JournalLine.household_id)
        .where(is_earning(), JournalEntry.entry_date.between(*reach.days), reach.holds(Household.village_code))
    )
    return _of_families(reach, statement.group_by(place))


@dataclass(frozen=True)
class Granted:
    """Grants by place: how many groups have one, and rupiah."""

    groups: Cells
    amount: Cells


def grants(reach: Reach) -> dict[FundSource, Granted]:
    """Count the grants out of the year's funds, by whose budget it is."""
    place = reach.place(Group.village_code)
    statement = (
        select(place, Fund.source, func.count(Grant.group_id.distinct()), func.sum(Grant.amount))
        .join_from(Grant, Group, Group.id == Grant.group_id)
        .join(Proposal, Proposal.id == Grant.proposal_id)
        .join(Fund, Fund.id == Proposal.fund_id)
        .where(reach.holds(Group.village_code), Fund.year == reach.year)
    )
    counts: dict[FundSource, Cells] = {source: {} for source in FundSource}
    amounts: dict[FundSource, Cells] = {source: {} for source in FundSource}
    for code, source, count, amount in db.session.execute(statement.group_by(place, Fund.source)):
        counts[source][code], amounts[source][code] = Cell(int(count)), Cell(int(amount))
    nothing = Cell(0)
    return {
        source: Granted(reach.cells(counts[source], nothing), reach.cells(amounts[source], nothing))
        for source in FundSource
    }


def approved(reach: Reach) -> Cells:
    """Sum what was approved out of the year's funds, money and goods alike, rupiah."""
    place = reach.place(Proposal.village_code)
    statement = select(place, func.sum(Proposal.amount)).join_from(Proposal, Fund, Fund.id == Proposal.fund_id)
    asked = (Proposal.state == ProposalState.APPROVED) & (Fund.year == reach.year)
    return _of_things(reach, statement.where(asked, reach.holds(Proposal.village_code)).group_by(place))


def goods(reach: Reach) -> Cells:
    """Sum the goods that were handed over in the year, rupiah; families are those that got a piece of their own."""
    place = reach.place(Proposal.village_code)
    statement = (
        select(place, func.sum(Item.value), func.count(Item.household_id.distinct()))
        .join_from(Item, Handover, Handover.id == Item.handover_id)
        .join(Proposal, Proposal.id == Handover.proposal_id)
        .where(reach.holds(Proposal.village_code), Handover.handed_on.between(*reach.days))
    )
    return _of_families(reach, statement.group_by(place))


def trained(reach: Reach) -> Cells:
    """Count who takes part in the year's trainings, by where he lives; those called off do not count."""
    place = reach.place(Trainee.village_code)
    statement = select(place, func.count(), func.count(Trainee.household_id.distinct()))
    statement = statement.join_from(Trainee, Training, Training.id == Trainee.training_id)
    asked = reach.holds(Trainee.village_code) & Training.planned_on.between(*reach.days) & NOT_CANCELLED
    return _of_families(reach, statement.where(asked).group_by(place))


def visits(reach: Reach) -> Cells:
    """Count the visits of the year, to groups and to homes."""
    held = Visit.visited_on.between(*reach.days)
    group_place, home_place = reach.place(Group.village_code), reach.place(Household.village_code)
    to_groups = select(group_place, func.count(Visit.id)).join_from(Visit, Group, Group.id == Visit.group_id)
    to_homes = (
        select(home_place, func.count(Visit.id.distinct()))
        .join_from(Visit, VisitedHousehold, VisitedHousehold.visit_id == Visit.id)
        .join(Household, Household.id == VisitedHousehold.household_id)
        .where(Visit.group_id.is_(None), held, reach.holds(Household.village_code))
    )
    at_work = _of_things(reach, to_groups.where(held, reach.holds(Group.village_code)).group_by(group_place))
    at_home = _of_things(reach, to_homes.group_by(home_place))
    return {code: Cell(cell.value + at_home[code].value) for code, cell in at_work.items()}


def late_reports(reach: Reach) -> Cells:
    """Count the four-monthly reports that should have come by today."""
    place = reach.place(Group.village_code)
    late = mentoring.is_late(clock.today(time_zone(reach.area.code)))
    statement = select(place, func.count()).join_from(GroupReport, Group, Group.id == GroupReport.group_id)
    return _of_things(reach, statement.where(late, reach.holds(Group.village_code)).group_by(place))


def graduated(reach: Reach) -> tuple[Cells, Cells]:
    """Count the families that are out of aid by decree now, and those that fell back."""
    place = reach.place(Household.village_code)
    counts = [_families_in(INDEPENDENT), _families_in(FALLEN_BACK)]
    statement = select(place, *counts).join_from(Case, Household, Household.id == Case.household_id)
    rows = db.session.execute(statement.where(reach.holds(Household.village_code)).group_by(place)).all()
    out = {row[0]: Cell(int(row[1]), int(row[1])) for row in rows}
    back = {row[0]: Cell(int(row[2]), int(row[2])) for row in rows}
    return reach.cells(out, NOTHING), reach.cells(back, NOTHING)


def _families_in(states: tuple[CaseState, ...]) -> ColumnElement[int]:
    return func.count(case((Case.state.in_(states), Case.household_id)).distinct())


def incomes(reach: Reach, month: dt.date) -> dict[str, list[int]]:
    """Return the incomes per person of the families whose month was reckoned, by place; rupiah."""
    place = reach.place(Household.village_code)
    statement = (
        select(place, Snapshot.income_per_person)
        .join_from(Snapshot, Household, Household.id == Snapshot.household_id)
        .where(Snapshot.month == month, Snapshot.status != MonthStatus.NO_DATA)
        .where(reach.holds(Household.village_code))
    )
    found: dict[str, list[int]] = {area.code: [] for area in reach.places}
    for code, income in db.session.execute(statement):
        found.setdefault(code, []).append(int(income))
    return found
