"""An office's debt: within its limit, lowered by money and by what falls away, never lost to the rupiah."""

import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from marketplace.extensions import db
from marketplace.ledger.models import Account, JournalLine
from marketplace.ledger.queries import account_balances, order_balance
from marketplace.offices import desk_queries, invoices, ordering, queries, service
from marketplace.offices.desk_queries import InvoiceTab, Standing
from marketplace.offices.rules import InvoiceState, invoice_state
from marketplace.orders import adjustments, returns
from marketplace.orders.models import Order
from marketplace.orders.queries import refund_due
from marketplace.orders.wanted import LineRequest
from marketplace.payments import refunds
from marketplace.payments.kept import Rest
from marketplace.payments.models import RefundMethod
from marketplace.reports import checks
from marketplace.shared import clock
from marketplace.shared.errors import InvalidInput, StateConflict
from tests import make
from tests.conftest import reset
from tests.offices.purchasing import Bureau, delivered, do, goods, invoice_of, order_of, pay, row


def debt(order: Order) -> int:
    db.session.rollback()
    return order_balance(order.id, Account.RECEIVABLES)


def fresh(order: Order) -> Order:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Order, order.id)


def earned() -> int:
    lines = select(-func.coalesce(func.sum(JournalLine.amount), 0))
    return int(db.session.scalar(lines.where(JournalLine.account == Account.HOUSEHOLD_PAYABLE)) or 0)


def faults() -> dict[str, object]:
    db.session.rollback()
    return {check.name: found.faults for check in checks.ALL if (found := check.run()).broken}


def test_families_earn_at_delivery_and_the_office_pays_in_parts(app: Flask) -> None:
    product, bureau = goods(price=50_000), Bureau(credit=1_000_000)
    order = bureau.ordered(LineRequest(2, product.id))
    assert (debt(order), earned()) == (100_000, 0)
    delivered(order)
    assert (debt(order), earned(), fresh(order).paid_at) == (100_000, 100_000, None)
    pay(invoice_of(order), 60_000)
    assert (debt(order), invoice_of(order).open_amount, fresh(order).paid_at) == (40_000, 40_000, None)
    pay(invoice_of(order), 40_000, "Pak Amat", provider="cash")
    assert (debt(order), invoice_of(order).open_amount, fresh(order).paid_at is None) == (0, 0, False)
    books = account_balances(make.REGENCY)
    assert (books[Account.BANK], books[Account.CASH], books[Account.RECEIVABLES]) == (60_000, 40_000, 0)
    assert faults() == {}


def test_too_much_is_owed_back_and_given_back(app: Flask) -> None:
    order = Bureau(credit=1_000_000).ordered(LineRequest(1, goods(price=50_000).id))
    pay(invoice_of(order), 70_000)
    pay(invoice_of(order), 5_000)  # paid twice, so to speak
    assert (debt(order), refund_due(order.id)) == (0, 25_000)
    do(refunds.record_refund, order.id, 25_000, RefundMethod.TRANSFER, "KEMBALI", "Lebih bayar", None)
    assert (refund_due(order.id), faults()) == (0, {})


def test_a_line_of_the_statement_pays_once(app: Flask) -> None:
    bureau, product = Bureau(credit=1_000_000), goods(price=50_000)
    first, second = (bureau.ordered(LineRequest(1, product.id)) for _number in range(2))
    pay(invoice_of(first), 50_000, "MUT-1")
    with pytest.raises(InvalidInput) as refused:
        pay(invoice_of(second), 50_000, "MUT-1")
    assert (refused.value.field, debt(second)) == ("reference", 50_000)
    with pytest.raises(InvalidInput):
        do(invoices.receive, invoice_of(second).id, Rest("transfer", 50_000, ""), None)


Loss = Callable[[Order], None]


def shorten(order: Order) -> None:
    do(adjustments.short_ship, order.id, order.lines[0].id, 1, "Pecah", None)


def cancel(order: Order) -> None:
    do(adjustments.cancel, order.id, by_buyer=False, reason="Batal", actor_id=None)


def send_back(order: Order) -> None:
    delivered(order)
    do(returns.take_return, order.id, restock=True, reason="Basi", actor_id=None)


@pytest.mark.parametrize(
    ("loss", "paid", "left", "back", "state"),
    [
        (shorten, 0, 50_000, 0, InvoiceState.OPEN),
        (shorten, 30_000, 20_000, 0, InvoiceState.PARTLY_PAID),
        (shorten, 80_000, 0, 30_000, InvoiceState.PAID),
        (shorten, 100_000, 0, 50_000, InvoiceState.PAID),
        (cancel, 0, 0, 0, InvoiceState.CANCELLED),
        (cancel, 30_000, 0, 30_000, InvoiceState.CANCELLED),
        (send_back, 0, 0, 0, InvoiceState.CANCELLED),
        (send_back, 100_000, 0, 100_000, InvoiceState.CANCELLED),
    ],
)
def test_what_falls_away_lowers_the_debt_first(
    app: Flask, loss: Loss, paid: int, left: int, back: int, state: InvoiceState
) -> None:
    order = Bureau(credit=1_000_000).ordered(LineRequest(2, goods(price=50_000).id))
    if paid:
        pay(invoice_of(order), paid)
    loss(fresh(order))
    invoice = invoice_of(order)
    assert (debt(order), invoice.open_amount, refund_due(order.id)) == (left, left, back)
    assert invoice_state(invoice.due_amount, invoice.paid_amount) is state
    assert faults() == {}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(("pay", "short")), st.integers(1, 200_000)), max_size=6))
