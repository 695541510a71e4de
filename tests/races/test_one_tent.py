"""A tent is closed once, and a sale comes before its count or not at all, in four processes."""

from flask import Flask
from sqlalchemy import select, update

from marketplace.extensions import db
from marketplace.ledger.models import Account
from marketplace.ledger.queries import account_balance
from marketplace.orders.models import Channel, Order
from marketplace.orders.wanted import LineRequest
from marketplace.shared.errors import DomainError
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.tent_market import closing, sales, stall_queries, stalls
from marketplace.tent_market.closing import Cash
from marketplace.tent_market.models import Stall, StallState
from marketplace.tent_market.stall_rules import Tally
from tests import make
from tests.races import harness
from tests.tent_market import counting_back as back
from tests.tent_market import making
from tests.tent_market.making import broken_checks

TRIES = 16


def confirming(stall_id: int, actor_ids: tuple[int, ...]) -> harness.Task:
    """Confirm the count, each as another person."""

    def task(number: int) -> str:
        try:
            with unit_of_work():
                closing.confirm(stall_id, actor_ids[number])
        except DomainError:
            return "refused"
        return "closed"

    return task


def careless(stall_ids: tuple[int, ...], actor_id: int) -> harness.Task:
    """Look at the state, then change it: the mistake that the close does not make."""
    db.session.execute(select(1))
    db.session.rollback()

    def task(number: int) -> str:
        row = Stall.id == stall_ids[number // harness.PROCESSES]
        with db.engine.connect() as connection:
            state = connection.scalar(select(Stall.state).where(row))
            connection.rollback()
            harness.meet()
            if state is not StallState.COUNTED:
                return "refused"
            connection.execute(update(Stall).where(row).values(cash_reason=f"{actor_id}"))
            connection.commit()
        return "closed"

    return task


def selling_and_counting(stall_id: int, product_id: int, cashier_id: int, counter_id: int) -> harness.Task:
    """Sell a piece; in the middle of it somebody counts what is there then."""

    def task(number: int) -> str:
        try:
            with unit_of_work():
                if number == TRIES // 2:
                    return _count(stall_id, counter_id)
                sale = sales.Sale(f"sale-{number}", (LineRequest(1, product_id),), "tent_cash")
                sales.enter(stalls.locked_open(stall_id), sale, cashier_id)
        except DomainError:
            return "refused"
        return "sold"

    return task


def _count(stall_id: int, counter_id: int) -> str:
    stall = stalls.locked(stall_id)
    there = {row.id: Tally(row.there) for row in stall_queries.goods_at(stall.location_id)}
    closing.count(stall_id, there, Cash(stall_queries.drawer_of(stall).expected), frozenset(), counter_id)
    return "counted"


def _counted(cash: int = 20_000) -> Stall:
    stall, cashier, product = making.stall(), make.user(Role.PACKER), make.product(price=10_000)
    making.load(stall, product, 5)
    making.sell(stall, LineRequest(2, product.id), cashier_id=cashier.id)
    return back.counted(stall, {product.id: Tally(3)}, Cash(cash, "Salah kembalian"))


def test_a_tent_is_closed_once(app: Flask, database_url: str) -> None:
    stall = _counted(cash=19_000)
    people = tuple(make.user(Role.HEAD).id for _number in range(TRIES))
    tally = harness.run(database_url, confirming, TRIES, stall_id=stall.id, actor_ids=people)
    assert tally == {"closed": 1, "refused": TRIES - 1}
    assert back.fresh(stall).state is StallState.CLOSED
    assert account_balance(make.REGENCY, Account.CASH) == 19_000
    assert broken_checks() == {}


def test_a_sale_is_counted_or_refused(app: Flask, database_url: str) -> None:
    stall, product = making.stall(), make.product(price=10_000)
    making.load(stall, product, TRIES)
    cashier, counter = make.user(Role.PACKER), make.user(Role.TREASURER)
    values = {"stall_id": stall.id, "product_id": product.id, "cashier_id": cashier.id, "counter_id": counter.id}
    tally = harness.run(database_url, selling_and_counting, TRIES, **values)
    assert tally["counted"] == 1
    assert tally["sold"] + tally["refused"] == TRIES - 1
    counted = back.fresh(stall)
    assert counted.cash_expected == 10_000 * tally["sold"]
    assert db.session.query(Order).filter_by(channel=Channel.TENT).count() == tally["sold"]
    second = make.user(Role.HEAD).id
    with unit_of_work():
        closing.confirm(stall.id, second)
    assert broken_checks() == {}


def test_control_without_the_lock_more_than_one_would_close(app: Flask, database_url: str) -> None:
    ids = tuple(_counted().id for _number in range(5))
    values = {"stall_ids": ids, "actor_id": make.user().id}
    tally = harness.run(database_url, careless, len(ids) * harness.PROCESSES, **values)
    assert tally["closed"] > len(ids), "the race did not show: these tests prove nothing then"
