"""Paser and its province: grants of the province to groups, paid into their account and drawn in parts."""

import datetime as dt
from collections.abc import Mapping
from functools import partial

from sqlalchemy import func, select

from ...aid import funds, queries
from ...aid.funds import FundContent
from ...aid.models import Fund, FundRule, FundSource
from ...aid.money_models import Drawing, DrawingState, Grant
from ...areas.models import Area
from ...catalog.models import Category
from ...extensions import db
from ...groups.models import BusinessKind, Group, MemberRole, Membership, Person, Relation
from ...groups.rules import GroupContent
from ...mentoring.queries import is_late
from ...mentoring.report_models import GroupReport, ReportState
from ...shared import clock
from ...shared.images import Prepared
from ...shared.money import format_rupiah
from ...shared.policy import Role
from ...shared.transaction import unit_of_work
from ...training import partners
from ...training.models import Trainee, Training, TrainingKind
from ...training.partners import AgencyContent
from ...training.rules import TrainingContent
from ..training import Held, hold_training
from .common import Diary, Good, Said, Scene, Setting
from .fieldwork import Fieldwork
from .paser_grants import Grants
from .province import KALTIM, play_others

NAME = "Paser"
REGENCY = Setting("64.01", "Kabupaten Paser", series=2, first_serial=600)
GROUPS, FAMILIES, MENTORS, QUOTA = 35, 3, 2, 175
REGISTERED, TRAINED, ASKED = 400, 310, 300
"""Days before the last one. The story is that of 2015, told of the last year."""
FUND = "Bantuan modal KUBE (demo)"
AGENCY = AgencyContent("Dinas Perindustrian, Perdagangan, dan Koperasi Paser (demo)", "Kewirausahaan dan pembukuan")
COURSE = "Pelatihan kewirausahaan kelompok"
WORDS = (
    "Taka Bersatu", "Harapan Baru", "Mufakat", "Sumber Rejeki", "Olo Manin", "Karya Bersama", "Rukun Makmur",
    "Daya Taka", "Sejahtera", "Bina Usaha", "Maju Jaya", "Melati",
)  # fmt: skip
GOODS: tuple[tuple[BusinessKind, Good], ...] = (
    (BusinessKind.FISHERY, Good(
        *("Ikan asin gulama", Category.SNACK, "bungkus", 45_000, "fish"),
        "Ikan gulama dari muara, dijemur dua hari. Tidak memakai pengawet.", 500, 90,
    )),
    (BusinessKind.FOOD, Good(
        *("Keripik singkong pedas", Category.SNACK, "bungkus", 18_000, "chips"),
        "Singkong kebun sendiri, diiris tipis dan digoreng kering. Pedasnya bisa dipilih.", 250, 60,
        is_packed_food=True,
    )),
    (BusinessKind.FARMING, Good(
        *("Gula aren cetak", Category.SPICE, "kilogram", 40_000, "palm"),
        "Nira dimasak pada hari yang sama. Dicetak dalam tempurung.", 1_000, 180,
    )),
    (BusinessKind.LIVESTOCK, Good(
        *("Kambing kacang", Category.FRESH, "ekor", 1_500_000, "goat"),
        "Kambing sehat dari kandang kelompok. Siap dipelihara atau disembelih.", None,
    )),
    (BusinessKind.SHOP, Good(
        *("Paket kebutuhan dapur", Category.HOME, "paket", 105_000, "shop"),
        "Beras, minyak, gula, dan telur untuk satu pekan. Diantar di desa sendiri.", 6_000,
    )),
)  # fmt: skip
PIECES = (14, 35, 16, 1, 6)
"""What a group of each kind sells at once."""
LINES = 9
GRANTS_PAGE, REPORTS_PAGE, PROVINCE_PAGE = "/dinas/bantuan/hibah", "/dinas/pendampingan/laporan", "/dinas/provinsi"


