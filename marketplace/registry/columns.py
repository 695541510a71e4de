"""What the columns of a list hold: guessed from their heads, and the table that they head. No database."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from ..shared.i18n import Text, _l
from .reading import Row, Trouble, Unreadable

SEARCHED = 30
"""The heads stand among so many first rows."""
SAMPLE = 5
FEWEST = 4
"""Columns of the narrowest list: KK, NIK, name and village."""
HEAD_LENGTH = 80


class Column(StrEnum):
    """What a column of a list holds."""

    SKIP = "skip"
    KK = "kk"
    NIK = "nik"
    NAME = "name"
    RELATION = "relation"
    SEX = "sex"
    BORN = "born"
    WRSE = "wrse"
    ADDRESS = "address"
    VILLAGE = "village"
    DISTRICT = "district"
    DECILE = "decile"


C = Column
NEEDED = {
    C.KK: _l("Choose the column with the KK number."),
    C.NIK: _l("Choose the column with the NIK."),
    C.NAME: _l("Choose the column with the name."),
    C.VILLAGE: _l("Choose the column with the village."),
}
KNOWN: tuple[tuple[Column, str], ...] = (
    (C.SKIP, r"^(no|nomor|no urut|alasan|reason|baris)$|ibu kandung|telepon|\bhp\b|provinsi|kabupaten|\bkab\b"),
    (C.SKIP, r"id ?(keluarga|individu|dtks|bdt)"),
    (C.RELATION, r"hubungan|\bhub\b|shdk|shdrt|status (dalam )?keluarga|relation"),
    (C.WRSE, r"wrse|rawan sosial"),
    (C.KK, r"\bno(mor)?\.? ?(kartu keluarga|kk)|^(nokk|kk|kartu keluarga)|family card|kk number"),
    (C.NIK, r"\bnik\b|^nik|no(mor)? ?(ktp|induk)"),
    (C.DECILE, r"desil|decile|peringkat kesejahteraan"),
    (C.DISTRICT, r"kecamatan|\bkec\b|district"),
    (C.VILLAGE, r"desa|kelurahan|\bkel\b|village"),
    (C.BORN, r"(tanggal|tgl)\.? ?lahir|birth|lahir$"),
    (C.SEX, r"kelamin|\bjk\b|gender|^sex|^l ?/ ?p\b"),
    (C.ADDRESS, r"alamat|address|jalan"),
    (C.NAME, r"nama|name"),
)
"""Words in a head that tell what its column holds, the first that fits."""
CODED = r"kode|code"


@dataclass(frozen=True)
class Table:
    """The heads of a list, the number of their row (0 without one), and its first rows."""

    heads: list[str]
    head_line: int
    sample: list[list[str]]


def table_of(rows: Iterable[Row]) -> Table:
    """Find the heads: the first row of several words of which none is a number. Raises Unreadable without a table."""
    first = list(islice(rows, SEARCHED + SAMPLE))
    for place, (line, cells) in enumerate(first[:SEARCHED]):
        words = [cell for cell in cells if cell]
        if len(words) >= FEWEST and not any(_is_number(word) for word in words):
            below = [under for _line, under in first[place + 1 :]][:SAMPLE]
            if not below:
                raise Unreadable(Trouble.EMPTY)
            return Table(_named(cells, below), line, below)
    sample = [cells for _line, cells in first][:SAMPLE]
    width = max((len(cells) for cells in sample), default=0)
    if width < FEWEST:
        raise Unreadable(Trouble.EMPTY)
    return Table(_named([""] * width, sample), 0, sample)


def _is_number(word: str) -> bool:
    return re.fullmatch(r"[0-9][0-9 .,/E+-]*", word) is not None


def _named(cells: Sequence[str], below: Sequence[Sequence[str]]) -> list[str]:
    """Give every column a name; columns without head and cells at the end are none."""
    width = max(
        (place + 1 for row in (cells, *below) for place, cell in enumerate(row) if cell),
        default=0,
    )
    filled = [*cells, *[""] * width][:width]
    return [cell[:HEAD_LENGTH] or f"Kolom {number}" for number, cell in enumerate(filled, start=1)]


def guess(heads: Sequence[str]) -> list[Column]:
    """Guess what the columns hold; of two that seem to hold the same, a code of an area counts before its name."""
    guessed = [_guess_one(head) for head in heads]
    for kind in set(guessed) - {C.SKIP}:
        places = [place for place, each in enumerate(guessed) if each is kind]
        best = min(places, key=lambda place: (_rank(kind, heads[place]), place))
        for place in places:
            guessed[place] = kind if place == best else C.SKIP
    return guessed


def _guess_one(head: str) -> Column:
    words = re.sub(r"[_\s]+", " ", head.lower()).strip(" .")
    words = re.sub(r"\b([a-z]) (?=[a-z]\b)", r"\1", words)  # letters set apart: N I K
    return next((column for column, pattern in KNOWN if re.search(pattern, words)), C.SKIP)


def _rank(kind: Column, head: str) -> int:
    """Return 0 for the likelier of two heads of a kind."""
    if kind is C.VILLAGE:
        return 0 if re.search(CODED, head.lower()) else 1
    return 1 if re.search(CODED, head.lower()) else 0


def wrong_with(roles: Sequence[Column]) -> list[Text]:
    """Say what is not chosen, or chosen twice; nothing when rows can be read by it."""
    count = Counter(roles)
    problems = [text for kind, text in NEEDED.items() if not count[kind]]
    if any(many > 1 for kind, many in count.items() if kind is not C.SKIP):
        problems.append(_l("Two columns are said to hold the same. Choose one of them."))
    return problems


@dataclass(frozen=True)
class Cells:
    """One row's cells by what they hold."""

    by_kind: dict[Column, str]

    def __getitem__(self, kind: Column) -> str:
        return self.by_kind.get(kind, "")


def cells_of(row: Sequence[str], roles: Sequence[Column]) -> Cells:
    """Return a row's cells by what their columns hold."""
    return Cells({kind: cell for kind, cell in zip(roles, row, strict=False) if kind is not C.SKIP})
