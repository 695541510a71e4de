"""What machines read of the shop: addresses, links as others show them, what is sold, lists of pages and of goods."""

import datetime as dt
import json
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from flask import current_app
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.catalog.models import Product, ProductKind, ProductPhoto, ProductState
from marketplace.extensions import db
from marketplace.parcels.models import Parcel
from marketplace.shared.images import Image
from marketplace.storefront import found, found_views, short
from tests import make
from tests.counting import counted_queries
from tests.parcels.build import draft, offered

BASE = "http://127.0.0.1:8000"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"
G = "{http://base.google.com/ns/1.0}"
NASTY = 'Keripik </script><b>&amp; "gurih" \' <'


def with_photo(product: Product, width: int = 1200) -> str:
    """Give a product a photo and return its token."""
    image = make.add(Image(token=f"{product.id:022d}", width=width, height=width))
    make.add(ProductPhoto(product_id=product.id, image_id=image.id, position=0))
    return f"{product.id:022d}"


def linked_data(client: FlaskClient, path: str) -> dict[str, dict[str, Any]]:
    """Return what a page tells in JSON-LD, by its type."""
    parts = re.findall(r'<script type="application/ld\+json">(.*?)</script>', client.get(path).text, re.DOTALL)
    told = [json.loads(part) for part in parts]
    assert all(each["@context"] == "https://schema.org" for each in told)
    return {each["@type"]: each for each in told}


def metas(client: FlaskClient, path: str) -> dict[str, str]:
    """Return what a page tells of itself to those who show a link to it."""
    return dict(
        re.findall(r'<meta (?:property|name)="((?:og|twitter):[^"]+)"\s+content="([^"]*)"', client.get(path).text)
    )


def links(client: FlaskClient, path: str) -> dict[str, str]:
    """Return canonical and the languages' addresses."""
    text = client.get(path).text
    canonical = re.findall(r'<link rel="canonical" href="([^"]+)"', text)
    assert len(canonical) == 1
    return {"canonical": canonical[0]} | dict(re.findall(r'hreflang="([^"]+)" href="([^"]+)"', text))


@pytest.fixture
def goods(client: FlaskClient) -> tuple[Product, Parcel]:
    """Return a product with a photo and a parcel it is in."""
    product = make.product(make.group(name="KUBE Melati"), price=13_000, stock=9, description="Renyah.")
    with_photo(product)
    return product, offered({product: 2, make.product(stock=9): 1}, price=120_000, name="Parsel Sehat")


def test_a_product_is_told_as_it_is_sold(client: FlaskClient, goods: tuple[Product, Parcel]) -> None:
    product, _parcel = goods
    told = linked_data(client, f"/produk/{product.slug}")
    about, offer = told["Product"], told["Product"]["offers"]
    assert (about["name"], about["description"], about["brand"]["name"]) == (product.name, "Renyah.", "KUBE Melati")
    assert about["image"] == [f"{BASE}/foto/{product.id:022d}-960.jpg"]
    assert (offer["price"], offer["priceCurrency"]) == ("13000", "IDR")
    assert offer["availability"] == "https://schema.org/InStock"
    assert offer["url"] == f"{BASE}/produk/{product.slug}"
    trail = told["BreadcrumbList"]["itemListElement"]
    assert [each["position"] for each in trail] == [1, 2, 3]
    assert trail[-1] == {"@type": "ListItem", "position": 3, "name": product.name, "item": offer["url"]}


def test_a_parcel_is_told_as_it_is_sold(client: FlaskClient, goods: tuple[Product, Parcel]) -> None:
    _product, parcel = goods
    offer = linked_data(client, f"/parsel/{parcel.slug}")["Product"]["offers"]
    assert (offer["price"], offer["availability"]) == ("120000", "https://schema.org/InStock")


