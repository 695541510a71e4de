"""What may be done with a tent in its state, what to take along, and what a count comes to: pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ..shared.moves import move
from .models import StallState

S = StallState

FEW = 5
"""So many of something are taken along that never was at this site."""
MOST_LINES = 300
"""On one loading list."""


class Deed(StrEnum):
    """What is done with a tent."""

    LOAD = "load"
    WRITE_OFF = "write_off"
    """Spoiled or given away while it sells."""
    FLOAT = "float"
    COUNT = "count"
    RECOUNT = "recount"
    """The count is taken back, to be made anew."""
    CONFIRM = "confirm"
    HAND_IN = "hand_in"
    """Money that came after the close is brought to the treasurer."""
    CANCEL = "cancel"


TRANSITIONS: Mapping[tuple[StallState, Deed], StallState] = {
    (S.OPEN, Deed.LOAD): S.OPEN,
    (S.OPEN, Deed.WRITE_OFF): S.OPEN,
    (S.OPEN, Deed.FLOAT): S.OPEN,
    (S.OPEN, Deed.COUNT): S.COUNTED,
    (S.OPEN, Deed.CANCEL): S.CANCELLED,
    (S.COUNTED, Deed.RECOUNT): S.OPEN,
    (S.COUNTED, Deed.CONFIRM): S.CLOSED,
    (S.CLOSED, Deed.HAND_IN): S.CLOSED,
}


def after(state: StallState, deed: Deed) -> StallState:
    """Return the state that a deed leads to. Raises StateConflict when it cannot be done now."""
    return move(TRANSITIONS, state, deed)


def allows(state: StallState, deed: Deed) -> bool:
    """Tell whether a deed can be done in a state."""
    return (state, deed) in TRANSITIONS


def suggest(sold: int, times: int, free: int) -> int:
    """Return how many to take along: what one day sold when it was there, rounded up; a few of what never was.

    Never more than is free.
    """
    wanted = -(-sold // times) if times else FEW
    return max(min(wanted, free), 0)


def spread(wanted: int, free: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Return place → how many to take from it, the places in the order given; the last one owes what is missing."""
    taken: dict[int, int] = {}
    left, last = wanted, None
    for place, there in free:
        last = place
        part = min(left, max(there, 0))
        if part:
            taken[place] = part
            left -= part
    if left and last is not None:
        taken[last] = taken.get(last, 0) + left
    return taken


@dataclass(frozen=True)
class Tally:
    """What was counted of a product: how many are left, spoiled and given away, and why."""

    back: int = 0
    spoiled: int = 0
    given: int = 0
    note: str = ""

    def missing(self, expected: int) -> int:
        """Return how many are not accounted for."""
        return max(expected - self._seen, 0)

    def found(self, expected: int) -> int:
        """Return how many there are more than the books know of."""
        return max(self._seen - expected, 0)

    def needs_note(self, expected: int) -> bool:
        """Tell whether something has to be said: all that is not simply left."""
        return bool(self.spoiled or self.given or self._seen != expected)

    @property
    def _seen(self) -> int:
        return self.back + self.spoiled + self.given
