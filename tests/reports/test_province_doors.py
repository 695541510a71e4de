"""A province's officer opens no page of a family, a person or a case, whatever his role, on any route there is."""

from collections.abc import Iterator

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from marketplace.extensions import db
from marketplace.groups.models import Household, Person
from marketplace.shared.policy import AREA_ROLES, Access, Role
from marketplace.shared.transaction import rollback
from tests import make
from tests.conftest import reset
from tests.shared import crowd
from tests.shared.crowd import Town

pytestmark = pytest.mark.once
OF_FAMILIES = {"household_id", "person_id", "case_id"}
"""Names in addresses that stand for a family or somebody of it."""


@pytest.fixture(scope="module")
def town(_application: Flask) -> Iterator[Town]:
    with _application.app_context():
        reset(_application)
        yield crowd.build(3)
        crowd.take_down()
        rollback()
        db.session.remove()
        reset(_application)


def routes(role: Role) -> list[Rule]:
    """Return the routes of families that a role may ask for at all."""
    found = [rule for rule in current_app.url_map.iter_rules() if OF_FAMILIES & rule.arguments]
    return [rule for rule in found if role in (current_app.view_functions[rule.endpoint].access.roles or ())]  # type: ignore[attr-defined]


def _access(rule: Rule) -> Access:
    return current_app.view_functions[rule.endpoint].access  # type: ignore[attr-defined, no-any-return]


def address(rule: Rule, town: Town) -> str:
    known = {"step": "jeda", **town.arguments}
    values = {name: known.get(f"{rule.endpoint}.{name}", known.get(name, 1)) for name in rule.arguments}
    with current_app.test_request_context():
        found: str = current_app.url_for(rule.endpoint, **values)
    return found


def statuses(client: FlaskClient, role: Role, town: Town) -> dict[str, int]:
    """Return what each route of families answers."""
    return {
        f"{method} {rule.endpoint}": client.open(address(rule, town), method=method).status_code
        for rule in routes(role)
        for method in ("GET", "POST")
        if method in (rule.methods or ())
    }


@pytest.mark.parametrize("role", sorted(AREA_ROLES))
def test_no_door_to_a_family_opens_for_a_province(town: Town, role: Role) -> None:
    officer, near = make.user(role, area_code="63"), make.user(role)
    client = current_app.test_client()
    make.sign_in(client, officer)
    answers = statuses(client, role, town)
    assert {door: status for door, status in answers.items() if status not in (403, 404)} == {}
    # The same doors open for who works in the regency, so they are the right ones.
    make.sign_in(client, near)
    opened = statuses(client, role, town)
    assert not answers or any(status < 400 for status in opened.values()), opened


@pytest.mark.parametrize("role", sorted(AREA_ROLES))
def test_no_page_that_opens_for_a_province_names_a_family(town: Town, role: Role) -> None:
    names = set(db.session.scalars(select(Household.name))) | set(db.session.scalars(select(Person.name)))
    client = current_app.test_client()
    make.sign_in(client, make.user(role, area_code="63", name="Petugas Provinsi"))
    opened = []
    for rule in current_app.url_map.iter_rules():
        if rule.endpoint != "static" and "GET" in (rule.methods or ()) and _access(rule).roles:
            answer = client.get(address(rule, town), follow_redirects=True)
            assert answer.status_code < 500
            if answer.status_code == 200:
                opened.append(rule.endpoint)
                assert answer.mimetype == "text/html", rule.endpoint
                assert not [name for name in names if name in answer.text], rule.endpoint
    assert "province.index" in opened


def test_a_province_has_no_way_to_families_in_its_menu(town: Town) -> None:
    client = current_app.test_client()
    make.sign_in(client, make.user(Role.HEAD, area_code="63"))
    page = client.get("/dinas/provinsi").text
    assert 'href="/dinas/provinsi"' in page
    assert 'href="/dinas/keluarga"' not in page
    assert "/dinas/keluarga/" not in page


@pytest.mark.parametrize("path", ["/dinas/kelompok", "/dinas/kelompok/{group_id}", "/dinas/rekap", "/dinas/rekap.xlsx"])
def test_single_groups_and_what_each_earned_are_not_for_a_province(town: Town, path: str) -> None:
    """A group of two families says of a village what the province's own pages hide."""
    client = current_app.test_client()
    make.sign_in(client, make.user(Role.HEAD))
    assert client.get(path.format(**town.arguments)).status_code == 200
    make.sign_in(client, make.user(Role.HEAD, area_code="63"))
    assert client.get(path.format(**town.arguments)).status_code == 403
    menu = client.get("/dinas/provinsi").text
    assert 'href="/dinas/kelompok"' not in menu
    assert 'href="/dinas/rekap"' not in menu
