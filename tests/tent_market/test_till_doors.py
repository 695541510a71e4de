"""Who opens a till, what it is told, and what becomes of bodies that no till writes."""

import datetime as dt
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select

from marketplace.areas.models import Figure, FigureKey
from marketplace.catalog.models import ProductPhoto
from marketplace.extensions import cache, db
from marketplace.orders.models import Order
from marketplace.shared import clock, images
from marketplace.shared.images import Image
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.tent_market import pace
from marketplace.tent_market.models import DayState, MarketDay, Stall, StallCashier, StallGroup, StallState
from marketplace.tent_market.sync_bodies import MOST_BYTES, MOST_EVENTS
from marketplace.tent_market.till_models import TillDevice
from marketplace.tent_market.till_words import WORDS
from tests import make
from tests.offices.purchasing import Bureau
from tests.parcels import build
from tests.payments import billing
from tests.tent_market import making
from tests.tent_market.making import MONDAY, broken_checks
from tests.tent_market.telling import Event, Till, of

JSON = {"Accept": "application/json"}
MORNING = dt.datetime(2026, 7, 6, 0, 30, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    """Let it be half past eight on the market day."""
    with clock.at(MORNING):
        yield


def test_who_may_sell_is_offered_his_tents(client: FlaskClient) -> None:
    day = making.day()
    one, other, closed = making.stall(day), making.stall(day), making.stall(day)
    ahead, later = (
        making.stall(making.day(held_on=dt.date(2026, 7, 13))),
        making.stall(making.day(held_on=dt.date(2026, 7, 14))),
    )
    off = making.day()
    gone = making.stall(off)
    with unit_of_work():
        db.session.get_one(Stall, closed.id).state = StallState.CANCELLED
        db.session.get_one(MarketDay, off.id).state = DayState.CALLED_OFF
    seller, officer = make.user(Role.SELLER, household_id=make.household(make.group()).id), make.user(Role.TREASURER)
    make.add(StallCashier(stall_id=one.id, user_id=seller.id))
    assert _offered(client, seller) == [(one.id, True)]
    assert _offered(client, officer) == [(one.id, True), (other.id, True), (ahead.id, False)]
    for stranger in (make.user(Role.BUYER), make.user(Role.HEAD), make.user(Role.PACKER, area_code=make.OTHER_REGENCY)):
        assert _offered(client, stranger) == []
    assert {later.id, gone.id, closed.id}.isdisjoint(key for key, _today in _offered(client, officer))


def _offered(client: FlaskClient, who: Any) -> list[tuple[int, bool]]:
    make.sign_in(client, who)
    answer = client.get("/kasir/pilihan", headers=JSON)
    assert answer.json is not None
    assert (answer.status_code, answer.json["cashier"], bool(answer.json["csrf"])) == (200, who.name, True)
    return [(row["id"], row["is_today"]) for row in answer.json["stalls"]]


@pytest.mark.parametrize(("method", "path"), [("GET", "/kasir/pilihan"), ("POST", "/kasir/perangkat")])
def test_nobody_is_told_to_sign_in(client: FlaskClient, method: str, path: str) -> None:
    answer = client.open(path, method=method, headers=JSON, json=None if method == "GET" else {})
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")


def test_a_phone_is_opened_and_its_secret_is_nowhere_here(client: FlaskClient) -> None:
    stall, cashier = making.stall(), make.user(Role.PACKER)
    make.sign_in(client, cashier)
    answer = client.post("/kasir/perangkat", json={"name": " HP Bu Siti ", "stalls": [stall.id]})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")
    assert answer.json is not None
    token = answer.json["token"]
    device = db.session.get_one(TillDevice, answer.json["device"])
    assert (device.name, device.cashier_id, device.day_id) == ("HP Bu Siti", cashier.id, stall.day_id)
    assert token not in {str(getattr(device, column.key)) for column in TillDevice.__table__.columns}
    data = client.get("/kasir/data", headers={"Authorization": f"Bearer {token}"})
    assert (data.status_code, (data.json or {})["device"]["id"]) == (200, device.id)


def test_opening_a_till_ends_the_session_of_this_phone_alone(app: Flask, client: FlaskClient) -> None:
    stall, cashier, other = making.stall(), make.user(Role.PACKER), app.test_client()
    make.sign_in(client, cashier)
    make.sign_in(other, cashier)
    refused = client.post("/kasir/perangkat", json={"name": "HP", "stalls": []})
    assert (refused.status_code, client.get("/kasir/pilihan", headers=JSON).status_code) == (422, 200)
    opened = client.post("/kasir/perangkat", json={"name": "HP", "stalls": [stall.id]})
    assert opened.status_code == 201
    assert client.get("/kasir/pilihan", headers=JSON).status_code == 401
    with client.session_transaction() as kept:
        assert dict(kept) == {}
    assert other.get("/kasir/pilihan", headers=JSON).status_code == 200
    head = {"Authorization": f"Bearer {(opened.json or {})['token']}"}
    assert client.get("/kasir/data", headers=head).status_code == 200


@pytest.mark.parametrize(
    ("key", "name", "value"),
    [
        ("till_discount_percent", "discount_percent", 0),
        ("till_idle_minutes", "idle_minutes", 1),
        ("qris_cap", "qris_cap", 0),
    ],
)
def test_a_till_sells_on_with_care_where_the_office_set_no_number(
    client: FlaskClient, key: str, name: str, value: int
) -> None:
    stall, product = making.stall(), make.product()
    making.load(stall, product, 3)
    till = Till(stall)
    with unit_of_work():
        db.session.execute(delete(Figure).where(Figure.key == FigureKey(key)))
    told = _data(client, till)
    assert (told["unset"], told["limits"][name]) == ([name], value)
    assert f"unset_{name}" in WORDS
    assert till.tell(till.sale(of(product.id))) == ["booked"]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"name": "", "stalls": ["here"]}, {"name"}),
        ({"name": "a" * 61, "stalls": ["here"]}, {"name"}),
        ({"name": "a\x00", "stalls": ["here"]}, {"name"}),
        ({"name": "HP", "stalls": []}, {"stalls"}),
        ({"name": "HP", "stalls": ["here", "elsewhere"]}, {"stalls"}),
        ({"name": "HP", "stalls": ["here", "other day"]}, {"stalls"}),
        ({"name": "HP", "stalls": [0]}, {"stalls"}),
        ({"name": 7, "stalls": "x"}, {"name", "stalls"}),
        ([], set()),
    ],
)
def test_a_phone_is_opened_for_tents_of_one_day(client: FlaskClient, body: Any, fields: set[str]) -> None:
    here, other = making.stall(), making.stall(making.day(held_on=dt.date(2026, 7, 7)))
    away = making.stall()
    with unit_of_work():
        db.session.get_one(Stall, away.id).state = StallState.CANCELLED
    ids = {"here": here.id, "elsewhere": away.id, "other day": other.id}
    if isinstance(body, dict) and isinstance(body["stalls"], list):
        body = {**body, "stalls": [ids.get(key, key) for key in body["stalls"]]}
    make.sign_in(client, make.user(Role.PACKER))
    answer = client.post("/kasir/perangkat", json=body)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert set((answer.json or {})["errors"]) == fields
    assert db.session.scalar(select(func.count(TillDevice.id))) == 0