def test_any_turn_of_money_and_losses_keeps_the_books(app: Flask, steps: list[tuple[str, int]]) -> None:
    """The debt is what the order costs less what came, as far as that; the rest is owed back."""
    reset(app)
    order = Bureau(credit=10_000_000).ordered(LineRequest(9, goods(price=33_333).id))
    left, paid = 9, 0
    for kind, amount in steps:
        if kind == "pay":
            pay(invoice_of(order), amount)
            paid += amount
        elif left > 1:
            shorten(fresh(order))
            left -= 1
    due = left * 33_333
    assert (debt(order), refund_due(order.id)) == (max(due - paid, 0), max(paid - due, 0))
    assert (fresh(order).paid_at is not None) == (paid >= due)
    assert faults() == {}


def test_the_limit_holds_over_all_open_invoices(app: Flask) -> None:
    product, bureau = goods(price=50_000), Bureau(credit=100_000)
    first = bureau.ordered(LineRequest(1, product.id))
    bureau.ordered(LineRequest(1, product.id))
    key = bureau.approved(LineRequest(1, product.id))
    with pytest.raises(InvalidInput) as refused:
        do(ordering.order, key, "SP-last", "invoice", bureau.asker.id)
    assert str(refused.value.message).startswith(
        "This order is Rp50.000. Your office may owe Rp100.000 at most and owes Rp100.000 now: Rp0 is left."
    )
    pay(invoice_of(first), 50_000)
    do(ordering.order, key, "SP-last", "invoice", bureau.asker.id)
    assert queries.owed_by(bureau.id) == 100_000
    do(service.set_credit, bureau.id, allowed=True, limit=10, actor_id=bureau.approver.id)  # what is owed stays
    assert faults() == {}


def test_an_order_beyond_the_limit_itself_says_so(app: Flask) -> None:
    key = Bureau(credit=100_000).approved(LineRequest(3, goods(price=50_000).id))
    with pytest.raises(InvalidInput) as refused:
        do(ordering.order, key, "SP-1", "invoice", row(key).made_by_id)
    said = "This order is Rp150.000, and your office may owe Rp100.000 at most. Pay it before we pack."
    assert (str(refused.value.message), refused.value.field) == (said, "payment_method")


def test_what_is_late_is_told_by_its_day(app: Flask) -> None:
    product, bureau = goods(price=50_000), Bureau(credit=1_000_000)
    order = bureau.ordered(LineRequest(1, product.id))
    due = invoice_of(order).due_on
    assert due == invoice_of(order).issued_on + dt.timedelta(days=30)
    after = due + dt.timedelta(days=1)
    assert desk_queries.standings([bureau.id], due) == {bureau.id: Standing(50_000, 0)}
    assert desk_queries.standings([bureau.id], after) == {bureau.id: Standing(50_000, 50_000)}
    listed = db.session.scalars(desk_queries.invoices_in(make.REGENCY, InvoiceTab.OVERDUE, "", after)).all()
    assert [row.id for row in listed] == [invoice_of(order).id]
    do(invoices.remind, invoice_of(order).id, None)
    assert invoice_of(order).reminded_on == clock.today("Asia/Makassar")
    pay(invoice_of(order), 50_000)
    assert desk_queries.standings([bureau.id], after) == {}
    with pytest.raises(StateConflict):
        do(invoices.remind, invoice_of(order).id, None)


def test_numbers_have_no_gap_in_a_regencys_year(app: Flask) -> None:
    product, bureau = goods(price=50_000, stock=3), Bureau(credit=1_000_000)
    numbers = [invoice_of(bureau.ordered(LineRequest(1, product.id))).number for _number in range(2)]
    key = bureau.approved(LineRequest(1, product.id))
    with pytest.raises(InvalidInput):
        do(ordering.order, key, "", "invoice", bureau.asker.id)
    numbers.append(invoice_of(do(ordering.order, key, "SP-x", "invoice", bureau.asker.id)).number)
    year = clock.today("Asia/Makassar").year
    assert numbers == [f"TG-6306-{year}-{serial:04d}" for serial in (1, 2, 3)]


def test_the_paper_says_what_is_bought(app: Flask) -> None:
    bureau, product = Bureau(credit=1_000_000), goods(price=50_000)
    order = bureau.ordered(LineRequest(3, product.id))
    shorten(fresh(order))
    pay(invoice_of(order), 10_000)
    paper = queries.paper_of(invoice_of(order))
    assert [(line.quantity, line.amount) for line in paper.lines] == [(2, 100_000)]
    assert (paper.total, paper.paid, paper.open, paper.state) == (100_000, 10_000, 90_000, InvoiceState.PARTLY_PAID)
    assert paper.purchase_number == order_of(order).purchase_number != ""
    assert sum(line.amount for line in paper.lines) + paper.delivery_fee == paper.total
