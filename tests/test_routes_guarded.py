"""Every route, asked by everybody for his own, for another area's, for a missing thing and for an id beyond 64 bits.

Made from the url map: a new route is covered when it is registered. What a new name in an address stands for is
told in `tests/sides.py`; a name that nobody told fails here.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import BuildError, Rule

from marketplace.accounts.models import RoleAssignment, User
from marketplace.extensions import db
from marketplace.groups.models import Group, Household
from marketplace.shared.policy import AREA_ROLES, MAKERS, OFFICERS, Access, Role
from marketplace.shared.transaction import rollback
from tests import make, sides
from tests.conftest import reset
from tests.kept import Kept
from tests.sides import Side

MISSING, BEYOND = 2**40, "9" * 20
STRANGE = {"code": "99.99", "key": "xyzzy", "slug": "tidak-ada", "token": "x" * 43, "name": "x.webp", "kind": "exe"}
NASTY = ("", "-1", "9" * 30, "²", "x" * 3000, "<b>'\"%_", "2026-02-30")
QUERIES = ("page=0", "page=-1", "page=99999999999999999999", "page=x", "q=%25&sort=x&area=x")
TURNS = 3
"""In so many turns all pages are asked and sent nonsense; tests/hostile tries each field with each kind of it."""

BY_TOKEN = {"till.data"}
"""Open to phones that prove who they are by a secret, not by a session: tests/tent_market/test_till_doors.py."""

OF_PROVINCE = {"province.index"}
"""Open to who holds a role for a whole province, which nobody here does: tests/reports/test_province.py."""

TOLD = {"Accept": "application/json"}
Call = tuple[Rule, str]

_known_fields: dict[str, set[str]] = {}
_cookies: dict[str, str] = {}
"""Ticket of a session → the cookie of a browser that somebody just signed in on."""


@pytest.fixture(scope="module")
def built(_application: Flask) -> Iterator[tuple[Side, Side, Kept]]:
    """Build both sides once: each test finds them as they were."""
    with _application.app_context():
        reset(_application)
        both = sides.build(sides.HERE), sides.build(sides.AWAY)
        yield *both, Kept()
        reset(_application)


@pytest.fixture
def app(_application: Flask, built: tuple[Side, Side, Kept]) -> Iterator[Flask]:
    """Return the application with both sides as they were built, inside its context."""
    here, away, kept = built
    with _application.app_context():
        kept.restore()
        db.session.add_all([*here.users.values(), *away.users.values()])
        yield _application
        rollback()
        db.session.remove()


@pytest.fixture
def here(app: Flask, built: tuple[Side, Side, Kept]) -> Side:
    """Return what is in the home area."""
    return built[0]


@pytest.fixture
def away(app: Flask, built: tuple[Side, Side, Kept]) -> Side:
    """Return the same in another area."""
    return built[1]


def calls(app: Flask) -> list[Call]:
    """Return every route with each of its methods, the reading ones first."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    found = [(rule, method) for rule in rules for method in ("GET", "POST") if method in (rule.methods or ())]
    return sorted(found, key=lambda call: (call[1], call[0].rule))


def guarded(app: Flask) -> list[Call]:
    return [(rule, method) for rule, method in calls(app) if not access_of(app, rule).public]


def access_of(app: Flask, rule: Rule) -> Access:
    found: Access = app.view_functions[rule.endpoint].access  # type: ignore[attr-defined]
    return found


def names(rule: Rule) -> list[str]:
    return sorted(rule.arguments)


def ids(rule: Rule) -> list[str]:
    return [name for name in names(rule) if name.endswith("_id")]


def address(app: Flask, rule: Rule, side: Side, **other: Any) -> str:
    """Return the address of a route for the things of a side, some of them replaced."""
    values = {name: side.values.get(f"{rule.endpoint}.{name}", side.values.get(name)) for name in names(rule)}
    values |= other
    unknown = [name for name, value in values.items() if value is None]
    assert not unknown, f"tell tests/sides.py what {unknown} of {rule.endpoint} stands for"
    path: str = app.url_map.bind("").build(rule.endpoint, values)
    return path + side.values.get(f"{rule.endpoint}?", "")


def raw_address(app: Flask, rule: Rule, side: Side, number: str) -> str:
    """Return the address with this number in place of every id, also one that the converter would not build."""
    path = address(app, rule, side, **dict.fromkeys(ids(rule), MISSING))
    return path.replace(str(MISSING), number)


def status(client: FlaskClient, method: str, path: str, **values: Any) -> int:
    answer = client.open(path, method=method, **values)
    answer.close()
    return answer.status_code


