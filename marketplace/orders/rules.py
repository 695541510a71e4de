"""How an order is priced, how its money is cut to households, and which steps its life may take."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ..shared.money import largest_remainder
from ..shared.moves import move
from .models import DeliveryMethod, OrderState


@dataclass(frozen=True)
class Maker:
    """A household's part of a product, in basis points."""

    household_id: int
    basis_points: int


@dataclass(frozen=True)
class Good:
    """A product as it is sold now."""

    product_id: int
    group_id: int
    name: str
    unit: str
    price: int
    makers: tuple[Maker, ...]
    counted: bool
    """False for services, which have no stock."""


@dataclass(frozen=True)
class BoxItem:
    """A product in a parcel: how many, and the price by which the makers' part is cut."""

    good: Good
    quantity: int
    unit_price: int


@dataclass(frozen=True)
class Box:
    """A parcel by the recipe that is sold now."""

    recipe_id: int
    name: str
    price: int
    packing_cost: int
    items: tuple[BoxItem, ...]


@dataclass(frozen=True)
class PricedComponent:
    """A product within a line, with what its makers get of it: household id → rupiah."""

    good: Good
    quantity: int
    amount: int
    shares: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class PricedLine:
    """A line as it will be frozen: amount = packing amount + Σ components, each = Σ its shares."""

    product_id: int | None
    recipe_id: int | None
    name: str
    unit: str
    quantity: int
    unit_price: int
    packing_amount: int
    components: tuple[PricedComponent, ...]

    @property
    def amount(self) -> int:
        """Return quantity times price, rupiah."""
        return self.quantity * self.unit_price


PARCEL_UNIT = "parsel"


def price_good(good: Good, quantity: int) -> PricedLine:
    """Price a product: all of the amount is its makers'."""
    component = _component(good, quantity, quantity * good.price)
    return PricedLine(good.product_id, None, good.name, good.unit, quantity, good.price, 0, (component,))


def price_box(box: Box, quantity: int) -> PricedLine:
    """Price a parcel: the packing cost apart, the rest cut over its products by their value in the recipe."""
    packing = quantity * box.packing_cost
    values = [item.quantity * item.unit_price for item in box.items]
    amounts = largest_remainder(quantity * box.price - packing, values)
    components = tuple(
        _component(item.good, quantity * item.quantity, amount) for item, amount in zip(box.items, amounts, strict=True)
    )
    return PricedLine(None, box.recipe_id, box.name, PARCEL_UNIT, quantity, box.price, packing, components)


def _component(good: Good, quantity: int, amount: int) -> PricedComponent:
    parts = largest_remainder(amount, [maker.basis_points for maker in good.makers])
    shares = tuple((maker.household_id, part) for maker, part in zip(good.makers, parts, strict=True))
    return PricedComponent(good, quantity, amount, shares)


def demand_of(lines: Iterable[PricedLine]) -> dict[int, int]:
    """Return product id → quantity over the whole order, parcels expanded, services left out."""
    demand: Counter[int] = Counter()
    for line in lines:
        for component in line.components:
            if component.good.counted:
                demand[component.good.product_id] += component.quantity
    return dict(sorted(demand.items()))


def reduce_shares(amount: int, remaining: Sequence[int]) -> list[int]:
    """Cut what falls away over what is still left of each share: never more than a share holds."""
    if sum(remaining) == 0:
        return [0 for _share in remaining]
    return largest_remainder(amount, remaining)


class Action(StrEnum):
    """What can happen to an order."""

    CLAIM = "claim"
    """The buyer says that he paid."""
    REJECT_CLAIM = "reject_claim"
    DIFFER = "differ"
    """Less arrived than was asked for."""
    EXCEED = "exceed"
    """Enough arrived, but not what was asked for: the treasurer decides."""
    REOPEN = "reopen"
    """What had arrived went back: the buyer has to pay (the rest of) it anew."""
    PAY = "pay"
    UNPAY = "unpay"
    """What had paid it was other money: the buyer has to pay."""
    PROMISE = "promise"
    """The buyer will pay in cash at pick-up."""
    BILL = "bill"
    """An office will pay its invoice."""
    PACK = "pack"
    SHIP = "ship"
    HAND_OVER = "hand_over"
    CANCEL = "cancel"
    """Before packing; the buyer may."""
    WITHDRAW = "withdraw"
    """After packing, before it reached the buyer; the office only."""
    EXPIRE = "expire"
    RETURN = "return"


