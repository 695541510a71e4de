"""A town with things in every state, put back after each blow, and the forms that people find in it."""

import re
from collections import deque
from dataclasses import dataclass, replace
from typing import Any, TypeAlias
from urllib.parse import quote_plus

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, text
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from marketplace.accounts.service import make_code
from marketplace.areas.queries import time_zone
from marketplace.extensions import db
from marketplace.graduation.case_models import Case
from marketplace.ledger import closing
from marketplace.offices.models import OfficeOrder
from marketplace.orders.models import Order
from marketplace.payments.models import Payment
from marketplace.shared import clock
from marketplace.shared.policy import Access, Role
from marketplace.shared.transaction import unit_of_work
from marketplace.storefront.visitor import ORDERS, TOKEN
from marketplace.tent_market.models import Stall
from marketplace.treasury.models import LineState, StatementLine
from tests import make
from tests.conftest import KEPT
from tests.hostile import town
from tests.hostile.page import Form, Pairs, read
from tests.hostile.town import KK
from tests.hostile.values import GOOD, TOMORROW
from tests.kept import Kept
from tests.shared import crowd
from tests.shared.crowd_of_money import CONTENT
from tests.shared.crowd_of_registry import RAW
from tests.shared.pictures import picture

NEXT = re.compile(r"[?&]next=[^&]*$")
"""Where a page leads back to makes no other page of it."""
EACH = 7
"""So many addresses of one page are opened per person."""
SHOPPERS = {"guest", "buyer"}
"""Who is at home on the pages that everybody may open; the others look at one address of each."""
TRIED = 12
"""So many forms of a kind are tried to find one that works."""
GUEST = "guest"
NO_PAGES = {"static", "photos.show", "accounts.switch_language", "areas.choose_area", "short.follow", "short.code"}
EDGE = b"tepi-yang-tak-ada-di-isi"
PHOTO = picture((64, 48))
"""Small: each is brought into six files."""
FILES = {"statement_import.upload": (CONTENT, "mutasi.csv"), "registry.upload": (RAW, "warga.csv")}
"""What is uploaded elsewhere than where photos are."""
Rows: TypeAlias = dict[str, list[tuple[Any, ...]]]
WRITTEN = re.compile(r"\b(?:INTO|UPDATE|FROM|TRUNCATE|,)\s+\"?(\w+)", re.IGNORECASE)
"""What may be a table that a statement writes to; no trigger and no reference of ours writes to another one."""


@dataclass(frozen=True)
class Found:
    """A form that somebody found on a page, sent by one of its buttons."""

    who: str
    page: str
    endpoint: str
    form: Form
    button: tuple[str, str] | None = None
    refused: bool = False
    """No form of its kind worked as the town is."""

    @property
    def has_files(self) -> bool:
        """Tell whether the form takes files."""
        return any(field.kind == "file" for field in self.form.fields)

    def filled(self, values: dict[str, str]) -> Pairs:
        """Return what is sent when the form is filled in as it should be."""
        return self.form.filled(values) + ([self.button] if self.button else [])

    def __str__(self) -> str:
        return f"{self.who} on {self.page} → {self.form.action}" + (f" [{self.button[1]}]" if self.button else "")


OWN = {
    "offices.join": {"code": town.INVITATION},
    "groups.add_member": {"kk": KK},
    "journal.transfer": {"source": "bank", "target": "cash"},
    "accounts.sign_in": {"password": make.PASSWORD},
    "plans.propose": {"people": "20"},
    "plan_links.propose": {"people": "20"},
    "training_classes.add_day": {"held_on": TOMORROW.isoformat()},
}
"""Endpoint → what has to be typed there and nowhere else."""


