"""Payouts: the whole balance, once, never more than it, with its proof."""

import itertools

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace.extensions import db
from marketplace.groups import rules as group_rules
from marketplace.groups import service as groups
from marketplace.groups.models import Household
from marketplace.ledger import payouts
from marketplace.ledger.models import (
    Account,
    BatchState,
    EntryKind,
    HouseholdBalance,
    JournalEntry,
    JournalLine,
    Payout,
    PayoutBatch,
    PayoutMethod,
    PayoutState,
)
from marketplace.ledger.payout_rules import Action, transition
from marketplace.ledger.payouts import Choice
from marketplace.shared.audit import AuditEntry
from marketplace.shared.errors import InvalidInput, StateConflict
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.ledger.earning import balance, earn, give_up

TABLE = {
    PayoutState.PENDING: (PayoutState.PAID, PayoutState.CANCELLED),
    PayoutState.PAID: (None, None),
    PayoutState.CANCELLED: (None, None),
}


@pytest.mark.parametrize(("state", "action"), list(itertools.product(PayoutState, Action)))
def test_every_state_and_action(state: PayoutState, action: Action) -> None:
    expected = TABLE[state][list(Action).index(action)]
    if expected is None:
        with pytest.raises(StateConflict):
            transition(state, action)
    else:
        assert transition(state, action) is expected


def family(amount: int, name: str = "Keluarga Contoh") -> Household:
    """Make a household that is owed a sum."""
    row = make.household(name=name)
    earn(row.id, None, amount)
    return row


def with_bank(row: Household) -> Household:
    """Give a household a bank account."""
    with unit_of_work():
        groups.set_bank(row.id, group_rules.BankAccount("Bank Contoh", "1234567890", "Siti Contoh"), None)
    return row


def prepared(*rows: Household, method: PayoutMethod = PayoutMethod.CASH) -> PayoutBatch:
    with unit_of_work():
        batch = payouts.prepare_batch(make.REGENCY, [Choice(row.id, method) for row in rows], None)
    return db.session.get_one(PayoutBatch, batch.id)


def paid(payout: Payout, proof: str = "Siti Contoh") -> Payout:
    with unit_of_work():
        payouts.pay(payout.id, proof, None)
    db.session.expire_all()
    return db.session.get_one(Payout, payout.id)


@pytest.mark.parametrize(("method", "account"), [("cash", Account.CASH), ("bank", Account.BANK)])
def test_a_payout_moves_the_whole_balance_out_of_the_money(app: Flask, method: str, account: Account) -> None:
    row = with_bank(family(75_000))
    payout = paid(prepared(row, method=PayoutMethod(method)).payouts[0], "Bukti 7")
    assert (payout.state, payout.amount, balance(row.id)) == (PayoutState.PAID, 75_000, 0)
    assert (payout.signed_by, payout.bank_reference) == (("Bukti 7", "") if method == "cash" else ("", "Bukti 7"))
    entry = db.session.scalars(select(JournalEntry).where(JournalEntry.kind == EntryKind.PAYOUT)).one()
    assert entry.reference == f"payout:{payout.id}"
    assert {line.account: line.amount for line in entry.lines} == {Account.HOUSEHOLD_PAYABLE: 75_000, account: -75_000}


def test_a_payout_is_made_once(app: Flask) -> None:
    row = family(75_000)
    payout = paid(prepared(row).payouts[0])
    with pytest.raises(StateConflict):
        paid(payout)
    with pytest.raises(StateConflict), unit_of_work():
        payouts.cancel_payout(payout.id, None)
    assert db.session.scalar(select(func.count()).where(JournalEntry.kind == EntryKind.PAYOUT)) == 1


def test_no_money_leaves_without_proof(app: Flask) -> None:
    payout = prepared(family(75_000)).payouts[0]
    with pytest.raises(InvalidInput) as refused:
        paid(payout, "")
    assert refused.value.field == "proof"


def test_a_balance_that_shrank_is_not_overdrawn(app: Flask) -> None:
    row = family(75_000)
    payout = prepared(row).payouts[0]
    give_up(row.id, 1)
    with pytest.raises(InvalidInput):
        paid(payout)
    assert balance(row.id) == 74_999
    assert db.session.get_one(Payout, payout.id).state is PayoutState.PENDING
    with unit_of_work():
        payouts.cancel_payout(payout.id, None)
    assert paid(prepared(row).payouts[0]).amount == 74_999


def test_money_earned_meanwhile_waits_for_the_next_batch(app: Flask) -> None:
    row = family(75_000)
    payout = prepared(row).payouts[0]
    earn(row.id, None, 5_000)
    assert paid(payout).amount == 75_000
    assert balance(row.id) == 5_000


def test_a_family_waits_in_one_batch_only(app: Flask) -> None:
    row, other = family(75_000), family(10_000)
    prepared(row)
    with pytest.raises(StateConflict):
        prepared(other, row)
    assert db.session.scalar(select(func.count()).select_from(PayoutBatch)) == 1


def test_nobody_without_a_balance_is_prepared(app: Flask) -> None:
    empty, indebted = make.household(), family(5_000)
    give_up(indebted.id, 9_000)
    elsewhere = make.household(regency_code=make.OTHER_REGENCY)
    earn(elsewhere.id, None, 5_000)
    for row in (empty, indebted, elsewhere):
        with pytest.raises(InvalidInput):
            prepared(row)
    with pytest.raises(InvalidInput):
        prepared()


def test_bank_needs_an_account(app: Flask) -> None:
    with pytest.raises(InvalidInput):
        prepared(family(75_000), method=PayoutMethod.BANK)


