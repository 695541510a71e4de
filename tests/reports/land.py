"""A province with families, groups, sales and aid in three regencies: many here, few there. Call inside `app`."""

import datetime as dt
from dataclasses import dataclass, field

from marketplace.accounts.models import User
from marketplace.aid.goods import Piece
from marketplace.aid.goods_models import ItemCondition
from marketplace.aid.models import ProposalState
from marketplace.graduation.case_models import Case, CaseState
from marketplace.graduation.models import MonthStatus, Snapshot
from marketplace.graduation.queries import last_month
from marketplace.groups.models import Group, Household
from marketplace.mentoring.models import Visit, VisitKind
from marketplace.mentoring.report_models import GroupReport
from marketplace.mentoring.standing_models import GroupStanding, StandingState
from marketplace.shared.policy import Role
from tests import make
from tests.aid.giving import Office, today
from tests.graduation.earning import earn, give_back
from tests.training import teaching

PROVINCE, HERE, NEXT, FAR, OUTSIDE = "63", "63.06", "63.07", "63.01", "64.01"
FAMILIES = {
    "63.06.05.1001": 7,
    "63.06.05.1002": 2,
    "63.06.06.2001": 6,
    "63.06.01.2001": 1,
    "63.06.02.2001": 5,
    "63.07.01": 3,
    "63.01.01": 6,
    "64.01.01": 8,
}
"""Village (a district where no villages are loaded) → how many families live there."""
GRANT = 20_000_000


@dataclass
class Land:
    """What was made."""

    families: dict[str, list[Household]] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    officers: dict[str, User] = field(default_factory=dict)

    def of(self, place: str) -> list[Household]:
        """Return the families of an area."""
        return [family for village, found in self.families.items() if village.startswith(place) for family in found]


def build() -> Land:
    """Make the land."""
    land = Land()
    for village, count in FAMILIES.items():
        land.groups[village] = make.group(village_code=village)
        land.families[village] = [make.household(land.groups[village]) for _number in range(count)]
    for code in (PROVINCE, HERE, NEXT, OUTSIDE, OUTSIDE[:2]):
        land.officers[code] = make.user(Role.HEAD, area_code=code)
    _earn(land)
    _work(land)
    _aid(land)
    return land


def _earn(land: Land) -> None:
    """Let each family sell for 1,000 more than the one before, the first give some back, one sell last year too."""
    day = dt.date(today().year, 1, 5)
    for number, family in enumerate(land.of(""), start=1):
        earn(family, 1_000 * number, day)
    give_back(land.of(HERE)[0], 300, day)
    earn(land.of(HERE)[1], 77, dt.date(today().year - 1, 12, 31))
    for number, family in enumerate(land.of(PROVINCE)):
        _month(family, 400_000 + 10_000 * number)


def _month(family: Household, income: int) -> None:
    values = {"net_sales": income, "other_income": 0, "people": 1, "income_per_person": income, "line_amount": 600_000}
    make.add(Snapshot(household_id=family.id, month=last_month(), status=MonthStatus.NOT_PASSED, **values))


def _work(land: Land) -> None:
    first, second = land.groups["63.06.05.1001"], land.groups["63.01.01"]
    for group, state in ((first, StandingState.RUNNING), (second, StandingState.NEEDS_MENTORING)):
        make.add(GroupStanding(group_id=group.id, state=state, reasons=[]))
    make.product(first, makers={land.of(HERE)[0].id: 10_000})
    mentor = make.user(Role.MENTOR, group_id=first.id)
    for kind, group_id in ((VisitKind.GROUP, first.id), (VisitKind.GROUP, second.id)):
        visited = {"group_id": group_id, "mentor_id": mentor.id, "visited_on": today(), "findings": "Baik"}
        make.add(Visit(key=f"kunjungan-{group_id}", kind=kind, **visited))
    for starts_on, due_on in ((dt.date(2020, 1, 1), dt.date(2020, 5, 15)), (dt.date(2020, 5, 1), dt.date(2099, 9, 15))):
        make.add(GroupReport(group_id=first.id, starts_on=starts_on, due_on=due_on))
    people = [family.people[0] for family in land.of(HERE)[:6]]
    training = teaching.planned(HERE)
    teaching.put_in(teaching.with_class(training), *people)
    proof = {"decree_number": "1", "decree_on": today(), "ministry_reference": "R", "effective_on": today()}
    for family in land.of(HERE)[:5]:
        make.add(Case(household_id=family.id, state=CaseState.INDEPENDENT, **proof))
    make.add(Case(household_id=land.of(FAR)[0].id, state=CaseState.RELAPSED, **proof))


def _aid(land: Land) -> None:
    here, far = Office(group=land.groups["63.06.05.1001"]), Office(FAR, group=land.groups["63.01.01"])
    for office in (here, far):
        office.grant(GRANT, office.fund(year=today().year))
    proposal = here.proposal(ProposalState.APPROVED)
    family = land.of("63.06.05.1001")[0]
    here.handed(proposal, Piece("Mesin jahit", "SN-1", 3_000_000, ItemCondition.NEW, family.id))
