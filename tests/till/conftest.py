"""Tents with goods, the shop served with the till, and phones that see it only through a network like the yard's."""

import io
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

import pytest
from flask import Flask
from PIL import Image as Picture
from playwright.sync_api import Browser, BrowserContext, Error, Page

from marketplace.accounts.models import User
from marketplace.areas import queries as areas
from marketplace.catalog.models import Product, ProductPhoto
from marketplace.extensions import db
from marketplace.shared import clock
from marketplace.shared.images import prepare, store_all
from marketplace.shared.policy import Role
from marketplace.tent_market.models import Stall, StallGroup
from tests import make
from tests.conftest import chromium_program
from tests.journeys.conftest import _serve
from tests.parcels import build
from tests.payments.billing import qris
from tests.tent_market import making
from tests.texts import indonesian
from tests.till.proxy import Network, between

SMALL = {"width": 360, "height": 640}
PIN = "2468"
COOKIE = "warung"
PATIENCE = 120
"""Seconds after which a till that does not get rid of its sales is taken for a broken one."""
NEXT_BUYER = ".sheet:has(.done) .wide"
"""The button under the change: the sheet of paying before it has one as wide."""
GOODS = (
    ("Keripik Pisang Manis Loksado 200 gram", 15_000),
    ("Dodol Kandangan Ibu Siti", 20_000),
    ("Anyaman Rotan: Tas Belanja Besar", 125_000),
    ("Gula Aren Cair", 32_500),
    ("Ketupat Haruan Instan", 18_000),
    ("Sambal Bangkuang", 12_000),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "till" in item.path.parts:
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True)
class Market:
    """A market day with two tents that have goods, their cashier, and who saw to it."""

    cashier: User
    ticket: str
    """The cookie of a browser in which the cashier is signed in."""
    stalls: tuple[Stall, Stall]
    goods: tuple[Product, ...]


@pytest.fixture
def market(app: Flask) -> Market:
    """Put up two tents today with a hundred of each of some goods, photos and a parcel."""
    cashier = make.user(Role.PACKER, name="Siti Aminah")
    today = clock.today(areas.time_zone(make.REGENCY))
    day = making.day(making.site(name="Halaman Dinas Sosial"), today)
    stalls = (making.stall(day), making.stall(day))
    groups = [make.group(name=name) for name in ("KUBE Harapan Bersama", "KUBE Maju Jaya")]
    goods = tuple(
        make.product(groups[number % 2], name=name, price=price, approved_price=price)
        for number, (name, price) in enumerate(GOODS)
    )
    for stall, group in zip(stalls, groups, strict=True):
        make.add(StallGroup(day_id=day.id, stall_id=stall.id, group_id=group.id))
        for one in goods:
            making.load(stall, one, 100)
    make.add(
        *(
            ProductPhoto(product_id=one.id, image_id=image.id, position=0)
            for one, image in zip(
                goods, store_all([prepare(_photo(number)) for number in range(5)], None), strict=False
            )
        )
    )
    build.offered({goods[0]: 2, goods[1]: 1}, name="Parsel Berkah", price=60_000)
    qris()
    db.session.expire_all()
    return Market(cashier, _ticket(app, cashier), stalls, goods)


def _ticket(app: Flask, who: User) -> str:
    client = app.test_client()
    make.sign_in(client, who)
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    return cookie.value


def _photo(number: int) -> io.BytesIO:
    out = io.BytesIO()
    noise = Picture.effect_noise((30 + number, 30), 60).resize((960, 960), Picture.Resampling.BICUBIC)
    Picture.merge("RGB", (noise, noise.rotate(90), noise.rotate(180))).save(out, "JPEG")
    out.seek(0)
    return out


@pytest.fixture
def yard(market: Market, app: Flask, database_url: str) -> Iterator[tuple[Network, str]]:
    """Serve the shop behind a network that can be cut; yields the network and its address."""
    with indonesian():
        served = _serve(app, database_url, None)
        with between(urlsplit(next(served)).port or 0) as found:
            yield found
        for _rest in served:
            pass


