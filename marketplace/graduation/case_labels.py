"""The words on screen for criteria, cases, their steps and what is still missing for one."""

from collections.abc import Iterable, Mapping

from ..shared.formats import number
from ..shared.i18n import Text, _, _l
from ..shared.money import format_rupiah
from ..shared.policy import Role
from .case_models import CaseState, ExitReason, FilePurpose, WarningKind
from .case_rules import Action, Condition
from .criteria_rules import ALTERNATIVES, CriterionKey, Measure, Outcome

STATES: dict[CaseState, tuple[Text, str, str]] = {
    CaseState.RECIPIENT: (_l("Receives aid"), "neutral", "house-heart"),
    CaseState.MENTORED: (_l("Is mentored"), "info", "users"),
    CaseState.READY: (_l("Ready to graduate"), "accent", "badge-check"),
    CaseState.PROPOSED: (_l("Proposed"), "info", "send"),
    CaseState.VERIFICATION: (_l("Verified at home"), "info", "clipboard-check"),
    CaseState.DELIBERATION: (_l("Village meeting was held"), "info", "users"),
    CaseState.APPROVED: (_l("Approved"), "good", "check"),
    CaseState.REJECTED: (_l("Refused"), "bad", "x"),
    CaseState.POSTPONED: (_l("Postponed"), "warn", "clock"),
    CaseState.GRADUATED: (_l("Graduated"), "good", "trending-up"),
    CaseState.MONITORED: (_l("Followed up"), "good", "map-pin"),
    CaseState.INDEPENDENT: (_l("Stands on its own"), "good", "circle-check"),
    CaseState.RELAPSED: (_l("Relapsed"), "bad", "triangle-alert"),
    CaseState.PROPOSED_BACK: (_l("Proposed for aid again"), "warn", "undo-2"),
    CaseState.WITHDRAWN: (_l("Withdrawn by the family"), "neutral", "x"),
    CaseState.APPEALED: (_l("Appeal: suspended"), "warn", "scale"),
    CaseState.ADMINISTRATIVE: (_l("Left for an administrative reason"), "neutral", "circle-x"),
}
"""Words, tone and icon."""
ACTIONS: dict[str, Text] = {
    "begin": _l("Case begun"),
    "assess": _l("Held against the criteria"),
    "warn": _l("Warning"),
    "calm": _l("Warning looked at: no relapse"),
    "visit": _l("Visit after graduation"),
    Action.ASSIGN: _l("Assign the mentor"),
    Action.FLAG: _l("All that is reckoned holds"),
    Action.UNFLAG: _l("What is reckoned holds no more"),
    Action.PROPOSE: _l("Propose for graduation"),
    Action.VERIFY: _l("Write down the visit at home"),
    Action.DELIBERATE: _l("Write down the village meeting"),
    Action.APPROVE: _l("Approve"),
    Action.REJECT: _l("Refuse"),
    Action.POSTPONE: _l("Postpone"),
    Action.REOPEN: _l("Go on mentoring"),
    Action.GRADUATE: _l("Write down the graduation"),
    Action.MONITOR: _l("Following up begins"),
    Action.FINISH: _l("The family stands on its own"),
    Action.RELAPSE: _l("Confirm the relapse"),
    Action.PROPOSE_BACK: _l("Propose for aid again"),
    Action.WITHDRAW: _l("The family withdraws"),
    Action.APPEAL: _l("Write down an appeal"),
    Action.UPHOLD: _l("The appeal is right"),
    Action.DISMISS: _l("The appeal is not right"),
    Action.EXIT: _l("Leaves for another reason"),
}
HINTS: dict[Action, Text] = {
    Action.PROPOSE: _l("Goes to another officer, who visits the family at home."),
    Action.APPROVE: _l("The regent ratifies: write down the number and day of his decree."),
    Action.GRADUATE: _l("Aid ends in the ministry's own system, not here. Write down its reference."),
    Action.WITHDRAW: _l("The family does not want to go on. Its aid stays as it is."),
    Action.APPEAL: _l("Nothing moves until the appeal is answered by somebody who did not decide."),
    Action.UPHOLD: _l("It goes back to the village meeting."),
    Action.EXIT: _l("Moved away, died, counted twice. This is never counted as a success."),
    Action.PROPOSE_BACK: _l("Back through the village: write down its meeting."),
}
CONDITIONS: dict[Condition, Text] = {
    Condition.BASELINE: _l("The mentor has not held the family against the criteria yet, as it is at the beginning."),
    Condition.ASSESSED: _l("The family was not held against the criteria yet."),
    Condition.HOLDS: _l("Not all required criteria hold."),
    Condition.RECENT: _l("The assessment is too old: make a new one."),
    Condition.UNCHANGED: _l("Sales changed since the assessment: a refund or a correction came."),
    Condition.PHOTO: _l("There is no photo yet."),
    Condition.STATEMENT: _l("The statement that the family signed is missing."),
    Condition.HOME_PHOTO: _l("A photo or paper of your own visit at the family's home is missing."),
    Condition.HOLDS_TODAY: _l("The criteria it was proposed by do not all hold today: see the table below."),
    Condition.CONFIRMED: _l("What was found at home is not as it was proposed."),
    Condition.NOT_PROPOSER: _l("You proposed this family: somebody else has to do this."),
    Condition.NOT_VERIFIER: _l("You verified this family: somebody else has to do this."),
    Condition.NOT_DECIDER: _l("You decided about this family: somebody else has to answer."),
    Condition.PERIOD_OVER: _l("The twelve months of following up are not over."),
    Condition.VISITED: _l("Not all visits after graduation were made."),
    Condition.HOLDS_STILL: _l("No assessment after the twelve months in which all required criteria hold."),
    Condition.NO_WARNING: _l("A warning waits for its answer."),
    Condition.WARNED: _l("Nothing was warned of: write down what happened first."),
}
WAITS_FOR: dict[CaseState, frozenset[Role]] = {
    CaseState.RECIPIENT: frozenset({Role.HEAD, Role.ADMINISTRATOR, Role.MENTOR}),
    CaseState.READY: frozenset({Role.MENTOR}),
    CaseState.PROPOSED: frozenset({Role.VERIFIER}),
    CaseState.VERIFICATION: frozenset({Role.VERIFIER, Role.ADMINISTRATOR}),
    CaseState.DELIBERATION: frozenset({Role.HEAD}),
    CaseState.POSTPONED: frozenset({Role.HEAD}),
    CaseState.APPROVED: frozenset({Role.ADMINISTRATOR}),
    CaseState.RELAPSED: frozenset({Role.VERIFIER, Role.ADMINISTRATOR}),
    CaseState.APPEALED: frozenset({Role.HEAD, Role.ADMINISTRATOR}),
}
"""Who has the next step."""
PURPOSES: dict[FilePurpose, Text] = {
    FilePurpose.PHOTO: _l("Photo of house, goods or savings"),
    FilePurpose.STATEMENT: _l("Statement signed by the family"),
    FilePurpose.HOME_VISIT: _l("Of the visit at home, by who verifies"),
    FilePurpose.MINUTES: _l("Signed minutes of the village"),
    FilePurpose.DECREE: _l("Decree"),
    FilePurpose.OTHER: _l("Something else"),
}
WARNINGS: dict[WarningKind, Text] = {
    WarningKind.MONTHS: _l("Months in a row below the line"),
    WarningKind.SHOCK: _l("Something struck the family"),
}
EXITS: dict[ExitReason, Text] = {
    ExitReason.MOVED: _l("Moved away"),
    ExitReason.DIED: _l("Died"),
    ExitReason.DOUBLE: _l("Counted twice"),
    ExitReason.OTHER: _l("Another reason"),
}
CRITERIA: dict[CriterionKey, Text] = {
    CriterionKey.INCOME: _l("Income per person"),
    CriterionKey.INCOME_EARLY: _l("Income per person, early path"),
    CriterionKey.WAGE: _l("Income of the family against the minimum wage"),
    CriterionKey.BUYER_SPREAD: _l("Several buyers"),
    CriterionKey.MENTORING: _l("Visits of the mentor"),
    CriterionKey.FOOD: _l("Food"),
    CriterionKey.SOURCES: _l("Sources of income"),
    CriterionKey.ASSETS: _l("Means of production"),
    CriterionKey.SAVINGS: _l("Savings"),
    CriterionKey.SCHOOL: _l("School"),
}
QUESTIONS: dict[CriterionKey, Text] = {
    CriterionKey.FOOD: _l("In how many of the last 12 months did somebody go hungry?"),
    CriterionKey.SOURCES: _l("How many different sources of income does the family have?"),
    CriterionKey.ASSETS: _l("How many means of production did you see (tools, animals, land)?"),
    CriterionKey.SAVINGS: _l("How much has the family saved?"),
    CriterionKey.SCHOOL: _l("How many children of school age do not go to school?"),
}
PARAMETERS: dict[str, Text] = {
    "percent": _l("Percent"),
    "months": _l("Months"),
    "days": _l("Last visit at most so many days ago"),
    "per_month": _l("Visits a month"),
    "number": _l("How many"),
    "rupiah": _l("Rupiah"),
}
OUTCOMES: dict[Outcome, tuple[Text, str, str]] = {
    Outcome.MET: (_l("Holds"), "good", "check"),
    Outcome.NOT_MET: (_l("Does not hold"), "bad", "x"),
    Outcome.MISSING: (_l("Cannot be told"), "warn", "minus"),
}


