"""The officers' list and page of months, and the maker's own page, over HTTP."""

import datetime as dt
import io
import re

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from marketplace.areas.models import LineKind
from marketplace.areas.service import add_poverty_line
from marketplace.extensions import db
from marketplace.graduation import service
from marketplace.graduation.models import IncomeNote, Snapshot
from marketplace.groups.models import Group, Household
from marketplace.shared import clock
from marketplace.shared.audit import AuditEntry
from marketplace.shared.policy import Role
from marketplace.shared.transaction import rollback, unit_of_work
from tests import make
from tests.counting import counted_queries
from tests.graduation.conftest import SOURCE
from tests.graduation.earning import earn

LINE = 600_000
MONTHS = [dt.date(2026, number, 1) for number in range(5, 12)]
NOW = dt.datetime(2026, 11, 21, 3, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _today(app: Flask) -> object:
    with unit_of_work():
        add_poverty_line(make.REGENCY, LineKind.ALL, LINE, dt.date(2026, 1, 1), SOURCE)
    with time_machine.travel(NOW, tick=False):
        yield


def family(group: Group, name: str, earnings: list[int]) -> Household:
    """Make a family of one that earns these sums from May to November."""
    household = make.household(group, people=1, name=name)
    for month, amount in zip(MONTHS, earnings, strict=False):
        if amount:
            earn(household, amount, month)
    return household


def build() -> None:
    for month in MONTHS:
        with unit_of_work():
            service.build_month(make.REGENCY, month)
    rollback()


def names(client: FlaskClient, query: str = "") -> list[str]:
    page = client.get("/dinas/graduasi" + query)
    assert page.status_code == 200
    return re.findall(r'<a href="/dinas/graduasi/\d+[^"]*">([^<]+)</a>', page.text)


def sample() -> tuple[Group, Group]:
    here, there = make.group(name="Melati"), make.group(name="Mawar", village_code="63.06.06.2001")
    family(here, "Ani", [LINE] * 7)
    family(here, "Budi", [LINE, LINE, LINE, 0, LINE, LINE - 1])
    family(there, "Cici", [0, 0, 0, 0, 0, 2 * LINE])
    family(there, "Dodi", [])
    build()
    return here, there


def test_the_list_sorts_and_narrows(app: Flask, client: FlaskClient) -> None:
    here, there = sample()
    make.sign_in(client, make.user(Role.HEAD))
    assert names(client) == ["Ani", "Budi", "Cici", "Dodi"]
    assert "data-wrong" not in client.get("/dinas/graduasi").text
    assert names(client, "?sort=passed") == ["Dodi", "Cici", "Budi", "Ani"]
    assert names(client, "?sort=-name") == ["Dodi", "Cici", "Budi", "Ani"]
    assert names(client, "?sort=-income") == ["Cici", "Ani", "Budi", "Dodi"]
    assert names(client, "?sort=nonsense&standing=x&group=abc&district=zz") == ["Ani", "Budi", "Cici", "Dodi"]
    assert names(client, f"?district={there.district_code}") == ["Cici", "Dodi"]
    assert names(client, f"?group={here.id}") == ["Ani", "Budi"]
    assert names(client, "?standing=all_passed") == ["Ani"]
    assert names(client, "?standing=passed") == ["Ani", "Cici"]
    assert names(client, "?standing=not_passed") == ["Budi"]
    assert names(client, "?standing=no_data") == ["Dodi"]


def test_a_mentor_follows_his_groups_only(app: Flask, client: FlaskClient) -> None:
    here, _there = sample()
    make.sign_in(client, make.user(Role.MENTOR, group_id=here.id))
    assert names(client) == ["Ani", "Budi"]
    stranger = db.session.scalars(select(Household.id).where(Household.name == "Cici")).one()
    assert client.get(f"/dinas/graduasi/{stranger}").status_code == 404


@pytest.mark.parametrize(("role", "status"), [(Role.CURATOR, 403), (Role.TREASURER, 403), (Role.VERIFIER, 200)])
def test_only_who_follows_families_sees_the_list(app: Flask, client: FlaskClient, role: Role, status: int) -> None:
    make.sign_in(client, make.user(role))
    assert client.get("/dinas/graduasi").status_code == status


@pytest.mark.parametrize("families", [2, 40])
def test_the_list_needs_six_queries_at_most(app: Flask, client: FlaskClient, families: int) -> None:
    group = make.group()
    for _number in range(families):
        make.household(group)
    build()
    make.sign_in(client, make.user(Role.HEAD))
    client.get("/dinas/graduasi")
    with counted_queries() as statements:
        client.get("/dinas/graduasi")
    assert len(statements) <= 6, "\n\n".join(statements)


def test_the_list_goes_along_as_a_file_and_that_is_kept(app: Flask, client: FlaskClient) -> None:
    sample()
    make.sign_in(client, make.user(Role.HEAD))
    answer = client.get("/dinas/graduasi.xlsx?standing=not_passed")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert rows[1][0] == "Budi"
    assert rows[1][13:] == [4.0, LINE - 1.0, float(LINE)]
    assert len(rows) == 2
    rollback()
    assert db.session.scalars(select(AuditEntry.action)).one() == "graduation.export"


def test_a_familys_page_shows_line_source_and_the_running_month(app: Flask, client: FlaskClient) -> None:
    group = make.group()
    household = family(group, "Ani", [LINE] * 6 + [123_456])
    build()
    make.sign_in(client, make.user(Role.HEAD))
    page = client.get(f"/dinas/graduasi/{household.id}").text
    assert "6 of the last 6" in page
    assert "Rp123.456" in page
    assert SOURCE in page
    assert page.count("<rect") == page.count('class="chart-mark"') == 7


def test_a_note_is_told_and_verified_by_another(app: Flask, client: FlaskClient) -> None:
    group = make.group()
    household = family(group, "Ani", [])
    address = f"/dinas/graduasi/{household.id}"
    note = {"month": "2026-11-01", "kind": "other_income", "amount": "Rp 600.000", "description": "Buruh tani"}
    note["key"] = "1"
    make.sign_in(client, make.user(Role.MENTOR, group_id=group.id))
    for wrong in ({"month": "2026-10-01"}, {"month": "x"}, {"amount": "0"}, {"amount": "2jt"}, {"description": ""}):
        assert client.post(f"{address}/catatan", data={**note, **wrong}).status_code == 422
    assert client.post(f"{address}/catatan", data=note).status_code == 302
    note_id = db.session.scalars(select(IncomeNote.id)).one()
    verify = f"{address}/catatan/{note_id}/periksa"
    assert client.post(verify).status_code == 403
    make.sign_in(client, make.user(Role.VERIFIER))
    other = make.household()
    assert client.post(f"/dinas/graduasi/{other.id}/catatan/{note_id}/periksa").status_code == 404
    assert client.post(verify).status_code == 302
    assert client.post(verify).status_code == 409
    rollback()
    snapshot = db.session.scalars(select(Snapshot).where(Snapshot.household_id == household.id)).one()
    assert (snapshot.other_income, snapshot.status.value) == (LINE, "passed")


def test_a_maker_sees_his_own_months_and_that_nothing_happens_by_itself(app: Flask, client: FlaskClient) -> None:
    group = make.group()
    household = family(group, "Ani", [0, LINE, LINE])
    family(group, "Budi", [LINE] * 7)
    build()
    make.sign_in(client, make.user(Role.SELLER, household_id=household.id))
    page = client.get("/penjual/kemajuan").text
    assert "In 2 of the last 6 months" in page
    assert "Nothing happens to your aid by itself" in page
    assert "In 6 of" not in page


def test_a_maker_reads_as_of_when_his_month_was_reckoned(app: Flask, client: FlaskClient) -> None:
    group = make.group()
    household = family(group, "Ani", [LINE])
    build()
    with clock.at(clock.now() + dt.timedelta(minutes=5)), unit_of_work():
        service.refresh(clock.now())
    make.sign_in(client, make.user(Role.SELLER, household_id=household.id))
    reckoned = db.session.scalars(select(Snapshot.computed_at).order_by(Snapshot.month.desc())).first()
    assert reckoned is not None
    page = client.get("/penjual/kemajuan").text
    assert f"As of {reckoned.astimezone(clock.zone('Asia/Makassar')):%-d %b %Y %H:%M} WITA" in page
