"""Excel files: what was typed stays text, numbers and dates stay what they are."""

import datetime as dt
import io

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from marketplace.shared.exports import Sheet, download, workbook


def read_back(sheet: Sheet) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(workbook([sheet]))).get_sheet_by_index(0).to_python()


def test_values_keep_their_kind() -> None:
    sheet = Sheet("Isi", ["Name", "Sum", "Day"], [("Siti", 1_500_000, dt.date(2026, 11, 21)), ("Budi", -3, None)])
    assert read_back(sheet) == [
        ["Name", "Sum", "Day"],
        ["Siti", 1_500_000.0, dt.date(2026, 11, 21)],
        ["Budi", -3.0, ""],
    ]


@given(
    st.sampled_from(["=", "+", "-", "@", "https://", "{=", ""]), st.text(st.characters(codec="ascii", min_codepoint=32))
)
def test_no_formula_or_link_is_born_from_text(start: str, rest: str) -> None:
    text = start + "1" + rest
    assert read_back(Sheet("s", ["h"], [(text,)]))[1] == [text]


def test_a_sheet_may_bear_any_name() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook([Sheet("a/b:[c]*?'\\" + "x" * 40, ["h"], [])])))
    assert len(book.sheet_names[0]) <= 31
    empty = CalamineWorkbook.from_filelike(io.BytesIO(workbook([Sheet("//", ["h"], [])])))
    assert empty.sheet_names == ["-"]


def test_a_download_is_named(app: Flask) -> None:
    with app.test_request_context():
        response = download("daftar.xlsx", [Sheet("s", ["h"], [])])
    assert response.headers["Content-Disposition"] == "attachment; filename=daftar.xlsx"
    assert "spreadsheet" in response.headers["Content-Type"]
