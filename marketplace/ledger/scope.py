"""Whose books an officer works on."""

from collections.abc import Collection

from ..areas import queries as areas
from ..shared.errors import Forbidden
from ..shared.i18n import _l
from ..shared.policy import Actor, Role, areas_of, has_role, holds_regency, may, near

REGENCY_LENGTH = len("63.06")


def working_area(actor: Actor, roles: Collection[Role]) -> str:
    """Return the regency an officer works on: the one he looks at where he may, else the first of his own.

    Raises Forbidden for an officer of a province who looks at another one, and for one of a district alone.
    """
    visited = areas.visited_code()
    if may(actor, roles, area_code=visited):
        return visited
    codes = areas_of(actor, roles)
    own = [code for code in codes if len(code) == REGENCY_LENGTH]
    if own:
        return own[0]
    if holds_regency(actor, roles):
        raise Forbidden(_l("Choose an area of yours first."))
    raise Forbidden(_l("This page is for officers of the whole regency. Your role is for a part of it."))


def working_area_or_province(actor: Actor, roles: Collection[Role]) -> str:
    """Return the regency an officer works on, or the province of who holds the roles for a whole one only.

    Raises Forbidden for one of a district alone.
    """
    close = near(actor)
    return working_area(close, roles) if has_role(close, roles) else areas_of(actor, roles)[0]
