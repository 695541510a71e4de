"""A long list asks a bounded number of questions for each handful of rows, and is never held as a whole."""

import tracemalloc

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.extensions import db
from marketplace.registry import columns, reading, service, work
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.counting import counted_queries
from tests.registry import listing
from tests.registry.listing import HEADS, child, csv, fresh, row, xlsx

MB = 1024 * 1024
MOST = 60
"""Statements for a handful, whatever stands in its rows; families that change cost one more each."""


def _rows(families: int) -> list[list[str]]:
    return [each for n in range(1, families + 1) for each in (row(n), child(5000 + n, of=n))]


def test_statements_of_a_handful_do_not_grow_with_its_rows(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    for families in (5, 60):
        monkeypatch.setattr(work, "CHUNK", 2 * families)
        import_id = listing.uploaded(xlsx(_rows(families)))
        work.read(import_id)
        db.session.rollback()
        with counted_queries() as checking:
            assert work.step(import_id)
        work.run()
        with unit_of_work():
            service.apply(import_id, make.user().id)
        with counted_queries() as applying:
            assert work.step(import_id)
        work.run()
        with unit_of_work():
            service.undo(import_id, make.user().id)
        with counted_queries() as undoing:
            assert work.step(import_id)
        work.run()
        assert fresh(import_id).kept == 0
        asked.append((len(checking), len(applying), len(undoing)))
    assert asked[0] == asked[1]
    assert max(asked[0]) < MOST, asked


def _peak(raw: bytes, rows: int) -> int:
    tracemalloc.start()
    try:
        assert sum(1 for _row in reading.rows_of(raw)) == rows + 1
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_long_file_is_read_without_holding_it() -> None:
    short, long = (_peak(xlsx(row(number) for number in range(rows)), rows) for rows in (200, 2_000))
    assert long - short < MB, (short, long)


TEXTS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=40).map(reading._clean)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(TEXTS, min_size=len(HEADS), max_size=len(HEADS)).filter(any), min_size=1, max_size=6))
def test_what_was_written_is_read(rows: list[list[str]]) -> None:
    cells = [each for _line, each in reading.rows_of(xlsx(rows))][1:]
    assert [(each + [""] * len(HEADS))[: len(HEADS)] for each in cells] == rows
    safe = [[text.replace('"', "").replace(";", "") for text in each] for each in rows]
    safe = [each for each in safe if any(each)]
    table = columns.table_of(reading.rows_of(csv([*safe, row(1)]).encode("utf-16")))
    assert table.heads == list(HEADS)
