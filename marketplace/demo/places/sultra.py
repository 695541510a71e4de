"""Sulawesi Tenggara: Konawe Kepulauan and Kolaka Timur, where training and tools follow what a place is good at."""

import datetime as dt
from collections.abc import Mapping
from functools import partial

from sqlalchemy import Select, func, select

from ...aid.goods_models import Handover, Item
from ...aid.models import Proposal
from ...areas.models import Area, Commodity
from ...catalog.models import Category
from ...extensions import db
from ...groups.labels import BUSINESS_KINDS
from ...groups.models import BusinessKind, Group, Household
from ...groups.rules import GroupContent
from ...reports import before_after
from ...reports.before_after import Asked, Given
from ...reports.before_after_rules import Side
from ...shared import clock
from ...shared.images import Prepared
from ...shared.money import format_rupiah
from ...shared.transaction import unit_of_work
from ...training import partners, plans, queries
from ...training.models import Trainee, Training
from ...training.partners import AgencyContent
from ...training.plan_models import LineKind
from ...training.queries import NOT_CANCELLED
from ...training.rules import Standing
from .common import Diary, Good, Said, Scene, Setting
from .fieldwork import Fieldwork
from .sultra_work import Course, Desk, Work

NAME = "Sulawesi Tenggara"
KONKEP = Setting("74.12", "Kabupaten Konawe Kepulauan", series=4, first_serial=900)
KOLTIM = Setting("74.11", "Kabupaten Kolaka Timur", series=5, first_serial=1_060)
REGISTERED, JOINED = 470, dt.date(2024, 6, 3)
FAMILIES, OTHERS, MENTORS = 3, 20, 2
"""Families of a group, families of other villages that are aimed at and in no group yet, and mentors."""
MONTHS = 14
"""So many months back begin the sales; those who were trained sell twice as much from the training on."""
SINCE = 8
"""So many months ago trainings began to bear."""
WINDOW = 3
"""So many months before and after a training are held beside each other."""
MAP_PAGE, SIDES_PAGE = "/dinas/peta", f"/dinas/sebelum-sesudah?window={WINDOW}"
WORDS = ("Samaturu", "Mepokoaso", "Medulu", "Morini", "Mekongga", "Sama Turu", "Wonua Sorume", "Mandara", "Meohai")
OIL = Good(
    *("Minyak kelapa kampung", Category.SPICE, "botol", 32_000, "coconut"),
    "Kelapa tua diperas dan dimasak pelan. Jernih dan harum.",
    600,
    180,
    is_packed_food=True,
)
FISH = Good(
    *("Ikan teri kering", Category.SNACK, "bungkus", 38_000, "fish"),
    "Teri dari bagan sendiri, dijemur satu hari. Tidak terlalu asin.",
    250,
    90,
)
REPAIR = Good(
    *("Gerobak dorong besi", Category.HOME, "buah", 240_000, "workshop"),
    "Dilas dan dicat di bengkel kelompok. Roda bisa diganti.",
    9_000,
)
CHAIR = Good(
    *("Kursi kayu jati rakyat", Category.CRAFT, "buah", 185_000, "furniture"),
    "Kursi kayu kebun warga, diserut halus. Bisa dipesan enam sekaligus.",
    5_000,
)
COCOA = Good(
    *("Bubuk kakao sangrai", Category.DRINK, "bungkus", 42_000, "cacao"),
    "Biji kakao difermentasi lima hari lalu disangrai. Tanpa gula.",
    250,
    240,
    is_packed_food=True,
)
SUGAR = Good(
    *("Gula semut aren", Category.SPICE, "bungkus", 28_000, "palm"),
    "Nira aren dimasak sampai berbutir. Mudah larut.",
    500,
    240,
)
K = BusinessKind
MAKES: Mapping[str, tuple[tuple[str, BusinessKind, Good, int], ...]] = {
    KONKEP.code: (
        ("74.12.01", K.FOOD, OIL, 4),
        ("74.12.05", K.FOOD, OIL, 3),
        ("74.12.04", K.FISHERY, FISH, 4),
        ("74.12.02", K.FISHERY, FISH, 3),
        ("74.12.01", K.SERVICES, REPAIR, 1),
        ("74.12.03", K.CRAFT, CHAIR, 1),
    ),
    KOLTIM.code: (
        ("74.11.03", K.FOOD, COCOA, 4),
        ("74.11.10", K.FOOD, COCOA, 3),
        ("74.11.01", K.FARMING, SUGAR, 5),
        ("74.11.08", K.FARMING, SUGAR, 4),
        ("74.11.05", K.SERVICES, REPAIR, 1),
        ("74.11.03", K.CRAFT, CHAIR, 1),
    ),
}
"""District, business, what is made, and how many a family sells in a month: of two groups each, one of them trained."""
COCONUT_COURSE = Course("Minyak dan olahan kelapa", (K.FOOD,), 0, "Kelapa")
FISH_COURSE = Course("Olahan ikan kering dan beku", (K.FISHERY,), 1, "Perikanan tangkap")
SHOP_COURSE = Course("Bengkel las dan mebel", (K.SERVICES, K.CRAFT), 2)
COCOA_COURSE = Course("Fermentasi dan olahan kakao", (K.FOOD,), 0, "Kakao")
SUGAR_COURSE = Course("Gula semut aren", (K.FARMING,), 1, "Aren")
MISFIT = Course("Pengenalan olahan kakao", (K.FOOD,), 0, "Kakao")
REASON = "Diminta warga pindahan dari Kolaka Timur yang membawa biji kakao sendiri; diadakan sekali saja."
WORKS = {
    KONKEP.code: Work(
        (
            AgencyContent("Dinas Pertanian dan Perkebunan Konawe Kepulauan (demo)", "Kelapa"),
            AgencyContent("Dinas Kelautan dan Perikanan Konawe Kepulauan (demo)", "Perikanan"),
            AgencyContent("Dinas Perindustrian Konawe Kepulauan (demo)", "Bengkel dan mebel"),
        ),
        (("Kelapa", 0), ("Perikanan tangkap", 1)),
        (COCONUT_COURSE, FISH_COURSE, SHOP_COURSE),
        (MISFIT, REASON),
        "Rencana bersama kelapa dan perikanan",
        (
            (Course("Kelapa parut kering", (K.FOOD,), 0, "Kelapa"), LineKind.TRAINING, 24),
            (Course("Kotak pendingin perahu", (K.FISHERY,), 1, "Perikanan tangkap"), LineKind.AID, 12),
            (Course("Kompresor bengkel kedua", (K.SERVICES,), 2), LineKind.AID, 6),
        ),
    ),
    KOLTIM.code: Work(
        (
            AgencyContent("Dinas Perkebunan dan Hortikultura Kolaka Timur (demo)", "Kakao"),
            AgencyContent("Dinas Kehutanan dan Aren Kolaka Timur (demo)", "Aren"),
            AgencyContent("Dinas Perindustrian Kolaka Timur (demo)", "Bengkel dan mebel"),
        ),
        (("Kakao", 0), ("Aren", 1)),
        (COCOA_COURSE, SUGAR_COURSE, SHOP_COURSE),
        None,
        "Rencana bersama kakao dan aren",
        (
            (Course("Cokelat batang rumahan", (K.FOOD,), 0, "Kakao"), LineKind.TRAINING, 20),
            (Course("Tungku hemat kayu", (K.FARMING,), 1, "Aren"), LineKind.AID, 10),
            (Course("Mesin serut kedua", (K.CRAFT,), 2), LineKind.AID, 5),
        ),
    ),
}
POTENTIALS_PAGE, MISFITS_PAGE, PLANS_PAGE = "/dinas/potensi", "/dinas/pelatihan/tak-sesuai", "/dinas/rencana"
GOODS_PAGE = "/dinas/bantuan/barang"


