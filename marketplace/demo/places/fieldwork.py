"""Reports, visits and standings of a place's groups, written into its diary."""

import datetime as dt
from collections.abc import Callable, Collection
from functools import partial

from sqlalchemy import select

from ...accounts.models import User
from ...areas import queries as areas
from ...areas.models import FigureKey
from ...extensions import db
from ...mentoring import reporting, rules, standings
from ...mentoring.report_models import GroupReport
from ...mentoring.rules import PERIOD, ToDo, Told
from ...shared import clock
from ...shared.policy import Role
from .common import Diary, Scene

STORIES = ("Penjualan ramai menjelang hari raya.", "Bahan baku sempat sulit.", "Anggota makin terampil.")
BACK = "Ongkos angkut belum ditulis. Tolong lengkapi dengan catatan kas."
FINDINGS = (
    "Produksi lancar, bahan baku cukup sampai akhir bulan.",
    "Buku kas belum diisi dua pekan. Diajari mengisi bersama bendahara.",
    "Anggota sepakat membeli bahan bersama agar lebih murah.",
    "Kemasan sudah lebih rapi, label masih ditempel miring.",
    "Dua anggota jarang datang; akan diajak lagi pekan depan.",
)
TO_DO = ("Isi buku kas tiap pekan", "Ajak kembali anggota yang lama tidak datang", "Hitung ulang harga jual")


class Fieldwork:
    """The mentors, the verifier and the head of a place, over some periods of four months."""

    def __init__(self, diary: Diary) -> None:
        self.diary = diary
        self.scene: Scene = diary.scene

    def periods(self, count: int) -> list[dt.date]:
        """Return the first days of the newest periods that are over, oldest first."""
        return rules.periods_over(self.scene.today, count)

    def owe(self, periods: Collection[dt.date]) -> None:
        """Make the reports of periods due on the day after each."""
        for starts_on in periods:
            self.diary.add(clock.add_months(starts_on, PERIOD), lambda: reporting.make_due(clock.now()))

    def due_on(self, starts_on: dt.date) -> dt.date:
        """Return the last day for the report of a period."""
        code = self.scene.setting.code
        return rules.due_on(starts_on, areas.figure(FigureKey.REPORT_DUE_DAYS, code, rules.last_day(starts_on)))

    def report(self, group_id: int, starts_on: dt.date, day: dt.date, hands: int = 3, *, back: bool = False) -> None:
        """Let a mentor send a report on a day, the verifier check it or give it back, and the head accept it.

        `hands` is how many of the three have done their part.
        """
        steps = (self._send, self._give_back if back else self._check, self._accept)
        for number, step in enumerate(steps[: 2 if back else hands]):
            self.diary.add(day + dt.timedelta(days=2 * number), partial(step, group_id, starts_on))

    def _of(self, group_id: int, starts_on: dt.date) -> int:
        found = select(GroupReport.id).where(GroupReport.group_id == group_id, GroupReport.starts_on == starts_on)
        return db.session.scalars(found).one()

    def _send(self, group_id: int, starts_on: dt.date) -> None:
        luck, mentor = self.scene.luck, db.session.get_one(User, self.scene.mentor_of[group_id])
        amount = 10_000 * luck.randint(5, 60)
        told = Told(amount, amount // 5, 5_000 * luck.randint(0, 40), luck.choice(STORIES))
        reporting.send(self._of(group_id, starts_on), told, mentor.id, mentor)

    def _check(self, group_id: int, starts_on: dt.date) -> None:
        verifier = self.scene.cast.user(Role.VERIFIER)
        reporting.check(self._of(group_id, starts_on), verifier.id, verifier)

    def _accept(self, group_id: int, starts_on: dt.date) -> None:
        head = self.scene.cast.user(Role.HEAD)
        reporting.accept(self._of(group_id, starts_on), head.id, head)

    def _give_back(self, group_id: int, starts_on: dt.date) -> None:
        verifier = self.scene.cast.user(Role.VERIFIER)
        reporting.give_back(self._of(group_id, starts_on), BACK, verifier.id, verifier)

    def visit(self, group_id: int, days_ago: int, *, due_in: int | None = None) -> None:
        """Let the mentor visit a group; where something is agreed on, it is due so many days later."""
        day = self.scene.today - dt.timedelta(days=days_ago)
        luck = self.scene.luck
        to_do = () if due_in is None else (ToDo(luck.choice(TO_DO), day + dt.timedelta(days=due_in)),)
        self.diary.add(day, partial(self.scene.visit, group_id, day, luck.choice(FINDINGS), to_do))

    def judge(self, days: Collection[dt.date]) -> None:
        """Derive how the groups stand in the evening of some days."""
        for day in days:
            self.diary.add(day, partial(self._judge, day))

    def _judge(self, day: dt.date) -> None:
        at = self.scene.on(day, 20)
        with clock.at(at):
            standings.refresh_regency(self.scene.setting.code, at)

    def say(self, day: dt.date, act: Callable[[], object]) -> None:
        """Let an officer say something of a group on a day."""
        self.diary.add(day, act)
