"""A buyer agrees while his time runs out and the office takes the question back, all at once: one of them wins."""

import datetime as dt

from flask import Flask
from sqlalchemy import func, select, update

from marketplace.extensions import db
from marketplace.orders import proposals, substitutes
from marketplace.orders.models import Order, OrderAdjustment, OrderLine, Substitute, SubstituteState
from marketplace.orders.substitutes import Proposal
from marketplace.orders.wanted import LineRequest
from marketplace.shared import clock
from marketplace.shared.errors import DomainError
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.orders.asking import placed
from tests.orders.test_money import do, pay
from tests.races import harness

TRIES = 24


def question() -> tuple[int, int]:
    """Return an order and what its buyer was asked."""
    old, new = make.product(stock=9, price=30_000), make.product(stock=9, price=20_000)
    order = placed(LineRequest(3, product_id=old.id))
    pay(order)
    until = clock.now() + dt.timedelta(hours=1)
    do(substitutes.propose, f"k{order.id}", order.id, Proposal(order.lines[0].id, 2, new.id, "Habis", until), None)
    return order.id, proposals.open_of(order.id)[0].id


def answering(order_id: int, key: int) -> harness.Task:
    """Agree, refuse, let the time run out or take the question back, by turns."""

    def task(number: int) -> str:
        try:
            with unit_of_work():
                if number % 4 == 0:
                    substitutes.agree(order_id, key, None)
                elif number % 4 == 1:
                    substitutes.refuse(order_id, key, None)
                elif number % 4 == 2:
                    return "ended" if substitutes.expire_due(clock.now() + dt.timedelta(hours=2)) else "late"
                else:
                    substitutes.withdraw(order_id, key)
        except DomainError:
            return "late"
        return "ended"

    return task


def careless(keys: tuple[int, ...]) -> harness.Task:
    """Look whether the question is open, then answer: the mistake that a turn does not make."""

    def task(number: int) -> str:
        row = Substitute.id == keys[number // harness.PROCESSES]
        with db.engine.connect() as connection:
            state = connection.scalar(select(Substitute.state).where(row))
            connection.rollback()
            harness.meet()
            if state is not SubstituteState.ASKED:
                return "late"
            values = {"state": SubstituteState.WITHDRAWN, "answered_at": clock.now()}
            connection.execute(update(Substitute).where(row).values(values))
            connection.commit()
        return "ended"

    return task


def test_a_question_comes_to_one_end(app: Flask, database_url: str) -> None:
    order_id, key = question()
    tally = harness.run(database_url, answering, TRIES, order_id=order_id, key=key)
    db.session.rollback()
    db.session.expire_all()
    assert tally["ended"] == 1, tally
    agreed = db.session.get_one(Substitute, key).state is SubstituteState.AGREED
    lines = db.session.scalar(select(func.count()).select_from(OrderLine).where(OrderLine.order_id == order_id))
    taken = db.session.scalar(select(func.coalesce(func.sum(OrderAdjustment.quantity), 0)))
    order = db.session.get_one(Order, order_id)
    assert (lines, order.total) == ((2, 130_000) if agreed else (1, 90_000))
    assert taken == (0 if db.session.get_one(Substitute, key).state is SubstituteState.WITHDRAWN else 2)


def test_control_without_the_condition_answers_twice(app: Flask, database_url: str) -> None:
    keys = tuple(question()[1] for _number in range(5))
    tally = harness.run(database_url, careless, len(keys) * harness.PROCESSES, keys=keys)
    assert tally["ended"] > len(keys), "the race did not show: these tests prove nothing then"
