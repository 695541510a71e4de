"""A buyer who was told that he paid hears it when that money was another's."""

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.extensions import db
from marketplace.jobs import tell_buyers
from marketplace.notices import service
from marketplace.notices.models import Notice, NoticeKind, NoticeState
from marketplace.orders import adjustments
from marketplace.payments import undoing
from marketplace.shared import clock
from marketplace.shared.transaction import unit_of_work
from tests.notices.mailbox import Mailbox
from tests.notices.test_telling import bought
from tests.payments import billing


def kinds() -> list[NoticeKind]:
    db.session.rollback()
    return list(db.session.scalars(select(Notice.kind).order_by(Notice.id)))


@pytest.mark.parametrize("missing", [0, 10_000])
def test_it_is_told_once_with_the_sum(app: Flask, mailbox: Mailbox, missing: int) -> None:
    order = bought()
    bill = billing.bill(order)
    billing.confirmed(bill, bill.amount - missing)
    tell_buyers(app)
    with unit_of_work():
        undoing.take_back(bill.id, "Uang pesanan lain", None)
    before = len(kinds())
    for _minute in range(2):
        tell_buyers(app)
    assert kinds()[before:] == [NoticeKind.NOT_FOUND]
    sum_ = f"{bill.amount - missing:,}".replace(",", ".")
    assert sum_ in mailbox.texts()[-1]
    assert f"/p/{order.token}" in mailbox.texts()[-1]


def test_it_is_not_told_long_after_or_when_the_order_asks_for_nothing(app: Flask) -> None:
    order = bought(email=None)
    bill = billing.confirmed(billing.bill(order))
    with unit_of_work():
        undoing.take_back(bill.id, "Uang pesanan lain", None)
    with unit_of_work():
        assert service.write_new(clock.now() + dt.timedelta(days=2)) == 0
    with unit_of_work():
        service.write_new(clock.now())
    waiting = db.session.scalars(select(Notice).where(Notice.kind == NoticeKind.NOT_FOUND)).one()
    assert waiting.state is NoticeState.BY_HAND
    with unit_of_work():
        adjustments.cancel(order.id, by_buyer=True, reason="Batal", actor_id=None)
    with unit_of_work():
        service.write_new(clock.now())
    db.session.expire_all()
    assert db.session.get_one(Notice, waiting.id).state is NoticeState.DROPPED
