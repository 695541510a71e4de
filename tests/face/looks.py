"""What a page of the town is looked at with: its addresses, and what the browser finds wrong on it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, CDPSession, ConsoleMessage, Page, Request, Response

from marketplace.config import ROOT
from tests.face.conftest import Street
from tests.hostile.place import GUEST

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text()
RUN_AXE = """(async () => (await axe.run(document, {resultTypes: ['violations']})).violations.map(
    (found) => `${found.id}: ` + found.nodes.slice(0, 3).map((node) => node.target.join(' ')).join(' | ')))()"""
LISTEN = "addEventListener('securitypolicyviolation', (e) => console.error(`policy: ${e.effectiveDirective}`))"
WIDEST = """(() => {
    const root = document.scrollingElement, wide = root.scrollWidth - root.clientWidth;
    if (wide < 1) return '';
    const spills = (one) => one.scrollWidth > one.clientWidth + 1;
    const reaches = (one) => one.getBoundingClientRect().right > root.clientWidth + 1;
    const parts = [...document.body.querySelectorAll('*')].filter((one) => spills(one) || reaches(one));
    return `${wide} too wide: ${parts.map((one) => `${one.localName}.${one.className}`).slice(-4)}`;
})()"""
IS_DRAWN = "document.querySelector('h1') !== null"


@dataclass(frozen=True)
class Shown:
    """A page, and who opens it."""

    who: str
    endpoint: str
    address: str
    status: int = 200

    def __str__(self) -> str:
        return f"{self.address} ({self.who})"


UNLINKED = (Shown(GUEST, "gaya.show", "/gaya"), Shown(GUEST, "", "/tidak-ada", 404), Shown("buyer", "", "/dinas", 404))
"""What no link leads to: the developers' page, and two that are refused."""
ORDERS = {"buying.linked", "orders.show", "payment_desk.show"}
WHOSE = {"attendance_shell.show": "curator", "visit_shell.show": "mentor"}
"""Who uses a page that opens for everybody, because a phone keeps it: what it asks the server is told to him alone."""


def pages(street: Street, each: int, states: int) -> Iterator[Shown]:
    """Return so many addresses of every page, spread over who comes to it; an order has more states than others."""
    yield from UNLINKED
    by_endpoint: dict[str, list[Shown]] = {}
    for (who, endpoint), addresses in street.place.pages.items():
        if WHOSE.get(endpoint, who) == who:
            by_endpoint.setdefault(endpoint, []).extend(Shown(who, endpoint, address) for address in addresses)
    for shown in by_endpoint.values():
        once = list({page.address: page for page in shown}.values())
        most = states if shown[:1] and shown[0].endpoint in ORDERS else each
        yield from once[:: max(1, len(once) // most)][:most]


@dataclass
class Eye:
    """A browser window that notes what is wrong."""

    page: Page
    base: str
    screen: CDPSession
    wrong: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, browser: Browser, street: Street, who: str, locale: str = "id") -> "Eye":
        """Open a window for somebody of the town."""
        context = browser.new_context(
            locale="id-ID", base_url=street.base, reduced_motion="reduce", service_workers="block"
        )
        cookies = {"warung": street.place.cookies[who], "lang": locale}
        context.add_cookies([{"name": name, "value": text, "url": street.base} for name, text in cookies.items()])
        context.add_init_script(LISTEN)
        context.add_init_script(AXE)  # the browser keeps it; with each page it would have to be sent again
        page = context.new_page()
        eye = cls(page, street.base, context.new_cdp_session(page))
        eye.page.on("console", eye._said)
        eye.page.on("response", eye._answered)
        eye.page.on("requestfailed", eye._failed)
        return eye

    def _said(self, said: ConsoleMessage) -> None:
        if said.type == "error" and "Failed to load resource" not in said.text:
            self.wrong.append(f"{self.page.url}: the browser says {said.text}")

    def _answered(self, answer: Response) -> None:
        if answer.status >= 400 and answer.request.resource_type != "document":
            self.wrong.append(f"{self.page.url}: {answer.url} is {answer.status}")

    def _failed(self, asked: Request) -> None:
        if asked.failure != "net::ERR_ABORTED":  # a picture that was on its way when the page was left
            self.wrong.append(f"{self.page.url}: {asked.url} did not come")

    def open(self, address: str, status: int = 200) -> None:
        """Open a page of the town, which has to be there, and not another one in its place."""
        answer = self.page.goto(address)
        if not self._ask(IS_DRAWN):
            self.page.wait_for_selector("h1", state="attached")  # the till is drawn by its script
        assert answer is not None
        self._note([f"is {answer.status}"] if answer.status != status else [])
        self._note([f"came for {address}"] if self.page.url.removeprefix(self.base) != address else [])

    def look(self, width: int, theme: Any) -> None:
        """Look for what axe finds on a screen of this width, light or dark."""
        self._widen(width)
        features = [
            {"name": "prefers-color-scheme", "value": theme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]
        self.screen.send("Emulation.setEmulatedMedia", {"features": features})
        self._note([f"{width} {theme}: {found}" for found in self._ask(RUN_AXE)])

    def squeeze(self, width: int) -> None:
        """Look whether the page fits a screen of this width."""
        self._widen(width)
        self._note([f"{width}: {found}" for found in [self._ask(WIDEST)] if found])

    def _widen(self, width: int) -> None:
        """Give the screen a width as Playwright does, without its waiting for a picture of it."""
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
        self.screen.send("Emulation.setDeviceMetricsOverride", size)

    def _ask(self, expression: str) -> Any:
        """Return what an expression comes to on the page, without the helpers that Playwright would bring into each."""
        asked = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        answer = self.screen.send("Runtime.evaluate", asked)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def _note(self, found: list[str]) -> None:
        path = self.page.url.removeprefix(self.base)
        self.wrong += [f"{path} {one}" for one in found]

    def close(self) -> None:
        """Close the window."""
        self.page.context.close()


__all__ = ["GUEST", "Eye", "Shown", "pages"]
