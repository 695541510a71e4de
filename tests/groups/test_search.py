"""A family that is looked up stands there by its head's name, with the word or number that brought it there."""

import datetime as dt
import re

import pytest
from flask.testing import FlaskClient

from marketplace.accounts.models import RoleAssignment
from marketplace.groups.models import Household
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make


@pytest.fixture
def officer(client: FlaskClient) -> FlaskClient:
    """Return a browser in which the head of the office is signed in."""
    make.sign_in(client, make.user(Role.HEAD))
    return client


def family(head: str, member: str, kk_last4: str = "1234") -> Household:
    row = make.household(people=2, name=head, kk_last4=kk_last4)
    with unit_of_work():
        row.people[0].name, row.people[1].name = head, member
    return row


def found(client: FlaskClient, text: str) -> list[tuple[str, str]]:
    """Return (name, why it was found) of each family that a search shows, in their order."""
    page = client.get("/dinas/keluarga", query_string={"q": text}).text
    names = re.findall(r'<th scope="row"\s*><a [^>]+>([^<]+)</a>', page)
    return list(zip(names, re.findall(r'<td data-label="Found by"\s*>\s*([^<]+?)\s*</td>', page), strict=True))


def test_heads_come_first_and_others_say_who_fits(officer: FlaskClient) -> None:
    family("Aminah Contoh", "Rahmi Kecil")
    family("Zubaidah Contoh", "Budi Contoh")
    family("Rahmi Contoh", "Rahmi Putri")
    assert found(officer, "rahmi") == [
        ("Rahmi Contoh", "Name of the head of the family"),
        ("Aminah Contoh", "Rahmi Kecil (Other relative)"),
    ]


def test_who_left_is_said_to_have_left(officer: FlaskClient) -> None:
    row = family("Aminah Contoh", "Rahmi Kecil")
    with unit_of_work():
        row.people[1].left_on = dt.date(2025, 1, 1)
    assert found(officer, "kecil") == [("Aminah Contoh", "Rahmi Kecil, who left the family")]


def test_last_digits_say_whose_number_they_end(officer: FlaskClient) -> None:
    family("Zubaidah Contoh", "Budi Contoh", kk_last4="7788")
    row = family("Aminah Contoh", "Rahmi Kecil", kk_last4="1122")
    with unit_of_work():
        row.people[1].nik_last4 = "7788"
    assert found(officer, "7788") == [
        ("Zubaidah Contoh", "Last digits of the KK"),
        ("Aminah Contoh", "Last digits of the NIK of Rahmi Kecil"),
    ]


@pytest.mark.parametrize("role", [Role.MENTOR, Role.CURATOR, Role.VERIFIER, Role.HEAD, Role.ADMINISTRATOR])
def test_a_page_leads_to_the_earnings_of_whom_its_reader_may_follow(client: FlaskClient, role: Role) -> None:
    group = make.group()
    household = make.household(group)
    scope = {"group_id": group.id} if role is Role.MENTOR else {"area_code": make.REGENCY}
    make.sign_in(client, make.user(role, **scope))
    for page in (f"/dinas/keluarga/{household.id}", f"/dinas/kelompok/{group.id}"):
        is_linked = f'href="{page}/rekening"' in client.get(page).text
        assert is_linked is (client.get(f"{page}/rekening").status_code == 200), page
        assert is_linked is (role not in (Role.CURATOR, Role.ADMINISTRATOR))


def test_no_button_leads_to_what_another_role_of_the_reader_does_not_cover(client: FlaskClient) -> None:
    mine, other = make.group(), make.group()
    household = make.household(other)
    reader = make.user(Role.CURATOR)
    with unit_of_work():
        reader.assignments.append(RoleAssignment(role=Role.MENTOR, starts_on=make.LONG_AGO, group_id=mine.id))
    make.sign_in(client, reader)
    page = client.get(f"/dinas/keluarga/{household.id}").text
    assert "/rekening" not in page
    assert "/dinas/graduasi/" not in page
    assert f"/dinas/keluarga/{household.id}/ubah" in page
