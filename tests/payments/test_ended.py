"""Money for an order that has ended: said before it is written down, and afterwards."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.orders import adjustments
from marketplace.orders.models import Order
from marketplace.orders.rules import read_sums, write_sums
from marketplace.payments import service
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.payments import billing


@pytest.fixture
def desk(app: Flask, client: FlaskClient) -> FlaskClient:
    """Return the browser of a treasurer whose office takes transfers."""
    billing.bank()
    make.sign_in(client, make.user(Role.TREASURER))
    return client


def cancelled(order: Order) -> None:
    with unit_of_work():
        adjustments.cancel(order.id, by_buyer=True, reason="Batal", actor_id=None)


@pytest.mark.parametrize("short_by", [0, 10_000])
def test_the_treasurer_reads_that_the_order_was_cancelled(desk: FlaskClient, short_by: int) -> None:
    order = billing.order(50_000)
    bill = billing.bill(order)
    with unit_of_work():
        service.claim(bill.id, None, "")
    cancelled(order)
    address = f"/dinas/pembayaran/{bill.id}"
    before = desk.get(address).text
    assert "This order was cancelled on" in before
    assert f'href="/dinas/pesanan/{order.id}"' in before
    sent = {"received_amount": str(bill.amount - short_by), "reference": "FT1", "is_meant": "y"}
    after = desk.post(f"{address}/terima", data=sent, follow_redirects=True).text
    assert "the money is to be given back to the buyer" in after
    assert "Missing" not in after
    assert "Once nothing is missing" not in after
    assert f"/dinas/pengembalian/{order.id}" in desk.get("/dinas/pengembalian").text


def test_an_order_in_its_time_is_not_called_ended(desk: FlaskClient) -> None:
    bill = billing.bill(billing.order(50_000))
    assert "was cancelled" not in desk.get(f"/dinas/pembayaran/{bill.id}").text


def test_a_claim_for_an_order_that_is_paid_says_so(desk: FlaskClient) -> None:
    order = billing.order(50_000)
    bill = billing.bill(order)
    billing.confirmed(bill)
    other = make.add(type(bill)(order_id=order.id, provider="transfer", state="claimed", amount=50_000))
    assert "This order is paid already" in desk.get(f"/dinas/pembayaran/{other.id}").text


def test_the_sums_of_a_step_are_read_as_they_were_written() -> None:
    assert read_sums(write_sums(100_000, 19_318)) == (100_000, 19_318)
    assert read_sums("Rp100.000") == (100_000, 0)
