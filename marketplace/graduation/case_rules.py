"""The states of a case, who may take which step, and what has to be there first. Pure."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ..shared.clock import add_months
from ..shared.errors import StateConflict
from ..shared.moves import move
from ..shared.policy import Role
from .case_models import ENDED, CaseState, FilePurpose
from .models import MonthStatus


class Action(StrEnum):
    ASSIGN = "assign"
    FLAG = "flag"
    UNFLAG = "unflag"
    PROPOSE = "propose"
    VERIFY = "verify"
    DELIBERATE = "deliberate"
    APPROVE = "approve"
    REJECT = "reject"
    POSTPONE = "postpone"
    REOPEN = "reopen"
    GRADUATE = "graduate"
    MONITOR = "monitor"
    FINISH = "finish"
    RELAPSE = "relapse"
    PROPOSE_BACK = "propose_back"
    WITHDRAW = "withdraw"
    APPEAL = "appeal"
    UPHOLD = "uphold"
    DISMISS = "dismiss"
    EXIT = "exit"


SYSTEM = frozenset({Action.FLAG, Action.UNFLAG, Action.MONITOR})
"""Steps of a job: nobody presses them."""
DECISIONS = frozenset({Action.APPROVE, Action.REJECT, Action.POSTPONE})
S = CaseState
BEFORE_DECREE = (S.RECIPIENT, S.MENTORED, S.READY, S.PROPOSED, S.VERIFICATION, S.DELIBERATION, S.POSTPONED, S.APPROVED)
APPEALABLE = (S.APPROVED, S.REJECTED, S.POSTPONED, S.GRADUATED, S.MONITORED)

MOVES: Mapping[tuple[CaseState, Action], CaseState] = {
    (S.RECIPIENT, Action.ASSIGN): S.MENTORED,
    (S.MENTORED, Action.ASSIGN): S.MENTORED,
    (S.MENTORED, Action.FLAG): S.READY,
    (S.READY, Action.UNFLAG): S.MENTORED,
    (S.READY, Action.PROPOSE): S.PROPOSED,
    (S.PROPOSED, Action.VERIFY): S.VERIFICATION,
    (S.VERIFICATION, Action.DELIBERATE): S.DELIBERATION,
    (S.DELIBERATION, Action.APPROVE): S.APPROVED,
    (S.DELIBERATION, Action.REJECT): S.REJECTED,
    (S.DELIBERATION, Action.POSTPONE): S.POSTPONED,
    (S.POSTPONED, Action.DELIBERATE): S.DELIBERATION,
    (S.POSTPONED, Action.REOPEN): S.MENTORED,
    (S.APPROVED, Action.GRADUATE): S.GRADUATED,
    (S.GRADUATED, Action.MONITOR): S.MONITORED,
    (S.MONITORED, Action.FINISH): S.INDEPENDENT,
    (S.MONITORED, Action.RELAPSE): S.RELAPSED,
    (S.INDEPENDENT, Action.RELAPSE): S.RELAPSED,
    (S.RELAPSED, Action.PROPOSE_BACK): S.PROPOSED_BACK,
    **{(state, Action.WITHDRAW): S.WITHDRAWN for state in BEFORE_DECREE},
    **{(state, Action.APPEAL): S.APPEALED for state in APPEALABLE},
    **{(state, Action.EXIT): S.ADMINISTRATIVE for state in CaseState if state not in ENDED | {S.APPEALED}},
}

ROLES: Mapping[Action, frozenset[Role]] = {
    Action.ASSIGN: frozenset({Role.HEAD, Role.ADMINISTRATOR}),
    Action.FLAG: frozenset(),
    Action.UNFLAG: frozenset(),
    Action.PROPOSE: frozenset({Role.MENTOR}),
    Action.VERIFY: frozenset({Role.VERIFIER}),
    Action.DELIBERATE: frozenset({Role.VERIFIER, Role.ADMINISTRATOR}),
    Action.APPROVE: frozenset({Role.HEAD}),
    Action.REJECT: frozenset({Role.HEAD}),
    Action.POSTPONE: frozenset({Role.HEAD}),
    Action.REOPEN: frozenset({Role.HEAD}),
    Action.GRADUATE: frozenset({Role.ADMINISTRATOR}),
    Action.MONITOR: frozenset(),
    Action.FINISH: frozenset({Role.HEAD, Role.ADMINISTRATOR}),
    Action.RELAPSE: frozenset({Role.VERIFIER, Role.HEAD}),
    Action.PROPOSE_BACK: frozenset({Role.VERIFIER, Role.ADMINISTRATOR}),
    Action.WITHDRAW: frozenset({Role.MENTOR, Role.HEAD}),
    Action.APPEAL: frozenset({Role.MENTOR, Role.VERIFIER, Role.ADMINISTRATOR}),
    Action.UPHOLD: frozenset({Role.HEAD, Role.ADMINISTRATOR}),
    Action.DISMISS: frozenset({Role.HEAD, Role.ADMINISTRATOR}),
    Action.EXIT: frozenset({Role.HEAD, Role.ADMINISTRATOR}),
}
BEGINNERS = frozenset({Role.HEAD, Role.ADMINISTRATOR})
ASSESSORS = frozenset({Role.MENTOR})
SEERS = frozenset({Role.MENTOR, Role.VERIFIER, Role.HEAD, Role.ADMINISTRATOR})
ON_ITS_WAY = frozenset({S.PROPOSED, S.VERIFICATION, S.DELIBERATION, S.POSTPONED})
"""People look at a proposal and decide on it: by the criteria it was made with, whatever came into force since."""
ASSESSED_IN = frozenset({S.RECIPIENT, S.MENTORED, S.READY, S.MONITORED})
"""While a proposal is on its way, its assessment stands."""
WATCHED = frozenset({S.GRADUATED, S.MONITORED, S.INDEPENDENT})
"""A shock may be told, and months below the line are warned of (those out of aid already)."""


def after(state: CaseState, action: Action, suspended: CaseState | None = None) -> CaseState:
    """Return the state after a step. Raises StateConflict where it cannot happen.

    An appeal that is dismissed lets the case go on where it was. One that is upheld goes back to the village, also
    after graduation: the family did not relapse, it was decided wrongly.
    """
    if state is not S.APPEALED:
        return move(MOVES, state, action)
    if suspended is None or action not in (Action.UPHOLD, Action.DISMISS):
        raise StateConflict
    return suspended if action is Action.DISMISS else S.VERIFICATION


def possible(state: CaseState) -> list[Action]:
    """Return the steps that people can take in a state."""
    if state is S.APPEALED:
        return [Action.UPHOLD, Action.DISMISS]
    return [action for action in Action if (state, action) in MOVES and action not in SYSTEM]


class Condition(StrEnum):
    """What may still be missing for a step."""

    BASELINE = "baseline"
    ASSESSED = "assessed"
    HOLDS = "holds"
    RECENT = "recent"
    UNCHANGED = "unchanged"
    PHOTO = "photo"
    STATEMENT = "statement"
    HOME_PHOTO = "home_photo"
    HOLDS_TODAY = "holds_today"
    CONFIRMED = "confirmed"
    NOT_PROPOSER = "not_proposer"
    NOT_VERIFIER = "not_verifier"
    NOT_DECIDER = "not_decider"
    PERIOD_OVER = "period_over"
    VISITED = "visited"
    HOLDS_STILL = "holds_still"
    NO_WARNING = "no_warning"
    WARNED = "warned"


@dataclass(frozen=True)
class Known:
    """What is known of a case when somebody wants to take a step."""

    actor_id: int
    today: dt.date
    proposed_by_id: int | None = None
    verified_by_id: int | None = None
    decided_by_id: int | None = None
    is_confirmed: bool | None = None
    assessed_on: dt.date | None = None
    """Day of the assessment that counts for the step: the last one, or the one that was proposed."""
    assessment_holds: bool = False
    is_changed: bool = False
    holds_today: bool = False
    """The criteria it was proposed by hold on the figures of today as well; asked before a decision only."""
    assessment_days: int = 31
    waiting_files: frozenset[FilePurpose] = frozenset()
    """Purposes of the files that wait for their step."""
    own_files: frozenset[FilePurpose] = frozenset()
    """Of those, what the actor himself brought."""
    period_end: dt.date | None = None
    """Day of the last visit that was planned when the family graduated."""
    visits_open: int = 0
    has_warning: bool = False


def _is_recent(known: Known) -> bool:
    return known.assessed_on is not None and (known.today - known.assessed_on).days <= known.assessment_days


def follow_ups(first: int, every: int, period: int) -> list[int]:
    """Return after how many months a family is visited: once early, then at intervals until the period is over."""
    return sorted({min(first, period), *range(every, period, every), period})


def _is_over(known: Known) -> bool:
    return known.period_end is not None and known.today >= known.period_end


def _holds_still(known: Known) -> bool:
    """Tell whether the criteria held when the period was over, or later."""
    if known.period_end is None or known.assessed_on is None:
        return False
    return known.assessment_holds and not known.is_changed and known.assessed_on >= known.period_end


HELD: Mapping[Condition, Callable[[Known], bool]] = {
    Condition.BASELINE: lambda known: known.assessed_on is not None,
    Condition.ASSESSED: lambda known: known.assessed_on is not None,
    Condition.HOLDS: lambda known: known.assessment_holds,
    Condition.RECENT: _is_recent,
    Condition.UNCHANGED: lambda known: not known.is_changed,
    Condition.PHOTO: lambda known: FilePurpose.PHOTO in known.waiting_files,
    Condition.STATEMENT: lambda known: FilePurpose.STATEMENT in known.waiting_files,
    Condition.HOME_PHOTO: lambda known: FilePurpose.HOME_VISIT in known.own_files,
    Condition.HOLDS_TODAY: lambda known: known.holds_today,
    Condition.CONFIRMED: lambda known: known.is_confirmed is True,
    Condition.NOT_PROPOSER: lambda known: known.actor_id != known.proposed_by_id,
    Condition.NOT_VERIFIER: lambda known: known.actor_id != known.verified_by_id,
    Condition.NOT_DECIDER: lambda known: known.actor_id != known.decided_by_id,
    Condition.PERIOD_OVER: _is_over,
    Condition.VISITED: lambda known: known.visits_open == 0,
    Condition.HOLDS_STILL: _holds_still,
    Condition.NO_WARNING: lambda known: not known.has_warning,
    Condition.WARNED: lambda known: known.has_warning,
}
C = Condition
GUARDS: Mapping[Action, tuple[Condition, ...]] = {
    Action.ASSIGN: (C.BASELINE,),
    Action.PROPOSE: (C.ASSESSED, C.HOLDS, C.RECENT, C.UNCHANGED, C.PHOTO, C.STATEMENT),
    Action.VERIFY: (C.NOT_PROPOSER, C.HOME_PHOTO),
    Action.APPROVE: (C.NOT_PROPOSER, C.NOT_VERIFIER, C.HOLDS, C.UNCHANGED, C.HOLDS_TODAY, C.CONFIRMED),
    Action.REJECT: (C.NOT_PROPOSER, C.NOT_VERIFIER),
    Action.POSTPONE: (C.NOT_PROPOSER, C.NOT_VERIFIER),
    Action.UPHOLD: (C.NOT_DECIDER,),
    Action.DISMISS: (C.NOT_DECIDER,),
    Action.FINISH: (C.PERIOD_OVER, C.VISITED, C.HOLDS_STILL, C.NO_WARNING),
    Action.RELAPSE: (C.WARNED,),
}
ABOUT_PERSON = frozenset({C.NOT_PROPOSER, C.NOT_VERIFIER, C.NOT_DECIDER})


def still_open(action: Action, known: Known) -> list[Condition]:
    """Return all that is missing for a step, not only the first."""
    return [condition for condition in GUARDS.get(action, ()) if not HELD[condition](known)]


def due_day(effective_on: dt.date, months: int) -> dt.date:
    """Return the day so many months after another; the 31st falls on the last day of a shorter month."""
    first = add_months(effective_on.replace(day=1), months)
    last = (add_months(first, 1) - dt.timedelta(days=1)).day
    return first.replace(day=min(effective_on.day, last))


def months_failed(statuses: Collection[MonthStatus], wanted: int) -> bool:
    """Tell whether the last months in a row did not reach the line; one without data tells nothing."""
    last = list(statuses)[-wanted:]
    return len(last) == wanted and all(status is MonthStatus.NOT_PASSED for status in last)
