"""An office is reminded of each invoice once before its last day and once after, in its language, until it pays."""

import datetime as dt
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.areas import service as areas
from marketplace.areas.models import FigureKey
from marketplace.extensions import db
from marketplace.jobs import tell_buyers
from marketplace.notices import service
from marketplace.notices.models import Channel, NoticeKind, NoticeState
from marketplace.offices.models import Invoice
from marketplace.orders import service as orders
from marketplace.orders.wanted import LineRequest
from marketplace.payments.models import CollectionAccount
from marketplace.shared import clock
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.conftest import reset
from tests.notices.mailbox import Mailbox
from tests.notices.test_telling import told
from tests.offices.purchasing import Bureau, do, goods, invoice_of, pay
from tests.payments import billing
from tests.texts import indonesian

DUE, LATE = NoticeKind.INVOICE_DUE, NoticeKind.INVOICE_OVERDUE
DAYS = 3


def owed(email: str | None = None, locale: str = "id") -> Invoice:
    """Let an office order on an invoice, and its reminders begin three days before the last one."""
    bureau = Bureau(credit=1_000_000)
    with unit_of_work():
        asker = db.session.get_one(User, bureau.asker.id)
        asker.email, asker.locale = email, locale
        areas.set_figure(FigureKey.INVOICE_REMINDER_DAYS, make.REGENCY, DAYS, make.LONG_AGO, "test")
    return invoice_of(bureau.ordered(LineRequest(2, goods(price=50_000).id)))


def reminded(app: Flask, invoice: Invoice, days: int) -> list[tuple[NoticeKind, NoticeState]]:
    """Let the worker look on a day so many after the last one; return all reminders there are then."""
    day = invoice_of(invoice.order).due_on + dt.timedelta(days=days)
    with clock.at(dt.datetime.combine(day, dt.time(2), dt.UTC)):
        for _minute in range(2):
            tell_buyers(app)
    return [(each.kind, each.state) for each in told() if each.kind in (DUE, LATE)]


H = NoticeState.BY_HAND


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([-DAYS - 1], []),
        ([-DAYS], [(DUE, H)]),
        ([-DAYS, -1, 0], [(DUE, H)]),
        ([0], [(DUE, H)]),
        ([1], [(LATE, H)]),
        ([-DAYS, 1, 2, 30], [(DUE, NoticeState.DROPPED), (LATE, H)]),
    ],
)
def test_each_invoice_is_told_of_once_before_and_once_after(
    app: Flask, days: list[int], expected: list[tuple[NoticeKind, NoticeState]]
) -> None:
    invoice, found = owed(), []
    for day in days:
        found = reminded(app, invoice, day)
    assert found == expected


@pytest.mark.parametrize("paid", [40_000, 100_000])
def test_who_paid_is_asked_no_more_and_who_paid_a_part_for_the_rest(app: Flask, paid: int) -> None:
    invoice = owed()
    reminded(app, invoice, -1)
    pay(invoice, paid)
    found = reminded(app, invoice, 5)
    if paid == 100_000:
        assert found == [(DUE, NoticeState.DROPPED)]
    else:
        assert found == [(DUE, NoticeState.DROPPED), (LATE, H)]
        assert "Rp60.000" in told()[-1].body


@pytest.mark.parametrize("days", [-1, 5])
def test_what_waits_says_what_is_open_now(app: Flask, mailbox: Mailbox, days: int) -> None:
    invoice = owed("tu@contoh.id")
    mailbox.fail("MAIL", "451 come again")
    reminded(app, invoice, days)
    pay(invoice, 77_777)
    reminded(app, invoice, days)
    mine = [each for each in told() if each.kind in (DUE, LATE)]
    assert {each.state for each in mine} == {H, NoticeState.PENDING}
    assert all("Rp22.223" in each.body and "Rp100.000" not in each.body for each in mine)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(looks=st.lists(st.integers(-10, 10), min_size=1, max_size=6), paid=st.integers(0, 6))
