"""Tables as Excel and CSV files. Text stays text: nothing a person typed can become a formula."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import xlsxwriter
from flask import Response, send_file

from .i18n import Text

Cell: TypeAlias = str | int | dt.date | None

MIMETYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET_NAME_LENGTH = 31
FORBIDDEN_IN_SHEET_NAME = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
CELL_LENGTH = 32_767
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "|", "%")
NARROWEST, WIDEST = 8, 50


@dataclass(frozen=True)
class Sheet:
    """One table: its name, the heads of its columns, and rows of text, whole numbers, dates or nothing.

    A number that is a name (a year, a code) is given as text, so that it gets no thousands separator.
    """

    name: Text
    heads: Sequence[Text]
    rows: Iterable[Sequence[Cell]]


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """Write sheets as one Excel file and return its bytes."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        formats = {
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
            "number": book.add_format({"num_format": "#,##0"}),
            "date": book.add_format({"num_format": "dd/mm/yyyy"}),
        }
        for sheet in sheets:
            _write_sheet(book.add_worksheet(_sheet_name(sheet.name)), sheet, formats)
    return buffer.getvalue()


def download(name: str, sheets: Sequence[Sheet]) -> Response:
    """Return an Excel file as an answer that the browser keeps under `name`."""
    return send_file(io.BytesIO(workbook(sheets)), MIMETYPE, as_attachment=True, download_name=name)


def csv_download(name: str, heads: Sequence[Text], rows: Iterable[Sequence[str | int]]) -> Response:
    """Return a table as CSV, as Excel in Indonesia opens it: semicolons, UTF-8 with its mark, no text a formula."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";")
    writer.writerow([str(head) for head in heads])
    writer.writerows([as_text(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    content = io.BytesIO(buffer.getvalue().encode("utf-8-sig"))
    return send_file(content, "text/csv", as_attachment=True, download_name=name)


def as_text(text: str) -> str:
    """Return a text that no table program takes for a formula."""
    return f"'{text}" if text.lstrip().startswith(FORMULA_SIGNS) else text


def _sheet_name(name: Text) -> str:
    return str(name).translate(FORBIDDEN_IN_SHEET_NAME)[:SHEET_NAME_LENGTH].strip() or "-"


def _write_sheet(page: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    widths = [len(str(head)) for head in sheet.heads]
    for column, head in enumerate(sheet.heads):
        page.write_string(0, column, str(head), formats["head"])
    rows = 0
    for rows, row in enumerate(sheet.rows, start=1):
        for column, value in enumerate(row):
            _write_cell(page, rows, column, value, formats)
            widths[column] = max(widths[column], _width(value))
    for column, width in enumerate(widths):
        page.set_column(column, column, min(max(width + 2, NARROWEST), WIDEST))
    page.freeze_panes(1, 0)
    if sheet.heads:
        page.autofilter(0, 0, rows, len(sheet.heads) - 1)


def _write_cell(page: Any, row: int, column: int, value: Cell, formats: dict[str, Any]) -> None:
    if isinstance(value, str):
        page.write_string(row, column, value[:CELL_LENGTH])
    elif isinstance(value, dt.date):
        page.write_datetime(row, column, value, formats["date"])
    elif value is not None:
        page.write_number(row, column, value, formats["number"])


def _width(value: Cell) -> int:
    return len(f"{value:,}") if isinstance(value, int) else len(str(value or ""))
