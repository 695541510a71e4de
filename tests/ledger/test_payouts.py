"""Payouts: the whole balance, once, never more than it, with its proof."""

import itertools

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.extensions import db
from marketplace.ledger import batches, payouts
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
from marketplace.ledger.payout_queries import taken_back
from marketplace.ledger.payout_rules import Action, transition
from marketplace.ledger.payouts import Choice
from marketplace.ledger.queries import account_balances
from marketplace.shared.errors import InvalidInput, StateConflict
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.ledger.earning import balance, earn, give_up, money_in
from tests.ledger.paying import family, paid, released, with_bank

#                       PAY               CANCEL                 RETURN                BOUNCE
TABLE = {
    PayoutState.PENDING: (PayoutState.PAID, PayoutState.CANCELLED, None, None),
    PayoutState.PAID: (None, None, PayoutState.RETURNED, PayoutState.BOUNCED),
    PayoutState.CANCELLED: (None, None, None, None),
    PayoutState.RETURNED: (None, None, None, None),
    PayoutState.BOUNCED: (None, None, None, None),
}


@pytest.mark.parametrize(("state", "action"), list(itertools.product(PayoutState, Action)))
def test_every_state_and_action(state: PayoutState, action: Action) -> None:
    expected = TABLE[state][list(Action).index(action)]
    if expected is None:
        with pytest.raises(StateConflict):
            transition(state, action)
    else:
        assert transition(state, action) is expected


@pytest.mark.parametrize(("method", "account"), [("cash", Account.CASH), ("bank", Account.BANK)])
def test_a_payout_moves_the_whole_balance_out_of_the_money(app: Flask, method: str, account: Account) -> None:
    row = with_bank(family(75_000))
    money_in(75_000, account)
    payout = paid(released(row, method=PayoutMethod(method)).payouts[0], "Bukti 7")
    assert (payout.state, payout.amount, balance(row.id)) == (PayoutState.PAID, 75_000, 0)
    assert (payout.signed_by, payout.bank_reference) == (("Bukti 7", "") if method == "cash" else ("", "Bukti 7"))
    entry = db.session.scalars(select(JournalEntry).where(JournalEntry.kind == EntryKind.PAYOUT)).one()
    assert entry.reference == f"payout:{payout.id}"
    assert {line.account: line.amount for line in entry.lines} == {Account.HOUSEHOLD_PAYABLE: 75_000, account: -75_000}


def test_a_payout_is_made_once(app: Flask) -> None:
    row = family(75_000)
    payout = paid(released(row).payouts[0])
    with pytest.raises(StateConflict):
        paid(payout)
    with pytest.raises(StateConflict), unit_of_work():
        payouts.cancel_payout(payout.id, None)
    assert db.session.scalar(select(func.count()).where(JournalEntry.kind == EntryKind.PAYOUT)) == 1


@pytest.mark.parametrize(
    ("method", "account", "other"),
    [("cash", Account.CASH, Account.BANK), ("bank", Account.BANK, Account.CASH)],
)
def test_nothing_is_paid_that_the_books_do_not_hold(app: Flask, method: str, account: Account, other: Account) -> None:
    row = with_bank(make.household())
    earn(row.id, None, 75_000)
    money_in(74_999, account)
    money_in(500_000, other)
    payout = released(row, method=PayoutMethod(method)).payouts[0]
    with pytest.raises(InvalidInput) as refused:
        paid(payout)
    assert refused.value.field == "proof"
    assert "Rp74.999" in str(refused.value.message)
    assert balance(row.id) == 75_000
    assert account_balances(make.REGENCY)[account] == 74_999
    assert db.session.get_one(Payout, payout.id).state is PayoutState.PENDING
    money_in(1, account)
    assert paid(payout).state is PayoutState.PAID
    assert account_balances(make.REGENCY)[account] == 0


def test_money_of_another_regency_pays_nobody_here(app: Flask) -> None:
    elsewhere = make.household(regency_code=make.OTHER_REGENCY)
    earn(elsewhere.id, None, 75_000)
    money_in(75_000)
    with unit_of_work():
        batch = payouts.prepare_batch(make.OTHER_REGENCY, [Choice(elsewhere.id, PayoutMethod.CASH)], None)
        batches.release(batch.id, None)
    with pytest.raises(InvalidInput):
        paid(batch.payouts[0])


