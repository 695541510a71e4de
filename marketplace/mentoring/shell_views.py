"""The page that writes visits without a signal, the worker that keeps it on a phone, and what it asks the server.

What is written lies on the phone (static/js/visits) until the server has answered with the visit's id; it is sent to
where the plain form is (`visits.create`).
"""

import hashlib
import json
from functools import lru_cache

from flask import Blueprint, Response, jsonify, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from ..config import ROOT
from ..groups.queries import today
from ..shared.i18n import DEFAULT, LANGUAGES, _
from ..shared.policy import PUBLIC, Role, access, roles
from ..shared.site_files import GREEN, PAPER
from ..shared.web import asset_version
from . import queries
from .rules import MOST_PHOTOS
from .shell_words import WORDS

bp = Blueprint("visit_shell", __name__)

PAGE = "/dinas/pendampingan/catat"
WORKER = "js/visits/worker.js"
TEMPLATE = "mentoring/shell.html"
PARTS = (
    *("css/tokens.css", "css/till.css", "img/mark.svg", "vendor/icons.svg", "vendor/idb.js"),
    *("vendor/plus-jakarta-sans.woff2", "js/shrink.js", "js/till/dom.js", "js/till/words.js"),
)
STYLES = PARTS[:2]
ICONS = ("192", "512", "penuh-512")


@bp.route(PAGE)
@access(PUBLIC)
def show() -> str:
    """Show the page: the same for everybody, with nothing of anybody in it."""
    words = {name: str(text) for name, text in WORDS.items()}
    return render_template(TEMPLATE, words=words, part=_part, styles=STYLES, most=MOST_PHOTOS)


@bp.route(f"{PAGE}/sw.js")
@access(PUBLIC)
def worker() -> ResponseReturnValue:
    """Give the service worker with what it keeps: another version of a file or text makes it another worker."""
    shells = [f"{PAGE}?bahasa={language}" for language in (DEFAULT, *(one for one in LANGUAGES if one != DEFAULT))]
    kept = [*map(_part, (*PARTS, *_modules())), f"{PAGE}/manifest.webmanifest"]
    code = (ROOT / "static" / WORKER).read_text()
    head = f'const SHELLS = {json.dumps(shells)};\nconst KEPT = {json.dumps(kept)};\nconst NAME = "{_version()}";\n'
    return Response(head + code, mimetype="text/javascript", headers={"Service-Worker-Allowed": PAGE})


@bp.route(f"{PAGE}/manifest.webmanifest")
@access(PUBLIC)
def manifest() -> ResponseReturnValue:
    """Tell telephones how the page looks among their programs."""
    answer = jsonify(
        id=PAGE,
        name=_("Write a visit"),
        short_name=_("Visit"),
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


@bp.route(f"{PAGE}/data")
@access(roles(Role.MENTOR))
def data() -> ResponseReturnValue:
    """Tell a mentor's phone who he is, and his groups with their families."""
    found = queries.groups_with_families(current_user)
    groups = [
        {"id": group.id, "name": group.name, "families": [{"id": one.id, "name": one.name} for one in families]}
        for group, families in found
    ]
    user = {"id": current_user.id, "name": current_user.name}
    return jsonify(csrf=generate_csrf(), user=user, today=today().isoformat(), groups=groups)


def _icon(name: str) -> dict[str, str]:
    side, purpose = name.rpartition("-")[2], "maskable" if "-" in name else "any"
    return {"src": f"/ikon/{name}.png", "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}


def _part(name: str) -> str:
    """Return the address of a file without its version: the worker keeps them all under one."""
    return url_for("static", filename=name)


@lru_cache
def _modules() -> tuple[str, ...]:
    names = sorted(path.name for path in (ROOT / "static/js/visits").glob("*.js"))
    return tuple(f"js/visits/{name}" for name in names if f"js/visits/{name}" != WORKER)


@lru_cache
def _version() -> str:
    """Return the name of all that is kept: made of what is in it, in both languages."""
    contents = [asset_version(name) for name in (*PARTS, *_modules(), WORKER)]
    template = (ROOT / "templates" / TEMPLATE).read_text()
    everything = json.dumps([contents, template, *map(_words_in, LANGUAGES)])
    return f"visit-parts-{hashlib.sha256(everything.encode()).hexdigest()[:10]}"


def _words_in(language: str) -> list[str]:
    with force_locale(language):
        return [str(text) for text in WORDS.values()]
