"""Keep whole pages for a minute for visitors without an account.

All that such a visitor's page shows of himself is how many things are in his basket, so that is part of the key.
Whoever is signed in, or has a message waiting, gets his page made anew. A change of the catalogue drops all kept
pages at once where the cache is shared, else in the process that made it; the others follow within the minute.
"""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Response, request, session
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from ..areas.queries import visited_code
from ..extensions import cache
from ..parcels.models import Occasion
from .freshness import version
from .rules import Filters
from .visitor import COUNT, ORDERS, TOKEN

P = ParamSpec("P")

SECONDS = 60
HARMLESS = frozenset({"csrf_token", "_id", "_fresh", TOKEN, COUNT, ORDERS})
"""What a session may hold and still change nothing on a page but the number on the basket."""
OCCASIONS = frozenset(Occasion)


def is_guest() -> bool:
    """Tell whether a page depends on nothing of who asks for it but his basket's number."""
    return HARMLESS.issuperset(session) and "remember_token" not in request.cookies


def cached_for_guests(view: Callable[P, str]) -> Callable[P, ResponseReturnValue]:
    """Give guests the kept page, with an ETag. Its address is known by path and filters, not by any argument."""

    @wraps(view)
    def run(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        asked = _asked() if is_guest() else None
        if asked is None:
            return view(*args, **kwargs)
        key = _key(asked)
        body: bytes | None = cache.get(key)
        if body is None:
            body = view(*args, **kwargs).encode()
            cache.set(key, body, timeout=SECONDS)
        response = Response(body, mimetype="text/html")
        response.set_etag(hashlib.sha256(body).hexdigest()[:20])
        return response.make_conditional(request)

    return run


def _asked() -> list[tuple[str, str]] | None:
    """Return the arguments of the address, or None when there are any that pages do not know.

    Links on a page carry the arguments on: whoever comes next must not find those of a stranger there.
    """
    page, occasion = request.args.get("page", ""), request.args.get("occasion", "")
    known = Filters.read(request.args).as_args() | {"page": page if page.isdecimal() else ""}
    known["occasion"] = occasion if occasion in OCCASIONS else ""
    asked = sorted((name, value) for name, value in request.args.items(multi=True) if value)
    if "sort" not in request.args:
        del known["sort"]
    return asked if asked == sorted((name, value) for name, value in known.items() if value) else None


def _key(asked: list[tuple[str, str]]) -> str:
    visitor = (str(get_locale()), visited_code(), session.get(COUNT, 0))
    text = repr((request.path, asked, visitor, version()))
    return "page/" + hashlib.sha256(text.encode()).hexdigest()