def test_a_till_is_told_all_it_needs_for_a_day_without_a_network(app: Flask, client: FlaskClient) -> None:
    stall, group = making.stall(), make.group()
    loaded, on_sale = make.product(group, price=15_000, name="Abon"), make.product(group, name="Sambal")
    hidden, elsewhere = make.product(group, state="paused"), make.product()
    making.load(stall, loaded, 7)
    make.add(StallGroup(day_id=stall.day_id, stall_id=stall.id, group_id=group.id))
    other = make.product(name="Wajik")
    making.load(stall, other, 1)
    parcel = build.offered({loaded: 1, other: 2}, price=70_000)
    build.offered({loaded: 1, elsewhere: 1}, price=70_000)
    bureau, account = Bureau(), billing.qris()
    till = Till(stall)
    told = _data(client, till)
    assert [row["id"] for row in told["products"]] == [loaded.id, on_sale.id, other.id]
    assert hidden.id not in {row["id"] for row in told["products"]}
    first = told["products"][0]
    assert (first["price"], first["unit"], first["group"], first["photo"]) == (15_000, "bungkus", group.name, None)
    assert client.get(f"/s/{first['code']}").location == f"/produk/{loaded.slug}"
    assert told["stalls"] == [
        {
            "id": stall.id,
            "tent": stall.tent.number,
            "groups": [group.name],
            "state": "open",
            "there": {str(loaded.id): 7, str(other.id): 1},
        }
    ]
    assert [(row["id"], row["price"], row["items"]) for row in told["parcels"]] == [
        (parcel.id, 70_000, {str(loaded.id): 1, str(other.id): 2})
    ]
    assert told["unset"] == []
    assert told["limits"] == {"discount_percent": 10, "idle_minutes": 10, "qris_cap": 10_000_000}
    assert [(row["id"], row["kind"]) for row in told["offices"]] == [(bureau.id, bureau.office.kind.value)]
    assert (told["qris"], told["day"]["held_on"]) == (account.qris_payload, MONDAY.isoformat())
    assert told["seller"].startswith("Dinas Sosial ")
    sale = till.sale(
        of(loaded.id),
        {"parcel": parcel.id, "recipe": told["parcels"][0]["recipe"], "quantity": 1, "price": 70_000, "list": 70_000},
    )
    assert till.tell(sale) == ["booked"]  # what it was told can be sold
    assert _data(client, till)["stalls"][0]["there"] == {str(loaded.id): 5}
    assert broken_checks() == {}


