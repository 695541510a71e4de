"""A buyer's orders: his own by number, anybody's by secret link."""

import re
from urllib.parse import unquote_plus

import pytest
from flask.testing import FlaskClient

from marketplace.catalog.models import Product, ProductState
from marketplace.extensions import db
from marketplace.orders import service as orders
from marketplace.orders.models import Order, OrderState
from marketplace.payments.models import Payment, PaymentState
from marketplace.shared.formats import long_day
from marketplace.shared.money import format_rupiah
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.stock.queries import free_by_product
from tests import make
from tests.parcels.build import offered
from tests.payments.billing import bank, confirmed, qris
from tests.storefront.buying import at, fill, order

ACTIONS = ["", "/batal", "/lagi", "/cara-bayar"]


@pytest.fixture
def product(client: FlaskClient) -> Product:
    """Return a product of which five are there, two in the basket, and open the office's accounts."""
    bank()
    qris()
    row = make.product(stock=5, price=30_000)
    fill(client, row, quantity=2)
    return row


def call(client: FlaskClient, path: str) -> int:
    """Return the status of a page or of sending its form."""
    sends = path.endswith(("/batal", "/lagi"))
    return (client.post(path) if sends else client.get(path)).status_code


def state(of: Order) -> OrderState:
    db.session.rollback()
    return db.session.get_one(Order, of.id, populate_existing=True).state


@pytest.mark.parametrize("action", ACTIONS)
def test_nobody_comes_to_an_order_by_its_number_but_its_buyer(
    client: FlaskClient, product: Product, action: str
) -> None:
    stranger = client.application.test_client()
    path = f"/pesanan/{order(client, payment_method='transfer').id}{action}"
    assert call(stranger, path) == 302  # to sign in
    make.sign_in(stranger, make.user(Role.BUYER))
    assert call(stranger, path) == 404
    for strange in (2**40, 2**63, "0", "x"):
        assert call(stranger, f"/pesanan/{strange}{action}") == 404


@pytest.mark.parametrize("action", ACTIONS)
def test_a_strange_link_leads_nowhere(client: FlaskClient, product: Product, action: str) -> None:
    made = order(client)
    assert call(client, f"/p/{made.token[:-1]}{action}") == 404
    assert call(client, f"/p/{made.id}{action}") == 404


def test_an_order_page_is_kept_by_no_machine(client: FlaskClient, product: Product) -> None:
    answer = client.get(f"/p/{order(client).token}")
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_a_guest_finds_the_orders_of_this_device_only(client: FlaskClient, product: Product) -> None:
    made = order(client)
    assert f"/p/{made.token}" in client.get("/pesanan").text
    assert made.number not in client.application.test_client().get("/pesanan").text


def test_a_buyer_finds_his_orders_newest_first(client: FlaskClient, product: Product) -> None:
    make.sign_in(client, make.user(Role.BUYER))
    numbers = []
    for _time in range(2):
        fill(client, product)
        numbers.append(order(client).number)
    page = client.get("/pesanan").text
    assert page.index(numbers[1]) < page.index(numbers[0])
    make.sign_in(client, make.user(Role.BUYER))
    assert numbers[0] not in client.get("/pesanan").text


def test_a_buyer_cancels_and_the_goods_are_free_again(client: FlaskClient, product: Product) -> None:
    made = order(client, payment_method="transfer")
    answer = client.post(f"/p/{made.token}/batal", data={"reason": "Salah pilih"})
    assert answer.headers["Location"] == f"/p/{made.token}"
    assert state(made) is OrderState.CANCELLED
    assert free_by_product([product.id]) == {product.id: 5}
    page = client.get(f"/p/{made.token}").text
    assert "Cancelled" in page
    assert "/batal" not in page


def test_what_was_paid_and_cancelled_is_owed_back(client: FlaskClient, product: Product) -> None:
    made = order(client, payment_method="qris")
    confirmed(db.session.scalars(db.select(Payment)).one())
    client.post(f"/p/{made.token}/batal")
    assert "You get Rp60.000 back" in client.get(f"/p/{made.token}").text


def test_no_other_photo_is_asked_for_once_the_order_has_ended(client: FlaskClient, product: Product) -> None:
    made = order(client, payment_method="transfer")
    client.post(f"/p/{made.token}/bukti", data={"note": "Sudah saya kirim"})
    assert "Send another photo" in client.get(f"/p/{made.token}").text
    client.post(f"/p/{made.token}/batal", data={"reason": "Salah pilih"})
    page = client.get(f"/p/{made.token}").text
    assert "You said that you paid" in page
    assert "Send another photo" not in page


@pytest.mark.parametrize("last", ["pack", "hand_over"])
def test_a_packed_order_is_not_cancelled_by_its_buyer(client: FlaskClient, product: Product, last: str) -> None:
    made = order(client, payment_method="qris")
    confirmed(db.session.scalars(db.select(Payment)).one())
    for step in ("pack", "hand_over")[: 1 + (last == "hand_over")]:
        with unit_of_work():
            getattr(orders, step)(made.id, None)
    before = state(made)
    assert "/batal" not in client.get(f"/p/{made.token}").text
    assert client.post(f"/p/{made.token}/batal").status_code == 422
    assert state(made) is before


def test_too_long_a_reason_is_refused(client: FlaskClient, product: Product) -> None:
    made = order(client)
    answer = client.post(f"/p/{made.token}/batal", data={"reason": "x" * 201})
    assert answer.status_code == 422
    assert 'id="reason-error"' in answer.text
    assert state(made) is OrderState.PROCESSING


