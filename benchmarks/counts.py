"""Count what a page asks of the database and how much it sends, inside this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event

from marketplace.areas import queries as areas
from marketplace.extensions import cache, db
from marketplace.shared import clock
from marketplace.storefront import queries as shop

from .build import REGENCY, open_shop
from .scenes import SCENES, House, Scene, Who, fill_basket, sign_in
from .visitor import Answer


@dataclass(frozen=True)
class Weight:
    """Of one scene: the size of its last page, and the most queries that one of its requests made."""

    size: int
    queries: int


class CountingShopper:
    """A shopper without a server. For him the shop knows names of places, fees and packing days, and keeps no page."""

    def __init__(self, app: Flask, statements: list[str]) -> None:
        self._app = app
        self._client = app.test_client()
        self._statements = statements
        self.most = 0

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._ask(path, "GET", {})

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        """Send a form."""
        return self._ask(path, "POST", fields)

    def _ask(self, path: str, method: str, fields: dict[str, str]) -> Answer:
        with self._app.app_context():
            cache.clear()
            _know_places()
        self._statements.clear()
        answer = self._client.open(path, method=method, data=fields)
        if method == "GET":
            self.most = max(self.most, len(self._statements))
        head = "".join(f"{name}: {value}\r\n" for name, value in answer.headers)
        return Answer(answer.status_code, head, answer.data)


def weigh(folder: Path, products: int) -> dict[str, Weight]:
    """Return the weight of every scene of the shop, by its name."""
    app = open_shop(folder)
    with app.app_context():
        engine = db.engine
    # Requests come from outside of this context: inside it they would share what they remember.
    with _statements(engine) as statements:
        found = {scene.name: _weight(app, statements, scene, products) for scene in SCENES if scene.house is House.SHOP}
    engine.dispose()
    return found


def _weight(app: Flask, statements: list[str], scene: Scene, products: int) -> Weight:
    shopper = CountingShopper(app, statements)
    if scene.who is not Who.PLAIN:
        (sign_in if scene.who is Who.BUYER else fill_basket)(shopper)
        shopper.most = 0
    answer = scene.act(shopper, products, Random(1))
    return Weight(len(answer.body), shopper.most)


def _know_places() -> None:
    today = clock.today(areas.time_zone(REGENCY))
    areas.visited()
    shop.districts(REGENCY)
    shop.villages(REGENCY)
    shop.fees(REGENCY, today)
    shop.packing_days(REGENCY, today)


@contextmanager
def _statements(engine: Engine) -> Iterator[list[str]]:
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            found.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)
