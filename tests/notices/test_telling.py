"""What happened is told once, in the buyer's language, and what cannot be sent is seen."""

import datetime as dt
from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import select, update

from marketplace.accounts.models import User
from marketplace.extensions import db
from marketplace.jobs import tell_buyers
from marketplace.notices import service
from marketplace.notices.mail import Letter, Outcome, Result, send
from marketplace.notices.models import Channel, Notice, NoticeKind, NoticeState
from marketplace.orders import adjustments
from marketplace.orders import service as orders
from marketplace.orders.models import Order
from marketplace.payments import refunds
from marketplace.payments.models import RefundMethod
from marketplace.shared import clock
from marketplace.shared.errors import StateConflict
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.notices.mailbox import Mailbox
from tests.payments import billing
from tests.races import harness
from tests.texts import indonesian


def bought(*, email: str | None = "siti@contoh.id", locale: str = "id") -> Order:
    """Place an order of somebody with an account."""
    order = billing.order(50_000)
    buyer = make.user()
    with unit_of_work():
        person = db.session.get_one(User, buyer.id)
        person.email, person.locale = email, locale
        db.session.get_one(Order, order.id).buyer_id = buyer.id
    return db.session.get_one(Order, order.id)


def told() -> list[Notice]:
    db.session.rollback()  # a worker wrote since
    db.session.expire_all()
    return list(db.session.scalars(select(Notice).order_by(Notice.id)))


def only(state: NoticeState) -> Notice:
    (notice,) = told()
    assert notice.state is state
    return notice


def test_every_step_is_told_once_by_e_mail(app: Flask, mailbox: Mailbox) -> None:
    order = bought()
    billing.confirmed(billing.bill(order))
    tell_buyers(app)
    with unit_of_work():
        orders.pack(order.id, None)
        orders.hand_over(order.id, None)
    for _minute in range(3):
        tell_buyers(app)
    kinds = [NoticeKind.PLACED, NoticeKind.PAID, NoticeKind.PACKED, NoticeKind.DELIVERED]
    assert [notice.kind for notice in told()] == kinds
    assert {notice.state for notice in told()} == {NoticeState.SENT}
    assert [letter["To"] for letter in mailbox.letters] == ["siti@contoh.id"] * 4
    assert all(order.number in text and f"/p/{order.token}" in text for text in mailbox.texts())
    assert order.pickup_code in mailbox.texts()[2]
    assert len({letter["Message-ID"] for letter in mailbox.letters}) == 4


@pytest.mark.parametrize(("locale", "greeting"), [("id", "Halo"), ("en", "Hello")])
def test_it_is_told_in_the_buyers_language(app: Flask, mailbox: Mailbox, locale: str, greeting: str) -> None:
    folders = app.extensions["babel"].translation_directories
    folders.append(app.config["BABEL_TRANSLATION_DIRECTORIES"])
    with indonesian():
        bought(locale=locale)
        tell_buyers(app)
    folders.clear()
    assert mailbox.texts()[0].startswith(greeting)


def test_money_that_went_back_is_told_with_its_sum(app: Flask, mailbox: Mailbox) -> None:
    order = bought()
    paid = billing.confirmed(billing.bill(order))
    with unit_of_work():
        adjustments.cancel(order.id, by_buyer=True, reason="Batal", actor_id=None)
        given = (paid.amount, RefundMethod.TRANSFER, "TRF-1", "Batal")
        refunds.record_refund(order.id, *given, None)
    tell_buyers(app)
    assert told()[-1].kind is NoticeKind.REFUNDED
    assert f"Rp{paid.amount:,}".replace(",", ".") in mailbox.texts()[-1]


def test_without_e_mail_an_officer_tells_the_newest_of_what_asks_something(app: Flask) -> None:
    order = bought(email=None)
    billing.confirmed(billing.bill(order))
    tell_buyers(app)
    assert told() == []  # that he ordered and paid he knows
    with unit_of_work():
        orders.pack(order.id, None)
    tell_buyers(app)
    assert only(NoticeState.BY_HAND).channel is Channel.WHATSAPP
    with unit_of_work():
        adjustments.cancel(order.id, by_buyer=False, reason="Rusak", actor_id=None)
        refunds.record_refund(order.id, order.total - 1_000, RefundMethod.TRANSFER, "TRF-1", "Rusak", None)
    tell_buyers(app)
    assert [notice.state for notice in told()] == [NoticeState.DROPPED, NoticeState.BY_HAND]


def test_old_news_are_told_to_nobody(app: Flask, mailbox: Mailbox) -> None:
    bought()
    with clock.at(clock.now() + dt.timedelta(days=2)):
        tell_buyers(app)
    assert (told(), mailbox.letters) == ([], [])


@pytest.mark.parametrize(
    ("at", "says"), [("MAIL", "451 come again"), ("RCPT", "450 busy"), ("DATA", "421 later"), ("EHLO", "")]
)
def test_what_fails_for_now_is_tried_again_later_and_arrives_once(
    app: Flask, mailbox: Mailbox, at: str, says: str
) -> None:
    bought()
    mailbox.fail(at, says, times=2 if at == "EHLO" else 1)
    tell_buyers(app)
    waiting = only(NoticeState.PENDING)
    assert (waiting.attempts, bool(waiting.error), mailbox.letters) == (1, True, [])
    tell_buyers(app)
    assert only(NoticeState.PENDING).attempts == 1  # not before its pause is over
    with clock.at(clock.now() + dt.timedelta(minutes=30)):
        while mailbox.faults:
            tell_buyers(app)
            with unit_of_work():
                only(NoticeState.PENDING).next_try_at = clock.now()
        tell_buyers(app)
    assert only(NoticeState.SENT).error == ""
    assert len(mailbox.letters) == 1


