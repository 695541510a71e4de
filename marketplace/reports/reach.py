"""Which area a page of sums is about."""

import re

from ..areas import queries as areas
from ..shared.errors import NotFound
from ..shared.policy import AREA_ROLES, Actor, areas_of, may

PROVINCE_LENGTH = len("63")
CODE = re.compile(r"[0-9.]{2,13}", re.ASCII)


def provinces_of(actor: Actor) -> list[str]:
    """Return the codes of the provinces for which an officer holds a role."""
    return [code for code in areas_of(actor, AREA_ROLES) if len(code) == PROVINCE_LENGTH]


def province_for(actor: Actor, asked: str) -> str:
    """Return the province that is asked for, else the first of his. Raises NotFound for who has none, or not this."""
    own = provinces_of(actor)
    if not own or (asked and asked not in own):
        raise NotFound
    return asked or own[0]


def area_for(actor: Actor, asked: str) -> str:
    """Return the area that is asked for, else the widest that an officer works for, his visited one among regencies.

    Raises NotFound for an area that is not his.
    """
    if asked:
        if not CODE.fullmatch(asked) or not may(actor, AREA_ROLES, area_code=asked):
            raise NotFound
        return areas.get_area(asked).code
    own = areas_of(actor, AREA_ROLES)
    visited = areas.visited_code()
    return visited if visited in own else min(own, key=lambda code: (len(code), code))
