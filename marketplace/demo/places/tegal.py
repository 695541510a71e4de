"""Kabupaten Tegal, 2023: 298 people of P3KE trained, tools for the families of 25 villages, mentoring, graduation."""

import datetime as dt
from collections.abc import Mapping
from functools import partial

from sqlalchemy import func, select

from ...areas.models import Area
from ...catalog.models import Category
from ...extensions import db
from ...graduation import case_job, criteria
from ...graduation.case_labels import STATES
from ...graduation.case_models import Case
from ...graduation.criteria import NewCriterion, NewSet
from ...graduation.criteria_rules import MONTHS, OBSERVED, SCHEMA, CriterionKey
from ...groups.models import BusinessKind, Household, RegistrySource
from ...groups.rules import GroupContent
from ...mentoring import plans, rules
from ...mentoring.models import Visit
from ...mentoring.plan_models import MentoringPlan
from ...mentoring.rules import PlanContent, ToDo
from ...shared import clock
from ...shared.images import Prepared
from ...shared.policy import Role
from ...shared.transaction import unit_of_work
from ...training import partners
from ...training.models import Certificate, Trainee, Training, TrainingKind
from ...training.partners import AgencyContent
from ...training.rules import TrainingContent
from ..cases import TRIAL, WAYS, Play
from ..people import Family
from ..training import Held, hold_training
from . import tegal_tools
from .common import Diary, Good, Said, Scene, Setting
from .fieldwork import Fieldwork

NAME = "Kabupaten Tegal"
REGENCY = Setting("33.28", NAME, series=3, first_serial=720, sources=(RegistrySource.P3KE,))
DISTRICTS = ("33.28.06", "33.28.04", "33.28.03", "33.28.02", "33.28.07")
"""Lebaksiu, Balapulang, Bojong, Bumijawa, Jatinegara."""
VILLAGES, FAMILIES = 5, 7
"""Villages of a kecamatan, and families of a village that are aimed at."""
GROUPS, MENTORS = 2, 2
"""Villages of a kecamatan whose families formed a KUBE, and mentors of all of them."""
REGISTERED, FORMED, JOINED = dt.date(2023, 2, 6), 400, dt.date(2023, 11, 6)
"""Day on which the list of families came; how many days ago the groups were registered; day on which they began."""
YEAR = REGISTERED.year
INPRES = "Inpres 4/2022: sasaran dari data P3KE, desil terendah lebih dulu (demo)"
COOKERY, SEWING, GOATS = "Pelatihan tata boga", "Pelatihan menjahit", "Pelatihan ternak kambing"
AGENCIES = (
    AgencyContent("Dinas Koperasi, UKM, dan Perdagangan Kabupaten Tegal (demo)", "Tata boga dan pemasaran"),
    AgencyContent("Balai Latihan Kerja Kabupaten Tegal (demo)", "Menjahit"),
    AgencyContent("Dinas Ketahanan Pangan dan Pertanian Kabupaten Tegal (demo)", "Ternak dan kandang"),
)
COURSES = (
    (COOKERY, BusinessKind.FOOD, (26, 26, 26, 25, 25), dt.date(YEAR, 5, 8), 4),
    (SEWING, BusinessKind.TEXTILE, (21, 21), dt.date(YEAR, 6, 5), 15),
    (GOATS, BusinessKind.LIVESTOCK, (26, 26, 26, 25, 25), dt.date(YEAR, 7, 10), 3),
)
"""What was taught, of what business, people in each class, first day, days."""
GOODS = (
    (BusinessKind.FOOD, 40, Good(
        *("Kue lumpur kentang", Category.SNACK, "kotak", 22_000, "cake"),
        "Kue lembut isi enam, dipanggang pagi hari. Bisa dipesan untuk rapat.", 400, 3,
    )),
    (BusinessKind.TEXTILE, 12, Good(
        *("Tas belanja kain", Category.TEXTILE, "buah", 45_000, "sewing"),
        "Tas kain tebal dengan jahitan ganda. Bisa dicetak nama kantor.", 250,
    )),
    (BusinessKind.LIVESTOCK, 1, Good(
        *("Kambing peranakan etawa", Category.FRESH, "ekor", 1_650_000, "goat"),
        "Kambing muda sehat dari kandang kelompok. Sudah diperiksa petugas.", None,
    )),
)  # fmt: skip
WORDS = ("Sumber Barokah", "Mugi Lancar", "Rukun Santosa", "Ngudi Rejeki", "Sekar Arum")
VISITED = 11
"""So many months back begin the visits."""
FINDINGS = (
    "Alat dipakai tiap hari, pesanan dari sekolah mulai datang.",
    "Satu alat perlu diservis. Diajari merawat sendiri.",
    "Kambing beranak dua ekor, kandang perlu dilebarkan.",
    "Anggota mulai menabung bersama tiap pekan.",
)
SALES = (150, 90, 35)
"""Days before the last one on which offices bought."""
VISITS_PAGE, CASES_PAGE = "/dinas/pendampingan/kunjungan", "/dinas/graduasi"


