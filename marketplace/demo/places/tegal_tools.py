"""Kabupaten Tegal: who is aimed at, and the tools that went to families of 25 villages by signed records."""

import datetime as dt

from sqlalchemy import Select, func, select

from ...aid import funds
from ...aid.funds import FundContent
from ...aid.goods import Piece
from ...aid.goods_models import Handover, Item, ItemCondition
from ...aid.models import AidKind, FundRule, FundSource, Proposal
from ...aid.proposals import ProposalContent
from ...aid.rules import Line
from ...areas.models import Area
from ...extensions import db
from ...groups.models import BusinessKind, Group, Household, Person, Relation
from ...shared import clock
from ...shared.policy import Role
from ...shared.transaction import unit_of_work
from ..aid_desk import AidDesk
from .common import Said, Scene

CODE, PAGE = "33.28", "/dinas/bantuan/barang"
FUND, BUDGET = "Alat usaha keluarga P3KE, Inpres 4/2022 (demo)", 500_000_000
DAY = dt.date(2023, 10, 2)
"""First day on which tools were handed over, a kecamatan a day; the proposals are of the weeks before."""
WHY = "Keluarga P3KE yang sudah dilatih belum punya alat sendiri."
TITLE = "Alat usaha keluarga terlatih"
TOOLS = {
    BusinessKind.FOOD: Line("Kompor, oven, dan wajan", 1, 1_850_000, "set"),
    BusinessKind.TEXTILE: Line("Mesin jahit", 1, 2_750_000, "unit"),
    BusinessKind.LIVESTOCK: Line("Alat kandang dan pencacah pakan", 1, 1_600_000, "set"),
}
VILLAGES = 5
"""Of each kecamatan."""


def aimed_at(code: str) -> tuple[list[int], list[int]]:
    """Return the heads and the spouses of the families of a regency, the poorest first."""
    people = select(Person.id).join(Household).where(Household.regency_code == code, Person.left_on.is_(None))
    ordered = people.order_by(Household.decile, Person.id)
    heads, spouses = (
        list(db.session.scalars(ordered.where(Person.relation == relation)))
        for relation in (Relation.HEAD, Relation.SPOUSE)
    )
    return heads, spouses


def hand_out(scene: Scene, villages: list[str], learnt: dict[int, BusinessKind]) -> None:
    """Let each village ask for the tools of its families, and hand them over, each to the family that learnt it."""
    desk, head = AidDesk(scene.cast, CODE), scene.cast.staff[Role.HEAD]
    with clock.at(scene.on(DAY - dt.timedelta(days=60))), unit_of_work():
        content = FundContent(CODE, FundSource.REGENCY, DAY.year, FUND, FundRule.MONEY, BUDGET)
        fund_id = funds.add_fund(content, head).id
    for place, village in enumerate(villages):
        with unit_of_work():
            _hand_out(scene, desk, fund_id, village, DAY + dt.timedelta(days=place // VILLAGES), learnt)


def _hand_out(
    scene: Scene, desk: AidDesk, fund_id: int, village: str, day: dt.date, learnt: dict[int, BusinessKind]
) -> None:
    curator = scene.cast.staff[Role.CURATOR]
    mine = select(Household).where(Household.village_code == village).order_by(Household.id)
    families = db.session.scalars(mine).all()
    whose = [(family, TOOLS[learnt.get(family.id, BusinessKind.LIVESTOCK)]) for family in families]
    lines = [
        Line(tool.what, count, tool.unit_price, tool.unit)
        for tool in TOOLS.values()
        if (count := sum(each is tool for _family, each in whose))
    ]
    at = [scene.on(day - dt.timedelta(days=days)) for days in (45, 40, 30, 0)]
    key = desk.write(None, village, ProposalContent(AidKind.GOODS, TITLE, WHY, lines), curator, at[0])
    desk.submit(key, curator, at[0])
    desk.check(key, at[1])
    desk.approve(key, fund_id, f"460/{key:04d}/DINSOS", at[2])
    pieces = [
        Piece(tool.what, f"TGL-{family.id:05d}", tool.unit_price, ItemCondition.NEW, family.id)
        for family, tool in whose
    ]
    desk.hand_over(key, pieces, families[0].name, at[3])


def groups_in(code: str) -> Select[int]:
    """Select the ids of the groups of a regency."""
    return select(Group.id).where(Group.regency_code == code)


def recap() -> list[Said]:
    """Return in how many villages and to how many families tools were handed over, in all and by kecamatan."""
    rows = db.session.execute(
        select(Area.name, func.count(Handover.id.distinct()), func.count(Item.household_id.distinct()))
        .join_from(Item, Handover, Handover.id == Item.handover_id)
        .join(Proposal, Proposal.id == Handover.proposal_id)
        .join(Area, Area.code == func.substr(Proposal.village_code, 1, 8))
        .where(Handover.regency_code == CODE)
        .group_by(Area.code, Area.name)
        .order_by(Area.code)
    ).all()
    villages, families = sum(row[1] for row in rows), sum(row[2] for row in rows)
    parts = ", ".join(f"{name} {count}" for name, count, _families in rows)
    return [
        Said("Alat usaha (BAST)", f"{villages} desa di {len(rows)} kecamatan, {families} keluarga", PAGE),
        Said("Desa menurut kecamatan", parts, PAGE),
    ]
