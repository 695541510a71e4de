"""The way of an order, for the line that shows where it stands."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from ..shared.formats import moment
from . import labels
from .models import DeliveryMethod, Order, OrderEvent, OrderState

Step: TypeAlias = tuple[OrderState, str]
"""A state on an order's way, and whether it is `done`, `now` or `todo`."""

S = OrderState
TO_PAY = (S.AWAITING_PAYMENT, S.AWAITING_VERIFICATION)
CLOSED = frozenset({S.CANCELLED, S.EXPIRED, S.RETURNED})
PAID_LATER = frozenset({"cash", "invoice"})
"""Ways to pay that begin with the goods."""


class Stage(NamedTuple):
    """One step as it is drawn: its word, whether it is `done`, `now` or `todo`, since when, and its icon."""

    label: str
    mark: str
    when: str
    icon: str


def stages(order: Order) -> list[Stage]:
    """Return the way of an order as buyers and officers see it."""
    way = steps(order.state, order.delivery_method, pays_first=order.payment_method not in PAID_LATER)
    times = times_of(order.events, way)
    drawn = []
    for state, mark in way:
        word, _tone, icon = labels.badge_of(state, order.delivery_method)
        drawn.append(Stage(str(word), mark, moment(times.get(state)), icon))
    return drawn


def steps(state: OrderState, method: DeliveryMethod, *, pays_first: bool) -> list[Step]:
    """Return the way of an order and where it stands. One that was closed shows no way any more."""
    if state in CLOSED:
        return [(state, "now")]
    last = (S.READY, S.COMPLETED) if method is DeliveryMethod.PICKUP else (S.READY, S.SHIPPED, S.COMPLETED)
    way = (*(TO_PAY if pays_first else ()), S.PROCESSING, *last)
    at = way.index(state) if state in way else 0
    done = at + (state is S.COMPLETED)
    return [(each, "done" if i < done else "now" if i == done else "todo") for i, each in enumerate(way)]


def times_of(events: Iterable[OrderEvent], way: Iterable[Step]) -> dict[OrderState, dt.datetime]:
    """Return when each step was taken that is behind an order, and when it came to where it stands.

    A step that was taken twice, because a payment was refused or fell short, counts from the first time once it is
    behind: later ones would stand above what came before them. One that lies ahead again has no time.
    """
    marks = dict(way)
    times: dict[OrderState, dt.datetime] = {}
    for event in events:
        is_new = event.from_state != event.to_state.value
        if event.to_state not in times or (is_new and marks.get(event.to_state) == "now"):
            times[event.to_state] = event.at
    return {state: at for state, at in times.items() if marks.get(state, "todo") != "todo"}
