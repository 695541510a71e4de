"""Whose books an officer works on, and what he reads when they are not his."""

import pytest
from flask.testing import FlaskClient

from marketplace.shared.policy import Role
from tests import make

DISTRICT = make.VILLAGE[:8]


@pytest.mark.parametrize("page", ["/dinas/pembayaran", "/dinas/pencairan", "/dinas/buku", "/dinas/pengembalian"])
def test_an_officer_of_a_district_reads_whose_page_it_is(client: FlaskClient, page: str) -> None:
    make.sign_in(client, make.user(Role.TREASURER, area_code=DISTRICT))
    answer = client.get(page)
    assert answer.status_code == 403
    assert "This page is for officers of the whole regency." in answer.text
    assert 'href="/dinas"' in answer.text


def test_a_curator_of_a_district_makes_no_parcels(client: FlaskClient) -> None:
    make.sign_in(client, make.user(Role.CURATOR, area_code=DISTRICT))
    answer = client.get("/dinas/parsel/baru")
    assert answer.status_code == 403
    assert "This page is for officers of the whole regency." in answer.text


def test_an_officer_of_the_regency_works_on_his_own_wherever_he_looks(client: FlaskClient) -> None:
    make.sign_in(client, make.user(Role.TREASURER, area_code=make.OTHER_REGENCY))
    assert client.get("/dinas/pembayaran").status_code == 200


@pytest.mark.parametrize("province", ["63", "64"])
def test_an_officer_of_a_whole_province_has_no_page_of_payments(client: FlaskClient, province: str) -> None:
    make.sign_in(client, make.user(Role.TREASURER, area_code=province))
    assert client.get("/dinas/pembayaran").status_code == 403
