"""A real server and a real Chromium, phone size, in Indonesian."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import WSGIRequestHandler, make_server

from marketplace.accounts.models import User
from marketplace.config import ROOT
from marketplace.extensions import db
from tests import make
from tests.conftest import make_app
from tests.payments import paying
from tests.payments.stripe_stub import Stub
from tests.texts import indonesian

PHONE = {"width": 360, "height": 780}
CATALOGUE = ROOT / "translations/id/LC_MESSAGES/messages.mo"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "journeys" in str(item.path):
            item.add_marker(pytest.mark.browser)


class Quiet(WSGIRequestHandler):
    """Answer without a line in the log for each file."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def whole(application: Flask) -> Callable[..., list[bytes]]:
    """Read each answer to its end and close it before it is sent: when a page is left while a picture is on its way,
    werkzeug's server drops the connection without closing the file."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        environ.pop("HTTP_ACCEPT_ENCODING", None)  # whoever compresses a file here would leave it open
        body = application.wsgi_app(environ, start_response)
        try:
            return [b"".join(body)]
        finally:
            if hasattr(body, "close"):  # an answer without a body has none
                body.close()

    return answer


@pytest.fixture
def address(request: pytest.FixtureRequest, app: Flask, database_url: str) -> Iterator[str]:
    """Serve the application in Indonesian with CSRF protection on and return its address.

    It has the test's Stripe (fixture `stub`) where it has one.
    """
    assert CATALOGUE.exists(), "compile the catalogue first: make translations"
    stub = request.getfixturevalue("stub") if "stub" in request.fixturenames else None
    with indonesian():
        yield from _serve(app, database_url, stub)


def _serve(app: Flask, database_url: str, stub: Stub | None) -> Iterator[str]:
    shop = make_app(database_url, Path(app.extensions["config"].data_dir))
    shop.config["WTF_CSRF_ENABLED"] = True
    server = make_server("127.0.0.1", 0, whole(shop), threaded=True, request_handler=Quiet)
    address = f"http://127.0.0.1:{server.server_port}"
    if stub is not None:
        paying.switch_on(shop, stub.url)
        shop.extensions["config"] = replace(shop.extensions["config"], base_url=address)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield address
    server.shutdown()
    thread.join()
    server.server_close()
    with shop.app_context():
        db.engine.dispose()


Visit = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser, address: str) -> Iterator[Visit]:
    """Return a function that opens a phone for somebody, signed in when a user is given."""
    contexts: list[BrowserContext] = []

    def open_phone(user: User | None = None, *, javascript: bool = True) -> Page:
        context = chromium.new_context(
            viewport=PHONE,
            locale="id-ID",
            base_url=address,
            java_script_enabled=javascript,  # type: ignore[arg-type]
            service_workers="block",  # it would ask for its files when the server is gone already
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        if user is not None:
            page.goto("/masuk")
            page.fill("[name=identifier]", str(user.phone))
            page.fill("[name=password]", make.PASSWORD)
            page.click("main form [type=submit]")
            page.wait_for_url(lambda url: "/masuk" not in url)
        return page

    yield open_phone
    for context in contexts:
        context.close()
