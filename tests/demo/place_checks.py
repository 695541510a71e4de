"""The other places of the demo have their figures: each is reached by computation on its own page, and in the recap."""

import html
import re

from flask import Flask
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.aid import queries as aid
from marketplace.aid.models import Proposal, ProposalState
from marketplace.aid.money_models import Drawing, DrawingState
from marketplace.demo.places import STORIES, banjar, banjar_training, paser, province, sultra, tegal, tegal_tools
from marketplace.demo.places.common import Setting
from marketplace.extensions import db
from marketplace.graduation.case_models import Case
from marketplace.groups.models import Group, Household, Membership, RegistrySource
from marketplace.ledger.models import JournalLine
from marketplace.mentoring.report_models import GroupReport, ReportState
from marketplace.mentoring.standing_models import GroupStanding, Reason, StandingState
from marketplace.shared import clock
from marketplace.training.models import Trainee
from tests import make
from tests.demo.market_checks import NOW

HEAD, VERIFIER = 6, 5
"""Last digit of the phone of an officer."""


class Reader:
    """An officer or a mentor who looks at pages on the last day of the demo."""

    def __init__(self, app: Flask, phone: str) -> None:
        self.client = app.test_client()
        with clock.at(NOW):
            make.sign_in(self.client, db.session.scalars(select(User).where(User.phone == phone)).one())

    def read(self, address: str) -> str:
        """Return what a page says, its words with single spaces."""
        with clock.at(NOW):
            answer = self.client.get(address)
        assert answer.status_code == 200, address
        words = html.unescape(re.sub(r"<(script|style|nav)\b.*?</\1>|<[^>]+>", " ", answer.text, flags=re.DOTALL))
        return " ".join(words.split())


def officer(app: Flask, setting: Setting, number: int) -> Reader:
    return Reader(app, setting.phone(0, number))


def mentor(app: Flask, setting: Setting) -> Reader:
    return Reader(app, setting.phone(1, 0))


def check_places(app: Flask) -> None:
    """See that the places of the demo, loaded up to NOW, are as mission.md says."""
    check_banjar(app)
    check_banjar_training(app)
    check_banjar_aid(app)
    check_paser(app)
    check_paser_work(app)
    check_province(app)
    check_tegal(app)
    check_tegal_tools(app)
    check_sultra(app)
    check_sultra_sides(app)
    check_recap(app)


def check_banjar(app: Flask) -> None:
    """150 groups, of which 40 percent run, by the standing rules alone; most of them in Langensari."""
    page = officer(app, banjar.CITY, HEAD).read(banjar.STANDING_PAGE)
    assert re.search(r"All 60 \(40 %\) .* 150\b", page)
    assert re.search(r"Langensari 55 \(89 %\) 7 \(11 %\) 0 \(0 %\) 0 \(0 %\) 62 ", page)
    for kind in ("Food", "Livestock", "Small shop"):
        assert re.search(rf"{kind}\w* \d+ \(\d+ %\)", page, re.IGNORECASE), kind
    years = set(db.session.scalars(select(Group.formed_year).where(Group.regency_code == banjar.CITY.code)))
    assert years == set(range(2004, 2012))
    stood = db.session.execute(
        select(GroupStanding.state, GroupStanding.reasons, GroupStanding.decided_by_id)
        .join(GroupStanding.group)
        .where(Group.regency_code == banjar.CITY.code, GroupStanding.ended_at.is_(None))
    ).all()
    said = {state for state, _reasons, by in stood if by is not None}
    assert said <= {StandingState.INACTIVE, StandingState.DISSOLVED}
    assert {reason for _state, reasons, _by in stood for reason in reasons} == {reason.value for reason in Reason}
    todo = mentor(app, banjar.CITY).read("/dinas/pendampingan")
    assert "Social office, Kota Banjar" in todo
    for name in ("Reports not sent yet", "Sales fell two periods in a row", "No visit for long"):
        assert name in todo


def check_banjar_training(app: Flask) -> None:
    """Twenty women in social-economic hardship in May 2012: fifteen from Rejasari, five from Waringinsari."""
    (said,) = banjar_training.recap()
    page = officer(app, banjar.CITY, HEAD).read(said.page)
    assert re.search(r"Participants 20 .* By village Participants Rejasari 15 Waringinsari 5 Women and men ", page)
    assert re.search(r"By category Participants WRSE 20$", page)
    sums = officer(app, banjar.CITY, HEAD).read("/dinas/pelatihan/jumlah?year=2012")
    assert re.search(r"Rejasari 15 Waringinsari 5 ", sums)


