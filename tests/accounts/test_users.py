"""The officers' screens: found, not browsed; only who is theirs; a code shown once."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace.accounts.models import OneTimeCode, RoleAssignment, User
from marketplace.areas import queries as areas
from marketplace.extensions import db
from marketplace.shared import clock
from marketplace.shared.audit import AuditEntry
from marketplace.shared.formats import day
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.counting import counted_queries

AWAY_VILLAGE = "63.07.01.1001"


@pytest.fixture
def office(app: Flask) -> dict[str, Any]:
    """Return people of one group, people of the office, and people elsewhere."""
    group, other = make.group(), make.group()
    household, other_household = make.household(group), make.household(other)
    return {
        "group": group,
        "household": household,
        "other_household": other_household,
        "administrator": make.user(Role.ADMINISTRATOR, name="Admin"),
        "mentor": make.user(Role.MENTOR, name="Mentor", group_id=group.id),
        "seller": make.user(Role.SELLER, name="Orang Satu", household_id=household.id),
        "other seller": make.user(Role.SELLER, name="Orang Dua", household_id=other_household.id),
        "curator": make.user(Role.CURATOR, name="Orang Tiga"),
        "far curator": make.user(Role.CURATOR, name="Orang Empat", area_code="63.07"),
        "buyer": make.user(Role.BUYER, name="Orang Lima"),
    }


SEEN = {
    "administrator": {"mentor", "seller", "other seller", "curator", "administrator"},
    "mentor": {"mentor", "seller"},
}


@pytest.mark.parametrize("who", SEEN)
def test_everybody_finds_only_his_own_people(client: FlaskClient, office: dict[str, Any], who: str) -> None:
    make.sign_in(client, office[who])
    people = {name: person for name, person in office.items() if isinstance(person, User)}
    text = "".join(client.get(f"/dinas/pengguna?q={q}").text for q in ("orang", "mentor", "admin"))
    found = {name for name, person in people.items() if f"/dinas/pengguna/{person.id}?" in text}
    assert found == SEEN[who]


@pytest.mark.parametrize("who", SEEN)
@pytest.mark.parametrize("path", ["", "/peran"])
def test_pages_of_strangers_are_not_found(client: FlaskClient, office: dict[str, Any], who: str, path: str) -> None:
    make.sign_in(client, office[who])
    people = {name: person for name, person in office.items() if isinstance(person, User)}
    codes = {name: client.get(f"/dinas/pengguna/{p.id}{path}").status_code for name, p in people.items()}
    seen = SEEN[who] | ({"buyer"} if who == "administrator" else set())
    assert codes == {name: 200 if name in seen else 404 for name in people}


def test_a_buyer_is_found_by_his_whole_number_only(client: FlaskClient, office: dict[str, Any]) -> None:
    buyer = office["buyer"]
    make.sign_in(client, office["administrator"])
    assert f"/dinas/pengguna/{buyer.id}" not in client.get("/dinas/pengguna?q=Orang+Lima").text
    number = "0" + buyer.phone.removeprefix("+62")
    assert f"/dinas/pengguna/{buyer.id}" in client.get(f"/dinas/pengguna?q={number}").text
    make.sign_in(client, office["mentor"])
    assert f"/dinas/pengguna/{buyer.id}" not in client.get(f"/dinas/pengguna?q={number}").text


@pytest.mark.parametrize(
    ("query", "count"), [("", 0), ("q=o", 0), ("role=seller", 0), ("role=curator", 1), ("q=orang&role=seller", 2)]
)
def test_officers_are_listed_by_role_but_families_are_searched(
    client: FlaskClient, office: dict[str, Any], query: str, count: int
) -> None:
    make.sign_in(client, office["administrator"])
    page = client.get(f"/dinas/pengguna?{query}").text
    assert len(re.findall(r'href="/dinas/pengguna/\d+["?]', page)) == count


def test_signs_with_a_meaning_in_patterns_mean_nothing(client: FlaskClient, office: dict[str, Any]) -> None:
    make.sign_in(client, office["administrator"])
    assert not re.findall(r'href="/dinas/pengguna/\d+["?]', client.get("/dinas/pengguna?q=%25%25").text)


def test_the_list_needs_as_many_queries_for_many_as_for_few(client: FlaskClient, office: dict[str, Any]) -> None:
    make.sign_in(client, office["administrator"])
    counts = []
    for _round in range(2):
        client.get("/dinas/pengguna?q=orang")
        with counted_queries() as statements:
            client.get("/dinas/pengguna?q=orang")
        counts.append(len(statements))
        for _number in range(8):
            group = make.group()
            make.user(Role.SELLER, name="Orang Lain", household_id=make.household(group).id)
    assert counts[0] == counts[1] <= 9


def create(client: FlaskClient, query: str, place: object, phone: str = "0812 3456 7890") -> Any:
    return client.post(f"/dinas/pengguna/baru?{query}", data={"name": "Siti", "phone": phone, "place": str(place)})


def test_a_mentor_makes_a_seller_and_reads_out_the_code(client: FlaskClient, office: dict[str, Any]) -> None:
    make.sign_in(client, office["mentor"])
    page = create(client, f"role=seller&group={office['group'].id}", office["household"].id)
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    code = re.search(r"<strong>(\d{4} \d{4})</strong>", page.text)
    assert code is not None
    assert 'href="https://wa.me/6281234567890?text=' in page.text
    phone = client.application.test_client()
    done = phone.post("/kode", data={"identifier": "081234567890", "code": code[1], "password": "ikan haruan bakar"})
    assert done.location == "/penjual"
    assert {entry.action for entry in db.session.scalars(select(AuditEntry))} == {"role.give", "code.make", "code.use"}


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("role=curator", "63.06"),
        ("role=administrator", "63.06"),
        ("role=mentor", "{group}"),
        ("role=seller&group={group}", "{other_household}"),
        ("role=seller&group=999", "{household}"),
        ("role=buyer", "1"),
        ("role=", "1"),
        ("", "63.06"),
    ],
)
def test_a_mentor_makes_nobody_else(client: FlaskClient, office: dict[str, Any], query: str, place: str) -> None:
    ids = {name: office[name].id for name in ("group", "household", "other_household")}
    before = db.session.scalar(select(func.count()).select_from(User))
    make.sign_in(client, office["mentor"])
    assert create(client, query.format(**ids), place.format(**ids)).status_code == 422
    assert db.session.scalar(select(func.count()).select_from(User)) == before


@pytest.mark.parametrize("place", ["63.07", "63", "", "63.06; --", "63.06.99"])
def test_an_administrator_gives_no_role_beyond_his_area(
    client: FlaskClient, office: dict[str, Any], place: str
) -> None:
    make.sign_in(client, office["administrator"])
    assert create(client, "role=curator", place).status_code == 422
    assert create(client, "role=curator", "63.06").status_code == 200


def test_a_taken_phone_keeps_what_was_typed(client: FlaskClient, office: dict[str, Any]) -> None:
    make.sign_in(client, office["administrator"])
    answer = create(client, "role=packer", "63.06", office["seller"].phone)
    assert answer.status_code == 422
    assert 'id="phone-error"' in answer.text
    assert 'value="Siti"' in answer.text
    assert db.session.scalar(select(func.count()).select_from(OneTimeCode)) == 0


def test_a_role_is_given_and_ended_on_the_page(client: FlaskClient, office: dict[str, Any]) -> None:
    curator = office["curator"]
    page = f"/dinas/pengguna/{curator.id}"
    make.sign_in(client, office["administrator"])
    assert client.post(f"{page}/peran?role=packer", data={"place": "63.06.05"}).status_code == 303
    given = db.session.scalars(select(RoleAssignment).where(RoleAssignment.role == Role.PACKER)).one()
    assert given.area_code == "63.06.05"
    assert client.post(f"{page}/peran/{given.id}/akhiri").status_code == 303
    assert {grant.role for grant in curator.grants} == {Role.CURATOR}


def test_a_role_of_somebody_else_is_not_found_under_this_person(client: FlaskClient, office: dict[str, Any]) -> None:
    make.sign_in(client, office["administrator"])
    foreign = office["seller"].assignments[0].id
    assert client.post(f"/dinas/pengguna/{office['curator'].id}/peran/{foreign}/akhiri").status_code == 404


def test_ones_own_page_offers_nothing(client: FlaskClient, office: dict[str, Any]) -> None:
    me = office["administrator"]
    make.sign_in(client, me)
    page = f"/dinas/pengguna/{me.id}"
    assert 'action="/dinas/pengguna/' not in client.get(page).text
    for action in ("kode", "tutup", f"peran/{me.assignments[0].id}/akhiri"):
        assert client.post(f"{page}/{action}").status_code == 403
    assert client.post(f"{page}/peran?role=treasurer", data={"place": "63.06"}).status_code == 403


@pytest.mark.parametrize("action", ["kode", "tutup", "buka"])
def test_an_officer_with_more_to_say_is_not_looked_after(
    client: FlaskClient, office: dict[str, Any], action: str
) -> None:
    with unit_of_work():
        office["curator"].assignments.append(
            RoleAssignment(role=Role.SELLER, household_id=office["household"].id, starts_on=make.LONG_AGO)
        )
    make.sign_in(client, office["mentor"])
    assert client.get(f"/dinas/pengguna/{office['curator'].id}").status_code == 200
    assert client.post(f"/dinas/pengguna/{office['curator'].id}/{action}").status_code == 403


def test_an_account_is_closed_and_opened_again(client: FlaskClient, office: dict[str, Any]) -> None:
    seller = office["seller"]
    phone = client.application.test_client()
    make.sign_in(phone, seller)
    assert phone.get("/akun").status_code == 200
    make.sign_in(client, office["mentor"])
    client.post(f"/dinas/pengguna/{seller.id}/tutup")
    assert (seller.is_active, phone.get("/akun").status_code) == (False, 302)
    client.post(f"/dinas/pengguna/{seller.id}/buka")
    assert seller.is_active
    assert phone.get("/akun").status_code == 302, "the old session must stay ended"


def test_many_places_of_a_role_are_one_line(client: FlaskClient, office: dict[str, Any]) -> None:
    mentor = make.user(Role.MENTOR, name="Orang Sibuk", group_id=office["group"].id)
    for _number in range(2):
        held = {"role": Role.MENTOR, "group_id": make.group().id, "starts_on": make.LONG_AGO}
        make.add(RoleAssignment(user_id=mentor.id, **held))
    db.session.expire_all()
    make.sign_in(client, office["administrator"])
    page = client.get("/dinas/pengguna?q=orang").text
    area_name = areas.get_area("63.06").name
    assert "<li>Mentor: 3 groups</li>" in page
    assert f"<li>Curator: {area_name}</li>" in page


def test_an_ended_role_says_the_day_on_which_it_was_ended(client: FlaskClient, office: dict[str, Any]) -> None:
    make.sign_in(client, office["administrator"])
    curator = office["curator"]
    address = f"/dinas/pengguna/{curator.id}"
    row = curator.assignments[0]
    assert "End this role?" in client.get(address).text
    client.post(f"{address}/peran/{row.id}/akhiri")
    assert f"Ended on {day(clock.today('Asia/Makassar'))}" in client.get(address).text
