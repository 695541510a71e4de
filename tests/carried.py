"""A page that a phone keeps, carried to where the network can be cut."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Browser, Page

from marketplace.accounts.models import User
from tests import make
from tests.conftest import chromium_program
from tests.journeys.conftest import _serve
from tests.texts import indonesian
from tests.till.conftest import Phone
from tests.till.proxy import Network, between

READY = """async () => {
    const ready = await navigator.serviceWorker.ready;
    while (!navigator.serviceWorker.controller) await new Promise((done) => setTimeout(done, 20));
    return ready.scope;
}"""


@dataclass
class Carried:
    """The phone, its network, and who may use the page; `shown` is what stands there for who is signed in."""

    path: str
    shown: str
    user: User
    network: Network
    phone: Phone

    def open(self) -> Page:
        """Open the page for the first time, with a signal."""
        page = self.phone.start()
        page.goto(self.path)
        self.sign_in(page)
        page.evaluate(READY)
        return page

    def sign_in(self, page: Page) -> None:
        """Go the way that the page offers to who is not signed in."""
        page.click("main a[href^='/masuk']")
        page.fill("[name=identifier]", str(self.user.phone))
        page.fill("[name=password]", make.PASSWORD)
        page.click("main form [type=submit]")
        page.wait_for_selector(self.shown)


@contextmanager
def carried(
    app: Flask, database_url: str, chromium: Browser, folder: Path, page: tuple[str, str], user: User
) -> Iterator[Carried]:
    """Serve the site behind a network that can be cut, to a phone with a page: its path, and what is shown there."""
    with indonesian():
        served = _serve(app, database_url, None)
        with between(urlsplit(next(served)).port or 0) as (network, address):
            phone = Phone(chromium, chromium_program() or "", folder / "phone", address)
            yield Carried(*page, user, network, phone)
            phone.close()
            assert not phone.faults
        for _rest in served:
            pass