def check_banjar_aid(app: Flask) -> None:
    """A proposal that was refused for lack of guidance is open, and says why; goods went out by signed records."""
    head = officer(app, banjar.CITY, HEAD)
    waits = next(said for said in banjar.recap() if "bimbingan teknis" in said.what)
    proposal = db.session.get_one(Proposal, int(waits.page.rpartition("/")[2]))
    assert proposal.state is ProposalState.CHECKED
    assert "None yet: without it the proposal cannot be approved." in head.read(waits.page)
    funds = head.read("/dinas/bantuan/dana")
    assert "3 groups" in funds
    assert "Rp97.350.000" in funds
    states = set(db.session.scalars(select(Proposal.state).where(Proposal.regency_code == banjar.CITY.code)))
    assert states == set(ProposalState) - {ProposalState.WITHDRAWN}
    assert "Mesin pencacah rumput" in head.read("/dinas/bantuan/barang")


def check_paser(app: Flask) -> None:
    """35 groups with 20 million each, paid in and drawn in parts that another person let go."""
    page = officer(app, paser.REGENCY, HEAD).read(paser.GRANTS_PAGE)
    assert re.search(r"Groups 35 Granted Rp700\.000\.000 Paid in Rp400\.000\.000 ", page), page
    drawn = db.session.scalars(select(Drawing)).all()
    assert {each.state for each in drawn} == set(DrawingState) - {DrawingState.WITHDRAWN}
    assert all(each.released_by_id != each.asked_by_id for each in drawn)


def check_paser_work(app: Flask) -> None:
    """Officers have something to do: reports that are late, came back or wait, and drawings to let go."""
    mine = select(GroupReport.state).join(GroupReport.group).where(Group.regency_code == paser.REGENCY.code)
    assert set(db.session.scalars(mine)) == set(ReportState)
    late = officer(app, paser.REGENCY, VERIFIER).read(paser.REPORTS_PAGE)
    assert "Late" in late
    assert "drawing" in officer(app, paser.REGENCY, HEAD).read("/dinas").lower()


def check_province(app: Flask) -> None:
    """175 groups of the province were granted the same."""
    (year,) = paser.fund_years()
    rows = {row.code: row for row in aid.by_regency("64", year)}
    assert (rows["64.01"].groups, rows["64.01"].granted) == (35, 700_000_000)
    assert sum(row.groups for row in rows.values()) == 175
    assert all(row.granted == row.groups * 20_000_000 for row in rows.values())
    if "province.index" in app.view_functions:  # wherever a province has its page, it says the same
        page = officer(app, province.KALTIM, HEAD).read(f"{paser.PROVINCE_PAGE}?year={year}")
        assert "Kabupaten Paser 105 35 " in page
        assert re.search(r"Kabupaten Paser Rp[\d.]+ 0 Rp0 35 Rp700\.000\.000 ", page)
        assert re.search(r"Together Rp[\d.]+ 0 Rp0 175 Rp3\.500\.000\.000 ", page)


def check_tegal(app: Flask) -> None:
    """298 people of P3KE were trained in twelve classes; families are mentored, and some on their way out of aid."""
    head = officer(app, tegal.REGENCY, HEAD)
    sums = head.read(f"/dinas/pelatihan/jumlah?year={tegal.YEAR}")
    assert re.search(r"Participants 298 Trainings 3 Classes 12 ", sums), sums
    figures = {each.what: each for each in tegal.recap()}
    for title, people, classes in ((tegal.COOKERY, 128, 5), (tegal.SEWING, 42, 2), (tegal.GOATS, 128, 5)):
        assert figures[title].figure.startswith(f"{people} orang, {classes} kelas, ")
        page = head.read(figures[title].page)
        assert f"Participants {people} " in page
        assert f"Kelas {classes}" in page
    assert "15: 5 " in head.read(figures[tegal.SEWING].page)
    assert "4: 8 " in head.read(figures[tegal.COOKERY].page)
    sources = select(Household.registry_source).where(Household.regency_code == tegal.REGENCY.code).distinct()
    assert set(db.session.scalars(sources)) == {RegistrySource.P3KE}
    states = select(Case.state).join(Case.household).where(Household.regency_code == tegal.REGENCY.code)
    assert len(set(db.session.scalars(states))) >= 5
    assert "KUBE" in head.read(tegal.VISITS_PAGE)
    assert figures["Pendampingan"].figure.startswith("10 rencana, ")
    assert "Waiting for somebody 7" in head.read(tegal.CASES_PAGE)


