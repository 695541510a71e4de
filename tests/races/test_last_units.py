"""Two hundred buyers, seven units, four processes: seven are sold, nobody is refused wrongly.

The control takes stock as one would without the conditional update, and has to oversell: it shows that the race
is there to be lost.
"""

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from marketplace.extensions import db
from marketplace.orders import service
from marketplace.orders.models import Order
from marketplace.orders.wanted import LineRequest
from marketplace.shared.errors import Shortage
from marketplace.shared.transaction import unit_of_work
from marketplace.stock.models import Hold, Location, LocationKind, StockLevel
from tests import make
from tests.orders.asking import wanted
from tests.races import harness

BUYERS, UNITS = 200, 7


def buyer(product_id: int, parcel_like: tuple[int, ...] = ()) -> harness.Task:
    """Order one unit of a product (and one each of others)."""

    def task(number: int) -> str:
        lines = [LineRequest(1, product_id=key) for key in (product_id, *parcel_like)]
        if number % 2:
            lines.reverse()
        try:
            with unit_of_work():
                service.place(wanted(*lines, key=f"race-{number}"))
        except Shortage:
            return "short"
        return "sold"

    return task


def careless_buyer(product_id: int) -> harness.Task:
    """Read what is free, then write what is held: the mistake that the shop does not make."""

    def task(_number: int) -> str:
        with db.engine.connect() as connection:
            row = connection.execute(
                select(StockLevel.id, StockLevel.on_hand, StockLevel.held).where(StockLevel.product_id == product_id)
            ).one()
            connection.rollback()
            harness.meet()
            if row.on_hand - row.held < 1:
                return "short"
            connection.execute(update(StockLevel).where(StockLevel.id == row.id).values(held=row.held + 1))
            connection.commit()
        return "sold"

    return task


@pytest.fixture
def product_id(app: Flask) -> int:
    """Return a product with seven units, four at the group and three in the store."""
    product = make.product(stock=4)
    make.put(product, 3, make.store())
    return product.id


def on_hand_and_held(product_id: int) -> tuple[int, int]:
    db.session.rollback()
    row = db.session.execute(
        select(func.sum(StockLevel.on_hand), func.sum(StockLevel.held)).where(StockLevel.product_id == product_id)
    ).one()
    return int(row[0]), int(row[1])


def test_seven_of_two_hundred_buyers_get_one(product_id: int, database_url: str) -> None:
    tally = harness.run(database_url, buyer, BUYERS, product_id=product_id)
    assert tally == {"sold": UNITS, "short": BUYERS - UNITS}
    assert on_hand_and_held(product_id) == (UNITS, UNITS)
    assert db.session.scalar(select(func.count()).select_from(Order)) == UNITS
    assert db.session.scalar(select(func.sum(Hold.quantity))) == UNITS


def test_orders_over_the_same_goods_in_any_order_do_not_block_each_other(app: Flask, database_url: str) -> None:
    products = [make.product(stock=60) for _number in range(3)]
    tally = harness.run(
        database_url, buyer, 80, product_id=products[0].id, parcel_like=(products[1].id, products[2].id)
    )
    assert tally == {"sold": 60, "short": 20}
    assert [on_hand_and_held(product.id) for product in products] == [(60, 60)] * 3


def test_control_without_the_lock_oversells(app: Flask, database_url: str) -> None:
    product = make.product(stock=UNITS)
    tally = harness.run(database_url, careless_buyer, BUYERS, product_id=product.id)
    assert tally["sold"] > UNITS, "the race did not show: this test proves nothing then"


def test_the_same_key_from_many_tabs_makes_one_order(product_id: int, database_url: str) -> None:
    tally = harness.run(database_url, one_key, 40, product_id=product_id)
    assert list(tally) == ["order 1"]
    assert on_hand_and_held(product_id) == (UNITS, 1)


def one_key(product_id: int) -> harness.Task:
    """Send the same order again and again."""

    def task(_number: int) -> str:
        with unit_of_work():
            order = service.place(wanted(LineRequest(1, product_id=product_id), key="one"))
            return f"order {order.id}"

    return task


def test_control_store_and_group_rows_exist(product_id: int) -> None:
    kinds = db.session.scalars(select(Location.kind).join(StockLevel).where(StockLevel.product_id == product_id))
    assert set(kinds) == {LocationKind.GROUP, LocationKind.STORE}
