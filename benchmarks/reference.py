"""Bare pages that the shop is compared with, on the database of the shop: the least a page can cost here."""

import os
import sqlite3
from pathlib import Path
from threading import local

from flask import Flask, render_template

application = Flask(__name__, template_folder=str(Path(__file__).parent))
_connections = local()
_kept: list[str] = []

CARDS = (
    "SELECT id, slug, name, unit, price FROM product WHERE regency_code = '63.06' AND state = 'published' "
    "ORDER BY published_at DESC, id DESC LIMIT 24"
)


def _database() -> sqlite3.Connection:
    if not hasattr(_connections, "one"):
        _connections.one = sqlite3.connect(os.environ["BENCH_DATABASE"])
    found: sqlite3.Connection = _connections.one
    return found


@application.get("/hello")
def hello() -> str:
    """Answer at once."""
    return "hello"


@application.get("/cards")
def cards() -> str:
    """Answer with one indexed query and a page of 24 cards."""
    return render_template("reference.html", cards=_database().execute(CARDS).fetchall())


@application.get("/kept")
def kept() -> str:
    """Answer with that page as it was the first time."""
    if not _kept:
        _kept.append(cards())
    return _kept[0]
