"""What the treasurer reads of the journal and of a batch: words, never a name that only the code knows."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from marketplace.ledger import payouts
from marketplace.ledger.models import Account, PayoutMethod
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.ledger.earning import money_in
from tests.ledger.paying import family, paid, released, with_bank


@pytest.fixture
def desk(app: Flask, client: FlaskClient) -> FlaskClient:
    """Return the browser of a treasurer."""
    make.sign_in(client, make.user(Role.TREASURER))
    return client


def test_a_payout_is_told_by_its_batch_and_who_signed(desk: FlaskClient) -> None:
    cash, by_bank = released(family(15_000)), released(with_bank(family(20_000)), method=PayoutMethod.BANK)
    money_in(20_000, Account.BANK)
    paid(cash.payouts[0], "Siti Contoh")
    paid(by_bank.payouts[0], "FT-77")
    with unit_of_work():
        payouts.return_payout(cash.payouts[0].id, "Salah orang", None)
    page = desk.get("/dinas/buku").text
    cells = CalamineWorkbook.from_filelike(io.BytesIO(desk.get("/dinas/buku?format=xlsx").data)).get_sheet_by_index(0)
    told = f"{page} {cells.to_python()}"
    for text in (f"batch {cash.id}, signed by Siti Contoh", f"batch {by_bank.id}, FT-77", "Siti Contoh, Salah orang"):
        assert told.count(text) >= 2, text
    assert "payout:" not in told


def test_nobody_is_said_to_be_paid_by_bank_who_is_not(desk: FlaskClient) -> None:
    batch = released(family(15_000), family(20_000))
    paid(batch.payouts[0])
    with unit_of_work():
        payouts.return_payout(batch.payouts[0].id, "Salah orang", None)
        payouts.cancel_payout(batch.payouts[1].id, None)
    page = desk.get(f"/dinas/pencairan/{batch.id}/tanda-terima").text
    assert "Nobody to sign" in page
    assert "paid by bank" not in page


def test_the_warning_leads_to_where_money_is_moved(desk: FlaskClient) -> None:
    row = with_bank(family(20_000))  # its money is cash: the bank's account is empty
    asked = desk.get("/dinas/pencairan/baru", query_string={"household": row.id}).text
    assert 'href="/dinas/buku/pindah"' in asked
    money_in(20_000, Account.BANK)
    assert 'href="/dinas/buku/pindah"' not in desk.get("/dinas/pencairan/baru?semua=1").text
