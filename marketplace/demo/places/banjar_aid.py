"""Kota Banjar's aid: goods after a proposal, a check and guidance; the city pays by its money, others by a quota."""

from dataclasses import dataclass

from sqlalchemy import func, select

from ...aid import funds, guidance
from ...aid.funds import FundContent
from ...aid.goods import Piece
from ...aid.goods_models import Handover, Item, ItemCondition
from ...aid.models import AidKind, Fund, FundRule, FundSource, Proposal, ProposalState
from ...aid.proposals import ProposalContent
from ...aid.rules import Line
from ...areas.queries import time_zone
from ...extensions import db
from ...groups.models import Group
from ...groups.queries import households_of_group
from ...shared import clock
from ...shared.errors import InvalidInput
from ...shared.money import format_rupiah
from ...shared.policy import Role
from ...shared.transaction import unit_of_work
from ...training import partners
from ...training.partners import AgencyContent
from ..aid_desk import AidDesk
from .common import Said, Scene

CODE = "32.79"
FUNDS = (
    (FundSource.REGENCY, "APBD Kota Banjar: usaha kelompok (demo)", FundRule.MONEY, 120_000_000),
    (FundSource.PROVINCE, "APBD Provinsi Jawa Barat: KUBE (demo)", FundRule.QUOTA, 3),
    (FundSource.CENTRE, "APBN: KUBE (demo)", FundRule.QUOTA, 2),
)
CITY, PROVINCE, CENTRE = range(3)
AGENCIES = (
    AgencyContent("Dinas Ketahanan Pangan dan Pertanian Kota Banjar (demo)", "Ternak dan kandang"),
    AgencyContent("Dinas Perdagangan Kota Banjar (demo)", "Warung dan pembukuan"),
)
TOPICS = ("Pakan dan kandang sehat", "Mengolah dan mengemas makanan", "Mengelola warung kecil")
LETTER, CHECKED, GUIDED, DECIDED, HANDED = 95, 85, 75, 65, 40
"""Days before the last one."""

SHED = (Line("Mesin pencacah rumput", 1, 6_500_000, "unit"), Line("Induk kambing", 4, 2_400_000, "ekor"))
KITCHEN = (Line("Wajan besar dan kompor", 3, 1_250_000, "set"), Line("Mesin pengiris", 1, 2_800_000, "unit"))
SHOP = (Line("Etalase", 2, 1_900_000, "buah"), Line("Timbangan digital", 2, 450_000, "buah"))
WHY = "Dengan alat sendiri kelompok tidak lagi menyewa, dan pesanan selesai tepat waktu."


@dataclass(frozen=True)
class Story:
    """A proposal: of which group (its place in the city), for what, and how far it comes."""

    group: int
    title: str
    lines: tuple[Line, ...]
    state: ProposalState
    fund: int = CITY
    is_guided: bool = True
    is_handed: bool = True


S = ProposalState
STORIES = (
    Story(0, "Ternak dan mesin pencacah", SHED, S.APPROVED),
    Story(1, "Alat dapur produksi", KITCHEN, S.APPROVED),
    Story(2, "Etalase warung", SHOP, S.APPROVED, PROVINCE),
    Story(3, "Tambah induk kambing", SHED, S.APPROVED, PROVINCE),
    Story(4, "Alat dapur kelompok", KITCHEN, S.APPROVED, CENTRE),
    Story(5, "Etalase dan timbangan", SHOP, S.APPROVED, CENTRE, is_handed=False),
    Story(6, "Kandang bersama", SHED, S.CHECKED, is_guided=False),
    Story(7, "Mesin pengiris singkong", KITCHEN, S.CHECKED),
    Story(8, "Perlengkapan warung", SHOP, S.SUBMITTED),
    Story(9, "Induk kambing perah", SHED, S.DRAFT),
    Story(10, "Mobil pengantar", (Line("Mobil bak terbuka", 1, 110_000_000, "unit"),), S.REFUSED),
)
VILLAGE, FOR_VILLAGE = "32.79.04.2006", (Line("Bibit domba", 20, 1_150_000, "ekor"),)


