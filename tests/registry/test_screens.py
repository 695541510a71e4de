"""An officer takes a list through all its pages; who has no role for it finds none of them."""

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from marketplace.extensions import db
from marketplace.groups.models import Household
from marketplace.registry import work
from marketplace.registry.models import RegistryImport
from marketplace.registry.shown import sample_of
from marketplace.shared.audit import AuditEntry
from marketplace.shared.policy import Role
from tests import make
from tests.registry import listing
from tests.registry.listing import HEADS, csv, row, xlsx

ROLES = ["skip", "kk", "nik", "name", "relation", "sex", "born", "address", "village", "decile"]
COLUMNS = {f"column-{place}": role for place, role in enumerate(ROLES)}
FORMULA = "=cmd|' /C calc'!A0"


@pytest.fixture
def desk(app: Flask, client: FlaskClient) -> FlaskClient:
    make.sign_in(client, make.user(Role.VERIFIER))
    return client


def upload(desk: FlaskClient, raw: bytes, name: str = "daftar.xlsx") -> str:
    answer = desk.post("/dinas/registri/unggah", data={"source": "p3ke", "file": (io.BytesIO(raw), name)})
    assert answer.status_code == 302, answer.text
    return str(answer.location).removesuffix("/kolom")


def test_a_list_goes_through_all_its_pages(desk: FlaskClient) -> None:
    page = upload(desk, xlsx([row(1), row(2, nama=FORMULA), row(3, nik="12")]))
    asked = desk.get(f"{page}/kolom").text
    assert [each in asked for each in (HEADS[1], listing.kk(1), "••••0001", 'selected value="kk"')] == [
        *(True, False, True, True)
    ]
    refused = desk.post(f"{page}/kolom", data={**COLUMNS, "column-2": "skip"})
    assert (refused.status_code, "Choose the column with the NIK" in refused.text) == (422, True)
    assert desk.post(f"{page}/kolom", data=COLUMNS).location == page
    running = desk.get(page).text
    assert "data-running" in running
    assert '<meta http-equiv="refresh"' in running
    work.run()
    seen = desk.get(page)
    assert (seen.headers["Cache-Control"], "Budi Contoh 1" in seen.text) == ("no-store", True)
    assert listing.nik(1) not in seen.text
    assert "Excel changed" not in seen.text
    assert "A formula stands here" in desk.get(f"{page}?tab=refused").text
    taken = load_workbook(io.BytesIO(desk.get(f"{page}?tab=new&format=xlsx").data)).active
    assert taken is not None
    assert [cell.value for cell in list(taken.iter_rows())[1]][:4] == ["2", "Budi Contoh 1", "••••0001", "••••0001"]
    assert desk.post(f"{page}/terapkan").location == page
    work.run()
    assert db.session.scalars(select(Household.name)).all() == ["Budi Contoh 1"]
    db.session.rollback()
    assert desk.post(f"{page}/terapkan").status_code == 409
    assert desk.post(f"{page}/urungkan").location == page
    work.run()
    assert "as it was before" in desk.get(page).text
    assert db.session.scalars(select(Household.name)).all() == []


def test_refused_rows_come_back_as_text_and_are_written_down(desk: FlaskClient) -> None:
    page = upload(desk, csv([row(1, nama=FORMULA), row(2)]).encode("utf-16"), "daftar.csv")
    desk.post(f"{page}/kolom", data=COLUMNS)
    work.run()
    answer = desk.get(f"{page}/ditolak")
    sheet = load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    rows = list(sheet.iter_rows())
    assert [cell.value for cell in rows[0]] == [*HEADS, "Row", "Reason"]
    assert (rows[1][3].value, rows[1][3].data_type, rows[1][1].value) == (FORMULA, "s", listing.kk(1))
    assert len(rows) == 2
    db.session.rollback()
    taken = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "list.export")).one()
    assert taken.detail == {"count": 1}
    mended = upload(desk, answer.data, "perbaikan.xlsx")
    assert 'selected value="nik"' in desk.get(f"{mended}/kolom").text


