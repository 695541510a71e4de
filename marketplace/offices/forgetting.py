"""Words of a family's person who ordered for an office."""

from ..shared.forgetting import Forgetter, Words
from .models import OfficeOrder

FORGETTER = Forgetter(
    words=(
        Words(
            (OfficeOrder.street, OfficeOrder.rt_rw, OfficeOrder.landmark, OfficeOrder.note, OfficeOrder.reason),
            lambda whom: OfficeOrder.made_by_id.in_(whom.user_ids),
        ),
    ),
)
