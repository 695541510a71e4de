"""Text tables as banks and offices send them: any of the usual encodings, any of the usual separators."""

import csv
import io
from collections import Counter
from typing import TypeAlias

Row: TypeAlias = tuple[int, list[str]]
"""Number of the line in the file, and its cells."""

BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def text_of(raw: bytes) -> str | None:
    """Return the text of a file; None for what is none."""
    text = _decode(raw)
    return None if "\0" in text else text


def _decode(raw: bytes) -> str:
    for mark, encoding in BOMS:
        if raw.startswith(mark):
            return raw.decode(encoding, "replace")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def best_split(text: str) -> list[Row]:
    """Split by the sign that makes most rows of the same width; rows that hold nothing are left out."""
    return max((_split(text, sign) for sign in ";,\t|"), key=_regularity)


def _split(text: str, sign: str) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
    try:
        return [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error:  # a quote that never ends, or a cell without end
        return []


def _regularity(rows: list[Row]) -> int:
    widths = Counter(len(cells) for _line, cells in rows if len(cells) > 2)
    return max((width * count for width, count in widths.items()), default=0)
