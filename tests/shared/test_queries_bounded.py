"""No page asks the database more often because there are more rows; a public one never more than six times.

Pages come from the url map. What the shop remembers for everybody (names of places, delivery fees, packing days, where
orders are fetched) is known before; everything else is asked for anew, kept pages too.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.routing import Rule

from marketplace.areas import pickup
from marketplace.areas import queries as areas
from marketplace.extensions import cache, db
from marketplace.shared import clock
from marketplace.shared.paging import PAGE_SIZE
from marketplace.shared.policy import Access, Role
from marketplace.storefront import queries as shop
from marketplace.storefront.visitor import TOKEN
from tests import make
from tests.conftest import reset
from tests.shared import crowd

pytestmark = pytest.mark.once
"""Only the search asks each database in words of its own, and each by one question (catalog/search.py)."""
FEW, MANY = 3, PAGE_SIZE + 2
"""The many fill more than a page of every list."""
MOST_PUBLIC = 6
MORE = {"offices.show": 14, "office_orders.show": 9, "offices.edit": 7, "shop.home": 8}
MORE |= {"office_orders.invoice": 8, "office_papers.of_order": 8, "verify.show": 7}
MORE |= {"buying.own": 10, "buying.linked": 10}
MORE |= {"plan_links.show": 12, "plan_links.propose": 12, "plan_links.speak": 12}
"""An office's own pages, which few open; and the first one: once in ten minutes it asks what a buyer's own did.

