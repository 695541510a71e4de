"""When tries lock: the rule alone, and many tries at once over several processes."""

import dataclasses
import datetime as dt

import pytest
from flask import Flask, current_app
from sqlalchemy import func, select

from marketplace.accounts import passwords, rules, service
from marketplace.accounts.models import User, WrongTry
from marketplace.accounts.tries import Guess, judge, refuse_locked
from marketplace.extensions import db
from marketplace.shared.errors import InvalidInput, Locked
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.races import harness

NOON = dt.datetime(2026, 11, 21, 4, tzinfo=dt.UTC)


def moments(*minutes: float) -> list[dt.datetime]:
    return [NOON + dt.timedelta(minutes=minute) for minute in minutes]


@pytest.mark.parametrize(
    ("minutes", "ends"),
    [
        ((), None),
        ((0, 1), None),
        ((0, 1, 2), 17),
        ((0, 7, 15), 30),
        ((0, 7, 15.1), None),
        ((0, 1, 2, 20), None),
        ((0, 18, 19, 20), 35),
        ((20, 0, 19, 18), 35),
    ],
)
def test_three_within_a_quarter_of_an_hour_lock_from_the_last(minutes: tuple[float, ...], ends: float | None) -> None:
    expected = None if ends is None else moments(ends)[0]
    assert rules.lock_ends(moments(*minutes), 3) == expected


ONE_KEY = bytes(32)


def _share_the_key() -> None:
    """Give every process the same look-up key, as one installation has it."""
    config = current_app.extensions["config"]
    current_app.extensions["config"] = dataclasses.replace(config, lookup_key=ONE_KEY)


def guesser(identifier: str) -> harness.Task:
    """Guess wrongly through the door."""
    _share_the_key()

    def task(number: int) -> str:
        try:
            with unit_of_work():
                judge(Guess("sign-in", identifier, f"client {number}"), lambda: None)
        except Locked:
            return "locked"
        return "wrong"

    return task


def careless_guesser(identifier: str) -> harness.Task:
    """Look first, then write: the mistake that the door does not make."""
    _share_the_key()

    def task(number: int) -> str:
        guess = Guess("sign-in", identifier, f"client {number}")
        is_heard = _is_heard(guess)
        harness.meet()
        if not is_heard:
            return "locked"
        with unit_of_work():
            db.session.add(WrongTry(subject_hash=guess.own_hash))
        return "wrong"

    return task


def _is_heard(guess: Guess) -> bool:
    try:
        refuse_locked(guess)
    except Locked:
        return False
    finally:
        db.session.rollback()
    return True


def test_of_many_guesses_at_once_only_ten_are_heard(app: Flask, database_url: str) -> None:
    tally = harness.run(database_url, guesser, 60, identifier="+6281234567890")
    assert tally == {"wrong": 10, "locked": 50}
    assert db.session.scalar(select(func.count()).select_from(WrongTry)) == 20


def test_control_without_turns_hears_more(app: Flask, database_url: str) -> None:
    tally = harness.run(database_url, careless_guesser, 60, identifier="+6281234567890")
    assert tally["wrong"] > 10, "the race did not show: this test proves nothing then"


def code_user(phone: str, code_owner: int, code: str) -> harness.Task:
    """Use the same code by phone and by e-mail, whose turns are not the same."""
    _share_the_key()
    password_hash = passwords.hash_password("ikan haruan bakar")

    def task(number: int) -> str:
        identifier = phone if number % 2 else f"{code_owner}@contoh.id"
        with unit_of_work():
            user = service.use_code(Guess("code", identifier, f"client {number}"), code, password_hash)
        return "in" if user else "wrong"

    return task


def test_one_code_lets_one_in(app: Flask, database_url: str) -> None:
    user = make.user()
    before = app.extensions["config"]
    with unit_of_work():
        user.email = f"{user.id}@contoh.id"
        _share_the_key()
        code = service.make_code(user.id, None)
        app.extensions["config"] = before
    tally = harness.run(database_url, code_user, 16, phone=str(user.phone), code_owner=user.id, code=code)
    db.session.rollback()
    assert tally == {"in": 1, "wrong": 15}
    assert db.session.scalars(select(User.session_epoch)).one() == 2


def signer_up(phone: str) -> harness.Task:
    """Sign up with the same number."""

    def task(number: int) -> str:
        try:
            with unit_of_work():
                service.register_buyer(service.Profile(f"Orang {number}", phone), "hash")
        except InvalidInput as error:
            return f"taken: {error.field}"
        return "made"

    return task


def test_one_number_makes_one_account(app: Flask, database_url: str) -> None:
    tally = harness.run(database_url, signer_up, 24, phone="+6281234567890")
    assert tally == {"made": 1, "taken: phone": 23}
