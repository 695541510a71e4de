"""Statements as banks write them: sums, days, encodings, separators; what cannot be read is said, never guessed."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.shared.errors import InvalidInput
from marketplace.treasury import layouts
from marketplace.treasury.layouts import Layout, Read, Rejected
from marketplace.treasury.reading import Column, Unreadable, amount_of, day_of, goes_day_first, rows_of

TODAY = dt.date(2026, 11, 22)

SUMS = [
    ("1.234.567,00", 1_234_567),
    ("1,234,567.00", 1_234_567),
    ("1234567", 1_234_567),
    ("1234567.00", 1_234_567),
    ("Rp 1.500.000", 1_500_000),
    ("Rp1.500.000,-", 1_500_000),
    ("IDR 50,000.00", 50_000),
    ("50.000", 50_000),
    ("50,000", 50_000),
    ("-50.000,00", -50_000),
    ("50.000,00-", -50_000),
    ("(50.000)", -50_000),
    ("+75.000", 75_000),
    ("50.000,00 CR", 50_000),
    ("50,000.00 DB", -50_000),
    ("1 234 567", 1_234_567),
    ("-50.000,00 DB", -50_000),
    ("-50.000,00 CR", -50_000),
    ("(-50.000)", -50_000),
    ("'50000", 50_000),
    ("", 0),
    ("-", 0),
    ("0,00", 0),
]


@pytest.mark.parametrize(("cell", "rupiah"), SUMS)
def test_a_sum_is_read(cell: str, rupiah: int) -> None:
    assert amount_of(cell) == rupiah


@pytest.mark.parametrize(
    "cell", ["12,34", "1.5", "1.2345", "12.34.567", "1.234.56", "abc", "50.000 XX", "9" * 16, "--5"]
)
def test_what_is_no_whole_sum_is_refused(cell: str) -> None:
    with pytest.raises(Unreadable):
        amount_of(cell)


@given(st.integers(1, 10**12), st.sampled_from([".", ","]), st.booleans(), st.sampled_from(["", "-"]))
def test_every_sum_is_read_as_it_was_written(rupiah: int, group: str, has_part: bool, sign: str) -> None:
    point = "," if group == "." else "."
    written = f"{sign}{rupiah:,}".replace(",", group) + (f"{point}00" if has_part else "")
    assert amount_of(written) == (-rupiah if sign else rupiah)


@pytest.mark.parametrize(
    ("cell", "day_first", "day"),
    [
        ("22/11/2026", True, dt.date(2026, 11, 22)),
        ("11/22/2026", False, dt.date(2026, 11, 22)),
        ("01-02-26", True, dt.date(2026, 2, 1)),
        ("2026-11-02", True, dt.date(2026, 11, 2)),
        ("2026-11-02T08:15:00", False, dt.date(2026, 11, 2)),
        ("02/11/2026 08.15.33", True, dt.date(2026, 11, 2)),
        ("22 Nov 2026", True, dt.date(2026, 11, 22)),
        ("17 Agustus 2026", False, dt.date(2026, 8, 17)),
        ("05-MEI-26", True, dt.date(2026, 5, 5)),
        ("'22/11", True, dt.date(2026, 11, 22)),
        ("23/11", True, dt.date(2025, 11, 23)),
    ],
)
def test_a_day_is_read(cell: str, day_first: bool, day: dt.date) -> None:
    assert day_of(cell, TODAY, day_first=day_first) == day


@pytest.mark.parametrize("cell", ["", "PEND", "31/02/2026", "22/13/2026", "SALDO AWAL", "1.500.000", "29/02"])
def test_what_is_no_day_is_refused(cell: str) -> None:
    with pytest.raises(Unreadable):
        day_of(cell, TODAY, day_first=True)


def test_the_order_of_day_and_month_is_told_by_what_cannot_be_a_month() -> None:
    assert goes_day_first(["01/02/2026", "22/11/2026"])
    assert not goes_day_first(["01/02/2026", "11/22/2026"])
    assert goes_day_first(["01/02/2026"])


INDONESIAN = """Informasi Rekening - Mutasi Rekening
No. rekening : 0011223344

