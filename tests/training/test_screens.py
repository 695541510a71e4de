"""The pages of trainings and plans as people use them, without a script; and their papers, read back."""

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from marketplace.extensions import db
from marketplace.groups.models import BusinessKind
from marketplace.shared.policy import Role
from marketplace.shared.transaction import rollback, unit_of_work
from marketplace.training import plans, queries
from marketplace.training.models import (
    Attendance,
    Certificate,
    Mark,
    Trainee,
    Training,
    TrainingClass,
    TrainingDay,
    TrainingState,
)
from marketplace.training.plan_models import Answer, LineKind, PlanLine, PlanLink, PlanVoice
from marketplace.training.plans import LineContent, Speaker
from marketplace.training.rules import Step
from tests import make
from tests.training import teaching


@pytest.fixture
def officer(client: FlaskClient) -> FlaskClient:
    make.sign_in(client, make.user(Role.CURATOR))
    return client


def pdf(client: FlaskClient, path: str) -> PdfReader:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    return PdfReader(io.BytesIO(answer.data))


def said(reader: PdfReader) -> str:
    return " ".join(page.extract_text() for page in reader.pages).replace("\u200b", "")


def test_from_an_agency_to_a_certificate(officer: FlaskClient) -> None:
    officer.post("/dinas/mitra/baru", data={"name": "Dinas Perikanan", "trade": "Ikan", "phone": ""})
    agency = re.findall(r"/dinas/mitra/(\d+)", officer.get("/dinas/mitra").text)[0]
    first = teaching.days_back(2)[0].isoformat()
    named = {"area_code": make.REGENCY, "commodity": "Haruan", "agency_id": agency, "named_on": first}
    assert officer.post("/dinas/potensi/baru", data=named).status_code == 302
    assert "Haruan" in officer.get("/dinas/potensi").text
    training = {"title": "Olahan ikan", "kind": "training", "business_kind": "food", "agency_id": agency, "key": "k"}
    misfit = {**training, "commodity_id": str(teaching.commodity("Kakao"))}
    refused = officer.post("/dinas/pelatihan/baru", data=misfit)
    assert refused.status_code == 422
    assert "Olahan ikan" in refused.text  # what was typed is kept
    page = officer.post("/dinas/pelatihan/baru", data={**training, "commodity_id": str(teaching.commodity("haruan"))})
    path = page.location
    room = {"name": "Kelas A", "room": "Aula", "places": "2", "first_on": first, "days": "2", "sundays": "y"}
    of = officer.post(f"{path}/kelas", data=room).location
    people = teaching.people(3)
    chosen = [str(person.id) for person in people]
    full = officer.post(f"{of}/peserta", data={"person": chosen})
    assert full.status_code == 422
    assert officer.post(f"{of}/peserta?decile_to=3", data={"person": chosen[:2]}).status_code == 303
    officer.post(f"{path}/langkah/start")
    for day in re.findall(r"/dinas/pelatihan/hari/\d+/hadir", officer.get(of).text):
        marks = dict.fromkeys(re.findall(r'name="(mark-\d+)"', officer.get(day).text), "came")
        assert officer.post(day, data=marks).status_code == 303
    officer.post(f"{path}/langkah/finish")
    officer.post(f"{path}/sertifikat")
    assert db.session.query(Training).one().state is TrainingState.DONE
    assert db.session.query(Certificate).count() == 2
    shown = officer.get(of).text
    assert "0001/SERT/63.06" in shown


def test_the_list_and_the_certificates_are_read_back(officer: FlaskClient) -> None:
    of = teaching.held(2, title="Menjahit dasar")
    teaching.certified(of)
    people = [trainee.person.name for trainee in teaching.trainees(of)]
    listed = said(pdf(officer, f"/dinas/pelatihan/kelas/{of.id}/daftar-hadir.pdf"))
    assert all(name in listed for name in (*people, "Menjahit dasar", of.training.agency.name))
    both = pdf(officer, f"/dinas/pelatihan/kelas/{of.id}/sertifikat.pdf")
    assert len(both.pages) == 2
    row = db.session.query(Certificate).order_by(Certificate.id).first()
    assert row is not None
    address = f"/dinas/pelatihan/sertifikat/{row.id}.pdf"
    one = said(pdf(officer, address))
    assert all(words in one for words in (people[0], row.number, "Menjahit dasar"))
    assert people[1] not in one
    first = officer.get(address).data
    with unit_of_work():  # what is printed was frozen
        db.session.get_one(Trainee, row.trainee_id).person.name = "Nama Lain"
    assert officer.get(address).data == first


def test_a_class_without_certificates_has_no_paper_of_them(officer: FlaskClient) -> None:
    of = teaching.held(1)
    assert officer.get(f"/dinas/pelatihan/kelas/{of.id}/sertifikat.pdf").status_code == 404


