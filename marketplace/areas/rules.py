"""What area codes say by themselves: `63.06.05.1001` is province, regency, district and village."""

import datetime as dt
from collections.abc import Iterable
from typing import Protocol, TypeVar

WIB, WITA, WIT = "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"
WITA_PROVINCES = frozenset({"51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76"})
"""Bali, Nusa Tenggara, South, East and North Kalimantan, Sulawesi (Presidential Decree 41/1987)."""
WIT_PROVINCES = frozenset({"81", "82", "91", "92", "93", "94", "95", "96"})
"""Maluku and Papua (Presidential Decree 41/1987)."""


def province_of(code: str) -> str:
    """Return the province's code."""
    return code[:2]


def regency_of(code: str) -> str:
    """Return the regency's or city's code."""
    return code[:5]


def district_of(code: str) -> str:
    """Return the district's code."""
    return code[:8]


def parent_of(code: str) -> str | None:
    """Return the code one level up; None above a province."""
    return code.rpartition(".")[0] or None


def zone_of(code: str) -> str:
    """Return the IANA time zone of the province an area lies in."""
    province = province_of(code)
    if province in WITA_PROVINCES:
        return WITA
    return WIT if province in WIT_PROVINCES else WIB


class Dated(Protocol):
    """A row that holds from a date on for an area."""

    @property
    def area_code(self) -> str: ...
    @property
    def effective_from(self) -> dt.date: ...


D = TypeVar("D", bound=Dated)


def effective(rows: Iterable[D], codes: Iterable[str], day: dt.date) -> D | None:
    """Return the newest row in force on a day for the first of the codes that has one."""
    in_force = [row for row in rows if row.effective_from <= day]
    for code in codes:
        fitting = [row for row in in_force if row.area_code == code]
        if fitting:
            return max(fitting, key=lambda row: row.effective_from)
    return None
