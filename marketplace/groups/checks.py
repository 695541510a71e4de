"""Recompute from raw rows what must hold for groups."""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import select

from ..extensions import db
from . import rules
from .models import Membership
from .queries import membership_in_force, today


def problems() -> Iterator[str]:
    """Tell each office of a group that more than one household holds today, and each household that is in twice."""
    rows = db.session.scalars(select(Membership).where(membership_in_force(today()))).all()
    offices = Counter((row.group_id, row.role.value) for row in rows if row.role in rules.OFFICES)
    households = Counter((row.group_id, f"household {row.household_id}") for row in rows)
    for (group_id, what), count in sorted((offices + households).items()):
        if count > 1:
            yield f"group {group_id}: {what} is held {count} times at once"
