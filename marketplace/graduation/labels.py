"""The words on screen for months and notes."""

from ..shared.i18n import Text, _l
from .case_queries import View
from .models import MonthStatus, NoteKind, NoteState
from .queries import Standing

STATUSES: dict[MonthStatus, Text] = {
    MonthStatus.PASSED: _l("Passed"),
    MonthStatus.NOT_PASSED: _l("Not passed"),
    MonthStatus.NO_DATA: _l("No data"),
}
NOTE_KINDS: dict[NoteKind, Text] = {
    NoteKind.COST: _l("Cost of the sales"),
    NoteKind.OTHER_INCOME: _l("Other income"),
}
SAVED: dict[NoteKind, Text] = {
    NoteKind.COST: _l("Saved. The cost is taken off the sales of its month."),
    NoteKind.OTHER_INCOME: _l("Saved. Other income counts once another officer has verified it."),
}
NOTE_STATES: dict[NoteState, tuple[Text, str, str]] = {
    NoteState.REJECTED: (_l("Does not count"), "bad", "x"),
    NoteState.TAKEN_BACK: (_l("Taken back"), "neutral", "undo-2"),
}
"""Of those that ended: words, tone and icon."""
STANDINGS: dict[Standing, Text] = {
    Standing.ALL_PASSED: _l("All six months passed"),
    Standing.PASSED: _l("Last month passed"),
    Standing.NOT_PASSED: _l("Last month not passed"),
    Standing.NO_DATA: _l("Last month without data"),
}
VIEWS: dict[View, Text] = {
    View.NEAR: _l("Nearly there"),
    View.STUCK: _l("Stuck"),
    View.WAITING: _l("Waiting for somebody"),
    View.AFTER: _l("Graduated"),
    View.RELAPSED: _l("Warned of, or relapsed"),
}
