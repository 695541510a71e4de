"""A real server and a real Chromium, phone size, in Indonesian."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Response
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


class Counted:
    """An application that knows how many answers it is making just now."""

    def __init__(self, application: Callable[..., Any]) -> None:
        self.application = application
        self._now = 0
        self._changed = threading.Condition()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        self._count(1)
        try:
            return self.application(environ, start_response)
        finally:
            self._count(-1)

    def _count(self, more: int) -> None:
        with self._changed:
            self._now += more
            self._changed.notify_all()

    def rest(self) -> None:
        """Wait until the last answer is made."""
        with self._changed:
            assert self._changed.wait_for(lambda: not self._now, 60), "a request does not end"


@contextmanager
def serving(application: Callable[..., Any]) -> Iterator[str]:
    """Serve an application that reads its answers whole, and yield its address.

    Who leaves a page does not wait for what it asked: that is over too when this ends, or it would come to the database
    of the next test.
    """
    counted = Counted(application)
    server = make_server("127.0.0.1", 0, counted, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    counted.rest()
    server.server_close()


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
    with serving(whole(shop)) as address:
        if stub is not None:
            paying.switch_on(shop, stub.url)
            shop.extensions["config"] = replace(shop.extensions["config"], base_url=address)
        yield address
    with shop.app_context():
        db.engine.dispose()


Visit = Callable[..., Page]


def press(page: Page, selector: str) -> None:
    """Press what leads to another page; no page may be an error."""
    answer = _follow(page, selector)
    assert answer.status < 400, (answer.status, page.url, page.inner_text("main")[:500])


def refused(page: Page, selector: str) -> None:
    """Press what sends something that is not taken: the page comes again and says so."""
    answer = _follow(page, selector)
    assert answer.status == 422, (answer.status, page.url)


def enter(page: Page) -> None:
    """Press what has the focus by its key, and wait as `press` does."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def _follow(page: Page, selector: str) -> Response:
    """Press, and wait until the next page is there with its scripts: before, a field that is filled may still be the
    last page's, a list may have come by half, and what is typed is not heard yet."""
    with page.expect_navigation() as waited:
        page.click(selector)
    return waited.value


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
            press(page, "main form [type=submit]")
            assert "/masuk" not in page.url
        return page

    yield open_phone
    for context in contexts:
        context.close()
