"""The way out of aid on screen: a whole case by four people, its papers, the board, the work lists, the criteria."""

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.extensions import db
from marketplace.graduation import facts, following
from marketplace.graduation.case_models import Case, CaseFile, CaseState, CriteriaSet, ExitReason
from marketplace.graduation.case_rules import Action
from marketplace.reports.work import waiting_for
from marketplace.shared.audit import AuditEntry
from marketplace.shared.i18n import LANGUAGES
from marketplace.shared.images import Image
from marketplace.shared.policy import Role
from marketplace.shared.transaction import rollback
from tests import make
from tests.graduation import casework
from tests.graduation.casework import Team, led
from tests.shared.pictures import picture

S = CaseState


def page_of(team: Team) -> str:
    return f"/dinas/graduasi/{team.family.id}/kasus"


def step(team: Team, name: str) -> str:
    return f"/dinas/graduasi/{team.family.id}/langkah/{name}"


def state(team: Team) -> CaseState:
    rollback()
    return db.session.scalars(select(Case.state).where(Case.household_id == team.family.id)).one()


def send(client: FlaskClient, who: User, address: str, **data: object) -> int:
    make.sign_in(client, who)
    return client.post(address, data=data).status_code


def bring(client: FlaskClient, who: User, team: Team, purpose: str, content: bytes, name: str) -> int:
    data = {"purpose": purpose, "criterion": "", "file": (io.BytesIO(content), name)}
    return send(client, who, f"/dinas/graduasi/{team.family.id}/berkas", **data)


def test_a_whole_case_by_four_people(app: Flask, client: FlaskClient) -> None:
    team, day = Team(), casework.today().isoformat()
    base = f"/dinas/graduasi/{team.family.id}"
    make.sign_in(client, team.head)
    assert "Begin the case" in client.get(page_of(team)).text
    assert send(client, team.head, f"{base}/kasus/mulai") == 302
    assert "not held the family against the criteria yet" in client.get(page_of(team)).text
    answers = {"food": "0", "sources": "2", "assets": "1", "savings": "600.000", "school": "0", "note": ""}
    assert send(client, team.mentor, f"{base}/penilaian/baru", **answers) == 302
    assert send(client, team.head, step(team, "assign"), mentor_id=team.mentor.id) == 302
    casework.closed_months(6, team.family)
    casework.work()
    assert state(team) is S.READY
    assert send(client, team.mentor, step(team, "propose")) == 422  # no photo, no statement
    assert bring(client, team.mentor, team, "photo", picture((320, 240)), "rumah.jpg") == 302
    assert bring(client, team.mentor, team, "statement", b"%PDF-1.7 surat", "surat.pdf") == 302
    assert send(client, team.mentor, f"{base}/penilaian/baru", **answers) == 302
    assert send(client, team.mentor, step(team, "propose"), note="Setuju") == 302
    assert bring(client, team.verifier, team, "home_visit", picture((320, 240)), "kunjungan.jpg") == 302
    assert send(client, team.verifier, step(team, "verify"), visited_on=day, found="yes", note="Sesuai") == 302
    names = "Siti - RT 01\nRahmah\n\nUdin - BPD\n"
    minutes = {"held_on": day, "place": "Balai", "leader": "Pak Kades", "people": names, "conclusion": "Mufakat bulat"}
    assert send(client, team.administrator, step(team, "deliberate"), **minutes) == 302
    assert send(client, team.head, step(team, "approve"), decree_number="188.45/7", decree_on=day) == 302
    told = {"ministry_reference": "SIKS-77", "effective_on": day}
    assert send(client, team.administrator, step(team, "graduate"), **told) == 302
    assert state(team) is S.GRADUATED
    story = client.get(base).text
    assert all(
        words in story for words in ("Decree 188.45/7", "SIKS-77", "Propose for graduation", "The way out of aid")
    )
    assert not db.session.scalars(select(CaseFile).where(CaseFile.event_id.is_(None))).all()
    paper = client.get(re.findall(rf"{base}/berita-acara/\d+", client.get(page_of(team)).text)[0])
    text = "".join(each.extract_text() for each in PdfReader(io.BytesIO(paper.data)).pages)
    assert all(word in text for word in ("Musyawarah", team.family.name, "Rahmah", "Mufakat bulat", "Pak Kades"))
    statement = PdfReader(io.BytesIO(client.get(f"{base}/pernyataan").data)).pages[0].extract_text()
    assert team.family.name in statement


