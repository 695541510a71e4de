"""Officers' lists: found again after an action with the same filters, and taken along as an Excel file."""

from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, request
from sqlalchemy import Select

from ..extensions import db
from . import audit
from .exports import Sheet, download
from .redirects import asked_next
from .transaction import command

MOST_ROWS = 10_000
FILE = "xlsx"


def here() -> str | None:
    """Return the address of this list with its filters, for links that lead back to it; None where it has none."""
    return request.full_path if request.args else None


def back() -> str | None:
    """Return the list from which this page was opened, None when it was opened otherwise."""
    return asked_next("") or None


def list_of(url: str) -> str:
    """Return the address of a list, with the filters with which this page was opened from it."""
    opened_from = back()
    return opened_from if opened_from and opened_from.partition("?")[0] == url else url


def wants_file() -> bool:
    """Tell whether the list is asked for as a file."""
    return request.args.get("format") == FILE


def file_url() -> str:
    """Return the address of the same list as a file, with all its pages."""
    asked = {name: values for name, values in request.args.to_dict(flat=False).items() if name != "page"}
    return f"{request.path}?{urlencode({**asked, 'format': [FILE]}, doseq=True)}"


def rows_of(statement: Select[Any], *, scalars: bool = True) -> list[Any]:
    """Run a list's SELECT for its file."""
    rows = db.session.execute(statement.limit(MOST_ROWS))
    return list(rows.scalars() if scalars else rows)


def file(name: str, sheet: Sheet) -> Response:
    """Return a list as a file that the browser keeps under a name."""
    return download(f"{name}.{FILE}", [sheet])


def file_of_people(name: str, sheet: Sheet, actor_id: int) -> Response:
    """Return a list on which people are named, and write down who took it along and how many rows it had."""
    rows = list(sheet.rows)
    answer = file(name, Sheet(sheet.name, sheet.heads, rows))
    _record(name, len(rows), actor_id)
    return answer


@command
def _record(name: str, count: int, actor_id: int) -> None:
    audit.record(actor_id, "list.export", (name, None), count=count)


def init_app(app: Flask) -> None:
    """Let templates lead to a list and back."""
    app.jinja_env.globals |= {"list_here": here, "list_of": list_of}
