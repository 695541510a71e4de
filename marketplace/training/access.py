"""Who plans trainings and who reads them; what the loaders of this package share."""

from ..shared.errors import NotFound
from ..shared.policy import Actor, Role, may

MANAGERS = frozenset({Role.ADMINISTRATOR, Role.HEAD, Role.CURATOR})
"""Who names agencies and potentials, plans trainings and writes down who came."""
SEERS = MANAGERS | {Role.VERIFIER}


def check_covers(actor: Actor, area_code: str, roles: frozenset[Role]) -> None:
    """Raise NotFound for who has none of the roles for an area."""
    if not may(actor, roles, area_code=area_code):
        raise NotFound
