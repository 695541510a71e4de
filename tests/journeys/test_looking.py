"""Looking around the shop by thumb: photos in full size, and a list that is narrowed, with JavaScript and without."""

import pytest
from playwright.sync_api import Page

from marketplace.catalog.models import Product, ProductPhoto
from marketplace.shared.images import Image
from tests import make
from tests.journeys.conftest import Visit


@pytest.fixture
def product() -> Product:
    """Return a product with two photos."""
    row = make.product(stock=5)
    for position in range(2):
        image = make.add(Image(token=f"{position:022d}", width=1200, height=1200))
        make.add(ProductPhoto(product_id=row.id, image_id=image.id, position=position))
    return row


def test_photos_open_in_full_size_and_give_the_focus_back(visit: Visit, product: Product) -> None:
    page = visit()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if "Policy" in message.text else None)
    page.goto(f"/produk/{product.slug}")
    page.focus("#foto-2 a")
    page.keyboard.press("Enter")
    assert page.locator("dialog.full img").count() == 2
    assert page.is_visible("dialog.full")
    page.keyboard.press("Escape")
    assert not page.is_visible("dialog.full")
    assert page.evaluate("document.activeElement.closest('li').id") == "foto-2"
    assert refused == []  # neither the dialog nor what machines are told breaks the content policy


def test_without_a_script_a_photo_is_a_link_to_its_file(visit: Visit, product: Product) -> None:
    page = visit(javascript=False)
    page.goto(f"/produk/{product.slug}")
    assert page.get_attribute("#foto-1 a", "href") == f"/foto/{0:022d}-960.jpg"
    page.click(".thumbs a >> nth=1")
    assert page.url.endswith("#foto-2")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_list_is_narrowed_and_widened_again(visit: Visit, product: Product, javascript: bool) -> None:
    make.product(price=90_000, name="Abon Sapi")
    page = visit(javascript=javascript)
    page.goto("/produk")
    assert _names(page) == 2
    page.click(".narrow-bar button:has-text('Saring')" if javascript else ".narrow-bar summary")
    page.fill("[name=low]", "50.000")
    page.click(".narrowing-end button")
    page.wait_for_selector(".chosen")
    assert _names(page) == 1
    page.click(".chosen a")
    page.wait_for_url("**/produk")
    assert _names(page) == 2


def _names(page: Page) -> int:
    return page.locator(".good h3").count()
