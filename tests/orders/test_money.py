"""What happens to stock and money along an order's life, to the rupiah."""

import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.extensions import db
from marketplace.ledger.models import Account, JournalEntry, JournalLine
from marketplace.ledger.queries import account_balances, balance_of
from marketplace.orders import adjustments, returns, service
from marketplace.orders.models import DeliveryFee, DeliveryMethod, Order, OrderState
from marketplace.orders.queries import refund_due
from marketplace.orders.wanted import Delivery, LineRequest, NoLongerOffered
from marketplace.shared import clock
from marketplace.shared.errors import InvalidInput, KeyReused, Shortage, StateConflict
from marketplace.shared.transaction import unit_of_work
from marketplace.stock.models import StockLevel
from tests import make
from tests.orders.asking import placed, wanted


def do(action: Callable[..., object], *args: object, **values: object) -> None:
    with unit_of_work():
        action(*args, **values)


def pay(order: Order, *, code: int = 0) -> None:
    do(service.mark_paid, order.id, order.due_amount - code, Account.BANK, f"payment:{order.id}", None)


def level(product_id: int) -> tuple[int, int]:
    row = db.session.scalars(
        select(StockLevel).where(StockLevel.product_id == product_id).execution_options(populate_existing=True)
    ).one()
    return row.on_hand, row.held


def books() -> dict[Account, int]:
    balances = account_balances(make.REGENCY)
    assert sum(balances.values()) == 0
    return {account: amount for account, amount in balances.items() if amount}


@pytest.fixture
def shared_product(app: Flask) -> tuple[int, int, int]:
    group = make.group()
    first, second = make.household(group), make.household(group)
    product = make.product(group, makers={first.id: 6_667, second.id: 3_333}, stock=10, price=10_001)
    return product.id, first.id, second.id


def test_from_order_to_earnings(shared_product: tuple[int, int, int]) -> None:
    product_id, first, second = shared_product
    order = placed(LineRequest(3, product_id=product_id))
    assert (order.total, order.state, level(product_id)) == (30_003, OrderState.AWAITING_PAYMENT, (10, 3))
    pay(order, code=123)
    assert books() == {Account.BANK: 29_880, Account.UNIQUE_CODE_DISCOUNT: 123, Account.CUSTOMER_DEPOSITS: -30_003}
    do(service.pack, order.id, None)
    assert level(product_id) == (7, 0)
    assert balance_of(first) == 0  # nothing is earned before the buyer has it
    do(service.hand_over, order.id, None)
    assert (balance_of(first), balance_of(second)) == (20_003, 10_000)
    assert books() == {Account.BANK: 29_880, Account.UNIQUE_CODE_DISCOUNT: 123, Account.HOUSEHOLD_PAYABLE: -30_003}


def test_a_paid_order_earns_once(shared_product: tuple[int, int, int]) -> None:
    order = placed(LineRequest(1, product_id=shared_product[0]))
    pay(order)
    do(service.pack, order.id, None)
    do(service.hand_over, order.id, None)
    before = db.session.scalar(select(func.count()).select_from(JournalEntry))
    for action in (service.hand_over, service.pack):
        with pytest.raises(StateConflict):
            do(action, order.id, None)
    with pytest.raises(StateConflict):
        pay(order)
    assert db.session.scalar(select(func.count()).select_from(JournalEntry)) == before


def test_unpaid_orders_are_not_handed_over(shared_product: tuple[int, int, int]) -> None:
    order = placed(LineRequest(1, product_id=shared_product[0]))
    do(service.promise_cash, order.id, None)
    do(service.pack, order.id, None)
    with pytest.raises(StateConflict):
        do(service.hand_over, order.id, None)
    do(service.mark_paid, order.id, 10_001, Account.CASH, "payment:1", None)
    do(service.hand_over, order.id, None)
    assert db.session.get_one(Order, order.id).state is OrderState.COMPLETED


def test_cancelling_gives_stock_and_cash_back_but_not_the_discount(shared_product: tuple[int, int, int]) -> None:
    product_id = shared_product[0]
    order = placed(LineRequest(4, product_id=product_id))
    pay(order, code=999)
    do(adjustments.cancel, order.id, by_buyer=True, reason="salah pesan", actor_id=None)
    assert level(product_id) == (10, 0)
    assert refund_due(order.id) == 4 * 10_001 - 999
    assert books() == {Account.BANK: 39_005, Account.REFUNDS_PAYABLE: -39_005}
    assert db.session.get_one(Order, order.id).due_amount == 0


def test_the_office_can_withdraw_a_packed_order_and_the_buyer_cannot(shared_product: tuple[int, int, int]) -> None:
    product_id = shared_product[0]
    order = placed(LineRequest(4, product_id=product_id))
    pay(order)
    do(service.pack, order.id, None)
    with pytest.raises(StateConflict):
        do(adjustments.cancel, order.id, by_buyer=True, reason="", actor_id=None)
    do(adjustments.cancel, order.id, by_buyer=False, reason="tidak diambil", actor_id=None)
    assert level(product_id) == (10, 0)
    assert refund_due(order.id) == 40_004


def test_short_shipping_reduces_shares_exactly(shared_product: tuple[int, int, int]) -> None:
    product_id, first, second = shared_product
    order = placed(LineRequest(5, product_id=product_id))
    pay(order, code=7)
    line = order.lines[0].id
    do(adjustments.short_ship, order.id, line, 2, "pecah", None)
    assert level(product_id) == (10, 3)
    assert refund_due(order.id) == 20_002
    with pytest.raises(InvalidInput):
        do(adjustments.short_ship, order.id, line, 3, "semua", None)
    do(service.pack, order.id, None)
    do(service.hand_over, order.id, None)
    assert balance_of(first) + balance_of(second) == 30_003
    assert level(product_id) == (7, 0)


