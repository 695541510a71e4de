"""How movements and tasks of the stock are called on screen."""

from ..catalog.models import ProductState
from ..shared.i18n import Text, _l
from .models import MovementReason
from .tasks import AT_GROUP, Task

REASONS: dict[MovementReason, Text] = {
    MovementReason.PRODUCED: _l("Made"),
    MovementReason.DELIVERED_TO_STORE: _l("Brought to the store"),
    MovementReason.SOLD: _l("Sold"),
    MovementReason.RETURNED: _l("Came back from a buyer"),
    MovementReason.COUNTED: _l("Counted"),
    MovementReason.SPOILED: _l("Spoiled"),
    MovementReason.DESTROYED: _l("Came back and was thrown away"),
    MovementReason.TAKEN_BACK: _l("Taken back by the makers"),
    MovementReason.LOADED: _l("Taken to the tent"),
    MovementReason.UNLOADED: _l("Back from the tent"),
    MovementReason.GIVEN_AWAY: _l("Given away"),
    MovementReason.MISSING: _l("Missing"),
    MovementReason.FOUND: _l("More was there than written down"),
}

TASKS: dict[Task, Text] = {
    Task.BROUGHT: _l("The makers brought some to the store"),
    Task.TAKEN_BACK: _l("The makers took some back from the store"),
    Task.MADE: _l("More was made"),
    Task.COUNTED_STORE: _l("Counted in the store: this many are there"),
    Task.COUNTED_GROUP: _l("Counted at the makers: this many are there"),
    Task.SPOILED_STORE: _l("Spoiled in the store"),
    Task.SPOILED_GROUP: _l("Spoiled at the makers"),
}

MENTOR_TASKS: dict[Task, Text] = {task: TASKS[task] for task in AT_GROUP}

MAKER_TASKS: dict[Task, Text] = {
    Task.MADE: _l("I made more"),
    Task.FEWER: _l("There are fewer now"),
    Task.COUNTED_GROUP: _l("I counted: this many are with me"),
}

NOT_ON_SALE: dict[ProductState, Text] = {
    ProductState.DRAFT: _l("Nobody can order it: it is not handed in yet."),
    ProductState.SUBMITTED: _l("Nobody can order it yet: the Dinas is looking at it."),
    ProductState.NEEDS_WORK: _l("Nobody can order it: it has to be improved first."),
    ProductState.PAUSED: _l("Nobody can order it: its sale is stopped."),
    ProductState.ARCHIVED: _l("Nobody can order it: it is put away."),
}
"""Why goods that are there are not to be had, as a maker is told."""
