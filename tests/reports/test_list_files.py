"""Every list of the office can be taken along, as it is narrowed, by who may see it, and without numbers of people."""

import io
import re

import pytest
from flask import current_app
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from marketplace.config import ROOT
from marketplace.extensions import db
from marketplace.shared.audit import AuditEntry
from marketplace.shared.policy import Role
from tests import make
from tests.reports.world import World

LISTS = {
    "/dinas/pesanan": (Role.PACKER, True),
    "/dinas/pembayaran": (Role.TREASURER, True),
    "/dinas/pembayaran?tab=history": (Role.TREASURER, True),
    "/dinas/pengembalian": (Role.TREASURER, True),
    "/dinas/pengembalian/riwayat": (Role.TREASURER, True),
    "/dinas/tagihan": (Role.TREASURER, True),
    "/dinas/tagihan?tab=done": (Role.TREASURER, True),
    "/dinas/instansi": (Role.ADMINISTRATOR, True),
    "/dinas/kurasi": (Role.CURATOR, False),
    "/dinas/produk": (Role.CURATOR, False),
    "/dinas/produk?q=keripik": (Role.CURATOR, False),
    "/dinas/stok": (Role.PACKER, False),
    "/dinas/kelompok": (Role.HEAD, False),
    "/dinas/dokumen": (Role.HEAD, True),
    "/dinas/parsel": (Role.CURATOR, False),
    "/dinas/pencairan": (Role.TREASURER, True),
    "/dinas/pencairan/daftar": (Role.TREASURER, False),
    "/dinas/mutasi": (Role.TREASURER, True),
    "/dinas/mutasi/berkas": (Role.TREASURER, False),
    "/dinas/dokumen/rekap": (Role.TREASURER, False),
    "/dinas/graduasi/kriteria": (Role.HEAD, False),
    f"/dinas/pengaturan/{make.REGENCY}/angka/hold_minutes": (Role.ADMINISTRATOR, False),
    f"/dinas/pengaturan/{make.REGENCY}/garis-kemiskinan": (Role.ADMINISTRATOR, False),
    "/dinas/tutup-hari/riwayat": (Role.HEAD, False),
    "/dinas/pasar": (Role.HEAD, False),
    "/dinas/pasar?tab=past": (Role.TREASURER, False),
    "/dinas/pasar/lokasi": (Role.PACKER, False),
    "/dinas/pasar/tenda-pinjaman": (Role.CURATOR, False),
    "/dinas/pasar/tenda-pinjaman?tab=overdue": (Role.CURATOR, False),
}
"""Address → who looks at it, and whether it names people."""

pytestmark = pytest.mark.usefixtures("offices")


NO_FILE = {
    "accounts/users.html": "looks for one account: nobody is listed before",
    "groups/households.html": "looks for one family: nobody is listed before",
    "training/choose.html": "ticks people for a class, whose list is a file",
    "mentoring/group.html": "one group: its visits and reports are files of their own pages",
    "payments/counter.html": "works through the orders of /dinas/pesanan",
}
"""Pages of the office with a list that is no file, and why."""
FILE = re.compile(r"excel\(|export_url|file-spreadsheet")


@pytest.mark.once
def test_every_list_of_the_office_is_a_file_or_says_why_not() -> None:
    texts = {str(path.relative_to(ROOT / "templates")): path.read_text() for path in ROOT.glob("templates/*/*.html")}
    paged = {name for name, text in texts.items() if "pager(page" in text and "layouts/work.html" in text}
    assert len(paged) > 40
    assert {name for name in paged if not FILE.search(texts[name])} == NO_FILE.keys()


def file_of(path: str, role: Role, **scope: str) -> list[list[str]]:
    client = current_app.test_client()
    make.sign_in(client, make.user(role, **scope))
    page = client.get(path).text
    address = f"{path}{'&' if '?' in path else '?'}format=xlsx"
    assert address.replace("&", "&amp;") in page
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(address).data))
    return [[str(cell) for cell in row] for row in book.get_sheet_by_index(0).to_python()]


def exports() -> int:
    return db.session.scalar(select(func.count()).where(AuditEntry.action == "list.export")) or 0


@pytest.mark.every_row
@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_a_file_too(world: World, path: str) -> None:
    role, names_people = LISTS[path]
    before = exports()
    rows = file_of(path, role)
    assert len(rows) > 1
    assert all(len(row) == len(rows[0]) for row in rows)
    assert not any(cell.startswith("+62") for row in rows for cell in row)
    assert exports() - before == names_people


OF_COUNTRY = ("/dinas/graduasi", "/dinas/pengaturan")
"""Hold rows of the whole country too."""


@pytest.mark.parametrize("path", [path for path in LISTS if "?" not in path and not path.startswith(OF_COUNTRY)])
def test_nothing_of_another_area_is_in_it(world: World, path: str) -> None:
    assert len(file_of(path, LISTS[path][0], area_code=make.OTHER_REGENCY)) == 1


def test_a_filter_that_is_not_understood_narrows_no_file(world: World) -> None:
    client = current_app.test_client()
    make.sign_in(client, make.user(Role.PACKER))
    answer = client.get("/dinas/pesanan?state=eaten&format=xlsx")
    assert (answer.status_code, answer.mimetype) == (422, "text/html")
