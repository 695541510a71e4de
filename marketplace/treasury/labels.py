"""What lines, queues and proposals are called on screen."""

from ..shared.i18n import Text, _l
from .models import LineState, Outcome
from .queries import Queue
from .reading import Column
from .rules import Reason

QUEUES: dict[Queue, Text] = {
    Queue.OPEN: _l("To match"),
    Queue.SHORT: _l("Too little"),
    Queue.OVER: _l("Too much"),
    Queue.TWICE: _l("Twice or too late"),
    Queue.MATCHED: _l("Matched"),
    Queue.NOT_OURS: _l("Not ours"),
    Queue.OUTGOING: _l("Money out"),
}

OUTCOMES: dict[Outcome, tuple[Text, str, str]] = {
    Outcome.PAID: (_l("Pays the order"), "good", "circle-check"),
    Outcome.SHORT: (_l("Too little"), "warn", "triangle-alert"),
    Outcome.OVER: (_l("Too much"), "warn", "triangle-alert"),
    Outcome.TWICE: (_l("Paid twice"), "warn", "triangle-alert"),
    Outcome.LATE: (_l("Order had ended"), "warn", "clock"),
    Outcome.LINKED: (_l("Was written down by hand"), "good", "check"),
    Outcome.MOVED: (_l("Our own money"), "good", "arrow-right"),
    Outcome.FEE: (_l("Bank fee"), "good", "landmark"),
}

STATES: dict[LineState, tuple[Text, str, str]] = {
    LineState.OPEN: (_l("To match"), "warn", "search"),
    LineState.MATCHED: (_l("Matched"), "good", "circle-check"),
    LineState.NOT_OURS: (_l("Not ours"), "neutral", "x"),
    LineState.OUTGOING: (_l("Money out"), "neutral", "arrow-right"),
}

REASONS: dict[Reason, Text] = {
    Reason.SUM_AND_NUMBER: _l("Sum and order number fit"),
    Reason.CODE: _l("Sum with unique code fits"),
    Reason.REST: _l("Fits what is missing"),
    Reason.BY_HAND: _l("Same sum was written down by hand"),
    Reason.SUM: _l("Sum fits"),
    Reason.NUMBER: _l("Order number fits, the sum is another"),
    Reason.ENDED: _l("Sum fits a bill that ended"),
    Reason.TWICE: _l("This order has its money already"),
}

COLUMNS: dict[Column, Text] = {
    Column.SKIP: _l("Not needed"),
    Column.DAY: _l("Date"),
    Column.TEXT: _l("Description"),
    Column.IN: _l("Money in"),
    Column.OUT: _l("Money out"),
    Column.AMOUNT: _l("Amount, in and out"),
    Column.MARK: _l("Mark: CR or DB"),
}
