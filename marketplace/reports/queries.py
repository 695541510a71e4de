"""What a regency, or a part of it, offers and sells, counted from the rows."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, true

from ..areas.models import Area, Level
from ..areas.queries import time_zone
from ..areas.rules import district_of, regency_of
from ..catalog.models import Category, Product, ProductKind, ProductState
from ..extensions import db
from ..groups.models import Group
from ..ledger import earned
from ..ledger.models import JournalEntry, JournalLine
from ..shared import clock


@dataclass(frozen=True)
class District:
    """How many published products and services come from a district."""

    code: str
    name: str
    goods: int
    services: int

    @property
    def total(self) -> int:
        """Return goods and services together."""
        return self.goods + self.services


@dataclass(frozen=True)
class Recap:
    """What a regency's groups have published, by district (all of them, by name) and by category (the most first)."""

    districts: list[District]
    categories: list[tuple[Category, int]]

    @property
    def goods(self) -> int:
        """Return all goods."""
        return sum(district.goods for district in self.districts)

    @property
    def services(self) -> int:
        """Return all services."""
        return sum(district.services for district in self.districts)

    @property
    def total(self) -> int:
        """Return goods and services together."""
        return self.goods + self.services


def recap(area_code: str) -> list[District]:
    """Return every district of an area by name with what its groups have published, also those with nothing."""
    return whole_recap(area_code).districts


def whole_recap(area_code: str) -> Recap:
    """Count the published products and services of a regency, or of a district or village in it, in one query."""
    names: dict[str, str] = {}
    kinds: Counter[tuple[str, ProductKind]] = Counter()
    categories: Counter[Category] = Counter()
    for code, name, kind, category, count in db.session.execute(_published(area_code)):
        names[code] = name
        if kind is not None:
            kinds[code, kind] += count
            categories[category] += count
    districts = [
        District(code, name, kinds[code, ProductKind.GOODS], kinds[code, ProductKind.SERVICE])
        for code, name in names.items()
    ]
    return Recap(districts, categories.most_common())


def _published(area_code: str) -> Select[Any]:
    columns: tuple[Any, ...] = (Area.code, Area.name, Product.kind, Product.category)
    published = (Product.district_code == Area.code) & (Product.state == ProductState.PUBLISHED)
    here = Area.parent_code == area_code if regency_of(area_code) == area_code else Area.code == district_of(area_code)
    return (
        select(*columns, func.count(Product.id))
        .outerjoin(Product, published & _made_in(area_code))
        .where(here, Area.level == Level.DISTRICT)
        .group_by(*columns)
        .order_by(Area.name, Product.category)
    )


def _made_in(area_code: str) -> ColumnElement[bool]:
    """Return the condition that a product is of a group of an area; whole regencies are told apart before."""
    if regency_of(area_code) == area_code:
        return true()
    inside = or_(Group.village_code == area_code, Group.village_code.startswith(area_code + "."))
    return Product.group_id.in_(select(Group.id).where(inside))


@dataclass(frozen=True)
class Sales:
    """What families of an area earned less what came back, by the regency's calendar, oldest first."""

    weeks: dict[dt.date, int]
    """Monday → rupiah, 26 weeks."""
    months: dict[dt.date, int]
    """First day → rupiah, twelve months."""


def sales(area_code: str) -> Sales:
    """Return what an area earned by week and by month, in one query."""
    today = clock.today(time_zone(area_code))
    days = earned.by_day(_of_area(area_code), earned.first_day(today))
    return Sales(earned.by_week(days, today), earned.by_month(days, today))


@dataclass(frozen=True)
class GroupSales:
    """What the families of a group earned with its products."""

    name: str
    district: str
    amount: int


def sales_by_group(area_code: str) -> list[GroupSales]:
    """Return what each group's products earned in the same twelve months, the most first."""
    since = clock.months_back(clock.month_of(clock.today(time_zone(area_code))), earned.MONTHS)[0]
    amount = -func.sum(JournalLine.amount)
    statement = (
        select(Group.name, Area.name, amount)
        .select_from(JournalLine)
        .join(JournalEntry, JournalEntry.id == JournalLine.entry_id)
        .join(Product, Product.id == JournalLine.product_id)
        .join(Group, Group.id == Product.group_id)
        .join(Area, Area.code == Group.district_code)
        .where(_of_area(area_code), earned.since_day(since))
        .group_by(Group.id, Group.name, Area.name)
        .order_by(amount.desc(), Group.name)
    )
    return [GroupSales(name, district, int(value)) for name, district, value in db.session.execute(statement)]


def sales_by_district(districts: Iterable[District], groups: Iterable[GroupSales]) -> list[tuple[str, int]]:
    """Return every district with what its groups earned, the most first, also those that earned nothing."""
    sums = Counter({district.name: 0 for district in districts})
    for group in groups:
        sums[group.district] += group.amount
    return sums.most_common()


def _of_area(area_code: str) -> ColumnElement[bool]:
    """Return the condition that a journal line is in the books of a regency, or of the goods of a part of it."""
    books = JournalEntry.area_code == regency_of(area_code)
    if regency_of(area_code) == area_code:
        return books
    return books & JournalLine.product_id.in_(select(Product.id).where(_made_in(area_code)))
