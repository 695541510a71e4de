"""The shop as everybody sees it."""

import html
import re

import pytest
from flask.testing import FlaskClient

from marketplace.catalog.models import Category, Permit, PermitKind, Product, ProductKind, ProductState
from marketplace.extensions import db
from marketplace.groups.models import Group
from marketplace.parcels.models import Occasion
from marketplace.parcels.queries import can_make
from marketplace.shared.transaction import unit_of_work
from marketplace.storefront import boxes
from tests import make
from tests.counting import counted_queries
from tests.parcels.build import draft, offered
from tests.storefront.buying import yesterday

OTHER_DISTRICT = "63.06.01"
BAD = [
    "page=abc",
    "page=-1",
    "page=99999999999999999999",
    "low=x&high=%F0%9F%92%A9",
    "kind=x&sort=y",
    "district=%25",
    "q=%22%27%29*",
]


def listed(client: FlaskClient, path: str = "/produk") -> list[str]:
    """Return the slugs of the products on a page, in their order."""
    answer = client.get(path)
    assert answer.status_code == 200
    return re.findall(r'<h3><a href="/produk/([^"]+)"', answer.text)


def permit(product: Product, kind: PermitKind, **values: object) -> None:
    make.add(Permit(product_id=product.id, kind=kind, number="123", **values))


def test_only_what_is_published_in_the_area_is_listed(client: FlaskClient) -> None:
    group = make.group()
    for state in ProductState:
        make.product(group, state=state, slug=state.value)
    make.product(make.group(village_code="63.06.05.1001"), slug="far", regency_code=make.OTHER_REGENCY)
    assert listed(client) == ["published"]
    assert listed(client, "/") == ["published"]


@pytest.fixture
def shelf(client: FlaskClient) -> FlaskClient:
    """Return a browser of a shop with four products that differ in everything."""
    group, other = make.group(), make.group(village_code="63.06.01.2001")
    cheap = make.product(group, slug="cheap", name="Bolu", price=5_000, stock=3, search_text="bolu")
    dear = make.product(other, slug="dear", name="Abon", price=90_000, category=Category.MEAL)
    service = make.product(
        group, slug="service", name="Cuci", price=20_000, kind=ProductKind.SERVICE, category=Category.SERVICE
    )
    expired = make.product(group, slug="expired", name="Dodol", price=30_000)
    permit(cheap, PermitKind.HALAL, expires_on=None)
    permit(dear, PermitKind.PIRT, expires_on=None)
    permit(dear, PermitKind.HALAL, expires_on=None)
    permit(expired, PermitKind.HALAL, expires_on=yesterday())
    assert service.kind is ProductKind.SERVICE
    return client


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["expired", "service", "dear", "cheap"]),
        ("?sort=cheapest", ["cheap", "service", "expired", "dear"]),
        ("?sort=dearest", ["dear", "expired", "service", "cheap"]),
        ("?sort=name", ["dear", "cheap", "service", "expired"]),
        ("?kind=service", ["service"]),
        ("?category=meal", ["dear"]),
        (f"?district={OTHER_DISTRICT}", ["dear"]),
        ("?low=20.000&high=30000&sort=cheapest", ["service", "expired"]),
        ("?halal=1", ["dear", "cheap"]),
        ("?halal=1&pirt=1", ["dear"]),
        ("?available=1", ["service", "cheap"]),
        ("?category=meal&kind=service", []),
    ],
)
def test_filters_and_sorts(shelf: FlaskClient, query: str, expected: list[str]) -> None:
    assert listed(shelf, "/produk" + query) == expected
    assert listed(shelf, "/produk" + query) == expected  # now from the cache


def test_what_is_chosen_is_taken_off_one_by_one(shelf: FlaskClient) -> None:
    page = html.unescape(shelf.get("/produk?category=meal&halal=1&low=20000&sort=name").text)
    chosen = re.findall(r'<a href="(/produk[^"]*)">([^<]+)<svg', page)
    assert [word for _address, word in chosen] == ["Meals", "From Rp20.000", "Halal"]
    assert [address for address, _word in chosen] == [
        "/produk?halal=1&low=20000&sort=name",
        "/produk?category=meal&halal=1&sort=name",
        "/produk?category=meal&low=20000&sort=name",
    ]
    for address, _word in chosen:
        assert listed(shelf, address) == ["dear"] or "cheap" in listed(shelf, address)
    assert 'class="all-off"' in page
    assert "Filter (3)" in page