An unpaid order that names an office is asked whether the office bought it: then nobody's salary pays it. Papers that
name what is still to be paid are held against the money that came. Of a plan, agencies see each line with all that was
said of it: one question for each table.
"""
NO_PAGES = {
    *("static", "photos.show", "payment_desk.proof", "accounts.switch_language", "areas.choose_area"),
    *("short.follow", "online.own", "online.linked", "till.choices", "till.data"),
    *(
        "documents.file",
        "papers.own_file",
        "papers.linked_file",
        "office_papers.file",
        "cash_list.file",
        "offer_paper.file",
    ),
    "registry.refused",
    *("tents.handed_over", "tents.given_back", "cases.file", "cases.minutes", "cases.statement"),
    "market_report.paper",
    *("visits.photo", "visit_shell.data", "visit_shell.worker", "visit_shell.manifest"),
    *("attendance_shell.data", "attendance_shell.worker", "attendance_shell.manifest"),
    *("training_classes.paper", "training_classes.certificates", "training_classes.certificate"),
    "province.index",
    *("aid.photo", "aid.receipt", "own_aid.photo", "own_aid.receipt", "aid_goods.record"),
}
"""Answer with one file of the store, lead elsewhere, or speak to programs; a province has its own in tests/reports."""
FOR_STRANGERS = {"accounts.sign_in", "accounts.sign_up"}
ASKED = {
    "shop.search": "?q=keripik",
    "shop.products": "?available=1&halal=1",
    "households.index": "?q=keluarga",
    "users.search": "?q=orang",
    "payments.qris": "?token={token}",
    "statement_several.aside": "?all=1",
    "recap.people": "?office=Kantor+Contoh",
}
"""What has to be asked for before a page lists anything."""
Page = tuple[str, str]
"""Who asks, and the endpoint."""


@dataclass(frozen=True)
class Visit:
    """How a page answered and what it asked the database."""

    status: int
    statements: tuple[str, ...]


@pytest.fixture(scope="module")
def visits(_application: Flask) -> Iterator[dict[Page, tuple[Visit, Visit]]]:
    """Open every page in a small and in a large town."""
    few, many = (_visit_all(_application, size) for size in (FEW, MANY))
    assert few.keys() == many.keys()
    yield {page: (few[page], many[page]) for page in few}
    with _application.app_context():
        reset(_application)


def test_every_page_is_shown(visits: dict[Page, tuple[Visit, Visit]]) -> None:
    hidden = {
        page: (few.status, many.status)
        for page, (few, many) in visits.items()
        if (few.status, many.status) != (200, 200)
    }
    assert hidden == {}
    assert len(visits) > 100


def test_more_rows_mean_no_more_queries(visits: dict[Page, tuple[Visit, Visit]]) -> None:
    growing = [
        f"{' '.join(page)}: {len(few.statements)} → {len(many.statements)} queries\n{_repeated(many)}"
        for page, (few, many) in visits.items()
        if len(few.statements) != len(many.statements)
    ]
    assert not growing, "\n".join(growing)


def test_public_pages_ask_six_times_at_most(visits: dict[Page, tuple[Visit, Visit]]) -> None:
    greedy = [
        f"{' '.join(page)}: {len(many.statements)}\n" + "\n".join(many.statements)
        for page, (_few, many) in visits.items()
        if page[0] in ("guest", Role.BUYER.value) and len(many.statements) > MORE.get(page[1], MOST_PUBLIC)
    ]
    assert not greedy, "\n".join(greedy)


def _repeated(visit: Visit) -> str:
    """Return the statements that came more than once, shortened."""
    found = {text: visit.statements.count(text) for text in visit.statements}
    return "\n".join(f"  {count} × {text[:300]}" for text, count in found.items() if count > 1)


def _visit_all(app: Flask, size: int) -> dict[Page, Visit]:
    with app.app_context():
        reset(app)
        town = crowd.build(size)
        visitors = _visitors(app, town)
        engine = db.engine
        db.session.remove()
    # Pages are opened outside of this context: inside it they would find in the session what was built there.
    found: dict[Page, Visit] = {}
    known = _known(app)
    with _counting(engine) as statements:
        for who, client in visitors.items():
            for rule in _pages(app, who):
                found[who, rule.endpoint] = _visit(client, _address(app, rule, town), statements, known)
    with app.app_context():
        crowd.take_down()
    return found


def _visitors(app: Flask, town: crowd.Town) -> dict[str, FlaskClient]:
    guest = app.test_client()
    with guest.session_transaction() as session:
        session[TOKEN] = crowd.GUEST_BASKET
    found = {"guest": guest}
    for role, user in town.users.items():
        found[role.value] = app.test_client()
        make.sign_in(found[role.value], user)
    return found


def _pages(app: Flask, who: str) -> list[Rule]:
    """Return the pages that somebody is tested on: public ones as guest and buyer, those of a role by it."""
    rules = [
        rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and rule.endpoint not in NO_PAGES
    ]
    if who != "guest":
        rules = [rule for rule in rules if rule.endpoint not in FOR_STRANGERS]
    return [rule for rule in rules if _is_for(app.view_functions[rule.endpoint].access, who)]  # type: ignore[attr-defined]


def _is_for(access: Access, who: str) -> bool:
    if who == "guest":
        return access.public
    if access.roles is None:
        return who == Role.BUYER
    return who in access.roles


def _address(app: Flask, rule: Rule, town: crowd.Town) -> str:
    known = town.arguments
    values = {name: known.get(f"{rule.endpoint}.{name}", known.get(name)) for name in rule.arguments}
    assert None not in values.values(), f"{rule}: tests.shared.crowd makes nothing for it"
    with app.test_request_context():
        path: str = app.url_for(rule.endpoint, **values)
    return path + ASKED.get(rule.endpoint, "").format(**known)


def _visit(client: FlaskClient, address: str, statements: list[str], known: dict[str, Any]) -> Visit:
    cache.clear()
    cache.set_many(known)
    statements.clear()
    response = client.get(address)
    return Visit(response.status_code, tuple(statements))


def _known(app: Flask) -> dict[str, Any]:
    """Return what the shop remembers for everybody, by its key."""
    with app.test_request_context():
        cache.clear()
        _remember()
        keys = list(cache.cache._cache)
        return dict(zip(keys, cache.get_many(*keys), strict=True))


def _remember() -> None:
    areas.visited()
    today = clock.today(areas.time_zone(make.REGENCY))
    for known in (shop.districts, shop.villages):
        known(make.REGENCY)
    shop.place_names(make.VILLAGE)
    shop.fees(make.REGENCY, today)
    shop.packing_days(make.REGENCY, today)
    pickup.place_of(make.REGENCY)


@contextmanager
def _counting(engine: Any) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK TO")):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
