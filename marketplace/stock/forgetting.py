"""Words about a family in notes of what came to and left the shelves of its groups."""

from sqlalchemy import ColumnElement, select

from ..shared.forgetting import Forgetter, Whom, Words
from .models import Location, StockLevel, StockMovement


def _of_groups(whom: Whom) -> ColumnElement[bool]:
    levels = select(StockLevel.id).join(Location, Location.id == StockLevel.location_id)
    return StockMovement.level_id.in_(levels.where(Location.group_id.in_(whom.group_ids)))


FORGETTER = Forgetter(words=(Words((StockMovement.note,), _of_groups),))
