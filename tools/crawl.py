"""Walk through the shop as its people do: from the first page of a role to one page of every kind it leads to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import Page

LINKS = "() => [...document.querySelectorAll('a[href]')].map((link) => link.href)"
NO_PAGE = re.compile(r"\.[a-z]+$|^/(foto|static|bahasa|daerah/)")
"""Addresses that answer with a file, or change what the visitor sees."""
NUMBER = re.compile(r"(?<=/)[0-9][0-9.-]*(?=/|$)")
NAMED = re.compile(r"^/(produk|parsel|kelompok|p|k)/[^/]+")


@dataclass(frozen=True)
class Start:
    """A role, who signs in for it (nobody for a visitor), and where his walk begins."""

    role: str
    phone: str | None
    paths: tuple[str, ...]


def kind_of(address: str) -> str:
    """Return what all pages of one kind have in common: the path without ids and names."""
    return NAMED.sub(r"/\1/x", NUMBER.sub("n", urlsplit(address).path))


def walk(page: Page, base: str, start: Start, most: int = 200) -> Iterator[str]:
    """Open one page of every kind that links lead to and yield its address; the page stands open meanwhile."""
    waiting, known = [base + path for path in start.paths], {kind_of(path) for path in start.paths}
    for address in waiting:  # grows while it is walked
        answer = page.goto(address)
        if answer is None or not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        yield address
        for link in page.evaluate(LINKS):
            link = link.partition("#")[0]
            if len(waiting) < most and _is_page(link, base) and kind_of(link) not in known:
                known.add(kind_of(link))
                waiting.append(link)


def _is_page(link: str, base: str) -> bool:
    return link.startswith(base) and not NO_PAGE.search(urlsplit(link).path)
