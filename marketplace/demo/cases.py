"""Families on their way out of aid: begun, proposed, verified, graduated, relapsed; each step on a day of its own."""

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from ..areas.queries import time_zone
from ..extensions import db
from ..graduation import assessments, case_files, case_job, cases, criteria, facts, following, minutes_paper
from ..graduation.case_files import Sent
from ..graduation.case_models import Case, CaseState, CaseVisit, FilePurpose
from ..graduation.case_rules import Action
from ..graduation.cases import Details, Meeting
from ..graduation.criteria import NewCriterion, NewSet
from ..graduation.criteria_rules import MONTHS, OBSERVED, SCHEMA, CriterionKey, evaluate
from ..graduation.models import MonthStatus, Snapshot
from ..groups.models import Household
from ..shared import clock, documents, images
from ..shared.images import Prepared
from ..shared.policy import Role
from ..shared.transaction import unit_of_work
from .people import REGENCY, Cast
from .trade import moment

FIRST_MONTHS = 3
"""The trial's criteria looked at a quarter; the office's own now look at half a year."""
BEGUN, TRIAL, NOW_IN_FORCE = 118, 330, 21
"""Days before the last one."""
MOST = 14
"""So many families have a case; most of them are simply mentored."""
REQUIRED = frozenset({CriterionKey.INCOME, CriterionKey.BUYER_SPREAD, CriterionKey.SCHOOL})
ANSWERS = {
    CriterionKey.FOOD: 0,
    CriterionKey.SOURCES: 2,
    CriterionKey.ASSETS: 2,
    CriterionKey.SAVINGS: 850_000,
    CriterionKey.SCHOOL: 0,
}
PEOPLE = (
    "H. Syahruddin - Kepala Desa",
    "Norhayati - Ketua PKK",
    "Ahmad Fauzi - BPD",
    "Siti Rahmah - RT 02",
    "Muhammad Ilmi - LPM",
)


@dataclass
class Way:
    """How far a family comes: its steps, by days before the last one."""

    proposed: int
    verified: int | None = None
    met: int | None = None
    decided: int | None = None
    graduated: int | None = None
    struck: int | None = None


WAYS = (
    Way(proposed=62, verified=59, met=55, decided=51, graduated=47),
    Way(proposed=61, verified=58, met=54, decided=50, graduated=46, struck=17),
    Way(proposed=38, verified=33, met=26),
    Way(proposed=36, verified=30),
    Way(proposed=25),
)
"""Graduated and followed up; relapsed; waits for the head; for the village; for the verifier."""


