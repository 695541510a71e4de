"""The pages over HTTP: a maker on a phone, a mentor, a curator; bad input; bounded queries."""

import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace.accounts.models import User
from marketplace.catalog.models import Product, ProductPhoto, ProductState, Revision, RevisionState
from marketplace.extensions import db
from marketplace.shared.images import Image
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.catalog.stall import Stall
from tests.catalog.words import image_id
from tests.counting import counted_queries
from tests.shared.pictures import picture


@pytest.fixture
def stall(client: FlaskClient) -> Stall:
    return Stall(client)


def photo_file(name: str = "foto.jpg", **options: Any) -> tuple[io.BytesIO, str]:
    return io.BytesIO(picture((120, 90), **options)), name


def only_product() -> Product:
    return db.session.scalars(select(Product).execution_options(populate_existing=True)).one()


def waiting() -> Revision:
    return db.session.scalars(select(Revision).where(Revision.state == RevisionState.PENDING)).one()


def test_a_product_is_listed_with_its_photos_and_handed_in_with_one_press(stall: Stall) -> None:
    page = stall.client.get("/penjual/produk/baru")
    assert f'<option selected value="{stall.families[0].id}">' in page.text
    data = stall.form(photos=[photo_file(), photo_file("dua.png", kind="PNG")], then="submit")
    response = stall.client.post("/penjual/produk/baru", data=data)
    row = only_product()
    assert response.headers["Location"] == f"/penjual/produk/{row.id}"
    assert (row.state, row.price, len(row.photos)) == (ProductState.SUBMITTED, 12_500, 2)
    assert [share.basis_points for share in row.shares] == [10_000]
    assert stall.client.get(response.headers["Location"]).status_code == 200
    assert stall.client.get(f"/foto/{row.photos[0].image.token}-480.webp").status_code == 200


def test_saving_for_later_makes_a_draft(stall: Stall) -> None:
    stall.client.post("/penjual/produk/baru", data=stall.form(then="later"))
    assert only_product().state is ProductState.DRAFT