def test_the_mentor_is_told_which_criteria_are_missing(app: Flask, client: FlaskClient) -> None:
    team = Team()
    case = casework.with_papers(team)
    casework.assess(case, team.mentor, school=2)
    make.sign_in(client, team.mentor)
    page = client.get(f"/dinas/graduasi/{team.family.id}/kasus").text
    step = page.partition('id="langkah-propose"')[2].partition("</section>")[0]
    assert "Not all required criteria hold." in step
    assert re.search(r"Missing in the assessment of .*: School", step)


def test_a_family_reads_where_its_case_stands_and_whom_to_call(app: Flask, client: FlaskClient) -> None:
    team = Team()
    casework.proposed(team)
    seller = make.user(Role.SELLER, household_id=team.family.id)
    make.sign_in(client, seller)
    page = client.get("/penjual/kemajuan").text
    assert "Proposed" in page.partition('id="kasus"')[2].partition("</section>")[0]
    assert f"tel:{team.mentor.phone}" in page
    assert "do not want to go on" in page
    assert f"tel:{team.mentor.phone}" in client.get("/penjual/data-saya").text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", list(CaseState))
def test_the_page_is_shown_in_every_state_to_everybody(
    app: Flask, client: FlaskClient, state: CaseState, language: str
) -> None:
    team = Team()
    led(team, state)
    for role in (Role.MENTOR, Role.VERIFIER, Role.HEAD, Role.ADMINISTRATOR):
        make.sign_in(client, team.of(role))
        for address in (page_of(team), f"/dinas/graduasi/{team.family.id}", "/dinas/graduasi"):
            assert client.get(f"{address}?bahasa={language}").status_code == 200


@pytest.mark.parametrize(
    ("state", "role", "word"),
    [
        (S.READY, Role.MENTOR, "Families ready to be proposed"),
        (S.PROPOSED, Role.VERIFIER, "Proposals to verify at home"),
        (S.VERIFICATION, Role.ADMINISTRATOR, "Village meetings to write down"),
        (S.DELIBERATION, Role.HEAD, "Graduations to decide"),
        (S.APPROVED, Role.ADMINISTRATOR, "Graduations to write down"),
        (S.POSTPONED, Role.HEAD, "Postponed graduations"),
        (S.MONITORED, Role.VERIFIER, "Warnings of a relapse"),
        (S.APPEALED, Role.ADMINISTRATOR, "Appeals to answer"),
    ],
)
def test_each_state_waits_for_somebody(app: Flask, state: CaseState, role: Role, word: str) -> None:
    team = Team()
    led(team, state)
    jobs = {str(job.label): job for job in waiting_for(team.of(role))[role]}
    assert jobs[word].count == 1
    assert jobs[word].url.startswith("/dinas/graduasi")


def test_nobody_is_asked_to_go_on_with_his_own(app: Flask) -> None:
    team = Team()
    led(team, S.DELIBERATION)
    make.add(
        *(
            make.RoleAssignment(user_id=team.verifier.id, role=role, area_code=make.REGENCY, starts_on=make.LONG_AGO)
            for role in (Role.HEAD,)
        )
    )
    jobs = {str(job.label): job.count for job in waiting_for(team.verifier)[Role.HEAD]}
    assert jobs["Graduations to decide"] == 0


def test_a_visit_that_is_due_waits_and_is_linked(app: Flask, client: FlaskClient) -> None:
    team = Team()
    case = casework.monitored(team)
    address = f"/dinas/graduasi/{team.family.id}/kunjungan/1"
    assert send(client, team.mentor, address, visit_id="") == 422
    row = casework.visit(team.family, team.mentor, casework.today())
    assert send(client, team.mentor, address, visit_id=row.id) == 302
    assert send(client, team.mentor, address, visit_id=row.id) == 422
    assert following.visits_to_link(db.session.get_one(Case, case.id)) == []


@pytest.mark.parametrize("content", [b"", b"<script>alert(1)</script>", b"GIF89a", b"PK\x03\x04"])
def test_only_photos_and_papers_are_kept(app: Flask, client: FlaskClient, content: bytes) -> None:
    team = Team()
    led(team, S.MENTORED)
    before = len(db.session.scalars(select(CaseFile.id)).all())
    assert bring(client, team.mentor, team, "photo", content, "foto.jpg") == 422
    rollback()
    assert len(db.session.scalars(select(CaseFile.id)).all()) == before


