"""Sign in and out: one answer for wrong and unknown, a lock after ten, and sessions that end."""

import datetime as dt

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from marketplace.accounts.models import User, WrongTry
from marketplace.extensions import db
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make

NOON = dt.datetime(2026, 11, 21, 4, tzinfo=dt.UTC)


def sign_in(client: FlaskClient, identifier: str | None, password: str = make.PASSWORD, to: str = "") -> TestResponse:
    return client.post(f"/masuk{to}", data={"identifier": identifier or "", "password": password})


def is_in(client: FlaskClient) -> bool:
    return client.get("/akun").status_code == 200


@pytest.mark.parametrize(
    "typed",
    ["+6281234567890", "081234567890", "0812-3456-7890", "6281234567890", "siti@contoh.id", " Siti@Contoh.ID "],
)
def test_phone_or_email_in_any_writing(client: FlaskClient, typed: str) -> None:
    _user_with(phone="+6281234567890", email="siti@contoh.id")
    assert sign_in(client, typed).status_code == 303
    assert is_in(client)


def _user_with(**values: object) -> User:
    user = make.user()
    with unit_of_work():
        for name, value in values.items():
            setattr(user, name, value)
    return user


def test_wrong_and_unknown_get_the_same_answer(client: FlaskClient) -> None:
    user = make.user()
    wrong = sign_in(client, user.phone, "salah sekali")
    unknown = sign_in(client, "081299999999", "salah sekali")
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert wrong.text.replace(str(user.phone), "X") == unknown.text.replace("081299999999", "X")


@pytest.mark.parametrize("how", ["closed", "no password yet"])
def test_an_account_that_is_closed_or_has_no_password_is_like_an_unknown_one(client: FlaskClient, how: str) -> None:
    user = _user_with(is_active=False) if how == "closed" else _user_with(password_hash=None)
    answer = sign_in(client, user.phone, make.PASSWORD)
    assert answer.status_code == 422
    assert "password is wrong" in answer.text


def test_what_was_typed_is_kept_but_not_the_password(client: FlaskClient) -> None:
    answer = sign_in(client, "0812 9999 9999", "kata rahasia saya")
    assert 'value="0812 9999 9999"' in answer.text
    assert "kata rahasia saya" not in answer.text