@dataclass
class Phone:
    """A cheap phone with one browser, whose store outlives it."""

    browser: Browser
    program: str
    folder: Path
    address: str
    context: BrowserContext | None = None
    faults: list[str] = field(default_factory=list)
    """What went wrong in its pages."""

    def start(self, theme: str = "light", locale: str = "id-ID") -> Page:
        """Start the browser; it has what was kept before."""
        self.context = self.browser.browser_type.launch_persistent_context(
            self.folder,
            executable_path=self.program,
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
            viewport=SMALL,
            locale=locale,
            base_url=self.address,
            color_scheme=theme,  # type: ignore[arg-type]
            has_touch=True,
        )
        self.context.set_default_timeout(30_000)
        page = self.context.pages[0]
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda said: self.faults.append(said.text) if "Content Security" in said.text else None)
        return page

    def kill(self) -> None:
        """End the browser as an empty battery does: without a word to it."""
        running = (int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit())
        mine = [pid for pid in running if self._is_mine(pid)]
        assert mine
        for pid in mine:
            os.kill(pid, signal.SIGKILL)
        if self.context:
            with suppress(Error):  # it is gone already
                self.context.close()
        self.context = None

    def _is_mine(self, pid: int) -> bool:
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return f"--user-data-dir={self.folder}".encode() in words and not any(w.startswith(b"--type=") for w in words)

    def close(self) -> None:
        """Close the browser."""
        if self.context:
            self.context.close()


@pytest.fixture
def phones(chromium: Browser, yard: tuple[Network, str], tmp_path: Path) -> Iterator[list[Phone]]:
    """Return two phones that are switched off."""
    program = chromium_program() or ""
    made = [Phone(chromium, program, tmp_path / f"phone{number}", yard[1]) for number in range(2)]
    yield made
    for phone in made:
        phone.close()
        assert not phone.faults


def opened(phone: Phone, market: Market, *, tents: int = 1, name: str = "HP Bu Siti", **start: str) -> Page:
    """Start a phone on which the cashier is signed in, and open its till for the first tents of the market."""
    page = phone.start(**start)
    page.context.add_cookies([{"name": COOKIE, "value": market.ticket, "url": phone.address}])
    page.goto("/kasir")
    fill_in(page, tuple(str(stall.id) for stall in market.stalls[:tents]), name)
    page.evaluate("async () => { await navigator.serviceWorker.ready; }")
    return page


SELL = """async ([products, many, paid]) => {
    const {setLines, items, till} = await import("/static/js/till/state.js");
    const {sell} = await import("/static/js/till/actions.js");
    const {lineOf} = await import("/static/js/till/catalog.js");
    for (let number = 0; number < many; number += 1) {
        const item = items().find((one) => one.product === products[number % products.length]);
        await setLines([{...lineOf(item), quantity: 1 + (number % 3)}]);
        const total = till.lines[0].quantity * item.list;
        const handed = paid === "cash" ? total : null;
        const buyer = {kind: ["public", "school"][number % 2], office: null};
        if (!(await sell({id: crypto.randomUUID(), paid, handed, buyer}))) throw new Error("not kept");
    }
}"""
SEND = """async () => {
    const {send} = await import("/static/js/till/sending.js");
    const {countUnsent} = await import("/static/js/till/store.js");
    await navigator.locks.request("till-send", () => {});  // the till may be at it by itself
    await send();
    return countUnsent();
}"""


def sell_many(page: Page, market: Market, many: int, paid: str = "cash") -> None:
    """Sell by the till's own modules, as its buttons do."""
    page.evaluate(SELL, [[one.id for one in market.goods], many, paid])


def send_all(pages: list[Page]) -> None:
    """Send in turns until nothing is left on any phone."""
    ends = monotonic() + PATIENCE
    while sum(page.evaluate(SEND) for page in pages):
        assert monotonic() < ends, "something could not be sent"


def sign_in(page: Page, who: User) -> None:
    """Go from the till of a stranger to the form in which it is opened."""
    page.click("main a.button")
    page.fill("[name=identifier]", str(who.phone))
    page.fill("[name=password]", make.PASSWORD)
    page.click("main form [type=submit]")
    page.wait_for_selector("form.open")


def fill_in(page: Page, tents: tuple[str, ...], name: str = "HP Bu Siti", pin: str = PIN) -> None:
    """Open the till for some tents."""
    ask_to_open(page, tents, name, pin)
    page.wait_for_selector(".tile")


def ask_to_open(page: Page, tents: tuple[str, ...], name: str = "HP Bu Siti", pin: str = PIN) -> None:
    """Fill the form in by which a till is opened, and press its button."""
    for tent in tents:
        page.check(f"fieldset input[value='{tent}']")
    fields = page.locator("form.open .field input")
    for number, text in enumerate((name, pin, pin)):
        fields.nth(number).fill(text)
    page.click("form.open button:not([type=button])")
