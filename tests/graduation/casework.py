"""Lead a family's case to any state, through the services, by people of their own. Call inside `app`."""

import datetime as dt
import io
import itertools
from collections.abc import Callable
from typing import Any

from marketplace.accounts.models import User
from marketplace.extensions import db
from marketplace.graduation import assessments, case_files, case_job, cases, criteria, following
from marketplace.graduation.case_models import Case, CaseState, ExitReason, FilePurpose
from marketplace.graduation.case_rules import Action, due_day
from marketplace.graduation.cases import Details, Meeting
from marketplace.graduation.criteria import NewCriterion, NewSet
from marketplace.graduation.criteria_rules import CriterionKey
from marketplace.graduation.facts import last_closed_month
from marketplace.graduation.models import MonthStatus, Snapshot
from marketplace.groups.models import Group, Household
from marketplace.mentoring.models import Visit, VisitedHousehold, VisitKind
from marketplace.shared import clock
from marketplace.shared.policy import Role
from marketplace.shared.transaction import rollback, unit_of_work
from tests import make
from tests.graduation.earning import earn

ZONE = "Asia/Makassar"
LINE = 600_000
ANSWERS = {
    CriterionKey.FOOD: 0,
    CriterionKey.SOURCES: 2,
    CriterionKey.ASSETS: 1,
    CriterionKey.SAVINGS: 750_000,
    CriterionKey.SCHOOL: 0,
}
S = CaseState
KEYS = itertools.count(1)

VISITED_AFTER = (1, 3, 6, 9, 12)
"""Months after graduation, by the figures an office starts with."""


class Team:
    """The people around one family: nobody has two parts."""

    def __init__(self, group: Group | None = None, people: int = 1, months: int = 6) -> None:
        self.group = group or make.group()
        regency = self.group.regency_code
        self.family: Household = make.household(self.group, people=people)
        self.mentor = make.user(Role.MENTOR, group_id=self.group.id)
        self.verifier = make.user(Role.VERIFIER, area_code=regency)
        self.head = make.user(Role.HEAD, area_code=regency)
        self.administrator = make.user(Role.ADMINISTRATOR, area_code=regency)
        self.months = months
        """So many closed months of good sales are made; none where other criteria hold."""

    def of(self, role: Role) -> User:
        """Return who holds a role."""
        return {
            Role.MENTOR: self.mentor,
            Role.VERIFIER: self.verifier,
            Role.HEAD: self.head,
            Role.ADMINISTRATOR: self.administrator,
        }[role]


def today() -> dt.date:
    return clock.today(ZONE)