def asking(client: FlaskClient, user: User) -> FlaskClient:
    """Return the browser with this user signed in afresh, whatever the last request did to his session."""
    db.session.rollback()
    db.session.refresh(user)
    ticket = user.get_id()
    if ticket not in _cookies:
        make.sign_in(client, user)
        cookie = client.get_cookie("warung")
        assert cookie is not None
        _cookies[ticket] = cookie.value
    client.set_cookie("warung", _cookies[ticket])
    return client


def listed(wrong: dict[str, Any]) -> str:
    return "\n".join(f"{found} {call}" for call, found in sorted(wrong.items()))


def admitted(access: Access) -> list[Role]:
    return [role for role in Role if access.roles is None or role in access.roles]


def turned_away(access: Access, role: Role) -> int:
    """Return how somebody is refused: who works on a side of the house knows its pages, nobody else learns of them."""
    knows = any(role in side and side & (access.roles or frozenset()) for side in (OFFICERS, MAKERS))
    return 403 if knows else 404


@pytest.mark.once
def test_visitors_are_led_to_sign_in(app: Flask, client: FlaskClient, here: Side) -> None:
    wrong = {}
    for rule, method in guarded(app):
        answer = client.open(address(app, rule, here), method=method)
        if answer.status_code != 302 or not (answer.location or "").startswith("/masuk"):
            wrong[f"{method} {rule.rule}"] = answer.status_code
    assert not wrong, listed(wrong)


@pytest.mark.once
def test_a_role_that_is_not_named_is_refused(app: Flask, client: FlaskClient, here: Side) -> None:
    wrong = {}
    for role, user in here.users.items():
        asking(client, user)
        for rule, method in guarded(app):
            if role not in admitted(access_of(app, rule)):
                found = status(client, method, address(app, rule, here))
                if found != turned_away(access_of(app, rule), role):
                    wrong[f"{role} {method} {rule.rule}"] = found
    assert not wrong, listed(wrong)


def test_what_is_missing_or_anothers_is_not_found(
    app: Flask, client: FlaskClient, here: Side, away: Side, database: str
) -> None:
    """Each side asks for the other's; of several ids also only the last is foreign or missing.

    All roles of one side ask, one role of the other, and on PostgreSQL one of each. The first gets a page each time,
    for the others a program is told.
    """
    wrong = {}
    for own, other in ((here, away), (away, here)):
        for role, user in own.users.items():
            asking(client, user)
            for rule, method in guarded(app):
                if not ids(rule) or role not in admitted(access_of(app, rule)):
                    continue
                is_first = role in admitted(access_of(app, rule))[:1]
                if not is_first and (own is away or database != "sqlite"):
                    continue
                for path in _not_found(app, rule, own, other, everything=is_first):
                    found = status(client, method, path, headers={} if is_first else TOLD)
                    if found != 404:
                        wrong[f"{role} {method} {path} ({rule.rule})"] = found
    assert not wrong, listed(wrong)


@pytest.mark.once
def test_a_role_for_the_province_opens_nothing_more_on_pages_of_a_regency(
    app: Flask, client: FlaskClient, here: Side, away: Side
) -> None:
    """Whoever works for a regency and for its province finds nothing of another regency, and no list that names it."""
    kube = db.session.get_one(Group, away.values["group_id"])
    family = db.session.get_one(Household, away.values["household_id"])
    named, wrong = re.compile(rf"\b({kube.name}|{family.name})\b".encode()), {}
    for role in AREA_ROLES:
        user = here.users[role]
        before = _naming(app, asking(client, user), role, here, named)
        make.add(RoleAssignment(user_id=user.id, role=role, area_code=sides.AWAY[:2], starts_on=make.LONG_AGO))
        db.session.expire(user)
        asking(client, user)
        wrong |= {f"{role} {rule}": "names it" for rule in _naming(app, client, role, here, named) - before}
        for rule, method in _of_regency(app, role):
            if ids(rule) and (found := status(client, method, address(app, rule, away), headers=TOLD)) != 404:
                wrong[f"{role} {method} {rule.rule}"] = found
    assert not wrong, listed(wrong)


def _of_regency(app: Flask, role: Role) -> Iterator[Call]:
    for rule, method in guarded(app):
        if role in admitted(access_of(app, rule)) and not access_of(app, rule).of_province:
            yield rule, method


def _naming(app: Flask, client: FlaskClient, role: Role, here: Side, named: re.Pattern[bytes]) -> set[str]:
    """Return the lists that somebody opens and on which a name stands."""
    lists = [rule for rule, method in _of_regency(app, role) if method == "GET" and not ids(rule)]
    return {rule.rule for rule in lists if named.search(client.get(address(app, rule, here), buffered=True).data)}


