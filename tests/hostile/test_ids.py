"""Strange ids, slugs and secrets in every address, and strange filters on every list: never a failure of ours."""

import re
from collections.abc import Iterator
from zlib import crc32

import pytest
from werkzeug.routing import Rule

from marketplace.shared.policy import Access
from tests.hostile.page import Pairs
from tests.hostile.place import GUEST, Place, urlencoded
from tests.hostile.values import BAD, EVERY, STRICT

STRANGE = (
    "0",
    "-1",
    "+1",
    "1e1",
    str(2**40),
    str(2**63 - 1),
    str(2**63),
    "9" * 40,
    "%D9%A3",
    "%C2%B2",
    "1.0",
    "1%00",
    "%ED%A0%80",
    "%FF",
    "%F0%9F%98%80",
    "a" * 5_000,
    "..",
    "%2e%2e%2f",
    "%3Cscript%3E",
    "'%20OR%201=1%20--",
    "None",
    "63.06%25",
    "%0d%0aSet-Cookie:%20a=1",
)
"""In place of an id, slug or secret, as it stands in the address."""
PLAIN = {"step": "jeda", "code": "63.06", "key": "hold_minutes", "kind": "svg"}
"""What stands for the other arguments; the rest are ids, and there is a first of everything."""
ARGUMENT = re.compile(r"<[^<>]*?(\w+)>")
BY_HAND = {"page", "sort", "format", "tab", "area", "bulan", "kelompok", "token", "role", "group", "household", "next"}
"""Names that pages read from the address without a form."""
AWAY = ("//jahat.example", "https://jahat.example", "/\\jahat.example", "/\t/jahat.example", "/" + "a" * 5_000)
"""Where nobody must be led."""


def _is_chosen(*parts: object) -> bool:
    return crc32(repr(parts).encode()) % EVERY == 0


def _who(place: Place, rule: Rule) -> str:
    """Return somebody whom a route lets in."""
    access: Access = place.app.view_functions[rule.endpoint].access  # type: ignore[attr-defined]
    if access.public:
        return GUEST
    return sorted(access.roles)[0].value if access.roles else "buyer"


def _strange_addresses(rule: Rule) -> Iterator[str]:
    """Return the addresses of a rule with something strange in place of each of its arguments."""
    for name in sorted(rule.arguments):
        for text in STRANGE:
            if _is_chosen(rule.rule, name, text):
                own = {**PLAIN, name: text}
                yield ARGUMENT.sub(lambda found, own=own: own.get(found[1], "1"), rule.rule)  # type: ignore[misc]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_strange_ids(place: Place, method: str) -> None:
    wrong, asked = [], 0
    for rule in place.app.url_map.iter_rules():
        if method not in (rule.methods or ()) or not rule.arguments or rule.endpoint == "static":
            continue
        for address in _strange_addresses(rule):
            asked += 1
            status = place.client(_who(place, rule)).open(address, method=method).status_code
            if not 400 <= status < 500 and not _leads_elsewhere(place, rule, address):
                wrong.append(f"{method} {address[:100]}: {status}")
    assert not wrong, "\n".join(wrong)
    assert asked > 100
    assert place.dump() == place.rows


def _leads_elsewhere(place: Place, rule: Rule, address: str) -> bool:
    """Tell whether a strange address is simply that of another page, as `/produk/..` is, or is led to one (308)."""
    return place.endpoint(address) not in ("", rule.endpoint) or "%2f/" in address


def test_strange_filters(place: Place, database: str) -> None:
    wrong, asked = [], 0
    shown = {endpoint: (who, addresses[0]) for (who, endpoint), addresses in place.pages.items() if addresses}
    values = BAD if database == "sqlite" else STRICT
    for endpoint, (who, address) in shown.items():
        for pairs in _strange_filters(endpoint, place.filters.get(endpoint, set()) | BY_HAND, values):
            asked += 1
            bare = address.partition("?")[0]
            answer = place.client(who).get(f"{bare}?{urlencoded(pairs).decode()}")
            if answer.status_code >= 500:
                wrong.append(f"{who} {bare} {repr(pairs)[:100]}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
    assert asked > 100


def _strange_filters(endpoint: str, names: set[str], values: tuple[str, ...]) -> Iterator[Pairs]:
    """Return for a page each bad value in all of its filters at once, and in some alone."""
    for value in values:
        if _is_chosen(endpoint, value):
            yield [(name, value) for name in sorted(names)]
        for name in sorted(names):
            if _is_chosen(endpoint, name, value) and _is_chosen(name, endpoint, value, "alone"):
                yield [(name, value)]


@pytest.mark.parametrize("path", AWAY)
def test_nobody_is_led_off_the_site(place: Place, path: str) -> None:
    for address in ("/bahasa/en", "/daerah/63.06", "/masuk"):
        for who in (GUEST, "buyer"):
            answer = place.client(who).get(address, query_string={"next": path})
            assert answer.status_code < 400
            assert "jahat" not in answer.headers.get("Location", "")


def test_the_cookies_can_hold_anything(place: Place) -> None:
    for name in ("lang", "area", "warung", "remember_token"):
        for value in BAD:
            client = place.client(GUEST)
            client.set_cookie(name, value[:2_000].encode("utf-8", "replace").decode().replace("\0", ""))
            assert client.get("/").status_code == 200, (name, value)