def closed_months(count: int, family: Household, income: int = LINE) -> None:
    """Write so many closed months, up to the last, in which a family of one earned this by two buyers."""
    for month in clock.months_back(last_closed_month(family.regency_code, today()), count):
        status = MonthStatus.PASSED if income >= LINE else MonthStatus.NOT_PASSED
        for part in (income // 2, income - income // 2):
            if part:
                earn(family, part, month)
        make.add(
            Snapshot(
                household_id=family.id,
                month=month,
                net_sales=income,
                other_income=0,
                people=1,
                income_per_person=income,
                line_amount=LINE,
                status=status,
                is_final=True,
            )
        )


def take(case: Case, action: Action, actor: User | None, **details: Any) -> Case:
    """Take one step and commit."""
    with unit_of_work():
        cases.take(case.id, action, Details(**details), actor.id if actor else None)
    return db.session.get_one(Case, case.id)


def bring(case: Case, purpose: FilePurpose, actor: User) -> None:
    """Bring a paper."""
    sent = case_files.store(io.BytesIO(b"%PDF-1.7 contoh " + str(next(KEYS)).encode()))
    with unit_of_work():
        case_files.add(case.id, sent, purpose, None, actor.id)


def assess(case: Case, mentor: User, **answers: int) -> int:
    """Hold the family against the criteria, with good answers unless others are given."""
    asked = {each.key for each in assessments.needed_set(case.household.regency_code, today()).criteria}
    given = ANSWERS | {CriterionKey(key): number for key, number in answers.items()}
    given = {key: number for key, number in given.items() if key in asked}
    with unit_of_work():
        return assessments.assess(case.id, given, "", mentor.id).id


def visit(family: Household, mentor: User, day: dt.date) -> Visit:
    """Let a mentor speak with a family at home."""
    row = Visit(key=f"uji-{next(KEYS)}", kind=VisitKind.HOME, mentor_id=mentor.id, visited_on=day, findings="Baik")
    row.families = [VisitedHousehold(household_id=family.id)]
    return make.add(row)  # type: ignore[no-any-return]


def meeting(day: dt.date | None = None, people: int = 3) -> Meeting:
    """Return the minutes of a meeting."""
    names = tuple(f"Orang {number} - RT 0{number}" for number in range(1, people + 1))
    return Meeting(day or today(), "Balai Desa", "Pak Kades", "Mufakat: setuju", names)


def begun(team: Team) -> Case:
    with unit_of_work():
        key = cases.begin(team.family.id, team.head.id).id
    return db.session.get_one(Case, key)


def mentored(team: Team) -> Case:
    case = begun(team)
    assess(case, team.mentor)
    return take(case, Action.ASSIGN, team.head, mentor_id=team.mentor.id)


def ready(team: Team) -> Case:
    case = mentored(team)
    closed_months(team.months, team.family)
    reckon(case)
    return db.session.get_one(Case, case.id)


def reckon(case: Case) -> None:
    with unit_of_work():
        case_job.refresh_case(case.id)


def with_papers(team: Team) -> Case:
    case = ready(team)
    bring(case, FilePurpose.PHOTO, team.mentor)
    bring(case, FilePurpose.STATEMENT, team.mentor)
    assess(case, team.mentor)
    return case


def proposed(team: Team) -> Case:
    return take(with_papers(team), Action.PROPOSE, team.mentor)


def verified(team: Team, is_confirmed: bool = True) -> Case:
    case = proposed(team)
    bring(case, FilePurpose.HOME_VISIT, team.verifier)
    return take(case, Action.VERIFY, team.verifier, visited_on=today(), is_confirmed=is_confirmed, note="Ada")


def deliberated(team: Team) -> Case:
    return take(verified(team), Action.DELIBERATE, team.administrator, meeting=meeting())


def decided(team: Team, action: Action = Action.APPROVE) -> Case:
    case = deliberated(team)
    decree = {"decree_number": f"188.45/{today():%Y%m%d}", "decree_on": today()}
    return take(case, action, team.head, note="Sesuai musyawarah", **decree)


def graduated(team: Team) -> Case:
    case = decided(team)
    return take(case, Action.GRADUATE, team.administrator, ministry_reference="SIKS-1", effective_on=today())


def monitored(team: Team) -> Case:
    case = graduated(team)
    work()
    return db.session.get_one(Case, case.id)


def work() -> None:
    """Run the system's own steps."""
    with unit_of_work():
        case_job.run(clock.now())
    rollback()


def followed(team: Team) -> Case:
    """Return a case whose visits after graduation were all made, at the end of the twelve months."""
    case = monitored(team)
    assert case.effective_on is not None
    for months in VISITED_AFTER:
        row = visit(team.family, team.mentor, due_day(case.effective_on, months))
        with unit_of_work():
            following.link_visit(case.id, months, row.id, team.mentor.id)
    return db.session.get_one(Case, case.id)


def ending(team: Team) -> Case:
    """Return a case that began more than a year ago and went well: nothing is missing for its end."""
    with clock.at(clock.now() - dt.timedelta(days=372)):
        case = followed(team)
    closed_months(6, team.family)
    assess(case, team.mentor)
    return db.session.get_one(Case, case.id)


def independent(team: Team) -> Case:
    return take(ending(team), Action.FINISH, team.head)


def warned(team: Team) -> Case:
    case = monitored(team)
    with unit_of_work():
        following.tell_shock(case.id, "Rumah kebakaran", team.mentor.id)
    return db.session.get_one(Case, case.id)


def relapsed(team: Team) -> Case:
    return take(warned(team), Action.RELAPSE, team.verifier, note="Benar")


def back(team: Team) -> Case:
    return take(relapsed(team), Action.PROPOSE_BACK, team.administrator, meeting=meeting())


def appealed(team: Team) -> Case:
    return take(decided(team), Action.APPEAL, team.mentor, note="Keluarga keberatan")


MAKERS: dict[CaseState, Callable[[Team], Case]] = {
    S.RECIPIENT: begun,
    S.MENTORED: mentored,
    S.READY: with_papers,
    S.PROPOSED: proposed,
    S.VERIFICATION: verified,
    S.DELIBERATION: deliberated,
    S.APPROVED: decided,
    S.REJECTED: lambda team: decided(team, Action.REJECT),
    S.POSTPONED: lambda team: decided(team, Action.POSTPONE),
    S.GRADUATED: graduated,
    S.MONITORED: warned,
    S.INDEPENDENT: independent,
    S.RELAPSED: relapsed,
    S.PROPOSED_BACK: back,
    S.WITHDRAWN: lambda team: take(mentored(team), Action.WITHDRAW, team.mentor, note="Belum siap"),
    S.APPEALED: appealed,
    S.ADMINISTRATIVE: lambda team: take(
        mentored(team), Action.EXIT, team.administrator, exit_reason=ExitReason.MOVED, note="Ke Banjarmasin"
    ),
}
"""State → how a case comes there."""


def led(team: Team, state: CaseState) -> Case:
    """Return a case in a state."""
    case = MAKERS[state](team)
    assert case.state is state, case.state
    return case


def only_school(administrator: User) -> None:
    """Let the regency require nothing but that children go to school: for worlds whose books have to add up."""
    wanted = NewCriterion(CriterionKey.SCHOOL, is_required=True, parameters={"number": 0})
    with unit_of_work():
        criteria.make_set(NewSet(make.REGENCY, today(), "Uji", [wanted]), administrator.id, administrator)
