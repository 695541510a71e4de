"""What a family has to show before it can graduate: each criterion against what was written down. Pure.

A criterion holds, does not hold, or cannot be told for want of data; only the first is ever enough.
"""

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from .models import MonthStatus

Measure: TypeAlias = dict[str, int]
"""The figures that a result was told from, by their names."""


class CriterionKey(StrEnum):
    INCOME = "income"
    INCOME_EARLY = "income_early"
    """The early path: an alternative to `income`."""
    WAGE = "wage"
    """The wage path: income of the whole family against the regency's minimum wage."""
    BUYER_SPREAD = "buyer_spread"
    MENTORING = "mentoring"
    FOOD = "food"
    SOURCES = "sources"
    ASSETS = "assets"
    SAVINGS = "savings"
    SCHOOL = "school"


class CriterionKind(StrEnum):
    COMPUTED = "computed"
    OBSERVED = "observed"
    """Answered by the mentor with a number, and files that show it."""


class Outcome(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    MISSING = "missing"
    """Cannot be told: a month without data, a question without an answer. Never enough."""


OBSERVED = frozenset(
    {CriterionKey.FOOD, CriterionKey.SOURCES, CriterionKey.ASSETS, CriterionKey.SAVINGS, CriterionKey.SCHOOL}
)
ALTERNATIVES: Mapping[CriterionKey, CriterionKey] = {
    CriterionKey.INCOME_EARLY: CriterionKey.INCOME,
    CriterionKey.WAGE: CriterionKey.INCOME,
}


@dataclass(frozen=True)
class Parameter:
    """A number of a criterion: what it starts with, and between which bounds it makes sense."""

    start: int
    low: int
    high: int


PERCENT, MONTHS, DAYS, PER_MONTH, NUMBER, RUPIAH = "percent", "months", "days", "per_month", "number", "rupiah"
SCHEMA: Mapping[CriterionKey, Mapping[str, Parameter]] = {
    CriterionKey.INCOME: {PERCENT: Parameter(100, 50, 500), MONTHS: Parameter(6, 1, 24)},
    CriterionKey.INCOME_EARLY: {PERCENT: Parameter(150, 50, 500), MONTHS: Parameter(6, 1, 24)},
    CriterionKey.WAGE: {PERCENT: Parameter(100, 50, 500), MONTHS: Parameter(3, 1, 24)},
    CriterionKey.BUYER_SPREAD: {PERCENT: Parameter(60, 1, 100), MONTHS: Parameter(6, 1, 24)},
    CriterionKey.MENTORING: {PER_MONTH: Parameter(1, 1, 8), MONTHS: Parameter(6, 1, 24), DAYS: Parameter(45, 1, 365)},
    CriterionKey.FOOD: {NUMBER: Parameter(0, 0, 12)},
    CriterionKey.SOURCES: {NUMBER: Parameter(2, 1, 20)},
    CriterionKey.ASSETS: {NUMBER: Parameter(1, 1, 50)},
    CriterionKey.SAVINGS: {RUPIAH: Parameter(500_000, 1, 1_000_000_000)},
    CriterionKey.SCHOOL: {NUMBER: Parameter(0, 0, 20)},
}
"""What each criterion reckons with. FOOD: hungry months of twelve, SCHOOL: children who do not go, both at most."""
AT_MOST = frozenset({CriterionKey.FOOD, CriterionKey.SCHOOL})


@dataclass(frozen=True)
class Rule:
    """A criterion of a set as it is reckoned with."""

    key: CriterionKey
    is_required: bool
    parameters: Mapping[str, int]

    @property
    def kind(self) -> CriterionKind:
        """Tell whether it is reckoned or asked."""
        return CriterionKind.OBSERVED if self.key in OBSERVED else CriterionKind.COMPUTED


@dataclass(frozen=True)
class Month:
    """A month of a family as it was reckoned; amounts in rupiah, `wage` the minimum wage that held in it."""

    month: dt.date
    status: MonthStatus
    net_sales: int
    other_income: int
    people: int
    income_per_person: int
    line_amount: int | None
    wage: int | None = None


@dataclass(frozen=True)
class Inputs:
    """All that an assessment looks at: oldest month first, one for each of the window, final ones only."""

    day: dt.date
    months: Sequence[Month]
    buyers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Month (ISO) → buyer → rupiah the family earned by him, less what came back."""
    visits: Sequence[dt.date] = ()
    """Days on which a mentor spoke with this family."""
    answers: Mapping[CriterionKey, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """What a criterion came to, and the figures it was told from."""

    key: CriterionKey
    outcome: Outcome
    measure: Measure = field(default_factory=dict)


def _last(inputs: Inputs, count: int) -> Sequence[Month]:
    return inputs.months[-count:]


def _all_months(passes: Sequence[bool | None], wanted: int) -> tuple[Outcome, Measure]:
    """Tell of months that passed (True), failed (False) or have no data (None): one that failed decides."""
    measure = {"passed": sum(each is True for each in passes), "months": wanted}
    if False in passes:
        return Outcome.NOT_MET, measure
    whole = len(passes) == wanted and None not in passes
    return (Outcome.MET if whole else Outcome.MISSING), measure


def _income(rule: Rule, inputs: Inputs) -> tuple[Outcome, Measure]:
    percent, count = rule.parameters[PERCENT], rule.parameters[MONTHS]
    return _all_months([_reaches_line(month, percent) for month in _last(inputs, count)], count)


def _reaches_line(month: Month, percent: int) -> bool | None:
    if month.status is MonthStatus.NO_DATA or month.line_amount is None:
        return None
    return 100 * month.income_per_person >= percent * month.line_amount


def _wage(rule: Rule, inputs: Inputs) -> tuple[Outcome, Measure]:
    percent, count = rule.parameters[PERCENT], rule.parameters[MONTHS]
    return _all_months([_reaches_wage(month, percent) for month in _last(inputs, count)], count)


def _reaches_wage(month: Month, percent: int) -> bool | None:
    if month.status is MonthStatus.NO_DATA or month.wage is None:
        return None
    return 100 * (month.net_sales + month.other_income) >= percent * month.wage


def _buyer_spread(rule: Rule, inputs: Inputs) -> tuple[Outcome, Measure]:
    sums: Counter[str] = Counter()
    for month in _last(inputs, rule.parameters[MONTHS]):
        sums.update(inputs.buyers.get(month.month.isoformat(), {}))
    total, largest = sum(sums.values()), max(sums.values(), default=0)
    if total <= 0:
        return Outcome.MISSING, {"percent": 0, "most": rule.parameters[PERCENT]}
    # Rounded up: never better than it is.
    measure = {"percent": -(-100 * largest // total), "most": rule.parameters[PERCENT]}
    return (Outcome.MET if 100 * largest <= rule.parameters[PERCENT] * total else Outcome.NOT_MET), measure


def _mentoring(rule: Rule, inputs: Inputs) -> tuple[Outcome, Measure]:
    """A family that nobody visited was not mentored: what is missing here is the visit, never the data."""
    counts = Counter(day.replace(day=1) for day in inputs.visits)
    window = [month.month for month in _last(inputs, rule.parameters[MONTHS])]
    kept = sum(counts[month] >= rule.parameters[PER_MONTH] for month in window)
    since = (inputs.day - max(inputs.visits)).days if inputs.visits else -1
    measure = {"passed": kept, "months": rule.parameters[MONTHS], "days": since}
    recent = 0 <= since <= rule.parameters[DAYS]
    return (Outcome.MET if recent and kept == rule.parameters[MONTHS] else Outcome.NOT_MET), measure


def _observed(rule: Rule, inputs: Inputs) -> tuple[Outcome, Measure]:
    (bound,) = rule.parameters.values()
    answer = inputs.answers.get(rule.key)
    if answer is None:
        return Outcome.MISSING, {"bound": bound}
    holds = answer <= bound if rule.key in AT_MOST else answer >= bound
    return (Outcome.MET if holds else Outcome.NOT_MET), {"answer": answer, "bound": bound}


TELLERS: Mapping[CriterionKey, Callable[[Rule, Inputs], tuple[Outcome, Measure]]] = {
    CriterionKey.INCOME: _income,
    CriterionKey.INCOME_EARLY: _income,
    CriterionKey.WAGE: _wage,
    CriterionKey.BUYER_SPREAD: _buyer_spread,
    CriterionKey.MENTORING: _mentoring,
    **dict.fromkeys(OBSERVED, _observed),
}


def evaluate(rules: Iterable[Rule], inputs: Inputs) -> list[Result]:
    """Hold inputs against each criterion of a set."""
    return [Result(rule.key, *TELLERS[rule.key](rule, inputs)) for rule in rules]


def blocking(rules: Iterable[Rule], results: Iterable[Result]) -> list[CriterionKey]:
    """Return the required criteria that hold by none of their paths; what was not answered blocks like what failed."""
    met = {result.key for result in results if result.outcome is Outcome.MET}
    by_other_path = {ALTERNATIVES[key] for key in met if key in ALTERNATIVES}
    return [rule.key for rule in rules if rule.is_required and rule.key not in met | by_other_path]


def computed_blocking(rules: Sequence[Rule], results: Iterable[Result]) -> list[CriterionKey]:
    """Return those of the blocking criteria that the system reckons by itself."""
    return [key for key in blocking(rules, results) if key not in OBSERVED]


def longest(rules: Iterable[Rule]) -> int:
    """Return how many months the widest window of a set has."""
    return max((rule.parameters.get(MONTHS, 1) for rule in rules), default=1)


def as_json(inputs: Inputs) -> dict[str, Any]:
    """Write inputs down as plain values, to be frozen."""
    return {
        "day": inputs.day.isoformat(),
        "months": [vars(month) | {"month": month.month.isoformat()} for month in inputs.months],
        "buyers": {month: dict(sorted(sums.items())) for month, sums in sorted(inputs.buyers.items())},
        "visits": [day.isoformat() for day in inputs.visits],
        "answers": {key.value: number for key, number in sorted(inputs.answers.items())},
    }


def from_json(frozen: Mapping[str, Any]) -> Inputs:
    """Read inputs that `as_json` wrote."""
    return Inputs(
        day=dt.date.fromisoformat(frozen["day"]),
        months=[_month(each) for each in frozen["months"]],
        buyers=frozen["buyers"],
        visits=[dt.date.fromisoformat(day) for day in frozen["visits"]],
        answers={CriterionKey(key): number for key, number in frozen["answers"].items()},
    )


def _month(frozen: Mapping[str, Any]) -> Month:
    fixed = {"month": dt.date.fromisoformat(frozen["month"]), "status": MonthStatus(frozen["status"])}
    return Month(**{**frozen, **fixed})


def fingerprint(frozen: Mapping[str, Any]) -> str:
    """Return the SHA-256 of plain values, whatever the order of their keys."""
    written = json.dumps(frozen, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(written.encode()).hexdigest()


def money_of(frozen: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of frozen inputs that later refunds and corrections could change."""
    months = [{key: value for key, value in month.items() if key != "wage"} for month in frozen["months"]]
    buyers = {month: sums for month, sums in frozen["buyers"].items() if any(sums.values())}
    return {"months": months, "buyers": buyers}
