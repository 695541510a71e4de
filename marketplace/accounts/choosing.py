"""Choose a role and what it is for, step by step in the address, so that it works without JavaScript."""

from dataclasses import dataclass, field

from flask import request

from ..shared.policy import AREA_ROLES, Actor, Role
from . import rules, scopes
from .rules import Place


@dataclass(frozen=True)
class Choosing:
    """How far somebody is: `places` is None while the role, or a seller's group, is still to be chosen."""

    roles: list[Role]
    role: Role | None = None
    groups: list[Place] = field(default_factory=list)
    group_id: int | None = None
    places: dict[str, Place] | None = None

    def choices(self) -> list[tuple[str, str]]:
        """Return the places as values and labels of a select field."""
        return [(key, place.label) for key, place in (self.places or {}).items()]


def read_choosing(actor: Actor) -> Choosing:
    """Read `role` and `group` from the address; what is not the actor's to give counts as not chosen."""
    roles = rules.givable(actor)
    role = next((role for role in roles if role.value == request.args.get("role")), None)
    if role is None:
        return Choosing(roles)
    if role in AREA_ROLES:
        codes = scopes.within(actor).area_codes
        return Choosing(roles, role, places=_offered(actor, role, scopes.areas_within(codes)))
    groups = scopes.scopes().groups_within(scopes.within(actor))
    if role is not Role.SELLER:
        return Choosing(roles, role, places=_offered(actor, role, groups))
    return _households(actor, roles, groups)


def _households(actor: Actor, roles: list[Role], groups: list[Place]) -> Choosing:
    asked = request.args.get("group", "")
    group_id = next((g.group_id for g in groups if str(g.group_id) == asked), None)
    if group_id is None:
        return Choosing(roles, Role.SELLER, groups)
    members = scopes.scopes().members_of(group_id)
    return Choosing(roles, Role.SELLER, groups, group_id, _offered(actor, Role.SELLER, members))


def _offered(actor: Actor, role: Role, places: list[Place]) -> dict[str, Place]:
    return {_key(place): place for place in places if rules.may_give(actor, role, place)}


def _key(place: Place) -> str:
    return str(place.area_code or place.group_id or place.household_id)