def _data(client: FlaskClient, till: Till) -> Event:
    answer = client.get("/kasir/data", headers={"Authorization": f"Bearer {till.token}"})
    assert answer.status_code == 200
    return dict(answer.json or {})


def test_photos_are_the_small_ones(client: FlaskClient) -> None:
    stall, product = making.stall(), make.product()
    making.load(stall, product, 1)
    image = make.add(Image(token="a" * 16, width=1600, height=1200))
    make.add(ProductPhoto(product_id=product.id, image_id=image.id, position=0))
    assert _data(client, Till(stall))["products"][0]["photo"] == f"/foto/{'a' * 16}-{images.WIDTHS[0]}.webp"


@pytest.mark.parametrize("head", [None, "", "Bearer", "Bearer ", "Bearer x", "Basic x", "Bearer " + "x" * 5_000])
@pytest.mark.parametrize("path", ["/kasir/data", "/kasir/kirim"])
def test_only_phones_that_were_opened_are_answered(client: FlaskClient, path: str, head: str | None) -> None:
    Till(making.stall())
    headers = {"Authorization": head} if head is not None else {}
    answer = client.open(path, method="GET" if path.endswith("data") else "POST", headers=headers)
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")


def test_a_lost_phone_learns_nothing_any_more(client: FlaskClient) -> None:
    till = Till(making.stall())
    till.revoke()
    assert client.get("/kasir/data", headers={"Authorization": f"Bearer {till.token}"}).status_code == 403
    assert till.send().status_code == 200


def test_a_phone_that_is_off_its_head_has_to_wait(app: Flask) -> None:
    till, other = Till(making.stall()), Till(making.stall())
    answers = [till.send() for _number in range(pace.MOST + 1)]
    assert [answer.status_code for answer in answers[-2:]] == [200, 429]
    assert answers[-1].headers["Retry-After"] == str(pace.MINUTE)
    assert other.send().status_code == 200
    with clock.at(MORNING + dt.timedelta(seconds=pace.MINUTE)):
        assert till.send().status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"null", 422),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"events": {}}', 422),
        (b'{"events": [NaN]}', 422),
        (b"\xff\xfe", 422),
        (b"[" * 100_000, 422),
        (b'{"events": [' + b"9" * 5_000 + b"]}", 422),
        (json.dumps({"events": [{}] * (MOST_EVENTS + 1)}).encode(), 422),
        (b'{"events": []}' + b" " * MOST_BYTES, 413),
        (b'{"events": []}', 200),
    ],
    ids=range(12),
)
def test_what_is_no_batch_is_refused_whole(app: Flask, body: bytes, status: int) -> None:
    answer = Till(making.stall()).post(body)
    assert answer.status_code == status
    if status != 200:
        assert answer.mimetype == "application/problem+json"