def test_a_payout_marked_by_mistake_is_taken_back_by_an_entry_the_other_way(app: Flask) -> None:
    treasurer, row = make.user(Role.TREASURER), family(75_000)
    payout = paid(released(row).payouts[0])
    with unit_of_work():
        payouts.return_payout(payout.id, "Salah baris, uangnya belum diberikan", treasurer.id)
    assert (balance(row.id), account_balances(make.REGENCY)[Account.CASH]) == (75_000, 75_000)
    db.session.expire_all()
    assert (payout.state, payout.signed_by) == (PayoutState.RETURNED, "Siti Contoh")
    first, second = db.session.scalars(
        select(JournalEntry).where(JournalEntry.reference == f"payout:{payout.id}").order_by(JournalEntry.id)
    )
    assert [(line.account, line.amount) for line in first.lines] == [
        (line.account, -line.amount) for line in reversed(second.lines)
    ]
    assert (second.kind, second.actor_id) == (EntryKind.PAYOUT_RETURN, treasurer.id)
    (told,) = taken_back(payout.batch.payouts).values()
    assert (told.reason, told.who) == ("Salah baris, uangnya belum diberikan", treasurer.name)
    with pytest.raises(StateConflict), unit_of_work():
        payouts.return_payout(payout.id, "Sekali lagi", None)
    assert paid(released(row).payouts[0]).amount == 75_000  # now it is really paid


def test_nothing_is_taken_back_without_a_reason(app: Flask) -> None:
    row = family(75_000)
    payout = paid(released(row).payouts[0])
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        payouts.return_payout(payout.id, "", None)
    assert (refused.value.field, balance(row.id)) == ("reason", 0)


def test_no_money_leaves_without_proof(app: Flask) -> None:
    payout = released(family(75_000)).payouts[0]
    with pytest.raises(InvalidInput) as refused:
        paid(payout, "")
    assert refused.value.field == "proof"


def test_a_balance_that_shrank_is_not_overdrawn(app: Flask) -> None:
    row = family(75_000)
    payout = released(row).payouts[0]
    give_up(row.id, 1)
    with pytest.raises(InvalidInput):
        paid(payout)
    assert balance(row.id) == 74_999
    assert db.session.get_one(Payout, payout.id).state is PayoutState.PENDING
    with unit_of_work():
        payouts.cancel_payout(payout.id, None)
    assert paid(released(row).payouts[0]).amount == 74_999


def test_money_earned_meanwhile_waits_for_the_next_batch(app: Flask) -> None:
    row = family(75_000)
    payout = released(row).payouts[0]
    earn(row.id, None, 5_000)
    assert paid(payout).amount == 75_000
    assert balance(row.id) == 5_000


def test_a_family_waits_in_one_batch_only(app: Flask) -> None:
    row, other = family(75_000), family(10_000)
    released(row)
    with pytest.raises(StateConflict):
        released(other, row)
    assert db.session.scalar(select(func.count()).select_from(PayoutBatch)) == 1


def test_nobody_without_a_balance_is_prepared(app: Flask) -> None:
    empty, indebted = make.household(), family(5_000)
    give_up(indebted.id, 9_000)
    elsewhere = make.household(regency_code=make.OTHER_REGENCY)
    earn(elsewhere.id, None, 5_000)
    for row in (empty, indebted, elsewhere):
        with pytest.raises(InvalidInput):
            released(row)
    with pytest.raises(InvalidInput):
        released()


def test_bank_needs_an_account(app: Flask) -> None:
    with pytest.raises(InvalidInput):
        released(family(75_000), method=PayoutMethod.BANK)


def test_a_batch_closes_when_everyone_is_decided(app: Flask) -> None:
    first, second = family(10_000, "Keluarga A"), family(20_000, "Keluarga B")
    batch = released(first, second)
    one, two = batch.payouts
    paid(one)
    with pytest.raises(StateConflict), unit_of_work():
        batches.close(batch.id, None)
    with unit_of_work():
        payouts.cancel_payout(two.id, None)
    with unit_of_work():
        batches.close(batch.id, None)
    db.session.expire_all()
    assert db.session.get_one(PayoutBatch, batch.id).state is BatchState.CLOSED
    assert balance(second.id) == 20_000


def test_balances_are_what_the_lines_say(app: Flask) -> None:
    rows = [family(amount) for amount in (10_000, 20_000, 30_000)]
    paid(released(rows[0], rows[1]).payouts[0])
    give_up(rows[2].id, 45_000)
    sums = select(JournalLine.household_id, -func.sum(JournalLine.amount)).where(JournalLine.household_id.is_not(None))
    by_lines = {key: int(amount) for key, amount in db.session.execute(sums.group_by(JournalLine.household_id))}
    db.session.expire_all()
    kept = {row.household_id: row.balance for row in db.session.scalars(select(HouseholdBalance))}
    assert by_lines == kept
    assert kept[rows[2].id] == -15_000