class Play:
    """Leads families through their cases, by the officers of the demo."""

    def __init__(self, cast: Cast, picture: Prepared, now: dt.datetime, area_code: str = REGENCY) -> None:
        self.cast, self.area_code = cast, area_code
        self.today = clock.local_date(now, time_zone(area_code))
        self.picture = picture
        self.cases: dict[int, int] = {}
        """Household → case."""

    def on(self, days: int, hour: int = 10) -> dt.datetime:
        """Return a moment so many days before the last one."""
        return moment(self.today - dt.timedelta(days=days), hour, area_code=self.area_code)

    def criteria(self) -> None:
        """Make the two versions: the trial's, and the one that holds now."""
        administrator = self.cast.user(Role.ADMINISTRATOR)
        for days, effective, months, source in (
            (TRIAL, TRIAL, FIRST_MONTHS, "Pedoman uji coba graduasi (demo)"),
            (NOW_IN_FORCE + 10, NOW_IN_FORCE, 6, "Keputusan Kepala Dinas tentang kriteria graduasi (demo)"),
        ):
            day = self.today - dt.timedelta(days=effective)
            with clock.at(self.on(days)), unit_of_work():
                criteria.make_set(NewSet(REGENCY, day, source, _criteria(months)), administrator.id, administrator)

    def begin(self, household_ids: Sequence[int]) -> None:
        """Begin cases, take down how the families stand, and assign their mentors."""
        head = self.cast.user(Role.HEAD).id
        for number, household_id in enumerate(household_ids):
            with clock.at(self.on(BEGUN - number)), unit_of_work():
                case = cases.begin(household_id, head)
                self.cases[household_id] = case.id
                mentor = cases.mentors_of(household_id)[0].id
                assessments.assess(case.id, _answers(number), "Keadaan awal", mentor)
                cases.take(case.id, Action.ASSIGN, Details(mentor_id=mentor), head)

    def lead(self, household_id: int, way: Way) -> None:
        """Lead a family as far as its way goes."""
        case_id = self.cases[household_id]
        self._propose(case_id, way.proposed)
        if way.verified is not None:
            self._verify(case_id, way.verified)
        if way.met is not None:
            self._meet(case_id, way.met)
        if way.decided is not None:
            self._decide(case_id, way.decided)
        if way.graduated is not None:
            self._graduate(case_id, way.graduated)
        if way.struck is not None:
            self._strike(case_id, way.struck)

    def _bring(self, case_id: int, purpose: FilePurpose, actor_id: int) -> None:
        case_files.add(case_id, self._shown(case_id, purpose), purpose, None, actor_id)

    def _shown(self, case_id: int, purpose: FilePurpose) -> Sent:
        """Return the signed statement, or a photo."""
        if purpose is not FilePurpose.STATEMENT:
            return Sent(f"{case_id:064d}", photo=images.write_all([self.picture], private=True)[0])
        case = db.session.get_one(Case, case_id)
        content = minutes_paper.statement(case, case.household, case.mentor.name if case.mentor else "")
        return case_files.store(io.BytesIO(documents.draw("family_statement", content, "-", clock.now())))

    def _propose(self, case_id: int, days: int) -> None:
        with clock.at(self.on(days)), unit_of_work():
            case_job.refresh_case(case_id)
            mentor_id = db.session.get_one(Case, case_id).mentor_id
            assert mentor_id is not None
            for purpose in (FilePurpose.PHOTO, FilePurpose.STATEMENT):
                self._bring(case_id, purpose, mentor_id)
            assessments.assess(case_id, ANSWERS, "Berjualan teratur, keluarga sudah siap", mentor_id)
            cases.take(case_id, Action.PROPOSE, Details(note="Keluarga setuju"), mentor_id)

    def _verify(self, case_id: int, days: int) -> None:
        verifier = self.cast.user(Role.VERIFIER).id
        with clock.at(self.on(days)), unit_of_work():
            self._bring(case_id, FilePurpose.HOME_VISIT, verifier)
            day = self.today - dt.timedelta(days=days)
            told = Details(note="Rumah dan usaha sesuai usulan", visited_on=day, is_confirmed=True)
            cases.take(case_id, Action.VERIFY, told, verifier)

    def _meet(self, case_id: int, days: int) -> None:
        with clock.at(self.on(days)), unit_of_work():
            village = db.session.get_one(Case, case_id).household.village.name
            day = self.today - dt.timedelta(days=days)
            meeting = Meeting(
                day, f"Balai {village}", PEOPLE[0].partition(" - ")[0], "Mufakat: setuju graduasi", PEOPLE
            )
            cases.take(case_id, Action.DELIBERATE, Details(meeting=meeting), self.cast.user(Role.ADMINISTRATOR).id)

    def _decide(self, case_id: int, days: int) -> None:
        day = self.today - dt.timedelta(days=days)
        decree = f"188.45/{300 + case_id}/KUM/{day.year}"
        with clock.at(self.on(days)), unit_of_work():
            told = Details(note="", decree_number=decree, decree_on=day)
            cases.take(case_id, Action.APPROVE, told, self.cast.user(Role.HEAD).id)

    def _graduate(self, case_id: int, days: int) -> None:
        day = self.today - dt.timedelta(days=days)
        with clock.at(self.on(days)), unit_of_work():
            told = Details(
                ministry_reference=f"SIKS-NG/{self.area_code.replace('.', '')}/{case_id:05d} (demo)", effective_on=day
            )
            cases.take(case_id, Action.GRADUATE, told, self.cast.user(Role.ADMINISTRATOR).id)
        with clock.at(self.on(days, 12)), unit_of_work():
            cases.take(case_id, Action.MONITOR, Details(), None)
            following.plan_visits(case_id)

    def _strike(self, case_id: int, days: int) -> None:
        with clock.at(self.on(days)), unit_of_work():
            mentor_id = db.session.get_one(Case, case_id).mentor_id
            assert mentor_id is not None
            following.tell_shock(case_id, "Dapur produksi terbakar, peralatan habis", mentor_id)
        with clock.at(self.on(days - 5)), unit_of_work():
            told = Details(note="Benar: belum bisa berproduksi lagi")
            cases.take(case_id, Action.RELAPSE, told, self.cast.user(Role.VERIFIER).id)

    def follow(self) -> None:
        """Let visits that mentors made after graduation stand for those that were due."""
        for row in db.session.scalars(select(CaseVisit).where(CaseVisit.due_on <= self.today)).all():
            case = db.session.get_one(Case, row.case_id)
            found = following.visits_to_link(case) if case.state is CaseState.MONITORED else []
            if found and case.mentor_id is not None:
                with unit_of_work():
                    following.link_visit(case.id, row.months, found[-1].id, case.mentor_id)