class Place:
    """The town, its people and its forms."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            self.town = town.build()
            self.cookies = {GUEST: self._cookie(None)}
            self.cookies |= {role.value: self._cookie(role) for role in self.town.users}
            self.tokens = list(db.session.scalars(select(Order.token).order_by(Order.id)))
            self.wishes = list(db.session.scalars(select(OfficeOrder.id).order_by(OfficeOrder.id)))
            self.orders = list(db.session.scalars(select(Order.id).order_by(Order.id)))
            self.families = list(db.session.scalars(select(Case.household_id).order_by(Case.household_id)))
            money_out = select(StatementLine.id).where(StatementLine.state == LineState.OUTGOING)
            self.money_out = list(db.session.scalars(money_out))
            self.stalls = list(db.session.scalars(select(Stall.id).order_by(Stall.id)))
            self.phone = str(self.town.users[Role.SELLER].phone)
            with unit_of_work():
                self.code = make_code(self.town.users[Role.SELLER].id, None)
            self.person = self.town.arguments["user_id"]
            self._kept = Kept()
            event.listen(db.engine, "before_cursor_execute", self._hear)
        self.written: set[str] = set()
        """Tables that were perhaps written to since the town was put back: no other can be any different."""
        self.rows: Rows = {}
        self.rows = self.dump()
        self.counts: dict[str, int] = {}
        self.counts = self.count()
        self.pages: dict[tuple[str, str], list[str]] = {}
        """Who and endpoint → the addresses at which it was shown."""
        self.filters: dict[str, set[str]] = {}
        """Endpoint → the names of what its lists can be narrowed to."""
        self.forms: list[Found] = []
        for who in self.cookies:
            self._walk(who)

    # People

    def _cookie(self, role: Role | None) -> str:
        client = self.app.test_client()
        with client.session_transaction() as session:
            session[TOKEN] = crowd.GUEST_BASKET
            if role is None:
                session[ORDERS] = [self.town.arguments["token"]]
        if role is not None:
            make.sign_in(client, self.town.users[role])
        cookie = client.get_cookie("warung")
        assert cookie is not None
        return cookie.value

    def client(self, who: str) -> FlaskClient:
        """Return a fresh browser of somebody."""
        client = self.app.test_client()
        client.set_cookie("warung", self.cookies[who])
        return client

    # Rows

    def restore(self) -> None:
        """Put every row back to how the town was."""
        with self.app.app_context():
            self._kept.restore(set(self.written))
        self.written.clear()

    def _hear(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("SELECT"):
            self.written.update(WRITTEN.findall(statement))

    def dump(self) -> Rows:
        """Return all rows but the areas and their numbers; those of tables that nobody wrote to are known."""
        with self.app.app_context(), db.engine.connect() as connection:
            tables = [table for table in db.metadata.sorted_tables if table.name not in KEPT - {"figure"}]
            asked = [table for table in tables if not self.rows or table.name in self.written]
            found = {table.name: sorted(map(tuple, connection.execute(select(table))), key=repr) for table in asked}
        return self.rows | found

    def count(self) -> dict[str, int]:
        """Return how many rows every table has, by one question about those that somebody wrote to."""
        names = [table.name for table in db.metadata.sorted_tables]
        names = [name for name in names if not self.counts or name in self.written]
        if not names:
            return self.counts
        columns = ", ".join(f'(SELECT count(*) FROM "{name}") AS "{name}"' for name in names)
        with self.app.app_context(), db.engine.connect() as connection:
            return self.counts | dict(connection.execute(text(f"SELECT {columns}")).mappings().one())

    # Forms

    def _walk(self, who: str) -> None:
        """Open every page that somebody comes to by links, and note the forms on it."""
        client, known, doors = self.client(who), set(), self._doors()
        waiting = deque(doors)
        while waiting:
            address = waiting.popleft()
            endpoint = self.endpoint(address)
            seen = self.pages.setdefault((who, endpoint), []) if endpoint else []
            if address in known or not self._opens(who, endpoint):
                continue
            if self._knows(who, endpoint, len(seen), address in doors):
                continue
            known.add(address)
            answer = client.get(address, buffered=True)  # also what is streamed is read to its end
            if answer.status_code == 200 and answer.mimetype == "text/html":
                seen.append(address)
                forms, links = read(answer.text, address)
                waiting.extend(NEXT.sub("", link) for link in links)
                for form in forms:
                    self._note(who, address, form)

    def _doors(self) -> list[str]:
        """Return where people start: pages without arguments, searches, and their orders' links."""
        rules = [rule for rule in self.app.url_map.iter_rules() if not rule.arguments and "GET" in (rule.methods or ())]
        doors = [rule.rule for rule in rules]
        doors += ["/dinas/keluarga?q=keluarga", "/dinas/pengguna?q=orang", "/dinas/pengguna?q=tutup"]
        doors += [f"/dinas/pengguna/{key}?role={role}" for role in Role for key in ("baru", f"{self.person}/peran")]
        doors += ["/dinas/pencairan/baru?" + "&".join(f"household={key}" for key in range(1, 9))]
        doors += [f"/p/{token}" for token in self.tokens] + [f"/dinas/pesanan/{key}" for key in self.orders]
        doors += [f"/dinas/mutasi/{key}" for key in self.money_out]
        doors += [f"/instansi/pesanan/{key}" for key in self.wishes]
        doors += [f"/dinas/pasar/tenda/{key}/barang" for key in self.stalls]
        family = self.town.arguments["household_id"]
        doors += [f"/dinas/graduasi/{key}/kasus" for key in (family, *self.families)]
        doors += [f"/dinas/graduasi/{family}", f"/dinas/keluarga/{family}"]
        doors.append(f"/rencana/{self.town.arguments['plan_links.show.token']}")
        return doors

    def endpoint(self, address: str, method: str = "GET") -> str:
        """Return which page is behind an address; empty for none, and for files."""
        path = address.partition("?")[0].partition("#")[0]
        try:
            endpoint = str(self.app.url_map.bind("localhost").match(path, method)[0])
        except (HTTPException, RequestRedirect):
            return ""
        return "" if endpoint in NO_PAGES else endpoint

    def _opens(self, who: str, endpoint: str) -> bool:
        """Tell whether there is a page, and not for others only: tests/test_routes_guarded.py sees how that is said."""
        if not endpoint:
            return False
        access: Access = self.app.view_functions[endpoint].access  # type: ignore[attr-defined]
        return access.public or (who != GUEST and (access.roles is None or who in access.roles))

    def _knows(self, who: str, endpoint: str, seen: int, is_door: bool) -> bool:
        """Tell whether somebody has seen enough of a page, having opened so many of its addresses."""
        access: Access = self.app.view_functions[endpoint].access  # type: ignore[attr-defined]
        if access.public and who not in SHOPPERS:
            return seen > 0
        return seen >= EACH and not is_door

    def _note(self, who: str, page: str, form: Form) -> None:
        if form.method != "post":
            names = {field.name for field in form.fields}
            self.filters.setdefault(self.endpoint(form.action), set()).update(names)
            return
        endpoint = self.endpoint(form.action, "POST")
        assert endpoint, f"{page}: the form leads nowhere: {form.action}"
        for button in form.buttons or [None]:
            self.forms.append(Found(who, page, endpoint, form, button))

    def kinds(self) -> list[list[Found]]:
        """Return the forms by kind (same target, same button, same fixed values), each kind a list of its examples."""
        kinds: dict[tuple[Any, ...], list[Found]] = {}
        for found in self.forms:
            hidden = [field for field in found.form.fields if field.kind == "hidden"]
            fixed = tuple(field.value for field in hidden if field.name.endswith(("task", "action", "step")))
            step = found.form.action.rpartition("/")[2] if found.endpoint.endswith("take_step") else ""
            button = re.sub(r"\d+", "#", "=".join(found.button)) if found.button else ""
            texts = tuple(field.name for field in found.form.fields if field.kind == "textarea")
            kinds.setdefault((found.endpoint, step, button, fixed, texts), []).append(found)
        return list(kinds.values())

    def working(self) -> list[Found]:
        """Return of each kind of form one that does something when it is filled in as it should be."""
        chosen = []
        for kind in self.kinds():
            for found in kind[:TRIED]:
                works = self.send(found, found.filled(self.good(found))).status_code < 400
                self.restore()
                if works:
                    break
            chosen.append(found if works else replace(found, refused=True))
        return chosen

    def good(self, found: Found) -> dict[str, str]:
        """Return what to type into a form, field by field."""
        with self.app.app_context():
            own = {"identifier": self.phone, **OWN.get(found.endpoint, {})}
            if found.endpoint == "day_close.index":
                found_there = closing.books(make.REGENCY, clock.today(time_zone(make.REGENCY)))
                own |= {f"counted-{book.account}": str(max(book.expected, 0)) for book in found_there}
            if found.endpoint == "accounts.enter_code":
                own["code"] = self.code
            if found.endpoint == "statement_lines.assign":
                own["number"] = db.session.get_one(Order, self.orders[0]).number
            order = self._order_of(found)
            if order is not None:
                own |= {"pickup_code": order.pickup_code, "code": order.pickup_code}
        return GOOD | own

    def _order_of(self, found: Found) -> Order | None:
        key = int((re.findall(r"\d+", found.form.action) or ["0"])[0])
        if found.endpoint == "counter.collect":
            return db.session.get_one(Payment, key).order
        return db.session.get(Order, key) if found.endpoint == "orders.step" else None

    def send(self, found: Found, pairs: Pairs) -> TestResponse:
        """Send a form as a browser does, with a file where it takes one."""
        if found.has_files:
            fits = FILES.get(found.endpoint, (PHOTO, "foto.jpg"))
            files = [(field.name, *fits) for field in found.form.fields if field.kind == "file"]
            return self.post(found, *multipart(pairs, files))
        return self.post(found, urlencoded(pairs), "application/x-www-form-urlencoded")

    def post(self, found: Found, body: bytes, kind: str) -> TestResponse:
        """Send bytes to where a form leads, as the one who found it."""
        return self.client(found.who).post(found.form.action, data=body, content_type=kind)


def urlencoded(pairs: Pairs) -> bytes:
    """Encode fields as a browser does; half a surrogate pair goes as its bytes."""
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in pairs).encode()


def _quoted(text: str) -> str:
    return quote_plus(text.encode("utf-8", "surrogatepass"))


def multipart(pairs: Pairs, files: list[tuple[str, bytes, str]]) -> tuple[bytes, str]:
    """Encode fields and files (field, content, name of the file); return the body and its type."""
    parts = [(f'name="{name}"', value.encode("utf-8", "surrogatepass")) for name, value in pairs]
    parts += [(f'name="{name}"; filename="{called}"', content) for name, content, called in files]
    head = b"--%s\r\nContent-Disposition: form-data; " % EDGE
    lines = [head + name.encode() + b"\r\n\r\n" + content + b"\r\n" for name, content in parts]
    return b"".join(lines) + b"--%s--\r\n" % EDGE, f"multipart/form-data; boundary={EDGE.decode()}"
