"""Lines meet bills through the same commands as by hand: each line once, nothing written down twice, nothing lost."""

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.extensions import db
from marketplace.ledger.models import Account
from marketplace.ledger.queries import account_balances
from marketplace.orders.models import OrderState
from marketplace.orders.queries import refund_due
from marketplace.payments import kept
from marketplace.payments import queries as payment_queries
from marketplace.payments import service as payments
from marketplace.payments.models import Payment, PaymentState
from marketplace.payments.queries import Tab
from marketplace.shared.errors import InvalidInput, NotFound, StateConflict
from marketplace.shared.transaction import unit_of_work
from marketplace.treasury import queries, rules, service
from marketplace.treasury.models import LineState, Outcome, StatementLine
from marketplace.treasury.rules import Reason
from tests import make
from tests.payments import billing
from tests.treasury.taking import fresh, line, today


def matched(row: StatementLine, order_id: int) -> StatementLine:
    with unit_of_work():
        service.match(row.id, order_id, None)
    return fresh(row)


def proposed(row: StatementLine) -> tuple[Reason, bool]:
    db.session.rollback()
    best = queries.proposals([fresh(row)])[row.id][0]
    return best.reason, best.is_certain


def test_a_transfer_with_its_code_is_certain_and_pays_the_order(app: Flask) -> None:
    account = billing.bank()
    bill = billing.bill(billing.order())
    row = line(account, bill.amount)
    assert proposed(row) == (Reason.CODE, True)
    with unit_of_work():
        assert service.match_certain(make.REGENCY, {row.id: bill.order_id}, None) == 1
    row = fresh(row)
    assert (row.state, row.outcome, row.payment_id) == (LineState.MATCHED, Outcome.PAID, bill.id)
    assert billing.state_of(bill.order) is OrderState.PROCESSING
    assert billing.fresh(bill).provider_reference == row.reference.upper()


@pytest.mark.parametrize("says", [False, True])
def test_a_transfer_that_names_an_order_to_be_paid_by_qris_pays_it(app: Flask, says: bool) -> None:
    account = billing.bank()
    billing.qris()
    bill = billing.bill(billing.order(39_000), "qris")
    if says:
        with unit_of_work():
            payments.claim(bill.id, None, "Sudah")
    row = line(account, 39_000, f"QRIS {bill.order.number}")
    assert proposed(row) == (Reason.SUM_AND_NUMBER, True)
    with unit_of_work():
        assert service.match_certain(make.REGENCY, {row.id: bill.order_id}, None) == 1
    assert (fresh(row).outcome, billing.state_of(bill.order)) == (Outcome.PAID, OrderState.PROCESSING)
    assert (account_balances(make.REGENCY)[Account.BANK], refund_due(bill.order_id)) == (39_000, 0)
    assert billing.fresh(bill).state is PaymentState.CANCELLED  # what he said that he paid is this money
    assert payment_queries.counts(make.REGENCY)[Tab.CLAIMED] == 0


@pytest.mark.parametrize("sum_", [39_000, 20_000])
def test_money_of_a_settled_claim_that_comes_all_the_same_is_kept_as_more(app: Flask, sum_: int) -> None:
    account, own = billing.bank(), billing.qris()
    bill = billing.bill(billing.order(39_000), "qris")
    with unit_of_work():
        payments.claim(bill.id, None, "Sudah")
    matched(line(account, 39_000, f"QRIS {bill.order.number}"), bill.order_id)
    late = matched(line(own, sum_, bill.order.number), bill.order_id)
    assert (late.outcome, late.payment_id, refund_due(bill.order_id)) == (Outcome.TWICE, bill.id, sum_)


def test_only_what_would_pay_is_certain_for_a_bill_of_another_way(app: Flask) -> None:
    account = billing.qris()
    billing.bank()
    bill = billing.bill(billing.order(39_000))
    assert proposed(line(account, bill.amount, bill.order.number)) == (Reason.NUMBER, False)  # its code is the bank's
    with unit_of_work():
        kept.take_more(bill.order_id, kept.Rest("qris", 50_000, "QR 1"), None)
    assert proposed(line(account, 39_000, bill.order.number))[1] is False  # more is here than it asks for


def test_what_is_not_certain_any_more_is_left_to_a_person(app: Flask) -> None:
    account = billing.bank()
    bill = billing.bill(billing.order())
    first, second = line(account, bill.amount), line(account, bill.amount)
    with unit_of_work():
        shown = {first.id: bill.order_id, second.id: bill.order_id}
        assert service.match_certain(make.REGENCY, shown, None) == 0
    assert fresh(first).state is LineState.OPEN
    with unit_of_work():
        assert service.match_certain(make.REGENCY, {first.id: bill.order_id + 1}, None) == 0


def test_a_line_is_used_once(app: Flask) -> None:
    account = billing.bank()
    one, other = billing.bill(billing.order()), billing.bill(billing.order())
    row = matched(line(account, one.amount), one.order_id)
    for act in (
        lambda: service.match(row.id, other.order_id, None),
        lambda: service.link(row.id, other.id, None),
        lambda: service.set_aside(row.id, "Bukan", None),
        lambda: service.take_own(row.id, Account.QRIS, None),
    ):
        with pytest.raises(StateConflict), unit_of_work():
            act()
    assert billing.state_of(other.order) is OrderState.AWAITING_PAYMENT


