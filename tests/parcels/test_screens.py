"""The curator's pages of parcels, as a browser without JavaScript uses them."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.extensions import db
from marketplace.parcels import queries, service
from marketplace.parcels.models import Parcel, ParcelState
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.counting import counted_queries
from tests.parcels import build

TEXTS = {
    "key": "1",
    "name": "Parsel Baru",
    "occasion": "natal",
    "description": "",
    "notice_days": "2",
    "cut_off_hour": "14",
}


@pytest.fixture
def curator(client: FlaskClient) -> FlaskClient:
    make.sign_in(client, make.user(Role.CURATOR))
    return client


def rows(**counts: int) -> dict[str, str]:
    """Return the fields of recipe rows: `p12=3` is three of product 12."""
    fields = {}
    for index, (name, count) in enumerate(counts.items()):
        fields[f"items-{index}-product_id"] = name[1:]
        fields[f"items-{index}-quantity"] = str(count)
    return fields


def test_from_nothing_to_a_parcel_on_offer(curator: FlaskClient) -> None:
    first, second = make.product(name="Dodol Kandangan", price=10_000, stock=8), make.product(price=20_000, stock=8)
    made = curator.post("/dinas/parsel/baru", data=TEXTS)
    parcel = db.session.scalars(select(Parcel)).one()
    assert made.location == f"/dinas/parsel/{parcel.id}/resep"
    address = f"/dinas/parsel/{parcel.id}"
    assert f'value="{first.id}"' in curator.post(f"{address}/resep", data={"search": "dodol"}).text
    page = curator.post(f"{address}/resep", data={**rows(**{f"p{second.id}": 2}), "add": str(first.id)}).text
    assert 'value="50.000"' in page
    assert queries.versions_of(parcel.id) == []
    whole = rows(**{f"p{first.id}": 1, f"p{second.id}": 2})
    saved = curator.post(f"{address}/resep", data={**whole, "packing_cost": "5.000", "price": "Rp 60.000", "save": "1"})
    assert saved.location == address
    assert curator.post(f"{address}/status", data={"action": "offer"}).location == address
    db.session.expire_all()
    assert parcel.state is ParcelState.OFFERED
    assert "Rp60.000" in curator.get(address).text
    assert address in curator.get("/dinas/parsel?q=dodol").text


def test_the_page_says_what_each_family_gets(curator: FlaskClient) -> None:
    group = make.group()
    ani, budi = make.household(group, name="Keluarga Ani"), make.household(group, name="Keluarga Budi")
    shared = make.product(group, makers={ani.id: 7_500, budi.id: 2_500}, price=10_000)
    parcel = build.offered({shared: 2, make.product(price=20_000): 1}, 65_000)
    page = re.sub(r"\s+", " ", curator.get(f"/dinas/parsel/{parcel.id}").text)
    # 65.000 - 5.000 packing, half of it for two shared pieces: 30.000, cut 3 to 1.
    assert "Keluarga Ani: Rp22.500" in page
    assert "Keluarga Budi: Rp7.500" in page


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"price": "39.999"}, "price"),
        ({"packing_cost": "gratis"}, "packing_cost"),
        ({"items-0-quantity": "-1"}, "items-0-quantity"),
        ({"items-0-quantity": "0"}, None),
        ({"items-0-product_id": "99999999999999999999"}, None),
        ({"items-0-product_id": "999999"}, None),
    ],
)
def test_a_wrong_recipe_is_refused_and_what_was_typed_stays(
    curator: FlaskClient, values: dict[str, str], wrong: str | None
) -> None:
    first, second = make.product(price=10_000), make.product(price=20_000)
    parcel = build.draft()
    good = {**rows(**{f"p{first.id}": 1, f"p{second.id}": 1}), "packing_cost": "10.000", "price": "40.000", "save": "1"}
    answer = curator.post(f"/dinas/parsel/{parcel.id}/resep", data={**good, **values})
    assert answer.status_code == 422
    assert wrong is None or f'id="{wrong}-error"' in answer.text
    assert 'value="10.000"' in answer.text or "packing_cost" in values
    assert queries.versions_of(parcel.id) == []
    assert curator.post(f"/dinas/parsel/{parcel.id}/resep", data=good).status_code == 302


def test_a_price_left_open_is_the_suggested_one(curator: FlaskClient) -> None:
    first, second = make.product(price=10_000), make.product(price=20_000)
    parcel = build.draft()
    sent = {**rows(**{f"p{first.id}": 1, f"p{second.id}": 1}), "packing_cost": "10.000", "price": "", "save": "1"}
    assert curator.post(f"/dinas/parsel/{parcel.id}/resep", data=sent).status_code == 302
    assert [recipe.price for recipe in queries.versions_of(parcel.id)] == [40_000]


@pytest.mark.parametrize(("price", "missing"), [("100", "Rp39.900"), ("9.000", "Rp31.000"), ("39.999", "Rp1")])
def test_a_price_below_the_sum_is_said_and_shares_nothing_out(curator: FlaskClient, price: str, missing: str) -> None:
    first, second = make.product(price=10_000), make.product(price=20_000)
    parcel = build.draft()
    asked = {**rows(**{f"p{first.id}": 1, f"p{second.id}": 1}), "packing_cost": "10.000", "update": "1"}
    page = curator.post(f"/dinas/parsel/{parcel.id}/resep", data={**asked, "price": price}).text
    assert f"The price is {missing} below the sum of products and packing." in page
    assert "Raise it to Rp40.000 or more." in page
    assert re.search(r'data-label="In the parcel" class="num">–<', page)
    page = curator.post(f"/dinas/parsel/{parcel.id}/resep", data={**asked, "price": "40.000"}).text
    assert "below the sum" not in page
    assert re.search(r'data-label="In the parcel" class="num">Rp20.000<', page)


def carried(page: str) -> dict[str, str]:
    """Return what the editor carries unseen, and its price."""
    found = dict(re.findall(r'name="(suggested|warned|price)"[^>]* value="([^"]*)"', page))
    return {name: value.replace(".", "") for name, value in found.items()}


def test_the_price_follows_the_suggestion_until_another_is_written(curator: FlaskClient) -> None:
    first, second = make.product(price=10_000), make.product(price=20_000)
    address = f"/dinas/parsel/{build.draft().id}/resep"
    one = rows(**{f"p{first.id}": 1})
    page = curator.post(address, data={"add": str(first.id)}).text
    assert carried(page)["price"] == "10000"
    page = curator.post(address, data={**carried(page), **one, "add": str(second.id), "packing_cost": "5.000"}).text
    assert carried(page)["price"] == "35000"
    own = {**carried(page), "price": "36.000"}
    page = curator.post(address, data={**own, **rows(**{f"p{first.id}": 1, f"p{second.id}": 2})}).text
    assert carried(page)["price"] == "36000"
    page = curator.post(address, data={**carried(page), "price": "", **rows(**{f"p{second.id}": 2})}).text
    assert carried(page)["price"] == "40000"
    assert "suggested" in carried(curator.get(address).text)


def test_a_price_far_above_the_sum_is_asked_about_before_it_is_saved(curator: FlaskClient) -> None:
    first, second = make.product(price=10_000), make.product(price=20_000)
    parcel = build.draft()
    address = f"/dinas/parsel/{parcel.id}/resep"
    sent = {**rows(**{f"p{first.id}": 1, f"p{second.id}": 1}), "packing_cost": "10.000", "price": "400.000"}
    assert "Rp360.000 above the sum" in curator.post(address, data={**sent, "update": "1"}).text
    refused = curator.post(address, data={**sent, "save": "1"})
    assert refused.status_code == 422
    assert 'id="price-error"' in refused.text
    assert 'name="is_meant"' in refused.text
    assert carried(refused.text)["warned"] == "360000"
    said = {**sent, "warned": "360000", "is_meant": "y", "save": "1"}
    other = curator.post(address, data={**said, "price": "900.000"})  # the tick was for another price
    assert other.status_code == 422
    assert "checked" not in other.text
    assert queries.versions_of(parcel.id) == []
    assert curator.post(address, data=said).status_code == 302
    assert [recipe.price for recipe in queries.versions_of(parcel.id)] == [400_000]
    assert "checked" in curator.get(address).text  # it was said once; another sum is asked about again
    assert 'id="price-error"' in curator.post(address, data={**said, "items-0-quantity": "2"}).text


def test_a_usual_margin_is_not_asked_about(curator: FlaskClient) -> None:
    first, second = make.product(price=10_000), make.product(price=20_000)
    parcel = build.draft()
    sent = {**rows(**{f"p{first.id}": 1, f"p{second.id}": 1}), "packing_cost": "10.000", "price": "50.000"}
    address = f"/dinas/parsel/{parcel.id}/resep"
    assert "above the sum" not in curator.post(address, data=sent).text
    assert curator.post(address, data={**sent, "save": "1"}).status_code == 302


def test_adding_a_strange_product_adds_nothing(curator: FlaskClient) -> None:
    parcel = build.draft()
    stranger = make.product(regency_code=make.OTHER_REGENCY)
    for strange in (str(stranger.id), "0", "x", "9" * 19, "9" * 30):
        answer = curator.post(f"/dinas/parsel/{parcel.id}/resep", data={"add": strange})
        assert answer.status_code < 500
        assert "items-0" not in answer.text


@pytest.mark.parametrize(
    "values",
    [
        {"name": ""},
        {"name": "x" * 121},
        {"name": "a\x07b"},
        {"occasion": "never"},
        {"occasion": ""},
        {"notice_days": "61"},
        {"notice_days": "-1"},
        {"cut_off_hour": "25"},
        {"cut_off_hour": "noon"},
    ],
)
def test_wrong_texts_are_refused_beside_the_field(curator: FlaskClient, values: dict[str, str]) -> None:
    answer = curator.post("/dinas/parsel/baru", data={**TEXTS, **values})
    assert answer.status_code == 422
    assert f'id="{next(iter(values))}-error"' in answer.text
    assert db.session.scalars(select(Parcel)).all() == []


def test_no_occasion_is_chosen_for_the_curator(curator: FlaskClient) -> None:
    page = curator.get("/dinas/parsel/baru").text
    assert re.search(r'name="occasion"[^>]*>\s*<option[^>]*value="">Please choose<', page)


def test_text_is_changed_and_kept(curator: FlaskClient) -> None:
    parcel = build.draft(name="Lama")
    assert 'value="Lama"' in curator.get(f"/dinas/parsel/{parcel.id}/ubah").text
    assert curator.post(f"/dinas/parsel/{parcel.id}/ubah", data=TEXTS).status_code == 302
    db.session.expire_all()
    assert (parcel.name, parcel.occasion, parcel.slug) == ("Parsel Baru", "natal", "lama")


def test_a_step_that_is_not_there_changes_nothing(curator: FlaskClient) -> None:
    parcel = build.draft()
    for action in ("offer", "pause", "fly", ""):
        answer = curator.post(f"/dinas/parsel/{parcel.id}/status", data={"action": action}, follow_redirects=True)
        assert answer.status_code in (200, 409)
    db.session.expire_all()
    assert parcel.state is ParcelState.DRAFT


ROLES: list[tuple[Role, dict[str, Any], int, int]] = [
    (Role.CURATOR, {"area_code": "63.06"}, 200, 200),
    (Role.CURATOR, {"area_code": "63"}, 403, 403),
    (Role.CURATOR, {"area_code": "63.07"}, 404, 404),
    (Role.HEAD, {"area_code": "63.06"}, 200, 403),
    (Role.HEAD, {"area_code": "63.07"}, 404, 403),
    (Role.PACKER, {"area_code": "63.06"}, 403, 403),
    (Role.BUYER, {}, 404, 404),
]


@pytest.mark.parametrize(("role", "scope", "sees", "changes"), ROLES)
def test_who_sees_and_who_changes(
    client: FlaskClient, role: Role, scope: dict[str, Any], sees: int, changes: int
) -> None:
    parcel = build.draft()
    make.sign_in(client, make.user(role, **scope))
    assert client.get(f"/dinas/parsel/{parcel.id}").status_code == sees
    assert client.get(f"/dinas/parsel/{parcel.id}/ubah").status_code == changes
    assert client.get(f"/dinas/parsel/{parcel.id}/resep").status_code == changes
    listed = client.get("/dinas/parsel")
    assert (f"/dinas/parsel/{parcel.id}" in listed.text) is (sees == 200)


def test_a_curator_of_several_roles_changes_only_where_he_curates(client: FlaskClient) -> None:
    parcel = build.draft()
    user = make.user(Role.HEAD, area_code="63.06")
    make.add(make.RoleAssignment(user_id=user.id, role=Role.CURATOR, area_code="63.07", starts_on=make.LONG_AGO))
    db.session.expire_all()
    make.sign_in(client, user)
    assert client.get(f"/dinas/parsel/{parcel.id}").status_code == 200
    assert client.post(f"/dinas/parsel/{parcel.id}/ubah", data=TEXTS).status_code == 403
    assert client.post(f"/dinas/parsel/{parcel.id}/status", data={"action": "archive"}).status_code == 403


@pytest.mark.parametrize("count", [1, 12])
def test_pages_ask_a_bounded_number_of_queries(app: Flask, curator: FlaskClient, count: int) -> None:
    for _number in range(count):
        build.offered({make.product(stock=3): 1, make.product(stock=3): 1})
    parcel = db.session.scalars(select(Parcel)).first()
    assert parcel is not None
    with counted_queries() as listed:
        assert curator.get("/dinas/parsel").status_code == 200
    with counted_queries() as shown:
        assert curator.get(f"/dinas/parsel/{parcel.id}").status_code == 200
    assert len(listed) <= 9, listed
    assert len(shown) <= 11, shown


def test_an_archived_parcel_cannot_be_changed(curator: FlaskClient) -> None:
    parcel = build.draft()
    with unit_of_work():
        service.archive(parcel.id, None)
    assert curator.post(f"/dinas/parsel/{parcel.id}/ubah", data=TEXTS).status_code == 422
    db.session.expire_all()
    assert parcel.name == "Parsel Berkah"
