"""What browsers and robots ask of every site by fixed names."""

import re

from flask import Blueprint, Response, current_app, jsonify
from flask.typing import ResponseReturnValue

from ..config import ROOT
from . import mark
from .errors import NotFound
from .i18n import DEFAULT, _
from .policy import PUBLIC, access

bp = Blueprint("site_files", __name__)

CLOSED = (
    "/p/",
    "/pesanan",
    "/pembayaran",
    "/d/",
    "/label/",
    "/kode",
    "/cari",
    "/daerah/",
    "/bahasa/",
    "/healthz",
    "/readyz",
)
"""Paths that robots leave alone: orders, and what other ways lead to. The rest that is not theirs needs no naming
here: whoever is not signed in gets the sign-in page."""
A_DAY = 86_400
ICON = re.compile(r"(penuh-)?(180|192|512)\.png")
"""The sizes that telephones ask for; a full one may be cut into any shape."""
GREEN, PAPER = "#0f5a45", "#faf5eb"


@bp.route("/favicon.ico")
@access(PUBLIC)
def favicon() -> ResponseReturnValue:
    """Give our mark to browsers that ask for it by this old name."""
    return _kept(Response((ROOT / "static/img/mark.svg").read_bytes(), mimetype="image/svg+xml"))


@bp.route("/robots.txt")
@access(PUBLIC)
def robots() -> ResponseReturnValue:
    """Tell robots that the shop is for everybody, and what is not theirs."""
    lines = ("User-agent: *", *(f"Disallow: {path}" for path in CLOSED), "", f"Sitemap: {_base()}/sitemap.xml")
    return _kept(Response("\n".join(lines) + "\n", mimetype="text/plain"))


@bp.route("/manifest.webmanifest")
@access(PUBLIC)
def manifest() -> ResponseReturnValue:
    """Tell telephones how the shop looks among their programs."""
    answer = jsonify(
        id="/",
        name="Warung Kesejahteraan",
        short_name="Warung",
        description=_("Food, crafts and services made by families near you."),
        lang=DEFAULT,
        start_url="/",
        scope="/",
        display="standalone",
        theme_color=GREEN,
        background_color=PAPER,
        icons=[_icon("192"), _icon("512"), _icon("penuh-512", "maskable")],
        shortcuts=[_way(_("Parcels"), "/parsel"), _way(_("My orders"), "/pesanan")],
    )
    answer.mimetype = "application/manifest+json"
    return _kept(answer)


def _icon(name: str, purpose: str = "any") -> dict[str, str]:
    side = name.rpartition("-")[2]
    return {"src": f"/ikon/{name}.png", "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}


def _way(name: str, path: str) -> dict[str, str]:
    return {"name": name, "url": path}


@bp.route("/ikon/<name>")
@access(PUBLIC)
def icon(name: str) -> ResponseReturnValue:
    """Give our mark as a picture of points, for telephones."""
    found = ICON.fullmatch(name)
    if found is None:
        raise NotFound
    return _kept(Response(mark.png(int(found[2]), full=bool(found[1])), mimetype="image/png"))


def _base() -> str:
    address: str = current_app.extensions["config"].base_url
    return address


def _kept(response: Response) -> Response:
    response.cache_control.public, response.cache_control.no_cache = True, None
    response.cache_control.max_age = A_DAY
    return response