@pytest.mark.parametrize(
    ("role", "home"),
    [(None, "/"), (Role.BUYER, "/"), (Role.SELLER, "/penjual"), (Role.MENTOR, "/dinas"), (Role.CURATOR, "/dinas")],
)
def test_everybody_lands_where_his_work_begins(client: FlaskClient, role: Role | None, home: str) -> None:
    group = make.group()
    scopes = {Role.SELLER: {"household_id": make.household(group).id}, Role.MENTOR: {"group_id": group.id}}
    user = make.user(role, **scopes.get(role, {}))  # type: ignore[call-overload]
    assert sign_in(client, user.phone).location == home


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/keranjang", "/keranjang"),
        ("/produk?q=a%26b", "/produk?q=a&b"),
        ("//contoh.id", "/"),
        ("/%5Ccontoh.id", "/"),
        ("https://contoh.id", "/"),
        ("/%09/contoh.id", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_next_leads_to_paths_of_this_site_only(client: FlaskClient, asked: str, led: str) -> None:
    user = make.user()
    assert sign_in(client, user.phone, to=f"?next={asked}").location == led


def test_a_page_for_some_asks_for_sign_in_and_leads_back(client: FlaskClient) -> None:
    answer = client.get("/akun")
    assert answer.status_code == 302
    assert answer.location == "/masuk?next=%2Fakun"


def test_ten_wrong_tries_lock_even_the_right_password(client: FlaskClient) -> None:
    user = make.user()
    with time_machine.travel(NOON, tick=False) as clock:
        for _number in range(10):
            assert "password is wrong" in sign_in(client, user.phone, "salah sekali").text
        locked = sign_in(client, user.phone)
        assert locked.status_code == 422
        assert "wait 15 minutes" in locked.text
        clock.shift(dt.timedelta(minutes=14, seconds=59))
        assert sign_in(client, user.phone).status_code == 422
        clock.shift(dt.timedelta(seconds=1))
        assert sign_in(client, user.phone).status_code == 303


def test_an_unknown_number_locks_just_the_same(client: FlaskClient) -> None:
    for _number in range(10):
        sign_in(client, "081299999999", "salah sekali")
    assert "wait 15 minutes" in sign_in(client, "0812 9999 9999").text


def test_tries_over_more_than_fifteen_minutes_do_not_lock(client: FlaskClient) -> None:
    user = make.user()
    with time_machine.travel(NOON, tick=False) as clock:
        for _number in range(10):
            sign_in(client, user.phone, "salah sekali")
            clock.shift(dt.timedelta(seconds=101))
        assert sign_in(client, user.phone).status_code == 303


def test_signing_in_clears_the_count(client: FlaskClient) -> None:
    user = make.user()
    for _number in range(9):
        sign_in(client, user.phone, "salah sekali")
    assert sign_in(client, user.phone).status_code == 303
    client.post("/keluar")
    assert "password is wrong" in sign_in(client, user.phone, "salah sekali").text
    assert sign_in(client, user.phone).status_code == 303


def test_one_address_that_tries_many_numbers_is_locked_too(client: FlaskClient) -> None:
    user = make.user()
    sign_in(client, "081200000000", "salah sekali")
    by_address = db.session.scalars(select(WrongTry.subject_hash).order_by(WrongTry.id.desc())).first()
    make.add(*(WrongTry(subject_hash=by_address) for _number in range(99)))
    assert "wait 15 minutes" in sign_in(client, user.phone).text


def test_tries_are_kept_under_hashes_only(client: FlaskClient) -> None:
    sign_in(client, "081299999999", "salah sekali")
    kept = db.session.scalars(select(WrongTry.subject_hash)).all()
    assert len(kept) == 2
    assert all(len(subject) == 64 for subject in kept)


def test_old_tries_are_swept_out_by_new_ones(client: FlaskClient) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        sign_in(client, "081299999999", "salah sekali")
        clock.shift(dt.timedelta(hours=1))
        sign_in(client, "081299999999", "salah sekali")
    assert db.session.scalar(select(func.count()).select_from(WrongTry)) == 2


def test_signing_out_ends_every_session(app: Flask) -> None:
    user = make.user()
    phone, computer = app.test_client(), app.test_client()
    sign_in(phone, user.phone)
    sign_in(computer, user.phone)
    assert is_in(computer)
    phone.post("/keluar")
    assert not is_in(phone)
    assert not is_in(computer)


def test_signing_out_twice_is_no_error(client: FlaskClient) -> None:
    assert client.post("/keluar").status_code == 303


def test_closing_an_account_ends_its_session(client: FlaskClient) -> None:
    user = make.user()
    sign_in(client, user.phone)
    with unit_of_work():
        user.is_active = False
    assert not is_in(client)


@pytest.mark.parametrize("ticket", ["", "x", "1", "1:", ":1", f"{2**63}:1", f"{2**70}:1", "1:1:1", "١:1", "-1:1"])
def test_a_strange_ticket_is_nobodys(client: FlaskClient, ticket: str) -> None:
    make.user()
    with client.session_transaction() as session:
        session["_user_id"] = ticket
    assert not is_in(client)


@pytest.mark.parametrize("role", [None, Role.CURATOR])
def test_only_officers_sessions_end_with_the_browser(client: FlaskClient, role: Role | None) -> None:
    answer = sign_in(client, make.user(role).phone)
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("warung="))
    assert ("Expires" in cookie) == (role is None)
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize(
    "body", [{}, {"identifier": "", "password": ""}, {"identifier": "x" * 300, "password": "y"}, {"identifier": "x"}]
)
def test_what_is_missing_is_said_and_not_counted(client: FlaskClient, body: dict[str, str]) -> None:
    assert client.post("/masuk", data=body).status_code == 422
    assert db.session.scalar(select(func.count()).select_from(WrongTry)) == 0


def test_a_session_costs_one_query(client: FlaskClient) -> None:
    from tests.counting import counted_queries

    user = make.user(Role.CURATOR)
    sign_in(client, user.phone)
    client.get("/akun")
    with counted_queries() as statements:
        assert is_in(client)
    assert len([s for s in statements if "users" in s]) == 1


def test_an_answer_still_on_its_way_takes_no_sign_in_back(app: Flask) -> None:
    """What a browser asks for beside the form (its manifest, what its worker keeps) may come in after the sign-in did:
    with a cookie of its own, that of before, it would sign out whoever had just signed in."""
    app.config["WTF_CSRF_ENABLED"] = True
    browser = app.test_client()
    browser.get("/masuk")
    rules = [rule.rule for rule in app.url_map.iter_rules() if not rule.arguments and "GET" in (rule.methods or ())]
    setting = {rule for rule in rules if browser.get(rule).headers.getlist("Set-Cookie")}
    assert len(rules) > 100
    assert setting == {"/bayar", "/pesanan"}  # pages that somebody opens, and that remember something for him
