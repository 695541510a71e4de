"""Workers that are killed (SIGKILL) in the middle of a checkout, of opening the page to pay on, of a message.

What was acknowledged is there, what was not can be asked again, and nothing happens twice.
"""

import http.client
import re
import signal
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.catalog.models import Product
from marketplace.extensions import db
from marketplace.orders.models import Order, OrderState
from marketplace.payments.models import EventOutcome, Payment, PaymentState, ProviderEvent
from marketplace.reports import checks
from marketplace.shared import transaction
from marketplace.stock.queries import free_by_product
from tests import make
from tests.payments import paying, stripe_stub
from tests.payments.stripe_stub import Stub, signed
from tests.races import dying
from tests.storefront.buying import GUEST

DEATHS = [1 + number * 7 % 97 for number in range(50)]
"""At which step each worker dies: spread over all that one order takes, some in the repeats of what broke."""
DEATHS_THERE = {"sqlite": DEATHS, "postgresql": DEATHS[::2]}
"""Each death costs PostgreSQL a new server of ours, and its own log of what was written is not ours to test."""
STOCK = 200
PAID = "checkout.session.completed"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
WANTED = {**GUEST, "payment_method": "stripe"}
ORDERED = re.compile(r'<a[^>]* href="(/p/[^"]+)"')
HIDDEN = re.compile(r'name="(key|seen|goods|fee)"[^>]* value="([^"]*)"')


@dataclass
class Buyer:
    """A browser that asks again, word for word, when the connection breaks; `broken` counts that for each page."""

    port: int
    broken: Counter[str]
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> str:
        return self._ask("GET", path, b"", {})[1]

    def post(self, path: str, values: dict[str, str]) -> tuple[str, str]:
        """Return where it leads and the page."""
        return self._ask("POST", path, urlencode(values).encode(), FORM)

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[str, str]:
        while True:
            try:
                return self._once(method, path, body, headers)
            except (ConnectionError, http.client.HTTPException):
                self.broken[path.rsplit("/", 1)[1]] += 1

    def _once(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        cookie = "; ".join(f"{name}={text}" for name, text in self.cookies.items())
        connection.request(method, path, body, {**headers, "Cookie": cookie})
        answer = connection.getresponse()
        page = answer.read().decode()
        connection.close()
        assert answer.status < 400 or (answer.status == 409 and ORDERED.search(page)), (path, answer.status, page)
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: part.value for name, part in SimpleCookie(line).items()}
        # A form that made its order before, unheard, is answered with the way to that order.
        known = ORDERED.search(page)
        return answer.headers.get("Location", known[1] if known else ""), page

    def tell(self, body: bytes) -> None:
        """Bring a message of the provider until it is acknowledged."""
        self._ask("POST", "/webhook/stripe", body, signed(body))


@dataclass
class Acknowledged:
    """What buyers and the provider were told, and how often nobody was told anything."""

    tokens: list[str] = field(default_factory=list)
    events: int = 0
    broken: Counter[str] = field(default_factory=Counter)


@pytest.fixture
def stub(app: Flask) -> Iterator[Stub]:
    with stripe_stub.serve() as running, paying.switched_on(app, running.url):
        yield running
        assert running.problems == []


def buy_and_pay(port: int, product: Product, stub: Stub, told: Acknowledged) -> None:
    """Order one piece, go to the page to pay on, pay there, and let the provider tell us."""
    buyer = Buyer(port, told.broken)
    buyer.post(f"/produk/{product.slug}", {"quantity": "1"})
    _nowhere, shown = buyer.post("/bayar", {**WANTED, "go": "count"})
    page, _nothing = buyer.post("/bayar", {**dict(HIDDEN.findall(shown)), **WANTED})
    token = page.rsplit("/", 1)[1]
    told.tokens.append(token)
    to, _nothing = buyer.post(f"{page}/bayar-online", {})
    session = to.rsplit("/", 1)[1]
    stub.pay(session)
    buyer.tell(stub.event(PAID, session))
    told.events += 1


def test_nothing_acknowledged_is_lost_and_nothing_happens_twice(
    app: Flask, database: str, database_url: str, stub: Stub
) -> None:
    steps = DEATHS_THERE[database]
    product = make.product(stock=STOCK, price=20_000)
    told, product_id = Acknowledged(), product.id
    db.session.rollback()
    db.engine.dispose()
    with dying.serve(database_url, stub.url, steps) as (port, deaths):
        signals: list[int] = []
        while len(signals) < len(steps):
            buy_and_pay(port, product, stub, told)
            while deaths.poll():
                signals.append(deaths.recv())
    transaction.rollback()
    bought = len(told.tokens)
    assert Counter(signals) == {signal.SIGKILL: len(steps)}
    assert told.broken.total() == len(steps)
    assert min(told.broken[page] for page in ("bayar", "bayar-online", "stripe")) >= len(steps) // 10, told.broken
    assert Counter(told.tokens) == Counter(db.session.scalars(select(Order.token)))
    assert set(db.session.scalars(select(Order.state))) == {OrderState.PROCESSING}
    assert set(db.session.execute(select(Payment.state, Payment.amount))) == {(PaymentState.CONFIRMED, 20_000)}
    assert db.session.scalar(select(func.count(Payment.id))) == len(stub.sessions) == bought
    events = db.session.execute(select(ProviderEvent.outcome, func.count()).group_by(ProviderEvent.outcome)).all()
    assert [tuple(row) for row in events] == [(EventOutcome.DONE, told.events)]
    assert free_by_product([product_id]) == {product_id: STOCK - bought}
    assert [check.name for check in checks.ALL if check.run().broken] == []