def names_of(keys: Iterable[str]) -> str:
    """Return the names of some criteria in one line."""
    return ", ".join(str(CRITERIA[CriterionKey(key)]) for key in keys)


def part_of(key: CriterionKey, is_required: bool) -> str:
    """Say whether a criterion blocks, stands in for another, or is weighed."""
    if is_required:
        return _("Required")
    return _("Another path to the income") if key in ALTERNATIVES else _("Is weighed")


def wanted(key: CriterionKey, numbers: Mapping[str, int]) -> str:
    """Say what a criterion asks for, with its numbers."""
    said: dict[CriterionKey, str] = {
        CriterionKey.INCOME: _("at least %(percent)s%% of the line in each of %(months)s months"),
        CriterionKey.INCOME_EARLY: _("at least %(percent)s%% of the line in each of %(months)s months"),
        CriterionKey.WAGE: _("at least %(percent)s%% of the minimum wage in each of %(months)s months"),
        CriterionKey.BUYER_SPREAD: _("largest buyer at most %(percent)s%% of the sales of %(months)s months"),
        CriterionKey.MENTORING: _(
            "%(per_month)s a month in each of %(months)s months, the last at most %(days)s days ago"
        ),
        CriterionKey.FOOD: _("at most %(number)s hungry months of 12"),
        CriterionKey.SOURCES: _("at least %(number)s"),
        CriterionKey.ASSETS: _("at least %(number)s seen"),
        CriterionKey.SAVINGS: _("at least %(rupiah)s"),
        CriterionKey.SCHOOL: _("at most %(number)s children out of school"),
    }
    return said[key] % {name: written(name, value) for name, value in numbers.items()}


def written(name: str, value: int) -> str:
    """Write one number of a criterion."""
    return format_rupiah(value) if name == "rupiah" else number(value)


def found(key: CriterionKey, measure: Measure) -> str:
    """Say what a criterion came to; nothing where nobody answered."""
    if key is CriterionKey.MENTORING:
        if measure["days"] < 0:
            return _("no visit yet")
        return _(
            "%(passed)s of %(months)s months with enough visits, the last %(days)s days ago",
            **measure,
        )
    if "passed" in measure:
        return _("%(passed)s of %(months)s months", **measure)
    if key is CriterionKey.BUYER_SPREAD:
        return _("largest buyer %(percent)s%%", percent=measure["percent"]) if measure["percent"] else _("no sales")
    if "answer" not in measure:
        return _("not answered")
    return written("rupiah" if key is CriterionKey.SAVINGS else "number", measure["answer"])
