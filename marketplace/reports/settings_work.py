"""What waits for an administrator: numbers that nobody set yet, without which something cannot be reckoned."""

from typing import Any

from sqlalchemy import Select, exists, false, func, literal, select, true, union_all

from ..areas.models import NATIONAL, Figure, FigureKey
from ..catalog.access import Worker
from ..groups.queries import today
from ..ledger.scope import REGENCY_LENGTH
from ..shared.i18n import _l
from ..shared.policy import Role, areas_of
from .job import Job, number_of

PROVINCE_LENGTH = 2
OPTIONAL = frozenset({FigureKey.MINIMUM_WAGE})
"""Asked for only where the criteria of graduation look at wages, and there it is said."""


def _not_set(actor: Worker, roles: frozenset[Role]) -> Select[Any]:
    """Count the numbers that hold today neither in an area of his, nor in its province, nor in the country."""
    codes = [code for code in areas_of(actor, roles) if len(code) <= REGENCY_LENGTH]
    needed = [key for key in FigureKey if key not in OPTIONAL]
    keys = union_all(*(select(literal(key, Figure.key.type).label("key")) for key in needed)).subquery()
    if not codes:  # the numbers are set for whole regencies
        return number_of(keys.c.key).where(false())
    areas = union_all(*(select(literal(code).label("code")) for code in codes)).subquery()
    holds = Figure.area_code.in_([areas.c.code, func.substr(areas.c.code, 1, PROVINCE_LENGTH), NATIONAL])
    is_set = exists().where(Figure.key == keys.c.key, holds, Figure.effective_from <= today())
    return number_of(keys.c.key.distinct()).select_from(keys.join(areas, true())).where(~is_set)


JOBS: tuple[Job, ...] = (
    Job(
        _l("Numbers that are not set"),
        "settings",
        "/dinas/pengaturan",
        frozenset({Role.ADMINISTRATOR}),
        _not_set,
        True,
    ),
)