def test_a_day_is_corrected_and_the_page_says_what_stood_there(officer: FlaskClient) -> None:
    of = teaching.held(1, finished=False)
    trainee, day = teaching.trainees(of)[0], teaching.days_of(of)[0]
    officer.post(f"/dinas/pelatihan/hari/{day.id}/hadir", data={f"mark-{trainee.id}": "absent"})
    row = db.session.query(Attendance).filter_by(trainee_id=trainee.id, day_id=day.id).one()
    assert row.mark is Mark.ABSENT
    assert "Corrections" in officer.get(f"/dinas/pelatihan/kelas/{of.id}").text


def test_a_province_names_for_its_regencies_and_sees_them_all(client: FlaskClient) -> None:
    make.sign_in(client, make.user(Role.CURATOR, area_code="64"))
    client.post("/dinas/mitra/baru", data={"name": "Dinas Perkebunan", "trade": "Kakao", "phone": ""})
    key = re.findall(r"/dinas/mitra/(\d+)", client.get("/dinas/mitra").text)[0]
    offered = client.get("/dinas/potensi/baru").text
    assert 'value="64.01"' in offered
    assert 'value="64"' not in offered
    named = {"commodity": "Kakao", "agency_id": key, "named_on": teaching.today().isoformat()}
    assert client.post("/dinas/potensi/baru", data={**named, "area_code": "64"}).status_code == 422
    assert client.post("/dinas/potensi/baru", data={**named, "area_code": make.REGENCY}).status_code == 422
    assert client.post("/dinas/potensi/baru", data={**named, "area_code": "64.01"}).status_code == 302
    assert "Kakao" in client.get("/dinas/potensi").text
    make.sign_in(client, make.user(Role.CURATOR, area_code="64.01"))
    assert "Kakao" in client.get("/dinas/potensi").text
    shown = client.get("/dinas/mitra").text
    assert "Dinas Perkebunan" in shown
    assert f"/dinas/mitra/{key}" not in shown


def test_lists_go_out_as_excel(officer: FlaskClient) -> None:
    of = teaching.held(1)
    paths = ("/dinas/mitra", "/dinas/potensi", "/dinas/pelatihan", "/dinas/pelatihan/tak-sesuai")
    for path in (*paths, "/dinas/pelatihan/jumlah", f"/dinas/pelatihan/kelas/{of.id}"):
        answer = officer.get(f"{path}?format=xlsx")
        assert (answer.status_code, answer.data[:2]) == (200, b"PK"), path


@pytest.mark.parametrize("role", [Role.VERIFIER])
def test_who_only_reads_changes_nothing(client: FlaskClient, role: Role) -> None:
    make.sign_in(client, make.user(role))
    training = teaching.planned()
    path = f"/dinas/pelatihan/{training.id}"
    assert client.get(path).status_code == 200
    assert client.post(f"{path}/langkah/cancel", data={"reason": "x"}).status_code == 403
    assert "langkah" not in client.get(path).text


def _plan() -> tuple[PlanLine, str, int]:
    """Return a line of a plan, an agency's secret, and the agency."""
    ours, theirs = teaching.agency(), teaching.agency()
    with unit_of_work():
        plan = plans.add_plan(make.REGENCY, 2026, "Rencana aren", None)
        content = LineContent(LineKind.TRAINING, "Gula aren", BusinessKind.FOOD)
        line = plans.propose(plan.id, content, Speaker(ours.id, "Bu Rina"))
        token = plans.make_link(plan.id, theirs.id, None)
    return line, token, theirs.id


def test_an_agency_agrees_and_proposes_by_its_link(client: FlaskClient) -> None:
    line, token, agency_id = _plan()
    page = client.get(f"/rencana/{token}")
    assert "Gula aren" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    spoken = client.post(f"/rencana/{token}/usul/{line.id}", data={"answer": "disagree", "name": "Pak Amin"})
    assert spoken.status_code == 422
    client.post(f"/rencana/{token}/usul/{line.id}", data={"answer": "agree", "name": "Pak Amin"})
    voice = db.session.query(PlanVoice).one()
    assert (voice.answer, voice.name, voice.agency_id, voice.recorded_by_id) == (
        *(Answer.AGREE, "Pak Amin", agency_id),
        None,
    )
    new = {"kind": "aid", "what": "Wajan besar", "business_kind": "food", "name": "Pak Amin", "agency_id": "1"}
    assert client.post(f"/rencana/{token}/usul", data=new).status_code == 303
    assert db.session.query(PlanLine).filter_by(what="Wajan besar").one().agency_id == agency_id


def test_a_revoked_link_shows_and_takes_nothing(client: FlaskClient, app: Flask) -> None:
    line, token, _agency = _plan()
    make.sign_in(client, make.user(Role.CURATOR))
    link = db.session.query(PlanLink).one()
    client.post(f"/dinas/rencana/tautan/{link.id}/cabut")
    stranger = app.test_client()
    paths = (f"/rencana/{token}", f"/rencana/{token}/usul", f"/rencana/{token}/usul/{line.id}")
    assert [stranger.get(path).status_code for path in paths] == [404, 404, 404]
    answered = {"answer": "agree", "name": "Pak Amin"}
    assert stranger.post(paths[2], data=answered).status_code == 404
    assert db.session.query(PlanVoice).count() == 0


