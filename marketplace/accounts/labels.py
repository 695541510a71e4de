"""The words for roles on screen."""

from collections.abc import Iterable

from ..shared.i18n import Text, _l, _n
from ..shared.policy import AREA_ROLES, GROUP_ROLES, Role
from .models import RoleAssignment
from .scopes import Places

ROLES: dict[Role, Text] = {
    Role.BUYER: _l("Buyer"),
    Role.SELLER: _l("Seller"),
    Role.GROUP_OFFICER: _l("Group officer"),
    Role.MENTOR: _l("Mentor"),
    Role.CURATOR: _l("Curator"),
    Role.TREASURER: _l("Treasurer"),
    Role.PACKER: _l("Packer"),
    Role.VERIFIER: _l("Verifier"),
    Role.HEAD: _l("Head of office"),
    Role.ADMINISTRATOR: _l("Administrator"),
}

NAMED = 2
"""So many places of a role are named in a list; of more it says how many they are."""


def held(assignments: Iterable[RoleAssignment], places: Places) -> list[str]:
    """Say which roles somebody holds, one a line, each with its places or how many they are."""
    by_role: dict[Role, list[str]] = {}
    for row in assignments:
        place = places.of(row)
        by_role.setdefault(row.role, []).extend([place.label] if place else [])
    return [": ".join(filter(None, (str(ROLES[role]), _where(role, names)))) for role, names in by_role.items()]


def _where(role: Role, names: list[str]) -> str:
    if len(names) <= NAMED:
        return ", ".join(names)
    if role in AREA_ROLES:
        return _n("%(num)s area", "%(num)s areas", len(names))
    if role in GROUP_ROLES:
        return _n("%(num)s group", "%(num)s groups", len(names))
    return _n("%(num)s family", "%(num)s families", len(names))
