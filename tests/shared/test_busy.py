"""Where somebody else holds what a request needs for too long, it is told to come back: alike on both databases."""

import html
import io
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.exc import DBAPIError

from marketplace.extensions import db
from marketplace.shared import transaction
from marketplace.shared.policy import Role
from marketplace.shared.problems import BUSY_SECONDS
from marketplace.tent_market.models import Site
from marketplace.tent_market.till_models import TillEvent
from tests import make
from tests.tent_market import making
from tests.tent_market.telling import Till, of

SOON = 200
"""Milliseconds after which these tests give up waiting; people are given seconds."""
SITE = {"name": "Halaman <Dinas>", "address": "Jalan Kamboja", "latitude": "-2,7819", "longitude": "115.2565"}
HEAD = {"Origin": "http://localhost", "Referer": "http://localhost/dinas/pasar/lokasi/baru", "Accept": "text/html"}
Holding = Callable[[str], Any]


@pytest.fixture
def hold(app: Flask, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Holding]:
    """Return what holds a lock in a connection of its own: the file of SQLite, or what a statement locks."""
    monkeypatch.setattr(transaction, "WAIT_MS", SOON)
    engine = db.engine
    if engine.dialect.name == "postgresql":
        event.listen(engine, "connect", _hurried)
    db.session.remove()
    engine.dispose()
    yield lambda statement: _held(database_url, statement)
    db.session.remove()
    if engine.dialect.name == "postgresql":
        event.remove(engine, "connect", _hurried)
    engine.dispose()


def _hurried(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{SOON}ms'")
    connection.commit()


@contextmanager
def _held(url: str, statement: str) -> Iterator[None]:
    db.session.rollback()
    if url.startswith("sqlite"):
        other: Any = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
    else:
        other = psycopg.connect(url.replace("postgresql+psycopg", "postgresql"))
        other.execute(statement)
    yield
    other.rollback()
    other.close()


def test_a_till_is_told_when_to_come_back_and_then_booked_once(app: Flask, hold: Holding) -> None:
    stall, product = making.stall(), make.product()
    making.load(stall, product, 3)
    till = Till(stall)
    sale = till.sale(of(product.id))
    with hold("SELECT id FROM market_day FOR UPDATE"):
        answer = till.send(sale)
        assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
        assert (answer.headers["Retry-After"], (answer.json or {})["type"]) == (str(BUSY_SECONDS), "about:blank#busy")
    assert till.tell(sale) == ["booked"]
    assert db.session.scalar(select(func.count(TillEvent.id))) == 1


def test_a_person_sends_what_he_typed_once_more_by_one_press(client: FlaskClient, hold: Holding) -> None:
    make.sign_in(client, make.user(Role.CURATOR))
    with hold("LOCK TABLE market_site IN ACCESS EXCLUSIVE MODE"):
        answer = client.post("/dinas/pasar/lokasi/baru", data=SITE, headers=HEAD)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, str(BUSY_SECONDS))
    assert "Nothing was changed." in answer.text
    assert "What you typed is kept." in answer.text
    assert db.session.scalar(select(func.count(Site.id))) == 0
    path, fields = _form(answer.text)
    again = client.post(path, data=fields, headers=HEAD)
    assert again.status_code == 302
    assert db.session.scalars(select(Site.name)).all() == [SITE["name"]]


def _form(page: str) -> tuple[str, dict[str, str]]:
    """Return where the only form of a page goes, and what it sends."""
    (form,) = re.findall(r"<form.*?</form>", page[page.index("<main") :], re.DOTALL)
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form)
    (path,) = re.findall(r'action="([^"]*)"', form)
    return html.unescape(path), {name: html.unescape(value) for name, value in fields}


def test_files_are_asked_for_again_before_anything_is_sent(client: FlaskClient, hold: Holding) -> None:
    make.sign_in(client, make.user(Role.CURATOR))
    data = {**SITE, "photo": (io.BytesIO(b"x"), "x.jpg")}
    with hold("LOCK TABLE market_site IN ACCESS EXCLUSIVE MODE"):
        answer = client.post("/dinas/pasar/lokasi/baru", data=data, headers=HEAD)
    assert "have to be chosen again" in answer.text
    path, fields = _form(answer.text)
    again = client.post(path, data=fields, headers=HEAD)
    assert (again.status_code, db.session.scalar(select(func.count(Site.id)))) == (422, 0)
    assert html.escape(SITE["name"]) in again.text


def test_what_the_database_itself_refuses_is_still_an_error_of_ours() -> None:
    class Broken(Exception):
        sqlstate = "23505"

    assert not transaction.is_busy(DBAPIError("x", None, Broken()))