def test_nothing_chosen_offers_nothing_to_take_off(shelf: FlaskClient) -> None:
    assert 'class="chips chosen"' not in shelf.get("/produk?sort=name").text


def test_sorting_keeps_what_is_chosen(shelf: FlaskClient) -> None:
    page = shelf.get("/cari?q=bolu&halal=1").text
    form = page[page.index('class="sorting"') :]
    form = form[: form.index("</form>")]
    assert '<input type="hidden" name="q" value="bolu">' in form
    assert '<input type="hidden" name="halal" value="1">' in form


def test_pages_of_the_list(client: FlaskClient) -> None:
    group = make.group()
    for number in range(30):
        make.product(group, slug=f"p{number}")
    first, second = listed(client), listed(client, "/produk?page=2")
    assert (len(first), len(second)) == (24, 6)
    assert sorted(first + second) == sorted(f"p{number}" for number in range(30))
    assert listed(client, "/produk?page=3") == []
    assert 'href="/produk?page=2"' in client.get("/produk").text


@pytest.mark.parametrize("path", ["/produk", "/cari", "/", "/parsel"])
@pytest.mark.parametrize("query", BAD)
def test_strange_addresses_are_answered(client: FlaskClient, path: str, query: str) -> None:
    assert client.get(f"{path}?{query}").status_code == 200


@pytest.mark.parametrize("typed", ["x", "20rb", "9" * 30, "💩", "' --"])
@pytest.mark.parametrize("name", ["kind", "category", "district", "low", "high", "sort"])
@pytest.mark.parametrize("path", ["/produk", "/cari"])
def test_what_no_filter_offers_is_said_and_kept(shelf: FlaskClient, path: str, name: str, typed: str) -> None:
    page = html.unescape(shelf.get(path, query_string={name: typed}).text)
    assert f'id="{name}-error"' in page
    assert f'value="{typed}"' in page
    assert "Dodol" in page
    assert "-error" not in shelf.get(path, query_string={name: ""}).text


@pytest.mark.parametrize("address", ["/produk?page=abc", "/cari?page=-1", "/produk?page=0"])
def test_a_page_that_there_is_not_is_said(shelf: FlaskClient, address: str) -> None:
    page = shelf.get(address).text
    assert "This is page 1 of 1." in page
    assert "Choose again" not in page  # there is nothing to choose from


def test_an_occasion_that_there_is_not_is_said(shelf: FlaskClient) -> None:
    assert "We do not know" in shelf.get("/parsel?occasion=x").text


@pytest.mark.parametrize("number", ["2", "9" * 22])
def test_a_page_after_the_last_leads_back(shelf: FlaskClient, number: str) -> None:
    page = shelf.get(f"/produk?page={number}").text
    assert "There is no such page" in page
    assert 'href="/produk?page=1"' in page


@pytest.mark.parametrize("address", ["/produk", "/cari?q=dodol", "/kelompok/deep"])
def test_a_page_far_after_the_last_searches_nothing(client: FlaskClient, address: str) -> None:
    make.product(make.group(slug="deep"), name="Dodol", search_text="dodol")
    far = address + ("&" if "?" in address else "?") + "page=9999"
    client.get(far)  # counts what there is, which is kept for a while
    with counted_queries() as statements:
        assert client.get(far + "&sort=name").status_code == 200
    assert [statement for statement in statements if "OFFSET" in statement] == []


def test_a_price_to_narrow_by_is_written_as_people_write_it(shelf: FlaskClient) -> None:
    page = shelf.get("/produk?low=20000&high=Rp30.000").text
    assert 'value="20.000"' in page
    assert 'value="30.000"' in page
    assert "-error" not in page


def test_nul_in_an_address_is_refused(client: FlaskClient) -> None:
    assert client.get("/cari?q=%00").status_code == 400


@pytest.mark.parametrize("path", ["/produk/x", "/parsel/x", "/kelompok/x", "/p/x", "/produk/" + "x" * 5000])
def test_what_is_not_there_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_search_finds_products_and_parcels(client: FlaskClient) -> None:
    one = make.product(name="Keripik Pisang", search_text="keripik pisang", stock=5)
    two = make.product(name="Dodol", search_text="dodol", stock=5)
    offered({one: 1, two: 1}, name="Parsel Dodol")
    assert listed(client, "/cari?q=pisang") == [one.slug]
    page = client.get("/cari?q=dodol").text
    assert "/parsel/parsel-dodol" in page
    assert listed(client, "/cari?q=dodol&high=1") == []
    assert listed(client, "/cari?q=perahu") == []


