"""Whoever opens a thing from a narrowed list comes back to the list as it was narrowed."""

import re
from urllib.parse import quote

import pytest
from flask import current_app

from marketplace.shared.policy import Role
from tests import make
from tests.reports.world import World

LISTS = {
    "/dinas/pesanan?q=WK": Role.PACKER,
    "/dinas/pembayaran?tab=history": Role.TREASURER,
    "/dinas/tagihan?q=TG": Role.TREASURER,
    "/dinas/instansi?tab=credit": Role.TREASURER,
    "/dinas/produk?state=published": Role.CURATOR,
    "/dinas/stok?q=a": Role.PACKER,
    "/dinas/kelompok?q=K": Role.HEAD,
    "/dinas/dokumen?kind=invoice": Role.HEAD,
    "/dinas/keluarga?q=a": Role.MENTOR,
    "/dinas/graduasi?sort=name": Role.VERIFIER,
    "/dinas/parsel?state=offered": Role.CURATOR,
    "/dinas/pengguna?role=curator": Role.ADMINISTRATOR,
}
"""A narrowed list → who looks at it."""

pytestmark = pytest.mark.usefixtures("offices")


@pytest.mark.parametrize("address", LISTS)
def test_a_row_leads_to_a_page_that_leads_back(world: World, address: str) -> None:
    client = current_app.test_client()
    make.sign_in(client, make.user(LISTS[address], **scope_of(LISTS[address], world)))
    asked = f"?next={quote(address, safe='')}"
    links = re.findall(r'href="([^"]+)"', client.get(address).text)
    rows = [link for link in links if asked in link]
    assert rows
    assert f'href="{address}"' in client.get(rows[0]).text


def test_only_the_list_itself_is_led_back_to(world: World) -> None:
    client = current_app.test_client()
    make.sign_in(client, make.user(Role.CURATOR))
    page = client.get(f"/dinas/produk/{world.mat.id}?next=//evil.example/dinas/produk").text
    assert "evil" not in page.partition("<main")[2]
    assert 'href="/dinas/produk"' in page
    elsewhere = client.get(f"/dinas/produk/{world.mat.id}?next=/dinas/kurasi%3Fq%3Da").text
    assert 'href="/dinas/produk"' in elsewhere


def scope_of(role: Role, world: World) -> dict[str, int]:
    return {"group_id": world.group.id} if role is Role.MENTOR else {}
