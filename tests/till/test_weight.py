"""What the till weighs on its way to a phone: little the first time, and nothing after that."""

import runpy
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser

from marketplace.config import ROOT
from tests import make
from tests.journeys.test_weight import KB, PHONE, Scale, _serve
from tests.texts import indonesian
from tools.assets import pack

MOST = 150 * KB
CHECKS = {
    "/kasir/sw.js",
    *(f"/static/js/till/{name}.js" for name in ("sync", "store", "events")),
    "/static/vendor/idb.js",
}
"""What the browser itself looks at again to learn whether there is another worker."""


@pytest.fixture
def scale(app: Flask, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Scale, str]]:
    """Serve the shop as it is served to people, and return what weighs it and its address."""
    pack()
    settings = {"DATABASE_URL": database_url, "DATA_DIR": app.extensions["config"].data_dir, "HOME_AREA": make.REGENCY}
    for name, text in settings.items():
        monkeypatch.setenv(name, str(text))
    with indonesian():
        yield from _serve(runpy.run_path(str(ROOT / "wsgi.py")))


def test_the_till_is_light_at_first_and_weighs_nothing_after(chromium: Browser, scale: tuple[Scale, str]) -> None:
    weigher, base = scale
    context = chromium.new_context(viewport=PHONE, locale="id-ID", base_url=base)
    page = context.new_page()
    page.goto("/kasir")
    page.evaluate("async () => { await navigator.serviceWorker.ready; }")
    page.wait_for_selector("main a.button")
    first = weigher.take()
    assert {"/kasir", "/kasir/sw.js", "/static/js/till/main.js", "/static/vendor/uqr.js"} <= first.keys()
    assert sum(first.values()) <= MOST, first
    page.goto("/kasir")
    page.wait_for_selector("main a.button")
    assert weigher.take().keys() <= CHECKS | {"/kasir/pilihan"}
    context.close()
