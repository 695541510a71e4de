"""Keep whole pages for a minute.

All that these pages show of their reader is whether he is signed in and how many things are in his basket, so that is
part of the key; the secret of the button that signs him out is put in anew. Whoever has a message waiting gets his
page made anew. A change of the catalogue drops all kept pages at once where the cache is shared, else in the process
that made it; the others follow within the minute.
"""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Response, request, session
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from ..accounts import sessions
from ..accounts.sessions import Reader
from ..areas.queries import visited_code
from ..extensions import cache
from ..parcels.models import Occasion
from .freshness import version
from .rules import Filters
from .visitor import COUNT, ORDERS, TOKEN

P = ParamSpec("P")

SECONDS = 60
HARMLESS = frozenset({"csrf_token", "_id", "_fresh", "_permanent", "_user_id", TOKEN, COUNT, ORDERS})
"""What a session may hold and still change nothing on a page but what the key knows."""
SECRET = b"the-secret-of-whoever-reads-this-page"
"""Stands in a kept page where its reader's CSRF token belongs."""
OCCASIONS = frozenset(Occasion)


def kept(view: Callable[P, str]) -> Callable[P, ResponseReturnValue]:
    """Answer with the kept page. Its address is known by path and filters, not by any argument."""

    @wraps(view)
    def run(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        asked = _asked() if HARMLESS.issuperset(session) else None
        if asked is None:
            return view(*args, **kwargs)
        reader = sessions.reader()
        key = _key(asked, reader)
        found: tuple[str, bytes] | None = cache.get(key)
        if found is None:
            found = _keep(key, view(*args, **kwargs).encode(), reader)
        return _answer(*found, reader)

    return run


def _keep(key: str, body: bytes, reader: Reader) -> tuple[str, bytes]:
    if reader.is_signed_in:
        body = body.replace(generate_csrf().encode(), SECRET)
    found = (hashlib.sha256(body).hexdigest()[:20], body)
    cache.set(key, found, timeout=SECONDS)
    return found


def _answer(etag: str, body: bytes, reader: Reader) -> ResponseReturnValue:
    """Answer with a page; that of a guest is not sent again to whoever has it."""
    if reader.is_signed_in:
        return Response(body.replace(SECRET, generate_csrf().encode()), mimetype="text/html")
    response = Response(body, mimetype="text/html")
    response.set_etag(etag)
    return response.make_conditional(request)


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


def _key(asked: list[tuple[str, str]], reader: Reader) -> str:
    visitor = (reader, visited_code(), session.get(COUNT, 0))
    text = repr((request.path, asked, visitor, version()))
    return "page/" + hashlib.sha256(text.encode()).hexdigest()