def test_too_little_waits_for_its_rest_which_then_pays(app: Flask) -> None:
    account = billing.bank()
    bill = billing.bill(billing.order())
    short = line(account, bill.amount - 10_000, f"BAYAR {bill.order.number}")
    assert proposed(short) == (Reason.NUMBER, False)
    assert matched(short, bill.order_id).outcome is Outcome.SHORT
    rest = line(account, 10_000, f"SISA {bill.order.number}")
    assert proposed(rest) == (Reason.REST, True)
    assert matched(rest, bill.order_id).outcome is Outcome.PAID
    assert billing.state_of(bill.order) is OrderState.PROCESSING
    assert account_balances(make.REGENCY)[Account.BANK] == bill.amount


def test_too_much_is_kept_for_a_person(app: Flask) -> None:
    account = billing.bank()
    bill = billing.bill(billing.order())
    row = matched(line(account, bill.amount + 5_000), bill.order_id)
    assert (row.outcome, billing.fresh(bill).needs_review) == (Outcome.OVER, True)


def test_money_that_comes_twice_is_owed_back(app: Flask) -> None:
    account = billing.bank()
    bill = billing.bill(billing.order())
    matched(line(account, bill.amount), bill.order_id)
    again = line(account, bill.amount)
    assert proposed(again) == (Reason.TWICE, False)
    row = matched(again, bill.order_id)
    assert (row.outcome, refund_due(bill.order_id)) == (Outcome.TWICE, bill.amount)
    assert db.session.scalar(select(func.count()).select_from(Payment)) == 2
    assert account_balances(make.REGENCY)[Account.BANK] == 2 * bill.amount


def test_money_for_a_bill_that_ended_is_written_down(app: Flask) -> None:
    account = billing.bank()
    billing.qris()
    bill = billing.bill(billing.order())
    with unit_of_work():
        payments.change_method(bill.order_id, "qris")
    row = line(account, bill.amount)
    assert proposed(row) == (Reason.ENDED, False)
    assert matched(row, bill.order_id).outcome is Outcome.PAID  # the order still took it
    assert account_balances(make.REGENCY)[Account.BANK] == bill.amount


def test_what_was_written_down_by_hand_is_not_written_down_again(app: Flask) -> None:
    account = billing.bank()
    bill = billing.confirmed(billing.bill(billing.order()))
    row = line(account, bill.amount)
    assert proposed(row) == (Reason.BY_HAND, False)
    with unit_of_work():
        service.link(row.id, bill.id, None)
    assert (fresh(row).outcome, account_balances(make.REGENCY)[Account.BANK]) == (Outcome.LINKED, bill.amount)
    other = line(account, bill.amount)
    assert proposed(other) == (Reason.TWICE, False)
    with pytest.raises(StateConflict), unit_of_work():
        service.link(other.id, bill.id, None)


def test_the_same_sum_of_another_week_was_not_written_down_by_hand(app: Flask) -> None:
    account = billing.bank()
    bill = billing.confirmed(billing.bill(billing.order()))
    with unit_of_work():
        billing.fresh(bill).created_at -= dt.timedelta(days=20)
    near, far = (line(account, bill.amount, day=today() - dt.timedelta(days=days)) for days in (3, 4))
    assert proposed(near) == (Reason.BY_HAND, False)
    assert queries.proposals([fresh(far)])[far.id] == []


def test_qris_paid_out_to_the_bank_moves_between_the_accounts(app: Flask) -> None:
    account = billing.bank()
    billing.qris()
    billing.confirmed(billing.bill(billing.order(), "qris"))
    row = line(account, 49_650, "SETTLEMENT QRIS")
    with unit_of_work():
        service.take_own(row.id, Account.QRIS, None)
    there = account_balances(make.REGENCY)
    assert (fresh(row).outcome, there[Account.BANK], there[Account.QRIS]) == (Outcome.MOVED, 49_650, 350)
    with pytest.raises(InvalidInput), unit_of_work():
        service.take_own(line(account, 351).id, Account.QRIS, None)


def test_what_is_not_ours_needs_a_reason_and_can_come_back(app: Flask) -> None:
    row = line(billing.bank(), 7_000)
    with pytest.raises(InvalidInput), unit_of_work():
        service.set_aside(row.id, "", None)
    with unit_of_work():
        service.set_aside(row.id, "Salah kirim", None)
    assert (fresh(row).state, fresh(row).note) == (LineState.NOT_OURS, "Salah kirim")
    with unit_of_work():
        service.reopen(row.id, None)
    assert (fresh(row).state, fresh(row).note) == (LineState.OPEN, "")


def test_an_order_of_elsewhere_takes_no_line(app: Flask) -> None:
    account = billing.bank(make.OTHER_REGENCY)
    order = billing.order()
    row = line(account, 50_000)
    with pytest.raises(NotFound), unit_of_work():
        service.match(row.id, order.id, None)
    assert fresh(row).state is LineState.OPEN


def test_money_that_left_waits_for_nobody(app: Flask) -> None:
    assert line(billing.bank(), -6_500, "BIAYA ADM").state is LineState.OUTGOING


def test_certain_lines_of_many_orders_are_matched_together(app: Flask) -> None:
    account = billing.bank()
    bills = [billing.bill(billing.order()) for _number in range(4)]
    rows = [line(account, bill.amount, f"TRF {bill.order.number}") for bill in bills]
    certain = rules.without_rivals(queries.proposals(queries.open_lines(make.REGENCY)))
    with unit_of_work():
        shown = {key: each.bill.order_id for key, each in certain.items()}
        assert service.match_certain(make.REGENCY, shown, None) == 4
    assert {fresh(row).outcome for row in rows} == {Outcome.PAID}