def test_what_columns_hold_is_remembered_for_the_source(desk: FlaskClient) -> None:
    heads = ("A1", "B", "C", "D", "E")
    rows = [("1", listing.kk(1), listing.nik(1), "Budi Contoh", listing.VILLAGE)]
    first = upload(desk, xlsx(rows, heads))
    chosen = dict(zip(COLUMNS, ("skip", "kk", "nik", "name", "village"), strict=False))
    assert desk.get(f"{first}/kolom").text.count("selected") == len(heads)
    desk.post(f"{first}/kolom", data=chosen)
    again = desk.get(f"{upload(desk, xlsx(rows, heads))}/kolom").text
    assert re.findall(r'selected value="(\w+)"', again) == list(chosen.values())
    returned = xlsx([(*rows[0], "2", "Nama kosong")], (*heads, "Baris", "Alasan"))
    more = desk.get(f"{upload(desk, returned)}/kolom").text
    assert re.findall(r'selected value="(\w+)"', more) == [*chosen.values(), "skip", "skip"]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("6306010112058500", "••••8500"),
        ("630601120585000", "••••5000"),
        ("6306 0112 0585 000", "••••5000"),
        ("08125555000012", "••••0012"),
        ("1990-01-31", "1990-01-31"),
        ("Jalan Melati 12 RT 003", "Jalan Melati 12 RT 003"),
        ("", ""),
    ],
)
def test_an_example_shows_of_no_long_number_more_than_its_end(cell: str, shown: str) -> None:
    assert sample_of(cell) == shown


@pytest.mark.parametrize("raw", [b"", b"%PDF-1.4", b"PK\x03\x04 no package"])
def test_a_file_that_is_no_list_is_told_beside_its_field(desk: FlaskClient, raw: bytes) -> None:
    answer = desk.post("/dinas/registri/unggah", data={"source": "p3ke", "file": (io.BytesIO(raw), "x.xlsx")})
    assert answer.status_code == 422
    assert desk.post("/dinas/registri/unggah", data={"source": "p3ke"}).status_code == 422
    assert db.session.scalars(select(RegistryImport)).all() == []


def test_the_same_file_sent_twice_is_one_import(desk: FlaskClient) -> None:
    raw = xlsx([row(1)])
    assert upload(desk, raw) == upload(desk, raw)
    assert len(db.session.scalars(select(RegistryImport)).all()) == 1


def test_a_file_thrown_away_leaves_nothing(desk: FlaskClient) -> None:
    page = upload(desk, xlsx([row(1)]))
    assert desk.post(f"{page}/buang").location == "/dinas/registri"
    made = db.session.scalars(select(RegistryImport)).one()
    assert (made.content_encrypted, made.sample_encrypted, made.state.value) == (None, None, "dropped")
    assert desk.get(page).status_code == 200


@pytest.mark.parametrize(
    ("role", "area", "status"),
    [
        (Role.ADMINISTRATOR, make.REGENCY, 200),
        (Role.VERIFIER, "63", 403),
        (Role.VERIFIER, make.OTHER_REGENCY, 404),
        (Role.HEAD, make.REGENCY, 403),
        (Role.CURATOR, make.REGENCY, 403),
    ],
)
def test_who_sees_a_list(app: Flask, client: FlaskClient, role: Role, area: str, status: int) -> None:
    made = listing.checked(xlsx([row(1), row(2, nik="3")])).id
    db.session.rollback()
    make.sign_in(client, make.user(role, area_code=area))
    assert client.get(f"/dinas/registri/{made}").status_code == status
    assert client.get(f"/dinas/registri/{made}/ditolak").status_code == status
    if status != 200:
        for step in ("terapkan", "urungkan", "buang"):
            assert client.post(f"/dinas/registri/{made}/{step}").status_code == status
    assert client.get("/dinas/registri?format=xlsx").status_code in (200, 403)