def play(photos: Mapping[str, Prepared], now: dt.datetime) -> None:
    """Play the story up to a moment, one regency after the other."""
    for setting in (KONKEP, KOLTIM):
        _play(Scene(setting, photos, now))


def _play(scene: Scene) -> None:
    code = scene.setting.code
    with clock.at(scene.ago(REGISTERED)), unit_of_work():
        scene.settle()
        for number in range(2 * len(MAKES[code])):
            _found(scene, number)
        villages = scene.villages()
        for number in range(OTHERS):
            scene.family(villages[number * 5 % len(villages)])
        scene.make_mentors(MENTORS)
    desk = Desk(scene, WORKS[code], scene.cast.groups[::2])
    desk.name()
    diary = Diary(scene)
    _Seasons(diary).write()
    diary.play()
    desk.teach()
    desk.equip()
    desk.plan()


def _found(scene: Scene, number: int) -> None:
    """Register a group; of two that are alike one is trained later."""
    district, kind, _good, _pieces = MAKES[scene.setting.code][number // 2]
    villages = scene.villages(district)
    village = villages[(number % 2 + number // 2 * 2) % len(villages)]
    name = f"KUBE {WORDS[number % len(WORDS)]} {db.session.get_one(Area, village).name}"
    scene.found(GroupContent(name, village, JOINED.year, kind), FAMILIES, member_since=JOINED)


class _Seasons:
    """What the groups sell month by month, report, and are visited for."""

    def __init__(self, diary: Diary) -> None:
        self.diary, self.scene = diary, diary.scene
        self.field = Fieldwork(diary)
        self.goods: dict[int, list[int]] = {}

    def write(self) -> None:
        """Write it all into the diary."""
        this, periods = clock.month_of(self.scene.today), self.field.periods(2)
        self.diary.add(self.scene.today - dt.timedelta(days=REGISTERED - 5), self._offer)
        for back, month in enumerate(reversed(clock.months_back(this, MONTHS)), start=1):
            day = month + dt.timedelta(days=11)
            self.diary.add(day, partial(self._sell, day, is_better=back < SINCE))
            if back in (1, SINCE):
                self.diary.add(day + dt.timedelta(days=5), partial(self.scene.pay_out, day + dt.timedelta(days=5)))
        self.field.owe(periods)
        for starts_on in periods:
            for place, group_id in enumerate(self.scene.cast.groups[1:]):
                hands = 1 + place % 3 if starts_on == periods[-1] and place < MENTORS * 3 else 3
                self.field.report(
                    group_id, starts_on, self.field.due_on(starts_on) - dt.timedelta(days=2 + place), hands
                )
        for place, group_id in enumerate(self.scene.cast.groups):
            self.field.visit(group_id, 100 + place)
            self.field.visit(group_id, 8 + place, due_in=10 + place if place % 4 == 0 else None)
        self.field.judge([clock.add_months(starts_on, 4) for starts_on in periods])
        self.field.judge([self.scene.today])

    def _offer(self) -> None:
        for number, group_id in enumerate(self.scene.cast.groups):
            good = MAKES[self.scene.setting.code][number // 2][2]
            self.goods[group_id] = [self.scene.offer(group_id, good) for _family in range(FAMILIES)]

    def _sell(self, day: dt.date, *, is_better: bool) -> None:
        wanted: dict[int, int] = {}
        for number, group_id in enumerate(self.scene.cast.groups):
            pieces = MAKES[self.scene.setting.code][number // 2][3] * (2 if is_better and number % 2 == 0 else 1)
            wanted |= dict.fromkeys(self.goods[group_id], pieces + self.scene.luck.randint(0, 1))
        self.scene.sell(day, wanted)


def recap() -> list[Said]:
    """Return, of both regencies, what was named, taught, agreed on and handed over, and the families aimed at."""
    return [each for setting in (KONKEP, KOLTIM) for each in _of(setting)]


def _of(setting: Setting) -> list[Said]:
    name, day = setting.name, clock.today("Asia/Makassar")
    named = partners.potentials_in(setting.code).where(partners.in_force(day))
    words = ", ".join(potential.commodity.name for potential in db.session.scalars(named))
    misfits = db.session.execute(queries.misfits(setting.code)).all()
    return [
        Said(f"{name}: komoditas unggulan", words, POTENTIALS_PAGE),
        *_trained(setting),
        Said(f"{name}: pelatihan yang tidak sesuai", _misfit([row[0] for row in misfits]), MISFITS_PAGE),
        *_planned(setting),
        *_tools(setting),
        Said(f"{name}: keluarga sasaran", f"{_families(setting)} keluarga", MAP_PAGE),
        Said(f"{name}: penghasilan sebulan, sebelum → sesudah pelatihan", _sides(setting), SIDES_PAGE),
    ]


def _sides(setting: Setting) -> str:
    found = before_after.compared(Asked(setting.code, Given.TRAINING, WINDOW))
    sides = (("dilatih", found.had), ("belum", found.had_none))
    return "; ".join(f"{side.count} {word}, {_middles(side)}" for word, side in sides)


def _middles(side: Side) -> str:
    if side.before is None or side.after is None:
        return "terlalu sedikit"
    return f"median {format_rupiah(side.before.middle)} → {format_rupiah(side.after.middle)}"


def _misfit(found: list[Training]) -> str:
    return "; ".join(f"{each.title}: {each.misfit_reason}" for each in found) or "0"


def _trained(setting: Setting) -> list[Said]:
    rows = db.session.execute(
        select(Training.id, Training.title, Commodity.name, func.count(Trainee.id))
        .join_from(Trainee, Training, Training.id == Trainee.training_id)
        .outerjoin(Commodity, Commodity.id == Training.commodity_id)
        .where(Training.regency_code == setting.code, NOT_CANCELLED)
        .group_by(Training.id, Training.title, Commodity.name)
        .order_by(Training.id)
    )
    return [
        Said(f"{setting.name}: {title}", f"{count} orang, {word or 'tanpa komoditas'}", f"/dinas/pelatihan/{key}")
        for key, title, word, count in rows
    ]


def _planned(setting: Setting) -> list[Said]:
    found = []
    for plan in db.session.scalars(plans.plans_in(setting.code)):
        agreed = sum(plans.standing_of(line) is Standing.AGREED for line in plan.lines)
        agencies = {line.agency_id for line in plan.lines}
        figure = f"{len(plan.lines)} usul dari {len(agencies)} instansi, {agreed} disepakati"
        found.append(Said(f"{setting.name}: {plan.title}", figure, f"{PLANS_PAGE}/{plan.id}"))
    return found


def _tools(setting: Setting) -> list[Said]:
    rows = db.session.execute(
        select(Group.business_kind, func.count(Item.id))
        .join_from(Item, Handover, Handover.id == Item.handover_id)
        .join(Proposal, Proposal.id == Handover.proposal_id)
        .join(Group, Group.id == Proposal.group_id)
        .where(Handover.regency_code == setting.code)
        .group_by(Group.business_kind)
    )
    parts = sorted(f"{BUSINESS_KINDS[kind]} {count}" for kind, count in rows)
    return [Said(f"{setting.name}: alat industri kecil", ", ".join(parts), GOODS_PAGE)]


def _families(setting: Setting) -> int:
    mine: Select[int] = select(func.count()).select_from(Household).where(Household.regency_code == setting.code)
    return db.session.scalar(mine) or 0