def play(cast: Cast, picture: Prepared, now: dt.datetime) -> None:
    """Lead some families of the demo on their way, as far as their own sales carry them."""
    stage = Play(cast, picture, now)
    stage.criteria()
    chosen = _chosen(stage)
    stage.begin([*chosen, *_others(chosen)])
    for household_id, way in chosen.items():
        stage.lead(household_id, way)
    stage.follow()
    with unit_of_work():
        case_job.run(now)


def _criteria(months: int) -> list[NewCriterion]:
    found = []
    for key in CriterionKey:
        numbers = {name: bounds.start for name, bounds in SCHEMA[key].items()}
        if MONTHS in numbers and key is not CriterionKey.WAGE:
            numbers[MONTHS] = months
        found.append(NewCriterion(key, key in REQUIRED, numbers))
    return found


def _answers(number: int) -> dict[CriterionKey, int]:
    """Return what families answered at the beginning: some questions nobody could answer yet."""
    if number % 4 == 3:
        return {CriterionKey.FOOD: 1, CriterionKey.SOURCES: 1}
    return ANSWERS | {CriterionKey.SAVINGS: 200_000, CriterionKey.SCHOOL: 1 if number % 5 == 4 else 0}


def _chosen(stage: Play) -> dict[int, Way]:
    """Choose for each way the first family whose own figures carried it on the day it was proposed."""
    chosen: dict[int, Way] = {}
    for way in WAYS:
        day = stage.today - dt.timedelta(days=way.proposed)
        able = [key for key in _able(day) if key not in chosen]
        if able:
            chosen[able[0]] = way
    return chosen


def _able(day: dt.date) -> list[int]:
    found = facts.set_in_force(REGENCY, day)
    assert found is not None
    rules = [rule for rule in facts.rules_of(found.criteria) if rule.key not in OBSERVED]
    ids = db.session.scalars(select(Household.id).where(Household.regency_code == REGENCY).order_by(Household.id)).all()
    inputs = facts.gather(ids, facts.window(REGENCY, day, rules))
    required = [rule for rule in rules if rule.is_required]
    return [key for key in ids if all(each.outcome == "met" for each in evaluate(required, inputs[key]))]


def _others(chosen: dict[int, Way]) -> list[int]:
    """Choose more families, those with the most months that passed first: near, and stuck on something."""
    passed = (
        select(Snapshot.household_id)
        .where(Snapshot.status == MonthStatus.PASSED, Snapshot.household_id.not_in(chosen))
        .group_by(Snapshot.household_id)
        .order_by(func.count().desc(), Snapshot.household_id)
    )
    return list(db.session.scalars(passed.limit(MOST - len(chosen))))
