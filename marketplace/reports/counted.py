"""One kind of work of an officer, and how it is counted in his areas: what `work.py` lays under each other."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, cast, false, func, null, or_, select

from ..catalog.access import Worker
from ..orders.models import Order
from ..shared.i18n import Text
from ..shared.policy import Role, areas_of

Counting = Callable[[Worker, frozenset[Role]], Select[Any]]
"""Takes the officer and the roles by which the job is his; selects how many, the id of the first, and the oldest."""


@dataclass(frozen=True)
class Job:
    """One kind of work: what it is called, who does it, where, and how it is counted."""

    label: Text
    icon: str
    url: str
    """May hold `{first}`, the id of the first thing to do."""
    roles: frozenset[Role]
    counting: Counting
    is_urgent: bool = False
    """Somebody waits for what was promised to him: it comes before all else."""


def number_of(rows: Any, first: Any = None, since: Any = None) -> Select[Any]:
    """Select how many rows there are, the first of them, and since when the oldest waits."""
    # Of NULL the database must know what it is none of: the counts are laid under each other.
    nobody = cast(null(), BigInteger) if first is None else func.min(first)
    never = cast(null(), Order.placed_at.type) if since is None else func.min(since)
    return select(func.count(rows).label("count"), nobody.label("first"), never.label("since"))


def within(column: Any, actor: Worker, roles: Iterable[Role]) -> ColumnElement[bool]:
    """Return the condition that a regency's code lies in an area of the actor's roles."""
    return or_(false(), *(column.startswith(code) for code in areas_of(actor, roles)))
