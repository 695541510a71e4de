"""Periods, due dates and the standing of a group, against a second, plainer telling of the same rules."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.mentoring import rules, standing_rules
from marketplace.mentoring.standing_models import Reason, StandingState
from marketplace.mentoring.standing_rules import Facts, Limits, ReportFact, StandingStep
from marketplace.shared.errors import DomainError

LIMITS = Limits(running_days=60, inactive_days=180, inactive_reports=2)
TODAY = dt.date(2026, 11, 20)
DAYS = st.integers(0, 400).map(lambda back: TODAY - dt.timedelta(days=back))


@pytest.mark.parametrize(
    ("day", "starts_on", "last", "due"),
    [
        (dt.date(2026, 1, 1), dt.date(2026, 1, 1), dt.date(2026, 4, 30), dt.date(2026, 5, 14)),
        (dt.date(2026, 8, 31), dt.date(2026, 5, 1), dt.date(2026, 8, 31), dt.date(2026, 9, 14)),
        (dt.date(2026, 12, 31), dt.date(2026, 9, 1), dt.date(2026, 12, 31), dt.date(2027, 1, 14)),
    ],
)
def test_periods_are_four_months(day: dt.date, starts_on: dt.date, last: dt.date, due: dt.date) -> None:
    assert rules.period_of(day) == starts_on
    assert rules.last_day(starts_on) == last
    assert rules.due_on(starts_on, 14) == due
    assert rules.last_over(last + dt.timedelta(days=1)) == starts_on
    assert rules.last_over(last) != starts_on


@given(DAYS)
def test_periods_follow_each_other_without_a_gap(day: dt.date) -> None:
    first, second, third = rules.periods_over(day, 3)
    assert rules.last_day(first) + dt.timedelta(days=1) == second
    assert rules.last_day(second) + dt.timedelta(days=1) == third
    assert rules.last_day(third) < day <= rules.last_day(rules.period_of(day))


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    starts = [dt.date(2026, 5, 1), dt.date(2026, 1, 1), dt.date(2025, 9, 1), dt.date(2025, 5, 1)]
    reports = []
    for start in starts[: draw(st.integers(0, 4))]:
        due = rules.due_on(start, draw(st.integers(1, 90)))
        sent = draw(st.none() | st.integers(-5, 60).map(lambda late, due=due: due + dt.timedelta(days=late)))  # type: ignore[misc]
        reports.append(ReportFact(due, sent if sent is None or sent <= TODAY else None))
    return Facts(
        today=TODAY,
        registered_on=draw(DAYS),
        last_sale_on=draw(st.none() | DAYS),
        earned=tuple(draw(st.lists(st.integers(-5, 5), min_size=3, max_size=3))),
        reports=reports,
        said=draw(st.none() | st.sampled_from([StandingState.INACTIVE, StandingState.DISSOLVED])),
        said_on=draw(DAYS),
    )


def plainly(f: Facts) -> tuple[str, set[str]]:
    """Tell a standing once more, as somebody would who never saw the code."""
    if f.said == "dissolved":
        return "dissolved", {"dissolved"}
    if f.said == "inactive":
        woke = f.last_sale_on and f.said_on and f.last_sale_on > f.said_on
        if not woke:
            return "inactive", {"confirmed"}
    why = set()
    sold_lately = any(f.last_sale_on == TODAY - dt.timedelta(days=back) for back in range(61))
    if not sold_lately:
        why.add("no_sales")
    told = [r for r in f.reports if r.sent_on or r.due_on < TODAY]
    if told and not (told[0].sent_on and told[0].sent_on <= told[0].due_on):
        why.add("report_late")
    a, b, c = f.earned
    if a > b > c:
        why.add("falling")
    quiet_since = f.last_sale_on or f.registered_on
    if quiet_since < TODAY - dt.timedelta(days=180) and len(told) >= 2 and not told[0].sent_on and not told[1].sent_on:
        why.add("long_silent")
    return ("needs_mentoring", why) if why else ("running", {"sells"})


@given(facts())
def test_a_standing_is_what_the_rules_say(found: Facts) -> None:
    told = standing_rules.derive(found, LIMITS)
    assert (told.state.value, set(told.reasons)) == plainly(found)
    assert len(set(told.reasons)) == len(told.reasons)


@pytest.mark.parametrize("step", StandingStep)
@pytest.mark.parametrize("state", StandingState)
@pytest.mark.parametrize("is_silent", [True, False])
def test_what_an_officer_may_say(step: StandingStep, state: StandingState, is_silent: bool) -> None:
    reasons = [Reason.LONG_SILENT] if is_silent else [Reason.NO_SALES]
    fits = {
        "confirm": state == "needs_mentoring" and is_silent,
        "dissolve": state != "dissolved",
        "revive": state in ("inactive", "dissolved"),
    }[step]
    if fits:
        standing_rules.check_step(step, state, reasons, "Sebab")
    else:
        with pytest.raises(DomainError):
            standing_rules.check_step(step, state, reasons, "Sebab")


@pytest.mark.parametrize("step", [StandingStep.DISSOLVE, StandingStep.REVIVE])
def test_a_reason_is_asked_for(step: StandingStep) -> None:
    with pytest.raises(DomainError):
        standing_rules.check_step(step, StandingState.INACTIVE, [], "")


@pytest.mark.parametrize(
    ("told", "before", "sold", "named"),
    [
        ((34_000_000, 68_000, 40_000), (340_000, 68_000, 40_000), 17_000_000, ["materials"]),
        ((3_400_000, 680_000, 400_000), (340_000, 68_000, 40_000), 0, ["materials", "other_costs", "other_income"]),
        ((3_399_999, 679_999, 0), (340_000, 68_000, 40_000), 0, []),
        ((500_000, 0, 0), (0, 0, 0), 0, []),
        ((200_001, 200_000, 0), None, 100_000, ["materials"]),
        ((300_000, 0, 50_000), None, 100_000, []),
        ((900_000, 0, 0), None, 0, []),
        ((None, None, None), (1, 1, 1), 0, []),
    ],
)
def test_a_zero_too_many_is_asked_about(
    told: tuple[int | None, ...], before: tuple[int, ...] | None, sold: int, named: list[str]
) -> None:
    last = rules.Told(*before, "") if before else None
    assert rules.doubtful(rules.Told(*told, ""), last, sold) == named
