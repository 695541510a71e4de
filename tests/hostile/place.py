"""A town with things in every state, put back after each blow, and the forms that people find in it."""

import re
import shutil
from collections import deque
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote_plus

import psycopg
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from marketplace.accounts.models import User
from marketplace.accounts.service import make_code
from marketplace.catalog.models import Product, ProductPhoto, ProductState
from marketplace.extensions import cache, db
from marketplace.graduation.models import IncomeNote, NoteKind
from marketplace.groups.models import Household, RegistrySource, Relation
from marketplace.groups.rules import BankAccount, HouseholdContent, PersonContent
from marketplace.groups.service import register_household, set_bank, set_trust
from marketplace.ledger import payouts
from marketplace.ledger.models import HouseholdBalance, PayoutMethod
from marketplace.orders import service as orders
from marketplace.orders.models import DeliveryMethod, Order
from marketplace.orders.wanted import Buyer, Delivery, LineRequest, PlaceOrder
from marketplace.parcels import service as parcels
from marketplace.payments import service as payments
from marketplace.payments.models import Payment
from marketplace.payments.models import PaymentState as Paid
from marketplace.shared import clock
from marketplace.shared.policy import Role
from marketplace.shared.transaction import rollback, unit_of_work
from marketplace.storefront.visitor import TOKEN
from tests import make
from tests.catalog.words import image_id
from tests.conftest import KEPT
from tests.hostile.page import Form, Pairs, read
from tests.hostile.values import GOOD
from tests.parcels.build import draft, set_recipe
from tests.shared import crowd
from tests.shared.pictures import picture

SIZE = 2
EACH = 7
"""So many addresses of one page are opened per person."""
TRIED = 12
"""So many forms of a kind are tried to find one that works."""
GUEST = "guest"
NO_PAGES = {"static", "photos.show", "accounts.switch_language", "areas.choose_area"}
KK = "6306051203990002"
EDGE = b"tepi-yang-tak-ada-di-isi"
PHOTO = picture((320, 240))
Rows: TypeAlias = dict[str, list[tuple[Any, ...]]]


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


