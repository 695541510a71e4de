"""What is known of families for their criteria: months, buyers and visits, for many of them by a few questions."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from ..areas import queries as areas
from ..areas import rules as area_rules
from ..areas.models import NATIONAL, FigureKey
from ..extensions import db
from ..ledger.models import Account, EntryKind, JournalEntry, JournalLine
from ..mentoring.models import Visit, VisitedHousehold
from ..orders.models import Order
from ..shared import clock, personal
from ..shared.errors import InvalidInput
from . import rules
from .case_models import CriteriaSet, Criterion
from .criteria_rules import CriterionKey, Inputs, Month, Rule, longest
from .models import MonthStatus, Snapshot
from .queries import open_days

BUYER_MARK = 16
"""So many digits of the keyed hash tell buyers apart; who they are is not kept with a family's case."""


def last_closed_month(regency_code: str, day: dt.date) -> dt.date:
    """Return the last month of a regency that takes no notes any more on a day: windows end with it."""
    last = clock.add_months(clock.month_of(day), -1)
    return last if rules.is_due(last, day, open_days(regency_code, day)) else clock.add_months(last, -1)


@dataclass(frozen=True)
class Window:
    """The months that are looked at, and the day up to which visits count."""

    regency_code: str
    day: dt.date
    months: tuple[dt.date, ...]

    @property
    def after(self) -> dt.date:
        """Return the first day after the window."""
        return clock.add_months(self.months[-1], 1)


def window(regency_code: str, day: dt.date, criteria: Collection[Rule]) -> Window:
    """Return the window of a set of criteria for a regency on a day."""
    months = clock.months_back(last_closed_month(regency_code, day), longest(criteria))
    return Window(regency_code, day, tuple(months))


def gather(
    household_ids: Collection[int], seen: Window, answers: Mapping[CriterionKey, int] | None = None
) -> dict[int, Inputs]:
    """Return household id → what its criteria are told from; answers only where somebody was asked."""
    months = _months(household_ids, seen)
    buyers = _buyers(household_ids, seen)
    visits = _visits(household_ids, seen)
    return {
        household_id: Inputs(seen.day, months[household_id], buyers[household_id], visits[household_id], answers or {})
        for household_id in household_ids
    }


def _months(household_ids: Collection[int], seen: Window) -> dict[int, list[Month]]:
    statement = select(Snapshot).where(
        Snapshot.household_id.in_(household_ids), Snapshot.month.in_(seen.months), Snapshot.is_final
    )
    found = {(row.household_id, row.month): row for row in db.session.scalars(statement)}
    wages = {month: _wage(seen.regency_code, month) for month in seen.months}
    return {
        household_id: [_month(month, found.get((household_id, month)), wages[month]) for month in seen.months]
        for household_id in household_ids
    }


def _wage(regency_code: str, month: dt.date) -> int | None:
    """Return the regency's minimum wage of a month (UMK); None where nobody has set one."""
    try:
        return areas.figure(FigureKey.MINIMUM_WAGE, regency_code, month)
    except InvalidInput:
        return None


def _month(month: dt.date, row: Snapshot | None, wage: int | None) -> Month:
    if row is None:
        return Month(month, MonthStatus.NO_DATA, 0, 0, 0, 0, None, wage)
    return Month(
        month, row.status, row.net_sales, row.other_income, row.people, row.income_per_person, row.line_amount, wage
    )


def _buyer_of(office: str | None, user_id: int | None, phone: str | None, order_id: int | None, entry_id: int) -> str:
    """Return the text by which a buyer is known again; who bought without a name is a buyer of his own."""
    if office:
        return f"office:{office.casefold()}"
    if user_id is not None:
        return f"user:{user_id}"
    if phone:
        return f"phone:{phone}"
    return f"entry:{entry_id}" if order_id is None else f"order:{order_id}"


def _buyers(household_ids: Collection[int], seen: Window) -> dict[int, dict[str, dict[str, int]]]:
    """Return household → month of delivery → buyer → rupiah, less all that came back of those orders until now."""
    delivered = aliased(JournalEntry)
    entry = JournalEntry
    # What came back counts against the month in which it was earned, however late it came.
    day = func.coalesce(delivered.entry_date, entry.entry_date)
    whose = (Order.buyer_office, Order.buyer_id, Order.buyer_phone, Order.id, entry.id)
    statement = (
        select(JournalLine.household_id, day, func.sum(-JournalLine.amount), *whose)
        .join(entry, entry.id == JournalLine.entry_id)
        .outerjoin(Order, Order.id == entry.order_id)
        .outerjoin(
            delivered,
            and_(
                entry.kind == EntryKind.RETURN,
                delivered.order_id == entry.order_id,
                delivered.kind == EntryKind.DELIVERY,
            ),
        )
        .where(
            JournalLine.household_id.in_(household_ids),
            JournalLine.account == Account.HOUSEHOLD_PAYABLE,
            or_(entry.kind == EntryKind.DELIVERY, delivered.id.is_not(None)),
            day >= seen.months[0],
            day < seen.after,
        )
        .group_by(JournalLine.household_id, day, *whose)
    )
    found: dict[int, dict[str, dict[str, int]]] = defaultdict(dict)
    rows: Iterable[Any] = db.session.execute(statement)
    for household_id, on, amount, *buyer in rows:
        mark = personal.lookup_hash(_buyer_of(*buyer), purpose="buyer")[:BUYER_MARK]
        sums = found[household_id].setdefault(clock.month_of(on).isoformat(), {})
        sums[mark] = sums.get(mark, 0) + int(amount)
    return found


def _visits(household_ids: Collection[int], seen: Window) -> dict[int, list[dt.date]]:
    """Return household → days on which it was spoken with: a visit to its group alone is none."""
    statement = (
        select(VisitedHousehold.household_id, Visit.visited_on)
        .join(Visit, Visit.id == VisitedHousehold.visit_id)
        .where(
            VisitedHousehold.household_id.in_(household_ids),
            Visit.visited_on.between(seen.months[0], seen.day),
        )
        .distinct()
        .order_by(Visit.visited_on)
    )
    found: dict[int, list[dt.date]] = defaultdict(list)
    for household_id, day in db.session.execute(statement):
        found[household_id].append(day)
    return found


def set_in_force(regency_code: str, day: dt.date) -> CriteriaSet | None:
    """Return the criteria that hold in a regency on a day: its own, else the province's, else the country's."""
    codes = (regency_code, area_rules.province_of(regency_code), NATIONAL)
    rows = list(db.session.scalars(select(CriteriaSet).where(CriteriaSet.area_code.in_(codes))))
    return area_rules.effective(rows, codes, day)


def rules_of(criteria: Collection[Criterion]) -> list[Rule]:
    """Return the criteria of a set as they are reckoned with."""
    return [Rule(each.key, each.is_required, each.parameters) for each in criteria]
