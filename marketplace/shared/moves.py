"""What may happen to a thing in its state: one table for each kind of thing, asked in one way."""

from collections.abc import Mapping
from typing import TypeVar

from .errors import StateConflict

State = TypeVar("State")
Action = TypeVar("Action")


def move(table: Mapping[tuple[State, Action], State], state: State, action: Action) -> State:
    """Return the state after an action. Raises StateConflict where the table does not allow it."""
    try:
        return table[state, action]
    except KeyError:
        raise StateConflict from None
