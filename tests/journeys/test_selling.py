"""Something new is sold from a phone on which no script runs: photo, kind, price, and it is handed in."""

from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from marketplace.catalog.models import Category, Product, ProductState
from marketplace.extensions import db
from marketplace.shared.policy import Role
from tests import make
from tests.journeys.conftest import Visit
from tests.shared.pictures import picture

HAND_IN = ".big-button [type=submit]"


@pytest.fixture
def photo(tmp_path: Path) -> str:
    path = tmp_path / "dodol-kandangan.jpg"
    path.write_bytes(picture((800, 600)))
    return str(path)


@pytest.fixture(params=[False, True], ids=["without script", "with script"])
def page(request: pytest.FixtureRequest, visit: Visit) -> Page:
    family = make.household(make.group(name="KUBE Manis Kapuh"))
    page = visit(make.user(Role.SELLER, household_id=family.id), javascript=request.param)
    page.goto("/penjual/jual")
    return page


def press(page: Page, saying: str) -> None:
    """Hand in and wait for what the page says then, and for its scripts; with a script the photos travel first."""
    page.click(HAND_IN)
    page.wait_for_selector(f"main :text('{saying}')")
    page.wait_for_load_state()


def made() -> list[Product]:
    db.session.rollback()
    return list(db.session.scalars(select(Product)))


def test_a_photo_a_kind_and_a_price_are_handed_in(page: Page, photo: str) -> None:
    page.set_input_files("#photos", photo)
    page.select_option("[name=category]", "snack")
    page.fill("[name=name]", "Dodol Kandangan")
    page.fill("[name=price]", "22.000")
    page.fill("[name=unit]", "bungkus")
    press(page, "Sudah diajukan: Dodol Kandangan")
    (product,) = made()
    assert (product.state, product.category, product.price) == (ProductState.SUBMITTED, Category.SNACK, 22_000)
    assert [each.image.width for each in product.photos] == [800]


def test_the_first_press_says_all_that_is_missing_and_a_photo_is_chosen_once(page: Page, photo: str) -> None:
    press(page, "Tolong perbaiki ini")
    said = page.inner_text(".problems")
    for missing in ("Foto: Ambil foto, atau pilih satu.", "Nama produk:", "Harga:"):
        assert missing in said
    page.set_input_files("#photos", photo)
    press(page, "Foto Anda masih tersimpan")
    assert page.locator(".kept img").count() == 1
    page.select_option("[name=category]", "snack")
    page.fill("[name=name]", "Dodol Kandangan")
    page.fill("[name=price]", "22.000")
    page.fill("[name=unit]", "bungkus")
    press(page, "Sudah diajukan: Dodol Kandangan")
    (product,) = made()
    assert [each.image.width for each in product.photos] == [800]


def test_without_a_script_the_name_of_the_file_has_room(visit: Visit, photo: str) -> None:
    family = make.household(make.group())
    page = visit(make.user(Role.SELLER, household_id=family.id), javascript=False)
    page.goto("/penjual/jual")
    page.set_input_files("#photos", photo)
    box = page.locator("#photos").bounding_box()
    assert box is not None
    assert box["width"] >= 240
