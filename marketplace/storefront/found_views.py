"""Lists for machines: the site map for search engines, and the feed that shopping catalogues read."""

import re
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

from flask import Blueprint, Response, current_app, stream_with_context
from flask_babel import force_locale

from ..catalog.labels import CATEGORIES
from ..extensions import cache
from ..shared.errors import NotFound
from ..shared.i18n import DEFAULT, LANGUAGES
from ..shared.policy import PUBLIC, access
from . import found, heads
from .cards import Card
from .found import Place, Thing
from .freshness import version

bp = Blueprint("found", __name__)

PAGES_EACH = 50_000
"""In one site map: more than that no search engine reads."""
DOORS = tuple(Place(path, None) for path in ("/", "/produk", "/parsel"))
SECONDS = 600
LARGEST_KEPT = 1_000_000
"""Characters of a list that are kept; what is longer is read anew each time."""
XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
SITE_MAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
MERCHANT = "http://base.google.com/ns/1.0"
LONGEST_TITLE, LONGEST_TEXT = 150, 5_000
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What XML cannot hold, however it is written."""


@bp.route("/sitemap.xml")
@access(PUBLIC)
def site_maps() -> Response:
    """List the site maps."""
    number = max(1, -(-found.count_pages() // PAGES_EACH))
    lines = (f"<sitemap><loc>{heads.base()}/sitemap-{each}.xml</loc></sitemap>\n" for each in range(1, number + 1))
    return _answer("maps", (XML, f'<sitemapindex xmlns="{SITE_MAPS}">\n', *lines, "</sitemapindex>\n"))


@bp.route("/sitemap-<id:number>.xml")
@access(PUBLIC)
def site_map(number: int) -> Response:
    """List pages of the shop in both languages, with the day of their last change."""
    if not 1 <= number <= max(1, -(-found.count_pages() // PAGES_EACH)):
        raise NotFound
    return _answer(f"map/{number}", _site_map(number))


def _site_map(number: int) -> Iterator[str]:
    yield f'{XML}<urlset xmlns="{SITE_MAPS}" xmlns:xhtml="{XHTML}">\n'
    if number == 1:
        yield from map(_page, DOORS)
    yield from map(_page, found.pages((number - 1) * PAGES_EACH, PAGES_EACH))
    yield "</urlset>\n"


def _page(place: Place) -> str:
    head = heads.Head(place.path, "", "")
    links = (
        f'<xhtml:link rel="alternate" hreflang="{code}" href="{escape(head.in_language(code))}"/>' for code in LANGUAGES
    )
    changed = f"<lastmod>{place.changed.isoformat()}</lastmod>" if place.changed else ""
    return f"<url><loc>{escape(heads.base() + place.path)}</loc>{changed}{''.join(links)}</url>\n"


@bp.route("/feed/produk.xml")
@access(PUBLIC)
def feed() -> Response:
    """List all goods as Google Merchant Center, Meta and WhatsApp catalogues read them."""
    return _answer("feed", _feed())


def _feed() -> Iterator[str]:
    with force_locale(DEFAULT):  # one feed for all: what it tells of is told in Indonesian
        about, kinds = heads.shop_text(), {category: str(word) for category, word in CATEGORIES.items()}
    yield f'{XML}<rss version="2.0" xmlns:g="{MERCHANT}">\n<channel>\n'
    yield _tag("title", heads.NAME) + _tag("link", heads.base() + "/") + _tag("description", about)
    for thing in found.things():
        yield _item(thing, kinds[thing.category] if thing.category else "")
    yield "</channel>\n</rss>\n"


def _item(thing: Thing, kind: str) -> str:
    """Write one thing; one without a photo goes without, for catalogues refuse pictures that show something else."""
    sold = thing.sold
    values = {
        "g:id": sold.short_name,
        "g:title": sold.name[:LONGEST_TITLE],
        "g:description": (thing.text or sold.name)[:LONGEST_TEXT],
        "g:link": heads.base() + sold.url,
        "g:image_link": heads.base() + sold.photo.largest if sold.photo else "",
        "g:price": f"{sold.price} IDR",
        "g:availability": "in_stock" if sold.can_be_had else "out_of_stock",
        "g:condition": "new",
        "g:brand": sold.group if isinstance(sold, Card) else heads.NAME,
        "g:identifier_exists": "no",
        "g:product_type": kind,
    }
    return "<item>" + "".join(_tag(name, text) for name, text in values.items() if text) + "</item>\n"


def _tag(name: str, text: str) -> str:
    return f"<{name}>{escape(UNWRITABLE.sub(' ', text))}</{name}>"


def _answer(name: str, parts: Iterable[str]) -> Response:
    """Answer with what is kept, or with what is being read; robots and proxies may keep it as long as we do."""
    key = f"found/{name}/{version()}"
    kept: str | None = cache.get(key)
    body = [kept] if kept is not None else stream_with_context(_keeping(key, parts))
    response = current_app.response_class(body, mimetype="application/xml")
    response.cache_control.public, response.cache_control.max_age = True, SECONDS
    return response


def _keeping(key: str, parts: Iterable[str]) -> Iterator[str]:
    """Pass the parts on, and keep them together once all were passed if they are no more than fits."""
    seen: list[str] = []
    size = 0
    for part in parts:
        size += len(part)
        if size <= LARGEST_KEPT:
            seen.append(part)
        else:
            seen.clear()
        yield part
    if size <= LARGEST_KEPT:
        cache.set(key, "".join(seen), timeout=SECONDS)