def test_files_are_opened_only_by_who_follows_the_family(app: Flask, client: FlaskClient) -> None:
    team, other = Team(), Team()
    led(team, S.MENTORED)
    led(other, S.MENTORED)
    bring(client, team.mentor, team, "photo", picture((320, 240)), "rumah.jpg")
    bring(client, team.mentor, team, "other", b"%PDF-1.7 surat", "surat.pdf")
    photo, paper = db.session.scalars(select(CaseFile).order_by(CaseFile.id)).all()
    base = f"/dinas/graduasi/{team.family.id}/berkas"
    shown = client.get(f"{base}/{photo.id}")
    assert (shown.status_code, shown.mimetype, shown.headers["Cache-Control"]) == (
        200,
        "image/jpeg",
        "private, no-store",
    )
    saved = client.get(f"{base}/{paper.id}")
    assert (saved.data, saved.headers["Content-Disposition"][:10]) == (b"%PDF-1.7 surat", "attachment")
    token = db.session.get_one(CaseFile, photo.id).image.token  # type: ignore[union-attr]
    assert client.get(f"/foto/{token}-480.jpg").status_code == 404  # not among what is public
    for who in (other.mentor, make.user(Role.HEAD, area_code=make.OTHER_REGENCY)):
        make.sign_in(client, who)
        assert client.get(f"{base}/{photo.id}").status_code == 404
    make.sign_in(client, other.mentor)
    assert client.get(f"/dinas/graduasi/{other.family.id}/berkas/{photo.id}").status_code == 404


def test_a_file_of_another_family_is_taken_out_by_who_filed_it(app: Flask, client: FlaskClient) -> None:
    team = Team()
    led(team, S.MENTORED)
    for purpose, content, name in (("photo", picture((320, 240)), "a.jpg"), ("other", b"%PDF-1.7 surat", "b.pdf")):
        bring(client, team.mentor, team, purpose, content, name)
    files = db.session.scalars(select(CaseFile).order_by(CaseFile.id)).all()
    for file in files:
        way = f"/dinas/graduasi/{team.family.id}/berkas/{file.id}/keluarkan"
        make.sign_in(client, team.head)
        assert way not in client.get(page_of(team)).text
        assert client.post(way).status_code == 404
        make.sign_in(client, team.mentor)
        assert way in client.get(page_of(team)).text
        assert [client.post(way).status_code for _press in range(2)] == [302, 404]
        assert client.get(f"/dinas/graduasi/{team.family.id}/berkas/{file.id}").status_code == 404
    assert db.session.scalars(select(CaseFile)).all() == []
    assert db.session.scalars(select(Image)).all() == []
    noted = select(AuditEntry).where(AuditEntry.action == "case.file.remove").order_by(AuditEntry.id)
    taken = db.session.scalars(noted)
    assert [(entry.actor_id, entry.detail["purpose"]) for entry in taken] == [
        (team.mentor.id, "photo"), (team.mentor.id, "other"),
    ]  # fmt: skip


@pytest.mark.parametrize("what", ["assessed", "a step"])
def test_a_file_stays_once_something_rests_on_it(app: Flask, client: FlaskClient, what: str) -> None:
    team = Team()
    case = led(team, S.MENTORED)
    bring(client, team.mentor, team, "photo", picture((320, 240)), "rumah.jpg")
    if what == "assessed":
        casework.assess(case, team.mentor)
    else:
        casework.take(case, Action.EXIT, team.administrator, exit_reason=ExitReason.MOVED, note="Pindah")
    file = db.session.scalars(select(CaseFile)).one()
    make.sign_in(client, team.mentor)
    way = f"/dinas/graduasi/{team.family.id}/berkas/{file.id}/keluarkan"
    assert way not in client.get(page_of(team)).text
    assert client.post(way).status_code == 409
    assert db.session.scalars(select(CaseFile)).one().id == file.id


def names(client: FlaskClient, query: str) -> set[str]:
    page = client.get(f"/dinas/graduasi?{query}")
    assert page.status_code == 200
    return set(re.findall(r'<a href="/dinas/graduasi/\d+[^"]*">([^<]+)</a>', page.text))