class Place:
    """The town, its people and its forms."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            self.town = crowd.build(SIZE)
            _more(self.town)
            self.cookies = {GUEST: self._cookie(None)}
            self.cookies |= {role.value: self._cookie(role) for role in self.town.users}
            self.tokens = list(db.session.scalars(select(Order.token).order_by(Order.id)))
            self.orders = list(db.session.scalars(select(Order.id).order_by(Order.id)))
            self.phone = str(self.town.users[Role.SELLER].phone)
            with unit_of_work():
                self.code = make_code(self.town.users[Role.SELLER].id, None)
            self.person = self.town.arguments["user_id"]
            self._keep()
        self.rows = self.dump()
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

    def _keep(self) -> None:
        """Keep a copy of the database as it is now."""
        rollback()
        db.session.remove()
        db.engine.dispose()
        if db.engine.dialect.name == "sqlite":
            with db.engine.begin() as connection:
                connection.execute(text("SELECT 1"))
            db.engine.dispose()
            shutil.copy(self._file(), self._file().with_suffix(".town"))
        else:
            self._copy(self._name(), "town")

    def restore(self) -> None:
        """Put every row back to how the town was."""
        with self.app.app_context():
            rollback()
            db.session.remove()
            cache.clear()
            db.engine.dispose()
            if db.engine.dialect.name == "sqlite":
                for extra in ("-wal", "-shm"):
                    Path(f"{self._file()}{extra}").unlink(missing_ok=True)
                shutil.copy(self._file().with_suffix(".town"), self._file())
            else:
                self._copy("town", self._name())

    def _file(self) -> Path:
        return Path(str(db.engine.url.database))

    def _name(self) -> str:
        return str(db.engine.url.database)

    def _copy(self, source: str, target: str) -> None:
        address = db.engine.url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')  # type: ignore[arg-type]
            connection.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')  # type: ignore[arg-type]

    def dump(self) -> Rows:
        """Return all rows but the areas and their numbers."""
        with self.app.app_context(), db.engine.connect() as connection:
            tables = [table for table in db.metadata.sorted_tables if table.name not in KEPT - {"figure"}]
            return {
                table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
                for table in tables
            }

    def count(self) -> dict[str, int]:
        """Return how many rows every table has, by one question."""
        names = [table.name for table in db.metadata.sorted_tables]
        columns = ", ".join(f'(SELECT count(*) FROM "{name}") AS "{name}"' for name in names)
        with self.app.app_context(), db.engine.connect() as connection:
            return dict(connection.execute(text(f"SELECT {columns}")).mappings().one())

    # Forms

    def _walk(self, who: str) -> None:
        """Open every page that somebody comes to by links, and note the forms on it."""
        client, known, doors = self.client(who), set(), self._doors()
        waiting = deque(doors)
        while waiting:
            address = waiting.popleft()
            endpoint = self.endpoint(address)
            seen = self.pages.setdefault((who, endpoint), []) if endpoint else []
            if not endpoint or address in known or (len(seen) >= EACH and address not in doors):
                continue
            known.add(address)
            answer = client.get(address)
            if answer.status_code == 200 and answer.mimetype == "text/html":
                seen.append(address)
                forms, links = read(answer.text, address)
                waiting.extend(links)
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
        return doors

    def endpoint(self, address: str, method: str = "GET") -> str:
        """Return which page is behind an address; empty for none, and for files."""
        path = address.partition("?")[0].partition("#")[0]
        try:
            endpoint = str(self.app.url_map.bind("localhost").match(path, method)[0])
        except (HTTPException, RequestRedirect):
            return ""
        return "" if endpoint in NO_PAGES else endpoint

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
            own: dict[str, str] = {"identifier": self.phone}
            if found.endpoint == "groups.add_member":
                own["kk"] = KK
            if found.endpoint == "journal.transfer":
                own |= {"source": "bank", "target": "cash"}
            if found.endpoint == "accounts.enter_code":
                own["code"] = self.code
            if found.endpoint == "accounts.sign_in":
                own["password"] = make.PASSWORD
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
        """Send a form as a browser does, with a photo where it takes one."""
        if found.has_files:
            photos = [(field.name, PHOTO, "foto.jpg") for field in found.form.fields if field.kind == "file"]
            return self.post(found, *multipart(pairs, photos))
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


def _more(town: crowd.Town) -> None:
    """Add what the crowd has not: goods and bills in the other states, a closed account, a note to be checked."""
    group = db.session.get_one(Household, town.arguments["household_id"]).memberships[0].group
    makers = {town.arguments["household_id"]: 10_000}
    with unit_of_work():  # else those of new goods without a name could be the same
        for product in db.session.scalars(select(Product)):
            product.slug = f"uji-{product.id}"
    images = [image_id() for _ in range(2)]
    for state in (ProductState.DRAFT, ProductState.NEEDS_WORK, ProductState.PAUSED):
        make.product(group, makers=makers, state=state, name=f"Barang {state}", slug=f"uji-{state}")
    _photos(make.product(group, makers=makers, name="Berfoto", slug="uji-foto", state=ProductState.DRAFT).id, images)
    _close_one(town.arguments["household_id"])
    _parcels([make.product(make.group(), stock=9, price=10_000, slug=f"uji-isi-{i}") for i in range(2)])
    note = IncomeNote(
        household_id=town.arguments["household_id"],
        month=clock.month_of(clock.now().date()),
        kind=NoteKind.OTHER_INCOME,
        amount=5_000,
        description="Upah",
    )
    make.add(note)
    _strays(), _unjoined()
    _banked(group.id, sorted(row.household_id for row in db.session.scalars(select(HouseholdBalance)))[-1])
    address = Delivery(DeliveryMethod.ADDRESS, "Jalan 1", "1/2", make.VILLAGE)
    for delivery in (Delivery(DeliveryMethod.PICKUP), address):
        _paid(town, delivery, True)
    _paid(town, address, False)


def _photos(product_id: int, image_ids: list[int]) -> None:
    make.add(*(ProductPhoto(product_id=product_id, image_id=key, position=at) for at, key in enumerate(image_ids)))


def _close_one(household_id: int) -> None:
    person = make.user(Role.SELLER, name="Orang Tutup", household_id=household_id)
    with unit_of_work():
        db.session.get_one(User, person.id).is_active = False


def _parcels(goods: list[Any]) -> None:
    draft(name="Parsel Kosong")
    for name, paused in (("Parsel Jadi", False), ("Parsel Jeda", True)):
        parcel = draft(name=name)
        set_recipe(parcel, dict.fromkeys(goods, 1), 50_000)
        if paused:
            with unit_of_work():
                parcels.offer(parcel.id, None)
                parcels.pause(parcel.id, None)


def _strays() -> None:
    """Let a payment bring more than was asked: it waits for a person."""
    waiting = select(Payment.id).where(Payment.state == Paid.CLAIMED).order_by(Payment.id).limit(1)
    key = db.session.scalars(waiting).one()
    with unit_of_work():
        payments.confirm(key, db.session.get_one(Payment, key).amount + 7, "STM-LEBIH", None)


def _unjoined() -> None:
    """Register a family that is in no group."""
    content = HouseholdContent("Keluarga Baru", KK, make.VILLAGE, "Jalan Contoh 9", RegistrySource.DTSEN, 1)
    head = PersonContent("Siti Baru", Relation.HEAD, make.LONG_AGO, "6306055203990002")
    with unit_of_work():
        register_household(content, head, None)


def _banked(group_id: int, household_id: int) -> None:
    """Trust the group, and prepare a payout by bank."""
    with unit_of_work():
        set_trust(group_id, True, None)
        set_bank(household_id, BankAccount("Bank Contoh", "0011223344", "Siti Contoh"), None)
        payouts.prepare_batch(make.REGENCY, [payouts.Choice(household_id, PayoutMethod.BANK)], None)


def _paid(town: crowd.Town, delivery: Delivery, is_packed: bool) -> None:
    """Lead an order to where something can be left out of it, or it can be handed over, or sent."""
    user, key = town.users[Role.BUYER], f"paid {delivery.method} {is_packed}"
    lines = (LineRequest(2, town.arguments["product_id"]),)
    buyer = Buyer(user.id, user.name, "+6281200000001")
    with unit_of_work():
        order = orders.place(PlaceOrder(make.REGENCY, key, buyer, delivery, lines, "transfer"))
        bill = payments.start(order.id, "transfer")
        payments.confirm(bill.id, bill.amount, key, None)
        if is_packed:
            orders.pack(order.id, None)