def play(photos: Mapping[str, Prepared], now: dt.datetime) -> None:
    """Play the story up to a moment."""
    scene = Scene(REGENCY, photos, now)
    families: dict[str, list[Family]] = {}
    with clock.at(scene.on(REGISTERED)), unit_of_work():
        scene.settle()
        for district in DISTRICTS:
            for village in scene.villages(district)[:VILLAGES]:
                families[village] = [scene.family(village) for _number in range(FAMILIES)]
    learnt = _train(scene)
    tegal_tools.hand_out(scene, list(families), learnt)
    with clock.at(scene.ago(FORMED)), unit_of_work():
        for place, village in enumerate(families):
            if place % VILLAGES < GROUPS:
                _unite(scene, village, families[village])
        scene.make_mentors(MENTORS)
    _Field(Diary(scene)).play()
    _graduate(scene)


def _train(scene: Scene) -> dict[int, BusinessKind]:
    """Hold the three trainings: heads learn to cook or to sew, their husbands to keep goats; return what heads learnt.

    Who takes part is decided by data: families of P3KE, the lowest decile first.
    """
    actor, code = scene.cast.staff[Role.CURATOR], scene.setting.code
    with clock.at(scene.on(REGISTERED, 13)), unit_of_work():
        agencies = [partners.add_agency(code, each, actor).id for each in AGENCIES]
    heads, spouses = tegal_tools.aimed_at(code)
    cooks = sum(COURSES[0][2])
    people = (heads, heads[cooks:], spouses)
    for (title, kind, classes, first, days), agency_id, chosen in zip(COURSES, agencies, people, strict=True):
        content = TrainingContent(title, TrainingKind.TRAINING, kind, agency_id, None, INPRES)
        starts = [sum(classes[:place]) for place in range(len(classes))]
        split = [chosen[start : start + size] for start, size in zip(starts, classes, strict=True)]
        hold_training(code, Held(content, first, days, "Balai Desa", spare=0), split, actor)
    taught = select(Trainee.household_id, Training.business_kind).join_from(
        Trainee, Training, Training.id == Trainee.training_id
    )
    rows = db.session.execute(taught.where(Training.regency_code == code, Training.title != GOATS))
    return {row.household_id: row.business_kind for row in rows}


def _unite(scene: Scene, village: str, own: list[Family]) -> None:
    number = len(scene.cast.groups)
    kind = GOODS[number % len(GOODS)][0]
    name = f"KUBE {WORDS[number % len(WORDS)]} {db.session.get_one(Area, village).name}"
    scene.unite(GroupContent(name, village, YEAR, kind), own, JOINED)


class _Field:
    """What the groups sell and report, and how they are mentored until they stand."""

    def __init__(self, diary: Diary) -> None:
        self.diary, self.scene = diary, diary.scene
        self.field = Fieldwork(diary)
        self.goods: dict[int, int] = {}

    def play(self) -> None:
        """Write it all into the diary and play that."""
        periods, groups = self.field.periods(2), self.scene.cast.groups
        self.diary.add(self._ago(380), self._offer)
        self.field.owe(periods)
        for days in SALES:
            self.diary.add(self._ago(days), partial(self._sell, self._ago(days)))
        self.diary.add(self._ago(20), partial(self.scene.pay_out, self._ago(20)))
        for starts_on in periods:
            for place, group_id in enumerate(groups[:-1]):
                hands = 1 + place % 3 if starts_on == periods[-1] and place < 6 else 3
                day = self.field.due_on(starts_on) - dt.timedelta(days=2 + place)
                self.field.report(group_id, starts_on, day, hands)
        self._mentor()
        self.field.judge([clock.add_months(starts_on, 4) for starts_on in periods])
        self.field.judge([self.scene.today])
        self.diary.play()

    def _ago(self, days: int) -> dt.date:
        return self.scene.today - dt.timedelta(days=days)

    def _offer(self) -> None:
        for number, group_id in enumerate(self.scene.cast.groups):
            self.goods[group_id] = self.scene.offer(group_id, GOODS[number % len(GOODS)][2])

    def _sell(self, day: dt.date) -> None:
        groups = enumerate(self.scene.cast.groups)
        self.scene.sell(day, {self.goods[key]: GOODS[number % len(GOODS)][1] for number, key in groups})

    def _mentor(self) -> None:
        """Let each group have a plan for half a year and a visit a month, some of which leave something to do."""
        this = clock.month_of(self.scene.today)
        first = clock.add_months(this, -3)
        last = clock.add_months(first, 5)
        targets = (
            ToDo("Buku kas terisi tiap pekan", rules.last_of_month(clock.add_months(first, 1))),
            ToDo("Tiap keluarga punya pembeli tetap", rules.last_of_month(last)),
        )
        content = PlanContent("Keluarga penerima alat berdiri sendiri dan siap graduasi", first, last, targets)
        for place, group_id in enumerate(self.scene.cast.groups):
            mentor_id = self.scene.mentor_of[group_id]
            self.diary.add(
                first + dt.timedelta(days=3 + place % 5), partial(plans.make_plan, group_id, content, mentor_id)
            )
            for month in clock.months_back(this, VISITED):
                day = month + dt.timedelta(days=2 + place)
                is_last = clock.add_months(month, 1) == this
                to_do = (ToDo("Servis alat di bengkel", day + dt.timedelta(days=30)),) if is_last and place < 4 else ()
                found = FINDINGS[(place + month.month) % len(FINDINGS)]
                self.diary.add(day, partial(self.scene.visit, group_id, day, found, to_do))


