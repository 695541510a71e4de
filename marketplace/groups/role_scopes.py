"""Answers what accounts ask about groups and households (see `accounts/scopes.py`)."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from ..accounts.rules import Place
from ..accounts.scopes import Within
from ..areas import queries as areas
from ..extensions import db
from ..shared import clock
from ..shared.remember import remembered
from .models import Group, Household, Membership


@remembered(600)
def regency_of(group_id: int) -> str | None:
    """Return the code of the regency of a group, which it never leaves; None for no group."""
    return db.session.scalar(select(Group.regency_code).where(Group.id == group_id))


class RoleScopes:
    """Groups and households as places that a role is held for."""

    def groups(self, ids: Iterable[int]) -> Mapping[int, Place]:
        """Return groups by id."""
        rows = db.session.scalars(select(Group).where(Group.id.in_(ids)))
        return {row.id: _group_place(row) for row in rows}

    def households(self, ids: Iterable[int]) -> Mapping[int, Place]:
        """Return households by id, with the groups they are in today."""
        rows = list(db.session.scalars(select(Household).where(Household.id.in_(ids))))
        groups = _groups_of([row.id for row in rows])
        return {row.id: _household_place(row, groups.get(row.id, frozenset())) for row in rows}

    def groups_within(self, within: Within) -> list[Place]:
        """Return the groups of areas and the named ones, by name."""
        statement = select(Group).where(_is_within(Group.village_code, Group.id, within))
        return [_group_place(row) for row in db.session.scalars(statement.order_by(Group.name, Group.id))]

    def members_of(self, group_id: int) -> list[Place]:
        """Return the households that are in a group today, by name."""
        statement = select(Household).join(Household.memberships).where(Membership.group_id == group_id, _now())
        rows = db.session.scalars(statement.order_by(Household.name, Household.id).distinct())
        return [_household_place(row, frozenset({group_id})) for row in rows]

    def ids_within(self, within: Within) -> tuple[Select[Any], Select[Any]]:
        """Return selects of the ids of groups, and of households, within the bounds."""
        members = select(Membership.household_id).where(Membership.group_id.in_(within.group_ids), _now())
        inside = _in_areas(Household.village_code, within.area_codes)
        return (
            select(Group.id).where(_is_within(Group.village_code, Group.id, within)),
            select(Household.id).where(or_(inside, Household.id.in_(members))),
        )


def _today() -> dt.date:
    return clock.today(areas.time_zone(areas.home_code()))


def _now() -> ColumnElement[bool]:
    today = _today()
    return (Membership.starts_on <= today) & (Membership.ends_on.is_(None) | (Membership.ends_on >= today))


def _in_areas(column: InstrumentedAttribute[str], codes: Iterable[str]) -> ColumnElement[bool]:
    return or_(false(), *(column.startswith(code + ".") | (column == code) for code in codes))


def _is_within(
    code: InstrumentedAttribute[str], key: InstrumentedAttribute[int], within: Within
) -> ColumnElement[bool]:
    return or_(_in_areas(code, within.area_codes), key.in_(within.group_ids))


def _groups_of(household_ids: list[int]) -> dict[int, frozenset[int]]:
    statement = select(Membership.household_id, Membership.group_id).where(
        Membership.household_id.in_(household_ids), _now()
    )
    found: dict[int, frozenset[int]] = {}
    for household_id, group_id in db.session.execute(statement):
        found[household_id] = found.get(household_id, frozenset()) | {group_id}
    return found


def _group_place(row: Group) -> Place:
    return Place(label=row.name, lies_in=row.village_code, group_id=row.id, group_ids=frozenset({row.id}))


def _household_place(row: Household, group_ids: frozenset[int]) -> Place:
    return Place(label=row.name, lies_in=row.village_code, household_id=row.id, group_ids=group_ids)
