"""What holds for trainings. Pure: no Flask, no database."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ..groups.models import BusinessKind
from ..shared.errors import InvalidInput, StateConflict
from ..shared.i18n import _
from ..shared.policy import area_holds
from .models import TrainingKind, TrainingState
from .plan_models import Answer

SUNDAY = 6
MOST_DAYS = 120
MOST_PLACES = 500


class Step(StrEnum):
    """What an officer does with a training as a whole."""

    START = "start"
    FINISH = "finish"
    CANCEL = "cancel"


TRANSITIONS: Mapping[tuple[TrainingState, Step], TrainingState] = {
    (TrainingState.PLANNED, Step.START): TrainingState.RUNNING,
    (TrainingState.RUNNING, Step.FINISH): TrainingState.DONE,
    (TrainingState.PLANNED, Step.CANCEL): TrainingState.CANCELLED,
    (TrainingState.RUNNING, Step.CANCEL): TrainingState.CANCELLED,
}
OPEN = frozenset({TrainingState.PLANNED, TrainingState.RUNNING})
"""While it is so, classes, days and people may change."""
HELD = frozenset({TrainingState.RUNNING, TrainingState.DONE})
"""While it is so, who came may be written down."""


@dataclass(frozen=True)
class TrainingContent:
    """What is written down about a training."""

    title: str
    kind: TrainingKind
    business_kind: BusinessKind
    agency_id: int
    commodity_id: int | None = None
    funding: str = ""
    misfit_reason: str = ""


@dataclass(frozen=True)
class ClassContent:
    """What is written down about a class."""

    name: str
    room: str
    places: int


def transition(state: TrainingState, step: Step) -> TrainingState:
    """Return the next state of a training. Raises StateConflict when the step is not possible."""
    found = TRANSITIONS.get((state, step))
    if found is None:
        raise StateConflict
    return found


def steps_from(state: TrainingState) -> list[Step]:
    """Return what can be done with a training in a state."""
    return [step for step in Step if (state, step) in TRANSITIONS]


def days_from(first: dt.date, count: int, *, sundays: bool) -> list[dt.date]:
    """Return so many days one after the other, with or without Sundays."""
    found: list[dt.date] = []
    day = first
    while len(found) < count:
        if sundays or day.weekday() != SUNDAY:
            found.append(day)
        day += dt.timedelta(days=1)
    return found


def percent_of(came: int, days: int) -> int:
    """Return the share of days on which somebody came, percent, rounded down."""
    return came * 100 // days if days else 0


def fits(potentials: Iterable[str], places: Iterable[str]) -> bool:
    """Tell whether each of some places lies in an area for which a commodity was named."""
    named = list(potentials)
    return all(any(area_holds(area, place) for area in named) for place in places)


def check_reason(*, is_fitting: bool, reason: str) -> None:
    """Raise InvalidInput where a training does not fit the area and nobody says why it is held all the same."""
    if not is_fitting and not reason.strip():
        raise InvalidInput(
            _("This commodity is none of the area's leading ones. Write why the training is held all the same."),
            field="misfit_reason",
        )


def number(regency_code: str, year: int, sequence: int) -> str:
    """Return the number of a certificate as it is printed."""
    return f"{sequence:04d}/SERT/{regency_code}/{year}"


class Standing(StrEnum):
    """Where a line of a plan stands between the agencies."""

    OPEN = "open"
    AGREED = "agreed"
    DISPUTED = "disputed"


def standing(proposer_id: int, voices: Iterable[tuple[int, Answer]]) -> Standing:
    """Return where a line stands by what agencies said, oldest first: each agency's last yes or no counts.

    It is agreed when another agency than the one that proposed it says yes and none says no.
    """
    last = {agency: answer for agency, answer in voices if answer is not Answer.COMMENT}
    if Answer.DISAGREE in last.values():
        return Standing.DISPUTED
    return Standing.AGREED if set(last) - {proposer_id} else Standing.OPEN
