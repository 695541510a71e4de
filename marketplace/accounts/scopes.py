"""What accounts must know of groups and households, which lie on a floor below.

A role may be held for a group or a household, but only `groups` knows those: it answers the questions of `Scopes`,
and `wiring.py` hands its answers over.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from flask import current_app
from sqlalchemy import Select, select

from ..areas import queries as areas
from ..areas.models import Area
from ..extensions import db
from ..shared.policy import Actor, Role, areas_of, groups_of
from .models import RoleAssignment
from .rules import Held, Place


@dataclass(frozen=True)
class Within:
    """The areas and groups that bound a question."""

    area_codes: tuple[str, ...] = ()
    group_ids: tuple[int, ...] = ()


class Scopes(Protocol):
    """The questions that `groups` answers."""

    def groups(self, ids: Iterable[int]) -> Mapping[int, Place]:
        """Return groups by id."""

    def households(self, ids: Iterable[int]) -> Mapping[int, Place]:
        """Return households by id, with the groups they are in today."""

    def groups_within(self, within: Within) -> list[Place]:
        """Return the groups of areas and the named ones, by name."""

    def members_of(self, group_id: int) -> list[Place]:
        """Return the households that are in a group today, by name."""

    def ids_within(self, within: Within) -> tuple[Select[Any], Select[Any]]:
        """Return selects of the ids of groups, and of households, within the bounds."""


def scopes() -> Scopes:
    """Return who answers for this application."""
    answers: Scopes = current_app.extensions["role_scopes"]
    return answers


def within(actor: Actor) -> Within:
    """Return the bounds of an actor's say over accounts."""
    return Within(tuple(areas_of(actor, {Role.ADMINISTRATOR})), tuple(groups_of(actor, {Role.MENTOR})))


def place_of_area(code: str) -> Place:
    """Return an area as a place. Raises NotFound."""
    area = areas.get_area(code)
    return Place(label=area.name, lies_in=area.code, area_code=area.code)


def areas_within(codes: Iterable[str]) -> list[Place]:
    """Return the areas of these codes, each followed by those directly in it."""
    codes = list(codes)
    statement = select(Area).where(Area.code.in_(codes) | Area.parent_code.in_(codes)).order_by(Area.code)
    return [Place(label=a.name, lies_in=a.code, area_code=a.code) for a in db.session.scalars(statement)]


@dataclass(frozen=True)
class Places:
    """The places of many assignments at once, so that a list needs three queries."""

    areas: Mapping[str, Place] = field(default_factory=dict)
    groups: Mapping[int, Place] = field(default_factory=dict)
    households: Mapping[int, Place] = field(default_factory=dict)

    def of(self, assignment: RoleAssignment) -> Place | None:
        """Return what a role is held for; None for a buyer."""
        if assignment.area_code is not None:
            return self.areas[assignment.area_code]
        if assignment.group_id is not None:
            return self.groups[assignment.group_id]
        return None if assignment.household_id is None else self.households[assignment.household_id]

    def held(self, assignment: RoleAssignment) -> Held:
        """Return a role together with its place."""
        return Held(assignment.role, self.of(assignment))


def places_of(assignments: Iterable[RoleAssignment]) -> Places:
    """Return the places of assignments."""
    rows = list(assignments)
    codes = {row.area_code for row in rows if row.area_code is not None}
    group_ids = {row.group_id for row in rows if row.group_id is not None}
    household_ids = {row.household_id for row in rows if row.household_id is not None}
    found = db.session.scalars(select(Area).where(Area.code.in_(codes))) if codes else ()
    return Places(
        areas={a.code: Place(label=a.name, lies_in=a.code, area_code=a.code) for a in found},
        groups=scopes().groups(group_ids) if group_ids else {},
        households=scopes().households(household_ids) if household_ids else {},
    )
