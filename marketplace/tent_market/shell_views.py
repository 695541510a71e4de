"""The till's page for a phone, the worker that keeps it there without a network, and how it is installed.

What it shows comes from the phone's own store (static/js/till); what it asks the server is in `till_views.py`.
"""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from ..shared.i18n import _l
from ..shared.phone_pages import PhonePage
from ..shared.policy import PUBLIC, access
from .till_words import WORDS

bp = Blueprint("till_shell", __name__)

PAGE = PhonePage(
    "/kasir",
    _l("Tent till"),
    _l("Till"),
    template="tent_market/till.html",
    words=WORDS,
    folder="till",
    parts=("vendor/uqr.js",),
    worker="js/till/worker.js",
)


@bp.route(PAGE.path)
@access(PUBLIC)
def show() -> str:
    """Show the till: the same page for everybody, with nothing of anybody in it."""
    return PAGE.shown()


@bp.route(f"{PAGE.path}/sw.js")
@access(PUBLIC)
def worker() -> ResponseReturnValue:
    """Give the service worker with what it keeps."""
    return PAGE.worker_code()


@bp.route(f"{PAGE.path}/manifest.webmanifest")
@access(PUBLIC)
def manifest() -> ResponseReturnValue:
    """Tell telephones how the till looks among their programs."""
    return PAGE.manifest()
