"""Looking around the shop by thumb: photos in full size, and a list that is narrowed, with JavaScript and without."""

import io

import pytest
from PIL import Image as Picture
from playwright.sync_api import Page, expect

from marketplace.catalog.models import Product, ProductPhoto
from marketplace.shared.images import Image
from tests import make
from tests.journeys.conftest import Visit, press
from tests.parcels.build import offered


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
    expect(page.locator("dialog.full")).to_be_visible()
    expect(page.locator("dialog.full img")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(page.locator("dialog.full")).to_be_hidden()
    assert page.evaluate("document.activeElement.closest('li').id") == "foto-2"
    assert refused == []  # neither the dialog nor what machines are told breaks the content policy


def test_a_photo_is_enlarged_to_its_own_pixels_by_a_press_or_a_key(visit: Visit, product: Product) -> None:
    page = visit()
    picture = io.BytesIO()
    Picture.new("RGB", (960, 960), "teal").save(picture, "JPEG")
    page.route("**/foto/*", lambda route: route.fulfill(body=picture.getvalue(), content_type="image/jpeg"))
    page.goto(f"/produk/{product.slug}")
    page.focus("#foto-1 a")
    page.keyboard.press("Enter")
    shown = page.locator(".full-frame >> nth=0")
    page.wait_for_function("() => document.querySelector('.full-frame img').naturalWidth === 960")
    assert shown.evaluate("frame => frame.scrollWidth") == 360
    page.keyboard.press("Enter")
    assert shown.evaluate("frame => frame.scrollWidth") == 960
    middle = shown.evaluate("frame => frame.scrollLeft")
    assert middle == 300
    page.keyboard.press("ArrowRight")
    page.wait_for_function("middle => document.querySelector('.full-frame').scrollLeft > middle", arg=middle)
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.closest('li').id") == "foto-1"


@pytest.mark.parametrize("height", [640, 740])
def test_name_and_price_stand_on_the_first_screen(visit: Visit, product: Product, height: int) -> None:
    parcel = offered({product: 1, make.product(stock=5): 1}, name="Parsel Lebaran Keluarga Besar Banjar")
    page = visit()
    page.set_viewport_size({"width": 360, "height": height})
    for path in (f"/produk/{product.slug}", f"/parsel/{parcel.slug}"):
        page.goto(path)
        top = page.locator("form.buy").bounding_box()
        price = page.locator("main .price.big").bounding_box()
        assert top is not None
        assert price is not None
        assert price["y"] + price["height"] <= top["y"]


def test_without_a_script_a_photo_is_a_link_to_its_file(visit: Visit, product: Product) -> None:
    page = visit(javascript=False)
    page.goto(f"/produk/{product.slug}")
    assert page.get_attribute("#foto-1 a", "href") == f"/foto/{0:022d}-960.jpg"
    page.set_viewport_size({"width": 800, "height": 780})  # on a phone they are swiped
    page.click(".thumbs a >> nth=1")
    page.wait_for_url("**#foto-2")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_list_is_narrowed_and_widened_again(visit: Visit, product: Product, javascript: bool) -> None:
    make.product(price=90_000, name="Abon Sapi")
    page = visit(javascript=javascript)
    page.goto("/produk")
    assert _names(page) == 2
    page.click(".narrow-bar button:has-text('Saring')" if javascript else ".narrow-bar summary")
    page.fill("[name=low]", "50.000")
    press(page, ".narrowing-end button")
    assert _names(page) == 1
    press(page, ".chosen a")
    assert page.url.endswith("/produk")
    assert _names(page) == 2


def _names(page: Page) -> int:
    return page.locator(".good h3").count()
