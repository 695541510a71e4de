"""What the bank took for itself is booked from its line, once, and taken back by an entry the other way."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.extensions import db
from marketplace.ledger.models import Account
from marketplace.ledger.queries import account_balances
from marketplace.reports.checks import treasury
from marketplace.shared.errors import InvalidInput, StateConflict
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.treasury import fees
from marketplace.treasury.models import LineState, Outcome, StatementLine
from tests import make
from tests.ledger.earning import money_in
from tests.payments import billing
from tests.treasury.taking import fresh, line


def books() -> tuple[int, int]:
    """Return what the books hold in the bank, and what fees were borne."""
    db.session.rollback()
    found = account_balances(make.REGENCY)
    return found[Account.BANK], found[Account.PROVIDER_FEES]


def booked(row: StatementLine) -> StatementLine:
    with unit_of_work():
        fees.book(row.id, None)
    return fresh(row)


def undone(row: StatementLine) -> StatementLine:
    with unit_of_work():
        fees.undo(row.id, "Ternyata pencairan", None)
    return fresh(row)


def whole() -> bool:
    db.session.rollback()
    return not any(check.run().broken for check in treasury.CHECKS)


def test_a_bank_fee_is_booked_once_taken_back_and_booked_again(app: Flask) -> None:
    row = line(billing.bank(), -15_000, "BIAYA ADMIN")
    money_in(100_000, Account.BANK)
    assert (booked(row).state, fresh(row).outcome, books()) == (LineState.MATCHED, Outcome.FEE, (85_000, 15_000))
    with pytest.raises(StateConflict):
        booked(row)
    assert (books(), whole()) == ((85_000, 15_000), True)
    assert (undone(row).state, fresh(row).outcome, books()) == (LineState.OUTGOING, None, (100_000, 0))
    with pytest.raises(StateConflict):
        undone(row)
    booked(row)
    assert (books(), whole()) == ((85_000, 15_000), True)


def test_a_fee_is_not_booked_from_money_that_came_or_that_the_books_do_not_hold(app: Flask) -> None:
    account = billing.bank()
    with pytest.raises(StateConflict):
        booked(line(account, 15_000))
    with pytest.raises(InvalidInput):
        booked(line(account, -15_000))
    assert books() == (0, 0)


def test_the_treasurer_books_a_fee_on_screen_and_takes_it_back_with_a_reason(app: Flask, client: FlaskClient) -> None:
    row = line(billing.bank(), -15_000, "BIAYA ADMIN")
    page = f"/dinas/mutasi/{row.id}"
    make.sign_in(client, make.user(Role.TREASURER))
    refused = client.post(f"{page}/biaya")
    assert (refused.status_code, "The books hold only Rp0" in refused.text) == (422, True)
    money_in(100_000, Account.BANK)
    assert client.post(f"{page}/biaya").status_code == 302
    assert "Bank fee" in client.get("/dinas/mutasi?tab=matched").text
    assert client.post(f"{page}/bukan-biaya", data={"why": ""}).status_code == 422
    assert books() == (85_000, 15_000)
    assert client.post(f"{page}/bukan-biaya", data={"why": "Ternyata pencairan"}).status_code == 302
    assert books() == (100_000, 0)
    assert "Ternyata pencairan" in client.get("/dinas/buku").text
    make.sign_in(client, make.user(Role.TREASURER, area_code=make.OTHER_REGENCY))
    assert client.post(f"{page}/biaya").status_code == 404
    assert client.post(f"{page}/bukan-biaya", data={"why": "x"}).status_code == 404
