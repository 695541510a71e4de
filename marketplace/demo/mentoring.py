"""The demo's mentors through the year: plans, visits, reports of the groups, and how those stand month by month."""

import datetime as dt
from collections.abc import Callable, Sequence
from random import Random

from sqlalchemy import select

from ..accounts.models import User
from ..extensions import db
from ..groups.queries import households_of_group
from ..mentoring import plans, reporting, standings, visits
from ..mentoring.models import FollowUp, VisitKind
from ..mentoring.report_models import GroupReport
from ..mentoring.rules import PlanContent, ToDo, Told, VisitContent, last_of_month, last_over
from ..shared import clock, images
from ..shared.images import Prepared, Stored
from ..shared.policy import Role
from ..shared.transaction import unit_of_work
from .people import MENTORS, Cast
from .trade import moment

MONTHS = 12
A_DAY = dt.timedelta(days=1)
FINDINGS = (
    "Produksi lancar, bahan baku cukup sampai akhir bulan.",
    "Kemasan sudah lebih rapi. Label masih ditempel miring.",
    "Dua anggota sakit, produksi berkurang. Pesanan tetap dipenuhi.",
    "Pembeli dari kantor mulai memesan lagi. Perlu stok lebih banyak menjelang hari pasar.",
    "Catatan kas belum diisi dua pekan. Diajari mengisi bersama bendahara.",
    "Harga bahan naik. Kelompok sepakat membeli bersama agar lebih murah.",
)
TO_DO = (
    "Isi buku kas tiap pekan",
    "Urus nomor P-IRT di Dinas Kesehatan",
    "Ganti kemasan dengan yang kedap udara",
    "Foto ulang produk di tempat terang",
    "Kirim contoh produk ke kurator",
)
OUTCOMES = ("Sudah dikerjakan bersama pendamping", "Selesai, hasilnya baik", "Selesai, perlu diulang bulan depan")
GOALS = (
    "Berjualan tiap pekan di pasar tenda dan menyisihkan tabungan kelompok",
    "Semua produk makanan punya nomor P-IRT",
    "Pendapatan tiap keluarga naik sebelum Ramadan",
)
TARGETS = ("Jadwal produksi tertulis", "Kemasan dan label baru", "Tabungan kelompok Rp1.000.000")
STORIES = ("Penjualan ramai menjelang hari raya.", "Bahan baku sempat sulit.", "Anggota makin terampil.")
SILENT_FROM = 27
"""Groups from this place on in the cast were not visited in the last months: their mentor has something to do."""


