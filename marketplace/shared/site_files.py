"""What browsers and robots ask of every site by fixed names."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from ..config import ROOT
from .policy import PUBLIC, access

bp = Blueprint("site_files", __name__)

CLOSED = (
    *("/dinas", "/penjual", "/akun", "/masuk", "/daftar", "/kode", "/keluar"),
    *("/keranjang", "/bayar", "/pesanan", "/pembayaran", "/p/"),
    *("/cari", "/daerah/", "/bahasa/", "/healthz", "/readyz"),
)
"""Paths that robots leave alone: officers' and makers' work, baskets and orders, and what other ways lead to."""
A_DAY = 86_400


@bp.route("/favicon.ico")
@access(PUBLIC)
def favicon() -> ResponseReturnValue:
    """Give our mark to browsers that ask for it by this old name."""
    return _kept(Response((ROOT / "static/img/mark.svg").read_bytes(), mimetype="image/svg+xml"))


@bp.route("/robots.txt")
@access(PUBLIC)
def robots() -> ResponseReturnValue:
    """Tell robots that the shop is for everybody, and what is not theirs."""
    lines = ("User-agent: *", *(f"Disallow: {path}" for path in CLOSED))
    return _kept(Response("\n".join(lines) + "\n", mimetype="text/plain"))


def _kept(response: Response) -> Response:
    response.cache_control.public, response.cache_control.no_cache = True, None
    response.cache_control.max_age = A_DAY
    return response