@pytest.mark.parametrize("values", [{"stock": 0}, {"stock": 5, "state": ProductState.PAUSED}])
def test_what_cannot_be_had_is_told_so(client: FlaskClient, values: dict[str, Any]) -> None:
    product = make.product(**values)
    offer = linked_data(client, f"/produk/{product.slug}")["Product"]["offers"]
    assert offer["availability"] == "https://schema.org/OutOfStock"


def test_a_service_is_no_product(client: FlaskClient) -> None:
    service = make.product(make.group(name="KUBE Pijat"), kind=ProductKind.SERVICE)
    told = linked_data(client, f"/produk/{service.slug}")
    assert told["Service"]["provider"]["name"] == "KUBE Pijat"
    assert "Product" not in told


def test_the_shop_and_its_groups_are_told(client: FlaskClient, goods: tuple[Product, Parcel]) -> None:
    product, _parcel = goods
    assert linked_data(client, "/")["Organization"]["url"] == f"{BASE}/"
    group = linked_data(client, f"/kelompok/{product.group.slug}")["Organization"]
    assert (group["name"], group["address"]) == ("KUBE Melati", "Kandangan Kota, Kandangan")


def test_words_of_a_seller_end_no_script(client: FlaskClient) -> None:
    product = make.product(name=NASTY, description=NASTY)
    assert linked_data(client, f"/produk/{product.slug}")["Product"]["name"] == NASTY


def test_a_link_is_shown_with_the_photo(client: FlaskClient, goods: tuple[Product, Parcel]) -> None:
    product, _parcel = goods
    told = metas(client, f"/produk/{product.slug}")
    assert told["og:title"] == product.name
    assert told["og:image"] == f"{BASE}/foto/{product.id:022d}-960.jpg"
    assert (told["og:image:width"], told["og:image:height"]) == ("960", "960")
    assert told["twitter:card"] == "summary_large_image"
    bare = make.product()
    assert metas(client, f"/produk/{bare.slug}")["og:image"] == f"{BASE}/ikon/512.png"


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ("/", "/"),
        ("/produk", "/produk"),
        ("/produk?sort=cheapest&halal=1", "/produk"),
        ("/produk?category=snack&low=5000", "/produk?category=snack"),
        ("/produk?page=2&category=snack", "/produk?category=snack&page=2"),
        ("/parsel?occasion=thanks", "/parsel?occasion=thanks"),
    ],
)
def test_a_page_has_one_address(client: FlaskClient, asked: str, path: str) -> None:
    make.product()
    told = {name: address.replace("&amp;", "&") for name, address in links(client, asked).items()}
    english = f"{BASE}{path}{'&' if '?' in path else '?'}bahasa=en"
    assert told == {"canonical": BASE + path, "id": BASE + path, "en": english, "x-default": BASE + path}


def test_the_address_of_a_language_is_read_in_it_and_kept_apart(client: FlaskClient) -> None:
    product = make.product()
    for path in (f"/produk/{product.slug}", "/produk", "/"):
        assert '<html lang="id"' in current_app.test_client().get(path).text
        assert '<html lang="en"' in client.get(f"{path}?bahasa=en").text
        assert links(client, f"{path}?bahasa=en")["canonical"] == f"{BASE}{path}?bahasa=en"
    assert '<html lang="id"' in current_app.test_client().get("/produk?bahasa=xx").text


def test_who_came_by_a_link_in_english_reads_on_in_it_unless_he_chose_before(client: FlaskClient) -> None:
    assert '<html lang="id"' in client.get("/?bahasa=id").text
    client.get("/produk?bahasa=en")
    assert '<html lang="en"' in client.get("/").text
    client.get("/bahasa/id")
    assert '<html lang="en"' in client.get("/produk?bahasa=en").text
    assert '<html lang="id"' in client.get("/").text


def test_who_switches_the_language_leaves_the_address_of_the_other(client: FlaskClient) -> None:
    page = client.get("/produk?bahasa=en&page=2").text
    assert "/bahasa/id?next=%2Fproduk%3Fpage%3D2" in page


