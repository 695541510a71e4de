"""Keep whole pages for a minute.

All that these pages show of their reader is whether he is signed in and how many things are in his basket, so that is
part of the key; the secret of forms on it is put in anew. Whoever has a message waiting gets his
page made anew. A change of the catalogue drops all kept pages at once where the cache is shared, else in the process
that made it; the others follow within the minute.
"""

import hashlib
from collections.abc import Callable, Hashable
from functools import wraps
from typing import NamedTuple, ParamSpec

import brotli
from flask import Response, current_app, g, request, session
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from ..accounts import sessions
from ..areas.queries import visited_code
from ..extensions import cache
from ..parcels.models import Occasion
from ..shared.i18n import asked_language
from .freshness import version
from .rules import Filters
from .visitor import CHECKOUT, COUNT, KEPT_ORDER, ORDERS, TOKEN

P = ParamSpec("P")

SECONDS = 60
PACKING = 5
"""Brotli's effort: a page of 40 KB becomes 6 KB in a thousandth of a second; twice the effort saves little more."""
OF_THE_SESSION = frozenset({"csrf_token", "_id", "_fresh", "_permanent", "_user_id"})
HARMLESS = OF_THE_SESSION | {TOKEN, COUNT, ORDERS, KEPT_ORDER, CHECKOUT}
"""What a session may hold and still change nothing on a page but what the key knows."""
SECRET = b"the-secret-of-whoever-reads-this-page"
"""Stands in a kept page where its reader's CSRF token belongs."""
OCCASIONS = frozenset(Occasion)


class Page(NamedTuple):
    """A page as it is kept."""

    body: bytes
    packed: bytes
    """The body in brotli; empty when it has to be packed for each reader."""
    etag: str
    is_personal: bool
    """It holds a form, and so the secret of whoever reads it."""


def kept(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Answer with the kept page. Its address is known by path and filters, not by any argument."""
    return kept_while(_anything)(view)


def _anything(*_args: object, **_kwargs: object) -> None:
    return None


def kept_while(
    same: Callable[..., Hashable],
) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Answer with the kept page as long as `same` returns the same for it: what must not be a minute old."""

    def mark(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def run(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            asked = _asked() if request.method != "POST" and HARMLESS.issuperset(session) else None
            if asked is None:
                return view(*args, **kwargs)
            key = _key(asked, same(*args, **kwargs))
            found: Page | None = cache.get(key)
            return _answer(found or _keep(key, current_app.make_response(view(*args, **kwargs))))

        return run

    return mark


def _keep(key: str, response: Response) -> Page:
    body, is_personal = response.get_data(), "csrf_token" in g
    if is_personal:
        body = body.replace(generate_csrf().encode(), SECRET)
    packed = b"" if is_personal else brotli.compress(body, quality=PACKING)
    page = Page(body, packed, hashlib.sha256(body).hexdigest()[:20], is_personal)
    cache.set(key, page, timeout=SECONDS)
    return page


def _answer(page: Page) -> ResponseReturnValue:
    """Answer with a page; one without a form is not sent again to whoever has it."""
    if page.is_personal:
        return Response(page.body.replace(SECRET, generate_csrf().encode()), mimetype="text/html")
    if request.accept_encodings.quality("br") > 0:
        response = Response(page.packed, mimetype="text/html", headers={"Content-Encoding": "br"})
        response.set_etag(f"{page.etag}:br")
    else:
        response = Response(page.body, mimetype="text/html")
        response.set_etag(page.etag)
    return response.make_conditional(request)


def _asked() -> list[tuple[str, str]] | None:
    """Return the arguments of the address, or None when there are any that pages do not know.

    Links on a page carry the arguments on: whoever comes next must not find those of a stranger there.
    """
    page, occasion = request.args.get("page", ""), request.args.get("occasion", "")
    known = Filters.read(request.args).as_args() | {"page": page if page.isdecimal() else ""}
    known["occasion"] = occasion if occasion in OCCASIONS else ""
    known["bahasa"] = asked_language() or ""
    asked = sorted((name, value) for name, value in request.args.items(multi=True) if value)
    if "sort" not in request.args:
        del known["sort"]
    return asked if asked == sorted((name, value) for name, value in known.items() if value) else None


def _key(asked: list[tuple[str, str]], same: Hashable) -> str:
    visitor = (sessions.reader(), visited_code(), session.get(COUNT, 0))
    text = repr((request.path, asked, visitor, same, version()))
    return "page/" + hashlib.sha256(text.encode()).hexdigest()
