"""A visit is written down once, with whom it was and what is to be done; only who follows the group sees it."""

import datetime as dt
import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace.extensions import db
from marketplace.mentoring import queries, visits
from marketplace.mentoring.models import FollowUp, Visit, VisitKind, VisitPhoto
from marketplace.mentoring.rules import OLDEST_VISIT, ToDo
from marketplace.shared.errors import InvalidInput, KeyReused, StateConflict
from marketplace.shared.policy import Role
from marketplace.shared.transaction import rollback, unit_of_work
from tests import make
from tests.mentoring.field import TODAY, Field
from tests.shared.pictures import picture

A_DAY = dt.timedelta(days=1)
KEY = "0b6f3c1e-0000-4000-8000-000000000001"


def count(kind: Any) -> int:
    rollback()
    return db.session.scalar(select(func.count()).select_from(kind)) or 0


def fields(field: Field, **values: Any) -> dict[str, Any]:
    return {
        "key": KEY,
        "visited_on": TODAY.isoformat(),
        "kind": "group",
        "families": [str(field.first.id)],
        "findings": "Produksi lancar",
        "follow_ups-0-what": "Perbaiki label",
        "follow_ups-0-due_on": (TODAY + 7 * A_DAY).isoformat(),
        **values,
    }


def form_of(field: Field) -> str:
    return f"/dinas/pendampingan/kelompok/{field.group.id}/kunjungan"


def test_it_is_one_visit_however_often_it_is_sent(field: Field) -> None:
    assert field.visit(KEY) == field.visit(KEY)
    assert (count(Visit), count(FollowUp)) == (1, 1)


def test_the_same_key_with_other_content_is_refused(field: Field) -> None:
    field.visit(KEY)
    with pytest.raises(KeyReused):
        field.visit(KEY, findings="Lain")
    with pytest.raises(KeyReused), unit_of_work():
        visits.record(KEY, field.content(), [], field.colleague.id)
    assert count(Visit) == 1


@pytest.mark.parametrize(
    ("values", "beside"),
    [
        ({"visited_on": TODAY + A_DAY}, "visited_on"),
        ({"visited_on": TODAY - (OLDEST_VISIT + 1) * A_DAY}, "visited_on"),
        ({"kind": VisitKind.HOME, "household_ids": ()}, "families"),
        ({"follow_ups": (ToDo("Kemarin", TODAY - A_DAY),)}, "follow_ups"),
    ],
)
def test_what_cannot_have_been_is_refused_beside_its_field(field: Field, values: dict[str, Any], beside: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        field.visit(**values)
    assert refused.value.field == beside
    assert count(Visit) == 0


def test_a_family_of_another_group_is_refused(field: Field) -> None:
    with pytest.raises(InvalidInput):
        field.visit(household_ids=(field.stranger.id,))


def test_a_group_visit_counts_only_for_the_families_it_names(field: Field) -> None:
    visit_id = field.visit()
    home_id = field.visit(kind=VisitKind.HOME, household_ids=(field.second.id,), visited_on=TODAY - A_DAY)
    long_ago = TODAY - 90 * A_DAY
    assert [each.id for each in queries.visits_of_household(field.first.id, long_ago)] == [visit_id]
    assert [each.id for each in queries.visits_of_household(field.second.id, long_ago)] == [home_id]
    assert queries.visits_of_household(field.second.id, TODAY) == []


def test_it_is_written_on_a_plain_form_with_photos(field: Field, client: FlaskClient) -> None:
    make.sign_in(client, field.mentor)
    photos = [(io.BytesIO(picture((320, 240))), "a.jpg"), (io.BytesIO(picture((240, 320))), "b.jpg")]
    answer = client.post(form_of(field), data=fields(field, photos=photos))
    assert answer.status_code == 302
    assert count(VisitPhoto) == 2
    page = client.get(answer.location).text
    assert "Produksi lancar" in page
    assert "Perbaiki label" in page
    assert "Aminah" in page
    with client.get(f"{answer.location}/foto/0") as photo:
        assert (photo.status_code, photo.mimetype) == (200, "image/jpeg")
        assert "no-store" in photo.headers["Cache-Control"]


def test_a_phone_is_told_the_id_and_twice_the_same(field: Field, client: FlaskClient) -> None:
    make.sign_in(client, field.mentor)
    told = {"Accept": "application/json"}
    first = client.post(form_of(field), data=fields(field), headers=told)
    again = client.post(form_of(field), data=fields(field), headers=told)
    other = client.post(form_of(field), data=fields(field, findings="Lain"), headers=told)
    wrong = client.post(form_of(field), data=fields(field, key="x" * 37), headers=told)
    empty = client.post(form_of(field), data=fields(field, key=KEY[::-1], findings=""), headers=told)
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 409)
    assert first.get_json()["id"] == again.get_json()["id"]
    assert other.get_json()["type"].endswith("#key-reused")
    assert (wrong.status_code, empty.status_code) == (422, 422)
    assert "Please fill this in." in empty.get_json()["title"]
    assert count(Visit) == 1


