"""Statements of households and groups: every movement of what is owed, with the balance after it."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Select, func, or_, select

from ..catalog.models import Product
from ..extensions import db
from ..groups.models import Household, Membership
from .models import Account, EntryKind, JournalEntry, JournalLine
from .queries import PAYING


@dataclass(frozen=True)
class Movement:
    """One change of what is owed to a household; `amount` is positive when it earns."""

    day: dt.date
    kind: EntryKind
    product: str
    memo: str
    household: str
    amount: int
    order_id: int | None = None
    product_id: int | None = None


@dataclass(frozen=True)
class Row:
    """A movement as a statement shows it, with the balance after it."""

    movement: Movement
    balance: int

    @property
    def incoming(self) -> int:
        """Return what came in, 0 when something went out."""
        return max(self.movement.amount, 0)

    @property
    def outgoing(self) -> int:
        """Return what went out, 0 when something came in."""
        return max(-self.movement.amount, 0)


@dataclass(frozen=True)
class Statement:
    """The movements of a time, from the balance before it to the balance after it."""

    since: dt.date
    until: dt.date
    opening: int
    rows: tuple[Row, ...]

    @property
    def incoming(self) -> int:
        """Return all that came in."""
        return sum(row.incoming for row in self.rows)

    @property
    def outgoing(self) -> int:
        """Return all that went out."""
        return sum(row.outgoing for row in self.rows)

    @property
    def earned(self) -> int:
        """Return what sales brought, less what came back; payouts only move it."""
        return sum(row.movement.amount for row in self.rows if row.movement.kind not in PAYING)

    @property
    def closing(self) -> int:
        """Return the balance after the last row."""
        return self.rows[-1].balance if self.rows else self.opening


def build(since: dt.date, until: dt.date, opening: int, movements: Iterable[Movement]) -> Statement:
    """Put a running balance beside movements that come in order."""
    rows, balance = [], opening
    for movement in movements:
        balance += movement.amount
        rows.append(Row(movement, balance))
    return Statement(since, until, opening, tuple(rows))


def by_product(found: Statement) -> list[Movement]:
    """Return the movements newest first, those of one product in one entry taken together: alone and in a parcel."""
    together: dict[object, Movement] = {}
    for number, row in enumerate(found.rows):
        moved = row.movement
        key = (moved.kind, moved.order_id, moved.product_id) if moved.order_id else number
        before = together.get(key)
        together[key] = replace(moved, amount=moved.amount + before.amount) if before else moved
    return list(together.values())[::-1]


def first_day(household_id: int) -> dt.date | None:
    """Return the day a household first earned something, None for one that never did."""
    statement = select(func.min(JournalEntry.entry_date)).join(JournalLine, JournalLine.entry_id == JournalEntry.id)
    owed = JournalLine.account == Account.HOUSEHOLD_PAYABLE
    return db.session.scalar(statement.where(owed, JournalLine.household_id == household_id))


def statement(household_id: int, since: dt.date, until: dt.date) -> Statement:
    """Return the statement of a household from one day to another, both included."""
    return _statement(JournalLine.household_id == household_id, since, until)


def group_statement(group_id: int, since: dt.date, until: dt.date) -> Statement:
    """Return the statement of the households that are members of a group on the last day, taken together."""
    members = select(Membership.household_id).where(
        Membership.group_id == group_id,
        Membership.starts_on <= until,
        or_(Membership.ends_on.is_(None), Membership.ends_on >= until),
    )
    return _statement(JournalLine.household_id.in_(members), since, until)


def _statement(whose: ColumnElement[bool], since: dt.date, until: dt.date) -> Statement:
    owed = whose & (JournalLine.account == Account.HOUSEHOLD_PAYABLE)
    before = select(-func.coalesce(func.sum(JournalLine.amount), 0)).join(JournalEntry)
    opening = db.session.scalar(before.where(owed, JournalEntry.entry_date < since)) or 0
    found = db.session.execute(_movements().where(owed, JournalEntry.entry_date.between(since, until)))
    return build(since, until, int(opening), (Movement(*row) for row in found))


def _movements() -> Select[dt.date, EntryKind, str, str, str, int, int | None, int | None]:
    return (
        select(
            JournalEntry.entry_date,
            JournalEntry.kind,
            func.coalesce(Product.name, ""),
            JournalEntry.memo,
            Household.name,
            -JournalLine.amount,
            JournalEntry.order_id,
            JournalLine.product_id,
        )
        .select_from(JournalLine)
        .join(JournalEntry, JournalEntry.id == JournalLine.entry_id)
        .join(Household, Household.id == JournalLine.household_id)
        .outerjoin(Product, Product.id == JournalLine.product_id)
        .order_by(JournalEntry.entry_date, JournalEntry.id, JournalLine.id)
    )


@dataclass(frozen=True)
class ProductSales:
    """What the makers of one product earned with it."""

    name: str
    amount: int


def sales_of_groups(group_ids: Collection[int], since: dt.date, until: dt.date) -> list[ProductSales]:
    """Return what the products of some groups earned, the best first; no household is named."""
    amount = -func.sum(JournalLine.amount)
    found = (
        select(Product.name, amount)
        .select_from(JournalLine)
        .join(JournalEntry, JournalEntry.id == JournalLine.entry_id)
        .join(Product, Product.id == JournalLine.product_id)
        .where(
            Product.group_id.in_(group_ids),
            JournalLine.account == Account.HOUSEHOLD_PAYABLE,
            JournalEntry.entry_date.between(since, until),
        )
        .group_by(Product.id, Product.name)
        .order_by(amount.desc(), Product.name)
    )
    return [ProductSales(name, int(value)) for name, value in db.session.execute(found)]