def test_several_families_share_to_the_hundredth_of_a_percent(stall: Stall) -> None:
    parts = {"shares-0-percent": "33,33", "shares-1-percent": "33.33", "shares-2-percent": "33,34 %"}
    stall.client.post("/penjual/produk/baru", data=stall.form(maker="several", **parts))
    product = only_product()
    assert sorted(share.basis_points for share in product.shares) == [3_333, 3_333, 3_334]
    page = stall.client.get(f"/penjual/produk/{product.id}/ubah")
    assert 'value="33,34"' in page.text
    assert '<option selected value="several">' in page.text


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "ab"}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"price": "dua ribu"}, "price"),
        ({"price": "99"}, "price"),
        ({"price": "9" * 30}, "price"),
        ({"price": "-5000"}, "price"),
        ({"unit": ""}, "unit"),
        ({"category": "racun"}, "category"),
        ({"category": ""}, "category"),
        ({"maker": ""}, "maker"),
        ({"maker": "999999999999999999999999"}, "maker"),
        ({"maker": "several"}, "maker"),
        ({"maker": "several", "shares-0-percent": "60", "shares-1-percent": "39,99"}, "maker"),
        ({"maker": "several", "shares-0-percent": "abc"}, "shares-0-percent"),
        ({"maker": "several", "shares-0-percent": "100,01"}, "shares-0-percent"),
        ({"maker": "several", "shares-0-percent": "33,333"}, "shares-0-percent"),
        ({"maker": "several", "shares-0-household_id": "77777", "shares-0-percent": "100"}, "maker"),
        ({"weight_gram": "0"}, "weight_gram"),
        ({"weight_gram": "1000001"}, "weight_gram"),
        ({"shelf_life_days": "3651"}, "shelf_life_days"),
        ({"pirt_expires": "2027-01-01"}, "pirt_number"),
        ({"pirt_number": "1", "pirt_expires": "31/12/2027"}, "pirt_expires"),
        ({"description": "x" * 4_001}, "description"),
        ({"photos": (io.BytesIO(b"bukan foto"), "foto.jpg")}, "photos"),
        ({"photos": [(io.BytesIO(b"x"), f"{n}.jpg") for n in range(9)]}, "photos"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(stall: Stall, values: dict[str, Any], field: str) -> None:
    response = stall.client.post("/penjual/produk/baru", data=stall.form(**{"description": "Tetap di sini", **values}))
    assert response.status_code == 422
    assert f'id="{field}-error"' in response.text
    assert "Keripik Talas" in response.text or "name" in values
    assert "Tetap di sini" in response.text or "description" in values
    assert db.session.scalar(select(func.count()).select_from(Product)) == 0
    assert db.session.scalar(select(func.count()).select_from(Image)) == 0


@pytest.mark.parametrize(
    "data",
    [
        {"name": "a\0b"},
        {"shares-²-percent": "5"},
        {},
        {"name": ["a", "b"], "price": ["1", "2"]},
        {"shares-99999999999999999999-percent": "5"},
    ],
)
def test_nonsense_is_refused_and_nothing_is_made(stall: Stall, data: dict[str, Any]) -> None:
    assert stall.client.post("/penjual/produk/baru", data=data).status_code in (400, 422)
    assert stall.client.post("/penjual/produk/baru", json=data).status_code in (400, 422)
    assert db.session.scalar(select(func.count()).select_from(Product)) == 0


def test_a_draft_is_changed_handed_in_and_taken_back(stall: Stall) -> None:
    product = stall.product()
    url = f"/penjual/produk/{product.id}"
    changed = stall.form(name="Keripik Ubi", halal_number="ID123", photos=[photo_file()])
    assert stall.client.post(f"{url}/ubah", data=changed).headers["Location"] == url
    assert (only_product().name, only_product().permits[0].number) == ("Keripik Ubi", "ID123")
    assert 'value="ID123"' in stall.client.get(f"{url}/ubah").text
    stall.client.post(f"{url}/ajukan")
    assert only_product().state is ProductState.SUBMITTED
    again = stall.client.post(f"{url}/ajukan", follow_redirects=True)
    assert (again.status_code, only_product().state) == (200, ProductState.SUBMITTED)
    assert 'data-tone="warn"' in again.text
    stall.client.post(f"{url}/tarik")
    assert only_product().state is ProductState.DRAFT
    assert stall.client.post(f"{url}/hancurkan").status_code == 404


def test_a_change_of_a_shown_product_shows_old_and_new(stall: Stall) -> None:
    product = stall.product(ProductState.PUBLISHED)
    url = f"/penjual/produk/{product.id}"
    stall.client.post(f"{url}/ubah", data=stall.form(name="Keripik Ubi"))
    page = stall.client.get(url).text
    assert "<del>Keripik Pisang Kepok</del>" in " ".join(page.split()).replace("> ", ">").replace(" <", "<")
    stall.client.post(f"{url}/tarik")
    assert "<del>" not in stall.client.get(url).text


def test_a_trusted_seller_sets_the_price_on_the_page(stall: Stall) -> None:
    with unit_of_work():
        stall.group.trusted_from = make.LONG_AGO
    product = stall.product(ProductState.PUBLISHED)
    url = f"/penjual/produk/{product.id}"
    assert f'action="{url}/harga"' in stall.client.get(url).text
    assert stall.client.post(f"{url}/harga", data={"price": "16.000"}).status_code == 302
    refused = stall.client.post(f"{url}/harga", data={"price": "20000"})
    assert (refused.status_code, only_product().price) == (422, 16_000)
    assert 'id="price-error"' in refused.text
    assert 'value="20.000"' in refused.text


def test_an_untrusted_seller_has_no_price_button_and_no_way_around_it(stall: Stall) -> None:
    product = stall.product(ProductState.PUBLISHED)
    url = f"/penjual/produk/{product.id}"
    assert "/harga" not in stall.client.get(url).text
    assert stall.client.post(f"{url}/harga", data={"price": "15.500"}).status_code == 403
    assert only_product().price == 15_000


def test_photos_are_added_put_first_and_taken_off(stall: Stall) -> None:
    product = stall.product(photos=(image_id(),))
    url = f"/penjual/produk/{product.id}/foto"
    assert stall.client.post(url, data={"key": "1", "photos": [photo_file()]}).headers["Location"] == url
    first, second = [photo.image_id for photo in only_product().photos]
    stall.client.post(f"{url}/{second}/depan")
    assert [photo.image_id for photo in only_product().photos] == [second, first]
    stall.client.post(f"{url}/{first}/hapus")
    assert stall.client.post(f"{url}/{first}/hapus").status_code == 404
    assert db.session.scalar(select(func.count()).select_from(ProductPhoto)) == 1
    assert stall.client.post(url, data={}).status_code == 422
    assert stall.client.post(url, data={"key": "2", "photos": [(io.BytesIO(b"x"), "x.jpg")]}).status_code == 422
    assert f"{url}/{second}/hapus" in stall.client.get(url).text


def test_the_list_shows_only_ones_own(stall: Stall) -> None:
    stall.product(name="Keripik Sendiri")
    make.product(make.group(), name="Keripik Orang")
    page = stall.client.get("/penjual/produk").text
    assert "Keripik Sendiri" in page
    assert "Keripik Orang" not in page


@pytest.mark.parametrize("tail", ["", "/ubah", "/foto"])
def test_a_strange_product_is_no_page(stall: Stall, tail: str) -> None:
    other = make.product(make.group())
    for product_id in (other.id, 2**40, 2**70):
        assert stall.client.get(f"/penjual/produk/{product_id}{tail}").status_code == 404


def test_who_is_in_two_groups_chooses_and_who_is_in_none_reads_why(client: FlaskClient, stall: Stall) -> None:
    second = make.group(name="KUBE Dua")
    officer = make.user(Role.MENTOR, group_id=second.id)
    make.sign_in(client, officer)
    assert client.get("/dinas/produk/baru").status_code == 200
    assert client.get(f"/dinas/produk/baru?kelompok={stall.group.id}").status_code == 404
    make.sign_in(client, stall.curator)
    page = client.get("/dinas/produk/baru").text
    assert f"/dinas/produk/baru?kelompok={second.id}" in page
    assert f"kelompok={stall.group.id}" in page
    for nonsense in ("abc", "-1", str(2**70)):
        assert client.get(f"/dinas/produk/baru?kelompok={nonsense}").status_code in (200, 404)
    make.sign_in(client, make.user(Role.SELLER, household_id=make.household().id))
    assert client.get("/penjual/produk/baru").status_code == 200


def test_a_mentor_lists_for_a_family_without_a_phone(client: FlaskClient, stall: Stall) -> None:
    make.sign_in(client, make.user(Role.MENTOR, group_id=stall.group.id))
    client.post("/dinas/produk/baru", data=stall.form())
    assert [share.household_id for share in only_product().shares] == [stall.families[0].id]


def test_an_officer_filters(client: FlaskClient, stall: Stall) -> None:
    stall.product(ProductState.PUBLISHED, name="Keripik Pisang")
    stall.product(name="Dodol Kandangan")
    make.group(village_code="63.06.01.2001")
    make.sign_in(client, stall.curator)

    def shown(query: str) -> set[str]:
        page = client.get(f"/dinas/produk?{query}")
        assert page.status_code == 200
        return {name for name in ("Keripik Pisang", "Dodol Kandangan") if f"{name}</a>" in page.text}

    both = {"Keripik Pisang", "Dodol Kandangan"}
    assert shown("") == both
    assert shown("q=dodol") == shown("state=draft") == {"Dodol Kandangan"}
    assert shown(f"group={stall.group.id}&district={stall.group.district_code}") == both
    assert shown(f"group={2**40}") == shown("district=63.06.01") == set()


def test_a_head_looks_and_changes_nothing(client: FlaskClient, stall: Stall) -> None:
    product = stall.product(ProductState.PUBLISHED)
    make.sign_in(client, make.user(Role.HEAD))
    page = client.get(f"/dinas/produk/{product.id}")
    assert page.status_code == 200
    assert f"/dinas/produk/{product.id}/" not in page.text
    assert client.post(f"/dinas/produk/{product.id}/jeda").status_code == 403


def test_curation_from_the_queue_to_the_shop(client: FlaskClient, stall: Stall) -> None:
    stall.product(ProductState.SUBMITTED, photos=(image_id(),))
    make.sign_in(client, stall.curator)
    url = f"/dinas/kurasi/{waiting().id}"
    assert f'href="{url}"' in client.get("/dinas/kurasi").text
    assert client.get(url).status_code == 200
    short = client.post(f"{url}/kembalikan", data={"reasons": "jelek", "coach": "Bu Rina"})
    assert (short.status_code, only_product().state) == (422, ProductState.SUBMITTED)
    assert 'id="reasons-error"' in short.text
    assert "Bu Rina" in short.text
    client.post(f"{url}/kembalikan", data={"reasons": "Foto lebih terang, ya.", "better_by": "2099-01-01"})
    assert only_product().state is ProductState.NEEDS_WORK
    make.sign_in(client, stall.seller)
    page = client.get(f"/penjual/produk/{only_product().id}")
    assert "Foto lebih terang" in page.text
    client.post(f"/penjual/produk/{only_product().id}/ajukan")
    make.sign_in(client, stall.curator)
    assert client.post(f"/dinas/kurasi/{waiting().id}/setuju").headers["Location"] == "/dinas/kurasi"
    assert only_product().state is ProductState.PUBLISHED
    late = client.post(f"{url}/setuju")
    assert late.status_code == 422


def test_curation_shows_old_beside_new(client: FlaskClient, stall: Stall) -> None:
    product = stall.product(ProductState.PUBLISHED, photos=(image_id(),))
    new = stall.form(name="Keripik Ubi", maker=str(stall.families[1].id), photos=[photo_file()])
    stall.client.post(f"/penjual/produk/{product.id}/ubah", data=new)
    make.sign_in(client, stall.curator)
    page = re.sub(r"</?(?:ins|del)>", "", client.get(f"/dinas/kurasi/{waiting().id}").text)
    for text in ("Keripik Pisang Kepok", "Keripik Ubi", stall.families[0].name, stall.families[1].name):
        assert text in page
    client.post(f"/dinas/kurasi/{waiting().id}/setuju")
    assert (only_product().name, len(only_product().photos)) == ("Keripik Ubi", 2)


def test_only_the_words_that_changed_are_marked(client: FlaskClient, stall: Stall) -> None:
    product = stall.product(ProductState.PUBLISHED, photos=(image_id(),))
    new = stall.form(name="Keripik Pisang <b>Raja</b>", maker=str(stall.families[0].id))
    stall.client.post(f"/penjual/produk/{product.id}/ubah", data=new)
    make.sign_in(client, stall.curator)
    page = client.get(f"/dinas/kurasi/{waiting().id}").text
    assert "Keripik Pisang <del>Kepok</del>" in page
    assert "Keripik Pisang <ins>&lt;b&gt;Raja&lt;/b&gt;</ins>" in page
    assert "Changes: Name" in page.partition("<h2>History</h2>")[2]  # what is judged now stands there too


def test_after_a_decision_the_next_one_waits(client: FlaskClient, stall: Stall) -> None:
    for _number in range(3):
        stall.product(ProductState.SUBMITTED, photos=(image_id(),))
    first, second, third = db.session.scalars(select(Revision.id).order_by(Revision.id))
    make.sign_in(client, stall.curator)
    page = client.get(f"/dinas/kurasi/{second}").text
    assert f'href="/dinas/kurasi/{third}"' in page
    assert client.post(f"/dinas/kurasi/{second}/setuju").headers["Location"] == f"/dinas/kurasi/{third}"
    remarks = {"reasons": "Foto lebih terang, ya."}
    back = client.post(f"/dinas/kurasi/{third}/kembalikan", data=remarks)
    assert back.headers["Location"] == f"/dinas/kurasi/{first}"
    assert client.post(f"/dinas/kurasi/{first}/setuju").headers["Location"] == "/dinas/kurasi"


def test_what_was_asked_last_time_stands_beside_what_came_back(client: FlaskClient, stall: Stall) -> None:
    product = stall.product(ProductState.SUBMITTED, photos=(image_id(),))
    make.sign_in(client, stall.curator)
    remarks = {"reasons": "Foto lebih terang, ya.", "coach": "Bu Rina"}
    client.post(f"/dinas/kurasi/{waiting().id}/kembalikan", data=remarks)
    make.sign_in(client, stall.seller)
    client.post(f"/penjual/produk/{product.id}/ajukan")
    make.sign_in(client, stall.curator)
    aside = client.get(f"/dinas/kurasi/{waiting().id}").text.partition("<aside")[2].partition("</aside>")[0]
    assert "Foto lebih terang, ya." in aside
    assert "Bu Rina" in aside


def test_a_curator_cannot_check_his_own(client: FlaskClient, stall: Stall) -> None:
    product = stall.product()
    make.sign_in(client, stall.curator)
    client.post(f"/dinas/produk/{product.id}/ajukan")
    url = f"/dinas/kurasi/{waiting().id}"
    assert f"{url}/setuju" not in client.get(url).text
    assert client.post(f"{url}/setuju").status_code == 403


def test_curation_of_another_area_is_no_page(client: FlaskClient, stall: Stall) -> None:
    stall.product(ProductState.SUBMITTED)
    make.sign_in(client, make.user(Role.CURATOR, area_code=make.OTHER_REGENCY))
    url = f"/dinas/kurasi/{waiting().id}"
    assert client.get("/dinas/kurasi").status_code == 200
    for call in (client.get(url), client.post(f"{url}/setuju"), client.get("/dinas/kurasi/9999")):
        assert call.status_code == 404


def test_no_page_asks_more_for_more_rows(app: Flask, client: FlaskClient, stall: Stall) -> None:
    first = stall.product(ProductState.PUBLISHED, photos=(image_id(), image_id()))
    client.post(f"/penjual/produk/{first.id}/ubah", data=stall.form(name="Keripik Ubi"))
    revision = waiting().id
    pages = {
        "/penjual/produk": (stall.seller, 7),  # one of a maker's menu: whether he is a cashier at a tent
        f"/penjual/produk/{first.id}": (stall.seller, 7),
        "/dinas/produk": (stall.curator, 6),
        "/dinas/kurasi": (stall.curator, 7),  # it looks at what is checked, too
        f"/dinas/kurasi/{revision}": (stall.curator, 6),
    }

    def cost(path: str, who: User) -> int:
        make.sign_in(client, who)
        client.get(path)
        db.session.remove()
        with counted_queries() as statements:
            assert client.get(path).status_code == 200
        return sum(not statement.startswith(("BEGIN", "PRAGMA")) for statement in statements)

    before = {path: cost(path, who) for path, (who, _most) in pages.items()}
    for number in range(12):
        stall.product(ProductState.SUBMITTED, name=f"Keripik {number}", photos=(image_id(),))
    after = {path: cost(path, who) for path, (who, _most) in pages.items()}
    assert after == before
    assert {path: count for path, count in after.items() if count > pages[path][1]} == {}


@pytest.mark.parametrize(("name", "typed"), [("state", "sleeping"), ("district", "99.99.99")])
def test_a_strange_choice_of_the_officers_list_is_said_and_stays(client: FlaskClient, name: str, typed: str) -> None:
    make.sign_in(client, make.user(Role.CURATOR))
    page = client.get("/dinas/produk", query_string={name: typed})
    assert page.status_code == 422
    assert f"We do not know “{typed}”" in page.text
    assert f'<option selected value="{typed}"' in page.text


def test_a_link_to_the_products_of_no_group_leads_nowhere(client: FlaskClient) -> None:
    make.sign_in(client, make.user(Role.CURATOR))
    assert client.get("/dinas/produk", query_string={"group": "x"}).status_code == 404
