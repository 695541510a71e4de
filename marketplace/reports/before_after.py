"""Sales of families and groups before and after a training, guidance, goods or a grant, beside those who had none."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Executable, and_, extract, func, or_, select

from ..aid.goods_models import Handover, Item
from ..aid.models import Fund, Guidance, Proposal
from ..aid.money_models import Grant, Tranche
from ..areas.queries import time_zone
from ..catalog.models import Product
from ..extensions import db
from ..groups.models import BusinessKind, Group, Household, Membership
from ..ledger.models import JournalEntry, JournalLine
from ..mentoring.sales import is_earning
from ..shared import clock
from ..training.models import Attendance, Mark, Trainee, Training, TrainingDay, TrainingKind
from ..training.queries import NOT_CANCELLED
from .before_after_rules import Compared, Unit, compare, first_times

MOST = 200
"""Choices in a list."""
Times = list[tuple[int, dt.date]]
"""Unit and day, one for each time."""


class Given(StrEnum):
    """What was given."""

    TRAINING = "training"
    """To families of which somebody came."""
    GOODS = "goods"
    """To families; of what belongs to a whole group, to all that were its members that day."""
    GUIDANCE = "guidance"
    """To groups."""
    GRANT = "grant"
    """To groups, on the day of the first part paid."""


OF_GROUPS = frozenset({Given.GUIDANCE, Given.GRANT})
"""What is given to groups is held against what groups earn, the rest against what families earn."""


@dataclass(frozen=True)
class Asked:
    """Of whom and of what is asked; None: of all."""

    area_code: str
    given: Given
    window: int
    training_id: int | None = None
    fund_id: int | None = None
    kind: BusinessKind | None = None
    year: int | None = None

    def holds(self, column: Any) -> Any:
        """Return the condition that a village lies in the area."""
        return or_(column == self.area_code, column.startswith(self.area_code + ".", autoescape=True))


def compared(asked: Asked) -> Compared:
    """Return both sides of what is asked; who ever had the same kind of thing is not among those who had none."""
    zone = time_zone(asked.area_code)
    times = TIMES[asked.given](asked)
    ever = {key for key, _day in TIMES[asked.given](Asked(asked.area_code, asked.given, asked.window))}
    months = first_times(times)
    if asked.year is not None:
        months = {key: month for key, month in months.items() if month.year == asked.year}
    found = _groups(asked, zone) if asked.given in OF_GROUPS else _households(asked, zone)
    if asked.kind is not None:
        found = [unit for unit in found if unit.like[1] == asked.kind.value]
    return compare(
        [unit for unit in found if unit.key in months],
        months,
        [unit for unit in found if unit.key not in ever],
        asked.window,
        clock.month_of(clock.today(zone)),
    )


def _trained(asked: Asked) -> Times:
    """Return the first day on which somebody of a family came, of each training."""
    statement = (
        select(Trainee.household_id, func.min(TrainingDay.held_on))
        .join_from(Trainee, Training, Training.id == Trainee.training_id)
        .join(Attendance, and_(Attendance.trainee_id == Trainee.id, Attendance.mark == Mark.CAME))
        .join(TrainingDay, TrainingDay.id == Attendance.day_id)
        .join(Household, Household.id == Trainee.household_id)
        .where(NOT_CANCELLED, Training.kind == TrainingKind.TRAINING, asked.holds(Household.village_code))
    )
    if asked.training_id is not None:
        statement = statement.where(Training.id == asked.training_id)
    return _times(statement.group_by(Trainee.household_id, Training.id))


def _had_goods(asked: Asked) -> Times:
    own = select(Item.household_id, Handover.handed_on).join_from(Item, Handover, Handover.id == Item.handover_id)
    own = own.join(Household, Household.id == Item.household_id).join(Proposal, Proposal.id == Handover.proposal_id)
    shared = (
        select(Membership.household_id, Handover.handed_on)
        .join_from(Item, Handover, Handover.id == Item.handover_id)
        .join(Proposal, Proposal.id == Handover.proposal_id)
        .join(Membership, and_(Membership.group_id == Proposal.group_id, _member_on(Handover.handed_on)))
        .join(Household, Household.id == Membership.household_id)
        .where(Item.household_id.is_(None))
    )
    return [time for each in (own, shared) for time in _times(_of_fund(each, asked, Household.village_code).distinct())]


def _member_on(day: Any) -> Any:
    return and_(Membership.starts_on <= day, or_(Membership.ends_on.is_(None), Membership.ends_on >= day))


def _of_fund(statement: Any, asked: Asked, place: Any) -> Any:
    statement = statement.where(asked.holds(place))
    return statement if asked.fund_id is None else statement.where(Proposal.fund_id == asked.fund_id)


def _guided(asked: Asked) -> Times:
    """Return what was written down of a group, and the days on which its members came to a guidance."""
    noted = select(Guidance.group_id, Guidance.held_on).join(Group, Group.id == Guidance.group_id)
    came = (
        select(Membership.group_id, TrainingDay.held_on)
        .join_from(Trainee, Training, Training.id == Trainee.training_id)
        .join(Attendance, and_(Attendance.trainee_id == Trainee.id, Attendance.mark == Mark.CAME))
        .join(TrainingDay, TrainingDay.id == Attendance.day_id)
        .join(Membership, and_(Membership.household_id == Trainee.household_id, _member_on(TrainingDay.held_on)))
        .join(Group, Group.id == Membership.group_id)
        .where(NOT_CANCELLED, Training.kind == TrainingKind.GUIDANCE, asked.holds(Group.village_code))
    )
    if asked.training_id is not None:
        return _times(came.where(Training.id == asked.training_id).distinct())
    return _times(noted.where(asked.holds(Group.village_code))) + _times(came.distinct())


def _granted(asked: Asked) -> Times:
    statement = (
        select(Grant.group_id, Tranche.paid_on)
        .join_from(Tranche, Grant, Grant.id == Tranche.grant_id)
        .join(Proposal, Proposal.id == Grant.proposal_id)
        .join(Group, Group.id == Grant.group_id)
        .where(Tranche.paid_on.is_not(None))
    )
    return _times(_of_fund(statement, asked, Group.village_code))


def _times(statement: Executable) -> Times:
    return [(int(key), day) for key, day in db.session.execute(statement)]


TIMES: dict[Given, Callable[[Asked], Times]] = {
    Given.TRAINING: _trained,
    Given.GOODS: _had_goods,
    Given.GUIDANCE: _guided,
    Given.GRANT: _granted,
}


def _households(asked: Asked, zone: str) -> list[Unit]:
    """Return the families of the area; what each does for a living is what its first group does."""
    rows = select(Household.id, Household.district_code, Household.created_at).where(
        asked.holds(Household.village_code)
    )
    kinds = dict(_kinds(asked))
    earned = _earned(JournalLine.household_id, _in_area(asked))
    return [
        Unit(key, (district, kinds.get(key, "")), clock.local_date(at, zone), earned[key])
        for key, district, at in db.session.execute(rows)
    ]


def _kinds(asked: Asked) -> Iterable[tuple[int, str]]:
    """Yield family and kind, the first group's last, so that it stays."""
    statement = (
        select(Membership.household_id, Group.business_kind)
        .join_from(Membership, Group, Group.id == Membership.group_id)
        .join(Household, Household.id == Membership.household_id)
        .where(asked.holds(Household.village_code))
        .order_by(Membership.starts_on.desc(), Membership.id.desc())
    )
    return ((int(key), kind.value) for key, kind in db.session.execute(statement))