def entries(client: FlaskClient, path: str = "/sitemap-1.xml") -> Iterator[tuple[str, str | None, list[str]]]:
    """Yield path, day of the last change and the languages' addresses of every page in a site map."""
    for each in ET.fromstring(client.get(path).data).iter(f"{MAP}url"):
        yield (
            each.findtext(f"{MAP}loc", "").removeprefix(BASE),
            each.findtext(f"{MAP}lastmod"),
            [link.get("href", "") for link in each.iter(LINK)],
        )


def test_the_site_map_lists_what_is_shown(client: FlaskClient, goods: tuple[Product, Parcel]) -> None:
    product, parcel = goods
    make.product(state=ProductState.DRAFT), draft(name="Belum"), make.group()
    listed = {path: (changed, addresses) for path, changed, addresses in entries(client)}
    published = list(db.session.scalars(select(Product).where(Product.state == ProductState.PUBLISHED)))
    products = {f"/produk/{row.slug}" for row in published}
    groups = {f"/kelompok/{row.group.slug}" for row in published}
    assert set(listed) == {"/", "/produk", "/parsel", f"/parsel/{parcel.slug}", *products, *groups}
    changed, addresses = listed[f"/produk/{product.slug}"]
    assert product.published_at is not None
    assert dt.date.fromisoformat(changed or "") == product.published_at.date()
    assert addresses == [f"{BASE}/produk/{product.slug}", f"{BASE}/produk/{product.slug}?bahasa=en"]


def test_a_long_site_map_is_cut(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for _number in range(5):
        make.product()
    monkeypatch.setattr(found_views, "PAGES_EACH", 4)
    index = ET.fromstring(client.get("/sitemap.xml").data)
    maps = [(each.text or "").removeprefix(BASE) for each in index.iter(f"{MAP}loc")]
    assert maps == ["/sitemap-1.xml", "/sitemap-2.xml", "/sitemap-3.xml"]
    paths = [path for address in maps for path, _changed, _links in entries(client, address)]
    assert len(paths) == len(set(paths)) == 3 + 5 + 5
    assert client.get("/sitemap-4.xml").status_code == client.get("/sitemap-0.xml").status_code == 404


def items(client: FlaskClient) -> dict[str, dict[str, str]]:
    """Return the things of the feed by their ids."""
    answer = client.get("/feed/produk.xml")
    assert answer.mimetype == "application/xml"
    root = ET.fromstring(answer.data)
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    told = [{each.tag.removeprefix(G): each.text or "" for each in item} for item in root.iter("item")]
    return {each["id"]: each for each in told}


def test_the_feed_tells_goods_as_they_are_sold(client: FlaskClient, goods: tuple[Product, Parcel]) -> None:
    product, parcel = goods
    empty = make.product(name=NASTY, description="\x0bBaris\x01", stock=0)
    make.product(kind=ProductKind.SERVICE), make.product(state=ProductState.PAUSED)
    told = items(client)
    assert len(told) == 4
    first = told[f"p{product.id}"]
    assert first["title"] == product.name
    assert first["price"] == "13000 IDR"
    assert (first["availability"], first["brand"], first["condition"]) == ("in_stock", "KUBE Melati", "new")
    assert first["link"] == f"{BASE}/produk/{product.slug}"
    assert first["image_link"] == f"{BASE}/foto/{product.id:022d}-960.jpg"
    nasty = told[f"p{empty.id}"]
    assert (nasty["title"], nasty["availability"]) == (NASTY, "out_of_stock")
    assert nasty["description"].strip() == "Baris"
    assert told[f"b{parcel.id}"]["price"] == "120000 IDR"


def test_the_feed_is_read_in_batches_and_kept(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(found, "AT_ONCE", 3)
    rows = [make.product() for _number in range(7)]
    assert list(items(client)) == [short.name_of(Product, row.id) for row in rows]
    with counted_queries() as queries:
        assert len(items(client)) == 7
    assert queries == []
    make.product()
    assert len(items(client)) == 8