def test_strangers_find_neither_visit_nor_photo(field: Field, client: FlaskClient) -> None:
    visit_id = field.visit()
    away = make.user(Role.HEAD, area_code=make.OTHER_REGENCY)
    other_mentor = make.user(Role.MENTOR, group_id=make.group().id)
    for who in (away, other_mentor):
        make.sign_in(client, who)
        assert client.get(f"/dinas/pendampingan/kunjungan/{visit_id}").status_code == 404
        assert client.get(f"/dinas/pendampingan/kunjungan/{visit_id}/foto/0").status_code == 404
    make.sign_in(client, other_mentor)
    assert client.post(form_of(field), data=fields(field)).status_code == 404


def test_what_was_agreed_on_is_closed_once_with_its_outcome(field: Field, client: FlaskClient) -> None:
    field.visit(visited_on=TODAY - 20 * A_DAY, follow_ups=(ToDo("Urus P-IRT", TODAY - A_DAY),))
    row = db.session.scalars(select(FollowUp)).one()
    make.sign_in(client, field.mentor)
    assert "Urus P-IRT" in client.get("/dinas/pendampingan").text
    address = f"/dinas/pendampingan/tindak-lanjut/{row.id}"
    assert "KUBE Harapan" in client.get(address).text
    early = {"done_on": (TODAY - 30 * A_DAY).isoformat(), "outcome": "Nomor keluar"}
    assert client.post(address, data=early).status_code == 422
    assert client.post(address, data=early | {"done_on": TODAY.isoformat()}).status_code == 302
    assert "Urus P-IRT" not in client.get("/dinas/pendampingan").text
    again = client.get(address, follow_redirects=True)
    assert ("This was done on" in again.text, again.request.path) == (
        True,
        f"/dinas/pendampingan/kunjungan/{row.visit_id}",
    )
    with pytest.raises(StateConflict), unit_of_work():
        visits.close_follow_up(row.id, "Lagi", TODAY, field.mentor.id)
    rollback()
    assert db.session.get_one(FollowUp, row.id).outcome == "Nomor keluar"


def test_all_that_is_wrong_is_said_in_one_round(field: Field, client: FlaskClient) -> None:
    """Photos that were chosen are lost with each round, so there is one at most."""
    make.sign_in(client, field.mentor)
    told = {"key": "salah-1", "visited_on": (TODAY + A_DAY).isoformat(), "kind": "group", "findings": "Lancar"}
    page = client.post(form_of(field), data=told | {"photos": (io.BytesIO(b"bukan foto"), "foto.jpg")})
    assert page.status_code == 422
    assert "This day has not come yet." in page.text
    assert "photo" in page.text.partition('class="problems')[2].partition("</ul>")[0]


def test_only_its_mentor_writes(field: Field, client: FlaskClient) -> None:
    for who in (field.verifier, field.head):
        make.sign_in(client, who)
        assert client.get(form_of(field)).status_code == 403
        assert client.get(f"/dinas/pendampingan/kelompok/{field.group.id}").status_code == 200


def test_a_groups_page_shows_its_visits_and_those_to_its_members_homes(field: Field, client: FlaskClient) -> None:
    other = make.group()
    make.household(other)
    with unit_of_work():
        visits.record("lain", field.content(group_id=other.id, household_ids=(), findings="Di tempat lain"), [], 1)
    field.visit()
    field.visit(kind=VisitKind.HOME, household_ids=(field.second.id,), findings="Di rumah Bahrun")
    make.sign_in(client, field.head)
    page = client.get(f"/dinas/pendampingan/kelompok/{field.group.id}").text
    assert ("Produksi lancar" in page, "Di rumah Bahrun" in page, "Di tempat lain" in page) == (True, True, False)
    everything = client.get("/dinas/pendampingan/kunjungan").text
    assert "Di tempat lain" in everything
    assert client.get("/dinas/pendampingan/kunjungan?format=xlsx").mimetype.endswith("sheet")