def _in_area(asked: Asked) -> Any:
    return JournalLine.household_id.in_(select(Household.id).where(asked.holds(Household.village_code)))


def _groups(asked: Asked, zone: str) -> list[Unit]:
    rows = select(Group.id, Group.district_code, Group.business_kind, Group.created_at)
    earned = _earned(Product.group_id, Product.group_id.in_(select(Group.id).where(asked.holds(Group.village_code))))
    return [
        Unit(key, (district, kind.value), clock.local_date(at, zone), earned[key])
        for key, district, kind, at in db.session.execute(rows.where(asked.holds(Group.village_code)))
    ]


def _earned(unit: Any, whose: Any) -> Mapping[int, Mapping[dt.date, int]]:
    """Return unit → month → rupiah earned less what came back in that month, in one question."""
    year, month = extract("year", JournalEntry.entry_date), extract("month", JournalEntry.entry_date)
    statement = (
        select(unit, year, month, -func.sum(JournalLine.amount))
        .join_from(JournalLine, JournalEntry, JournalEntry.id == JournalLine.entry_id)
        .outerjoin(Product, Product.id == JournalLine.product_id)
        .where(is_earning(), whose)
        .group_by(unit, year, month)
    )
    found: defaultdict[int, dict[dt.date, int]] = defaultdict(dict)
    for key, in_year, in_month, amount in db.session.execute(statement):
        found[key][dt.date(int(in_year), int(in_month), 1)] = int(amount)
    return found


def trainings(area_code: str) -> list[tuple[int, str]]:
    """Return the trainings of an area that were not called off, the latest first."""
    regency = Training.regency_code.startswith(area_code[:5], autoescape=True)
    found = select(Training.id, Training.title, Training.planned_on).where(regency, NOT_CANCELLED)
    rows = db.session.execute(found.order_by(Training.planned_on.desc(), Training.id.desc()).limit(MOST))
    return [(key, f"{title} ({day.year})") for key, title, day in rows]


def funds(area_code: str) -> list[tuple[int, str]]:
    """Return the funds that may be used in an area, the latest first."""
    held = or_(Fund.area_code.startswith(area_code[:5], autoescape=True), Fund.area_code == area_code[:2])
    found = select(Fund.id, Fund.name, Fund.year).where(held).order_by(Fund.year.desc(), Fund.id.desc()).limit(MOST)
    return [(key, f"{name} ({year})") for key, name, year in db.session.execute(found)]
