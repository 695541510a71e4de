"""What lists of money say of a row: what it is about, who bought, and where a sum comes from."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.ledger import payouts
from marketplace.ledger.models import PayoutMethod
from marketplace.ledger.payouts import Choice
from marketplace.notices.models import Channel, Notice, NoticeKind, NoticeState
from marketplace.orders import adjustments
from marketplace.orders.wanted import LineRequest
from marketplace.shared.policy import Role
from marketplace.treasury import service
from tests import make
from tests.ledger.paying import family
from tests.offices.purchasing import Bureau, do
from tests.payments import billing
from tests.treasury.taking import line


@pytest.mark.parametrize(("source", "said"), [("payment:7", "Money came after"), ("order:7:cancel", "Cancelled")])
def test_money_that_came_too_late_is_not_called_a_cancelled_order(
    app: Flask, client: FlaskClient, source: str, said: str
) -> None:
    order = billing.order()
    make.add(
        Notice(
            kind=NoticeKind.CANCELLED,
            source=source,
            order_id=order.id,
            area_code=make.REGENCY,
            channel=Channel.WHATSAPP,
            recipient="+6281200000001",
            subject="Pesanan",
            body="Halo",
            state=NoticeState.BY_HAND,
        )
    )
    make.sign_in(client, make.user(Role.TREASURER))
    page = client.get("/dinas/kabar").text
    assert (said in page, "Money came after the order had ended" in page) == (True, said != "Cancelled"), page


def test_the_refund_list_names_the_office_that_bought(app: Flask, client: FlaskClient) -> None:
    product = make.product(price=50_000, approved_price=50_000, stock=5)
    bureau = Bureau(credit=1_000_000)
    order = bureau.ordered(LineRequest(1, product_id=product.id))
    row = line(billing.bank(), 50_000)
    do(service.match, row.id, order.id, None)
    do(adjustments.cancel, order.id, by_buyer=False, reason="Batal", actor_id=None)
    make.sign_in(client, make.user(Role.TREASURER))
    assert bureau.office.name in client.get("/dinas/pengembalian").text


def test_who_releases_a_batch_sees_where_each_balance_comes_from(app: Flask, client: FlaskClient) -> None:
    row = family(20_000)
    batch = do(payouts.prepare_batch, make.REGENCY, [Choice(row.id, PayoutMethod.CASH)], None)
    make.sign_in(client, make.user(Role.HEAD))
    page = client.get(f"/dinas/pencairan/{batch.id}")
    origin = f"/dinas/keluarga/{row.id}/rekening"
    assert origin in page.text
    assert "Rp20.000" in client.get(origin).text
