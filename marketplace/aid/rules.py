"""Who may take which step with proposals and drawings, and what stands in the way of it: pure."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ..shared.errors import InvalidInput
from ..shared.i18n import Text, _l
from ..shared.money import MAX_RUPIAH
from ..shared.moves import move
from ..shared.policy import Role
from .models import ProposalState
from .money_models import DrawingState

SEERS = frozenset({Role.ADMINISTRATOR, Role.CURATOR, Role.TREASURER, Role.VERIFIER, Role.HEAD, Role.MENTOR})
FUND_KEEPERS = frozenset({Role.ADMINISTRATOR, Role.HEAD})
WRITERS = frozenset({Role.ADMINISTRATOR, Role.CURATOR, Role.MENTOR})
"""Officers who write proposals for a group or a village; a group writes its own by its GROUP_OFFICER."""
OWN_WRITERS = frozenset({Role.GROUP_OFFICER})
CHECKERS = frozenset({Role.VERIFIER, Role.CURATOR})
DECIDERS = frozenset({Role.HEAD})
GOODS_GIVERS = frozenset({Role.ADMINISTRATOR, Role.CURATOR, Role.VERIFIER})
LOOKERS = frozenset({Role.MENTOR, Role.CURATOR, Role.VERIFIER})
"""Who says what became of goods."""
PLANNERS = frozenset({Role.ADMINISTRATOR, Role.CURATOR})
"""Who keeps a grant's bank account and the plan of its parts; the treasurer pays them."""
PAYERS = frozenset({Role.TREASURER})
RELEASERS = frozenset({Role.VERIFIER, Role.HEAD})

MOST_LINES = 30


class Action(StrEnum):
    SUBMIT = "submit"
    SEND_BACK = "send_back"
    CHECK = "check"
    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    REVOKE = "revoke"


P = ProposalState
PROPOSAL_MOVES: dict[tuple[ProposalState, Action], ProposalState] = {
    (P.DRAFT, Action.SUBMIT): P.SUBMITTED,
    (P.DRAFT, Action.WITHDRAW): P.WITHDRAWN,
    (P.SUBMITTED, Action.WITHDRAW): P.WITHDRAWN,
    (P.SUBMITTED, Action.SEND_BACK): P.DRAFT,
    (P.SUBMITTED, Action.CHECK): P.CHECKED,
    (P.CHECKED, Action.SEND_BACK): P.DRAFT,
    (P.CHECKED, Action.APPROVE): P.APPROVED,
    (P.CHECKED, Action.REFUSE): P.REFUSED,
    (P.APPROVED, Action.REVOKE): P.CHECKED,
}
PROPOSAL_ROLES: dict[Action, frozenset[Role]] = {
    Action.SUBMIT: WRITERS | OWN_WRITERS,
    Action.WITHDRAW: WRITERS | OWN_WRITERS,
    Action.SEND_BACK: CHECKERS | DECIDERS,
    Action.CHECK: CHECKERS,
    Action.APPROVE: DECIDERS,
    Action.REFUSE: DECIDERS,
    Action.REVOKE: DECIDERS,
}
WRITING = frozenset({"write", "add_file", Action.SUBMIT.value})
"""Steps that make somebody an author of a proposal: he neither checks it nor decides about it."""


class Step(StrEnum):
    """What may happen to a drawing."""

    RELEASE = "release"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    PROVE = "prove"
    SEND_BACK = "send_back"
    SETTLE = "settle"


D = DrawingState
DRAWING_MOVES: dict[tuple[DrawingState, Step], DrawingState] = {
    (D.ASKED, Step.RELEASE): D.RELEASED,
    (D.ASKED, Step.REFUSE): D.REFUSED,
    (D.ASKED, Step.WITHDRAW): D.WITHDRAWN,
    (D.RELEASED, Step.PROVE): D.PROVED,
    (D.PROVED, Step.SEND_BACK): D.RELEASED,
    (D.PROVED, Step.SETTLE): D.SETTLED,
}
DRAWING_ROLES: dict[Step, frozenset[Role]] = {
    Step.RELEASE: RELEASERS,
    Step.REFUSE: RELEASERS,
    Step.WITHDRAW: WRITERS | OWN_WRITERS,
    Step.PROVE: WRITERS | OWN_WRITERS,
    Step.SEND_BACK: RELEASERS,
    Step.SETTLE: RELEASERS,
}
TO_PROVE = frozenset({D.RELEASED, D.PROVED})
"""Drawings whose use is not proved and seen yet."""


