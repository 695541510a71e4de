"""Read a registry's Excel or CSV file, row by row and within bounds, whatever stands in it. No database.

Nothing is reckoned: a formula stays the text that it is, and is refused later.
"""

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, TypeAlias

from openpyxl import load_workbook

from ..shared import delimited
from ..shared.errors import InvalidInput
from ..shared.i18n import Text, _l

LARGEST = 16 * 1024 * 1024
LARGEST_UNPACKED = 120 * 1024 * 1024
LARGEST_WORDS = 40 * 1024 * 1024
"""The one part of an Excel file that has to be held as a whole: its words."""
MOST_ROWS = 50_000
MOST_COLUMNS = 60
LAST_LINE = 1_048_576
"""Excel has no row after it."""
CELL_LENGTH = 300
EXACT = 10**15
"""Excel keeps 15 digits of a number: of a NIK kept as a number the last digit is gone."""
Row: TypeAlias = tuple[int, list[str]]
"""Number of the row in the file, and its cells."""

WORDS = "xl/sharedStrings.xml"


class Trouble(StrEnum):
    """Why a file cannot be taken."""

    LARGE = "large"
    UNPACKED = "unpacked"
    ROWS = "rows"
    EMPTY = "empty"
    PASSWORD = "password"  # noqa: S105  (a word, none of ours)
    OLD_EXCEL = "old_excel"
    OPEN_DOCUMENT = "open_document"
    NO_TABLE = "no_table"
    BROKEN = "broken"
    NO_TEXT = "no_text"


TROUBLES: dict[Trouble, Text] = {
    Trouble.LARGE: _l("This file is larger than 16 MB. Split it into several."),
    Trouble.UNPACKED: _l("Unpacked, this file is far too large. Copy the rows into a new workbook and save that."),
    Trouble.ROWS: _l("This file has more than 50,000 rows. Split it into several."),
    Trouble.EMPTY: _l("No table was found in this file. Its first row must name the columns."),
    Trouble.PASSWORD: _l("This file is protected by a password. Open it, remove the password and save it again."),
    Trouble.OLD_EXCEL: _l("This is an Excel file of the old kind (.xls). Save it as .xlsx."),
    Trouble.OPEN_DOCUMENT: _l("This is a LibreOffice file (.ods). Save it as .xlsx."),
    Trouble.NO_TABLE: _l("This is no table. Choose an Excel file (.xlsx) or a CSV file."),
    Trouble.BROKEN: _l("This file is damaged and cannot be read. Save it anew and choose it again."),
    Trouble.NO_TEXT: _l("This file cannot be read as text. Save it as .xlsx or as CSV (UTF-8)."),
}


class Unreadable(InvalidInput):
    """A file that cannot be taken; carries which trouble it is."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(TROUBLES[trouble], field="file")
        self.trouble = trouble


def rows_of(raw: bytes) -> Iterator[Row]:
    """Yield the rows of a file that hold anything, each with its number. Raises Unreadable, also midway."""
    if len(raw) > LARGEST:
        raise Unreadable(Trouble.LARGE)
    count = 0
    for line, cells in _xlsx(raw) if raw.startswith(b"PK") else _csv(raw):
        if line > LAST_LINE:
            raise Unreadable(Trouble.ROWS)
        if any(cells):
            count += 1
            if count > MOST_ROWS + 1:  # one for the heads
                raise Unreadable(Trouble.ROWS)
            yield line, cells


def _csv(raw: bytes) -> Iterator[Row]:
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        has_password = "EncryptedPackage".encode("utf-16-le") in raw
        raise Unreadable(Trouble.PASSWORD if has_password else Trouble.OLD_EXCEL)
    if raw.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"<")):
        raise Unreadable(Trouble.NO_TABLE)
    text = delimited.text_of(raw)
    if text is None:
        raise Unreadable(Trouble.NO_TEXT)
    for line, cells in delimited.best_split(text):
        yield line, [_clean(cell) for cell in cells[:MOST_COLUMNS]]


def _xlsx(raw: bytes) -> Iterator[Row]:
    _check_package(raw)
    try:
        book = load_workbook(io.BytesIO(raw), read_only=True, keep_links=False)
        sheet = next(sheet for sheet in book.worksheets if sheet.sheet_state == "visible")
        sheet.reset_dimensions()  # what a file says of its own size is not believed
        cells = sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)
        for line, values in enumerate(cells, start=1):
            yield line, ([_text(value) for value in values] if any(value is not None for value in values) else [])
    except Unreadable:
        raise
    except Exception as error:  # a hostile package fails in the reader's parts in a hundred ways
        raise Unreadable(Trouble.BROKEN) from error


def _check_package(raw: bytes) -> None:
    """Refuse what is no workbook, and what unpacks to too much: zipfile never unpacks more than is declared."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise Unreadable(Trouble.BROKEN) from None
    names = {part.filename for part in parts}
    if "content.xml" in names:
        raise Unreadable(Trouble.OPEN_DOCUMENT)
    if "xl/workbook.xml" not in names:
        raise Unreadable(Trouble.NO_TABLE)
    if any(part.flag_bits & 1 for part in parts):
        raise Unreadable(Trouble.PASSWORD)
    words = sum(part.file_size for part in parts if not part.filename.startswith("xl/worksheets/"))
    if words > LARGEST_WORDS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise Unreadable(Trouble.UNPACKED)


def _text(value: Any) -> str:
    """Return a cell as text: a number without a point, a day as 2026-11-22, a number too long as Excel shows it."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value)
    # Formulas over several cells are objects that carry their text.
    return _clean(str(getattr(value, "text", None) or value))


def _number(value: float) -> str:
    if abs(value) >= EXACT:
        return f"{value:.5E}"
    return str(int(value)) if value == int(value) else str(value)


def _clean(text: str) -> str:
    """Return a text on one line, without signs that nobody sees, and without the mark by which Excel keeps text."""
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in text[:CELL_LENGTH]).split())
    return plain.removeprefix("'").strip()