def play(photos: Mapping[str, Prepared], now: dt.datetime) -> None:
    """Play the story up to a moment."""
    province = Scene(KALTIM, photos, now)
    scene = Scene(REGENCY, photos, now)
    with clock.at(scene.ago(REGISTERED)), unit_of_work():
        province.appoint()
        scene.settle()
        for number in range(GROUPS):
            _found(scene, number)
        scene.make_mentors(MENTORS)
    fund_id = _fund(province)
    _train(scene)
    diary = Diary(scene)
    _Seasons(diary).write()
    Grants(diary, fund_id).write()
    diary.play()
    play_others(province, fund_id)


def _found(scene: Scene, number: int) -> None:
    villages = scene.villages()
    village = villages[number * 4 % len(villages)]
    kind, _good = GOODS[number % len(GOODS)]
    name = f"KUBE {WORDS[number % len(WORDS)]} {db.session.get_one(Area, village).name}"
    content = GroupContent(name, village, 2009 + number % 6, kind)
    scene.found(content, FAMILIES)


def _fund(province: Scene) -> int:
    """Let the province keep a fund for a fixed number of groups."""
    at = province.ago(ASKED)
    year = clock.local_date(at, "Asia/Makassar").year
    content = FundContent(KALTIM.code, FundSource.PROVINCE, year, FUND, FundRule.QUOTA, QUOTA)
    with clock.at(at), unit_of_work():
        return funds.add_fund(content, province.cast.staff[Role.HEAD]).id


def _train(scene: Scene) -> None:
    """Teach the head of each group's first family enterprise; the training is the guidance that a grant asks for."""
    actor, code = scene.cast.staff[Role.CURATOR], scene.setting.code
    with clock.at(scene.ago(TRAINED + 20)), unit_of_work():
        agency = partners.add_agency(code, AGENCY, actor)
        content = TrainingContent(
            COURSE, TrainingKind.GUIDANCE, BusinessKind.SHOP, agency.id, None, "APBD Paser (demo)"
        )
    heads = select(Person.id).join(Membership, Membership.household_id == Person.household_id)
    chairs = heads.where(
        Membership.group_id.in_(scene.cast.groups),
        Membership.role == MemberRole.CHAIR,
        Person.relation == Relation.HEAD,
    )
    people = list(db.session.scalars(chairs.order_by(Membership.group_id)))
    first = scene.today - dt.timedelta(days=TRAINED)
    hold_training(code, Held(content, first, 3, "Aula Kantor Bupati"), (people[:18], people[18:]), actor)


