"""Whether a group runs, told from its sales and reports. Pure: no Flask, no database; the page shows these rules."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from ..shared.errors import InvalidInput, StateConflict
from ..shared.i18n import _l
from .standing_models import Reason, StandingState

FALLS = 2
"""So many periods in a row have to fall; one more is needed to fall from."""
SAID = frozenset({StandingState.INACTIVE, StandingState.DISSOLVED})
"""What only an officer says."""


@dataclass(frozen=True)
class Limits:
    """The dated numbers of the regency: days, days, reports in a row."""

    running_days: int
    inactive_days: int
    inactive_reports: int


@dataclass(frozen=True)
class ReportFact:
    """The last day for a report and when it was first sent; None: not yet."""

    due_on: dt.date
    sent_on: dt.date | None


@dataclass(frozen=True)
class Facts:
    """What a group's standing is told from."""

    today: dt.date
    registered_on: dt.date
    last_sale_on: dt.date | None
    earned: Sequence[int]
    """Of the last three periods that are over, oldest first, rupiah."""
    reports: Sequence[ReportFact]
    """Newest first."""
    said: StandingState | None = None
    """What an officer said last, if it was inactive or dissolved."""
    said_on: dt.date | None = None


@dataclass(frozen=True)
class Told:
    """A standing with its reasons."""

    state: StandingState
    reasons: tuple[Reason, ...]


def derive(facts: Facts, limits: Limits) -> Told:
    """Tell how a group stands, and why.

    Dissolved stays until an officer takes it back, inactive until a sale after the day on which it was confirmed.
    """
    if facts.said is StandingState.DISSOLVED:
        return Told(StandingState.DISSOLVED, (Reason.DISSOLVED,))
    if facts.said is StandingState.INACTIVE and not _sold_since(facts):
        return Told(StandingState.INACTIVE, (Reason.CONFIRMED,))
    worries = tuple(_worries(facts, limits))
    if worries:
        return Told(StandingState.NEEDS_MENTORING, worries)
    return Told(StandingState.RUNNING, (Reason.SELLS,))


def _sold_since(facts: Facts) -> bool:
    return facts.last_sale_on is not None and facts.said_on is not None and facts.last_sale_on > facts.said_on


def _worries(facts: Facts, limits: Limits) -> list[Reason]:
    found = []
    if facts.last_sale_on is None or silent_days(facts) > limits.running_days:
        found.append(Reason.NO_SALES)
    if is_late(facts):
        found.append(Reason.REPORT_LATE)
    if is_falling(facts.earned):
        found.append(Reason.FALLING)
    if silent_days(facts) > limits.inactive_days and missed(facts) >= limits.inactive_reports:
        found.append(Reason.LONG_SILENT)
    return found


def silent_days(facts: Facts) -> int:
    """Return for how many days nothing was sold; since it was registered for a group that never sold."""
    return (facts.today - (facts.last_sale_on or facts.registered_on)).days


def _looked_at(facts: Facts) -> list[ReportFact]:
    """Return the reports that tell something, newest first: sent ones, and those whose last day has passed."""
    return [one for one in facts.reports if one.sent_on is not None or one.due_on < facts.today]


def is_late(facts: Facts) -> bool:
    """Tell whether the last report came late or is missing; a group that owed none yet is not late."""
    last = next(iter(_looked_at(facts)), None)
    return last is not None and (last.sent_on is None or last.sent_on > last.due_on)


def missed(facts: Facts) -> int:
    """Return how many of the last reports in a row were never sent."""
    count = 0
    for report in _looked_at(facts):
        if report.sent_on is not None:
            break
        count += 1
    return count


def is_falling(earned: Sequence[int]) -> bool:
    """Tell whether each of the last periods earned less than the one before it."""
    last = earned[-(FALLS + 1) :]
    return len(last) > FALLS and all(later < before for before, later in pairwise(last))


class StandingStep(StrEnum):
    """What an officer says of a group."""

    CONFIRM = "confirm"
    """It is inactive, as the rules propose."""
    DISSOLVE = "dissolve"
    REVIVE = "revive"
    """It is there again: the rules tell from now on."""


STEPS: Mapping[StandingStep, frozenset[StandingState]] = {
    StandingStep.CONFIRM: frozenset({StandingState.NEEDS_MENTORING}),
    StandingStep.DISSOLVE: frozenset(StandingState) - {StandingState.DISSOLVED},
    StandingStep.REVIVE: SAID,
}


def check_step(step: StandingStep, state: StandingState, reasons: Sequence[str], why: str) -> None:
    """Refuse what an officer cannot say of a group as it stands. Raises StateConflict or InvalidInput."""
    if state not in STEPS[step]:
        raise StateConflict
    if step is StandingStep.CONFIRM and Reason.LONG_SILENT not in reasons:
        raise StateConflict(_l("The rules do not propose this: it sold something, or reported."))
    if step is not StandingStep.CONFIRM and not why:
        raise InvalidInput(_l("Please say why."), field="why")
