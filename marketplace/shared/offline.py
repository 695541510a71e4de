"""What a telephone without a connection shows: one page of ours, kept by a service worker."""

import hashlib
import json

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from ..config import ROOT
from .i18n import _
from .policy import PUBLIC, access
from .problems import draw
from .redirects import asked_next, go
from .web import asset

bp = Blueprint("offline", __name__)

PAGE = "/luring"
NOT_SENT = "/luring/belum-terkirim"
PARTS = (
    "js/app.js",
    "css/tokens.css",
    "css/base.css",
    "css/components.css",
    "css/pages.css",
    "img/mark.svg",
    "vendor/icons.svg",
)


@bp.route(PAGE)
@access(PUBLIC)
def page() -> ResponseReturnValue:
    """Say that there is no connection; it stands at the address that was asked for, so its button asks again."""
    return draw(
        None, _("There is no connection. Try again when you have a signal."), [("", _("Try again"), "rotate-ccw")]
    )


@bp.route(NOT_SENT)
@access(PUBLIC)
def not_sent() -> ResponseReturnValue:
    """Say that a form did not arrive. Its button asks for this page again: with a connection it leads to the form."""
    if "next" in request.args:
        return go(asked_next())
    text = _("There is no connection, so it was not sent. Go back to your form when you have a signal.")
    return draw(None, text, [("", _("Back to my form"), "arrow-left")])


@bp.route("/sw.js")
@access(PUBLIC)
def worker() -> ResponseReturnValue:
    """Give the service worker, with what it keeps: another version of a file makes it another worker."""
    kept = json.dumps([PAGE, NOT_SENT, *map(asset, PARTS)])
    name = f"site-{hashlib.sha256(kept.encode()).hexdigest()[:10]}"
    code = (ROOT / "static/js/worker.js").read_text()
    return Response(f'const KEPT = {kept};\nconst NAME = "{name}";\n{code}', mimetype="text/javascript")
