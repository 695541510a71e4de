"""A closed day stays as it was counted: money that comes later is entered on the next open day."""

import datetime as dt

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.areas.queries import time_zone
from marketplace.extensions import db
from marketplace.ledger import closing, differences, payouts
from marketplace.ledger.closing import ACCOUNTS, Counted
from marketplace.ledger.models import Account, JournalEntry
from marketplace.shared import clock
from marketplace.shared.errors import Forbidden, InvalidInput, StateConflict
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.ledger.earning import earn, money_in
from tests.ledger.paying import family, paid, released


def today() -> dt.date:
    return clock.today(time_zone(make.REGENCY))


def closed(day: dt.date | None = None, actor_id: int | None = None, **counted: int) -> closing.DayClose:
    """Close a day; what is not named is what the books say."""
    day = day or today()
    db.session.rollback()
    sums = {book.account: Counted(book.expected) for book in closing.books(make.REGENCY, day)}
    sums |= {Account(name): Counted(amount) for name, amount in counted.items()}
    with unit_of_work():
        return closing.close(make.REGENCY, day, sums, actor_id)


def last_day() -> dt.date:
    db.session.rollback()
    return db.session.scalars(select(JournalEntry.entry_date).order_by(JournalEntry.id.desc())).first() or dt.date.min


def test_a_close_says_opening_in_out_and_what_should_be_there(app: Flask) -> None:
    money_in(100_000)
    paid(released(family(30_000)).payouts[0])
    yesterday = today() - dt.timedelta(days=1)
    with clock.at(clock.now() - dt.timedelta(days=1)):
        money_in(7_000, Account.BANK)
    first = closed(yesterday)
    assert {count.account: count.expected for count in first.counts} == {"cash": 0, "bank": 7_000, "qris": 0}
    second = closed()
    cash, bank = second.counts[0], second.counts[1]
    assert (cash.opening, cash.incoming, cash.outgoing, cash.expected) == (0, 130_000, 30_000, 100_000)
    assert (bank.opening, bank.incoming, bank.expected) == (7_000, 0, 7_000)


def test_later_money_is_entered_on_the_next_open_day_and_earnings_are_not_moved(app: Flask) -> None:
    row = family(20_000)
    payout = released(row).payouts[0]
    closed()
    assert paid(payout).state.value == "paid"
    assert last_day() == today() + dt.timedelta(days=1)
    with unit_of_work():
        payouts.return_payout(payout.id, "Salah baris", None)
    assert last_day() == today() + dt.timedelta(days=1)  # what was wrong is put right later, never before
    earn(row.id, None, 5_000)
    assert last_day() == today()


def test_a_difference_needs_a_reason(app: Flask) -> None:
    money_in(100_000)
    with pytest.raises(InvalidInput) as refused:
        closed(cash=99_000)
    assert refused.value.field == "reason-cash"
    db.session.rollback()
    counted = {account: Counted(0) for account in ACCOUNTS} | {Account.CASH: Counted(99_000, "Uang kembali salah")}
    with unit_of_work():
        row = closing.close(make.REGENCY, today(), counted, None)
    assert [count.difference for count in row.counts] == [-1_000, 0, 0]


def test_no_day_is_closed_twice_backwards_or_ahead(app: Flask) -> None:
    closed()
    for day in (today(), today() - dt.timedelta(days=1), today() + dt.timedelta(days=1)):
        with pytest.raises(InvalidInput):
            closed(day)


def test_another_regency_is_not_closed(app: Flask) -> None:
    closed()
    assert closing.first_open_day(make.OTHER_REGENCY, today()) == today()


def test_a_second_person_looks_at_it_once(app: Flask) -> None:
    treasurer, head = make.user(Role.TREASURER), make.user(Role.HEAD)
    row = closed(actor_id=treasurer.id)
    with pytest.raises(Forbidden), unit_of_work():
        differences.mark_seen(row.id, treasurer.id)
    with unit_of_work():
        differences.mark_seen(row.id, head.id)
    with pytest.raises(StateConflict), unit_of_work():
        differences.mark_seen(row.id, make.user(Role.TREASURER).id)


def test_the_treasurer_closes_on_screen_and_the_head_looks(app: Flask, client: FlaskClient) -> None:
    money_in(100_000)
    make.sign_in(client, make.user(Role.TREASURER, name="Rusmini"))
    assert "Rp100.000" in client.get("/dinas/tutup-hari").text
    sums = {"day": today().isoformat(), "counted-cash": "99.000", "counted-bank": "0", "counted-qris": "0"}
    assert client.post("/dinas/tutup-hari", data={**sums, "counted-bank": ""}).status_code == 422
    refused = client.post("/dinas/tutup-hari", data=sums)
    assert (refused.status_code, 'value="99.000"' in refused.text) == (422, True)
    why = {**sums, "reason-cash": "Uang kembali salah"}
    asked = client.post("/dinas/tutup-hari", data=why)
    assert (asked.status_code, 'name="is_meant"' in asked.text, "-Rp1.000" in asked.text) == (422, True, True)
    done = client.post("/dinas/tutup-hari", data={**why, "is_meant": "y"})
    assert "Uang kembali salah" in client.get(done.location).text
    assert "closed already" in client.get("/dinas/tutup-hari").text
    assert client.post(f"{done.location}/dilihat").status_code == 403
    make.sign_in(client, make.user(Role.HEAD, name="Kepala"))
    assert client.get("/dinas/tutup-hari").status_code == 403
    assert done.location in client.get("/dinas/tutup-hari/riwayat").text
    assert client.post(f"{done.location}/dilihat").status_code == 302
    assert "Kepala" in client.get(done.location).text
    make.sign_in(client, make.user(Role.TREASURER, area_code=make.OTHER_REGENCY))
    assert client.get(done.location).status_code == 404
    assert client.post(f"{done.location}/dilihat").status_code == 404


def test_strange_days_are_said(app: Flask, client: FlaskClient) -> None:
    make.sign_in(client, make.user(Role.TREASURER))
    assert client.get("/dinas/tutup-hari?day=x").status_code == 200
    ahead = client.get("/dinas/tutup-hari?day=2199-01-01")
    assert (ahead.status_code, "is still to come" in ahead.text, "counted-cash" in ahead.text) == (200, True, False)
    assert client.post("/dinas/tutup-hari", data={"day": "x"}).status_code == 422


def test_a_day_before_the_last_close_is_not_called_one_of_the_days_since(app: Flask, client: FlaskClient) -> None:
    money_in(100_000)
    closed(today() - dt.timedelta(days=2))
    make.sign_in(client, make.user(Role.TREASURER))
    for days, shown in ((3, (True, False)), (2, (True, False)), (1, (False, True)), (0, (False, True))):
        page = client.get(f"/dinas/tutup-hari?day={today() - dt.timedelta(days=days)}").text
        assert ("is closed already" in page, "These are the days since then" in page) == shown, days
        assert ("counted-cash" in page) == shown[1], days