S, A = OrderState, Action

TRANSITIONS: dict[tuple[OrderState, Action], OrderState] = {
    (S.AWAITING_PAYMENT, A.CLAIM): S.AWAITING_VERIFICATION,
    (S.AWAITING_PAYMENT, A.EXCEED): S.AWAITING_VERIFICATION,
    (S.AWAITING_PAYMENT, A.PAY): S.PROCESSING,
    (S.AWAITING_PAYMENT, A.PROMISE): S.PROCESSING,
    (S.AWAITING_PAYMENT, A.BILL): S.PROCESSING,
    (S.AWAITING_PAYMENT, A.CANCEL): S.CANCELLED,
    (S.AWAITING_PAYMENT, A.EXPIRE): S.EXPIRED,
    (S.AWAITING_VERIFICATION, A.CLAIM): S.AWAITING_VERIFICATION,
    (S.AWAITING_VERIFICATION, A.REJECT_CLAIM): S.AWAITING_PAYMENT,
    (S.AWAITING_VERIFICATION, A.DIFFER): S.AWAITING_PAYMENT,
    (S.AWAITING_VERIFICATION, A.EXCEED): S.AWAITING_VERIFICATION,
    (S.AWAITING_VERIFICATION, A.REOPEN): S.AWAITING_PAYMENT,
    (S.AWAITING_VERIFICATION, A.PAY): S.PROCESSING,
    (S.AWAITING_VERIFICATION, A.CANCEL): S.CANCELLED,
    (S.PROCESSING, A.PAY): S.PROCESSING,
    (S.PROCESSING, A.UNPAY): S.AWAITING_PAYMENT,
    (S.PROCESSING, A.PACK): S.READY,
    (S.PROCESSING, A.CANCEL): S.CANCELLED,
    (S.READY, A.PAY): S.READY,
    (S.READY, A.SHIP): S.SHIPPED,
    (S.READY, A.HAND_OVER): S.COMPLETED,
    (S.READY, A.WITHDRAW): S.CANCELLED,
    (S.SHIPPED, A.HAND_OVER): S.COMPLETED,
    (S.SHIPPED, A.WITHDRAW): S.CANCELLED,
    (S.COMPLETED, A.RETURN): S.RETURNED,
}

OPEN = frozenset({S.AWAITING_PAYMENT, S.AWAITING_VERIFICATION, S.PROCESSING, S.READY, S.SHIPPED})
"""States in which an order may still be paid or delivered."""
NOT_PACKED = frozenset({S.AWAITING_PAYMENT, S.AWAITING_VERIFICATION, S.PROCESSING})
MAY_LEAVE_OUT = frozenset({S.PROCESSING, S.READY, S.SHIPPED})
"""States in which the office may leave some of an order out. A bill that is not paid yet has its sum: until then the
whole order is cancelled, and ordered anew."""


def transition(state: OrderState, action: Action) -> OrderState:
    """Return the state after an action. Raises StateConflict where it cannot happen."""
    return move(TRANSITIONS, state, action)


def allows(state: OrderState, action: Action) -> bool:
    """Tell whether an action can happen in a state."""
    return (state, action) in TRANSITIONS


def write_sums(received: int, differs_by: int) -> str:
    """Write what arrived and by how much it is not what was asked, rupiah, as the note of a step keeps it."""
    return f"{received} {differs_by}"


def read_sums(note: str) -> tuple[int, int]:
    """Return what `write_sums` wrote. A step written down before it existed tells only what arrived: `Rp100.000`."""
    received, _space, differs_by = note.replace("Rp", "").replace(".", "").partition(" ")
    return int(received), int(differs_by or 0)


def needs_shipping(method: DeliveryMethod) -> bool:
    """Tell whether an order is brought to the buyer."""
    return method is not DeliveryMethod.PICKUP
