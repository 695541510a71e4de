"""Which order a treasurer means who types only the last digits of its number."""

from flask import Flask

from marketplace.extensions import db
from marketplace.orders.models import Order
from marketplace.shared.transaction import unit_of_work
from marketplace.treasury.queries import order_by_number
from tests import make
from tests.payments import billing
from tests.treasury.test_taken_back import matched


def asked(number: str, area_code: str = make.REGENCY) -> int | None:
    db.session.rollback()
    found = order_by_number(area_code, number)
    return found.id if found else None


def numbered(order_id: int, number: str) -> None:
    with unit_of_work():
        db.session.get_one(Order, order_id).number = number


def test_the_last_digits_name_the_one_order_that_waits(app: Flask) -> None:
    billing.bank()
    first, second = billing.bill(billing.order()), billing.bill(billing.order())
    numbered(first.order_id, "WK-2610-00743")
    numbered(second.order_id, "WK-2611-10743")
    assert [asked(typed) for typed in ("743", "00743", "10743")] == [first.order_id, first.order_id, second.order_id]
    assert [asked(typed) for typed in ("43", "74", "0", "٧٤٣")] == [None] * 4
    assert asked("743", make.OTHER_REGENCY) is None
    numbered(second.order_id, "WK-2611-00743")
    assert asked("743") is None
    matched(first.order_id, billing.fresh(first).amount)
    assert (asked("743"), asked("WK-2610-00743")) == (second.order_id, first.order_id)
