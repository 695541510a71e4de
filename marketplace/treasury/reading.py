"""Read a bank's CSV: bytes to rows, sums and days as Indonesian and English banks write them. No database."""

import datetime as dt
import re
from collections.abc import Sequence
from enum import StrEnum

from ..shared import delimited
from ..shared.delimited import Row
from ..shared.errors import InvalidInput
from ..shared.i18n import Text, _l
from ..shared.money import MAX_RUPIAH

LARGEST = 5 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 40
NO_CSV = (b"PK", b"\xd0\xcf\x11\xe0", b"%PDF")
"""How Excel's own files and PDFs begin."""


class Column(StrEnum):
    """What a column of a statement holds."""

    SKIP = "skip"
    DAY = "day"
    TEXT = "text"
    IN = "in"
    OUT = "out"
    AMOUNT = "amount"
    """Both ways, with a sign or beside a mark."""
    MARK = "mark"
    """Whether an amount came (CR, K) or left (DB, D)."""


class Unreadable(ValueError):
    """A cell that is not what its column should hold; says so in words."""

    def __init__(self, reason: Text) -> None:
        super().__init__(str(type(self).__name__))
        self.reason = reason


def rows_of(raw: bytes) -> list[Row]:
    """Return the rows of a CSV file that hold anything.

    Raises InvalidInput for what is no CSV, is too large, or holds no table.
    """
    if len(raw) > LARGEST:
        raise InvalidInput(_l("This file is larger than 5 MB. Download a shorter time from the bank."), field="file")
    rows = delimited.best_split(_decode(raw))
    if len(rows) < 2 or max(len(cells) for _line, cells in rows) < 3:
        raise InvalidInput(_l("No table was found in this file. Download the statement as CSV."), field="file")
    if len(rows) > MOST_ROWS or max(len(cells) for _line, cells in rows) > MOST_COLUMNS:
        raise InvalidInput(_l("This file has too many rows or columns. Download a shorter time."), field="file")
    return rows


def _decode(raw: bytes) -> str:
    if raw.startswith(NO_CSV):
        raise InvalidInput(_l("This is an Excel or PDF file. Save it as CSV, or download it as CSV."), field="file")
    text = delimited.text_of(raw)
    if text is None:
        raise InvalidInput(_l("This file cannot be read as text. Download it as CSV."), field="file")
    return text


AMOUNT = re.compile(
    r"(?P<whole>[0-9]{1,3}(?P<group>[., ])[0-9]{3}(?:(?P=group)[0-9]{3})*|[0-9]+)"
    r"(?:(?P<point>[.,])(?P<part>[0-9]{1,2}))?"
)
SIGNS = {"CR": 1, "C": 1, "K": 1, "KREDIT": 1, "CREDIT": 1, "KR": 1, "+": 1}
SIGNS |= {"DB": -1, "D": -1, "DEBET": -1, "DEBIT": -1, "DR": -1, "-": -1}
AROUND = re.compile(r"(?P<sign>[-+−]?)(?P<body>.*?)\s*(?P<mark>[A-Z]*|[-+−])")


def amount_of(cell: str) -> int:
    """Return a sum in rupiah, below zero where its sign, brackets or mark say that it left; 0 for an empty cell.

    Raises Unreadable for what is no sum, and for parts of a rupiah.
    """
    text = re.sub(r"(?i)\bRP\.?|\bIDR|['\s\u00a0\u202f]", "", cell.upper())
    text = re.sub(r"[.,]-$", "", text)  # 1.500,- as shops write it
    if text in ("", "-"):
        return 0
    has_left = text.startswith("(") and text.endswith(")")
    text = text[1:-1] if has_left else text
    found = AROUND.fullmatch(text.replace("−", "-"))
    assert found is not None  # it takes any text
    mark = SIGNS.get(found["mark"]) if found["mark"] else 1
    if mark is None:
        raise Unreadable(_l("This is not a sum."))
    # One word for it is enough: a minus beside a debit mark is not money that came.
    has_left = has_left or mark < 0 or found["sign"] == "-"
    return -_whole(found["body"]) if has_left else _whole(found["body"])


def _whole(text: str) -> int:
    found = AMOUNT.fullmatch(text)
    if found is None or (found["point"] and found["point"] == found["group"]):
        raise Unreadable(_l("This is not a sum."))
    if (found["part"] or "0").strip("0"):
        raise Unreadable(_l("This sum has parts of a rupiah."))
    rupiah = int(re.sub(r"[., ]", "", found["whole"]))
    if rupiah > MAX_RUPIAH:
        raise Unreadable(_l("This sum is too large."))
    return rupiah


def sign_of(cell: str) -> int:
    """Return 1 for money that came, −1 for money that left. Raises Unreadable for another mark."""
    sign = SIGNS.get(cell.strip().upper().rstrip("."))
    if sign is None:
        raise Unreadable(_l("It does not say whether this came or left."))
    return sign


MONTHS = {
    name: number
    for number, names in enumerate(
        (
            *("JAN", "FEB PEB", "MAR", "APR", "MEI MAY", "JUN", "JUL", "AGU AGS AGT AUG", "SEP"),
            *("OKT OCT", "NOV NOP", "DES DEC"),
        ),
        start=1,
    )
    for name in names.split()
}
DAY = re.compile(
    r"'?(?P<a>[0-9]{1,4})[-/. ](?P<b>[0-9]{1,2}|[A-Z]{3,10})(?:[-/. ](?P<c>[0-9]{4}|[0-9]{2}))?(?:[T ,]+[0-9:.]+)?",
)


def day_of(cell: str, today: dt.date, *, day_first: bool) -> dt.date:
    """Return a day; without its year the last such day that is not ahead. Raises Unreadable for what is no day."""
    found = DAY.fullmatch(cell.strip().upper())
    if found is None:
        raise Unreadable(_l("No date stands here."))
    a, b, c = found["a"], found["b"], found["c"]
    month = MONTHS.get(b[:3]) if b.isalpha() else int(b)
    if len(a) == 4:
        return _day(int(a), month, int(c or 0))
    if b.isdigit() and not day_first:
        a, month = b, int(a)
    if c is None:
        return _last(today, month, int(a))
    return _day(int(c) + (2000 if len(c) == 2 else 0), month, int(a))


def _last(today: dt.date, month: int | None, number: int) -> dt.date:
    found = _day(today.year, month, number)
    return found if found <= today else _day(today.year - 1, month, number)


def _day(year: int, month: int | None, number: int) -> dt.date:
    try:
        return dt.date(year, month or 0, number)
    except ValueError:
        raise Unreadable(_l("No such date.")) from None


def goes_day_first(cells: Sequence[str]) -> bool:
    """Tell whether days of a column are written before their months, as in Indonesia; so where nothing tells."""
    pairs = [DAY.fullmatch(cell.strip().upper()) for cell in cells]
    seconds = [int(found["b"]) for found in pairs if found and found["b"].isdigit() and len(found["a"]) < 4]
    return not any(number > 12 for number in seconds)
