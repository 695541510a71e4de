"""The stock on screen: who sees what, what each task does, once however often it is sent."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.catalog.models import Product, ProductKind, ProductPhoto, ProductState
from marketplace.extensions import db
from marketplace.shared.images import Image
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.stock.models import LocationKind, StockMovement
from marketplace.stock.screens import levels_by_place
from marketplace.stock.service import hold
from tests import make
from tests.catalog.words import image_id
from tests.counting import counted_queries


def there(product: Product) -> dict[str, int]:
    """Return what is on hand by kind of place."""
    db.session.expire_all()
    return {level.kind.value: level.on_hand for level in levels_by_place(product.id)}


def fields(task: str, quantity: object, key: str = "schluessel", **more: object) -> dict[str, Any]:
    return {"task": task, "quantity": str(quantity), "key": key, "note": "", **more}


@pytest.fixture
def packer(client: FlaskClient) -> FlaskClient:
    make.sign_in(client, make.user(Role.PACKER))
    return client


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (fields("made", 3), {"group": 13, "store": 5}),
        (fields("brought", 4), {"group": 6, "store": 9}),
        (fields("brought", 12, uncounted="y"), {"group": 10, "store": 17}),
        (fields("taken_back", 5), {"group": 15, "store": 0}),
        (fields("counted_store", 0), {"group": 10, "store": 0}),
        (fields("counted_group", 40), {"group": 40, "store": 5}),
        (fields("spoiled_store", 1, note="Berjamur"), {"group": 10, "store": 4}),
        (fields("spoiled_group", 2, note="Basah"), {"group": 8, "store": 5}),
    ],
)
def test_every_task_does_what_it_says_once(packer: FlaskClient, sent: dict[str, Any], expected: dict[str, int]) -> None:
    product = make.product(stock=10)
    make.put(product, 5, make.store())
    for _time in range(2):
        assert packer.post(f"/dinas/stok/{product.id}", data=sent).status_code == 302
    assert there(product) == expected


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        (fields("brought", 11), "quantity"),
        (fields("taken_back", 6), "quantity"),
        (fields("made", 0), "quantity"),
        (fields("made", -3), "quantity"),
        (fields("made", "1.5"), "quantity"),
        (fields("made", "9" * 25), "quantity"),
        (fields("made", ""), "quantity"),
        (fields("spoiled_store", 1), "note"),
        (fields("spoiled_store", 1, note="x" * 301), "note"),
        (fields("burned", 1), "task"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_stays_typed(
    packer: FlaskClient, sent: dict[str, Any], wrong: str
) -> None:
    product = make.product(stock=10)
    make.put(product, 5, make.store())
    answer = packer.post(f"/dinas/stok/{product.id}", data=sent)
    assert answer.status_code == 422
    assert f'id="{wrong}-error"' in answer.text or (wrong == "task" and "data-wrong" in answer.text)
    assert there(product) == {"group": 10, "store": 5}
    assert f'value="{sent["quantity"]}"' in answer.text


def test_the_same_key_with_another_content_is_refused_and_the_next_form_has_its_own(packer: FlaskClient) -> None:
    product = make.product(stock=10)
    address = f"/dinas/stok/{product.id}"
    assert packer.post(address, data=fields("made", 1)).status_code == 302
    answer = packer.post(address, data=fields("made", 2))
    assert answer.status_code == 422
    assert 'value="schluessel"' not in answer.text
    assert there(product) == {"group": 11}


def test_goods_kept_for_an_order_stay(packer: FlaskClient) -> None:
    product = make.product(stock=10)
    with unit_of_work():
        hold("order:1", {product.id: 8}, None)
    assert packer.post(f"/dinas/stok/{product.id}", data=fields("counted_group", 7)).status_code == 422
    assert packer.post(f"/dinas/stok/{product.id}", data=fields("counted_group", 8, key="b")).status_code == 302
    assert there(product) == {"group": 8}


def test_the_history_names_who_and_why(packer: FlaskClient) -> None:
    product = make.product(stock=10)
    sent = fields("spoiled_group", 2, note="Basah kena hujan")
    packer.post(f"/dinas/stok/{product.id}", data=sent)
    movement = db.session.scalars(select(StockMovement).order_by(StockMovement.id.desc())).first()
    assert movement is not None
    assert (movement.quantity, movement.note) == (-2, "Basah kena hujan")
    assert movement.actor_id is not None
    assert "Basah kena hujan" in packer.get(f"/dinas/stok/{product.id}").text


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("", {"Dodol", "Sapu"}),
        ("q=dod", {"Dodol"}),
        ("q=%25", set()),
        ("place=store", {"Sapu"}),
        ("place=group", {"Dodol"}),
        ("place=moon", {"Dodol", "Sapu"}),
        ("group=abc", {"Dodol", "Sapu"}),
    ],
)
def test_the_list_is_narrowed(packer: FlaskClient, query: str, seen: set[str]) -> None:
    make.product(name="Dodol", stock=3)
    make.put(make.product(name="Sapu"), 2, make.store())
    make.product(name="Pijat", kind=ProductKind.SERVICE)
    make.product(name="Jauh", district_code="63.07.01", regency_code="63.07", stock=1)
    page = packer.get(f"/dinas/stok?{query}").text
    assert {name for name in ("Dodol", "Sapu", "Pijat", "Jauh") if f"{name}</a>" in page} == seen


def test_the_list_shows_what_the_work_list_counts_as_sold_out(packer: FlaskClient) -> None:
    make.product(name="Dodol", stock=6)
    make.product(name="Sapu", stock=5)
    gone = make.product(name="Tikar", stock=3)
    make.product(name="Topi", state=ProductState.PAUSED)
    with unit_of_work():
        hold("order:1", {gone.id: 3}, None)
    (address,) = re.findall(r'href="(/dinas/stok\?[^"]+)"', packer.get("/dinas").text)
    seen = {query: packer.get(query).text for query in (address, "/dinas/stok?left=low")}
    assert [query for query in seen if "Tikar</a>" in seen[query]] == [address]
    assert [query for query in seen if "Sapu</a>" in seen[query]] == ["/dinas/stok?left=low"]
    assert not any(f"{name}</a>" in page for name in ("Dodol", "Topi") for page in seen.values())


def test_the_list_is_narrowed_to_a_group(packer: FlaskClient) -> None:
    first = make.product(name="Dodol")
    make.product(name="Sapu")
    page = packer.get(f"/dinas/stok?group={first.group_id}").text
    assert "Dodol</a>" in page
    assert "Sapu</a>" not in page


def test_a_mentor_counts_at_his_group_and_touches_no_store(client: FlaskClient) -> None:
    product, other = make.product(stock=10), make.product(stock=10)
    make.put(product, 5, make.store())
    make.sign_in(client, make.user(Role.MENTOR, group_id=product.group_id))
    assert client.get(f"/dinas/stok/{other.id}").status_code == 404
    address = f"/dinas/stok/{product.id}"
    assert client.post(address, data=fields("made", 1)).status_code == 302
    for key, task in enumerate(("brought", "taken_back", "counted_store", "spoiled_store")):
        assert client.post(address, data=fields(task, 1, key=str(key), note="x")).status_code == 422
    assert there(product) == {"group": 11, "store": 5}


def scopes(product: Product) -> dict[str, tuple[Role, dict[str, Any]]]:
    return {
        "packer": (Role.PACKER, {"area_code": "63.06"}),
        "packer elsewhere": (Role.PACKER, {"area_code": "63.07"}),
        "curator": (Role.CURATOR, {"area_code": "63.06"}),
        "treasurer": (Role.TREASURER, {"area_code": "63.06"}),
        "mentor": (Role.MENTOR, {"group_id": product.group_id}),
        "mentor elsewhere": (Role.MENTOR, {"group_id": make.group().id}),
        "seller": (Role.SELLER, {"household_id": product.shares[0].household_id}),
        "seller elsewhere": (Role.SELLER, {"household_id": make.household().id}),
        "group officer": (Role.GROUP_OFFICER, {"group_id": product.group_id}),
        "buyer": (Role.BUYER, {}),
    }


@pytest.mark.parametrize(
    ("who", "desk", "maker"),
    [
        ("packer", 200, 404),
        ("packer elsewhere", 404, 404),
        ("curator", 200, 404),
        ("treasurer", 403, 404),
        ("mentor", 200, 404),
        ("mentor elsewhere", 404, 404),
        ("seller", 404, 200),
        ("seller elsewhere", 404, 404),
        ("group officer", 404, 200),
        ("buyer", 404, 404),
    ],
)
def test_who_sees_a_product(client: FlaskClient, who: str, desk: int, maker: int) -> None:
    product = make.product(stock=1)
    role, scope = scopes(product)[who]
    make.sign_in(client, make.user(role, **scope))
    assert client.get(f"/dinas/stok/{product.id}").status_code == desk
    assert client.get(f"/penjual/stok/{product.id}").status_code == maker
    sent = client.post(f"/penjual/stok/{product.id}", data=fields("made", 1))
    assert sent.status_code == (302 if maker == 200 else maker)
    assert there(product) == {"group": 2 if maker == 200 else 1}


def test_missing_products_and_services_are_no_pages(packer: FlaskClient) -> None:
    service = make.product(kind=ProductKind.SERVICE)
    for number in (service.id, 999_999, 2**63 - 1, 2**63):
        assert packer.get(f"/dinas/stok/{number}").status_code == 404


def test_a_seller_counts_on_the_phone_in_one_step(client: FlaskClient) -> None:
    product = make.product(name="Dodol", stock=4)
    make.product(name="Asing", stock=4)
    make.sign_in(client, make.user(Role.SELLER, household_id=product.shares[0].household_id))
    page = client.get("/penjual/stok").text
    assert "Dodol" in page
    assert "Asing" not in page
    back = client.post(f"/penjual/stok/{product.id}", data=fields("made", 6)).location
    assert back == f"/penjual/stok?ditulis={product.id}#barang-{product.id}"
    assert "Written down" in client.get(back).text
    assert client.post(f"/penjual/stok/{product.id}?page=2", data=fields("fewer", 2, key="f")).location.endswith(
        f"&page=2#barang-{product.id}"
    )
    assert there(product) == {LocationKind.GROUP.value: 8}
    assert client.post(f"/penjual/stok/{product.id}", data=fields("fewer", 9, key="g")).status_code == 422
    assert client.post(f"/penjual/stok/{product.id}", data=fields("counted_group", 9, key="b")).status_code == 302
    assert "Written down" not in client.get("/penjual/stok").text
    assert there(product) == {LocationKind.GROUP.value: 9}
    for key, task in enumerate(("brought", "taken_back", "spoiled_group", "counted_store")):
        refused = client.post(f"/penjual/stok/{product.id}", data=fields(task, 1, key=f"c{key}", note="x"))
        assert refused.status_code == 422


@pytest.mark.parametrize("count", [1, 20])
def test_lists_ask_a_bounded_number_of_queries(client: FlaskClient, count: int) -> None:
    group = make.group()
    household = make.household(group)
    for _number in range(count):
        product = make.product(group, makers={household.id: 10_000}, stock=2)
    user = make.user(Role.SELLER, household_id=household.id)
    make.add(make.RoleAssignment(user_id=user.id, role=Role.PACKER, area_code="63.06", starts_on=make.LONG_AGO))
    db.session.expire_all()
    make.sign_in(client, user)
    for address in ("/dinas/stok", "/penjual/stok", f"/dinas/stok/{product.id}", f"/penjual/stok/{product.id}"):
        with counted_queries() as statements:
            assert client.get(address).status_code == 200
        assert len(statements) <= 7, statements


@pytest.mark.parametrize(
    ("name", "typed"), [("group", "99999999999999999999"), ("group", "x"), ("place", "moon"), ("left", "x")]
)
def test_a_strange_choice_of_the_list_is_said_and_stays(packer: FlaskClient, name: str, typed: str) -> None:
    make.product(stock=1)
    page = packer.get("/dinas/stok", query_string={name: typed})
    assert page.status_code == 422
    assert f"We do not know “{typed}”" in page.text
    assert f'<option selected value="{typed}"' in page.text


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("published", "Buyers can order: 4"),
        ("paused", "its sale is stopped"),
        ("submitted", "the Dinas is looking at it"),
        ("needs_work", "it has to be improved"),
        ("draft", "it is not handed in yet"),
        ("archived", "it is put away"),
    ],
)
def test_a_maker_is_told_whether_buyers_can_order(client: FlaskClient, state: str, said: str) -> None:
    product = make.product(stock=4, state=state)
    make.sign_in(client, make.user(Role.SELLER, household_id=product.shares[0].household_id))
    page = client.get("/penjual/stok").text
    assert said in page
    assert ("Buyers can order" in page) == (state == "published")


def test_a_maker_sees_his_goods_by_their_first_photo(client: FlaskClient) -> None:
    product, bare = make.product(stock=4), make.product(stock=4)
    first, second = image_id(), image_id()
    make.add(*(ProductPhoto(product_id=product.id, image_id=key, position=at) for at, key in ((1, second), (0, first))))
    make.sign_in(client, make.user(Role.SELLER, household_id=product.shares[0].household_id))
    page = client.get("/penjual/stok").text
    assert db.session.get_one(Image, first).token in page
    assert db.session.get_one(Image, second).token not in page
    make.sign_in(client, make.user(Role.SELLER, household_id=bare.shares[0].household_id))
    assert "photo-none" in client.get("/penjual/stok").text
