"""So many visits, plans, reports and standings of a group as a town has of everything. Call inside `app`."""

import datetime as dt
import io
from typing import Any

from marketplace.accounts.models import User
from marketplace.groups.models import Group, Household
from marketplace.mentoring.models import FollowUp, Visit, VisitedHousehold, VisitKind, VisitPhoto
from marketplace.mentoring.plan_models import MentoringPlan, PlanTarget
from marketplace.mentoring.report_models import GroupReport, ReportEvent, ReportMonth, ReportState, ReportStep
from marketplace.mentoring.rules import PERIOD, last_over, months_of
from marketplace.mentoring.standing_models import GroupStanding, Reason, StandingState
from marketplace.shared import clock, images
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.shared.pictures import picture

A_DAY = dt.timedelta(days=1)


def add_mentoring(group: Group, families: list[Household], users: dict[Role, User], size: int) -> dict[str, Any]:
    """Write so many of everything down, and return what addresses need."""
    today, mentor = clock.today("Asia/Makassar"), users[Role.MENTOR]
    visits = [_visit(group, families, mentor, today - number * A_DAY, number) for number in range(size)]
    plans = [_plan(group, mentor, today, size) for _ in range(size)]
    reports = [_report(group, users, number) for number in range(max(size, 4))]
    _standings(group, size, mentor)
    return {
        "visit_id": visits[0].id,
        "position": 0,
        "follow_up_id": visits[0].follow_ups[0].id,
        "target_id": plans[0].targets[0].id,
        "report_id": reports[0].id,
        "standing.decide.step": "bubar",
    }


def _visit(group: Group, families: list[Household], mentor: User, day: dt.date, number: int) -> Visit:
    at_home = number % 2 == 1
    with unit_of_work():
        pictures = images.store_all([images.prepare(io.BytesIO(picture((96, 64))))] * 2, mentor.id, private=True)
    visit = Visit(
        key=f"{group.id}-{number}",
        kind=VisitKind.HOME if at_home else VisitKind.GROUP,
        group_id=None if at_home else group.id,
        mentor_id=mentor.id,
        visited_on=day,
        findings="Lancar",
        families=[VisitedHousehold(household_id=one.id) for one in (families[:1] if at_home else families)],
        photos=[VisitPhoto(image_id=image.id, position=place) for place, image in enumerate(pictures)],
        follow_ups=[FollowUp(what="Label", due_on=day - (number + 1) * A_DAY) for _ in range(2)],
    )
    return make.add(visit)  # type: ignore[no-any-return]


def _plan(group: Group, mentor: User, today: dt.date, size: int) -> MentoringPlan:
    month = clock.month_of(today)
    targets = [PlanTarget(what="Kemasan baru", due_on=today) for _ in range(size)]
    plan = MentoringPlan(group_id=group.id, goal="Maju", starts_on=month, ends_on=month, targets=targets)
    plan.made_by_id = mentor.id
    return make.add(plan)  # type: ignore[no-any-return]


def _report(group: Group, users: dict[Role, User], number: int) -> GroupReport:
    """Add a report so many periods back: the newest is not sent, then one checked, one sent, one that came back."""
    state = (ReportState.DRAFT, ReportState.CHECKED, ReportState.SENT, ReportState.BACK)[number % 4]
    today = clock.today("Asia/Makassar")
    starts_on = clock.add_months(last_over(today), -PERIOD * number)
    report = GroupReport(group_id=group.id, starts_on=starts_on, due_on=today - A_DAY, state=state)
    if state is not ReportState.DRAFT:
        sender = users[Role.GROUP_OFFICER].id
        report.materials = report.other_costs = report.other_income = 0
        report.first_sent_on, report.sent_at, report.sent_by_id = today, clock.now(), sender
        report.months = [ReportMonth(month=month, earned=0) for month in months_of(starts_on)]
        report.events = [
            ReportEvent(step=ReportStep.SEND, from_state=ReportState.DRAFT, to_state=ReportState.SENT, actor_id=sender)
        ]
    if state is ReportState.CHECKED:
        report.checked_by_id = users[Role.MENTOR].id
    return make.add(report)  # type: ignore[no-any-return]


def _standings(group: Group, size: int, mentor: User) -> None:
    now = clock.now()
    for number in range(size, -1, -1):
        row = GroupStanding(
            group_id=group.id,
            state=StandingState.NEEDS_MENTORING,
            reasons=[Reason.FALLING.value],
            is_falling=True,
            began_at=now - (number + 1) * A_DAY,
            ended_at=now - number * A_DAY if number else None,
            decided_by_id=mentor.id,
        )
        make.add(row)
