"""What a parcel may be, what its makers get, how many can be made and by when."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lokal import holidays

from ..shared.errors import InvalidInput
from ..shared.i18n import _l
from ..shared.money import format_rupiah, largest_remainder
from ..shared.moves import move
from .models import Occasion, ParcelState

FEWEST_MAKERS = 2
NO_CUT_OFF = 24
MAX_NOTICE_DAYS = 60
MAX_ITEMS = 40
FAR_ABOVE_PERCENT = 25
"""A price so far above the sum of goods and packing is more often a slip of the finger than a wish."""


class Action(StrEnum):
    OFFER = "offer"
    PAUSE = "pause"
    RESUME = "resume"
    ARCHIVE = "archive"


TRANSITIONS: dict[tuple[ParcelState, Action], ParcelState] = {
    (ParcelState.DRAFT, Action.OFFER): ParcelState.OFFERED,
    (ParcelState.OFFERED, Action.PAUSE): ParcelState.PAUSED,
    (ParcelState.PAUSED, Action.RESUME): ParcelState.OFFERED,
    (ParcelState.DRAFT, Action.ARCHIVE): ParcelState.ARCHIVED,
    (ParcelState.OFFERED, Action.ARCHIVE): ParcelState.ARCHIVED,
    (ParcelState.PAUSED, Action.ARCHIVE): ParcelState.ARCHIVED,
}


def transition(state: ParcelState, action: Action) -> ParcelState:
    """Return the state that an action leads to. Raises StateConflict when it leads nowhere."""
    return move(TRANSITIONS, state, action)


def actions_from(state: ParcelState) -> list[Action]:
    """Return what can be done with a parcel in a state."""
    return [action for action in Action if (state, action) in TRANSITIONS]


@dataclass(frozen=True)
class ParcelContent:
    """What a curator writes about a parcel; its goods and its price stand in the recipe."""

    name: str
    occasion: Occasion
    description: str
    notice_days: int
    cut_off_hour: int


@dataclass(frozen=True)
class Component:
    """A product in a recipe: its price when the recipe was made, and what it costs and is today."""

    product_id: int
    name: str
    quantity: int
    unit_price: int
    price_now: int
    is_sold: bool
    makers: frozenset[int]
    """Households that earn from it."""

    @property
    def weight(self) -> int:
        """Return what the makers would get for these pieces alone, rupiah at the recipe's prices."""
        return self.quantity * self.unit_price

    @property
    def alone_now(self) -> int:
        """Return what the makers would get for these pieces alone today, rupiah."""
        return self.quantity * self.price_now


def sum_alone(components: Iterable[Component]) -> int:
    """Return what all pieces of a parcel cost one by one, rupiah at the recipe's prices."""
    return sum(component.weight for component in components)


def check_recipe(components: Sequence[Component], price: int, packing_cost: int) -> None:
    """Refuse a recipe of one family's goods, or one that pays its makers less than their goods earn alone.

    Raises InvalidInput beside `items` or `price`.
    """
    gone = [component.name for component in components if not component.is_sold]
    if gone:
        raise InvalidInput(_l("Not sold at present: %(names)s.", names=", ".join(gone)), field="items")
    makers = frozenset[int]().union(*(component.makers for component in components))
    if len(makers) < FEWEST_MAKERS:
        raise InvalidInput(_l("A parcel holds goods of at least two families."), field="items")
    lowest = sum_alone(components) + packing_cost
    if price < lowest:
        text = _l(
            "Too low: the families would get less than alone. The price has to be at least %(lowest)s.",
            lowest=format_rupiah(lowest),
        )
        raise InvalidInput(text, field="price")


def check_not_dear(price: int, lowest: int, *, is_meant: bool) -> None:
    """Refuse a price far above the sum that nobody said is meant. Raises InvalidInput beside `price`."""
    if is_far_above(price, lowest) and not is_meant:
        text = _l(
            "The price lies far above %(lowest)s. Lower it, or tick that it is right.", lowest=format_rupiah(lowest)
        )
        raise InvalidInput(text, field="price")


def is_far_above(price: int, lowest: int) -> bool:
    """Tell whether a price lies so far above the sum of goods and packing that the curator is asked again."""
    return lowest > 0 and price * 100 > lowest * (100 + FAR_ABOVE_PERCENT)


def makers_parts(price: int, packing_cost: int, components: Sequence[Component]) -> list[int]:
    """Cut what a parcel brings its makers by their goods' prices, rupiah, in the order of the components."""
    return largest_remainder(price - packing_cost, [component.weight for component in components])


class FlagKind(StrEnum):
    NO_RECIPE = "no_recipe"
    NOT_SOLD = "not_sold"
    """A component is no longer published: the parcel cannot be made."""
    LESS_THAN_ALONE = "less_than_alone"
    """A component's price rose: its makers would now earn more without the parcel."""


@dataclass(frozen=True)
class Flag:
    """Something a curator has to mend in a recipe; `missing` is rupiah per parcel."""

    kind: FlagKind
    name: str = ""
    missing: int = 0


def flags_of(components: Sequence[Component], price: int, packing_cost: int) -> list[Flag]:
    """Return what is no longer right with a recipe."""
    parts = makers_parts(price, packing_cost, components)
    flags = [Flag(FlagKind.NOT_SOLD, component.name) for component in components if not component.is_sold]
    for component, part in zip(components, parts, strict=True):
        if part < component.alone_now:
            flags.append(Flag(FlagKind.LESS_THAN_ALONE, component.name, component.alone_now - part))
    return flags


def how_many(free: Mapping[int, int], items: Iterable[tuple[int, int]]) -> int:
    """Return how many parcels the free pieces allow; an item is (product id, quantity per parcel)."""
    return max(0, min((free.get(product, 0) // quantity for product, quantity in items), default=0))


def earliest_day(now_local: dt.datetime, notice_days: int, cut_off_hour: int) -> dt.date:
    """Return the first day on which an order placed now can be ready.

    An order after the cut-off hour, or on a day off, counts as of the next working day; `notice_days` working
    days follow.
    """
    day = now_local.date()
    if now_local.hour >= cut_off_hour:
        day += dt.timedelta(days=1)
    while not is_working_day(day):
        day += dt.timedelta(days=1)
    return _add_working_days(day, notice_days)


def is_working_day(day: dt.date) -> bool:
    """Tell whether the social office works on a day; for years without a holiday decree only weekends are off."""
    if day.year in holidays.HOLIDAY_YEARS:
        return holidays.is_working_day(day)
    return day.weekday() < 5


def _add_working_days(day: dt.date, count: int) -> dt.date:
    while count > 0:
        day += dt.timedelta(days=1)
        count -= is_working_day(day)
    return day
