"""Who may use what: roles with a scope, and a guard that every route must declare.

An area code is written `63.06.05.1001` (province, regency, district, village), so an area holds another when
its code is a prefix; no table has to be asked.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from flask import Flask

View = TypeVar("View", bound=Callable[..., Any])


class Role(StrEnum):
    """What a person does here; each is granted for an area, a group or a household."""

    BUYER = "buyer"
    SELLER = "seller"
    GROUP_OFFICER = "group_officer"
    MENTOR = "mentor"
    CURATOR = "curator"
    TREASURER = "treasurer"
    PACKER = "packer"
    VERIFIER = "verifier"
    HEAD = "head"
    ADMINISTRATOR = "administrator"


AREA_ROLES = frozenset({Role.CURATOR, Role.TREASURER, Role.PACKER, Role.VERIFIER, Role.HEAD, Role.ADMINISTRATOR})
"""Roles of the social office, granted for an area."""
GROUP_ROLES = frozenset({Role.GROUP_OFFICER, Role.MENTOR})
"""Roles granted for one group."""
OFFICERS = AREA_ROLES | {Role.MENTOR}
"""Everyone who works for the programme."""
MAKERS = frozenset({Role.SELLER, Role.GROUP_OFFICER})
PROVINCE_LENGTH = len("63")
SIDES = (OFFICERS, MAKERS)
"""Who is on the same side of the house knows its pages, also those of a role he lacks."""


@dataclass(frozen=True)
class Grant:
    """One role with its scope; exactly one of the three scopes is set (none for a buyer)."""

    role: Role
    area_code: str | None = None
    group_id: int | None = None
    household_id: int | None = None
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None


class Actor(Protocol):
    """Somebody who acts: a signed-in user or a visitor."""

    @property
    def grants(self) -> Iterable[Grant]: ...


@dataclass(frozen=True)
class Near:
    """Somebody by the roles that he holds for less than a province."""

    grants: tuple[Grant, ...]


def near(actor: Actor) -> Near:
    """Return an actor without his roles for whole provinces: those are shown sums, not single people and papers."""
    return Near(tuple(grant for grant in actor.grants if not is_of_province(grant)))


def is_of_province(grant: Grant) -> bool:
    """Tell whether a role is held for a whole province."""
    return grant.area_code is not None and len(grant.area_code) == PROVINCE_LENGTH


def area_holds(outer: str, inner: str) -> bool:
    """Tell whether area `inner` is `outer` itself or lies in it."""
    return inner == outer or inner.startswith(outer + ".")


def has_role(actor: Actor, roles: Iterable[Role]) -> bool:
    """Tell whether the actor holds one of the roles, anywhere."""
    wanted = set(roles)
    return any(grant.role in wanted for grant in actor.grants)


def may(
    actor: Actor,
    roles: Iterable[Role],
    *,
    area_code: str | None = None,
    group_id: int | None = None,
    household_id: int | None = None,
) -> bool:
    """Tell whether one of the actor's grants of these roles covers the given place, group or household."""
    wanted = set(roles)
    return any(grant.role in wanted and _covers(grant, area_code, group_id, household_id) for grant in actor.grants)


def _covers(grant: Grant, area_code: str | None, group_id: int | None, household_id: int | None) -> bool:
    if grant.area_code is not None:
        return area_code is not None and area_holds(grant.area_code, area_code)
    if grant.group_id is not None:
        return grant.group_id == group_id
    return grant.household_id is not None and grant.household_id == household_id


def areas_of(actor: Actor, roles: Iterable[Role]) -> list[str]:
    """Return the codes of the areas for which the actor holds one of the roles."""
    wanted = set(roles)
    return sorted({g.area_code for g in actor.grants if g.role in wanted and g.area_code is not None})


def areas_of_families(actor: Actor, roles: Iterable[Role]) -> list[str]:
    """Return the codes of the areas whose families the actor may see by these roles: not those of a province.

    Who works for a whole province sees its regencies in sums; families belong to the office of their regency.
    """
    return areas_of(near(actor), roles)


def holds_regency(actor: Actor, roles: Iterable[Role]) -> bool:
    """Tell whether the actor holds one of the roles for a whole regency or province, not only for a part of one."""
    return any(len(code) <= len("63.06") for code in areas_of(actor, roles))


def groups_of(actor: Actor, roles: Iterable[Role]) -> list[int]:
    """Return the ids of the groups for which the actor holds one of the roles."""
    wanted = set(roles)
    return sorted({g.group_id for g in actor.grants if g.role in wanted and g.group_id is not None})


def households_of(actor: Actor, roles: Iterable[Role]) -> list[int]:
    """Return the ids of the households for which the actor holds one of the roles."""
    wanted = set(roles)
    return sorted({g.household_id for g in actor.grants if g.role in wanted and g.household_id is not None})


@dataclass(frozen=True)
class Access:
    """Who may call a route: everybody, everybody signed in, or the holders of one of some roles.

    The role is checked before the view runs; whether it covers the very thing asked for is checked by the
    loader that fetches it.
    """

    public: bool = False
    roles: frozenset[Role] | None = None
    of_province: bool = False
    """Open also by a role for a whole province: the page shows sums, numbers or places."""

    def admits(self, actor: Actor, *, signed_in: bool) -> bool:
        """Tell whether the actor may call the route at all."""
        if self.public:
            return True
        if self.roles is None or not signed_in:
            return signed_in
        return has_role(actor if self.of_province else near(actor), self.roles)

    def hides_from(self, actor: Actor) -> bool:
        """Tell whether the route is on a side of the house on which the actor has no role: for him there is none."""
        wanted = self.roles or frozenset()
        return not any(side & wanted and has_role(actor, side) for side in SIDES)


PUBLIC = Access(public=True)
SIGNED_IN = Access()


def roles(*names: Role | Iterable[Role], of_province: bool = False) -> Access:
    """Return the access of holders of one of these roles; for a whole province only where that is said."""
    flat: set[Role] = set()
    for name in names:
        flat.update([name] if isinstance(name, Role) else name)
    return Access(roles=frozenset(flat), of_province=of_province)


def access(rule: Access) -> Callable[[View], View]:
    """Declare on a view who may use it; stands directly under the route decorator."""

    def mark(view: View) -> View:
        view.access = rule  # type: ignore[attr-defined]
        return view

    return mark


class UnguardedRoute(RuntimeError):
    """A route was registered without saying who may use it."""


def check_all_guarded(app: Flask) -> None:
    """Refuse to start when a route declares no access."""
    bare = sorted(
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and not hasattr(app.view_functions[rule.endpoint], "access")
    )
    if bare:
        raise UnguardedRoute(f"no access declared on: {', '.join(bare)}")
