"""East Kalimantan without Paser: 140 more groups that were granted the same, in eight regencies and cities."""

from ...areas.models import Area
from ...extensions import db
from ...groups.models import BusinessKind, Group
from ...groups.rules import GroupContent
from ...mentoring import rules, standings
from ...shared import clock
from ...shared.policy import Role
from ...shared.transaction import unit_of_work
from ...training import partners
from ...training.partners import AgencyContent
from ..aid_desk import AidDesk
from .common import Scene, Setting
from .paser_grants import CONTENT, PARTS, account_of

KALTIM = Setting("64", "Provinsi Kalimantan Timur", series=12, first_serial=720)
GROUPS = {
    "64.02": 32,
    "64.03": 18,
    "64.07": 18,
    "64.08": 20,
    "64.09": 18,
    "64.71": 10,
    "64.72": 16,
    "64.74": 8,
}
"""Kutai Kartanegara, Berau, Kutai Barat, Kutai Timur, Penajam Paser Utara, Balikpapan, Samarinda, Bontang."""
AGENCY = AgencyContent("Dinas Koperasi dan UKM Provinsi Kalimantan Timur (demo)", "Kewirausahaan")
KINDS = (BusinessKind.FOOD, BusinessKind.FISHERY, BusinessKind.FARMING, BusinessKind.SHOP, BusinessKind.CRAFT)
WORDS = ("Etam Bersama", "Mandiri", "Karya Muda", "Sumber Hidup", "Bina Mulia", "Tepian Jaya", "Mahakam")
TOPIC = "Kewirausahaan dan pembukuan sederhana"


def play_others(scene: Scene, fund_id: int) -> None:
    """Register the other groups since the last period ended, so that none owes a report yet, and grant to each."""
    begins = rules.period_of(scene.today)
    with clock.at(scene.on(begins, 9)), unit_of_work():
        agency_id = partners.add_agency(scene.setting.code, AGENCY, scene.cast.staff[Role.ADMINISTRATOR]).id
        for code, count in GROUPS.items():
            _found(scene, code, count)
    for code in GROUPS:
        desk = AidDesk(scene.cast, code)
        with unit_of_work():
            for group_id in scene.cast.groups:
                group = db.session.get_one(Group, group_id)
                if group.regency_code == code:
                    _grant(scene, desk, group, fund_id, agency_id)
            standings.refresh_regency(code, scene.now)


def _found(scene: Scene, code: str, count: int) -> None:
    villages = scene.villages(code)
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        village = villages[number * 7 % len(villages)]
        name = f"KUBE {WORDS[number % len(WORDS)]} {db.session.get_one(Area, village).name}"
        scene.found(GroupContent(name, village, 2010 + number % 5, kind), 1)


def _grant(scene: Scene, desk: AidDesk, group: Group, fund_id: int, agency_id: int) -> None:
    """Lead the grant of a group to its first payment: asked for by the province's office for all of them."""
    first = rules.period_of(scene.today)
    written, checked, decided, paid = (scene.on(clock.add_months(first, 0).replace(day=day)) for day in (3, 6, 9, 14))
    writer = scene.cast.staff[Role.ADMINISTRATOR]
    key = desk.write(group.id, "", CONTENT, writer, written)
    desk.submit(key, writer, written)
    desk.check(key, checked)
    desk.guide(group.id, agency_id, TOPIC, checked)
    desk.approve(key, fund_id, f"460/{1_000 + group.id}/DINSOS-KALTIM", decided)
    grant = desk.open_grant(key, account_of(group), PARTS, paid)
    desk.pay(grant, 1, paid)
