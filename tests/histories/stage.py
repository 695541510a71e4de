"""What all rules of a history use: how something is tried, how an order is found, what the model takes over."""

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask
from hypothesis.stateful import RuleBasedStateMachine
from sqlalchemy import exists, func, select

from marketplace.extensions import db
from marketplace.ledger.models import Account, PayoutMethod
from marketplace.orders.models import Order, OrderState
from marketplace.payments import service
from marketplace.payments.models import (
    Payment,
    PaymentState,
    RefundMethod,
)
from marketplace.shared.errors import DomainError
from marketplace.shared.transaction import rollback, unit_of_work
from tests.histories.model import Books, Bought
from tests.histories.shop import Shop

Condition = Callable[[Any], bool]
S = OrderState
ANY = frozenset(S)
UNPAID = frozenset({S.AWAITING_PAYMENT, S.AWAITING_VERIFICATION})
MOST_ORDERS = 9
LATER = dt.timedelta(days=30)
ACCOUNT = {"transfer": Account.BANK, "cash": Account.CASH, "stripe": Account.STRIPE}
METHOD = {RefundMethod.CASH: Account.CASH, RefundMethod.TRANSFER: Account.BANK, RefundMethod.ONLINE: Account.STRIPE}
PAID_BY = {PayoutMethod.CASH: Account.CASH, PayoutMethod.BANK: Account.BANK}
MONEY = (Account.CASH, Account.BANK, Account.STRIPE)
WHICH = range(8)
PIECES = range(1, 4)
OFF = (0, 0, 0, 0, -3_000, 2_500, 999)
ONE = [{what: count} for what in range(4) for count in range(1, 5)]
CHOICES = ONE + [{**first, **second} for first in ONE for second in ONE if first != second]
"""What is asked for: index of a product, or 3 for the parcel → how many."""


@dataclass(frozen=True)
class Step:
    """Something that can happen: the method's name, whether it can now, and what is drawn for it."""

    name: str
    when: Condition
    drawn: dict[str, Sequence[Any]]


STEPS: list[Step] = []


def step(*, when: Condition = lambda _history: True, often: int = 1, **drawn: Sequence[Any]) -> Callable[[Any], Any]:
    """Let a method be one of the things that happen, so many times as likely as another that can happen then."""

    def keep(act: Any) -> Any:
        STEPS.extend([Step(act.__name__, when, drawn)] * often)
        return act

    return keep


def where(*states: OrderState) -> Condition:
    """Tell of a history whether an order is in one of some states."""
    return lambda history: any(order.state in states for order in history.books.orders.values())


def there_is(condition: Any) -> Condition:
    """Tell whether there is a row like this."""
    return lambda _history: bool(db.session.scalar(select(exists().where(condition))))


def has_room(history: Any) -> bool:
    """Tell whether there are few orders."""
    return len(history.books.orders) < MOST_ORDERS


def owes(history: Any) -> bool:
    """Tell whether somebody is to get money back."""
    return any(order.owed_back > 0 for order in history.books.orders.values())


taken: Counter[str] = Counter()
"""How often each thing was not refused, over all histories."""


class Stage(RuleBasedStateMachine):
    """A shop, its model, and what the rules do with both."""

    app: Flask
    shop: Shop

    def __init__(self) -> None:
        super().__init__()
        self.books = Books()
        self.numbers = itertools.count(1)
        self.is_late = False

    def place(self, name: str, order: Callable[..., Bought], *args: Any) -> None:
        """Place an order and get to know it."""
        new = self.do(name, order, *args)
        if new is not None:
            self.books.orders[new.id] = new
            self.look(new)

    def do(self, name: str, act: Callable[..., Any], *args: Any, **values: Any) -> Any:
        """Do something and commit; return what came of it (True for nothing), and None when it was refused."""
        try:
            with unit_of_work():
                done = act(*args, **values)
        except DomainError:
            rollback()
            return None
        taken[name] += 1
        return True if done is None else done

    def reference(self) -> str:
        """Return a reference that was not used before."""
        return f"REF-{next(self.numbers)}"

    def pick(self, which: int, states: frozenset[OrderState] = ANY) -> Bought | None:
        """Return one of the orders that are in some states."""
        fitting = [each for each in self.books.orders.values() if each.state in states]
        return fitting[which % len(fitting)] if fitting else None

    def one(self, which: int, statement: Any) -> Any:
        """Return one of the rows of a SELECT."""
        kind = statement.column_descriptions[0]["entity"]
        found = db.session.scalars(statement.order_by(kind.id).execution_options(populate_existing=True)).all()
        return found[which % len(found)] if found else None

    def look(self, order: Bought, came: int = 0, code: int = 0) -> None:
        """Take over how far an order is, after so much money came for a bill with a unique code."""
        db.session.expire_all()
        row = db.session.get_one(Order, order.id)
        if row.is_covered and not order.is_covered and not order.on_invoice:
            order.settle(self.code_of(order), came if came == order.due - code else 0)
        order.state, order.is_covered = row.state, row.is_covered

    def code_of(self, order: Bought) -> int:
        """Return the largest unique code of the bills whose money the order has."""
        codes = select(func.max(Payment.unique_code)).where(Payment.order_id == order.id)
        return db.session.scalar(codes.where(Payment.state == PaymentState.CONFIRMED)) or 0

    def confirmed(self, payment: Payment, order: Bought, amount: int) -> bool:
        """Let the treasurer find money in the statement; tell whether he could write it down."""
        done = self.do("confirm", service.confirm, payment.id, amount, self.reference(), None) is not None
        if done:
            self.books.receive(order, Account.BANK, amount)
            self.look(order, amount, payment.unique_code)
        return done
