"""Whose books an officer works on."""

from collections.abc import Collection

from ..areas import queries as areas
from ..shared.errors import Forbidden
from ..shared.i18n import _l
from ..shared.policy import Actor, Role, areas_of, may

REGENCY_LENGTH = len("63.06")


def working_area(actor: Actor, roles: Collection[Role]) -> str:
    """Return the regency an officer works on: the one he looks at where he may, else the first of his own.

    Raises Forbidden for an officer of a province who looks at another one.
    """
    visited = areas.visited_code()
    if may(actor, roles, area_code=visited):
        return visited
    own = [code for code in areas_of(actor, roles) if len(code) == REGENCY_LENGTH]
    if not own:
        raise Forbidden(_l("Choose an area of yours first."))
    return own[0]
