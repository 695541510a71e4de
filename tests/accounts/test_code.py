"""A one-time code sets a password once, for a week, and only the newest one."""

import datetime as dt

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from marketplace.accounts import passwords, service
from marketplace.accounts.models import CodePurpose, OneTimeCode, User
from marketplace.extensions import db
from marketplace.shared.transaction import unit_of_work
from tests import make

NEW = "sandi baru yang panjang"
NOON = dt.datetime(2026, 11, 21, 4, tzinfo=dt.UTC)


def make_code(user: User) -> str:
    with unit_of_work():
        return service.make_code(user.id, None)


def use(client: FlaskClient, identifier: str | None, code: str, password: str = NEW) -> TestResponse:
    return client.post("/kode", data={"identifier": identifier, "code": code, "password": password})


def test_a_code_sets_the_password_and_signs_in(client: FlaskClient) -> None:
    user = make.user()
    code = make_code(user)
    assert use(client, user.phone, f"{code[:4]} {code[4:]}").status_code == 303
    assert client.get("/akun").status_code == 200
    assert passwords.matches(user.password_hash, NEW)


def test_a_code_works_once(client: FlaskClient, app: Flask) -> None:
    user = make.user()
    code = make_code(user)
    use(client, user.phone, code)
    assert use(app.test_client(), user.phone, code, "lagi sandi lain").status_code == 422
    assert passwords.matches(user.password_hash, NEW)


def test_a_new_code_ends_the_old_one(client: FlaskClient) -> None:
    user = make.user()
    old, new = make_code(user), make_code(user)
    assert use(client, user.phone, old).status_code == 422
    assert use(client, user.phone, new).status_code == 303


@pytest.mark.parametrize(("days", "status"), [(6.99, 303), (7.01, 422)])
def test_a_code_lives_a_week(client: FlaskClient, days: float, status: int) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        user = make.user()
        code = make_code(user)
        clock.shift(dt.timedelta(days=days))
        assert use(client, user.phone, code).status_code == status


def test_a_code_is_for_its_user_only(client: FlaskClient) -> None:
    user, other = make.user(), make.user()
    code = make_code(user)
    make_code(other)
    assert use(client, other.phone, code).status_code == 422


def test_a_closed_account_cannot_use_its_code(client: FlaskClient) -> None:
    user = make.user()
    code = make_code(user)
    with unit_of_work():
        user.is_active = False
    assert use(client, user.phone, code).status_code == 422


def test_wrong_and_unknown_get_the_same_answer(client: FlaskClient) -> None:
    user = make.user()
    make_code(user)
    wrong, unknown = use(client, user.phone, "00000000"), use(client, "081299999999", "00000000")
    assert wrong.text.replace(str(user.phone), "X") == unknown.text.replace("081299999999", "X")


def test_ten_wrong_codes_lock_even_the_right_one(client: FlaskClient) -> None:
    user = make.user()
    code = make_code(user)
    wrong = "00000000" if code != "00000000" else "00000001"
    for _number in range(10):
        assert use(client, user.phone, wrong).status_code == 422
    assert "wait 15 minutes" in use(client, user.phone, code).text
    assert db.session.scalar(select(OneTimeCode.used_at)) is None


@pytest.mark.parametrize("code", ["", "1234567", "123456789", "abcdefgh", "١٢٣٤٥٦٧٨", "²²²²²²²²"])
def test_what_is_no_code_is_not_even_tried(client: FlaskClient, code: str) -> None:
    user = make.user()
    make_code(user)
    for _number in range(11):
        answer = use(client, user.phone, code)
        assert answer.status_code == 422
    assert "wait 15 minutes" not in answer.text


def test_a_weak_password_does_not_use_the_code_up(client: FlaskClient) -> None:
    user = make.user()
    code = make_code(user)
    assert use(client, user.phone, code, "1234567890").status_code == 422
    assert use(client, user.phone, code).status_code == 303


def test_a_code_ends_sessions_and_password_change_ends_codes(app: Flask) -> None:
    user = make.user()
    old_phone, new_phone = app.test_client(), app.test_client()
    make.sign_in(old_phone, user)
    use(new_phone, user.phone, make_code(user))
    assert old_phone.get("/akun").status_code == 302
    code = make_code(user)
    new_phone.post("/akun/kata-sandi", data={"old": NEW, "password": "sandi ketiga yang panjang"})
    assert use(app.test_client(), user.phone, code).status_code == 422


def test_a_code_is_kept_as_a_hash_with_its_purpose(app: Flask) -> None:
    user = make.user()
    code = make_code(user)
    row = db.session.scalars(select(OneTimeCode)).one()
    assert (row.purpose, code in row.code_hash, len(code)) == (CodePurpose.RESET_PASSWORD, False, 8)
    with unit_of_work():
        user.password_hash = None
    make_code(user)
    assert db.session.scalars(select(OneTimeCode.purpose)).one() is CodePurpose.FIRST_PASSWORD
