"""What a telephone without a connection shows: one page of ours, kept by a service worker."""

import hashlib
import json

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from ..config import ROOT
from .i18n import _
from .policy import PUBLIC, access
from .problems import draw
from .web import asset

bp = Blueprint("offline", __name__)

PAGE = "/luring"
PARTS = ("css/tokens.css", "css/base.css", "css/components.css", "css/pages.css", "img/mark.svg", "vendor/icons.svg")


@bp.route(PAGE)
@access(PUBLIC)
def page() -> ResponseReturnValue:
    """Say that there is no connection; it stands at the address that was asked for, so its button asks again."""
    return draw(
        None, _("There is no connection. Try again when you have a signal."), [("", _("Try again"), "rotate-ccw")]
    )


@bp.route("/sw.js")
@access(PUBLIC)
def worker() -> ResponseReturnValue:
    """Give the service worker, with what it keeps: another version of a file makes it another worker."""
    kept = json.dumps([PAGE, *map(asset, PARTS)])
    name = hashlib.sha256(kept.encode()).hexdigest()[:10]
    code = (ROOT / "static/js/worker.js").read_text()
    return Response(f'const KEPT = {kept};\nconst NAME = "{name}";\n{code}', mimetype="text/javascript")
