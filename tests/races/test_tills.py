"""The same batch of a phone, sent twenty times at once from four processes: one effect each, and one answer.

The control books as the till's own word has it, without the phone's lock and the events' names, and has to go wrong.
"""

import hashlib
import json

import pytest
from flask import Flask, current_app
from sqlalchemy import func, select

from marketplace.extensions import db
from marketplace.ledger.models import Account
from marketplace.ledger.queries import account_balance
from marketplace.orders.models import Channel, Order
from marketplace.orders.wanted import LineRequest
from marketplace.shared.transaction import unit_of_work
from marketplace.stock import tents as stock
from marketplace.tent_market import sales
from marketplace.tent_market.models import Stall
from marketplace.tent_market.till_models import TillEvent
from tests import make
from tests.races import harness
from tests.tent_market import making
from tests.tent_market.making import broken_checks
from tests.tent_market.telling import Till, of

TIMES = 20
SALES = 46
TRIES = 5
"""So often a phone sends again at most what was not heard."""


def sending(values: tuple[tuple[str, str], ...]) -> harness.Task:
    """Send batches in turn, each with the secret of its phone; what was answered is told by its fingerprint."""

    def task(number: int) -> str:
        token, body = values[number % len(values)]
        head = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        client, sent = current_app.test_client(), {"data": body.encode(), "headers": head}
        answer = client.post("/kasir/kirim", content_type="application/json", **sent)
        for _again in range(TRIES):
            if answer.status_code == 503:  # locked for too long: a phone sends the same once more
                answer = client.post("/kasir/kirim", content_type="application/json", **sent)
        results = (answer.json or {}).get("results", [])
        kinds = ",".join(sorted({one["result"] for one in results}))
        return f"{answer.status_code} {kinds} {hashlib.sha256(json.dumps(results).encode()).hexdigest()}"

    return task


def careless(stall_id: int, cashier_id: int, product_id: int, keys: tuple[str, ...]) -> harness.Task:
    """Look whether an event is known, then book it."""

    def task(number: int) -> str:
        known = db.session.scalar(select(TillEvent.id).where(TillEvent.key == keys[number // harness.PROCESSES]))
        db.session.rollback()
        harness.meet()
        if known is not None:
            return "known"
        with unit_of_work():
            sale = sales.Sale(f"careless-{number}", (LineRequest(1, product_id),), "tent_cash")
            sales.enter(db.session.get_one(Stall, stall_id), sale, cashier_id)
        return "booked"

    return task


def orders() -> int:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalar(select(func.count(Order.id)).where(Order.channel == Channel.TENT)) or 0


def test_a_batch_that_comes_twenty_times_at_once_counts_once(app: Flask, database_url: str) -> None:
    stall, product = making.stall(), make.product(price=15_000)
    making.load(stall, product, 500)
    till = Till(stall)
    sold = [till.sale(of(product.id, 1 + number % 3)) for number in range(SALES)]
    back = [till.void(sold[0]), till.void(sold[1]), till.refund(sold[2], 1), till.refund(sold[5], 2)]
    body = json.dumps({"now": None, "told": {"sequence": 50, "amount": 0}, "events": [*sold, *back]})
    tally = harness.run(database_url, sending, TIMES, values=((till.token, body),))
    assert list(tally.values()) == [TIMES], tally
    assert orders() == SALES
    assert db.session.scalar(select(func.count(TillEvent.id))) == SALES + 4
    gone = sum(sale["lines"][0]["quantity"] for sale in sold[2:]) - 3
    assert stock.at_tent(db.session.get_one(Stall, stall.id).location) == {product.id: 500 - gone}
    assert account_balance(make.REGENCY, Account.TENT_CASH) == gone * 15_000
    assert broken_checks() == {}


@pytest.mark.parametrize(("is_same_day", "each"), [(True, 6), (False, 2)])
def test_two_phones_that_sell_the_same_goods_do_not_stop_each_other(
    app: Flask, database_url: str, is_same_day: bool, each: int
) -> None:
    """They sell in opposite order: on one day they stand in a queue, of two markets a circle is tried again."""
    day, goods, batches = making.day(), [make.product(price=15_000) for _number in range(4)], []
    for ways in (goods, goods[::-1]):
        stall = making.stall(day if is_same_day else None)
        for product in goods:
            making.load(stall, product, 100)
        till = Till(stall)
        for _batch in range(each):
            batches.append((till.token, json.dumps({"events": [till.sale(of(product.id)) for product in ways]})))
    mixed = tuple(batches[place] for pair in zip(range(each), range(each, 2 * each), strict=True) for place in pair)
    tally = harness.run(database_url, sending, len(mixed), values=mixed)
    assert {answer[: len("200 booked ")] for answer in tally} == {"200 booked "}, tally
    assert orders() == 2 * each * len(goods)
    assert broken_checks() == {}


def test_control_without_lock_and_name_books_twice(app: Flask, database_url: str) -> None:
    stall, product = making.stall(), make.product(price=15_000)
    making.load(stall, product, 500)
    till = Till(stall)
    keys = tuple(till.sale(of(product.id))["id"] for _number in range(4))
    values = {"stall_id": stall.id, "cashier_id": till.cashier.id, "product_id": product.id, "keys": keys}
    tally = harness.run(database_url, careless, len(keys) * harness.PROCESSES, **values)
    assert tally["booked"] > len(keys), "the race did not show: these tests prove nothing then"
    assert orders() > len(keys)