class Aid:
    """This year's aid of the city."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.desk = AidDesk(scene.cast, CODE)

    def give(self) -> None:
        """Play it all."""
        with unit_of_work():
            self._funds()
        for story in STORIES:
            with unit_of_work():
                key = self._propose(story)
                if story.state is S.APPROVED:
                    self._decide(key, story)
            if not story.is_guided:
                self._try_to_approve(key)
        with unit_of_work():
            self._village()

    def _funds(self) -> None:
        head = self.scene.cast.staff[Role.HEAD]
        with clock.at(self.scene.ago(LETTER + 20)):
            year = clock.local_date(clock.now(), self.desk.zone).year
            contents = [FundContent(CODE, source, year, name, rule, limit) for source, name, rule, limit in FUNDS]
            self.funds = [funds.add_fund(content, head).id for content in contents]
            self.agencies = [partners.add_agency(CODE, each, head).id for each in AGENCIES]

    def _propose(self, story: Story) -> int:
        group_id = self.scene.cast.groups[story.group]
        mentor, ago = self.scene.mentor_of[group_id], self.scene.ago
        content = ProposalContent(AidKind.GOODS, story.title, WHY, story.lines)
        key = self.desk.write(group_id, "", content, mentor, ago(LETTER))
        if story.state is not S.DRAFT:
            self.desk.submit(key, mentor, ago(LETTER - 2))
        if story.state not in (S.DRAFT, S.SUBMITTED):
            self.desk.check(key, ago(CHECKED))
            if story.is_guided:
                agency = self.agencies[0 if story.group % 3 == 0 else 1]
                self.desk.guide(group_id, agency, TOPICS[story.group % 3], ago(GUIDED))
        if story.state is S.REFUSED:
            self.desk.refuse(key, "Kendaraan tidak dibiayai: usulkan bersama kelompok lain.", ago(DECIDED))
        return key

    def _decide(self, key: int, story: Story) -> None:
        self.desk.approve(key, self.funds[story.fund], f"460/KPTS-{story.group + 1:03d}", self.scene.ago(DECIDED))
        if story.is_handed:
            self._hand_over(key, story)

    def _hand_over(self, key: int, story: Story) -> None:
        at = self.scene.ago(HANDED - story.group)
        families = households_of_group(self.scene.cast.groups[story.group], clock.local_date(at, self.desk.zone))
        pieces = [
            Piece(
                line.what,
                f"BJR-{key:04d}-{one:02d}",
                line.unit_price,
                ItemCondition.NEW,
                families[one % len(families)].id,
            )
            for line in story.lines
            for one in range(line.quantity)
        ]
        self.desk.hand_over(key, pieces, families[0].name, at)

    def _try_to_approve(self, key: int) -> None:
        """Let the head try to approve what had no guidance: it is refused, and the proposal stays open."""
        assert not guidance.was_guided(db.session.get_one(Proposal, key).group_id, self.scene.today)
        try:
            with unit_of_work():
                self.desk.approve(key, self.funds[CITY], "460/KPTS-000", self.scene.ago(DECIDED))
        except InvalidInput:
            return
        raise AssertionError("aid without guidance")

    def _village(self) -> None:
        """Let the people of a village ask for goods, by the office."""
        curator, ago = self.scene.cast.staff[Role.CURATOR], self.scene.ago
        content = ProposalContent(AidKind.GOODS, "Bibit domba untuk warga", WHY, FOR_VILLAGE)
        key = self.desk.write(None, VILLAGE, content, curator, ago(30))
        self.desk.submit(key, curator, ago(29))
        self.desk.check(key, ago(20))


def recap() -> list[Said]:
    """Return what is left of each fund, the goods handed over, and what waits for guidance."""
    found = db.session.scalars(select(Fund).where(Fund.area_code == CODE).order_by(Fund.id)).all()
    said = [Said(fund.name, _used(fund), "/dinas/bantuan/dana") for fund in found]
    goods = select(func.count(Handover.id.distinct()), func.coalesce(func.sum(Item.value), 0)).join_from(Handover, Item)
    count, value = db.session.execute(goods.where(Handover.regency_code == CODE)).one()
    said.append(
        Said("Serah terima barang (BAST)", f"{count} kali, {format_rupiah(int(value))}", "/dinas/bantuan/barang")
    )
    for key, name in _unguided():
        said.append(Said("Belum ada bimbingan teknis, usulan tetap terbuka", name, f"/dinas/bantuan/usulan/{key}"))
    return said


def _used(fund: Fund) -> str:
    if fund.rule is FundRule.MONEY:
        return f"{format_rupiah(fund.promised)} dari {format_rupiah(fund.budget or 0)}"
    return f"{fund.taken} dari {fund.quota} kelompok"


def _unguided() -> list[tuple[int, str]]:
    """Return id and group of the proposals that are complete and of groups without guidance."""
    rows = db.session.execute(
        select(Proposal.id, Group.id, Group.name)
        .join(Proposal.group)
        .where(Proposal.regency_code == CODE, Proposal.state == ProposalState.CHECKED)
        .order_by(Proposal.id)
    )
    today = clock.today(time_zone(CODE))
    return [(key, name) for key, group_id, name in rows if not guidance.was_guided(group_id, today)]
