"""A filter that nobody offers is said, stays where it was typed, and narrows nothing by chance."""

import html

import pytest
from flask.testing import FlaskClient

from marketplace.shared.policy import Role
from tests import make

STRANGE = ["x", "²", "99.99.99", "9" * 30, "-1", "' OR 1=1 --"]
LISTS = {
    "/dinas/kelompok": (Role.HEAD, ("district", "kind")),
    "/dinas/graduasi": (Role.HEAD, ("district", "group", "standing", "sort")),
    "/dinas/parsel": (Role.HEAD, ("state",)),
    "/dinas/pengguna": (Role.ADMINISTRATOR, ("role",)),
}
FIELDS = [(path, role, name) for path, (role, names) in LISTS.items() for name in names]


def page(client: FlaskClient, path: str, **asked: str) -> str:
    answer = client.get(path, query_string=asked)
    assert answer.status_code == 200
    return html.unescape(answer.text)


@pytest.mark.parametrize("typed", STRANGE)
@pytest.mark.parametrize(("path", "role", "name"), FIELDS)
def test_what_nobody_offers_is_said(client: FlaskClient, path: str, role: Role, name: str, typed: str) -> None:
    group = make.group(name="Melati")
    make.household(group)
    make.sign_in(client, make.user(role))
    shown = page(client, path, **{name: typed})
    assert f"We do not know “{typed}”" in shown
    if name != "sort":  # that is asked by links, and has no field
        assert f'id="{name}-error"' in shown
        assert f'<option selected value="{typed}">' in shown
    assert ("Melati" in shown) or name == "role" or path == "/dinas/parsel"


@pytest.mark.parametrize(("path", "role", "name"), FIELDS)
def test_what_is_asked_for_is_no_complaint(client: FlaskClient, path: str, role: Role, name: str) -> None:
    make.sign_in(client, make.user(role))
    assert "We do not know" not in page(client, path, **{name: ""})


@pytest.mark.parametrize("path", [*LISTS, "/dinas/keluarga?q=contoh"])
def test_a_page_far_away_is_said(client: FlaskClient, path: str) -> None:
    make.sign_in(client, make.user(Role.HEAD))
    if path == "/dinas/pengguna":
        make.sign_in(client, make.user(Role.ADMINISTRATOR))
        path += "?role=head"
    shown = client.get(path + ("&" if "?" in path else "?") + "page=" + "9" * 22)
    assert shown.status_code == 200
    assert "There is no page" in shown.text


def test_a_long_search_for_a_family_is_said_to_be_too_long(client: FlaskClient) -> None:
    make.household(name="Rahmi Contoh")
    make.sign_in(client, make.user(Role.HEAD))
    shown = page(client, "/dinas/keluarga", q="rahmi" * 20_000)
    assert 'id="text-error"' in shown
    assert "Rahmi" not in shown


def test_a_file_is_not_made_of_what_was_not_understood(client: FlaskClient) -> None:
    make.sign_in(client, make.user(Role.HEAD))
    answer = client.get("/dinas/graduasi.xlsx?district=x&standing=passed")
    assert answer.status_code == 302
    assert answer.location == "/dinas/graduasi?district=x&standing=passed"