def proposal_after(state: ProposalState, action: Action) -> ProposalState:
    """Return the state of a proposal after an action. Raises StateConflict where there is none."""
    return move(PROPOSAL_MOVES, state, action)


def drawing_after(state: DrawingState, step: Step) -> DrawingState:
    """Return the state of a drawing after a step. Raises StateConflict where there is none."""
    return move(DRAWING_MOVES, state, step)


@dataclass(frozen=True)
class Line:
    """One line of a budget: what, how many of which unit, and rupiah for one."""

    what: str
    quantity: int
    unit_price: int
    unit: str = ""

    @property
    def amount(self) -> int:
        """Return what the line costs, rupiah."""
        return self.quantity * self.unit_price


@dataclass(frozen=True)
class Cost:
    """One line of the plan of a drawing, or one receipt: what, and rupiah."""

    what: str
    amount: int


def sum_of(lines: Iterable[Line | Cost]) -> int:
    """Return the sum of lines, rupiah. Raises InvalidInput where no account takes so much."""
    total = sum(line.amount for line in lines)
    if total > MAX_RUPIAH:
        raise InvalidInput(_l("The sum is too large."))
    return total


def missing_of_proposal(*, has_story: bool, lines: int, files: int) -> list[Text]:
    """Return what a proposal still lacks before it can be sent, each in a sentence."""
    wanted = (
        (has_story, _l("The story is missing: say why it is needed and what will come of it.")),
        (lines > 0, _l("The budget is missing: write at least one line.")),
        (files > 0, _l("A photo is missing: of the signed letter, or of the place.")),
    )
    return [text for holds, text in wanted if not holds]


@dataclass(frozen=True)
class Decision:
    """By which decree a proposal is approved, and which fund pays for it."""

    fund_id: int | None
    decree_number: str
    decree_on: dt.date | None


def missing_of_decision(
    decision: Decision, *, guided: bool, left: bool | None, sent_on: dt.date, today: dt.date
) -> list[Text]:
    """Return what stands in the way of an approval; `left` is whether the fund has enough, None without a fund."""
    day = decision.decree_on
    wanted = (
        (guided, _l("The group had no guidance yet: write down the guidance by an agency first.")),
        (left is not None, _l("No fund is chosen.")),
        (left is not False, _l("The fund has not enough left.")),
        (bool(decision.decree_number), _l("The number of the decree is missing.")),
        (day is not None, _l("The date of the decree is missing.")),
        (day is None or day <= today, _l("The date of the decree is still to come.")),
        (day is None or day >= sent_on, _l("The decree cannot be older than the proposal.")),
    )
    return [text for holds, text in wanted if not holds]


@dataclass(frozen=True)
class Use:
    """What of a grant decides whether a drawing may be released."""

    balance: int
    amount: int
    plan: int
    unproved: int
    """Earlier drawings whose use is not proved and seen."""
    is_own: bool
    """Whoever releases is the one who asked."""


def missing_of_release(use: Use) -> list[Text]:
    """Return what stands in the way of releasing a drawing, each in a sentence."""
    wanted = (
        (use.plan == use.amount and use.amount > 0, _l("The plan does not add up to the sum that is asked for.")),
        (use.unproved == 0, _l("The use of the last drawing is not proved yet.")),
        (use.amount <= use.balance, _l("There is not enough in the account of the grant.")),
        (not use.is_own, _l("Another person has to release it than the one who asked.")),
    )
    return [text for holds, text in wanted if not holds]


def missing_of_proof(amount: int, receipts: Sequence[Cost], rest: int) -> list[Text]:
    """Return what is wrong with the receipts of a drawing."""
    spent = sum_of(receipts)
    wanted = (
        (bool(receipts) or rest == amount, _l("Send at least one receipt.")),
        (spent + rest == amount, _l("Receipts and rest do not add up to what was drawn.")),
    )
    return [text for holds, text in wanted if not holds]


def refuse_while(missing: Collection[Text]) -> None:
    """Raise InvalidInput that names all that is open; nothing where nothing is."""
    if missing:
        raise InvalidInput(" ".join(str(text) for text in missing))