Tanggal;Keterangan;Cabang;Debet;Kredit;Saldo
20/11/2026;TRSF E-BANKING CR SITI WK2611-00001;0000;0,00;49.877,00;1.049.877,00
21/11/2026;BIAYA ADM;0000;6.500,00;0,00;1.043.377,00
21/11/2026;TRSF SETOR;0000;;25.000,00;1.068.377,00
21/11/2026;TRSF SETOR;0000;;25.000,00;1.093.377,00
Saldo Akhir;;;;;1.093.377,00
22/11/2026;BUNGA;0000;;12,34;1.093.389,34
23/11/2026;ESOK;0000;;9.000,00;1.102.389,34
"""
ENGLISH = """"Date","Description","Amount","DB/CR","Balance"
"11/20/2026","TRF, SITI","49,877.00","CR","1,049,877.00"
"11/21/2026","ADM FEE","6,500.00","DB","1,043,377.00"
"""


def read(text: str | bytes) -> tuple[Layout, list[Read], list[Rejected]]:
    table = layouts.table_of(rows_of(text.encode() if isinstance(text, str) else text))
    layout = layouts.guess(table)
    assert layouts.wrong_with(layout) == []
    return layout, *layouts.read(table, layout, TODAY)


def test_an_indonesian_statement_is_understood_unasked() -> None:
    layout, lines, rejected = read(INDONESIAN)
    assert layout.columns[:2] == [Column.DAY, Column.TEXT]
    assert [(line.day.day, line.amount) for line in lines] == [(20, 49_877), (21, -6_500), (21, 25_000), (21, 25_000)]
    assert len({line.digest for line in lines}) == 4  # equal lines are two lines
    assert [row.line for row in rejected] == [9, 10, 11]
    assert [str(row.reason) for row in rejected] == [
        "No date stands here.",
        "This sum has parts of a rupiah.",
        "This day is still to come.",
    ]


IN_AND_OUT = [
    # debit, credit, what comes of it (None: not read)
    ("", "5.000,00", 5_000),
    ("5.000,00", "", -5_000),
    ("0,00", "-5.000,00", -5_000),  # what came was reversed
    ("", "(5.000)", -5_000),
    ("", "5.000 DB", -5_000),
    ("-5.000,00", "0,00", -5_000),
    ("(5.000)", "", -5_000),
    ("-5.000,00", "9.000,00", None),
    ("9.000,00", "-5.000,00", None),
]


@pytest.mark.parametrize(("debit", "credit", "amount"), IN_AND_OUT)
def test_a_minus_never_makes_money_come(debit: str, credit: str, amount: int | None) -> None:
    heads = "Tanggal;Keterangan;Debet;Kredit\n"
    _layout, lines, rejected = read(f"{heads}20/11/2026;BALIK;{debit};{credit}\n")
    assert [line.amount for line in lines] == ([] if amount is None else [amount])
    assert [row.line for row in rejected] == ([2] if amount is None else [])


@pytest.mark.parametrize(("written", "mark", "amount"), [("5.000", "CR", 5_000), ("5.000", "DB", -5_000)])
@pytest.mark.parametrize("has_minus", [False, True])
def test_a_minus_beside_a_mark_never_makes_money_come(written: str, mark: str, amount: int, has_minus: bool) -> None:
    row = f"20/11/2026;BALIK;{'-' if has_minus else ''}{written};{mark}\n"
    _layout, lines, _rejected = read(f"Tanggal;Keterangan;Jumlah;DB/CR\n{row}")
    assert [line.amount for line in lines] == [-abs(amount) if has_minus else amount]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_an_english_statement_with_marks_is_understood_in_any_encoding(encoding: str) -> None:
    layout, lines, rejected = read(ENGLISH.replace("SITI", "SITÍ").encode(encoding))
    assert (layout.day_first, rejected) == (False, [])
    assert [(line.day, line.amount, line.text) for line in lines] == [
        (dt.date(2026, 11, 20), 49_877, "TRF, SITÍ"),
        (dt.date(2026, 11, 21), -6_500, "ADM FEE"),
    ]


def test_the_same_line_has_the_same_digest_in_any_form() -> None:
    english = ENGLISH.replace("TRF, SITI", "TRF SITI")
    indonesian = "Tanggal;Uraian;Jumlah\n20/11/2026;TRF  Siti;49.877,00\n21/11/2026;ADM FEE;-6.500\n"
    assert [line.digest for line in read(english)[1]] == [line.digest for line in read(indonesian)[1]]


def test_a_table_without_heads_can_be_told_by_hand() -> None:
    table = layouts.table_of(rows_of(b"20/11/2026,TRF 7,1000\n21/11/2026,TRF 8,2000\n"))
    layout = Layout([Column.DAY, Column.TEXT, Column.AMOUNT], True)
    assert [line.amount for line in layouts.read(table, layout, TODAY)[0]] == [1_000, 2_000]


C = Column


@pytest.mark.parametrize(
    "columns",
    [
        [C.TEXT, C.AMOUNT],
        [C.DAY, C.AMOUNT],
        [C.DAY, C.TEXT],
        [C.DAY, C.TEXT, C.IN, C.AMOUNT],
        [C.DAY, C.TEXT, C.OUT],
        [C.DAY, C.DAY, C.TEXT, C.IN],
        [C.DAY, C.TEXT, C.IN, C.MARK],
        [C.DAY, C.TEXT, C.IN, C.OUT, C.OUT],
    ],
)
def test_a_layout_that_gives_no_lines_is_refused(columns: list[Column]) -> None:
    assert layouts.wrong_with(Layout(columns, True))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"hanya teks",
        b"PK\x03\x04 xlsx",
        b"%PDF-1.7",
        b"a;b;c\n1;2\x00;3\n",
        b"\xff\xfe",
        b"x" * (5 * 1024 * 1024 + 1),
        b"a;b;c\n" + b"1;2;3\n" * 20_001,
        b'"' + b"a;b;c\n" * 50_000,
    ],
)
def test_what_is_no_statement_is_refused_in_words(raw: bytes) -> None:
    with pytest.raises(InvalidInput) as refused:
        rows_of(raw)
    assert refused.value.field == "file"


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    try:
        table = layouts.table_of(rows_of(raw))
    except InvalidInput:
        return
    layouts.guess(table)
    layouts.read(table, Layout([C.DAY, C.TEXT, C.AMOUNT], True), TODAY)
