"""Answer with a kept page before anything else of the application runs.

Only for whoever comes without a cookie to a page without arguments: by a link, for the first time, or as a robot. Then
the page is the same for all of them, and nothing has to be read but the cache.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from flask import Flask
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header
from werkzeug.test import run_wsgi_app

from ..extensions import cache
from .freshness import KEY

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PATHS = frozenset({"/", "/produk", "/parsel"})
SECONDS = 20
OF_THE_BODY = frozenset({"Content-Length", "Content-Type"})


class Page(NamedTuple):
    """A page as it was sent."""

    headers: list[tuple[str, str]]
    body: bytes
    etag: str | None


class Front:
    """Stands before an application."""

    def __init__(self, app: Flask) -> None:
        self._inner = app.wsgi_app
        self._kept = app.extensions["cache"][cache]

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer with the kept page, or let the application answer."""
        if not _is_plain(environ):
            return self._inner(environ, start_response)
        packing = _packing(environ.get("HTTP_ACCEPT_ENCODING", ""))
        key = f"front{environ['PATH_INFO']} {packing} {self._kept.get(KEY)}"
        found: Page | None = self._kept.get(key)
        if found is None:
            return self._make(key, {**environ, "HTTP_ACCEPT_ENCODING": packing}, start_response)
        if found.etag is not None and environ.get("HTTP_IF_NONE_MATCH") == found.etag:
            start_response("304 NOT MODIFIED", [each for each in found.headers if each[0] not in OF_THE_BODY])
            return []
        start_response("200 OK", list(found.headers))
        return [found.body]

    def _make(self, key: str, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        parts, status, headers = run_wsgi_app(self._inner, environ, buffered=True)
        body = b"".join(parts)
        if status.startswith("200") and "Set-Cookie" not in headers:
            page = Page(headers.to_wsgi_list(), body, headers.get("ETag"))
            self._kept.set(key, page, timeout=SECONDS)
        start_response(status, headers.to_wsgi_list())
        return [body]


@lru_cache(maxsize=256)
def _packing(accepted: str) -> str:
    """Return how a page is packed for a visitor: in the one way that is worth keeping, or not at all."""
    return "br" if parse_accept_header(accepted, Accept).quality("br") > 0 else ""


def _is_plain(environ: "WSGIEnvironment") -> bool:
    asks_nothing = environ["REQUEST_METHOD"] == "GET" and not environ.get("QUERY_STRING")
    return asks_nothing and "HTTP_COOKIE" not in environ and environ["PATH_INFO"] in PATHS