def test_however_often_the_worker_looks_each_is_written_once_and_none_after_payment(
    app: Flask, looks: list[int], paid: int
) -> None:
    reset(app)
    billing.bank()
    invoice, expected = owed(), set()
    for number, day in enumerate(sorted(looks)):
        if number == paid:
            pay(invoice, 100_000)
        if number < paid:
            expected |= {LATE} if day > 0 else {DUE} if day >= -DAYS else set()
        reminded(app, invoice, day)
    kinds = [each.kind for each in told() if each.kind in (DUE, LATE)]
    assert sorted(kinds) == sorted(expected)
    if paid < len(looks):
        assert {each.state for each in told()} <= {NoticeState.DROPPED}


@pytest.mark.parametrize(("locale", "word"), [("id", "Yth."), ("en", "Dear")])
def test_the_one_who_ordered_gets_an_e_mail_in_his_language_and_the_treasurer_a_text(
    app: Flask, mailbox: Mailbox, locale: str, word: str
) -> None:
    folders = app.extensions["babel"].translation_directories
    folders.append(app.config["BABEL_TRANSLATION_DIRECTORIES"])
    invoice = owed("tu@contoh.id", locale)
    with indonesian():
        reminded(app, invoice, -1)
    folders.clear()
    by_hand, by_mail = sorted(told(), key=lambda each: each.channel is Channel.EMAIL)
    assert (by_hand.channel, by_hand.recipient) == (Channel.WHATSAPP, "+6281200000077")
    assert by_hand.body.startswith("Yth. Bendahara Contoh")
    assert (by_mail.recipient, by_mail.state) == ("tu@contoh.id", NoticeState.SENT)
    assert mailbox.texts()[0].startswith(word)
    page, wrong = f"/instansi/tagihan/{invoice.id}", f"/p/{invoice.order.token}"
    assert all(invoice.number in each.body and page in each.body and wrong not in each.body for each in told())


@pytest.mark.parametrize("days", [-1, 5])
def test_a_reminder_says_how_the_invoice_is_paid(app: Flask, client: FlaskClient, days: int) -> None:
    invoice = owed()
    with unit_of_work():
        db.session.scalars(select(CollectionAccount)).one().is_active = False
    reminded(app, invoice, days)
    assert "Please pay at the social office" in told()[-1].body
    billing.bank()
    reminded(app, invoice, days)
    way = f"Transfer to Bank Contoh 0011223344 in the name of Dinas Sosial, and write: {invoice.number}."
    assert way in told()[-1].body
    make.sign_in(client, make.user(Role.TREASURER))
    assert way in unquote(client.get(f"/dinas/tagihan/{invoice.id}").text)


def test_an_officer_sends_it_and_the_invoice_says_so(app: Flask, client: FlaskClient) -> None:
    invoice = owed()
    reminded(app, invoice, -1)
    make.sign_in(client, make.user(Role.TREASURER))
    page = client.get("/dinas/kabar").text
    assert "https://wa.me/6281200000077?text=" in page
    assert invoice.office.name in page
    assert client.post(f"/dinas/kabar/{told()[0].id}/terkirim").status_code == 302
    assert told()[0].state is NoticeState.SENT
    assert invoice_of(invoice.order).reminded_on == clock.today("Asia/Makassar")


def test_news_of_the_parcel_leave_the_reminder_and_the_other_way_round(app: Flask) -> None:
    invoice = owed()
    do(orders.pack, invoice.order_id, None)
    tell_buyers(app)
    reminded(app, invoice, -1)
    waiting = {each.kind for each in told() if each.state is H}
    assert waiting == {NoticeKind.PACKED, DUE}


def test_a_letter_that_died_long_ago_is_tried_again(app: Flask, mailbox: Mailbox) -> None:
    invoice = owed("tu@contoh.id")
    mailbox.fail("RCPT", "550 nobody here")
    reminded(app, invoice, -1)
    (dead,) = [each for each in told() if each.state is NoticeState.DEAD]
    with clock.at(dead.changed_at + dt.timedelta(days=1)):
        with unit_of_work():
            service.retry(dead.id)
        tell_buyers(app)
    assert {each.state for each in told() if each.id == dead.id} == {NoticeState.SENT}
