"""The officers' list: a ready text for WhatsApp, what was not sent, and nothing of other areas."""

from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.extensions import db
from marketplace.jobs import tell_buyers
from marketplace.notices.models import Notice, NoticeState
from marketplace.orders import service as orders
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.notices.mailbox import Mailbox
from tests.notices.test_telling import bought, told
from tests.payments import billing

LIST = "/dinas/kabar"


@pytest.fixture
def notice(app: Flask) -> Notice:
    order = billing.order(50_000)
    billing.confirmed(billing.bill(order))
    with unit_of_work():
        orders.pack(order.id, None)
    tell_buyers(app)
    return told()[0]


def test_the_text_is_ready_and_is_sent_once(client: FlaskClient, notice: Notice) -> None:
    make.sign_in(client, make.user(Role.PACKER))
    page = client.get(LIST).text
    assert f"https://wa.me/6281200000001?text={quote(notice.body)}" in page
    assert client.post(f"{LIST}/{notice.id}/terkirim").status_code == 302
    assert told()[0].state is NoticeState.SENT
    assert f"{LIST}/{notice.id}" not in client.get(LIST).text
    assert client.post(f"{LIST}/{notice.id}/terkirim").status_code == 409
    assert notice.order.number in client.get(f"{LIST}?tab=done").text
    assert told()[0].sent_by_id is not None


def test_what_needs_no_saying_leaves_the_list(client: FlaskClient, notice: Notice) -> None:
    make.sign_in(client, make.user(Role.TREASURER))
    client.post(f"{LIST}/{notice.id}/lewati")
    assert told()[0].state is NoticeState.DROPPED


def test_what_was_not_sent_is_seen_with_its_reason_and_sent_again(
    app: Flask, client: FlaskClient, mailbox: Mailbox
) -> None:
    bought()
    mailbox.fail("RCPT", "550 nobody here")
    tell_buyers(app)
    make.sign_in(client, make.user(Role.PACKER))
    assert "550 nobody here" in client.get(f"{LIST}?tab=dead").text
    assert f"{LIST}?tab=dead" in client.get("/dinas").text
    client.post(f"{LIST}/{told()[0].id}/lagi")
    tell_buyers(app)
    assert told()[0].state is NoticeState.SENT
    assert len(mailbox.letters) == 1


@pytest.mark.parametrize("action", ["terkirim", "lewati", "lagi"])
@pytest.mark.parametrize(
    ("role", "scope", "status"),
    [(Role.PACKER, {"area_code": make.OTHER_REGENCY}, 404), (Role.MENTOR, {}, 403), (Role.BUYER, {}, 404)],
)
def test_others_do_nothing(
    client: FlaskClient, notice: Notice, role: Role, scope: dict[str, str], status: int, action: str
) -> None:
    make.sign_in(client, make.user(role, **scope))
    assert client.post(f"{LIST}/{notice.id}/{action}").status_code == status
    db.session.expire_all()
    assert told()[0].state is NoticeState.BY_HAND
