"""Paser's grants from the proposal to receipts: every group is paid half, draws by plan, and proves what it bought."""

import datetime as dt
from collections.abc import Callable
from functools import partial

from ...aid import drawings, queries
from ...aid.models import AidKind
from ...aid.money_models import Grant
from ...aid.proposals import ProposalContent
from ...aid.rules import Cost, Line
from ...extensions import db
from ...groups.models import Group
from ...groups.rules import BankAccount
from ...shared import clock
from ...shared.policy import Role
from ..aid_desk import AidDesk
from .common import Diary

GRANT = 20_000_000
HALF = GRANT // 2
CONTENT = ProposalContent(
    AidKind.MONEY,
    "Modal usaha kelompok",
    "Modal dipakai membeli bahan dan alat; hasilnya diputar lagi dan dilaporkan tiap catur wulan.",
    (Line("Modal kerja", 1, GRANT),),
)
PARTS = ((HALF, 0), (HALF, 180))
"""Rupiah, and after how many days."""
BANK = "Bank Kaltimtara (demo)"
LETTER, CHECKED, DECIDED, PAID = 300, 290, 280, 270
"""Days before the last one."""
ASKED, RELEASED, PROVED, SETTLED = 250, 246, 215, 205
"""The first drawing, the first group's; each later group a day later."""
PLAN = (Cost("Bahan baku", 4_200_000), Cost("Alat kerja", 1_800_000))
BOUGHT, REST = (Cost("Bahan baku", 4_050_000), Cost("Alat kerja", 1_800_000)), 150_000
SECOND = (Cost("Bahan baku", 2_500_000), Cost("Kemasan dan ongkos angkut", 1_000_000))
SECOND_ROUND = {
    "ask_again": 40,
    "release": 36,
    "refuse": 35,
    "prove_again": 18,
    "settle": 12,
    "send_back": 11,
    "pay_rest": 10,
}
WAYS = (
    (),
    ("ask_again",),
    ("ask_again", "release"),
    ("ask_again", "release", "prove_again"),
    ("ask_again", "release", "prove_again", "settle", "pay_rest"),
    ("ask_again", "release", "prove_again", "send_back"),
    ("ask_again", "refuse"),
)
"""How far groups come in turn after the first drawing, by steps with their days before the last one."""
WHY_NOT = "Sewa kendaraan tidak ada dalam rencana usaha. Ajukan tanpa itu."
BACK = "Nota alat kerja tidak terbaca. Kirim foto yang lebih jelas."


def account_of(group: Group) -> BankAccount:
    """Return the account that a group opened for its grant."""
    return BankAccount(BANK, f"00{group.id:010d}", group.name)


class Grants:
    """The grants of a regency's groups."""

    def __init__(self, diary: Diary, fund_id: int) -> None:
        self.diary, self.fund_id = diary, fund_id
        self.scene = diary.scene
        self.desk = AidDesk(diary.scene.cast, diary.scene.setting.code)
        self.proposals: dict[int, int] = {}
        self.drawn: dict[int, int] = {}
        """Group → its newest drawing."""

    def write(self) -> None:
        """Write all grants into the diary."""
        for number, group_id in enumerate(self.scene.cast.groups):
            self._on(LETTER - number % 5, partial(self._propose, group_id))
            self._on(CHECKED - number % 5, partial(self._check, group_id))
            self._on(DECIDED, partial(self._approve, group_id, number))
            self._on(PAID, partial(self._pay, group_id))
            self._on(ASKED - number, partial(self._ask, group_id))
            self._on(RELEASED - number, partial(self._release, group_id))
            self._on(PROVED - number, partial(self._prove, group_id))
            self._on(SETTLED - number, partial(self._settle, group_id))
            self._go_on(group_id, number)

    def _go_on(self, group_id: int, number: int) -> None:
        """Let a group go the way of its number after the first drawing."""
        acts = {
            "ask_again": self._ask_again,
            "release": self._release,
            "refuse": self._refuse,
            "prove_again": self._prove_again,
            "settle": self._settle,
            "send_back": self._send_back,
            "pay_rest": self._pay_rest,
        }
        for step in WAYS[number % len(WAYS)]:
            self._on(SECOND_ROUND[step], partial(acts[step], group_id))

    def _on(self, days: int, act: Callable[[], object]) -> None:
        self.diary.add(self.scene.today - dt.timedelta(days=days), act)

    def _writer(self, group_id: int) -> int:
        return self.scene.mentor_of[group_id]

    def _propose(self, group_id: int) -> None:
        writer = self._writer(group_id)
        key = self.desk.write(group_id, "", CONTENT, writer, clock.now())
        self.desk.submit(key, writer, clock.now())
        self.proposals[group_id] = key

    def _check(self, group_id: int) -> None:
        self.desk.check(self.proposals[group_id], clock.now())

    def _approve(self, group_id: int, number: int) -> None:
        self.desk.approve(self.proposals[group_id], self.fund_id, f"460/{101 + number}/DINSOS", clock.now())

    def _grant(self, group_id: int) -> Grant:
        grant = queries.grant_of(self.proposals[group_id])
        assert grant is not None
        return grant

    def _pay(self, group_id: int) -> None:
        account = account_of(db.session.get_one(Group, group_id))
        grant = self.desk.open_grant(self.proposals[group_id], account, PARTS, clock.now())
        self.desk.pay(grant, 1, clock.now())

    def _pay_rest(self, group_id: int) -> None:
        self.desk.pay(self._grant(group_id), 2, clock.now())

    def _ask(self, group_id: int) -> None:
        grant_id, writer = self._grant(group_id).id, self._writer(group_id)
        self.drawn[group_id] = self.desk.ask(grant_id, "Bahan dan alat pertama", PLAN, writer, clock.now()).id

    def _ask_again(self, group_id: int) -> None:
        grant_id, writer = self._grant(group_id).id, self._writer(group_id)
        self.drawn[group_id] = self.desk.ask(grant_id, "Bahan untuk pesanan berikutnya", SECOND, writer, clock.now()).id

    def _release(self, group_id: int) -> None:
        self.desk.release(self.drawn[group_id], clock.now())

    def _refuse(self, group_id: int) -> None:
        drawings.refuse(self.drawn[group_id], WHY_NOT, self.scene.cast.staff[Role.HEAD])

    def _prove(self, group_id: int) -> None:
        self.desk.prove(self.drawn[group_id], BOUGHT, REST, self._writer(group_id), clock.now())

    def _prove_again(self, group_id: int) -> None:
        self.desk.prove(self.drawn[group_id], SECOND, 0, self._writer(group_id), clock.now())

    def _settle(self, group_id: int) -> None:
        self.desk.settle(self.drawn[group_id], clock.now())

    def _send_back(self, group_id: int) -> None:
        drawings.send_back(self.drawn[group_id], BACK, self.scene.cast.staff[Role.VERIFIER])
