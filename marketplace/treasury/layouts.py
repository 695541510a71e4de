"""What the columns of a statement hold, guessed from their heads, and the lines that come of it. No database."""

import datetime as dt
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..shared.delimited import Row
from ..shared.i18n import Text, _l
from .models import TEXT_LENGTH
from .reading import Column, Unreadable, amount_of, day_of, goes_day_first, sign_of

C = Column
KNOWN: tuple[tuple[Column, str], ...] = (
    (C.SKIP, r"saldo|balance"),
    (C.MARK, r"^(d\W?[ck]|db\W?cr|cr\W?db|d/k|type|tipe|jenis|mutasi d)"),
    (C.DAY, r"^(tanggal|tgl|date|post|trans\w* date|waktu|tanggal transaksi)"),
    (C.OUT, r"debet|debit|keluar|withdraw"),
    (C.IN, r"kredit|credit|masuk|deposit"),
    (C.AMOUNT, r"jumlah|amount|nominal|mutasi|nilai"),
    (C.TEXT, r"keterangan|uraian|desc|remark|berita|rincian|detail|narasi|transaksi|referen|pengirim|nama"),
)
"""Words in a head that tell what its column holds, the first that fits."""


@dataclass(frozen=True)
class Table:
    """The heads of a statement's columns, and the rows under them."""

    heads: list[str]
    rows: list[Row]

    def samples(self, column: int) -> list[str]:
        """Return the first cells of a column that hold anything."""
        cells = (cells[column].strip() for _line, cells in self.rows if column < len(cells))
        return [cell for cell in cells if cell][:3]


@dataclass(frozen=True)
class Layout:
    """What each column holds, and whether days are written before months."""

    columns: Sequence[Column]
    day_first: bool

    def at(self, kind: Column) -> list[int]:
        """Return the places of the columns of a kind."""
        return [place for place, each in enumerate(self.columns) if each is kind]


def table_of(rows: Sequence[Row]) -> Table:
    """Find the heads: the first row of several words, none of which is a sum or a day. What is above is no table."""
    for at, (_line, cells) in enumerate(rows[:50]):
        words = [cell.strip() for cell in cells if cell.strip()]
        if len(words) >= 3 and not any(re.search(r"[0-9]", word) for word in words):
            return Table([cell.strip() for cell in cells], list(rows[at + 1 :]))
    width = max(len(cells) for _line, cells in rows)
    return Table([f"Kolom {number}" for number in range(1, width + 1)], list(rows))


def guess(table: Table) -> Layout:
    """Guess what the columns hold."""
    columns = [_guess_one(head) for head in table.heads]
    for single in (C.DAY, C.IN, C.OUT, C.AMOUNT, C.MARK):
        for place in [at for at, each in enumerate(columns) if each is single][1:]:
            columns[place] = C.SKIP
    if C.IN in columns:
        columns = [C.SKIP if each in (C.AMOUNT, C.MARK) else each for each in columns]
    elif C.OUT in columns:  # a "debit/credit" column is a mark, not a sum
        columns = [C.MARK if each is C.OUT else each for each in columns]
    days = [
        cells[at] for at, each in enumerate(columns) if each is C.DAY for _n, cells in table.rows if at < len(cells)
    ]
    return Layout(columns, goes_day_first(days))


def _guess_one(head: str) -> Column:
    words = head.lower()
    return next((column for column, pattern in KNOWN if re.search(pattern, words)), C.SKIP)


def wrong_with(layout: Layout) -> list[Text]:
    """Say what a layout lacks or has too much of; nothing when lines can be read by it."""
    count = Counter(layout.columns)
    problems: list[Text] = []
    if count[C.DAY] != 1:
        problems.append(_l("Choose exactly one column with the date."))
    if not count[C.TEXT]:
        problems.append(_l("Choose at least one column with the description."))
    if (count[C.IN] == 1) == (count[C.AMOUNT] == 1) or count[C.IN] > 1 or count[C.AMOUNT] > 1:
        problems.append(_l("Choose either one column with money in, or one with amounts of both ways."))
    if count[C.OUT] > 1 or count[C.MARK] > 1 or (count[C.MARK] and not count[C.AMOUNT]):
        problems.append(_l("Choose at most one column with money out, and a mark only beside amounts of both ways."))
    return problems


@dataclass(frozen=True)
class Read:
    """One line as it was understood."""

    day: dt.date
    amount: int
    text: str
    digest: str


@dataclass(frozen=True)
class Rejected:
    """A row that could not be understood: its number in the file, what stands there, and why."""

    line: int
    shown: str
    reason: Text


def read(table: Table, layout: Layout, today: dt.date) -> tuple[list[Read], list[Rejected]]:
    """Return the lines of a statement, and the rows that are none."""
    found: list[tuple[dt.date, int, str]] = []
    rejected: list[Rejected] = []
    for line, cells in table.rows:
        try:
            found.append(_read_row(cells, layout, today))
        except Unreadable as error:
            rejected.append(
                Rejected(line, " · ".join(cell.strip() for cell in cells if cell.strip())[:80], error.reason)
            )
    return list(_numbered(found)), rejected


def _read_row(cells: list[str], layout: Layout, today: dt.date) -> tuple[dt.date, int, str]:
    cells = cells + [""] * (len(layout.columns) - len(cells))
    day = day_of(cells[layout.at(C.DAY)[0]], today, day_first=layout.day_first)
    if day > today:
        raise Unreadable(_l("This day is still to come."))
    amount = _amount(cells, layout)
    if amount == 0:
        raise Unreadable(_l("No sum stands here."))
    text = " ".join(" ".join(cells[place] for place in layout.at(C.TEXT)).split())
    return day, amount, "".join(sign for sign in text if sign.isprintable())[:TEXT_LENGTH]


def _amount(cells: list[str], layout: Layout) -> int:
    """Return what came above zero. A minus never makes more of it: what was reversed among what came has left."""
    if layout.at(C.IN):
        came = amount_of(cells[layout.at(C.IN)[0]])
        left = sum(abs(amount_of(cells[place])) for place in layout.at(C.OUT))  # some banks write it with a minus
        if came and left:
            raise Unreadable(_l("Money in and money out stand in one row."))
        return came - left
    amount = amount_of(cells[layout.at(C.AMOUNT)[0]])
    marks = layout.at(C.MARK)
    has_left = bool(marks) and amount != 0 and sign_of(cells[marks[0]]) < 0
    return -abs(amount) if has_left else amount


def _numbered(found: Iterable[tuple[dt.date, int, str]]) -> Iterable[Read]:
    """Give each line its digest: equal ones of a file are told apart by their running number."""
    count: Counter[tuple[dt.date, int, str]] = Counter()
    for day, amount, text in found:
        key = (day, amount, text.upper())
        count[key] += 1
        words = "|".join((day.isoformat(), str(amount), text.upper(), str(count[key])))
        yield Read(day, amount, text, hashlib.sha256(words.encode()).hexdigest())
