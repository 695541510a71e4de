"""Messages about what a family bought."""

from sqlalchemy import ColumnElement, select

from ..orders.forgetting import bought
from ..orders.models import Order
from ..shared.forgetting import Forgetter, Whom, Words
from .models import Notice


def _to_buyer(whom: Whom) -> ColumnElement[bool]:
    return Notice.order_id.in_(select(Order.id).where(bought(whom)))


FORGETTER = Forgetter(
    words=(Words((Notice.recipient, Notice.subject, Notice.body, Notice.error), _to_buyer, is_own=True),)
)
