"""What travels to a phone: little on a first visit, and nothing but the page itself on the next.

Weighed where it is sent, by the application as `wsgi.py` makes it, so what the service worker asks for is in it too.
"""

import io
import runpy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from PIL import Image as Picture
from playwright.sync_api import Browser, BrowserContext, Page

from marketplace.catalog.models import ProductPhoto
from marketplace.config import ROOT
from marketplace.extensions import db
from marketplace.shared.images import prepare, store_all
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.journeys.conftest import PHONE, press, serving
from tests.parcels.build import offered
from tests.payments.billing import bank
from tests.storefront.buying import fee
from tests.texts import indonesian
from tools.assets import pack

KB = 1000
ON_A_PAGE = 24
MOST = {"/": 150 * KB, "/produk": 150 * KB, "/parsel/parsel-berkah": 150 * KB, "/bayar": 60 * KB}
MOST_SCRIPT = 20 * KB


class Scale:
    """An application, and how many bytes it sent for which address: heads and bodies."""

    def __init__(self, application: Callable[..., Any]) -> None:
        self.application = application
        self.sent: list[tuple[str, int]] = []

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        head = 0

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            nonlocal head
            head = len(status) + sum(len(name) + len(text) + 4 for name, text in headers)
            return start_response(status, headers, *rest)

        body = self.application(environ, start)
        content = b"".join(body)
        if hasattr(body, "close"):  # an answer without a body has none
            body.close()
        self.sent.append((environ["PATH_INFO"], head + len(content)))
        return [content]

    def take(self) -> dict[str, int]:
        """Return what was sent since the last time."""
        taken, self.sent = self.sent, []
        return {path: sum(size for one, size in taken if one == path) for path, _size in taken}


@pytest.fixture
def scale(app: Flask, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Scale, str]]:
    """Serve a full shop as it is served to people, and return what weighs it and its address."""
    _fill_the_shop()
    pack()
    settings = {"DATABASE_URL": database_url, "DATA_DIR": app.extensions["config"].data_dir, "HOME_AREA": make.REGENCY}
    for name, text in settings.items():
        monkeypatch.setenv(name, str(text))
    with indonesian():
        yield from _serve(runpy.run_path(str(ROOT / "wsgi.py")))


def _serve(served: dict[str, Any]) -> Iterator[tuple[Scale, str]]:
    scale = Scale(served["application"])
    with serving(scale) as address:
        yield scale, address
    with served["app"].app_context():
        db.engine.dispose()


def _fill_the_shop() -> None:
    """Put as many goods and parcels on offer as a page shows, each with a photo as heavy as people's are."""
    goods = [make.product(stock=5, price=10_000 + number) for number in range(ON_A_PAGE)]
    photo = io.BytesIO()
    noise = Picture.effect_noise((40, 40), 40).resize((960, 960), Picture.Resampling.BICUBIC)
    Picture.merge("RGB", (noise, noise.rotate(90), noise.rotate(180))).save(photo, "JPEG")
    photo.seek(0)
    images = [image.id for image in store_all([prepare(photo)] * (ON_A_PAGE + 6), None)]
    make.add(
        *(ProductPhoto(product_id=one.id, image_id=key, position=0) for one, key in zip(goods, images, strict=False))
    )
    for number, key in enumerate(images[ON_A_PAGE:]):
        parcel = offered(dict.fromkeys(goods[number : number + 4], 1), name="Parsel Berkah")
        with unit_of_work():
            parcel.image_id = key
    fee(12_000)
    bank()


def test_a_first_visit_weighs_little_and_the_next_is_the_page_alone(
    chromium: Browser, scale: tuple[Scale, str]
) -> None:
    weigher, base = scale
    basket = _with_a_basket(chromium, base)
    for address, most in MOST.items():
        context = _phone(chromium, base)
        context.add_cookies(basket)
        weigher.take()
        page = context.new_page()
        _open(page, address)
        sent = weigher.take()
        told = "\n".join(f"{size:7} {path}" for path, size in sent.items())
        assert sum(sent.values()) <= most, f"{address}: {sum(sent.values())}\n{told}"
        assert sum(size for path, size in sent.items() if path.endswith(".js")) <= MOST_SCRIPT, told
        assert {"/static/css/pages.css", "/static/js/app.js", "/sw.js"} <= sent.keys()
        _open(page, address)
        # A second after, the browser asks by itself whether the worker is still the same.
        assert weigher.take().keys() - {"/sw.js"} == {address}
        context.close()


def _with_a_basket(browser: Browser, base: str) -> list[Any]:
    context = _phone(browser, base)
    page = context.new_page()
    page.goto("/produk")
    press(page, ".good h3 a >> nth=0")
    press(page, "form.buy [type=submit]")
    cookies = context.cookies()
    context.close()
    return cookies


def _phone(browser: Browser, base: str) -> BrowserContext:
    return browser.new_context(viewport=PHONE, device_scale_factor=2, locale="id-ID", base_url=base)


def _open(page: Page, address: str) -> None:
    """Open a page and wait until the service worker has all it keeps."""
    page.goto(address)
    page.evaluate("async () => { await navigator.serviceWorker.ready; }")
    page.wait_for_load_state("networkidle")