@pytest.mark.parametrize(("state", "status"), [(s, 200 if s in ("published", "paused") else 404) for s in ProductState])
def test_a_product_page_is_there_for_what_was_approved(client: FlaskClient, state: ProductState, status: int) -> None:
    product = make.product(state=state, stock=3)
    answer = client.get(f"/produk/{product.slug}")
    assert answer.status_code == status
    assert ('name="quantity"' in answer.text) == (state is ProductState.PUBLISHED)


def test_a_product_page_shows_group_and_village_and_no_family(client: FlaskClient) -> None:
    group = make.group(name="KUBE Melati", story="Cerita")
    family = make.household(group, name="Keluarga Rahasia", decile=1)
    product = make.product(
        group, makers={family.id: 10_000}, description="Renyah.", weight_gram=250, shelf_life_days=30
    )
    permit(product, PermitKind.PIRT, expires_on=None)
    permit(product, PermitKind.HALAL, expires_on=yesterday())
    page = client.get(f"/produk/{product.slug}").text
    assert all(text in page for text in ("KUBE Melati", "Kandangan", "Renyah.", "250 gram", "30 days", "123"))
    assert 'property="og:title"' in page
    assert "Keluarga Rahasia" not in page
    assert "Halal" not in page


def test_a_product_page_shows_what_else_the_group_sells(client: FlaskClient) -> None:
    group = make.group()
    product, other = make.product(group), make.product(group)
    hidden, far = make.product(group, state=ProductState.DRAFT), make.product()
    page = client.get(f"/produk/{product.slug}").text
    assert f'<h3><a href="/produk/{other.slug}"' in page
    assert hidden.slug not in page
    assert far.slug not in page


def test_a_group_page_shows_its_goods(client: FlaskClient) -> None:
    group: Group = make.group(name="KUBE Mawar", story="Kami menganyam.", formed_year=2012)
    product, other = make.product(group), make.product()
    page = client.get(f"/kelompok/{group.slug}").text
    assert all(text in page for text in ("KUBE Mawar", "Kami menganyam.", "2012", f"/produk/{product.slug}"))
    assert other.slug not in page


def test_parcels_by_occasion_with_what_can_be_made(client: FlaskClient) -> None:
    one, two = make.product(stock=9), make.product(stock=4)
    eid = offered({one: 2, two: 1}, name="Lebaran", occasion=Occasion.LEBARAN)
    thanks = offered({one: 1, two: 3}, name="Ucapan", occasion=Occasion.THANKS)
    draft(name="Belum")
    both = {box.id: box for box in boxes.offered(make.REGENCY)}
    assert {key: box.free for key, box in both.items()} == can_make([eid.id, thanks.id]) == {eid.id: 4, thanks.id: 1}
    assert both[eid.id].groups == 2
    assert [box.name for box in boxes.offered(make.REGENCY, Occasion.THANKS)] == ["Ucapan"]
    page = client.get("/parsel?occasion=thanks").text
    assert f"/parsel/{thanks.slug}" in page
    assert f"/parsel/{eid.slug}" not in page


def test_a_parcel_with_a_closed_component_cannot_be_made(client: FlaskClient) -> None:
    one, two = make.product(stock=9), make.product(stock=4)
    parcel = offered({one: 1, two: 1})
    with unit_of_work():
        db.session.get_one(Product, two.id).state = ProductState.PAUSED
    assert boxes.of_slug(parcel.slug).free == can_make([parcel.id])[parcel.id] == 0


def test_a_parcel_page_shows_what_is_inside_and_who_made_it(client: FlaskClient) -> None:
    one, two = make.product(make.group(name="KUBE Satu"), stock=9), make.product(make.group(name="KUBE Dua"), stock=9)
    parcel = offered({one: 3, two: 1})
    page = client.get(f"/parsel/{parcel.slug}").text
    assert all(text in page for text in (one.name, two.name, "KUBE Satu", "KUBE Dua", "3 bungkus", "Rp100.000"))


def test_another_area_has_its_own_goods(client: FlaskClient) -> None:
    make.product(slug="here")
    client.set_cookie("area", make.OTHER_REGENCY)
    assert listed(client) == []
    client.set_cookie("area", "nowhere")
    assert listed(client) == ["here"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})