class _Seasons:
    """What the groups sell, report and are visited for."""

    def __init__(self, diary: Diary) -> None:
        self.diary = diary
        self.scene = diary.scene
        self.field = Fieldwork(diary)
        self.goods: dict[int, int] = {}

    def write(self) -> None:
        """Write it all into the diary."""
        periods = self.field.periods(2)
        self.diary.add(periods[0], self._offer)
        self.field.owe(periods)
        for starts_on in periods:
            self._sell(starts_on + dt.timedelta(days=50), 0)
            self._report(starts_on, is_newest=starts_on == periods[-1])
        self._sell(self.scene.today - dt.timedelta(days=30), len(self.scene.cast.groups) // 5)
        for place, group_id in enumerate(self.scene.cast.groups):
            self.field.visit(group_id, 100 + place)
            self.field.visit(group_id, 8 + place, due_in=10 + place % 20 if place % 4 == 0 else None)
        self.diary.add(
            periods[-1] + dt.timedelta(days=90), partial(self.scene.pay_out, periods[-1] + dt.timedelta(days=90))
        )
        self.field.judge([clock.add_months(starts_on, 4) - dt.timedelta(days=1) for starts_on in periods])
        self.field.judge([self.scene.today])

    def _offer(self) -> None:
        for number, group_id in enumerate(self.scene.cast.groups):
            _kind, good = GOODS[number % len(GOODS)]
            self.goods[group_id] = self.scene.offer(group_id, good)

    def _sell(self, first: dt.date, leave_out: int) -> None:
        groups = self.scene.cast.groups[leave_out:]
        for place in range(0, len(groups), LINES):
            day = first + dt.timedelta(days=place // LINES)
            self.diary.add(day, partial(self._sell_on, day, groups[place : place + LINES]))

    def _sell_on(self, day: dt.date, groups: list[int]) -> None:
        number = self.scene.cast.groups.index
        self.scene.sell(day, {self.goods[key]: PIECES[number(key) % len(GOODS)] for key in groups})

    def _report(self, starts_on: dt.date, *, is_newest: bool) -> None:
        """Let most report in time, some late, some not at all; of the newest some wait or came back."""
        due_on = self.field.due_on(starts_on)
        for place, group_id in enumerate(self.scene.cast.groups):
            if is_newest and place % 9 == 8:
                continue
            late = 6 + place % 9 if place % 7 == 6 else -1 - place % 6
            hands = 1 + place % 3 if is_newest and place < 12 else 3
            day = due_on + dt.timedelta(days=late)
            self.field.report(group_id, starts_on, day, hands, back=is_newest and place in (13, 16))


def recap() -> list[Said]:
    """Return the grants of the regency and of the province, the drawings, and the reports that are late."""
    grants = select(func.count(Grant.group_id.distinct()), func.min(Grant.amount), func.max(Grant.amount))
    sums = grants.add_columns(func.sum(Grant.amount)).where(Grant.regency_code == REGENCY.code)
    count, least, most, together = db.session.execute(sums).one()
    each = format_rupiah(least or 0) if least == most else f"{format_rupiah(least)}–{format_rupiah(most)}"
    return [
        Said("Hibah", f"{count} kelompok × {each} = {format_rupiah(int(together or 0))}", GRANTS_PAGE),
        *_of_province(),
        *_drawings(),
        *_training(),
        *_reports(),
    ]


def _of_province() -> list[Said]:
    """Return what the province granted, by the year of its fund."""
    found = []
    for year in fund_years():
        rows = queries.by_regency(KALTIM.code, year)
        groups, granted = sum(row.groups for row in rows), sum(row.granted for row in rows)
        figure = f"{groups} kelompok di {len(rows)} kabupaten dan kota, {format_rupiah(granted)}"
        found.append(Said(f"{KALTIM.name}, dana {year}", figure, f"{PROVINCE_PAGE}?year={year}"))
    return found


def fund_years() -> list[int]:
    """Return the years of the province's funds."""
    years = select(Fund.year).where(Fund.area_code == KALTIM.code).distinct()
    return list(db.session.scalars(years.order_by(Fund.year)))


def _drawings() -> list[Said]:
    rows = select(func.count(), func.coalesce(func.sum(Drawing.amount), 0)).join(Drawing.grant)
    released = (DrawingState.RELEASED, DrawingState.PROVED, DrawingState.SETTLED)
    count, amount = db.session.execute(
        rows.where(Grant.regency_code == REGENCY.code, Drawing.state.in_(released))
    ).one()
    return [Said("Pengambilan yang dilepas", f"{count} kali, {format_rupiah(int(amount))}", GRANTS_PAGE)]


def _training() -> list[Said]:
    rows = db.session.execute(
        select(Training.id, Training.title, func.count())
        .join_from(Trainee, Training, Training.id == Trainee.training_id)
        .where(Training.regency_code == REGENCY.code)
        .group_by(Training.id, Training.title)
    )
    return [Said(title, f"{count} orang", f"/dinas/pelatihan/{key}") for key, title, count in rows]


def _reports() -> list[Said]:
    """Return how many of the reports are accepted, and how many are late."""
    mine = select(func.count()).join(GroupReport.group).where(Group.regency_code == REGENCY.code)
    accepted = db.session.scalar(mine.where(GroupReport.state == ReportState.ACCEPTED)) or 0
    late = db.session.scalar(mine.where(is_late(clock.today("Asia/Makassar")))) or 0
    total = db.session.scalar(mine) or 0
    figure = f"{accepted} dari {total} diterima, {late} terlambat"
    return [Said("Laporan catur wulan", figure, REPORTS_PAGE)]
