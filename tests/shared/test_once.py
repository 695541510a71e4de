"""A key is used once: the same again finds what came of it, another body under it is refused."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.extensions import db
from marketplace.shared import once
from marketplace.shared.errors import KeyReused
from marketplace.shared.once import OnceKey
from marketplace.shared.transaction import unit_of_work
from tests.races import harness


def use(key: str, body: object, result: int = 5, scope: str = "order") -> int | None:
    """Return what an earlier use left, None when this is the first."""
    with unit_of_work():
        row = once.claim(scope, key, body)
        before = row.result_id
        if before is None:
            row.result_id = result
        return before


def test_the_first_use_is_fresh_and_the_second_finds_its_result(app: Flask) -> None:
    assert use("k", {"a": 1, "b": 2}) is None
    assert use("k", {"b": 2, "a": 1}, result=6) == 5


def test_another_body_is_refused_and_changes_nothing(app: Flask) -> None:
    use("k", {"a": 1})
    with pytest.raises(KeyReused):
        use("k", {"a": 2})
    assert use("k", {"a": 1}) == 5


def test_scopes_are_apart(app: Flask) -> None:
    assert use("k", 1, scope="order") is None
    assert use("k", 2, scope="refund") is None


def test_a_use_that_failed_leaves_the_key_free(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError), unit_of_work():
        divide(once.claim("order", "k", 1))
    assert use("k", 2) is None


def divide(_row: OnceKey) -> float:
    return 1 / 0


def do(key: str, body: object, made: list[int]) -> int:
    def act() -> int:
        made.append(len(made) + 1)
        return made[-1]

    with unit_of_work():
        return once.only("goods", key, body, act)


def test_what_is_done_only_once_gives_its_result_again(app: Flask) -> None:
    made: list[int] = []
    assert once.known("goods", "k", "body") is None
    assert [do("k", "body", made), do("k", "body", made), do("other", "body", made)] == [1, 1, 2]
    assert made == [1, 2]
    assert once.known("goods", "k", "body") == 1
    with pytest.raises(KeyReused):
        once.known("goods", "k", "another body")


def user(key: str) -> harness.Task:
    """Use one key."""

    def task(number: int) -> str:
        before = use(key, "body", result=number)
        return "first" if before is None else "found"

    return task


def test_of_many_at_once_one_is_first(app: Flask, database_url: str) -> None:
    tally = harness.run(database_url, user, 40, key="k")
    assert tally == {"first": 1, "found": 39}
    assert db.session.scalar(select(func.count()).select_from(OnceKey)) == 1
