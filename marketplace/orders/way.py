"""The way of an order, for the line that shows where it stands."""

from typing import TypeAlias

from .models import DeliveryMethod, OrderState

Step: TypeAlias = tuple[OrderState, str]
"""A state on an order's way, and whether it is `done`, `now` or `todo`."""

S = OrderState
TO_PAY = (S.AWAITING_PAYMENT, S.AWAITING_VERIFICATION)
CLOSED = frozenset({S.CANCELLED, S.EXPIRED, S.RETURNED})


def steps(state: OrderState, method: DeliveryMethod, *, pays_first: bool) -> list[Step]:
    """Return the way of an order and where it stands. One that was closed shows no way any more."""
    if state in CLOSED:
        return [(state, "now")]
    last = (S.READY, S.COMPLETED) if method is DeliveryMethod.PICKUP else (S.READY, S.SHIPPED, S.COMPLETED)
    way = (*(TO_PAY if pays_first else ()), S.PROCESSING, *last)
    at = way.index(state) if state in way else 0
    done = at + (state is S.COMPLETED)
    return [(each, "done" if i < done else "now" if i == done else "todo") for i, each in enumerate(way)]
