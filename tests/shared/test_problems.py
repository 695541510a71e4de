"""Errors as people and programs read them."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from marketplace.shared.policy import Role
from tests import make
from tests.conftest import make_app


@pytest.mark.parametrize("path", ["/tidak-ada", "/produk/tidak-ada"])
def test_a_page_says_what_happened(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "<h1>We could not find that page.</h1>" in answer.text


def test_a_program_gets_problem_json(client: FlaskClient) -> None:
    answer = client.get("/tidak-ada", headers={"Accept": "application/json"})
    assert answer.content_type == "application/problem+json"
    assert answer.get_json() == {
        "type": "about:blank#not-found",
        "title": "We could not find that page.",
        "status": 404,
    }


@pytest.mark.parametrize(
    ("role", "refused", "home", "word"),
    [
        (Role.PACKER, "/dinas/kurasi", "/dinas", "Work list"),
        (Role.GROUP_OFFICER, "/penjual/kemajuan", "/penjual", "Home"),
    ],
)
def test_who_is_refused_a_page_finds_home(client: FlaskClient, role: Role, refused: str, home: str, word: str) -> None:
    scope = {"group_id": make.group().id} if role is Role.GROUP_OFFICER else {}
    make.sign_in(client, make.user(role, **scope))
    answer = client.get(refused)
    assert answer.status_code == 403
    assert re.search(rf'href="{home}">.*?{word}</a>', answer.text, re.DOTALL)
    assert 'href="/"' in answer.text
    assert client.get(home).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"), [("/dinas/tidak-ada", 404), ("/dinas/kurasi", 403), ("/dinas/stok/9", 404)]
)
def test_who_works_here_keeps_his_ways(client: FlaskClient, path: str, status: int) -> None:
    make.sign_in(client, make.user(Role.PACKER))
    answer = client.get(path)
    assert answer.status_code == status
    assert '<a href="/dinas/pesanan"' in answer.text  # the menu
    assert re.search(r'data-tone="primary" href="/dinas">.*?Work list</a>', answer.text, re.DOTALL)
    assert 'href="/dinas"' not in client.get("/tidak-ada").text


def test_a_stranger_is_shown_no_house_but_the_shop(client: FlaskClient) -> None:
    make.sign_in(client, make.user(Role.BUYER))
    answer = client.get("/dinas/kurasi")
    assert answer.status_code == 404
    assert 'href="/dinas"' not in answer.text


@pytest.mark.usefixtures("_application")
def test_the_page_of_a_failure_needs_no_database(tmp_path: Path) -> None:
    broken = make_app(f"sqlite:///{tmp_path / 'none' / 'none.db'}", tmp_path)
    answer = broken.test_client().get("/produk?page=2")
    assert answer.status_code == 500
    assert "<h1>Something went wrong on our side." in answer.text
    assert re.search(r'href="/produk\?page=2">.*?Try again</a>', answer.text, re.DOTALL)


@pytest.mark.parametrize(
    ("before", "is_offered"), [("http://localhost/masuk", True), ("https://elsewhere.example/", False)]
)
def test_who_is_refused_a_press_finds_back(client: FlaskClient, before: str, is_offered: bool) -> None:
    answer = client.post("/produk", headers={"Referer": before})
    assert answer.status_code == 405
    assert (f'href="{before}"' in answer.text) is is_offered
    assert 'href="/"' in answer.text