def _not_found(app: Flask, rule: Rule, own: Side, other: Side, *, everything: bool) -> Iterator[str]:
    """Return addresses of nothing; what the router turns away before it looks who asks is asked by one role."""
    yield address(app, rule, other)
    yield raw_address(app, rule, own, str(MISSING))
    if everything:
        yield raw_address(app, rule, own, BEYOND)
        yield raw_address(app, rule, own, str(2**63))
    if len(ids(rule)) > 1:
        last = re.findall(r"<id:(\w+)>", rule.rule)[-1]
        yield address(app, rule, own, **{last: MISSING})
        yield address(app, rule, own, **{last: other.values[last]})


def test_everybody_can_open_his_own(app: Flask, client: FlaskClient, here: Side) -> None:
    """Without this the test above would pass on a house that is locked altogether."""
    closed = {}
    for rule, method in calls(app):
        if method == "GET" and rule.endpoint not in BY_TOKEN | OF_PROVINCE:
            roles = admitted(access_of(app, rule))
            found = {status(asking(client, here.users[role]), "GET", address(app, rule, here)) for role in roles}
            if not found & {200, 302, 303} or max(found) >= 500:
                closed[rule.rule] = found
    assert not closed, listed(closed)


def test_strange_words_in_addresses_are_not_found(app: Flask, client: FlaskClient, here: Side) -> None:
    wrong = {}
    for rule, method in calls(app):
        for role in admitted(access_of(app, rule)):
            for name in set(STRANGE) & set(names(rule)):
                path = address(app, rule, here, **{name: STRANGE[name]})
                found = status(asking(client, here.users[role]), method, path)
                if found != 404:
                    wrong[f"{role} {method} {path}"] = found
    assert not wrong, listed(wrong)


@pytest.mark.parametrize("turn", range(TURNS))
def test_strange_queries_break_no_page(app: Flask, client: FlaskClient, here: Side, turn: int) -> None:
    """Ask each page one of the strange questions in each turn, another one than in the last."""
    wrong = {}
    for number, (rule, method) in enumerate(calls(app)):
        if method == "GET":
            role = admitted(access_of(app, rule))[-1]
            path = address(app, rule, here)
            path += f"{'&' if '?' in path else '?'}{QUERIES[(number + turn) % len(QUERIES)]}"
            found = status(asking(client, here.users[role]), "GET", path)
            if found >= 500:
                wrong[path] = found
    assert not wrong, listed(wrong)


@pytest.mark.parametrize("sent", [*range(TURNS), "json", "nul"])
def test_nasty_forms_break_nothing(app: Flask, client: FlaskClient, here: Side, sent: int | str) -> None:
    """Fill every field that a page shows with nonsense, each with another one by turns; send it arrays for a form."""
    wrong = {}
    for number, (rule, method) in enumerate(calls(app)):
        if method != "POST":
            continue
        path, role = address(app, rule, here), admitted(access_of(app, rule))[-1]
        asking(client, here.users[role])
        turn = sent if isinstance(sent, str) else sent + number
        found = status(client, "POST", path, **_body(client, rule, path, turn))
        if found >= 500:
            wrong[f"{role} POST {path}"] = found
    assert not wrong, listed(wrong)


def _body(client: FlaskClient, rule: Rule, path: str, sent: int | str) -> dict[str, Any]:
    if sent == "json":
        return {"json": [1, {"name": ["x"]}]}
    names = sorted(_fields(client, rule, path) | {"reason", "amount", "quantity", "lines-0-x"})
    if sent == "nul":
        return {"data": dict.fromkeys(names, "a\x00b")}
    return {"data": {name: NASTY[(number + int(sent)) % len(NASTY)] for number, name in enumerate(names)}}


def _fields(client: FlaskClient, rule: Rule, path: str) -> set[str]:
    """Return the names of the fields of a page that is both shown and sent, opened once for all nonsense."""
    if "GET" not in (rule.methods or ()):
        return set()
    if path not in _known_fields:
        page = client.get(path).get_data(as_text=True)
        _known_fields[path] = set(re.findall(r'\sname="([A-Za-z0-9_.-]+)"', page))
    return _known_fields[path]


def test_a_bad_address_is_no_error(client: FlaskClient) -> None:
    for path in ("/%ff", "/produk/%00", "/produk/%ED%A0%80", "/dinas/pengguna/-1", "/dinas/pengguna/١"):
        assert status(client, "GET", path) in (302, 400, 404), path


def test_an_address_needs_known_names(app: Flask, here: Side) -> None:
    """The helper of this file says so when a route has a name that `sides` does not know."""
    rule = Rule("/x/<id:unknown_id>", endpoint="x")
    app_map = app.url_map
    rule.bind(app_map, rebind=True)
    with pytest.raises(AssertionError, match="unknown_id"):
        address(app, rule, here)
    with pytest.raises(BuildError):
        app_map.bind("").build("x", {})
