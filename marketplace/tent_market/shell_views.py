"""The till's page for a phone, the worker that keeps it there without a network, and how it is installed.

What it shows comes from the phone's own store (static/js/till); what it asks the server is in `till_views.py`.
"""

import hashlib
import json
from functools import lru_cache

from flask import Blueprint, Response, jsonify, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from ..config import ROOT
from ..shared.i18n import DEFAULT, LANGUAGES, _
from ..shared.policy import PUBLIC, access
from ..shared.site_files import GREEN, PAPER
from ..shared.web import asset_version
from .till_words import WORDS

bp = Blueprint("till_shell", __name__)

PAGE = "/kasir"
WORKER = "js/till/worker.js"
STYLES = ("css/tokens.css", "css/till.css")
PARTS = ("img/mark.svg", "vendor/icons.svg", "vendor/idb.js", "vendor/plus-jakarta-sans.woff2", "vendor/uqr.js")
ICONS = ("192", "512", "penuh-512")


@bp.route(PAGE)
@access(PUBLIC)
def show() -> str:
    """Show the till: the same page for everybody, with nothing of anybody in it."""
    words = {name: str(text) for name, text in WORDS.items()}
    return render_template("tent_market/till.html", words=words, part=_part, styles=STYLES)


@bp.route(f"{PAGE}/sw.js")
@access(PUBLIC)
def worker() -> ResponseReturnValue:
    """Give the service worker with what it keeps: another version of a file or text makes it another worker."""
    shells = [f"{PAGE}?bahasa={language}" for language in (DEFAULT, *(one for one in LANGUAGES if one != DEFAULT))]
    kept = [*map(_part, (*STYLES, *PARTS, *_modules())), f"{PAGE}/manifest.webmanifest"]
    code = (ROOT / "static" / WORKER).read_text()
    head = f'const SHELLS = {json.dumps(shells)};\nconst KEPT = {json.dumps(kept)};\nconst NAME = "{_version()}";\n'
    return Response(head + code, mimetype="text/javascript", headers={"Service-Worker-Allowed": PAGE})


@bp.route(f"{PAGE}/manifest.webmanifest")
@access(PUBLIC)
def manifest() -> ResponseReturnValue:
    """Tell telephones how the till looks among their programs."""
    answer = jsonify(
        id=PAGE,
        name=_("Tent till"),
        short_name=_("Till"),
        lang=DEFAULT,
        start_url=PAGE,
        scope=PAGE,
        display="standalone",
        orientation="portrait",
        theme_color=GREEN,
        background_color=PAPER,
        icons=[_icon(name) for name in ICONS],
    )
    answer.mimetype = "application/manifest+json"
    return answer


def _icon(name: str) -> dict[str, str]:
    side, purpose = name.rpartition("-")[2], "maskable" if "-" in name else "any"
    return {"src": f"/ikon/{name}.png", "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}


def _part(name: str) -> str:
    """Return the address of a file without its version: modules name each other so, and the worker keeps them all
    under one."""
    return url_for("static", filename=name)


@lru_cache
def _modules() -> tuple[str, ...]:
    names = sorted(path.name for path in (ROOT / "static/js/till").glob("*.js"))
    return tuple(f"js/till/{name}" for name in names if f"js/till/{name}" != WORKER)


@lru_cache
def _version() -> str:
    """Return the name of all that is kept: made of what is in it, in both languages."""
    files = (*STYLES, *PARTS, *_modules(), WORKER)
    contents = [asset_version(name) for name in files]
    template = (ROOT / "templates/tent_market/till.html").read_text()
    everything = json.dumps([contents, template, *map(_words_in, LANGUAGES)])
    return f"till-parts-{hashlib.sha256(everything.encode()).hexdigest()[:10]}"


def _words_in(language: str) -> list[str]:
    with force_locale(language):
        return [str(text) for text in WORDS.values()]
