"""An office takes back what it ordered as another buyer does: until it is packed; its invoice and its credit follow."""

import re

import pytest
from flask.testing import FlaskClient

from marketplace.accounts.models import User
from marketplace.documents.models import DocumentKind
from marketplace.extensions import db
from marketplace.offices import invoices, queries, service
from marketplace.offices.models import Invoice
from marketplace.offices.rules import InvoiceState
from marketplace.orders import service as orders
from marketplace.orders.models import Order, OrderState
from marketplace.orders.queries import refund_due
from marketplace.orders.wanted import LineRequest
from marketplace.reports import checks
from marketplace.shared.policy import Role
from marketplace.stock.queries import free_by_product
from tests import make
from tests.documents.reading import issued, opened, text_of
from tests.offices.purchasing import Bureau, do, goods, invoice_of, order_of, pay
from tests.offices.test_screens import as_
from tests.payments import billing

LIMIT, PRICE, STOCK = 200_000, 50_000, 9


class Bought:
    """Three pieces that an office ordered on its invoice, and who it is."""

    def __init__(self) -> None:
        billing.bank()
        self.bureau = Bureau(credit=LIMIT)
        self.product = goods(price=PRICE, stock=STOCK)
        self.order_id = self.bureau.ordered(LineRequest(3, self.product.id)).id
        self.here = f"/instansi/pesanan/{order_of(self.order).id}"

    @property
    def order(self) -> Order:
        """Return the order as it stands in the database."""
        db.session.rollback()
        db.session.expire_all()
        return db.session.get_one(Order, self.order_id)

    @property
    def invoice(self) -> Invoice:
        """Return its invoice as it stands."""
        return invoice_of(self.order)

    def owes(self) -> int:
        """Return what the office owes, which its credit is held against."""
        db.session.rollback()
        return queries.owed_by(self.bureau.id)

    def free(self) -> int:
        """Return how many pieces can be sold."""
        db.session.rollback()
        return free_by_product([self.product.id])[self.product.id]

    def take_out(self, client: FlaskClient, quantity: int, key: str = "k") -> int:
        """Send the form that takes some out; return the answer's code."""
        values = {"line_id": str(self.order.lines[0].id), "quantity": str(quantity), "key": key}
        return client.post(
            f"{self.here}/kurangi", data={f"drop-{name}": text for name, text in values.items()}
        ).status_code

    def cancel(self, client: FlaskClient, reason: str = "Acara batal") -> int:
        """Send the form that cancels it; return the answer's code."""
        return client.post(f"{self.here}/batal", data={"cancel-reason": reason}).status_code


def faults() -> dict[str, object]:
    db.session.rollback()
    return {check.name: found.faults for check in checks.ALL if (found := check.run()).broken}


def test_some_is_taken_out_and_the_invoice_and_the_credit_follow(client: FlaskClient) -> None:
    bought = Bought()
    first = issued(bought.order, DocumentKind.OFFICE_INVOICE)
    as_(client, bought.bureau.approver)  # not the one who ordered
    page = client.get(bought.here).text
    assert "Take something out" in page
    assert "The invoice becomes that much smaller." in page
    found = re.search(r'name="drop-key"[^>]*value="([^"]+)"', page)
    assert found is not None
    key = found[1]
    assert [bought.take_out(client, 2, key) for _press in range(2)] == [302, 302]
    assert (bought.invoice.open_amount, bought.owes(), bought.free()) == (PRICE, PRICE, STOCK - 1)
    second = issued(bought.order, DocumentKind.OFFICE_INVOICE)
    assert (second.number, second.amount) == (f"{first.number}-P1", PRICE)
    assert "Rp50.000" in text_of(opened(second))
    do(invoices.secure_credit, bought.bureau.id, LIMIT - PRICE)
    assert faults() == {}


def test_all_of_it_is_cancelled_and_what_was_paid_is_owed_back(client: FlaskClient) -> None:
    bought = Bought()
    pay(bought.invoice, 20_000)
    as_(client, bought.bureau.asker)
    assert "Cancel the order" in client.get(bought.here).text
    assert bought.cancel(client, reason=" ") == 422
    assert bought.cancel(client) == 302
    paper = queries.paper_of(bought.invoice)
    assert (bought.order.state, paper.state) == (OrderState.CANCELLED, InvoiceState.CANCELLED)
    assert (bought.owes(), refund_due(bought.order_id), bought.free()) == (0, 20_000, STOCK)
    page = client.get(bought.here).text
    assert not any(words in page for words in ("Cancel the order", "Take something out"))
    assert bought.cancel(client) == 422
    assert faults() == {}


def test_what_is_packed_is_the_office_s_to_change(client: FlaskClient) -> None:
    bought = Bought()
    do(orders.pack, bought.order_id, None)
    as_(client, bought.bureau.asker)
    page = client.get(bought.here).text
    assert "Please call the office" in page
    assert not any(words in page for words in ("Cancel the order", "Take something out"))
    assert (bought.cancel(client), bought.take_out(client, 1)) == (422, 422)
    assert bought.order.due_amount == 3 * PRICE


def test_the_last_piece_is_not_taken_out_but_cancelled(client: FlaskClient) -> None:
    bought = Bought()
    as_(client, bought.bureau.asker)
    assert bought.take_out(client, 3) == 422
    assert bought.take_out(client, 4) == 422
    assert bought.order.due_amount == 3 * PRICE


@pytest.mark.parametrize("who", ["member", "stranger", "treasurer"])
def test_others_change_nothing(client: FlaskClient, who: str) -> None:
    bought = Bought()
    user = _other(bought, who)
    as_(client, user)
    refused = 403 if who == "member" else 404
    assert (bought.cancel(client), bought.take_out(client, 1)) == (refused, refused)
    assert (bought.order.state, bought.order.due_amount) == (OrderState.PROCESSING, 3 * PRICE)
    if who == "member":
        assert "Cancel the order" not in client.get(bought.here).text


def _other(bought: Bought, who: str) -> User:
    if who == "treasurer":
        return make.user(Role.TREASURER)
    user = make.user(Role.BUYER)
    if who == "member":
        do(service.join, bought.bureau.office.invitation_code, user.id)
    return user


def test_what_is_not_ordered_yet_has_nothing_to_cancel(client: FlaskClient) -> None:
    bureau = Bureau()
    here = f"/instansi/pesanan/{bureau.offered(LineRequest(1, goods().id))}"
    as_(client, bureau.asker)
    assert client.post(f"{here}/batal", data={"cancel-reason": "x"}).status_code == 422
    assert "Cancel the order" not in client.get(here).text
