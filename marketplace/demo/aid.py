"""Aid in the demo: two funds, proposals in several states, goods that were handed over, and a grant that is drawn."""

import datetime as dt
from dataclasses import dataclass

from ..aid import funds, goods, queries
from ..aid.funds import FundContent
from ..aid.goods import Piece
from ..aid.goods_models import Found, ItemCondition
from ..aid.models import AidKind, FundRule, FundSource, ProposalState
from ..aid.proposals import ProposalContent
from ..aid.rules import Cost, Line
from ..areas.models import Agency
from ..areas.queries import time_zone
from ..extensions import db
from ..groups.models import Group
from ..groups.queries import households_of_group
from ..groups.rules import BankAccount
from ..shared import clock
from ..shared.policy import Role
from ..shared.transaction import unit_of_work
from .aid_desk import AidDesk
from .people import REGENCY, Cast

AGENCY = "Dinas Koperasi dan UMKM (demo)"
MONEY_FUND, QUOTA_FUND = "Pemberdayaan kelompok usaha (demo)", "Bantuan KUBE pusat (demo)"
BUDGET, PLACES = 150_000_000, 5
GRANT = 20_000_000


@dataclass(frozen=True)
class Story:
    """One proposal of the demo: whose (number of the group), what for, and how far it came."""

    group: int
    title: str
    story: str
    lines: tuple[Line, ...]
    state: ProposalState
    kind: AidKind = AidKind.GOODS
    by_quota: bool = False


SEALER = (Line("Mesin sealer", 3, 1_850_000, "unit"), Line("Plastik kemasan", 40, 65_000, "pak"))
STORIES = (
    Story(
        *(0, "Alat pengemas", "Pesanan parsel bertambah, kemasan masih ditutup dengan lilin.", SEALER),
        ProposalState.APPROVED,
    ),
    Story(
        *(5, "Modal bahan baku", "Bahan dibeli eceran; dengan modal bisa dibeli langsung dari petani."),
        (Line("Modal kerja", 1, GRANT),),
        ProposalState.APPROVED,
        AidKind.MONEY,
        by_quota=True,
    ),
    Story(
        *(1, "Oven pengering", "Saat hujan jemuran tidak kering dan pesanan terlambat."),
        (Line("Oven pengering", 1, 7_500_000, "unit"),),
        ProposalState.CHECKED,
    ),
    Story(
        *(2, "Alat potong bambu", "Bambu masih dibelah dengan parang, dua orang pernah luka."),
        (Line("Mesin belah bambu", 1, 6_200_000, "unit"), Line("Sarung tangan", 10, 35_000, "pasang")),
        ProposalState.SUBMITTED,
    ),
    Story(
        *(3, "Meja kerja", "Anggota bekerja di lantai."),
        (Line("Meja kerja", 4, 900_000, "buah"),),
        ProposalState.DRAFT,
    ),
    Story(
        *(4, "Mobil angkut", "Mengantar barang ke Kandangan."),
        (Line("Mobil bak terbuka bekas", 1, 95_000_000, "unit"),),
        ProposalState.REFUSED,
    ),
)


class Aid:
    """The aid of the demo on its way through the last months; `day` is how many days ago something happens."""

    def __init__(self, cast: Cast, now: dt.datetime) -> None:
        self.cast, self.now = cast, now
        self.head, self.mentor = cast.staff[Role.HEAD], cast.mentors[0]
        self.desk = AidDesk(cast, REGENCY)

    def give(self) -> None:
        """Play it all."""
        with clock.at(self._ago(90)):
            self._funds()
        for story in STORIES:
            with unit_of_work():
                key = self._propose(story)
                if story.state is ProposalState.APPROVED and story.kind is AidKind.GOODS:
                    self._hand_over(key, story)
                elif story.state is ProposalState.APPROVED:
                    self._grant(key)

    def _ago(self, days: int) -> dt.datetime:
        return self.now - dt.timedelta(days=days)

    def _funds(self) -> None:
        year = clock.today(time_zone(REGENCY)).year
        money = FundContent(REGENCY, FundSource.REGENCY, year, MONEY_FUND, FundRule.MONEY, BUDGET)
        quota = FundContent(REGENCY, FundSource.CENTRE, year, QUOTA_FUND, FundRule.QUOTA, PLACES)
        with unit_of_work():
            self.money_fund, self.quota_fund = (funds.add_fund(each, self.head).id for each in (money, quota))
            agency = Agency(area_code=REGENCY, name=AGENCY, trade="Kemasan, izin usaha, pemasaran")
            db.session.add(agency)
            db.session.flush()
            self.agency = agency.id

    def _propose(self, story: Story) -> int:
        group_id = self.cast.groups[story.group]
        content = ProposalContent(story.kind, story.title, story.story, story.lines)
        key = self.desk.write(group_id, "", content, self.mentor, self._ago(80))
        if story.state is not ProposalState.DRAFT:
            self.desk.submit(key, self.mentor, self._ago(75))
        if story.state not in (ProposalState.DRAFT, ProposalState.SUBMITTED):
            self.desk.check(key, self._ago(70))
        if story.state is ProposalState.REFUSED:
            self.desk.refuse(key, "Kendaraan tidak termasuk bantuan tahun ini.", self._ago(60))
        if story.state is ProposalState.APPROVED:
            self.desk.guide(group_id, self.agency, "Kemasan dan pembukuan sederhana", self._ago(65))
            fund = self.quota_fund if story.by_quota else self.money_fund
            self.desk.approve(key, fund, f"400.9/{100 + story.group}/DINSOS", self._ago(60))
        return key

    def _hand_over(self, key: int, story: Story) -> None:
        at = self._ago(45)
        families = households_of_group(self.cast.groups[story.group], clock.local_date(at, time_zone(REGENCY)))
        machine, rest = story.lines
        pieces = [
            Piece(machine.what, f"FRB-770-{place:03d}", machine.unit_price, ItemCondition.NEW, family.id)
            for place, family in enumerate(families[: machine.quantity], start=1)
        ]
        pieces.append(Piece(f"{rest.what} ({rest.quantity} {rest.unit})", "", rest.amount, ItemCondition.NEW))
        seen = self.desk.hand_over(key, pieces, families[0].name, at)[0]
        with clock.at(self._ago(15)):
            today = clock.today(time_zone(REGENCY))
            goods.look_after(seen, Found.THERE, "Dipakai setiap hari", today, self.mentor)

    def _grant(self, key: int) -> None:
        found = queries.grant_of(key)
        assert found is not None
        name = db.session.get_one(Group, found.group_id).name
        account = BankAccount("Bank Banua (demo)", "0098765432101", name)
        grant = self.desk.open_grant(key, account, ((GRANT // 2, 5), (GRANT // 2, 65)), self._ago(55))
        self.desk.pay(grant, 1, self._ago(50))
        plan = (Cost("Bahan baku satu bulan", 3_500_000), Cost("Ongkos angkut", 400_000))
        first = self.desk.ask(grant.id, "Belanja bahan bulan pertama", plan, self.mentor, self._ago(40)).id
        self.desk.release(first, self._ago(38))
        bought = (Cost("Bahan baku satu bulan", 3_420_000), Cost("Ongkos angkut", 400_000))
        self.desk.prove(first, bought, 80_000, self.mentor, self._ago(25))
        self.desk.settle(first, self._ago(20))
        second = (Cost("Bahan baku bulan kedua", 3_000_000),)
        self.desk.ask(grant.id, "Belanja bahan bulan kedua", second, self.mentor, self._ago(3))
