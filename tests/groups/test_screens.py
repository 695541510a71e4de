"""Officers' pages of groups and families over HTTP, without JavaScript."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.extensions import db
from marketplace.groups import queries
from marketplace.groups.models import Group, Household, MemberRole, Membership, Person
from marketplace.shared.audit import AuditEntry
from marketplace.shared.policy import Role
from marketplace.shared.transaction import rollback
from tests import make
from tests.counting import counted_queries

KK, NIK = "6306050101200001", "6306054507900001"
REASON = "cocokkan dengan kartu"


def officer(client: FlaskClient, role: Role, **scope: object) -> int:
    who = make.user(role, **scope)
    make.sign_in(client, who)
    return who.id


def registration(**values: str) -> dict[str, str]:
    return {
        "name": "Siti Contoh",
        "kk": KK,
        "village_code": make.VILLAGE,
        "address": "Jalan Contoh 7",
        "registry_source": "dtsen",
        "decile": "2",
        "nik": NIK,
        "joined_on": "2020-01-01",
        "group_id": "0",
        **values,
    }


def actions() -> list[tuple[str, int | None]]:
    rollback()
    return [(row.action, row.subject_id) for row in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))]


def test_a_group_is_made_changed_and_trusted(app: Flask, client: FlaskClient) -> None:
    officer(client, Role.CURATOR)
    form = {"name": "Melati", "village_code": make.VILLAGE, "business_kind": "food", "formed_year": "2019"}
    late = client.post("/dinas/kelompok/baru", data={**form, "formed_year": str(queries.today().year + 1)})
    assert (late.status_code, 'id="formed_year-error"' in late.text) == (422, True)
    made = client.post("/dinas/kelompok/baru", data=form)
    group = db.session.scalars(select(Group)).one()
    assert made.location == f"/dinas/kelompok/{group.id}"
    page = client.post(f"/dinas/kelompok/{group.id}/ubah", data={**form, "story": "Kami membuat keripik."})
    assert page.status_code == 302
    client.post(f"/dinas/kelompok/{group.id}/percaya", data={"trusted": "y"})
    rollback()
    assert db.session.get_one(Group, group.id).trusted_from is not None
    assert "Kami membuat keripik." in client.get(f"/dinas/kelompok/{group.id}").text
    client.post(f"/dinas/kelompok/{group.id}/percaya")
    rollback()
    assert db.session.get_one(Group, group.id).trusted_from is None


def test_what_was_typed_stays_beside_what_is_wrong(app: Flask, client: FlaskClient) -> None:
    officer(client, Role.CURATOR)
    form = {"name": "Melati <b>", "village_code": "63.07.01.2001", "business_kind": "x", "formed_year": "seribu"}
    page = client.post("/dinas/kelompok/baru", data=form)
    assert page.status_code == 422
    assert "Melati &lt;b&gt;" in page.text
    assert 'value="seribu"' in page.text
    assert db.session.scalars(select(Group)).all() == []


def test_a_mentor_changes_story_and_phone_only(app: Flask, client: FlaskClient) -> None:
    group = make.group()
    officer(client, Role.MENTOR, group_id=group.id)
    form = {"story": "Cerita baru", "phone": "0812 3456 7890", "name": "Nama lain"}
    assert client.post(f"/dinas/kelompok/{group.id}/ubah", data=form).status_code == 302
    rollback()
    changed = db.session.get_one(Group, group.id)
    assert (changed.story, changed.phone, changed.name) == ("Cerita baru", "+6281234567890", group.name)


def test_a_list_opens_without_a_complaint(app: Flask, client: FlaskClient) -> None:
    make.group()
    officer(client, Role.PACKER)
    assert "data-wrong" not in client.get("/dinas/kelompok").text
    assert "KUBE" in client.get("/dinas/kelompok?district=99.99.99&kind=x&q=kube").text


def test_no_village_is_chosen_by_itself(app: Flask, client: FlaskClient) -> None:
    officer(client, Role.CURATOR)
    form = {"name": "Melati", "village_code": "", "business_kind": "", "formed_year": "2019"}
    page = client.post("/dinas/kelompok/baru", data=form)
    assert page.status_code == 422
    assert {"village_code-error", "business_kind-error"} <= set(re.findall(r'id="(\w+-error)"', page.text))


def test_a_member_joins_by_its_card_and_leaves(app: Flask, client: FlaskClient) -> None:
    group = make.group()
    officer(client, Role.CURATOR)
    client.post("/dinas/keluarga/baru", data=registration())
    address = f"/dinas/kelompok/{group.id}/anggota"
    joining = {"kk": "6306 0501 0120 0001", "role": "chair", "starts_on": "2024-01-01"}
    for wrong in ({"kk": "6306050101200009"}, {"kk": "123"}, {"role": "boss"}, {"starts_on": "2090-01-01"}):
        assert client.post(address, data={**joining, **wrong}).status_code == 422
    assert client.post(address, data=joining).status_code == 302
    membership = db.session.scalars(select(Membership)).one()
    assert membership.role is MemberRole.CHAIR
    end = f"{address}/{membership.id}/akhiri"
    assert client.post(end, data={"ends_on": "2023-12-31"}).status_code == 422
    assert client.post(end, data={"ends_on": "2024-12-31"}).status_code == 302
    assert client.get(f"/dinas/kelompok/{make.group().id}/anggota/{membership.id}/akhiri").status_code == 404


def test_nothing_is_listed_before_a_search(app: Flask, client: FlaskClient) -> None:
    make.household(name="Rahmi Contoh")
    officer(client, Role.HEAD)
    assert "Rahmi" not in client.get("/dinas/keluarga").text
    found = client.post("/dinas/keluarga", data={"text": "rahmi"}, follow_redirects=True)
    assert "Rahmi Contoh" in found.text


@pytest.mark.parametrize(
    ("number", "why"),
    [(KK, "Found by the KK number."), (NIK, "Found by the NIK of Siti Contoh."), ("6306 0501 0120 0001", "Found by")],
)
def test_a_full_number_leads_to_the_family_and_is_in_no_address(
    app: Flask, client: FlaskClient, number: str, why: str
) -> None:
    actor = officer(client, Role.ADMINISTRATOR)
    client.post("/dinas/keluarga/baru", data=registration())
    household = db.session.scalars(select(Household)).one()
    answer = client.post("/dinas/keluarga", data={"text": number})
    assert answer.location == f"/dinas/keluarga/{household.id}"
    rows = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "household.search_number"))
    assert [(row.actor_id, row.subject_id) for row in rows] == [(actor, household.id)]
    page = client.get(answer.location).text
    assert why in page
    assert number not in page


def test_a_number_of_another_area_is_not_found_and_the_search_is_kept(app: Flask, client: FlaskClient) -> None:
    officer(client, Role.ADMINISTRATOR)
    client.post("/dinas/keluarga/baru", data=registration())
    officer(client, Role.HEAD, area_code="63.06.06")
    assert client.post("/dinas/keluarga", data={"text": KK}).location == "/dinas/keluarga"
    assert actions()[-1] == ("household.search_number", None)


@pytest.mark.parametrize("text", ["ab", "123", "12345", "630605010120000", KK + "1", KK + " x", "９９９９９", "..."])
def test_a_search_that_says_too_little_or_is_mistyped_goes_nowhere(app: Flask, client: FlaskClient, text: str) -> None:
    officer(client, Role.HEAD)
    assert client.post("/dinas/keluarga", data={"text": text}).status_code == 422


def test_every_look_at_a_family_is_written_down(app: Flask, client: FlaskClient) -> None:
    household = make.household()
    actor = officer(client, Role.VERIFIER)
    page = client.get(f"/dinas/keluarga/{household.id}")
    assert household.kk_last4 in page.text
    rollback()
    row = db.session.scalars(select(AuditEntry)).one()
    assert (row.action, row.actor_id, row.subject_id) == ("household.view", actor, household.id)
    assert client.get(f"/dinas/keluarga/{household.id + 1}").status_code == 404
    assert len(actions()) == 1


def test_a_number_is_shown_once_for_a_reason(app: Flask, client: FlaskClient) -> None:
    officer(client, Role.ADMINISTRATOR)
    client.post("/dinas/keluarga/baru", data=registration())
    household, person = db.session.scalars(select(Household)).one(), db.session.scalars(select(Person)).one()
    page = f"/dinas/keluarga/{household.id}"
    assert KK not in client.get(page).text
    shown = client.post(f"{page}/buka", data={"secret": "kk", "reason": REASON})
    assert KK in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert NIK in client.post(f"{page}/buka", data={"secret": f"nik:{person.id}", "reason": REASON}).text
    for wrong in ({"secret": "kk", "reason": "perlu"}, {"secret": "bank", "reason": REASON}, {"secret": "nik:x"}, {}):
        refused = client.post(f"{page}/buka", data=wrong)
        assert refused.status_code == 422
        assert KK not in refused.text
    assert [action for action, _id in actions()].count("household.reveal") == 2


def test_a_mentor_registers_into_his_own_group(app: Flask, client: FlaskClient) -> None:
    group, other = make.group(), make.group()
    officer(client, Role.MENTOR, group_id=group.id)
    for wrong in ({"group_id": ""}, {"group_id": "0"}, {"group_id": str(other.id)}):
        assert client.post("/dinas/keluarga/baru", data=registration(**wrong)).status_code == 422
    assert db.session.scalars(select(Household)).all() == []
    assert client.post("/dinas/keluarga/baru", data=registration(group_id=str(group.id))).status_code == 302
    household = db.session.scalars(select(Household)).one()
    assert client.get(f"/dinas/keluarga/{household.id}").status_code == 200


def test_no_group_is_chosen_for_a_family(app: Flask, client: FlaskClient) -> None:
    """Who hurries on with the first choice must not put a family where it does not belong."""
    group, family = make.group(), make.household()
    officer(client, Role.ADMINISTRATOR)
    joining = {"group_id": "", "person_id": "", "role": "member", "starts_on": "2024-01-01"}
    pages = {"/dinas/keluarga/baru": registration(group_id=""), f"/dinas/keluarga/{family.id}/kelompok": joining}
    for address, sent in pages.items():
        first = re.search(r'<select[^>]*name="group_id"[^>]*>\s*<option([^>]*)>([^<]*)<', client.get(address).text)
        assert first is not None
        assert (first[1].split(" ")[-1], first[2]) == ('value=""', "Please choose")
        refused = client.post(address, data=sent)
        assert refused.status_code == 422
        assert 'id="group_id-error"' in refused.text
    assert len(db.session.scalars(select(Household)).all()) == 1
    assert client.post("/dinas/keluarga/baru", data=registration(group_id=str(group.id))).status_code == 302


def test_a_refused_registration_leaves_nothing_behind(app: Flask, client: FlaskClient) -> None:
    officer(client, Role.ADMINISTRATOR)
    client.post("/dinas/keluarga/baru", data=registration())
    page = client.post("/dinas/keluarga/baru", data=registration(kk="6306050101200002"))
    assert page.status_code == 422
    assert 'id="nik-error"' in page.text
    assert len(db.session.scalars(select(Household)).all()) == 1


def test_a_familys_file_is_kept(app: Flask, client: FlaskClient) -> None:
    group = make.group()
    household = make.household(people=1)
    officer(client, Role.ADMINISTRATOR)
    page = f"/dinas/keluarga/{household.id}"
    person = household.people[0].id
    steps = {
        "/ubah": {"name": "Baru", "village_code": make.VILLAGE, "registry_source": "p3ke", "decile": ""},
        "/orang/baru": {"name": "Anak", "relation": "child", "sex": "male", "joined_on": "2024-01-01"},
        f"/orang/{person}/ubah": {"name": "Ibu", "relation": "head", "nik": NIK, "joined_on": "2020-01-01"},
        f"/orang/{person}/pergi": {"left_on": "2025-01-01"},
        "/bantuan/baru": {"programme": "pkh", "starts_on": "2024-01-01"},
        "/bantuan/1/akhiri": {"ends_on": "2025-01-01"},
        "/kelompok": {"group_id": str(group.id), "person_id": "", "role": "member", "starts_on": "2024-01-01"},
        "/bank": {"bank": "Bank Contoh", "number": "1234567890", "holder": "Baru"},
    }
    for step, form in steps.items():
        assert client.get(page + step).status_code == 200, step
        assert client.post(page + step, data={}).status_code == 422, step
        assert client.post(page + step, data=form).status_code == 302, step
    shown = client.get(page).text
    for text in ("Baru", "Anak", "••••7890", group.name):
        assert text in shown
    assert client.post(f"{page}/orang/{person}/pergi", data={"left_on": "2025-01-01"}).status_code == 422


def test_people_and_programmes_of_other_families_are_not_found(app: Flask, client: FlaskClient) -> None:
    household, other = make.household(), make.household()
    officer(client, Role.ADMINISTRATOR)
    for step in (f"/orang/{other.people[0].id}/ubah", f"/orang/{other.people[0].id}/pergi", "/bantuan/9/akhiri"):
        assert client.get(f"/dinas/keluarga/{household.id}{step}").status_code == 404


@pytest.mark.parametrize("families", [3, 30])
def test_pages_need_as_many_queries_for_many_rows_as_for_few(app: Flask, client: FlaskClient, families: int) -> None:
    group = make.group()
    for _number in range(families):
        household = make.household(group)
        make.group()
    officer(client, Role.CURATOR)
    for address in (f"/dinas/kelompok/{group.id}", "/dinas/kelompok", "/dinas/keluarga?q=keluarga"):
        client.get(address)
        with counted_queries() as statements:
            assert client.get(address).status_code == 200
        assert len(statements) <= 6, (address, statements)
    with counted_queries() as statements:
        client.get(f"/dinas/keluarga/{household.id}")
    reading = [text for text in statements if text.startswith("SELECT")]
    assert len(reading) <= 6, "\n\n".join(reading)
