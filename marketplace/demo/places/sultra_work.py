"""Sulawesi Tenggara: leading commodities named by agencies, trainings that fit, a shared plan, tools for groups."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from ...aid import funds
from ...aid.funds import FundContent
from ...aid.goods import Piece
from ...aid.goods_models import ItemCondition
from ...aid.models import AidKind, FundRule, FundSource
from ...aid.proposals import ProposalContent
from ...aid.rules import Line
from ...extensions import db
from ...groups.models import BusinessKind, Group, Person, Relation
from ...shared import clock
from ...shared.policy import Role
from ...shared.transaction import unit_of_work
from ...training import partners, plans
from ...training.models import TrainingKind
from ...training.partners import AgencyContent, Named
from ...training.plan_models import Answer, LineKind
from ...training.plans import LineContent, Speaker
from ...training.rules import TrainingContent
from .. import words
from ..aid_desk import AidDesk
from ..training import Held, hold_training
from .common import Scene

NAMED, TRAINED, MISFIT, PLANNED = 400, 240, 100, 30
"""Days before the last one."""
LETTER, CHECKED, GUIDED, DECIDED, HANDED = 239, 237, 234, 231, 226
SPEAKER_NAMES = 1_300
"""Number of a person from which the names of those are taken who speak for agencies."""
FUND, BUDGET = "Alat industri kecil (demo)", 400_000_000
PAID_BY = "APBD Provinsi Sulawesi Tenggara (demo)"
SOURCE = "Demo: rapat pemetaan kemiskinan ekstrem dengan perangkat daerah"
WHY = "Dengan alat sendiri hasil lebih banyak dan mutunya lebih baik."
TOOLS = {
    BusinessKind.SERVICES: ("Alat bengkel", (
        Line("Kompresor angin", 1, 4_500_000, "unit"), Line("Kunci dan perkakas bengkel", 3, 1_200_000, "set"),
    )),
    BusinessKind.FOOD: ("Alat olahan pangan", (
        Line("Mesin parut dan peras", 1, 5_200_000, "unit"), Line("Alat kemas kedap udara", 3, 950_000, "unit"),
    )),
    BusinessKind.FISHERY: ("Alat olahan ikan", (
        Line("Lemari pendingin", 1, 4_800_000, "unit"), Line("Para-para dan meja fillet", 3, 850_000, "set"),
    )),
    BusinessKind.FARMING: ("Alat gula aren", (
        Line("Tungku dan wajan nira", 1, 3_900_000, "set"), Line("Cetakan dan ayakan", 3, 450_000, "set"),
    )),
    BusinessKind.CRAFT: ("Alat mebel", (
        Line("Mesin serut dan gergaji meja", 1, 6_800_000, "unit"), Line("Perkakas kayu", 3, 1_100_000, "set"),
    )),
}  # fmt: skip
"""What groups of a kind of business ask for: one piece for all, one for each family."""


@dataclass(frozen=True)
class Course:
    """A training: what, of which business (None: all the rest), and of which commodity."""

    title: str
    kinds: tuple[BusinessKind, ...]
    agency: int
    commodity: str | None = None


@dataclass(frozen=True)
class Work:
    """What agencies of a regency named, taught and planned."""

    agencies: Sequence[AgencyContent]
    named: Sequence[tuple[str, int]]
    """Commodity, and the place of the agency that named it."""
    courses: Sequence[Course]
    misfit: tuple[Course, str] | None
    plan: str
    lines: Sequence[tuple[Course, LineKind, int]]
    """What is proposed, and by how many people; the next agency agrees with the first, objects to the third."""


class Desk:
    """The officers of a regency at work with the agencies."""

    def __init__(self, scene: Scene, work: Work, trained: Sequence[int]) -> None:
        self.scene, self.work, self.trained = scene, work, trained
        self.actor = scene.cast.staff[Role.CURATOR]
        self.desk = AidDesk(scene.cast, scene.setting.code)
        self.agencies: list[int] = []
        self.known: Mapping[str, int] = {}

    def name(self) -> None:
        """Let agencies name what is leading here."""
        code, day = self.scene.setting.code, self.scene.today - dt.timedelta(days=NAMED)
        with clock.at(self.scene.ago(NAMED)), unit_of_work():
            self.agencies = [partners.add_agency(code, each, self.actor).id for each in self.work.agencies]
            for word, place in self.work.named:
                named = Named(code, word, self.agencies[place], day, SOURCE)
                partners.name_potential(code, named, self.actor)

    def teach(self) -> None:
        """Hold the trainings for the heads of families in the groups of each business, and one that does not fit."""
        for course in self.work.courses:
            self._hold(course, TRAINED, 3, "")
        if self.work.misfit is not None:
            course, reason = self.work.misfit
            self._hold(course, MISFIT, 2, reason)

    def _hold(self, course: Course, days_ago: int, days: int, reason: str) -> None:
        first = self.scene.today - dt.timedelta(days=days_ago)
        people = self._heads(course.kinds)
        content = TrainingContent(
            course.title,
            TrainingKind.TRAINING,
            course.kinds[0],
            self.agencies[course.agency],
            self._commodity(course),
            PAID_BY,
            reason,
        )
        hold_training(self.scene.setting.code, Held(content, first, days, "Balai Desa"), (people,), self.actor)

    def _commodity(self, course: Course) -> int | None:
        if course.commodity is None:
            return None
        with unit_of_work():
            return partners.commodity_called(course.commodity)

    def _heads(self, kinds: Sequence[BusinessKind]) -> list[int]:
        own = [key for key in self.trained if self._kind(key) in kinds]
        families = [family.household_id for key in own for family in self.scene.families[key]]
        heads = select(Person.id).where(Person.household_id.in_(families), Person.relation == Relation.HEAD)
        return list(db.session.scalars(heads.order_by(Person.id)))

    def _kind(self, group_id: int) -> BusinessKind:
        return db.session.get_one(Group, group_id).business_kind

    def equip(self) -> None:
        """Let the trained groups ask for tools of their trade, and hand these over."""
        code, ago = self.scene.setting.code, self.scene.ago
        with clock.at(ago(LETTER + 10)), unit_of_work():
            year = clock.local_date(clock.now(), self.desk.zone).year
            content = FundContent(code, FundSource.PROVINCE, year, FUND, FundRule.MONEY, BUDGET)
            fund_id = funds.add_fund(content, self.scene.cast.staff[Role.HEAD]).id
        for group_id in self.trained:
            with unit_of_work():
                self._equip(group_id, fund_id)

    def _equip(self, group_id: int, fund_id: int) -> None:
        ago, mentor = self.scene.ago, self.scene.mentor_of[group_id]
        title, (shared, own) = TOOLS[self._kind(group_id)]
        key = self.desk.write(
            group_id, "", ProposalContent(AidKind.GOODS, title, WHY, (shared, own)), mentor, ago(LETTER)
        )
        self.desk.submit(key, mentor, ago(LETTER))
        self.desk.check(key, ago(CHECKED))
        self.desk.guide(group_id, self.agencies[0], "Merawat alat dan mencatat kas", ago(GUIDED))
        self.desk.approve(key, fund_id, f"500/{key:04d}/DINSOS", ago(DECIDED))
        families = self.scene.families[group_id]
        pieces = [Piece(shared.what, f"SUL-{key:04d}-0", shared.unit_price, ItemCondition.NEW)]
        pieces += [
            Piece(own.what, f"SUL-{key:04d}-{place}", own.unit_price, ItemCondition.NEW, family.household_id)
            for place, family in enumerate(families[: own.quantity], start=1)
        ]
        self.desk.hand_over(key, pieces, "Ketua kelompok", ago(HANDED))

    def plan(self) -> None:
        """Let the agencies speak of next year's plan; what they agree on first becomes a training."""
        officer = self.scene.cast.staff[Role.CURATOR]
        with clock.at(self.scene.ago(PLANNED)), unit_of_work():
            plan = plans.add_plan(self.scene.setting.code, self.scene.today.year + 1, self.work.plan, officer)
            speakers = [self._speaker(place) for place in range(len(self.agencies))]
            lines = [self._propose(plan.id, course, kind, people) for course, kind, people in self.work.lines]
            plans.speak(lines[0], Answer.COMMENT, "Sebaiknya setelah musim panen, warga lebih longgar.", speakers[2])
            plans.speak(lines[0], Answer.AGREE, "Kami siapkan tempat dan bahan.", speakers[1])
            plans.speak(lines[1], Answer.AGREE, "", speakers[0])
            plans.speak(lines[1], Answer.COMMENT, "Tambah materi kemasan.", speakers[2])
            plans.speak(lines[2], Answer.DISAGREE, "Alatnya masih cukup, utamakan pelatihan dulu.", speakers[1])
            plans.make_training(lines[0], "", officer)

    def _propose(self, plan_id: int, course: Course, kind: LineKind, people: int) -> int:
        commodity = partners.commodity_called(course.commodity) if course.commodity else None
        content = LineContent(kind, course.title, course.kinds[0], commodity, people)
        return plans.propose(plan_id, content, self._speaker(course.agency)).id

    def _speaker(self, place: int) -> Speaker:
        name = words.person_name(SPEAKER_NAMES + 10 * self.scene.setting.series + place, female=place % 2 == 1)
        return Speaker(self.agencies[place], name, self.scene.cast.staff[Role.CURATOR])
