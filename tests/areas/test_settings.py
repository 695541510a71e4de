"""Administrators set the dated numbers of their area; what has passed stays as it was reckoned."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select

from marketplace.areas import queries
from marketplace.areas.models import Figure, FigureKey, PovertyLine
from marketplace.extensions import cache, db
from marketplace.shared.audit import AuditEntry
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make

HOME, AWAY = "63.06", "63.07"
NOW = dt.datetime(2026, 11, 21, 4, tzinfo=dt.UTC)
FIGURE = {"value": "45", "effective_from": "2026-12-01", "source": "Decision of the office"}
LINE = {"kind": "all", "amount": "612.345", "effective_from": "2026-03-01", "source": "BPS", "decree": "No. 1"}


@pytest.fixture
def admin(client: FlaskClient, app: Flask) -> Iterator[FlaskClient]:
    """Return a browser in which the administrator of the home area is signed in, on a day of November 2026."""
    with time_machine.travel(NOW):
        make.sign_in(client, make.user(Role.ADMINISTRATOR))
        yield client
    with unit_of_work():  # these tables are kept between tests
        db.session.execute(delete(Figure).where(Figure.area_code == HOME))
        db.session.execute(delete(PovertyLine).where(PovertyLine.area_code == HOME))


def figure_page(code: str = HOME, key: str = "hold_minutes") -> str:
    return f"/dinas/pengaturan/{code}/angka/{key}"


def test_a_new_figure_holds_from_its_day_on_in_its_area_only(admin: FlaskClient) -> None:
    assert admin.post(figure_page(), data=FIGURE).status_code == 303
    values = [
        queries.figure(FigureKey.HOLD_MINUTES, code, dt.date(2026, month, 1))
        for code, month in ((HOME, 11), (HOME, 12), (AWAY, 12))
    ]
    assert values == [30, 45, 30]
    assert db.session.scalars(select(AuditEntry.action)).one() == "figure.set"


def test_the_same_day_again_replaces(admin: FlaskClient) -> None:
    admin.post(figure_page(), data=FIGURE)
    admin.post(figure_page(), data={**FIGURE, "value": "50"})
    rows = db.session.scalars(select(Figure.value).where(Figure.area_code == HOME)).all()
    assert rows == [50]


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("value", ""),
        ("value", "4"),
        ("value", "1441"),
        ("value", "abc"),
        ("value", "-5"),
        ("value", "9" * 30),
        ("effective_from", ""),
        ("effective_from", "2026-11-20"),
        ("effective_from", "1.12.2026"),
        ("source", ""),
        ("source", "x" * 301),
    ],
)
def test_a_wrong_figure_is_said_beside_its_field(admin: FlaskClient, field: str, typed: str) -> None:
    answer = admin.post(figure_page(), data={**FIGURE, field: typed})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert db.session.scalar(select(func.count()).select_from(Figure).where(Figure.area_code == HOME)) == 0


@pytest.mark.parametrize("path", [figure_page(AWAY), figure_page("63"), figure_page("63.06.05"), figure_page(key="x")])
def test_other_areas_and_strange_keys_are_not_found(admin: FlaskClient, path: str) -> None:
    assert admin.get(path).status_code == 404
    assert admin.post(path, data=FIGURE).status_code == 404
    assert admin.get(f"/dinas/pengaturan?area={AWAY}").status_code == 404


def test_a_line_is_added_and_goes_before_the_province(admin: FlaskClient) -> None:
    assert admin.post(f"/dinas/pengaturan/{HOME}/garis-kemiskinan", data=LINE).status_code == 303
    before = queries.poverty_line(HOME, dt.date(2026, 2, 28))
    after = queries.poverty_line(HOME, dt.date(2026, 3, 1))
    assert before is not None
    assert after is not None
    assert (before.area_code, after.area_code, after.amount, after.decree) == ("63", HOME, 612_345, "No. 1")
    assert "Rp612.345" in admin.get("/dinas/pengaturan").text


def test_a_line_is_never_rewritten(admin: FlaskClient) -> None:
    path = f"/dinas/pengaturan/{HOME}/garis-kemiskinan"
    admin.post(path, data=LINE)
    again = admin.post(path, data={**LINE, "amount": "700.000"})
    assert again.status_code == 422
    assert 'id="effective_from-error"' in again.text
    assert db.session.scalars(select(PovertyLine.amount).where(PovertyLine.area_code == HOME)).all() == [612_345]


@pytest.mark.parametrize(
    ("field", "typed"), [("kind", "x"), ("amount", "0"), ("amount", "2jt"), ("effective_from", "x"), ("source", "")]
)
def test_a_wrong_line_is_said_beside_its_field(admin: FlaskClient, field: str, typed: str) -> None:
    answer = admin.post(f"/dinas/pengaturan/{HOME}/garis-kemiskinan", data={**LINE, field: typed})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


def test_an_administrator_of_a_province_chooses_the_regency(client: FlaskClient, app: Flask) -> None:
    cache.clear()
    make.sign_in(client, make.user(Role.ADMINISTRATOR, area_code="63"))
    assert "Kalimantan Selatan" in client.get("/dinas/pengaturan").text
    assert client.get(f"/dinas/pengaturan?area={AWAY}").status_code == 200
    assert client.get("/dinas/pengaturan?area=32.79").status_code == 404


def test_an_amount_stands_with_its_points_wherever_it_is_read(admin: FlaskClient) -> None:
    page = admin.get(figure_page(key="qris_cap")).text
    assert "Between Rp10.000 and Rp1.000.000.000" in page
    refused = admin.post(figure_page(key="qris_cap"), data={**FIGURE, "value": "9999", "source": ""})
    assert 'value="9.999"' in refused.text
    refused = admin.post(figure_page(key="qris_cap"), data={**FIGURE, "value": "9999"})
    assert "This must be between Rp10.000 and Rp1.000.000.000." in refused.text
    assert admin.post(figure_page(key="qris_cap"), data={**FIGURE, "value": "Rp 5.000.000"}).status_code == 303
    assert "Rp5.000.000" in admin.get(figure_page(key="qris_cap")).text
