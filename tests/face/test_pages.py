"""Every page of every role: for everybody to read, on every width, under the strict policy, with all its parts."""

from itertools import cycle, groupby

from playwright.sync_api import Browser

from tests.face.conftest import Street
from tests.face.looks import Eye, Shown, pages

VARIANTS = [(360, "light"), (1280, "dark"), (360, "dark"), (1280, "light")]
MOST_USED = {
    *("shop.home", "shop.products", "shop.product", "shop.parcel", "basket.basket", "basket.checkout", "buying.linked"),
    *("reports.maker", "my_products.create", "reports.office", "curation.show", "gaya.show"),
}
"""Looked at in every variant; the others in one each, in turn."""
WIDTHS = (320, 412, 640, 1024)
"""The narrowest phone and a wide one, a desk of 1280 at 200 %, and a small desk."""


def test_every_page_is_for_everybody(street: Street, chromium: Browser) -> None:
    shown = sorted(pages(street, 1, 4), key=lambda page: page.who)
    assert len({page.endpoint for page in shown}) > 85
    wrong: list[str] = []
    turn = cycle(VARIANTS)
    for who, own in groupby(shown, key=lambda page: page.who):
        eye = Eye.of(chromium, street, who)
        for page in own:
            _look(eye, page, VARIANTS if page.endpoint in MOST_USED else [next(turn)])
        eye.close()
        wrong += eye.wrong
    assert not wrong, "\n".join(wrong)


def test_the_most_used_pages_are_for_everybody_in_english(street: Street, chromium: Browser) -> None:
    used = sorted((page for page in pages(street, 1, 1) if page.endpoint in MOST_USED), key=lambda page: page.who)
    assert {page.endpoint for page in used} == MOST_USED
    wrong: list[str] = []
    turn = cycle(VARIANTS)
    for who, own in groupby(used, key=lambda page: page.who):
        eye = Eye.of(chromium, street, who, "en")
        for page in own:
            _look(eye, page, [next(turn)])
            assert eye.page.get_attribute("html", "lang") == "en"
        eye.close()
        wrong += eye.wrong
    assert not wrong, "\n".join(wrong)


def _look(eye: Eye, page: Shown, variants: list[tuple[int, str]]) -> None:
    eye.open(page.address, page.status)
    for width, theme in variants:
        eye.look(width, theme)
    for width in WIDTHS:
        eye.squeeze(width)
