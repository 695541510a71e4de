"""The office's own accounts: closed by mistake, opened again, never two in use for one way to pay."""

import pytest
from flask.testing import FlaskClient

from marketplace.extensions import db
from marketplace.payments.accounts import accounts_in
from marketplace.payments.models import CollectionAccount
from marketplace.shared.policy import Role
from tests import make
from tests.payments import billing

PAGE = "/dinas/rekening"


@pytest.fixture
def administrator(client: FlaskClient) -> FlaskClient:
    make.sign_in(client, make.user(Role.ADMINISTRATOR))
    return client


def in_use() -> set[int]:
    db.session.expire_all()
    return {account.id for account in accounts_in(make.REGENCY) if account.is_active}


def test_a_closed_account_is_opened_again(administrator: FlaskClient) -> None:
    bank, qris = billing.bank().id, billing.qris().id
    administrator.post(f"{PAGE}/{bank}/tutup")
    assert in_use() == {qris}
    page = administrator.get(PAGE).text
    assert f'action="{PAGE}/{bank}/buka"' in page
    assert f'action="{PAGE}/{bank}/tutup"' not in page
    for _time in range(2):
        assert administrator.post(f"{PAGE}/{bank}/buka").status_code == 302
        assert in_use() == {bank, qris}


def test_opening_one_again_closes_the_other_of_its_way_to_pay(administrator: FlaskClient) -> None:
    old, qris = billing.bank().id, billing.qris().id
    sent = {"bank_name": "Bank Lain", "number": "99887766", "holder": "Dinas Sosial"}
    assert administrator.post(f"{PAGE}/bank", data=sent).status_code == 302
    assert old not in in_use()
    administrator.post(f"{PAGE}/{old}/buka")
    assert in_use() == {old, qris}


@pytest.mark.parametrize(
    ("role", "area", "status"), [(Role.ADMINISTRATOR, "63.07", 404), (Role.TREASURER, "63.06", 403)]
)
def test_nobody_else_opens_one(client: FlaskClient, role: Role, area: str, status: int) -> None:
    bank = make.add(CollectionAccount(area_code=make.REGENCY, provider="transfer", number="1", is_active=False))
    make.sign_in(client, make.user(role, area_code=area))
    assert client.post(f"{PAGE}/{bank.id}/buka").status_code == status
    assert in_use() == set()
