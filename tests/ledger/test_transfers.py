"""Money between the office's own accounts: once, balanced, never more than is there, and no family's business."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.ledger import rules, service
from marketplace.ledger.models import MONEY, Account, EntryKind
from marketplace.ledger.queries import account_balances
from marketplace.ledger.service import Event
from marketplace.ledger.transfers import move_money
from marketplace.shared.errors import InvalidInput, StateConflict
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make


@pytest.fixture
def bank(app: Flask) -> None:
    """Put 100,000 rupiah into the bank."""
    with unit_of_work():
        event = Event(EntryKind.PAYMENT, "payment:1", make.REGENCY)
        service.post(event, rules.payment(Account.BANK, 100_000, 0))


def move(source: Account, target: Account, amount: int, key: str = "k") -> None:
    with unit_of_work():
        move_money(make.REGENCY, source, target, amount, "MUT1", key, None)


def test_money_moves_and_the_books_stay_balanced(bank: None) -> None:
    move(Account.BANK, Account.CASH, 30_000)
    balances = account_balances(make.REGENCY)
    assert (balances[Account.BANK], balances[Account.CASH]) == (70_000, 30_000)
    assert sum(balances.values()) == 0


def test_what_a_service_kept_is_borne_by_the_office(bank: None) -> None:
    with unit_of_work():
        move_money(make.REGENCY, Account.BANK, Account.CASH, 30_000, "po_1", "k", None, fee=1_500)
    balances = account_balances(make.REGENCY)
    found = [balances[account] for account in (Account.BANK, Account.CASH, Account.PROVIDER_FEES)]
    assert found == [68_500, 30_000, 1_500]
    with pytest.raises(InvalidInput), unit_of_work():
        move_money(make.REGENCY, Account.BANK, Account.CASH, 68_500, "po_2", "k2", None, fee=1)


def test_each_key_once(bank: None) -> None:
    move(Account.BANK, Account.CASH, 30_000)
    with pytest.raises(StateConflict):
        move(Account.BANK, Account.CASH, 30_000)
    assert account_balances(make.REGENCY)[Account.CASH] == 30_000


def test_never_more_than_there_is(bank: None) -> None:
    with pytest.raises(InvalidInput):
        move(Account.BANK, Account.CASH, 100_001)
    move(Account.BANK, Account.CASH, 100_000)


@pytest.mark.parametrize("source", Account)
@pytest.mark.parametrize("target", Account)
def test_only_between_two_money_accounts(bank: None, source: Account, target: Account) -> None:
    fine = source is Account.BANK and target in MONEY - {Account.BANK}
    if fine:
        move(source, target, 1)
        return
    with pytest.raises(InvalidInput):
        move(source, target, 1)


def test_a_treasurer_does_it_on_screen_and_keeps_what_was_typed(bank: None, client: FlaskClient) -> None:
    make.sign_in(client, make.user(Role.TREASURER))
    form = {"key": "k1", "source": "bank", "target": "cash", "amount": "500.000", "note": "Tarik tunai"}
    refused = client.post("/dinas/buku/pindah", data=form)
    assert refused.status_code == 422
    assert "Tarik tunai" in refused.text
    assert client.post("/dinas/buku/pindah", data={**form, "amount": "50.000"}).status_code == 302
    assert account_balances(make.REGENCY)[Account.CASH] == 50_000