def test_a_batch_closes_when_everyone_is_decided(app: Flask) -> None:
    first, second = family(10_000, "Keluarga A"), family(20_000, "Keluarga B")
    batch = prepared(first, second)
    one, two = batch.payouts
    paid(one)
    with pytest.raises(StateConflict), unit_of_work():
        payouts.close_batch(batch.id, None)
    with unit_of_work():
        payouts.cancel_payout(two.id, None)
    with unit_of_work():
        payouts.close_batch(batch.id, None)
    db.session.expire_all()
    assert db.session.get_one(PayoutBatch, batch.id).state is BatchState.CLOSED
    assert balance(second.id) == 20_000


@pytest.fixture
def desk(app: Flask, client: FlaskClient) -> FlaskClient:
    """Return the browser of a treasurer."""
    make.sign_in(client, make.user(Role.TREASURER))
    return client


def test_the_treasurer_pays_a_batch_over_http(desk: FlaskClient) -> None:
    rich, poor = with_bank(family(90_000, "Keluarga Melati")), family(15_000, "Keluarga Mawar")
    page = desk.get("/dinas/pencairan").text
    assert "Keluarga Melati" in page
    assert "Rp105.000" in page
    assert "Keluarga Mawar" not in desk.get("/dinas/pencairan?q=melati").text
    chosen = {"household": [str(rich.id), str(poor.id)], "way": "bank"}
    assert "Rp105.000" in desk.get("/dinas/pencairan/baru", query_string=chosen).text
    made = desk.post("/dinas/pencairan/baru", data=chosen)
    batch = db.session.query(PayoutBatch).one()
    assert made.location == f"/dinas/pencairan/{batch.id}"
    methods = {payout.household_id: payout.method for payout in batch.payouts}
    assert methods == {rich.id: PayoutMethod.BANK, poor.id: PayoutMethod.CASH}
    assert desk.get(f"/dinas/pencairan/{batch.id}/tanda-terima").status_code == 200
    assert desk.get("/dinas/pencairan/daftar").status_code == 200
    for payout in batch.payouts:
        assert desk.post(f"/dinas/pencairan/bayar/{payout.id}", data={"proof": " "}).status_code == 422
        assert desk.post(f"/dinas/pencairan/bayar/{payout.id}", data={"proof": "TRF 1"}).status_code == 302
    assert desk.post(f"/dinas/pencairan/{batch.id}/tutup").status_code == 302
    assert balance(rich.id) == balance(poor.id) == 0
    assert "Keluarga Melati" not in desk.get("/dinas/pencairan").text


def test_the_same_form_twice_makes_one_batch(desk: FlaskClient) -> None:
    chosen = {"household": [str(family(90_000).id)], "way": "cash"}
    assert desk.post("/dinas/pencairan/baru", data=chosen).status_code == 302
    assert desk.post("/dinas/pencairan/baru", data=chosen).status_code == 422
    assert db.session.query(PayoutBatch).count() == 1


@pytest.mark.parametrize("asked", [[], ["0"], ["x"], ["-1"], ["9" * 30], ["²"]])
def test_strange_choices_make_nothing(desk: FlaskClient, asked: list[str]) -> None:
    family(90_000)
    assert desk.get("/dinas/pencairan/baru", query_string={"household": asked}).status_code == 200
    assert desk.post("/dinas/pencairan/baru", data={"household": asked, "way": "cash"}).status_code == 422
    assert db.session.query(PayoutBatch).count() == 0


def test_bank_accounts_are_shown_on_demand_and_the_look_is_written_down(desk: FlaskClient) -> None:
    row = with_bank(family(90_000))
    batch = prepared(row, method=PayoutMethod.BANK)
    assert "1234567890" not in desk.get(f"/dinas/pencairan/{batch.id}").text
    assert "1234567890" in desk.post(f"/dinas/pencairan/{batch.id}/rekening").text
    look = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "household.reveal")).one()
    assert (look.subject_id, bool(look.actor_id), bool(look.reason)) == (row.id, True, True)


def test_treasurers_of_elsewhere_find_nothing(app: Flask, client: FlaskClient) -> None:
    row = family(90_000)
    batch = prepared(row)
    payout = batch.payouts[0]
    make.sign_in(client, make.user(Role.TREASURER, area_code=make.OTHER_REGENCY))
    assert row.name not in client.get("/dinas/pencairan").text
    for address in (f"/dinas/pencairan/{batch.id}", f"/dinas/pencairan/{batch.id}/tanda-terima"):
        assert client.get(address).status_code == 404
    for address in (
        f"/dinas/pencairan/bayar/{payout.id}",
        f"/dinas/pencairan/batal/{payout.id}",
        f"/dinas/pencairan/{batch.id}/tutup",
        f"/dinas/pencairan/{batch.id}/rekening",
    ):
        assert client.post(address, data={"proof": "X"}).status_code == 404
    assert balance(row.id) == 90_000


def test_balances_are_what_the_lines_say(app: Flask) -> None:
    rows = [family(amount) for amount in (10_000, 20_000, 30_000)]
    paid(prepared(rows[0], rows[1]).payouts[0])
    give_up(rows[2].id, 45_000)
    sums = select(JournalLine.household_id, -func.sum(JournalLine.amount)).where(JournalLine.household_id.is_not(None))
    by_lines = {key: int(amount) for key, amount in db.session.execute(sums.group_by(JournalLine.household_id))}
    db.session.expire_all()
    kept = {row.household_id: row.balance for row in db.session.scalars(select(HouseholdBalance))}
    assert by_lines == kept
    assert kept[rows[2].id] == -15_000
