"""What area codes say, and which dated number holds."""

import datetime as dt
from dataclasses import dataclass

import pytest

from marketplace.areas import rules
from marketplace.areas.models import FigureKey
from marketplace.areas.settings import KINDS, UNITS


@dataclass(frozen=True)
class Row:
    area_code: str
    effective_from: dt.date


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


ROWS = [
    Row("ID", day("2020-01-01")),
    Row("ID", day("2026-01-01")),
    Row("63", day("2024-01-01")),
    Row("63.06", day("2025-01-01")),
    Row("63.06", day("2025-07-01")),
]
CODES = ("63.06", "63", "ID")


@pytest.mark.parametrize(
    ("when", "row"),
    [
        ("2019-12-31", None),
        ("2020-01-01", 0),
        ("2023-12-31", 0),
        ("2024-01-01", 2),
        ("2024-12-31", 2),
        ("2025-01-01", 3),
        ("2025-06-30", 3),
        ("2025-07-01", 4),
        ("2026-06-01", 4),
    ],
)
def test_the_closest_area_wins_and_in_it_the_newest(when: str, row: int | None) -> None:
    expected = None if row is None else ROWS[row]
    assert rules.effective(ROWS, CODES, day(when)) == expected
    assert rules.effective(reversed(ROWS), CODES, day(when)) == expected


@pytest.mark.parametrize(
    ("code", "province", "regency", "district", "parent"),
    [
        ("63", "63", "63", "63", None),
        ("63.06", "63", "63.06", "63.06", "63"),
        ("63.06.05", "63", "63.06", "63.06.05", "63.06"),
        ("63.06.05.1001", "63", "63.06", "63.06.05", "63.06.05"),
    ],
)
def test_a_code_names_what_it_lies_in(code: str, province: str, regency: str, district: str, parent: str) -> None:
    assert rules.province_of(code) == province
    assert rules.regency_of(code) == regency
    assert rules.district_of(code) == district
    assert rules.parent_of(code) == parent


@pytest.mark.parametrize(
    ("code", "zone"),
    [("63.06", "Asia/Makassar"), ("32.79", "Asia/Jakarta"), ("33.28", "Asia/Jakarta"), ("91", "Asia/Jayapura")],
)
def test_each_province_has_its_zone(code: str, zone: str) -> None:
    assert rules.zone_of(code) == zone


def test_every_figure_has_a_name_a_unit_and_bounds() -> None:
    assert set(KINDS) == set(FigureKey)
    assert all(kind.unit in UNITS and kind.low < kind.high for kind in KINDS.values())