def check_tegal_tools(app: Flask) -> None:
    """Families of five villages in each of five kecamatan have tools of their own, by signed records."""
    found = {each.what: each.figure for each in tegal_tools.recap()}
    assert found["Alat usaha (BAST)"] == "25 desa di 5 kecamatan, 175 keluarga"
    assert found["Desa menurut kecamatan"] == "Bumijawa 5, Bojong 5, Balapulang 5, Lebaksiu 5, Jatinegara 5"
    page = officer(app, tegal.REGENCY, HEAD).read(tegal_tools.PAGE)
    assert "Mesin jahit" in page
    for name in ("Balapulang", "Bojong", "Bumijawa", "Jatinegara", "Lebaksiu"):
        assert f"{name} 5 35 35 Rp" in page
    assert "Together 25 175 175 Rp" in page


def check_sultra(app: Flask) -> None:
    """Each regency has its own leading commodities; what does not fit says why; agencies planned and gave tools."""
    with clock.at(NOW):
        figures = {each.what: each for each in sultra.recap()}
    for setting, words in ((sultra.KONKEP, "Kelapa, Perikanan tangkap"), (sultra.KOLTIM, "Aren, Kakao")):
        head, name = officer(app, setting, HEAD), setting.name
        assert figures[f"{name}: komoditas unggulan"].figure == words
        page = head.read(sultra.POTENTIALS_PAGE)
        assert all(word in page for word in words.split(", "))
        work = sultra.WORKS[setting.code]
        assert all(agency.name in page for agency in work.agencies[:2])
        for course in work.courses:
            said = figures[f"{name}: {course.title}"]
            assert f"Participants {said.figure.split()[0]} " in head.read(said.page)
        plan = figures[f"{name}: {work.plan}"]
        assert plan.figure == "3 usul dari 3 instansi, 2 disepakati"
        page = head.read(plan.page)
        assert all(agency.name in page for agency in work.agencies)
        assert "Tambah materi kemasan." in page
        assert head.read(sultra.GOODS_PAGE).count("SUL-") > 20
        assert figures[f"{name}: keluarga sasaran"].figure == "56 keluarga"
        assert re.search(r"Together 56 12 Rp[\d.]+ Rp[\d.]+", head.read(sultra.MAP_PAGE))
        sides = figures[f"{name}: penghasilan sebulan, sebelum → sesudah pelatihan"]
        assert sides.figure.startswith("18 dilatih, median Rp")
        page = head.read(sides.page)
        assert all(f"{word}: {when} 18 Rp" in page for word in ("Had it", "Had none") for when in ("before", "after"))
    misfits = officer(app, sultra.KONKEP, HEAD).read(sultra.MISFITS_PAGE)
    assert sultra.MISFIT.title in misfits
    assert sultra.REASON in misfits
    assert "All trainings fit" in officer(app, sultra.KOLTIM, HEAD).read(sultra.MISFITS_PAGE)


def check_sultra_sides(app: Flask) -> None:
    """For each commodity at least five families were trained, and as many beside them were not; both sold all along."""
    for setting in (sultra.KONKEP, sultra.KOLTIM):
        for course in sultra.WORKS[setting.code].courses:
            alike = select(Membership.household_id).join(Group, Group.id == Membership.group_id)
            alike = alike.where(Group.regency_code == setting.code, Group.business_kind.in_(course.kinds))
            everybody = set(db.session.scalars(alike))
            trained = set(db.session.scalars(select(Trainee.household_id).where(Trainee.household_id.in_(everybody))))
            assert min(len(trained), len(everybody - trained)) >= 5
            sold = select(JournalLine.household_id).where(JournalLine.household_id.in_(everybody))
            assert set(db.session.scalars(sold)) == everybody


def check_recap(app: Flask) -> None:
    """The recap prints each figure with the page that shows it."""
    with clock.at(NOW):
        said = app.test_cli_runner().invoke(args=["demo", "recap"]).output
        lines = [each for story in STORIES for each in story.recap()]
    assert all(f"{each.what}: {each.figure}  ({each.page})" in said for each in lines)
    figures = {each.what: each.figure for each in lines}
    assert figures["KUBE yang dibentuk 2004–2011"] == "150 kelompok"
    assert figures["Berjalan"] == "60 dari 150 kelompok (40 %)"
    assert figures["Berjalan di Kecamatan Langensari"] == "55 dari 62 kelompok (89 %)"
    assert figures["Pelatihan WRSE, 05/2012"] == "20 orang = 15 dari Rejasari + 5 dari Waringinsari"
    assert figures["Hibah"] == "35 kelompok × Rp20.000.000 = Rp700.000.000"
    assert figures["Dilatih 2023"] == "298 orang"
    (province,) = (figure for what, figure in figures.items() if what.startswith("Provinsi Kalimantan Timur"))
    assert province.startswith("175 kelompok ")
