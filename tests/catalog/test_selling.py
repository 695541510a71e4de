"""From the photo to the product that is handed in, on one short page."""

import io
import secrets
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace.catalog.models import Category, Product, ProductState
from marketplace.extensions import db
from marketplace.shared.policy import Role
from marketplace.stock.models import StockMovement
from tests import make
from tests.catalog.stall import Stall
from tests.counting import counted_queries
from tests.hostile.page import Form, read
from tests.shared.pictures import picture

SELL = "/penjual/jual"


@pytest.fixture
def stall(client: FlaskClient) -> Stall:
    return Stall(client)


def photo() -> tuple[io.BytesIO, str]:
    return io.BytesIO(picture((120, 90))), "kamera.jpg"


def the_form(stall: Stall) -> Form:
    """Return the form of the page as it stands."""
    forms, _links = read(stall.client.get(SELL).text, SELL)
    return next(form for form in forms if form.named("photos"))


def filled(stall: Stall, **typed: Any) -> dict[str, Any]:
    """Return what is sent when only these fields are typed into the page, and all others left as they are."""
    fields = {name: value for name, value in the_form(stall).filled({}) if name not in typed}
    return {**fields, "key": secrets.token_hex(8), **typed}


def send(stall: Stall, **typed: Any) -> Any:
    return stall.client.post(SELL, data={key: value for key, value in filled(stall, **typed).items() if value != ""})


def only_product() -> Product:
    return db.session.scalars(select(Product).execution_options(populate_existing=True)).one()


def test_photo_name_and_price_are_enough_when_the_family_sold_something_before(stall: Stall) -> None:
    before = stall.product(category=Category.MEAL, unit="kotak")
    answer = send(stall, photos=photo(), name="Nasi Kuning", price="15.000", quantity="12")
    product = db.session.scalars(select(Product).where(Product.id != before.id)).one()
    assert answer.location == f"/penjual/produk/{product.id}"
    assert (product.state, product.category, product.unit) == (ProductState.SUBMITTED, Category.MEAL, "kotak")
    assert [share.household_id for share in product.shares] == [stall.families[0].id]
    assert (product.weight_gram, product.shelf_life_days, product.permits) == (None, None, [])
    assert "Handed in: Nasi Kuning" in stall.client.get(answer.location).text
    assert db.session.scalars(select(StockMovement.quantity)).all() == [12]


def test_the_first_product_is_asked_its_kind_openly(stall: Stall) -> None:
    page = stall.client.get(SELL).text
    assert page.index('name="category"') < page.index("<details")
    refused = send(stall, photos=photo(), name="Nasi Kuning", price="15.000", unit="kotak", category="")
    assert refused.status_code == 422
    assert 'id="category-error"' in refused.text
    send(stall, photos=photo(), name="Nasi Kuning", price="15.000", unit="kotak", category="meal")
    assert only_product().state is ProductState.SUBMITTED


def test_a_service_is_not_counted(stall: Stall) -> None:
    send(stall, photos=photo(), name="Jahit baju", price="50000", unit="helai", category="service", quantity="5")
    assert only_product().state is ProductState.SUBMITTED
    assert db.session.scalar(select(func.count()).select_from(StockMovement)) == 0


def test_a_photo_from_the_camera_or_the_gallery_is_needed(stall: Stall) -> None:
    page = stall.client.get(SELL).text
    assert 'capture="environment"' in page
    data = {"name": "Nasi Kuning", "price": "15.000", "unit": "kotak", "category": "meal"}
    refused = send(stall, **data)
    assert (refused.status_code, db.session.scalar(select(func.count()).select_from(Product))) == (422, 0)
    assert "Take a photo, or choose one." in refused.text
    assert "Nasi Kuning" in refused.text
    empty = (io.BytesIO(b""), "")
    assert send(stall, photos=[empty, photo()], **data).status_code == 302
    assert len(only_product().photos) == 1


def test_a_double_tap_makes_one_product_counted_once(stall: Stall) -> None:
    key = secrets.token_hex(8)
    data = {"name": "Nasi Kuning", "price": "15.000", "unit": "kotak", "category": "meal", "quantity": "3", "key": key}
    addresses = {send(stall, photos=photo(), **data).location for _tap in range(2)}
    assert addresses == {f"/penjual/produk/{only_product().id}"}
    assert db.session.scalars(select(StockMovement.quantity)).all() == [3]


def test_who_sells_for_two_groups_chooses_first(stall: Stall) -> None:
    second = make.group(name="KUBE Dua")
    officer = make.user(Role.GROUP_OFFICER, group_id=second.id)
    assignment = make.RoleAssignment(
        user_id=officer.id, role=Role.GROUP_OFFICER, group_id=stall.group.id, starts_on=make.LONG_AGO
    )
    make.add(assignment)
    make.sign_in(stall.client, officer)
    assert f"/penjual/jual?kelompok={second.id}" in stall.client.get(SELL).text


def test_the_way_on_is_told_to_a_script_that_shows_how_far_the_photos_are(stall: Stall) -> None:
    data = filled(stall, photos=photo(), name="Nasi Kuning", price="15.000", unit="kotak", category="meal")
    data = {key: value for key, value in data.items() if value != ""}
    answer = stall.client.post(SELL, data=data, headers={"X-Progress": "1"})
    assert (answer.status_code, answer.headers["X-Next"]) == (200, f"/penjual/produk/{only_product().id}")
    assert "Handed in: Nasi Kuning" in stall.client.get(answer.headers["X-Next"]).text


def test_the_page_asks_few_questions_of_the_database(stall: Stall) -> None:
    stall.product()
    db.session.expire_all()
    with counted_queries() as statements:
        assert stall.client.get(SELL).status_code == 200
    assert len(statements) <= 8, statements
