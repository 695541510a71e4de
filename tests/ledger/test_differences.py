"""What was counted is what the books hold, once a second person had looked; whoever looks in whatever order."""

import itertools

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.extensions import db
from marketplace.ledger import closing, differences
from marketplace.ledger.closing import Counted
from marketplace.ledger.models import Account
from marketplace.ledger.queries import account_balances
from marketplace.ledger.transfers import move_money
from marketplace.reports.checks import treasury
from marketplace.shared import clock
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.ledger.earning import money_in
from tests.treasury.taking import today

DAY = clock.dt.timedelta(days=1)


def closed(days_ago: int, cash: int) -> int:
    """Close a day with so much in the drawer; return the close's id."""
    db.session.rollback()
    day = today() - days_ago * DAY
    with clock.at(clock.now() - days_ago * DAY), unit_of_work():
        sums = {book.account: Counted(book.expected) for book in closing.books(make.REGENCY, day)}
        return closing.close(make.REGENCY, day, sums | {Account.CASH: Counted(cash, "Kembalian")}, None).id


def seen(close_id: int) -> None:
    db.session.rollback()
    with unit_of_work():
        differences.mark_seen(close_id, make.user(Role.HEAD).id)


def books() -> tuple[int, int]:
    """Return what the books hold in the drawer, and as differences."""
    db.session.rollback()
    found = account_balances(make.REGENCY)
    return found[Account.CASH], found[Account.COUNT_DIFFERENCES]


def whole() -> bool:
    db.session.rollback()
    return not any(check.run().broken for check in treasury.CHECKS)


@pytest.mark.parametrize("cash", [99_000, 100_000, 100_500])
def test_the_books_hold_what_was_counted_once_somebody_looked(app: Flask, cash: int) -> None:
    with clock.at(clock.now() - 3 * DAY):
        money_in(100_000)
    first = closed(2, cash)
    assert (books(), whole()) == ((100_000, 0), True)
    seen(first)
    assert (books(), whole()) == ((cash, 100_000 - cash), True)
    second = closed(0, cash)
    row = next(each for each in db.session.get_one(closing.DayClose, second).counts if each.account == "cash")
    assert (row.difference, row.expected) == (0, cash)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
@pytest.mark.parametrize("counts", [(99_000, 99_000, 99_000), (99_000, 100_000, 98_500), (101_000, 99_000, 100_000)])
def test_the_newest_count_holds_in_whatever_order_they_are_looked_at(
    app: Flask, order: tuple[int, ...], counts: tuple[int, ...]
) -> None:
    with clock.at(clock.now() - 5 * DAY):
        money_in(100_000)
    closes = [closed(3 - number, cash) for number, cash in enumerate(counts)]
    for number in order:
        seen(closes[number])
        assert whole()
    assert books() == (counts[2], 100_000 - counts[2])


def test_money_that_left_since_without_being_there_is_asked_for(app: Flask, client: FlaskClient) -> None:
    with clock.at(clock.now() - 3 * DAY):
        money_in(10_000)
    first = closed(2, 0)
    with unit_of_work():
        move_money(make.REGENCY, Account.CASH, Account.BANK, 4_000, "Disetor", "pagi", None)
    make.sign_in(client, make.user(Role.HEAD))
    refused = client.post(f"/dinas/tutup-hari/{first}/dilihat")
    assert (refused.status_code, "The books hold only Rp6.000" in refused.text) == (422, True)
    assert (books(), whole()) == ((6_000, 0), True)


def test_the_second_person_enters_the_difference_on_screen(app: Flask, client: FlaskClient) -> None:
    with clock.at(clock.now() - 3 * DAY):
        money_in(100_000)
    page = f"/dinas/tutup-hari/{closed(2, 99_000)}"
    make.sign_in(client, make.user(Role.TREASURER))
    assert "At the last close -Rp1.000 was different" in client.get("/dinas/tutup-hari").text
    make.sign_in(client, make.user(Role.HEAD))
    assert "enter the difference" in client.get(page).text
    assert client.post(f"{page}/dilihat").status_code == 302
    assert "enter the difference" not in client.get(page).text
    make.sign_in(client, make.user(Role.TREASURER))
    again = client.get("/dinas/tutup-hari").text
    assert ("was different" in again, "Difference when counting" in again, "Rp99.000" in again) == (False, True, True)
    assert "Kembalian" in client.get("/dinas/buku").text
