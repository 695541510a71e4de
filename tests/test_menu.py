"""The menu shows an officer only pages that show him something, whatever the size of his area."""

import re

import pytest
from flask.testing import FlaskClient

from marketplace.shared.policy import AREA_ROLES, Role
from tests import make

pytestmark = pytest.mark.once
"""What a menu shows is decided by roles and areas before a database is asked."""
PARTS = ("63.06.05", make.VILLAGE)
ELSEWHERE = ("64", "64.01")
"""A province and a regency that are not the one whose goods the officer looks at."""
OF_A_REGENCY = {
    *("/dinas/parsel", "/dinas/pesanan", "/dinas/pembayaran", "/dinas/loket", "/dinas/pengembalian"),
    *("/dinas/dokumen", "/dinas/pencairan", "/dinas/pencairan/daftar", "/dinas/buku", "/dinas/rekening"),
    *("/dinas/pengaturan", "/dinas/tagihan", "/dinas/instansi", "/dinas/kabar"),
    *("/dinas/mutasi", "/dinas/tutup-hari", "/dinas/tutup-hari/riwayat"),
    *("/dinas/pasar", "/dinas/pasar/laporan", "/dinas/label", "/dinas/pasar/perlu-dilihat"),
    *("/dinas/pelatihan", "/dinas/rencana", "/dinas/mitra", "/dinas/potensi", "/dinas/registri"),
}


def menu(client: FlaskClient) -> set[str]:
    """Return the addresses in the menu of the officer's first page."""
    page = client.get("/dinas").text
    return set(re.findall(r'<a href="([^"]+)"', page[page.index('id="menu"') : page.index("</nav>")]))


@pytest.mark.parametrize("code", ["63", make.REGENCY, *PARTS, *ELSEWHERE])
@pytest.mark.parametrize("role", sorted(AREA_ROLES))
def test_every_entry_leads_somewhere(client: FlaskClient, role: Role, code: str) -> None:
    make.sign_in(client, make.user(role, area_code=code))
    assert {url: client.get(url).status_code for url in menu(client)} == dict.fromkeys(menu(client), 200)


@pytest.mark.parametrize("role", sorted(AREA_ROLES))
def test_only_a_whole_regency_has_its_pages(client: FlaskClient, role: Role) -> None:
    make.sign_in(client, make.user(role))
    whole = menu(client)
    make.sign_in(client, make.user(role, area_code=PARTS[0]))
    assert menu(client) == whole - OF_A_REGENCY
    assert "/dinas/rekap" in whole


def test_a_mentor_is_led_to_his_groups(client: FlaskClient) -> None:
    make.sign_in(client, make.user(Role.MENTOR, group_id=make.group().id))
    assert {url: client.get(url).status_code for url in menu(client)} == dict.fromkeys(menu(client), 200)


def test_the_numbers_of_a_regency_say_that_they_are_one(client: FlaskClient) -> None:
    make.sign_in(client, make.user(Role.ADMINISTRATOR, area_code=PARTS[0]))
    answer = client.get("/dinas/pengaturan")
    assert answer.status_code == 403
    assert "set for a whole regency" in answer.text
