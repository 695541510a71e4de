"""What an office changes about its order as another buyer does: cancel it or take something out, until it is packed.

Its invoice follows from what is left of the order, and its credit with it.
"""

from ..orders import adjustments, desk
from ..orders.models import Order
from ..shared import audit
from ..shared.errors import Forbidden, StateConflict
from ..shared.i18n import _, _l
from ..shared.transaction import command
from . import queries
from .models import OfficeOrder


@command
def cancel(office_order_id: int, reason: str, user_id: int) -> None:
    """Cancel what an office ordered. Raises Forbidden for a member who did not order it and does not approve."""
    row, order = _ordered(office_order_id, user_id)
    adjustments.cancel(order.id, by_buyer=True, reason=reason, actor_id=user_id)
    audit.record(user_id, "office_order.cancel_ordered", ("office_order", row.id), reason=reason)


@command
def take_out(key: str, office_order_id: int, line_id: int, quantity: int, reason: str, user_id: int) -> None:
    """Take some of a line out of what an office ordered, once for each key. Raises as `cancel` does."""
    row, order = _ordered(office_order_id, user_id)
    desk.drop(key, order.id, line_id, quantity, reason, user_id)
    audit.record(user_id, "office_order.take_out", ("office_order", row.id), line_id=line_id, quantity=quantity)


def _ordered(office_order_id: int, user_id: int) -> tuple[OfficeOrder, Order]:
    row = queries.office_order_for(user_id, office_order_id)
    if row.order is None:
        raise StateConflict(_("It is not ordered yet."))
    if not queries.may_change(row, user_id):
        raise Forbidden(_l("Somebody else of your office has to do this."))
    return row, row.order
