"""Several treasurers and buyers at the same moment, in four processes: money is counted, kept and paid out once.

Each control does the same without the lock or the condition, and has to go wrong: it shows that the race is there.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import func, insert, select, update

from marketplace.extensions import db
from marketplace.ledger import batches, payouts
from marketplace.ledger.models import (
    Account,
    EntryKind,
    HouseholdBalance,
    JournalEntry,
    JournalLine,
    Payout,
    PayoutBatch,
    PayoutMethod,
)
from marketplace.ledger.payouts import Choice
from marketplace.orders.models import OrderState
from marketplace.orders.queries import refund_due
from marketplace.payments import refunds, service
from marketplace.payments.models import Payment, PaymentState, Refund, RefundMethod, UniqueCode
from marketplace.shared.errors import DomainError
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.ledger.earning import balance, earn, money_in
from tests.ledger.paying import family, released, with_bank
from tests.payments import billing
from tests.races import harness

TRIES = 24


def run(url: str, build: Callable[..., harness.Task], count: int = TRIES, **values: Any) -> Counter[str]:
    """Run the tasks, then look at the database with fresh eyes."""
    tally = harness.run(url, build, count, **values)
    db.session.rollback()
    return tally


def confirming(payment_ids: tuple[int, ...]) -> harness.Task:
    """Confirm payments in turn, each try with a line of the statement of its own."""
    amounts = {key: db.session.get_one(Payment, key).amount for key in payment_ids}
    db.session.rollback()

    def task(number: int) -> str:
        key = payment_ids[number % len(payment_ids)]
        try:
            with unit_of_work():
                payment = service.confirm(key, amounts[key], f"STM-{number}", None)
                return "review" if payment.needs_review else "paid"
        except DomainError:
            return "refused"

    return task


def careless_treasurer(payment_ids: tuple[int, ...]) -> harness.Task:
    """Look at the state, then write the money down: the mistake that the desk does not make."""
    db.session.execute(select(1))
    db.session.rollback()

    def task(number: int) -> str:
        # Each payment is looked at by all processes at the same moment.
        row = Payment.id == payment_ids[number // harness.PROCESSES]
        with db.engine.connect() as connection:
            state = connection.scalar(select(Payment.state).where(row))
            connection.rollback()
            harness.meet()
            if state is not PaymentState.PENDING:
                return "refused"
            connection.execute(update(Payment).where(row).values(state=PaymentState.CONFIRMED))
            connection.commit()
        return "paid"

    return task


def sum_of(account: Account) -> int:
    db.session.rollback()
    return int(db.session.scalar(select(func.sum(JournalLine.amount)).where(JournalLine.account == account)) or 0)


def test_a_payment_confirmed_by_many_is_confirmed_once(app: Flask, database_url: str) -> None:
    billing.bank()
    bill = billing.bill(billing.order())
    tally = run(database_url, confirming, payment_ids=(bill.id,))
    assert tally == {"paid": 1, "refused": TRIES - 1}
    assert sum_of(Account.BANK) == bill.amount
    assert billing.state_of(bill.order) is OrderState.PROCESSING


def test_two_payments_of_one_order_pay_it_once_and_nothing_is_lost(app: Flask, database_url: str) -> None:
    billing.bank()
    billing.qris()
    order = billing.order()
    first = billing.bill(order)
    with unit_of_work():
        second = service.change_method(order.id, "qris")
    tally = run(database_url, confirming, payment_ids=(first.id, second.id))
    assert tally == {"paid": 1, "review": 1, "refused": TRIES - 2}
    assert sum_of(Account.CUSTOMER_DEPOSITS) == -50_000
    assert sum_of(Account.BANK) + sum_of(Account.QRIS) == first.amount + 50_000
    assert refund_due(order.id) in (first.amount, 50_000)


def test_control_without_the_condition_confirms_twice(app: Flask, database_url: str) -> None:
    order = billing.order()
    bills = [Payment(order_id=order.id, provider="qris", amount=50_000) for _number in range(5)]
    make.add(*bills)
    ids = tuple(bill.id for bill in bills)
    tally = run(database_url, careless_treasurer, len(ids) * harness.PROCESSES, payment_ids=ids)
    assert tally["paid"] > len(ids), "the race did not show: these tests prove nothing then"


def billing_for(order_ids: tuple[int, ...], same: bool = False) -> harness.Task:
    """Make a transfer bill for each order, or again and again for the first."""

    def task(number: int) -> str:
        with unit_of_work():
            payment = service.start(order_ids[0 if same else number], "transfer")
            return str(payment.id) if same else "made"

    return task


def test_bills_made_at_once_get_codes_and_sums_of_their_own(app: Flask, database_url: str) -> None:
    billing.bank()
    product = make.product(price=50_000, approved_price=50_000, stock=TRIES)
    order_ids = tuple(_placed(product.id) for _number in range(TRIES))
    assert run(database_url, billing_for, order_ids=order_ids) == {"made": TRIES}
    codes = db.session.scalars(select(UniqueCode.code)).all()
    assert len(set(codes)) == len(codes) == TRIES
    assert db.session.scalar(select(func.count(Payment.amount.distinct()))) == TRIES


def test_a_double_click_makes_one_bill(app: Flask, database_url: str) -> None:
    billing.bank()
    order = billing.order()
    tally = run(database_url, billing_for, order_ids=(order.id,), same=True)
    assert list(tally.values()) == [TRIES]
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Payment)) == 1


def _placed(product_id: int) -> int:
    from marketplace.orders.wanted import LineRequest
    from tests.orders.asking import placed

    return placed(LineRequest(1, product_id=product_id)).id


def giving_back(order_id: int, amount: int) -> harness.Task:
    """Give the whole sum back."""

    def task(_number: int) -> str:
        try:
            with unit_of_work():
                refunds.record_refund(order_id, amount, RefundMethod.CASH, "Siti Contoh", "Salah bayar", None)
        except DomainError:
            return "refused"
        return "given"

    return task


def test_money_is_given_back_once(app: Flask, database_url: str) -> None:
    billing.bank()
    order = billing.order()
    bill = billing.bill(order)
    billing.confirmed(bill, 60_000)
    money_in(60_000)
    tally = run(database_url, giving_back, order_id=order.id, amount=60_000)
    assert tally == {"given": 1, "refused": TRIES - 1}
    assert db.session.scalar(select(func.sum(Refund.amount))) == 60_000
    assert (refund_due(order.id), sum_of(Account.CASH)) == (0, 0)


def paying(household_id: int) -> harness.Task:
    """Prepare a batch for a household and pay it, as several treasurers might at once."""

    def task(number: int) -> str:
        try:
            with unit_of_work():
                choice = Choice(household_id, PayoutMethod.CASH)
                batch = payouts.prepare_batch(make.REGENCY, [choice], None)
                batches.release(batch.id, None)
                payouts.pay(batch.payouts[0].id, f"Siti {number}", None)
        except DomainError:
            return "refused"
        return "paid"

    return task


def paying_one(payout_id: int) -> harness.Task:
    """Pay the same payout again and again."""

    def task(number: int) -> str:
        try:
            with unit_of_work():
                payouts.pay(payout_id, f"Siti {number}", None)
        except DomainError:
            return "refused"
        return "paid"

    return task


def careless_payer(household_id: int, amount: int) -> harness.Task:
    """Read the balance, then write it: the mistake that the payout does not make."""
    row = HouseholdBalance.household_id == household_id
    db.session.execute(select(1))
    db.session.rollback()

    def task(_number: int) -> str:
        with db.engine.connect() as connection:
            found = connection.scalar(select(HouseholdBalance.balance).where(row)) or 0
            connection.rollback()
            harness.meet()
            if found < amount:
                return "refused"
            connection.execute(update(HouseholdBalance).where(row).values(balance=found - amount))
            connection.commit()
        return "paid"

    return task


def test_a_family_is_paid_once_by_many_treasurers(app: Flask, database_url: str) -> None:
    row = make.household()
    money_in(500_000)
    earn(row.id, None, 75_000)
    tally = run(database_url, paying, household_id=row.id)
    assert tally == {"paid": 1, "refused": TRIES - 1}
    assert (balance(row.id), sum_of(Account.CASH)) == (0, 425_000)
    assert db.session.scalar(select(func.count()).select_from(PayoutBatch)) == 1


def test_one_payout_leaves_the_till_once(app: Flask, database_url: str) -> None:
    row = make.household()
    earn(row.id, None, 75_000)
    with unit_of_work():
        batch = payouts.prepare_batch(make.REGENCY, [Choice(row.id, PayoutMethod.CASH)], None)
        batches.release(batch.id, None)
        payout_id = batch.payouts[0].id
    earn(row.id, None, 500_000)  # the balance alone would allow more
    money_in(575_000)
    tally = run(database_url, paying_one, payout_id=payout_id)
    assert tally == {"paid": 1, "refused": TRIES - 1}
    assert (balance(row.id), sum_of(Account.CASH)) == (500_000, 500_000)
    entries = select(func.count()).where(JournalEntry.kind == EntryKind.PAYOUT)
    assert db.session.scalar(entries) == db.session.scalar(select(func.count()).select_from(Payout)) == 1


def test_control_without_the_condition_pays_out_too_much(app: Flask, database_url: str) -> None:
    row = make.household()
    earn(row.id, None, 75_000)
    tally = run(database_url, careless_payer, household_id=row.id, amount=25_000)
    assert tally["paid"] > 3, "the race did not show: these tests prove nothing then"


def paying_each(payout_ids: tuple[int, ...]) -> harness.Task:
    """Pay one payout after another, each of another family."""

    def task(number: int) -> str:
        try:
            with unit_of_work():
                payouts.pay(payout_ids[number], "Siti Contoh", None)
        except DomainError:
            return "refused"
        return "paid"

    return task


def careless_cashier(entry_id: int, amount: int) -> harness.Task:
    """Count the till, then take from it: what paying would do without the lock."""
    cash = select(func.sum(JournalLine.amount)).where(JournalLine.account == Account.CASH)
    db.session.execute(select(1))
    db.session.rollback()

    def task(_number: int) -> str:
        with db.engine.connect() as connection:
            found = connection.scalar(cash) or 0
            connection.rollback()
            harness.meet()
            if found < amount:
                return "refused"
            values = {"entry_id": entry_id, "account": Account.CASH, "amount": -amount}
            connection.execute(insert(JournalLine).values(values))
            connection.commit()
        return "paid"

    return task


def test_the_till_pays_no_more_than_it_holds(app: Flask, database_url: str) -> None:
    rows = [make.household() for _number in range(TRIES)]
    for row in rows:
        earn(row.id, None, 10_000)
    money_in(59_999)
    with unit_of_work():
        choices = [Choice(row.id, PayoutMethod.CASH) for row in rows]
        batch = payouts.prepare_batch(make.REGENCY, choices, None)
        batches.release(batch.id, None)
        payout_ids = tuple(payout.id for payout in batch.payouts)
    tally = run(database_url, paying_each, payout_ids=payout_ids)
    assert tally == {"paid": 5, "refused": TRIES - 5}
    assert sum_of(Account.CASH) == 9_999


def test_one_line_of_the_bank_proves_one_payout(app: Flask, database_url: str) -> None:
    rows = [with_bank(family(10_000)) for _number in range(TRIES)]
    money_in(10_000 * TRIES, Account.BANK)
    payout_ids = tuple(payout.id for payout in released(*rows, method=PayoutMethod.BANK).payouts)
    tally = run(database_url, paying_each, payout_ids=payout_ids)  # each with the same reference
    assert tally == {"paid": 1, "refused": TRIES - 1}
    assert sum_of(Account.BANK) == 10_000 * (TRIES - 1)


def test_control_without_the_lock_empties_the_till_twice(app: Flask, database_url: str) -> None:
    money_in(75_000)
    entry_id = db.session.scalars(select(JournalEntry.id)).one()
    tally = run(database_url, careless_cashier, entry_id=entry_id, amount=25_000)
    assert tally["paid"] > 3, "the race did not show: these tests prove nothing then"
