"""One's own account: sign up, profile, password, language."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from marketplace.accounts import passwords
from marketplace.accounts.models import User
from marketplace.extensions import db
from marketplace.shared.policy import Role
from tests import make

FORM = {
    "name": "Siti Rahmah",
    "phone": "0812 3456 7890",
    "email": "Siti@Contoh.id",
    "office_name": "SDN Contoh 1",
    "password": "ikan haruan bakar",
}


def sign_up(client: FlaskClient, **values: str) -> TestResponse:
    return client.post("/daftar", data={**FORM, **values})


def test_a_buyer_signs_up_and_is_in(client: FlaskClient) -> None:
    assert sign_up(client).status_code == 303
    assert client.get("/akun").status_code == 200
    user = db.session.scalars(select(User)).one()
    assert (user.name, user.phone, user.email) == ("Siti Rahmah", "+6281234567890", "siti@contoh.id")
    assert (user.office_name, [grant.role for grant in user.grants]) == ("SDN Contoh 1", [Role.BUYER])
    assert passwords.matches(user.password_hash, FORM["password"])


def test_email_and_office_may_stay_empty(client: FlaskClient) -> None:
    assert sign_up(client, email="", office_name="").status_code == 303
    assert db.session.scalars(select(User.email)).one() is None


@pytest.mark.parametrize(
    "password",
    [
        "",
        "pendek123",
        "1234567890",
        "Qwertyuiop",
        "aaaaaaaaaaaa",
        "12121212121212",
        "081234567890",
        "+6281234567890",
        "siti rahmah",
        "siti@contoh.id",
        "x" * 201,
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused_beside_its_field(client: FlaskClient, password: str) -> None:
    answer = sign_up(client, password=password)
    assert answer.status_code == 422
    assert 'id="password-error"' in answer.text
    assert 'value="Siti Rahmah"' in answer.text
    assert db.session.scalars(select(User)).all() == []


@pytest.mark.parametrize(
    ("taken", "field"), [({"email": "lain@contoh.id"}, "phone"), ({"phone": "0812 9999 9999"}, "email")]
)
def test_a_taken_phone_or_email_is_said_beside_it(app: Flask, taken: dict[str, str], field: str) -> None:
    sign_up(app.test_client())
    answer = sign_up(app.test_client(), **taken)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert len(db.session.scalars(select(User)).all()) == 1


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("name", "x" * 121),
        ("name", "a\x07"),
        ("phone", "12"),
        ("email", "siti"),
        ("office_name", "x" * 161),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(client: FlaskClient, field: str, typed: str) -> None:
    answer = sign_up(client, **{field: typed})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


@pytest.mark.parametrize("name", ["name", "phone", "password"])
def test_nul_is_a_bad_request(client: FlaskClient, name: str) -> None:
    assert sign_up(client, **{name: "a\x00b"}).status_code == 400


def test_the_profile_is_saved_and_sets_the_language(client: FlaskClient) -> None:
    user = make.user()
    make.sign_in(client, user)
    answer = client.post("/akun", data={"name": "Nama Baru", "office_name": "", "locale": "en"})
    assert answer.status_code == 303
    assert (user.name, user.locale) == ("Nama Baru", "en")
    assert client.get_cookie("lang").value == "en"  # type: ignore[union-attr]


@pytest.mark.parametrize("locale", ["", "fr", "../en"])
def test_a_strange_language_is_refused(client: FlaskClient, locale: str) -> None:
    user = make.user()
    make.sign_in(client, user)
    assert client.post("/akun", data={"name": "Baru", "locale": locale}).status_code == 422
    assert user.name != "Baru"


def test_a_changed_password_keeps_this_session_and_ends_the_others(app: Flask) -> None:
    user = make.user()
    here, there = app.test_client(), app.test_client()
    make.sign_in(here, user)
    make.sign_in(there, user)
    answer = here.post("/akun/kata-sandi", data={"old": make.PASSWORD, "password": "ikan haruan bakar"})
    assert answer.status_code == 303
    assert here.get("/akun").status_code == 200
    assert there.get("/akun").status_code == 302
    assert passwords.matches(user.password_hash, "ikan haruan bakar")


def test_the_old_password_is_asked_and_its_tries_are_counted(client: FlaskClient) -> None:
    user = make.user()
    make.sign_in(client, user)
    for _number in range(10):
        answer = client.post("/akun/kata-sandi", data={"old": "salah sekali", "password": "ikan haruan bakar"})
        assert (answer.status_code, 'id="old-error"' in answer.text) == (422, True)
    answer = client.post("/akun/kata-sandi", data={"old": make.PASSWORD, "password": "ikan haruan bakar"})
    assert "wait 15 minutes" in answer.text
    assert passwords.matches(user.password_hash, make.PASSWORD)


@pytest.mark.parametrize(("role", "mark"), [(None, "awning"), (Role.CURATOR, "desk"), (Role.SELLER, "tabs")])
def test_the_account_page_stands_in_everybodys_own_frame(client: FlaskClient, role: Role | None, mark: str) -> None:
    scope = {"household_id": make.household(make.group()).id} if role is Role.SELLER else {}
    make.sign_in(client, make.user(role, **scope))
    for path in ("/akun", "/akun/kata-sandi"):
        assert f'class="{mark}"' in client.get(path).text


@pytest.mark.parametrize(("cookie", "account", "shown"), [("", "id", "id"), ("", "en", "en"), ("id", "en", "id")])
def test_the_switch_goes_before_the_account(client: FlaskClient, cookie: str, account: str, shown: str) -> None:
    user = make.user()
    make.sign_in(client, user)
    client.post("/akun", data={"name": user.name, "locale": account})
    client.delete_cookie("lang")
    if cookie:
        client.get(f"/bahasa/{cookie}")
    assert f'<html lang="{shown}"' in client.get("/akun").text


def test_the_switch_leads_back(client: FlaskClient) -> None:
    answer = client.get("/bahasa/en?next=/masuk%3Fnext%3D/akun")
    assert (answer.status_code, answer.location) == (303, "/masuk?next=/akun")
    assert '<html lang="en"' in client.get("/masuk").text
    assert client.get("/bahasa/en?next=//contoh.id").location == "/"
    assert client.get("/bahasa/fr").status_code == 404