def test_another_way_to_pay(client: FlaskClient, product: Product) -> None:
    made = order(client, payment_method="transfer")
    path = f"/p/{made.token}/cara-bayar"
    assert path in client.get(f"/p/{made.token}").text
    assert client.post(path, data={"payment_method": "qris"}).headers["Location"] == f"/p/{made.token}"
    db.session.rollback()
    bills = db.session.scalars(db.select(Payment).order_by(Payment.id)).all()
    assert [(bill.provider, bill.state) for bill in bills] == [
        ("transfer", PaymentState.CANCELLED),
        ("qris", PaymentState.PENDING),
    ]
    assert client.post(path, data={"payment_method": "cash"}).status_code == 302
    assert state(made) is OrderState.PROCESSING
    assert client.post(path, data={"payment_method": "qris"}).status_code == 422


@pytest.mark.parametrize("method", ["", "stripe", "x" * 500])
def test_a_strange_way_to_pay_is_refused(client: FlaskClient, product: Product, method: str) -> None:
    made = order(client, payment_method="transfer")
    assert client.post(f"/p/{made.token}/cara-bayar", data={"payment_method": method}).status_code == 422
    assert db.session.scalars(db.select(Payment.provider)).all() == ["transfer"]


def test_an_order_is_put_into_the_basket_again(client: FlaskClient) -> None:
    one, two = make.product(stock=9), make.product(stock=9)
    parcel = offered({one: 1, two: 1})
    fill(client, one, parcel, quantity=2)
    made = order(client)
    with unit_of_work():
        db.session.get_one(Product, one.id).state = ProductState.PAUSED
    other = client.application.test_client()
    answer = other.post(f"/p/{made.token}/lagi", follow_redirects=True)
    assert parcel.name in answer.text
    assert f"/produk/{one.slug}" not in answer.text
    assert "1 thing is not sold now." in answer.text
    assert 'value="2"' in answer.text


def test_the_way_of_an_order_is_told(client: FlaskClient, product: Product) -> None:
    made = at(f"/p/{order(client, payment_method='qris').token}")
    words = []
    confirm = db.session.scalars(db.select(Payment)).one()
    for step in (None, lambda: confirmed(confirm), lambda: _do("pack", made), lambda: _do("hand_over", made)):
        if step is not None:
            step()
        page = client.get(f"/p/{made.token}").text
        now = page.partition('aria-current="step"')[2]
        words.append(now.partition("<b>")[2].partition("<")[0].strip() if now else "")
    assert words == ["Waiting for payment", "Being prepared", "Ready for pick-up", ""]


def test_where_an_order_stands_is_said_plainly(client: FlaskClient, product: Product) -> None:
    made = order(client)  # in cash, at pick-up
    page = client.get(f"/p/{made.token}").text
    assert f"It is ready on {long_day(made.ready_on)}." in page
    _do("pack", made)
    assert "Come and fetch it." in client.get(f"/p/{made.token}").text


def test_what_is_sent_on_of_an_order_leads_nobody_to_it(client: FlaskClient, product: Product) -> None:
    made = order(client)
    (text,) = re.findall(r'href="https://wa.me/\?text=([^"]+)"', client.get(f"/p/{made.token}").text)
    told = unquote_plus(text)
    assert product.name in told
    assert made.token not in told
    assert made.number not in told
    assert made.buyer_name not in told


def _do(step: str, made: Order) -> None:
    with unit_of_work():
        getattr(orders, step)(made.id, None)


@pytest.mark.parametrize("method", ["transfer", "qris"])
def test_how_to_pay_stands_first_as_long_as_that_is_what_has_to_be_done(
    client: FlaskClient, product: Product, method: str
) -> None:
    made = order(client, payment_method=method)
    page = client.get(f"/p/{made.token}").text
    assert page.index("I have paid") < page.index('class="way"')
    client.post(f"/p/{made.token}/batal")
    page = client.get(f"/p/{made.token}").text
    assert "I have paid" not in page
    assert "Ready on" not in page


def test_the_unique_code_explains_what_is_missing_in_the_sum(client: FlaskClient, product: Product) -> None:
    made = order(client, payment_method="transfer")
    bill = db.session.scalars(db.select(Payment)).one()
    page = client.get(f"/p/{made.token}").text
    assert page.count(f"<code>{format_rupiah(bill.amount)}</code>") == 1
    assert f'data-copy="{bill.amount}"' in page
    assert format_rupiah(-bill.unique_code) in page
    assert page.index("Bank Contoh") < page.index("0011223344") < page.index("Dinas Sosial.")


def test_cash_at_pick_up_is_no_hurry(client: FlaskClient, product: Product) -> None:
    page = client.get(f"/p/{order(client).token}").text
    assert page.index('class="way"') < page.index("Pay in cash at pick-up")


def test_who_sent_a_proof_is_told_that_it_waits_before_he_pays_otherwise(client: FlaskClient, product: Product) -> None:
    made = order(client, payment_method="transfer")
    client.post(f"/p/{made.token}/bukti", data={"note": "Sudah saya kirim"})
    for ask in (client.get, client.post):
        answer = ask(f"/p/{made.token}/cara-bayar", follow_redirects=True)
        assert (answer.status_code, answer.request.path) == (200, f"/p/{made.token}")
        assert "your proof waits" in answer.text