def test_the_office_sees_the_link_once_and_makes_a_training_of_what_is_agreed(officer: FlaskClient) -> None:
    line, _token, agency_id = _plan()
    made = officer.post(f"/dinas/rencana/{line.plan_id}/tautan", data={"agency_id": str(agency_id)})
    token = re.findall(r"/rencana/([\w-]{43})", made.text)[0]
    assert "https://wa.me/" in made.text
    assert token not in officer.get(f"/dinas/rencana/{line.plan_id}").text
    data = {"answer": "agree", "name": "Pak Amin", "agency_id": str(agency_id)}
    officer.post(f"/dinas/rencana/usul/{line.id}", data=data)
    assert officer.post(f"/dinas/rencana/usul/{line.id}/jadikan").status_code == 302
    assert db.session.query(Training).one().title == "Gula aren"


def test_a_group_says_what_its_goods_are_made_of(officer: FlaskClient) -> None:
    group, key = make.group(), teaching.commodity("Rotan")
    page = {"name": group.name, "village_code": group.village_code, "formed_year": "2019", "business_kind": "food"}
    officer.post(f"/dinas/kelompok/{group.id}/ubah", data={**page, "commodity_id": str(key)})
    assert "Rotan" in officer.get(f"/dinas/kelompok/{group.id}").text


def test_a_training_that_was_called_off_says_why(officer: FlaskClient) -> None:
    training = teaching.planned()
    officer.post(f"/dinas/pelatihan/{training.id}/langkah/cancel", data={"reason": "Pelatih sakit"})
    assert "Pelatih sakit" in officer.get(f"/dinas/pelatihan/{training.id}").text
    assert officer.post(f"/dinas/pelatihan/{training.id}/langkah/{Step.START}").status_code in (302, 303, 409)
    assert db.session.get_one(Training, training.id).state is TrainingState.CANCELLED


def test_a_commodity_leads_until_a_day(officer: FlaskClient) -> None:
    key = teaching.named(teaching.commodity("Kelapa"))
    path = f"/dinas/potensi/{key}"
    assert officer.post(path, data={"ended_on": teaching.days_back(40)[0].isoformat()}).status_code == 422
    assert officer.post(path, data={"ended_on": teaching.today().isoformat()}).status_code == 302
    assert officer.get(path).status_code == 404


def test_a_day_of_which_nothing_is_written_down_waits_for_an_officer(officer: FlaskClient) -> None:
    training = teaching.planned()
    of = teaching.with_class(training)
    teaching.put_in(of, *teaching.people(1))
    assert "/hadir" not in officer.get("/dinas").text
    teaching.step(training, Step.START)
    assert f"/dinas/pelatihan/hari/{teaching.days_of(of)[0].id}/hadir" in officer.get("/dinas").text
    teaching.all_came(of)
    assert "/hadir" not in officer.get("/dinas").text


def test_two_phones_keep_what_each_wrote_and_say_where_they_differ(officer: FlaskClient) -> None:
    of, day = _held()
    one, two = (trainee.id for trainee in queries.trainees_of(of.id)[:2])
    address = f"/dinas/pelatihan/hari/{day.id}/hadir"
    opened = {f"seen-{key}": "" for key in (one, two)}
    assert officer.post(address, data=opened | {f"mark-{one}": "came"}).status_code == 303
    assert officer.post(address, data=opened | {f"mark-{two}": "absent"}).status_code == 303
    assert _marks(day.id) == {one: "came", two: "absent"}
    refused = officer.post(address, data=opened | {f"mark-{one}": "absent"})
    assert refused.status_code == 422
    assert "Somebody else wrote this down meanwhile" in refused.text
    assert _marks(day.id) == {one: "came", two: "absent"}
    again = dict(re.findall(r'name="(seen-\d+)"[^>]*value="(\w*)"', refused.text))
    assert again == {f"seen-{one}": "came", f"seen-{two}": "absent"}
    assert officer.post(address, data=again | {f"mark-{one}": "absent"}).status_code == 303
    assert _marks(day.id) == {one: "absent", two: "absent"}
    # Whoever left a person as he was shown does not write over what came meanwhile.
    stale = {f"seen-{one}": "came", f"mark-{one}": "came", f"seen-{two}": "absent", f"mark-{two}": "came"}
    assert officer.post(address, data=stale).status_code == 303
    assert _marks(day.id) == {one: "absent", two: "came"}


def _held() -> tuple[TrainingClass, TrainingDay]:
    training = teaching.planned()
    of = teaching.with_class(training)
    teaching.put_in(of, *teaching.people(2))
    teaching.step(training, Step.START)
    return of, teaching.days_of(of)[0]


def _marks(day_id: int) -> dict[int, str]:
    rollback()
    rows = db.session.scalars(select(Attendance).where(Attendance.day_id == day_id))
    return {row.trainee_id: row.mark.value for row in rows}