def test_a_return_takes_the_shares_back_and_may_go_below_zero(shared_product: tuple[int, int, int]) -> None:
    product_id, first, second = shared_product
    order = placed(LineRequest(3, product_id=product_id))
    pay(order, code=50)
    do(service.pack, order.id, None)
    do(service.hand_over, order.id, None)
    do(returns.take_return, order.id, restock=True, reason="basi", actor_id=None)
    assert (balance_of(first), balance_of(second)) == (0, 0)
    assert level(product_id) == (10, 0)
    assert refund_due(order.id) == 30_003 - 50
    assert books() == {Account.BANK: 29_953, Account.REFUNDS_PAYABLE: -29_953}


def test_delivery_fee_goes_to_its_fund(shared_product: tuple[int, int, int]) -> None:
    product_id, _first, _second = shared_product
    make.add(DeliveryFee(district_code="63.06.05", amount=7_500, effective_from=make.LONG_AGO, source="SK Kadis"))
    delivery = Delivery(DeliveryMethod.ADDRESS, "Jl. Singakarsa 4", "002/001", make.VILLAGE)
    order = placed(LineRequest(1, product_id=product_id), delivery=delivery)
    assert (order.delivery_fee, order.total) == (7_500, 17_501)
    pay(order)
    do(service.pack, order.id, None)
    with pytest.raises(StateConflict):
        do(service.hand_over, order.id, None)  # it has to be sent first
    do(service.ship, order.id, None)
    do(service.hand_over, order.id, None)
    assert books() == {Account.BANK: 17_501, Account.DELIVERY_FUND: -7_500, Account.HOUSEHOLD_PAYABLE: -10_001}


def test_the_same_key_makes_one_order(shared_product: tuple[int, int, int]) -> None:
    line = LineRequest(2, product_id=shared_product[0])
    first = placed(line, key="tab")
    second = placed(line, key="tab")
    assert first.id == second.id
    assert level(shared_product[0]) == (10, 2)
    with pytest.raises(KeyReused):
        placed(LineRequest(3, product_id=shared_product[0]), key="tab")


def test_all_shortages_come_together(app: Flask) -> None:
    few, none = make.product(stock=2), make.product()
    with pytest.raises(Shortage) as caught:
        placed(LineRequest(3, product_id=few.id), LineRequest(1, product_id=none.id))
    assert [(m.product_id, m.wanted, m.free) for m in caught.value.missing] == [(few.id, 3, 2), (none.id, 1, 0)]
    assert db.session.scalar(select(func.count()).select_from(Order)) == 0


@pytest.mark.parametrize("quantity", [0, -1, 10_000, 2**63])
def test_strange_quantities_are_refused(app: Flask, quantity: int) -> None:
    product = make.product(stock=5)
    with pytest.raises(InvalidInput):
        placed(LineRequest(quantity, product_id=product.id))


def test_goods_of_another_regency_are_not_sold(app: Flask) -> None:
    product = make.product(stock=5, regency_code="63.07")
    with pytest.raises(NoLongerOffered):
        placed(LineRequest(1, product_id=product.id))


def test_an_expired_hold_goes_to_the_next_who_asks(shared_product: tuple[int, int, int]) -> None:
    product_id = shared_product[0]
    late = placed(LineRequest(10, product_id=product_id))
    with clock.at(clock.now() + dt.timedelta(minutes=31)):
        order = placed(LineRequest(10, product_id=product_id))
        assert level(product_id) == (10, 10)
        with pytest.raises(Shortage):  # paid late, and the goods are another's now
            pay(late)
        pay(order)
        with unit_of_work():
            assert service.expire(late.id) is True
        assert level(product_id) == (10, 10)


def test_expiry_frees_the_goods_once(shared_product: tuple[int, int, int]) -> None:
    product_id = shared_product[0]
    order = placed(LineRequest(4, product_id=product_id))
    with unit_of_work():
        assert service.expire(order.id) is False
    with clock.at(clock.now() + dt.timedelta(minutes=31)), unit_of_work():
        assert service.expire(order.id) is True
        assert service.expire(order.id) is False
    assert level(product_id) == (10, 0)


def test_later_edits_change_nothing_old(shared_product: tuple[int, int, int]) -> None:
    product_id, first, second = shared_product
    order = placed(LineRequest(2, product_id=product_id))
    with unit_of_work():
        from marketplace.catalog.models import Product

        product = db.session.get_one(Product, product_id)
        product.price, product.name = 99_999, "Nama Baru"
        product.shares[0].basis_points, product.shares[1].basis_points = 1, 9_999
    pay(order)
    do(service.pack, order.id, None)
    do(service.hand_over, order.id, None)
    assert balance_of(first) + balance_of(second) == 20_002
    assert balance_of(first) == 13_335


def test_every_entry_balances(shared_product: tuple[int, int, int]) -> None:
    order = placed(LineRequest(2, product_id=shared_product[0]))
    pay(order, code=1)
    do(service.pack, order.id, None)
    do(service.hand_over, order.id, None)
    do(returns.take_return, order.id, restock=False, reason="", actor_id=None)
    sums = db.session.scalars(select(func.sum(JournalLine.amount)).group_by(JournalLine.entry_id)).all()
    assert len(sums) == 3
    assert set(sums) == {0}


def test_wanted_body_ignores_the_key(app: Flask) -> None:
    line = LineRequest(1, product_id=1)
    assert wanted(line, key="a").body() == wanted(line, key="b").body()
