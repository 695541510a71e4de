"""The words on screen for months and notes."""

from ..shared.i18n import Text, _l
from .models import MonthStatus, NoteKind
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
STANDINGS: dict[Standing, Text] = {
    Standing.ALL_PASSED: _l("All six months passed"),
    Standing.PASSED: _l("Last month passed"),
    Standing.NOT_PASSED: _l("Last month not passed"),
    Standing.NO_DATA: _l("Last month without data"),
}