class Mentors:
    """The mentors of the demo on their way through the year."""

    def __init__(self, cast: Cast, now: dt.datetime, luck: Random, photos: Sequence[Prepared]) -> None:
        self.cast = cast
        self.luck = luck
        self.now = now
        self.today = clock.local_date(now, "Asia/Makassar")
        self.photos = photos[:4]
        self.verifier = cast.staff[Role.VERIFIER]
        self.head = cast.staff[Role.HEAD]

    def play(self) -> None:
        """Play the last twelve months, month by month, up to yesterday."""
        for month in clock.months_back(clock.month_of(self.today), MONTHS):
            self._month(month)
        with unit_of_work():
            standings.refresh(self.now)

    def _month(self, month: dt.date) -> None:
        first = moment(month, 7)
        with clock.at(first), unit_of_work():
            reporting.make_due(first)
            if month.month in (1, 7):
                self._plans(month)
        with unit_of_work():
            self._visits(month)
        if last_over(month) == clock.add_months(month, -4):
            with unit_of_work():
                self._reports(month)
        with clock.at(min(moment(last_of_month(month), 20), self.now)), unit_of_work():
            standings.refresh(clock.now())
        db.session.expunge_all()

    def _mentor(self, place: int) -> int:
        return self.cast.mentors[place % MENTORS]

    def _plans(self, month: dt.date) -> None:
        """Let every third group make a plan for half a year; some of it was reached."""
        for place, group_id in enumerate(self.cast.groups):
            if place % 3:
                continue
            last = clock.add_months(month, 5)
            due = [last_of_month(clock.add_months(month, ahead)) for ahead in (1, 3, 5)]
            targets = tuple(ToDo(what, day) for what, day in zip(TARGETS, due, strict=True))
            plan = plans.make_plan(
                group_id, PlanContent(self.luck.choice(GOALS), month, last, targets), self._mentor(place)
            )
            for target in plan.targets[: self.luck.randint(0, 2)]:
                if target.due_on >= self.today:
                    continue
                with clock.at(min(moment(target.due_on, 10), self.now)):
                    plans.reach(target.id, group_id, self._mentor(place))

    def _visits(self, month: dt.date) -> None:
        for place, group_id in enumerate(self.cast.groups):
            is_silent = place >= SILENT_FROM and month > clock.add_months(clock.month_of(self.today), -3)
            day = month + self.luck.randint(0, 26) * A_DAY
            if day < self.today and not is_silent:
                with clock.at(moment(day, 15)):
                    self._visit(place, group_id, day)

    def _visit(self, place: int, group_id: int, day: dt.date) -> None:
        members = [household.id for household in households_of_group(group_id, day)]
        met = tuple(sorted(self.luck.sample(members, min(len(members), self.luck.randint(2, 5)))))
        at_home = self.luck.random() < 0.2
        to_do = (ToDo(self.luck.choice(TO_DO), day + self.luck.randint(7, 30) * A_DAY),)
        content = VisitContent(
            kind=VisitKind.HOME if at_home else VisitKind.GROUP,
            group_id=group_id,
            visited_on=day,
            findings=self.luck.choice(FINDINGS),
            household_ids=met[:1] if at_home else met,
            follow_ups=to_do if self.luck.random() < 0.4 else (),
        )
        visit_id = visits.record(f"demo-{group_id}-{day}", content, self._pictures(day), self._mentor(place))
        self._follow(visit_id, place)

    def _pictures(self, day: dt.date) -> list[tuple[str, Stored]]:
        """Take a photo on the visits of the last weeks."""
        if self.today - day > 30 * A_DAY:
            return []
        number = self.luck.randrange(len(self.photos))
        return [(f"demo-{number}", images.write_all([self.photos[number]], private=True)[0])]

    def _follow(self, visit_id: int, place: int) -> None:
        """Close most of what was agreed on, on its day; some waits for the mentor."""
        rows = db.session.scalars(select(FollowUp).where(FollowUp.visit_id == visit_id)).all()
        for row in rows:
            done_on = row.due_on - self.luck.randint(0, 5) * A_DAY
            if done_on < self.today and self.luck.random() < 0.85:
                with clock.at(moment(done_on, 16)):
                    visits.close_follow_up(row.id, self.luck.choice(OUTCOMES), done_on, self._mentor(place))

    def _reports(self, month: dt.date) -> None:
        """Let groups report on the period before: most in time, some late, some not; the newest are under way."""
        place_of = {group_id: place for place, group_id in enumerate(self.cast.groups)}
        period = clock.add_months(month, -4)
        is_newest = period == last_over(self.today)
        reports = db.session.scalars(select(GroupReport).where(GroupReport.starts_on == period))
        for report in sorted(reports, key=lambda each: each.group_id):
            chance = self.luck.random()
            late = self.luck.randint(3, 20) if chance > 0.85 else -self.luck.randint(1, 12)
            day = report.due_on + late * A_DAY
            if chance < 0.95 and day < self.today:
                self._report(report, place_of[report.group_id], day, 1 if is_newest and chance < 0.1 else 3)

    def _report(self, report: GroupReport, place: int, day: dt.date, hands: int) -> None:
        """Let a report be sent by its group, checked by the mentor and accepted by the verifier; or only begun."""
        officer, mentor = (db.session.get_one(User, key) for key in (self.cast.sellers[place], self._mentor(place)))
        verifier = db.session.get_one(User, self.verifier)
        amount = 10_000 * self.luck.randint(5, 60)
        told = Told(amount, amount // 5, 5_000 * self.luck.randint(0, 40), self.luck.choice(STORIES))
        steps: tuple[Callable[[], object], ...] = (
            lambda: reporting.send(report.id, told, officer.id, officer),
            lambda: reporting.check(report.id, mentor.id, mentor),
            lambda: reporting.accept(report.id, verifier.id, verifier),
        )
        for number, step in enumerate(steps[:hands]):
            with clock.at(min(moment(day + 2 * number * A_DAY, 9), self.now)):
                step()