@pytest.mark.parametrize(("at", "says"), [("RCPT", "550 nobody here"), ("DATA", "554 no"), ("END", "")])
def test_what_cannot_be_sent_or_may_have_been_waits_for_a_person(
    app: Flask, mailbox: Mailbox, at: str, says: str
) -> None:
    bought()
    mailbox.fail(at, says)
    for _minute in range(3):
        tell_buyers(app)
    dead = only(NoticeState.DEAD)
    assert says in dead.error
    assert len(mailbox.letters) == (at == "END")
    with unit_of_work():
        service.retry(dead.id)
    tell_buyers(app)
    only(NoticeState.SENT)


def test_after_the_last_attempt_a_person_is_asked(app: Flask, mailbox: Mailbox) -> None:
    bought()
    mailbox.fail("MAIL", "451 come again", times=99)
    now, tries = clock.now(), 0
    tell_buyers(app)
    while only_state() is NoticeState.PENDING:
        tries += 1
        now += dt.timedelta(hours=13)
        with clock.at(now):
            tell_buyers(app)
    assert only(NoticeState.DEAD).attempts == tries + 1 == 7


def only_state() -> NoticeState:
    (notice,) = told()
    return notice.state


def test_a_worker_that_died_with_a_letter_in_hand_sends_nothing_twice(app: Flask, mailbox: Mailbox) -> None:
    bought()
    with unit_of_work():
        service.write_new(clock.now())
    with unit_of_work():
        letter = service.take(told()[0].id)
    assert send(mailbox.url, letter).outcome is Outcome.SENT  # and the worker is gone before it writes that down
    tell_buyers(app)
    only(NoticeState.SENDING)
    with clock.at(clock.now() + dt.timedelta(minutes=16)):
        tell_buyers(app)
    only(NoticeState.DEAD)
    assert len(mailbox.letters) == 1


def test_only_one_has_a_message_in_hand(app: Flask, mailbox: Mailbox) -> None:
    bought()
    with unit_of_work():
        service.write_new(clock.now())
    notice_id = told()[0].id
    with unit_of_work():
        service.take(notice_id)
    with pytest.raises(StateConflict), unit_of_work():
        service.take(notice_id)
    with unit_of_work():
        service.settle(notice_id, Result(Outcome.SENT))
    with pytest.raises(StateConflict), unit_of_work():
        service.settle(notice_id, Result(Outcome.SENT))


def test_what_another_worker_has_in_hand_stops_no_other_message(app: Flask, mailbox: Mailbox) -> None:
    for name in ("siti", "rina", "noor"):
        bought(email=f"{name}@contoh.id")
    with unit_of_work():
        service.write_new(clock.now())
    _first, second, _third = [notice.id for notice in told()]

    def other_worker() -> None:
        with app.app_context(), unit_of_work():
            service.take(second)

    mailbox.meanwhile.append(other_worker)
    tell_buyers(app)
    assert [notice.state for notice in told()] == [NoticeState.SENT, NoticeState.SENDING, NoticeState.SENT]
    assert len(mailbox.letters) == 2


def test_a_line_break_in_a_name_makes_no_new_head(mailbox: Mailbox) -> None:
    letter = Letter("<1@x>", "Warung <w@contoh.id>", "a@contoh.id", "Pesanan", "Halo Siti\r\nBcc: b@contoh.id")
    assert send(mailbox.url, letter).outcome is Outcome.SENT
    assert mailbox.letters[0]["Bcc"] is None


def teller() -> harness.Task:
    """Write the messages, and take those that are due: as every worker does each minute."""

    def task(_number: int) -> str:
        harness.meet()
        with unit_of_work():
            service.write_new(clock.now())
            # As if they went by e-mail: what is taken in hand is what races.
            by_hand = update(Notice).where(Notice.state == NoticeState.BY_HAND)
            db.session.execute(by_hand.values(state=NoticeState.PENDING, next_try_at=clock.now()))
        taken = Counter(_taken(notice_id) for notice_id in service.due(clock.now(), 100))
        db.session.rollback()
        return f"took {taken[True]}"

    return task


def _taken(notice_id: int) -> bool:
    try:
        with unit_of_work():
            service.take(notice_id)
    except StateConflict:
        return False
    return True


def test_four_workers_at_once_write_and_take_each_message_once(app: Flask, database_url: str) -> None:
    for _number in range(6):
        order = bought(email=None)
        billing.confirmed(billing.bill(order), reference=f"STM-{order.id}")
        with unit_of_work():
            orders.pack(order.id, None)
    tally = harness.run(database_url, teller, 4)
    assert sum(int(answer.split()[1]) * count for answer, count in tally.items()) == 6
    assert [notice.attempts for notice in told()] == [1] * 6
