"""What every request goes through: ids that fit, text that can be stored, headers that protect."""

import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, abort, current_app, request, url_for
from werkzeug.routing import BaseConverter, ValidationError

from ..config import ROOT, Config

MAX_ID = 2**63 - 1
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "style-src 'self'",
        "script-src 'self'",
        "font-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self' {origins}",
        "frame-ancestors 'none'",
    )
)

HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "geolocation=(), microphone=(), payment=()"),
)


class IdConverter(BaseConverter):
    """A row id in an address: `<id:order_id>`. What does not fit 64 bits is no page (404)."""

    regex = r"[0-9]{1,19}"

    def to_python(self, value: str) -> int:
        """Return the id, or say that no such address exists."""
        number = int(value)
        if number > MAX_ID:
            raise ValidationError
        return number


def fitting_ids(numbers: Iterable[int]) -> list[int]:
    """Return those of some numbers that can be the id of a row."""
    return [number for number in numbers if 0 < number <= MAX_ID]


def refuse_unstorable_text() -> None:
    """Answer 400 to text that no database can keep: NUL and lone surrogates."""
    texts = [*request.args.values(), *(request.view_args or {}).values(), request.path]
    if request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data"):
        for values in request.form.listvalues():
            texts.extend(values)
    if any(isinstance(text, str) and not is_storable(text) for text in texts):
        abort(400)


def is_storable(text: str) -> bool:
    """Tell whether a text holds neither NUL nor half a surrogate pair."""
    return UNSTORABLE.search(text) is None


@lru_cache
def policy(origins: tuple[str, ...]) -> str:
    """Return the Content-Security-Policy of every page; `origins` are where a sent form may lead besides here."""
    return POLICY.format(origins=" ".join(origins)).replace(" ;", ";")


def add_headers(response: Response) -> Response:
    """Add the headers that every response carries."""
    config: Config = current_app.extensions["config"]
    response.headers.extend(HEADERS)
    response.headers["Content-Security-Policy"] = policy(config.payment_origins)
    if response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "private, no-cache")
    return response


def name_next(response: Response) -> Response:
    """Tell a script that sends photos where to go on: it sees no redirect, and would use up its message."""
    if "X-Progress" in request.headers and 300 <= response.status_code < 400:
        response.headers["X-Next"] = response.headers.pop("Location")
        response.status_code = 200
    return response


@lru_cache
def asset_version(name: str) -> str:
    """Return the first digits of a static file's hash, so that its address changes with it."""
    path = Path(ROOT / "static" / name)
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else "0"


@lru_cache
def asset(name: str) -> str:
    """Return the address of a static file, with its version; made once, for every page has a handful of them."""
    return url_for("static", filename=name, v=asset_version(name))


def init_app(app: Flask) -> None:
    """Put these manners on an application."""
    app.url_map.converters["id"] = IdConverter
    app.before_request(refuse_unstorable_text)
    app.after_request(add_headers)
    app.after_request(name_next)
    app.jinja_env.globals["asset"] = asset
