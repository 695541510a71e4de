"""What is done to orders at the counter, beyond what the order itself checks."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from hmac import compare_digest

from ..extensions import db
from ..shared import once
from ..shared.errors import DomainError, InvalidInput, StateConflict
from ..shared.i18n import _l
from ..shared.policy import Actor
from ..shared.transaction import command
from . import adjustments, returns, rules, screens, service
from .models import DeliveryMethod, Order, OrderState


@command
def hand_over(order_id: int, code: str, actor_id: int | None) -> None:
    """Hand an order over; who picks it up says the code of his order. Raises InvalidInput for another code."""
    order = service.locked(order_id)
    if order.delivery_method is DeliveryMethod.PICKUP and not compare_digest(order.pickup_code.encode(), code.encode()):
        raise InvalidInput(_l("This is not the pick-up code of this order."), field="code")
    service.hand_over(order_id, actor_id)


@command
def short_ship(key: str, order_id: int, line_id: int, quantity: int, reason: str, actor_id: int | None) -> None:
    """Leave some of a line out, once for each key: a form that is sent twice leaves out no more."""
    claim = once.claim("short-ship", key, [order_id, line_id, quantity, reason])
    if claim.result_id is None:
        adjustments.short_ship(order_id, line_id, quantity, reason, actor_id)
        claim.result_id = order_id


@command
def take_some(
    key: str, order_id: int, line_id: int, quantity: int, destroyed: int, reason: str, actor_id: int | None
) -> None:
    """Take some of a line back, once for each key."""
    claim = once.claim("take-back", key, [order_id, line_id, quantity, destroyed, reason])
    if claim.result_id is None:
        returns.take_some(order_id, line_id, quantity, destroyed=destroyed, reason=reason, actor_id=actor_id)
        claim.result_id = order_id


@command
def drop(key: str, order_id: int, line_id: int, quantity: int, reason: str, actor_id: int | None) -> None:
    """Take out what the buyer does not want any more, once for each key."""
    claim = once.claim("drop", key, [order_id, line_id, quantity, reason])
    if claim.result_id is None:
        adjustments.drop(order_id, line_id, quantity, reason, actor_id)
        claim.result_id = order_id


def _bring(order_id: int, actor_id: int | None) -> None:
    """Hand over what was on its way; who comes himself says his code, so his order is never one of several."""
    if service.locked(order_id).state is not OrderState.SHIPPED:
        raise StateConflict
    service.hand_over(order_id, actor_id)


STEPS: Mapping[str, Callable[[int, int | None], None]] = {
    "pack": service.pack,
    "ship": service.ship,
    "hand_over": _bring,
}
"""What may be done to several orders at once."""


BULK: Mapping[OrderState, str] = {
    OrderState.PROCESSING: "pack",
    OrderState.READY: "ship",
    OrderState.SHIPPED: "hand_over",
}
"""What a list of orders in one state is there for."""


def takers(orders: Collection[Order], step: str | None) -> set[int]:
    """Return the ids of those orders that can take a step among others; who fetches one himself says his code."""
    if step == "ship":
        orders = [order for order in orders if order.is_covered and rules.needs_shipping(order.delivery_method)]
    return {order.id for order in orders} if step else set()


@dataclass
class Outcome:
    """What became of several orders: the numbers of those that went, and of the others by the reason."""

    done: list[str] = field(default_factory=list)
    refused: dict[str, list[str]] = field(default_factory=dict)


@command
def take_steps(actor: Actor, actor_id: int, order_ids: Collection[int], step: str) -> Outcome:
    """Take the same step with several orders of the desk's areas; one that cannot take it stops no other."""
    outcome = Outcome()
    for order in sorted(screens.orders_at_desk(actor, order_ids), key=lambda each: each.id):
        number = order.number
        try:
            with db.session.begin_nested():
                STEPS[step](order.id, actor_id)
        except DomainError as error:
            outcome.refused.setdefault(str(error.message), []).append(number)
        else:
            outcome.done.append(number)
    return outcome