def _graduate(scene: Scene) -> None:
    """Lead some families on their way out of aid, by the regency's own criteria; others begin theirs."""
    stage = Play(scene.cast, scene.photos["shop"], scene.now, REGENCY.code)
    made, administrator = scene.ago(TRIAL), scene.cast.user(Role.ADMINISTRATOR)
    with clock.at(made), unit_of_work():
        day = clock.local_date(made, "Asia/Jakarta")
        source = "Keputusan Kepala Dinas Sosial Kabupaten Tegal tentang graduasi (demo)"
        criteria.make_set(NewSet(REGENCY.code, day, source, _criteria()), administrator.id, administrator)
    own = [scene.families[group_id][0].household_id for group_id in scene.cast.groups]
    stage.begin(own[: len(WAYS) + 3])
    for household_id, way in zip(own, WAYS, strict=False):
        stage.lead(household_id, way)
    stage.follow()
    with unit_of_work():
        case_job.run(scene.now)


def _criteria() -> list[NewCriterion]:
    """Return the criteria: what the mentor sees decides, with visits in each of three months; income is only shown."""
    found = []
    for key in (*OBSERVED_KEYS, CriterionKey.MENTORING, CriterionKey.INCOME):
        numbers = {name: bounds.start for name, bounds in SCHEMA[key].items()}
        if MONTHS in numbers:
            numbers[MONTHS] = 3
        found.append(NewCriterion(key, key is not CriterionKey.INCOME, numbers))
    return found


OBSERVED_KEYS = sorted(OBSERVED)


def recap() -> list[Said]:
    """Return who was trained in what, the certificates, the tools, the mentoring, and the families on their way."""
    return [*_trained(), *tegal_tools.recap(), *_mentored(), *_cases()]


def _trained() -> list[Said]:
    rows = db.session.execute(
        select(
            Training.id,
            Training.title,
            func.count(Trainee.id),
            func.count(Trainee.class_id.distinct()),
            func.count(Certificate.id),
        )
        .join_from(Trainee, Training, Training.id == Trainee.training_id)
        .outerjoin(Certificate, Certificate.trainee_id == Trainee.id)
        .where(Training.regency_code == REGENCY.code)
        .group_by(Training.id, Training.title)
        .order_by(Training.id)
    ).all()
    total = sum(row[2] for row in rows)
    return [
        Said(f"Dilatih {YEAR}", f"{total} orang", f"/dinas/pelatihan/jumlah?year={YEAR}"),
        *(
            Said(title, f"{count} orang, {classes} kelas, {given} sertifikat", f"/dinas/pelatihan/{key}")
            for key, title, count, classes, given in rows
        ),
    ]


def _mentored() -> list[Said]:
    groups = tegal_tools.groups_in(REGENCY.code)
    visits = db.session.scalar(select(func.count()).select_from(Visit).where(Visit.group_id.in_(groups)))
    made = db.session.scalar(select(func.count()).select_from(MentoringPlan).where(MentoringPlan.group_id.in_(groups)))
    return [Said("Pendampingan", f"{made} rencana, {visits} kunjungan", VISITS_PAGE)]


def _cases() -> list[Said]:
    mine = select(Case.state, func.count()).join(Case.household).where(Household.regency_code == REGENCY.code)
    counts = {str(STATES[state][0]): count for state, count in db.session.execute(mine.group_by(Case.state))}
    parts = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    return [Said("Keluarga menuju graduasi", f"{sum(counts.values())} = {parts}", CASES_PAGE)]
