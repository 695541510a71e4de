"""Files that are no lists, and cells that are not what they seem: told in words, never more."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import select

from marketplace.areas.models import Area
from marketplace.extensions import db
from marketplace.registry import columns, reading
from marketplace.registry.columns import Column
from marketplace.registry.labels import REASONS
from marketplace.registry.models import ImportState, Outcome, RegistryRow
from marketplace.registry.reading import Trouble, Unreadable
from marketplace.registry.rules import Reason
from marketplace.registry.shown import refused_sheet
from tests.registry import listing
from tests.registry.listing import HEADS, checked, counts, csv, kk, nik, row, xlsx

SHEET = "xl/worksheets/sheet1.xml"


def part(name: str, change: Callable[[bytes], bytes], raw: bytes) -> bytes:
    """Return an Excel file with one of its parts changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            new.writestr(each, change(old.read(each)) if each == name else old.read(each))
    return buffer.getvalue()


def zipped(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return buffer.getvalue()


def far_row() -> bytes:
    """Return a file whose last row says that it stands far below the end of any sheet."""
    return part(SHEET, lambda text: text.replace(b'<row r="2"', b'<row r="99999999999"'), sheet_with_numbers())


def sheet_with_numbers() -> bytes:
    book = Workbook()
    for each in (HEADS, row(1)):
        book.active.append(each)  # type: ignore[union-attr]
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
NO_LISTS: dict[str, tuple[Callable[[], bytes], Trouble]] = {
    "nothing": (lambda: b"", Trouble.EMPTY),
    "heads only": (lambda: xlsx([]), Trouble.EMPTY),
    "old excel": (lambda: OLE, Trouble.OLD_EXCEL),
    "password": (lambda: OLE + "EncryptedPackage".encode("utf-16-le"), Trouble.PASSWORD),
    "pdf called xlsx": (lambda: b"%PDF-1.7 \n" + bytes(100), Trouble.NO_TABLE),
    "web page called xls": (lambda: b"<html><table><tr><td>NIK</td></tr></table></html>", Trouble.NO_TABLE),
    "photo": (lambda: b"\xff\xd8\xff\xe0" + bytes(100), Trouble.NO_TABLE),
    "libreoffice": (lambda: zipped(mimetype=b"x", content_xml=b"<x/>"), Trouble.OPEN_DOCUMENT),
    "word": (lambda: zipped(word__document_xml=b"<x/>"), Trouble.NO_TABLE),
    "half of a file": (lambda: xlsx([row(1)])[:900], Trouble.BROKEN),
    "broken sheet": (lambda: part(SHEET, lambda text: text[:300], xlsx([row(1)])), Trouble.BROKEN),
    "entities": (
        lambda: part(
            SHEET, lambda text: b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + text, xlsx([row(1)])
        ),
        Trouble.BROKEN,
    ),
    "unpacks to far more": (
        lambda: part(SHEET, lambda text: text + b" " * (reading.LARGEST_UNPACKED + 1), xlsx([row(1)])),
        Trouble.UNPACKED,
    ),
    "words without end": (
        lambda: part("xl/styles.xml", lambda text: text + b" " * (reading.LARGEST_WORDS + 1), xlsx([row(1)])),
        Trouble.UNPACKED,
    ),
    "row beyond the end": (far_row, Trouble.ROWS),
    "too many bytes": (lambda: b"x" * (reading.LARGEST + 1), Trouble.LARGE),
    "nul bytes": (lambda: b"NIK;KK;Nama;Desa\n\0\0\0\0", Trouble.NO_TEXT),
    "utf-16 without its mark": (lambda: csv([row(1)]).encode("utf-16-le"), Trouble.NO_TEXT),
    "prose": (lambda: b"Yth. Bapak Kepala Dinas\nBerikut kami kirim daftar.\n", Trouble.EMPTY),
    "a quote that never ends": (lambda: b'"' + b"x" * 200_000, Trouble.EMPTY),
}


@pytest.mark.parametrize("name", NO_LISTS)
def test_a_file_that_is_no_list_is_refused_in_words(name: str) -> None:
    make_file, trouble = NO_LISTS[name]
    with pytest.raises(Unreadable) as caught:
        columns.table_of(iter(list(reading.rows_of(make_file()))))
    assert caught.value.trouble is trouble
    assert str(reading.TROUBLES[trouble])


def test_every_trouble_is_shown_by_some_file() -> None:
    assert {trouble for _make, trouble in NO_LISTS.values()} == set(Trouble)


def test_a_million_declared_rows_are_not_believed() -> None:
    def lie(text: bytes) -> bytes:
        return text.replace(b"<sheetData>", b'<dimension ref="A1:XFD1048576"/><sheetData>')

    raw = part(SHEET, lie, xlsx([row(1)]))
    assert b"XFD1048576" in zipfile.ZipFile(io.BytesIO(raw)).read(SHEET)
    assert [line for line, _cells in reading.rows_of(raw)] == [1, 2]


def test_a_sheet_that_says_it_is_smaller_is_read_whole() -> None:
    def lie(text: bytes) -> bytes:
        return text.replace(b"<sheetData>", b'<dimension ref="A1:B1"/><sheetData>')

    assert len(list(reading.rows_of(part(SHEET, lie, xlsx([row(1), row(2)]))))) == 3


def test_too_many_rows_end_the_import_with_words(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_ROWS", 50)
    made = checked(xlsx([row(number) for number in range(1, 80)]))
    assert (made.state, made.problem, made.content_encrypted) == (ImportState.FAILED, Trouble.ROWS.value, None)


WRITINGS = {
    "utf-8": ";",
    "utf-8-sig": ",",
    "utf-16": "\t",
    "cp1252": "|",
}


@pytest.mark.parametrize("encoding", WRITINGS)
def test_every_encoding_and_separator_gives_the_same_rows(encoding: str) -> None:
    rows = [row(1, nama="Nurʼaini" if encoding.startswith("utf") else "José Señor"), row(2)]
    read = list(reading.rows_of(csv(rows, WRITINGS[encoding]).encode(encoding)))
    assert [cells for _line, cells in read] == [list(HEADS), *rows]


CELLS: dict[str, tuple[dict[str, Any], Reason]] = {
    "nik as a number": ({"nik": 6306050101900001}, Reason.ROUNDED),
    "nik as a fraction": ({"nik": 6.3060501019e15}, Reason.ROUNDED),
    "nik as excel shows it": ({"nik": "6,30605E+15"}, Reason.ROUNDED),
    "kk as a number": ({"kk": 6306050101200001}, Reason.ROUNDED),
    "formula": ({"nama": "=cmd|' /C calc'!A0"}, Reason.FORMULA),
    "formula with a sign": ({"alamat": "+SUM(1)"}, Reason.FORMULA),
    "formula in a number": ({"nik": "=A1"}, Reason.FORMULA),
    "merged away": ({"kk": None}, Reason.NO_KK),
    "no nik": ({"nik": ""}, Reason.NO_NIK),
    "short nik": ({"nik": "63060501"}, Reason.NIK),
    "no such province": ({"nik": "0106050101900001"}, Reason.NIK),
    "no such day": ({"nik": "6306053113900001"}, Reason.NIK),
    "letters in the kk": ({"kk": "63060501012000O1"}, Reason.KK),
    "day as a number": ({"lahir": 32874}, Reason.BORN),
    "day by words": ({"lahir": "1 Januari 1990"}, Reason.BORN),
    "another day": ({"lahir": "02/01/1990"}, Reason.BORN_NIK),
    "a day to come": ({"lahir": "01/01/2990"}, Reason.BORN_LATER),
    "another sex": ({"jenis": "P"}, Reason.SEX_NIK),
    "no sex": ({"jenis": "X"}, Reason.SEX),
    "decile": ({"desil": "11"}, Reason.DECILE),
    "decile as a share": ({"desil": 0.2}, Reason.DECILE),
    "village": ({"desa": "Atlantis"}, Reason.VILLAGE),
    "no village": ({"desa": True}, Reason.VILLAGE),
    "empty village": ({"desa": ""}, Reason.NO_VILLAGE),
    "village elsewhere": ({"desa": "63.71.01.1001"}, Reason.OTHER_REGENCY),
    "relation": ({"hubungan": "Tetangga"}, Reason.RELATION),
    "no name": ({"nama": "-"}, Reason.NO_NAME),
    "long name": ({"nama": "Budi " * 30}, Reason.LONG_NAME),
    "no head": ({"hubungan": "Anak"}, Reason.NO_HEAD),
}


def test_cells_that_are_not_what_they_seem(app: Flask) -> None:
    rows = [row(number, **values) for number, (values, _reason) in enumerate(CELLS.values(), start=1)]
    made = checked(xlsx([*rows, row(99)]))
    db.session.rollback()
    found = db.session.execute(select(RegistryRow.reason, RegistryRow.outcome).order_by(RegistryRow.number)).all()
    assert counts(made) == (1, 0, 0, len(rows))
    wanted = [reason.value for _values, reason in CELLS.values()]
    assert dict(zip(CELLS, [reason for reason, _outcome in found], strict=False)) == dict(
        zip(CELLS, wanted, strict=True)
    )
    assert found[-1].outcome is Outcome.NEW
    sheet = [list(each) for each in refused_sheet(made).rows]
    assert [each[-2] for each in sheet] == [str(number + 1) for number in range(1, len(rows) + 1)]
    assert all(each[-1] for each in sheet)


COMPARED = {Reason.BORN_NIK, Reason.SEX_NIK, Reason.BORN_LATER}
"""What is only known where all that is said of a person can be read."""
OF_PERSON = {"nik", "nama", "hubungan", "jenis", "lahir"}
ALONE = {Reason.FORMULA, Reason.NO_HEAD}
"""A row with a formula is read no further; whose head is missing is asked of whole rows."""


def _pairs() -> Iterator[tuple[dict[str, Any], set[Reason]]]:
    """Yield what two wrong cells of a row say, and all that has to be named of them."""
    alone = [(values, reason) for values, reason in CELLS.values() if reason not in ALONE]
    for (one, first), (other, second) in combinations(alone, 2):
        if one.keys() == other.keys() or {first, second} <= COMPARED:
            continue
        hides = {first if other.keys() <= OF_PERSON else None, second if one.keys() <= OF_PERSON else None}
        yield one | other, {first, second} - (hides & COMPARED)


def test_everything_that_is_wrong_with_a_row_is_named_at_once(app: Flask) -> None:
    pairs = list(_pairs())
    made = checked(xlsx(row(number, **values) for number, (values, _reasons) in enumerate(pairs, start=1)))
    assert len(pairs) > 200
    assert counts(made) == (0, 0, 0, len(pairs))
    for each, (values, reasons) in zip(refused_sheet(made).rows, pairs, strict=True):
        said = {reason for reason, text in REASONS.items() if str(text) in str(list(each)[-1])}
        assert said == reasons, values


def test_days_that_excel_keeps_as_days_and_names_of_villages_are_read(app: Flask) -> None:
    day: Any = dt.datetime(1990, 1, 1)  # noqa: DTZ001  (Excel knows no zones)
    name = _village_name()
    made = checked(
        xlsx(
            [
                row(1, lahir=day),
                row(2, desa=f"Desa {name.upper()}"),
                row(3, desa="6306051001"),
                row(4, nik="'" + nik(4)),
            ]
        )
    )
    assert counts(made) == (4, 0, 0, 0)


def _village_name() -> str:
    found = db.session.get_one(Area, listing.VILLAGE).name
    db.session.rollback()
    return found


def test_doubles_in_the_file_are_named(app: Flask) -> None:
    made = checked(xlsx([row(1), row(2, nik=nik(1)), row(3, kk=kk(1)), row(4)]))
    assert counts(made) == (2, 0, 0, 2)
    db.session.rollback()
    refused = db.session.execute(
        select(RegistryRow.number, RegistryRow.reason, RegistryRow.other).where(RegistryRow.outcome == Outcome.REFUSED)
    ).all()
    assert sorted(map(tuple, refused)) == [(3, Reason.NIK_TWICE, 2), (4, Reason.TWO_HEADS, 2)]


HEADINGS = {
    ("NO", "NOMOR KK", "NIK", "NAMA", "DESA/KELURAHAN"): "skip kk nik name village",
    ("No. KK", "NIK", "Nama Lengkap", "SHDK", "JK", "Tgl Lahir"): "kk nik name relation sex born",
    ("id_keluarga_p3ke", "nokk", "nik", "nama", "nama_desa", "kode_desa"): "skip kk nik name skip village",
    ("Kabupaten", "Kecamatan", "Kelurahan", "Alamat", "Nama KRT", "Desil Kesejahteraan"): (
        "skip district village address name decile"
    ),
    ("N I K", "No. K K", "Nama", "L/P", "Desa"): "nik kk name sex village",
    ("Nama Kepala Keluarga", "Nama Ibu Kandung", "No HP", "WRSE (Ya/Tidak)"): "name skip skip wrse",
}


@pytest.mark.parametrize("heads", HEADINGS, ids=lambda heads: str(heads[0]))
def test_columns_are_guessed_from_their_heads(heads: tuple[str, ...]) -> None:
    assert " ".join(columns.guess(heads)) == HEADINGS[heads]


def test_titles_above_the_heads_are_no_rows() -> None:
    rows: list[tuple[str, ...]] = [("DATA P3KE 2025", "", "", ""), ("",), HEADS, tuple(row(1))]
    table = columns.table_of(reading.rows_of(xlsx(rows[1:], rows[0])))
    assert (table.heads, table.head_line) == (list(HEADS), 3)
    assert columns.guess(table.heads).count(Column.SKIP) == 1
