"""Lead people back to where they came from, and never off the site."""

from flask import Response, current_app, make_response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from .web import is_storable

LONGEST = 1000
YEAR = 365 * 24 * 60 * 60


def local_path(text: str | None, otherwise: str = "/") -> str:
    """Return `text` when it is a path on this site, else `otherwise`.

    Browsers read `//host` and `/\\host` as another site, and drop control characters before they look.
    """
    if not text or len(text) > LONGEST or not is_storable(text) or not text.isprintable():
        return otherwise
    if not text.startswith("/") or text[1:2] in ("/", "\\"):
        return otherwise
    return text


def asked_next(otherwise: str = "/") -> str:
    """Return the path that the form or the address names as `next`."""
    return local_path(request.form.get("next") or request.args.get("next"), otherwise)


def go(path: str) -> Response:
    """Answer with a redirect that is not cached (303: the next request is a GET)."""
    answer: AnyResponse = redirect(path, 303)
    return make_response(answer)


def remember(response: Response, name: str, value: str) -> Response:
    """Let the browser keep a choice (language, area) for a year."""
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(name, value, max_age=YEAR, httponly=True, samesite="Lax", secure=secure)
    return response
