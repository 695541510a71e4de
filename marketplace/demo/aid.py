"""Aid in the demo: two funds, proposals in several states, goods that were handed over, and a grant that is drawn."""

import datetime as dt
import io
from dataclasses import dataclass

from PIL import Image as Pillow
from PIL import ImageDraw

from ..aid import drawings, funds, goods, grants, guidance, proposals, queries
from ..aid.drawings import Bought
from ..aid.funds import FundContent
from ..aid.goods import Piece, Signed
from ..aid.goods_models import Found, ItemCondition
from ..aid.guidance import GuidanceContent
from ..aid.models import AidKind, FundRule, FundSource, ProposalState
from ..aid.proposals import ProposalContent
from ..aid.rules import Cost, Decision, Line
from ..areas.models import Agency
from ..areas.queries import time_zone
from ..extensions import db
from ..groups.models import Group
from ..groups.queries import households_of_group
from ..groups.rules import BankAccount
from ..shared import clock, images
from ..shared.policy import Role
from ..shared.transaction import unit_of_work
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
        self.head, self.verifier = cast.staff[Role.HEAD], cast.staff[Role.VERIFIER]
        self.curator, self.treasurer = cast.staff[Role.CURATOR], cast.staff[Role.TREASURER]
        self.paper = images.prepare(_paper())

    def give(self) -> None:
        """Play it all."""
        with clock.at(self._ago(90)):
            self._funds()
        for story in STORIES:
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
        mentor, group_id = self.cast.mentors[0], self.cast.groups[story.group]
        content = ProposalContent(story.kind, story.title, story.story, story.lines)
        with clock.at(self._ago(80)), unit_of_work():
            photo = images.store(self.paper, mentor, private=True).id
            key = proposals.write(group_id, "", content, mentor).id
            proposals.add_files(key, [photo], mentor)
        if story.state is not ProposalState.DRAFT:
            with clock.at(self._ago(75)), unit_of_work():
                proposals.submit(key, mentor)
        if story.state not in (ProposalState.DRAFT, ProposalState.SUBMITTED):
            with clock.at(self._ago(70)), unit_of_work():
                proposals.check(key, self.verifier)
        self._decide(key, story)
        return key

    def _decide(self, key: int, story: Story) -> None:
        if story.state is ProposalState.REFUSED:
            with clock.at(self._ago(60)), unit_of_work():
                proposals.refuse(key, "Kendaraan tidak termasuk bantuan tahun ini.", self.head)
        if story.state is not ProposalState.APPROVED:
            return
        with clock.at(self._ago(65)), unit_of_work():
            held = GuidanceContent(self.agency, "Kemasan dan pembukuan sederhana", _today())
            guidance.note_guidance(self.cast.groups[story.group], held, self.curator)
        with clock.at(self._ago(60)), unit_of_work():
            fund = self.quota_fund if story.by_quota else self.money_fund
            number = f"400.9/{100 + story.group}/DINSOS"
            proposals.approve(key, Decision(fund, number, _today()), self.head)

    def _hand_over(self, key: int, story: Story) -> None:
        group_id = self.cast.groups[story.group]
        with clock.at(self._ago(45)), unit_of_work():
            families = households_of_group(group_id, _today())
            machine = story.lines[0]
            pieces = [
                Piece(machine.what, f"FRB-770-{at:03d}", machine.unit_price, ItemCondition.NEW, family.id)
                for at, family in enumerate(families[: machine.quantity], start=1)
            ]
            rest = story.lines[1]
            pieces.append(Piece(f"{rest.what} ({rest.quantity} {rest.unit})", "", rest.amount, ItemCondition.NEW))
            record = goods.hand_over(key, pieces, Signed(_today(), families[0].name), self.curator)
            seen = record.items[0].id
        with clock.at(self._ago(15)), unit_of_work():
            goods.look_after(seen, Found.THERE, "Dipakai setiap hari", _today(), self.cast.mentors[0])

    def _grant(self, key: int) -> None:
        grant = queries.grant_of(key)
        assert grant is not None
        grant_id, mentor = grant.id, self.cast.mentors[0]
        name = db.session.get_one(Group, grant.group_id).name
        with clock.at(self._ago(55)), unit_of_work():
            grants.set_bank(grant_id, BankAccount("Bank Banua (demo)", "0098765432101", name), self.curator)
            first, _second = (
                grants.plan_tranche(grant_id, GRANT // 2, _today() + dt.timedelta(days=days), self.curator).id
                for days in (5, 65)
            )
        with clock.at(self._ago(50)), unit_of_work():
            grants.disburse(first, "TRF-DEMO-0001", _today(), self.treasurer)
        plan = (Cost("Bahan baku satu bulan", 3_500_000), Cost("Ongkos angkut", 400_000))
        with clock.at(self._ago(40)), unit_of_work():
            drawing_id = drawings.ask(grant_id, "Belanja bahan bulan pertama", plan, mentor).id
        with clock.at(self._ago(38)), unit_of_work():
            drawings.release(drawing_id, self.head)
        self._prove(drawing_id, grant_id)

    def _prove(self, drawing_id: int, grant_id: int) -> None:
        """Let the first drawing be proved, with a rest that goes back, and ask for a second one."""
        mentor = self.cast.mentors[0]
        with clock.at(self._ago(25)), unit_of_work():
            photos = images.store_all([self.paper, self.paper], mentor, private=True)
            db.session.flush()
            bought = (("Bahan baku satu bulan", 3_420_000), ("Ongkos angkut", 400_000))
            receipts = [Bought(what, amount, photo.id) for (what, amount), photo in zip(bought, photos, strict=True)]
            drawings.prove(drawing_id, receipts, 80_000, mentor)
        with clock.at(self._ago(20)), unit_of_work():
            drawings.settle(drawing_id, self.verifier)
        with clock.at(self._ago(3)), unit_of_work():
            plan = (Cost("Bahan baku bulan kedua", 3_000_000),)
            drawings.ask(grant_id, "Belanja bahan bulan kedua", plan, mentor)


def _today() -> dt.date:
    return clock.today(time_zone(REGENCY))


def _paper() -> io.BytesIO:
    """Draw a sheet with lines of writing, in the place of a letter or a receipt."""
    sheet = Pillow.new("RGB", (600, 800), "white")
    pen = ImageDraw.Draw(sheet)
    for at in range(12):
        pen.line((60, 90 + 50 * at, 540 - 35 * (at % 4), 90 + 50 * at), fill=(60, 60, 70), width=6)
    stored = io.BytesIO()
    sheet.save(stored, "PNG")
    stored.seek(0)
    return stored