def test_the_board_tells_who_is_near_stuck_waiting_and_relapsed(app: Flask, client: FlaskClient) -> None:
    group, teams = make.group(), {}
    for state in (S.MENTORED, S.READY, S.PROPOSED, S.GRADUATED, S.RELAPSED):
        teams[state] = Team(group)
        case = led(teams[state], state)
        casework.reckon(case)
    make.household(group, name="Tanpa Kasus")
    name = {state: team.family.name for state, team in teams.items()}
    make.sign_in(client, teams[S.MENTORED].head)
    assert len(names(client, "")) == 6
    assert names(client, "view=near") == {name[S.READY]}
    assert names(client, "view=stuck") == {name[S.MENTORED]}
    assert names(client, "view=waiting") == {name[S.READY], name[S.PROPOSED], name[S.RELAPSED]}
    assert names(client, "view=after") == {name[S.GRADUATED]}
    assert names(client, "view=relapsed") == {name[S.RELAPSED]}
    assert names(client, "state=proposed") == {name[S.PROPOSED]}
    assert names(client, "stuck=income") == {name[S.MENTORED]}
    assert names(client, "stuck=school") == set()
    assert names(client, "waits=verifier") == {name[S.PROPOSED], name[S.RELAPSED]}
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get("/dinas/graduasi.xlsx?view=stuck").data))
    (row,) = book.get_sheet_by_index(0).to_python()[1:]
    assert {"Is mentored", "Income per person, Several buyers"} <= set(row)


def test_a_new_version_follows_and_the_old_one_stays(app: Flask, client: FlaskClient) -> None:
    administrator = make.user(Role.ADMINISTRATOR)
    make.sign_in(client, administrator)
    page = client.get("/dinas/graduasi/kriteria/baru").text
    data = {"source": "SK 1/2026", "effective_from": casework.today().isoformat()}
    for key, value in re.findall(r'name="([a-z_]+-[a-z_]+)"[^>]*value="([^"]*)"', page):
        data[key] = value
    data |= {f"{key}-part": "required" for key in ("income", "buyer_spread", "school", "mentoring")}
    data |= {f"{key}-part": "unused" for key in ("income_early", "wage", "food", "sources", "assets", "savings")}
    refused = client.post("/dinas/graduasi/kriteria/baru", data=data | {"income-percent": "9000"})
    assert (refused.status_code, "Income per person, Percent" in refused.text) == (422, True)
    assert client.post("/dinas/graduasi/kriteria/baru", data=data | {"income-months": "3"}).status_code == 302
    found = facts.set_in_force(make.REGENCY, casework.today())
    assert found is not None
    assert (found.version, found.area_code, found.made_by_id) == (1, make.REGENCY, administrator.id)
    assert {each.key.value: each.parameters.get("months") for each in found.criteria} == {
        "income": 3, "buyer_spread": 6, "mentoring": 6, "school": None,
    }  # fmt: skip
    assert client.post("/dinas/graduasi/kriteria/baru", data=data).status_code == 422  # from the same day
    past = data | {"effective_from": "2020-01-01"}
    assert client.post("/dinas/graduasi/kriteria/baru", data=past).status_code == 422
    assert "holds now" in client.get("/dinas/graduasi/kriteria").text
    assert len(db.session.scalars(select(CriteriaSet)).all()) == 2


def test_a_version_that_requires_nothing_is_refused(app: Flask, client: FlaskClient) -> None:
    make.sign_in(client, make.user(Role.ADMINISTRATOR))
    page = client.get("/dinas/graduasi/kriteria/baru").text
    data = {"source": "SK", "effective_from": casework.today().isoformat()}
    data |= dict(re.findall(r'name="([a-z_]+-[a-z_]+)"[^>]*value="([^"]*)"', page))
    keys = ("income", "buyer_spread", "school", "mentoring", "food", "sources", "assets", "savings")
    data |= {f"{key}-part": "weighed" for key in keys} | {"wage-part": "unused", "income_early-part": "unused"}
    answer = client.post("/dinas/graduasi/kriteria/baru", data=data)
    assert answer.status_code == 422
    assert "At least one criterion has to be required." in answer.text


def test_a_maker_reads_that_nothing_happens_by_itself(app: Flask, client: FlaskClient) -> None:
    team = Team()
    make.sign_in(client, make.user(Role.SELLER, household_id=team.family.id))
    page = client.get("/penjual/kemajuan?bahasa=id").text
    assert "Nothing is done automatically" in page or "Tidak ada yang otomatis" in page


def test_a_shock_is_told_and_calmed(app: Flask, client: FlaskClient) -> None:
    team = Team()
    case = casework.monitored(team)
    base = f"/dinas/graduasi/{team.family.id}"
    assert send(client, team.mentor, f"{base}/guncangan", **{"shock-note": ""}) == 422
    assert send(client, team.mentor, f"{base}/guncangan", **{"shock-note": "Banjir"}) == 302
    assert send(client, team.mentor, f"{base}/tenang", **{"calm-note": "x"}) == 403
    assert send(client, team.verifier, f"{base}/tenang", **{"calm-note": "Sudah pulih"}) == 302
    rollback()
    assert db.session.get_one(Case, case.id).warning is None
