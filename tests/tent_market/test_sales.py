"""What is sold at a tent goes the path of every order, and back."""

import pytest
from flask import Flask

from marketplace.extensions import db
from marketplace.ledger.models import Account
from marketplace.ledger.queries import account_balance, balance_of
from marketplace.orders.models import Order, OrderState
from marketplace.orders.wanted import LineRequest
from marketplace.shared.errors import InvalidInput, StateConflict
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.stock import tents as stock
from marketplace.stock.models import MovementReason, StockMovement
from marketplace.stock.queries import free_by_product
from marketplace.tent_market import sales, stalls
from marketplace.tent_market.models import Stall
from marketplace.tent_market.sales import Returned
from tests import make
from tests.parcels import build
from tests.tent_market import making
from tests.tent_market.making import broken_checks


def there(stall: Stall) -> dict[int, int]:
    db.session.expire_all()
    return stock.at_tent(db.session.get_one(Stall, stall.id).location)


def money(account: Account) -> int:
    return account_balance(make.REGENCY, account)


def test_what_is_at_a_tent_is_not_sold_anywhere_else(app: Flask) -> None:
    stall, product = making.stall(), make.product(stock=5)
    making.load(stall, product, 7)
    assert there(stall) == {product.id: 7}
    assert free_by_product([product.id]) == {product.id: 5}
    assert broken_checks() == {}


@pytest.mark.parametrize(("method", "account"), [("tent_cash", Account.TENT_CASH), ("qris", Account.QRIS)])
def test_a_sale_is_paid_handed_over_and_earned_at_once(app: Flask, method: str, account: Account) -> None:
    cashier, stall = make.user(Role.PACKER), making.stall()
    family = make.household(group := make.group())
    product = make.product(group, makers={family.id: 10_000}, price=15_000)
    making.load(stall, product, 7)
    order_id = making.sell(stall, LineRequest(3, product.id), cashier_id=cashier.id, method=method)
    order = db.session.get_one(Order, order_id)
    assert (order.state, order.total, order.channel) == (OrderState.COMPLETED, 45_000, "tent")
    assert there(stall) == {product.id: 4}
    assert (money(account), balance_of(family.id)) == (45_000, 45_000)
    assert broken_checks() == {}


def test_the_price_charged_counts(app: Flask) -> None:
    cashier, stall, product = make.user(Role.PACKER), making.stall(), make.product(price=15_000)
    making.load(stall, product, 7)
    order_id = making.sell(stall, LineRequest(2, product.id, offered_price=13_500), cashier_id=cashier.id)
    assert db.session.get_one(Order, order_id).total == 27_000
    assert broken_checks() == {}


def test_a_sale_is_a_fact_whatever_is_offered_or_there(app: Flask) -> None:
    cashier, stall, product = make.user(Role.PACKER), making.stall(), make.product()
    making.load(stall, product, 2)
    with unit_of_work():
        db.session.get_one(type(product), product.id).state = type(product.state).ARCHIVED
    order_id = making.sell(stall, LineRequest(5, product.id), cashier_id=cashier.id)
    found = db.session.query(StockMovement).filter_by(reason=MovementReason.FOUND).one()
    assert (found.quantity, found.reference) == (3, f"order:{order_id}")
    assert there(stall) == {}
    assert broken_checks() == {}


@pytest.mark.parametrize("price", [100_000, 90_001, 3_000])
def test_a_parcel_leaves_its_products(app: Flask, price: int) -> None:
    cashier, stall = make.user(Role.PACKER), making.stall()
    one, other = make.product(stock=9), make.product(stock=9)
    parcel = build.offered({one: 2, other: 1})
    making.load(stall, one, 5)
    making.load(stall, other, 5)
    line = LineRequest(2, parcel_id=parcel.id, offered_price=price)
    order_id = making.sell(stall, line, cashier_id=cashier.id)
    assert db.session.get_one(Order, order_id).total == 2 * price
    assert there(stall) == {one.id: 1, other.id: 3}
    assert broken_checks() == {}


@pytest.mark.parametrize(("method", "account"), [("tent_cash", Account.TENT_CASH), ("qris", Account.QRIS)])
def test_a_mistake_is_undone_in_goods_money_and_earnings(app: Flask, method: str, account: Account) -> None:
    cashier, stall = make.user(Role.PACKER), making.stall()
    family = make.household(group := make.group())
    product = make.product(group, makers={family.id: 10_000})
    making.load(stall, product, 7)
    order_id = making.sell(stall, LineRequest(3, product.id), cashier_id=cashier.id, method=method)
    with unit_of_work():
        sales.undo(order_id, "salah ketik", cashier.id)
    assert there(stall) == {product.id: 7}
    assert (money(account), balance_of(family.id)) == (0, 0)
    assert broken_checks() == {}
    with pytest.raises(StateConflict), unit_of_work():
        sales.undo(order_id, "lagi", cashier.id)


def test_what_comes_back_is_sold_again_or_destroyed_and_paid_from_the_drawer(app: Flask) -> None:
    cashier, stall, product = make.user(Role.PACKER), making.stall(), make.product(price=10_000)
    making.load(stall, product, 7)
    order_id = making.sell(stall, LineRequest(5, product.id), cashier_id=cashier.id)
    with unit_of_work():
        given = sales.take_back(order_id, (Returned(product.id, None, 3, 1),), "remuk", cashier.id)
    assert given == 30_000
    assert (there(stall), money(Account.TENT_CASH)) == ({product.id: 4}, 20_000)
    assert broken_checks() == {}
    with pytest.raises(InvalidInput), unit_of_work():
        sales.take_back(order_id, (Returned(product.id, None, 3),), "lagi", cashier.id)


def test_what_comes_back_after_the_day_goes_to_the_store(app: Flask) -> None:
    cashier, stall, product = make.user(Role.PACKER), making.stall(), make.product(price=10_000)
    making.load(stall, product, 5)
    order_id = making.sell(stall, LineRequest(5, product.id), cashier_id=cashier.id)
    with unit_of_work():
        stock.close_place(stalls.locked(stall.id).location)
    with unit_of_work():
        sales.take_back(order_id, (Returned(product.id, None, 2),), "tidak jadi", cashier.id)
    assert there(stall) == {}
    assert free_by_product([product.id]) == {product.id: 2}
    assert broken_checks() == {}
