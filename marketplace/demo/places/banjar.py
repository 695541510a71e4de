"""Kota Banjar: 150 groups formed since 2004, of which as many run as their sales and reports say."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from functools import partial
from itertools import cycle

from sqlalchemy import func, select

from ...areas.models import Area
from ...catalog.models import Category
from ...extensions import db
from ...groups.models import BusinessKind, Group
from ...groups.rules import GroupContent
from ...mentoring import plans, rules, standings
from ...mentoring.rules import PlanContent, ToDo
from ...mentoring.standing_models import GroupStanding, StandingState
from ...mentoring.standing_rules import StandingStep
from ...shared import clock
from ...shared.images import Prepared
from ...shared.policy import Role
from ...shared.transaction import unit_of_work
from . import banjar_aid, banjar_training
from .common import Diary, Good, Said, Scene, Setting
from .fieldwork import Fieldwork

NAME = "Kota Banjar"
CITY = Setting("32.79", NAME, series=1, first_serial=150)
LANGENSARI = "32.79.04"
REGISTERED = dt.date(2012, 3, 5)
"""The year from which the office tells of its groups."""
FIRST_YEAR, LAST_YEAR = 2004, 2011
FAMILIES = 3
MENTORS = 7
PERIODS = 3
"""So many are looked at to tell whether sales fall."""
STANDING_PAGE = "/dinas/pendampingan/keadaan"


class Course(StrEnum):
    """What becomes of a group; how it stands is told from that by the rules."""

    STEADY = "steady"
    FALLING = "falling"
    LATE = "late"
    """Sells, and reports when it is too late."""
    QUIET = "quiet"
    """Sold once."""
    SILENT = "silent"
    """Neither sells nor reports."""
    GIVEN_UP = "given_up"
    """Silent, and an officer has confirmed it."""
    DISSOLVED = "dissolved"


C = Course
COURSES: Mapping[str, Mapping[Course, int]] = {
    LANGENSARI: {C.STEADY: 55, C.FALLING: 2, C.LATE: 2, C.QUIET: 2, C.SILENT: 1},
    "32.79.01": {C.STEADY: 2, C.FALLING: 7, C.LATE: 6, C.QUIET: 9, C.SILENT: 2, C.GIVEN_UP: 5, C.DISSOLVED: 3},
    "32.79.02": {C.STEADY: 2, C.FALLING: 7, C.LATE: 5, C.QUIET: 8, C.SILENT: 2, C.GIVEN_UP: 5, C.DISSOLVED: 3},
    "32.79.03": {C.STEADY: 1, C.FALLING: 4, C.LATE: 3, C.QUIET: 5, C.SILENT: 1, C.GIVEN_UP: 4, C.DISSOLVED: 4},
}
"""Of each kecamatan, how many groups go which way."""
SOLD: Mapping[Course, tuple[int, ...]] = {C.STEADY: (0, 4, 5), C.FALLING: (6, 4, 2), C.LATE: (0, 3, 3)}
"""How much in each of the periods, oldest first, see PIECES."""
WORDS = (
    "Sauyunan", "Sugih Mukti", "Karya Mandiri", "Silih Asih", "Barokah", "Saluyu", "Harapan Jaya", "Guyub Rukun",
    "Mekar Jaya", "Cempaka", "Tunas Muda", "Jembar Rahayu", "Sinar Harapan", "Panggugah", "Wargi Saluyu", "Melati",
)  # fmt: skip
KINDS = (BusinessKind.LIVESTOCK, BusinessKind.FOOD, BusinessKind.SHOP)
KIND_WORDS = {BusinessKind.LIVESTOCK: "Ternak", BusinessKind.FOOD: "Olahan", BusinessKind.SHOP: "Warung"}
STORIES = {
    BusinessKind.LIVESTOCK: "Kelompok ini memelihara kambing dan domba di kandang bersama.",
    BusinessKind.FOOD: "Ibu-ibu kelompok ini mengolah hasil kebun menjadi makanan ringan.",
    BusinessKind.SHOP: "Kelompok ini mengelola warung kecil untuk kebutuhan tetangga.",
}
GOODS = {
    BusinessKind.LIVESTOCK: Good(
        *("Kambing muda", Category.FRESH, "ekor", 1_350_000, "goat"),
        "Kambing sehat umur delapan bulan. Dipelihara di kandang kelompok.",
        weight_gram=None,
    ),
    BusinessKind.FOOD: Good(
        *("Keripik pisang manis", Category.SNACK, "bungkus", 16_000, "chips"),
        "Keripik pisang renyah dari kebun anggota. Digoreng dua kali sepekan.",
        weight_gram=250,
        shelf_life_days=90,
        is_packed_food=True,
    ),
    BusinessKind.SHOP: Good(
        *("Paket kebutuhan dapur", Category.HOME, "paket", 98_000, "shop"),
        "Beras, minyak, gula, dan telur untuk satu pekan. Diantar di kampung sendiri.",
        weight_gram=6_000,
    ),
}
PIECES = {BusinessKind.LIVESTOCK: 1, BusinessKind.FOOD: 40, BusinessKind.SHOP: 7}
"""What SOLD is multiplied with."""
LINES = 6
"""Products in one order."""
RECENT, ONCE = 40, 140
"""So many days ago groups sold lately, and those that are quiet since."""
JUDGED, CONFIRMED, DISSOLVED = 20, 15, 120
"""So many days ago the rules told how groups stand, and officers said of some what only they can."""
WAITING = 21
"""So many of the newest reports wait for somebody; one more came back."""


def play(photos: Mapping[str, Prepared], now: dt.datetime) -> None:
    """Play the story up to a moment."""
    scene = Scene(CITY, photos, now)
    with clock.at(scene.on(REGISTERED)), unit_of_work():
        scene.settle()
        courses = _groups(scene)
        scene.make_mentors(MENTORS)
    banjar_training.hold(scene)
    _Year(scene, courses).play()
    banjar_aid.Aid(scene).give()


def _groups(scene: Scene) -> dict[int, Course]:
    """Register the groups of each kecamatan, some of every year, and tell what becomes of them."""
    courses: dict[int, Course] = {}
    years = cycle(range(FIRST_YEAR, LAST_YEAR + 1))
    for district, ways in COURSES.items():
        names = {code: cycle(WORDS) for code in scene.villages(district)}
        villages = cycle(names)
        for course in Counter(ways).elements():
            village, kind = next(villages), KINDS[len(courses) % len(KINDS)]
            place = db.session.get_one(Area, village).name
            name = f"KUBE {KIND_WORDS[kind]} {next(names[village])} {place}"
            content = GroupContent(name, village, next(years), kind, STORIES[kind])
            wrse = 0.7 if village in banjar_training.VILLAGES else 0.1
            since = dt.date(content.formed_year, 6, 1)
            courses[scene.found(content, FAMILIES, member_since=since, wrse=wrse)] = course
    return courses


class _Year:
    """The last periods: what groups sold, reported, and were visited."""

    def __init__(self, scene: Scene, courses: Mapping[int, Course]) -> None:
        self.scene, self.courses = scene, courses
        self.diary = Diary(scene)
        self.field = Fieldwork(self.diary)
        self.periods = self.field.periods(PERIODS)
        owed = [starts_on for starts_on in self.periods if self.field.due_on(starts_on) < self._ago(CONFIRMED)]
        self.reported = self.periods[self.periods.index(owed[-2]) :]
        """The two periods that a group must have let pass to be called inactive, and what came since."""
        self.goods: dict[int, int] = {}
        """Group → its product."""
        self.pieces: dict[int, int] = {}

    def play(self) -> None:
        """Write it all into the diary and play that."""
        self.diary.add(self.periods[0], self._offer)
        self._trade()
        self.field.owe(self.reported)
        self._report()
        self._visit()
        self._say()
        self._plan()
        after_sales = [starts_on + dt.timedelta(days=60) for starts_on in self.periods[1:]]
        self.field.judge([*after_sales, self._ago(JUDGED), self.scene.today])
        self.diary.play()

    def _of(self, *courses: Course) -> list[int]:
        return [group_id for group_id, course in self.courses.items() if course in courses]

    def _ago(self, days: int) -> dt.date:
        return self.scene.today - dt.timedelta(days=days)

    def _offer(self) -> None:
        for group_id in self._of(*SOLD, C.QUIET):
            kind = db.session.get_one(Group, group_id).business_kind
            self.goods[group_id] = self.scene.offer(group_id, GOODS[kind])
            self.pieces[group_id] = PIECES[kind]

    def _trade(self) -> None:
        for course, counts in SOLD.items():
            for starts_on, count in zip(self.periods, counts, strict=True):
                if count:
                    self._sell(self._of(course), count, starts_on + dt.timedelta(days=40))
            self._sell(self._of(course), 1, self._ago(RECENT))
        self._sell(self._of(C.QUIET), 2, self._ago(ONCE))
        for starts_on in self.periods[1:]:
            self.diary.add(starts_on + dt.timedelta(days=4), partial(self.scene.pay_out, starts_on))

    def _sell(self, group_ids: list[int], count: int, first: dt.date) -> None:
        """Let offices buy of some groups, every day of a few of them."""
        for place in range(0, len(group_ids), LINES):
            day = first + dt.timedelta(days=place // LINES)
            self.diary.add(day, partial(self._sell_on, day, group_ids[place : place + LINES], count))

    def _sell_on(self, day: dt.date, group_ids: list[int], count: int) -> None:
        self.scene.sell(day, {self.goods[key]: count * self.pieces[key] for key in group_ids})

    def _report(self) -> None:
        """Let groups report: most in time, some too late; of the newest period not all have been looked through."""
        for starts_on in self.reported:
            due_on = self.field.due_on(starts_on)
            is_newest = starts_on == self.periods[-1]
            for place, group_id in enumerate(self._of(C.STEADY, C.FALLING)):
                hands = 1 + place % 3 if is_newest and place < WAITING else 3
                day = due_on - dt.timedelta(days=1 + place % 8)
                self.field.report(group_id, starts_on, day, hands, back=is_newest and place == WAITING)
            for place, group_id in enumerate(self._of(C.LATE)):
                if not (is_newest and place % 2):
                    self.field.report(group_id, starts_on, due_on + dt.timedelta(days=3 + place))

    def _visit(self) -> None:
        for place, group_id in enumerate(self._of(C.STEADY, C.FALLING, C.LATE)):
            self.field.visit(group_id, 95 + place % 20)
            self.field.visit(group_id, 12 + place % 30, due_in=5 + place % 25 if place % 6 == 0 else None)
        for place, group_id in enumerate(self._of(C.QUIET, C.SILENT)):
            self.field.visit(group_id, 50 + place % 60, due_in=20 if place % 4 == 0 else None)

    def _say(self) -> None:
        """Let officers say what only they can: of some groups that the rules propose, and of others that they end."""
        verifier, head = (self.scene.cast.staff[role] for role in (Role.VERIFIER, Role.HEAD))
        for group_id in self._of(C.GIVEN_UP):
            self.diary.add(
                self._ago(CONFIRMED), partial(standings.decide, group_id, StandingStep.CONFIRM, "", verifier)
            )
        for group_id in self._of(C.DISSOLVED):
            why = "Anggota sepakat bubar, kandang dan alat sudah dikembalikan."
            self.diary.add(self._ago(DISSOLVED), partial(standings.decide, group_id, StandingStep.DISSOLVE, why, head))

    def _plan(self) -> None:
        """Let some groups that need it have a plan for half a year."""
        first = clock.add_months(clock.month_of(self.scene.today), -2)
        last = clock.add_months(first, 5)
        targets = (
            ToDo("Jadwal kerja tertulis", rules.last_of_month(clock.add_months(first, 1))),
            ToDo("Berjualan lagi tiap pekan", rules.last_of_month(last)),
        )
        content = PlanContent("Kelompok berjualan lagi dan melapor tepat waktu", first, last, targets)
        for group_id in self._of(C.FALLING, C.LATE)[::3]:
            mentor_id = self.scene.mentor_of[group_id]
            self.diary.add(first + dt.timedelta(days=9), partial(plans.make_plan, group_id, content, mentor_id))


def recap() -> list[Said]:
    """Return how many groups there are and run, in all and in Langensari, and what the aid and the training came to."""
    everywhere, here = _standings(), _standings(LANGENSARI)
    formed = select(func.min(Group.formed_year), func.max(Group.formed_year)).where(Group.regency_code == CITY.code)
    first, last = db.session.execute(formed).one()
    return [
        Said(f"KUBE yang dibentuk {first}–{last}", f"{everywhere.total()} kelompok", STANDING_PAGE),
        Said("Berjalan", _part(everywhere), STANDING_PAGE),
        Said("Berjalan di Kecamatan Langensari", _part(here), STANDING_PAGE),
        *banjar_training.recap(),
        *banjar_aid.recap(),
    ]


def _standings(district: str | None = None) -> Counter[StandingState]:
    """Count the groups of the city, or of a kecamatan, by how they stand now."""
    statement = select(GroupStanding.state, func.count().label("count_")).join(GroupStanding.group)
    inside = Group.regency_code == CITY.code if district is None else Group.district_code == district
    rows = db.session.execute(statement.where(inside, GroupStanding.ended_at.is_(None)).group_by(GroupStanding.state))
    return Counter({row.state: row.count_ for row in rows})


def _part(counts: Counter[StandingState]) -> str:
    running, total = counts[StandingState.RUNNING], counts.total()
    return f"{running} dari {total} kelompok ({round(100 * running / total) if total else 0} %)"