BODIES = {"sqlite": 5_000, "postgresql": 1_500}
"""PostgreSQL has to bear the first of them: most are refused before a database hears of them."""
SEED = 20_260_706
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 1e308, 10**30, 2**63, 2**31, "", " ", "x", "a" * 3_000, "satu\x00dua", "\ud800"),
    *("9" * 40, "NaN", "2026-02-30", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00", "😀", [], {}, [[]]),
    *({"": ""}, {"of": {}}, [{}], "' OR 1=1 --", "{{ 7 }}", "sale", "void", "00000000-0000-0000-0000-000000000000"),
)


def test_no_body_is_a_failure_of_ours(app: Flask, database: str) -> None:
    """Bend good batches in every way, some thousand times, always the same."""
    chance, till, product = random.Random(SEED), Till(making.stall()), make.product()
    making.load(db.session.get_one(Stall, till.stall_id), product, 9_999)
    sale = till.sale(of(product.id, 2))
    good = [sale, till.sale(of(product.id)), till.void(sale), till.refund(sale, 1)]
    head = {"Authorization": f"Bearer {till.token}", "Accept": "application/json"}
    client, seen = app.test_client(), dict.fromkeys((200, 413, 422), 0)
    for number in range(BODIES[database]):
        if number % pace.MOST == 0:
            cache.clear()
        answer = client.post("/kasir/kirim", data=_bent(chance, good), headers=head, content_type="application/json")
        assert answer.status_code in seen, (number, answer.status_code)
        seen[answer.status_code] += 1
    assert min(seen[200], seen[422]) > BODIES[database] / 10, seen
    db.session.rollback()
    db.session.expire_all()
    assert (db.session.scalar(select(func.count(Order.id))) or 0) > 0  # some of them were good still
    assert broken_checks() == {}


def _bent(chance: random.Random, good: list[Event]) -> bytes:
    """Return a batch of one or two events with something changed in it, or broken off."""
    events = [json.loads(json.dumps(each)) for each in chance.sample(good, chance.choice((1, 1, 2)))]
    body: Any = {"now": MORNING.isoformat(), "told": {"sequence": 3, "amount": 1}, "events": events}
    for _time in range(chance.choice((1, 1, 2, 3))):
        _change(chance, body)
    raw = json.dumps(body).encode()
    how = chance.random()
    if how < 0.1:
        return raw[: chance.randrange(len(raw))]
    if how < 0.2:
        place = chance.randrange(len(raw))
        return raw[:place] + bytes([chance.randrange(256)]) + raw[place + 1 :]
    return raw


def _change(chance: random.Random, body: Any) -> None:
    """Put something odd into some place of a body, take something away, or add it."""
    inside = body
    while isinstance(inside, dict | list) and inside:
        keys = list(inside) if isinstance(inside, dict) else list(range(len(inside)))
        key = chance.choice(keys)
        deeper = inside[key]
        if not isinstance(deeper, dict | list) or not deeper or chance.random() < 0.15:
            _strike(chance, inside, key)
            return
        inside = deeper


def _strike(chance: random.Random, inside: Any, key: Any) -> None:
    how = chance.random()
    if how < 0.7:
        inside[key] = chance.choice(ODD)
    elif how < 0.85:
        del inside[key]
    elif isinstance(inside, dict):
        inside[chance.choice(("id", "seq", "kind", "of", "lines", "x"))] = chance.choice(ODD)
    else:
        inside.extend([inside[key]] * chance.randrange(3))
