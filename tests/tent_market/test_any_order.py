"""However a phone's events are shuffled, sent twice and split: stock, cash and orders end the same."""

import random
from dataclasses import dataclass

from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from marketplace.catalog.models import Product
from marketplace.extensions import cache, db
from marketplace.ledger.models import Account
from marketplace.ledger.queries import account_balance
from marketplace.orders.models import Order
from marketplace.stock import tents as stock
from marketplace.tent_market.models import Stall
from marketplace.tent_market.till_models import TillEvent
from tests import make
from tests.tent_market import making
from tests.tent_market.making import broken_checks
from tests.tent_market.telling import Event, Till, of

LONG = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
CHANGE = 10
"""Pieces sold for cash at first: the drawer can give all back that is given back later."""


@dataclass(frozen=True)
class Deed:
    """A sale of so many pieces of each product, and what became of it."""

    pieces: tuple[int, int]
    is_cash: bool
    fate: str
    back: int


deeds = st.builds(
    Deed,
    st.tuples(st.integers(1, 4), st.integers(0, 3)),
    st.booleans(),
    st.sampled_from(["kept", "kept", "void", "refund", "twice"]),
    st.integers(1, 4),
)


@dataclass(frozen=True)
class End:
    """What is left of it all."""

    left: dict[int, int]
    cash: int
    orders: list[tuple[str, int, int, str]]
    events: list[tuple[int, str, str, str | None]]


def written(till: Till, goods: list[Product], script: list[Deed]) -> list[Event]:
    """Return the events of a script as the phone wrote them, one after the other."""
    events = [till.sale(of(goods[0].id, CHANGE), of(goods[1].id, CHANGE))]
    open_ones: list[tuple[Event, Deed]] = []
    for deed in script:
        counts = zip(goods, deed.pieces, strict=True)
        lines = [of(product.id, count) for product, count in counts if count]
        events.append(till.sale(*lines, paid="cash" if deed.is_cash else "qris"))
        open_ones.append((events[-1], deed))
    for sale, deed in open_ones:
        events += back(till, sale, deed)
    return events


def back(till: Till, sale: Event, deed: Deed) -> list[Event]:
    """Return what was taken back of a sale."""
    most = min(deed.back, deed.pieces[0])
    if deed.fate == "void":
        return [till.void(sale)]
    if deed.fate == "refund":
        return [till.refund(sale, most, spoiled=most // 2)]
    if deed.fate == "twice" and deed.pieces[0] > 1:
        return [till.refund(sale, 1), till.refund(sale, deed.pieces[0] - 1)]
    return []


def sent(till: Till, events: list[Event], chance: random.Random) -> None:
    """Send all of it in any order and in parts, some more than once, and again what had to wait."""
    left = [*events, *chance.choices(events, k=len(events) // 2)]
    for _round in range(len(events) + 1):
        chance.shuffle(left)
        waiting = []
        while left:
            part = [left.pop() for _number in range(min(len(left), chance.randrange(1, 6)))]
            answers = till.tell(*part)
            waiting += [event for event, answer in zip(part, answers, strict=True) if answer == "wait"]
            cache.clear()  # the pace of a phone is not what this is about
        if not waiting:
            return
        left = waiting
    raise AssertionError(f"still waiting: {left}")


def end_of(stall: Stall, till: Till, cash_before: int) -> End:
    events = select(TillEvent).where(TillEvent.device_id == till.id).order_by(TillEvent.sequence)
    kept = [
        (e.sequence, e.kind.value, e.state.value, e.problem and e.problem.value) for e in db.session.scalars(events)
    ]
    of_till = select(TillEvent.order_id).where(TillEvent.device_id == till.id)
    orders = db.session.scalars(select(Order).where(Order.id.in_(of_till))).all()
    return End(
        stock.at_tent(db.session.get_one(Stall, stall.id).location),
        account_balance(make.REGENCY, Account.TENT_CASH) - cash_before,
        sorted((order.state.value, order.total, order.reduced_amount, order.payment_method) for order in orders),
        kept,
    )


@LONG
@given(script=st.lists(deeds, min_size=1, max_size=5), seed=st.integers(0, 2**32))
def _test(script: list[Deed], seed: int) -> None:
    goods = [make.product(price=15_000) for _number in range(2)]
    ends = []
    for way in ("any", "straight"):  # first in any order: then no money of others is in the drawers
        stall = making.stall()
        for product in goods:
            making.load(stall, product, 60)
        till, before = Till(stall), account_balance(make.REGENCY, Account.TENT_CASH)
        events = written(till, goods, script)
        if way == "any":
            sent(till, events, random.Random(seed))
        else:
            assert set(till.tell(*events)) == {"booked"}
        ends.append(end_of(stall, till, before))
        cache.clear()
    assert ends[0] == ends[1]


def test_any_order_ends_the_same(app: Flask) -> None:
    _test()
    assert broken_checks() == {}


def test_money_that_is_on_its_way_is_waited_for(app: Flask) -> None:
    """A sale by QRIS is given back in cash before the cash of an earlier sale is known."""
    stall, product = making.stall(), make.product(price=15_000)
    making.load(stall, product, 9)
    till = Till(stall)
    first, second = till.sale(of(product.id, 3)), till.sale(of(product.id), paid="qris")
    refund = till.refund(second, 1)
    assert till.tell(second, refund) == ["booked", "wait"]
    assert till.tell(refund, first) == ["booked", "booked"]
    assert account_balance(make.REGENCY, Account.TENT_CASH) == 30_000
