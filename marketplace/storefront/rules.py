"""What the public list can be narrowed and sorted by, read from an address that anybody may have typed."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from lokal import HOLIDAY_YEARS, get_holidays

from ..catalog.models import Category, PermitKind, ProductKind
from ..parcels.models import Occasion
from ..shared.money import MAX_RUPIAH

E = TypeVar("E", bound=StrEnum)

MAX_TEXT = 80
WRITTEN = re.compile(r"\b((?:product|parcel)-[0-9]{1,18}):([0-9]{1,9}):([0-9]{1,13})\b")
LONGEST_SHOWN = 40
"""So much of what was not understood is shown again."""
FEASTS = {Occasion.LEBARAN: "Idulfitri", Occasion.NATAL: "Kelahiran Yesus Kristus"}
"""What the government's list of holidays calls them."""
A_DAY = dt.timedelta(days=1)
BEFORE = {Occasion.LEBARAN: dt.timedelta(days=60), Occasion.NATAL: dt.timedelta(days=45)}
"""How long before a feast people begin to order for it."""
MAX_EACH = 999
"""How many of one thing a basket takes."""


class Sort(StrEnum):
    NEWEST = "newest"
    CHEAPEST = "cheapest"
    DEAREST = "dearest"
    NAME = "name"


@dataclass(frozen=True)
class Filters:
    """One narrowing of the public list; a value nobody offers is as good as none."""

    q: str = ""
    kind: ProductKind | None = None
    category: Category | None = None
    district: str = ""
    low: int | None = None
    high: int | None = None
    pirt: bool = False
    halal: bool = False
    available: bool = False
    sort: Sort = Sort.NEWEST

    @classmethod
    def read(cls, args: Mapping[str, str]) -> "Filters":
        """Read the filters from the arguments of an address."""
        return cls(
            q=" ".join(args.get("q", "")[:MAX_TEXT].split()),
            kind=_member(ProductKind, args.get("kind")),
            category=_member(Category, args.get("category")),
            district=_district(args.get("district", "")),
            low=_amount(args.get("low", "")),
            high=_amount(args.get("high", "")),
            pirt=bool(args.get("pirt")),
            halal=bool(args.get("halal")),
            available=bool(args.get("available")),
            sort=_member(Sort, args.get("sort")) or Sort.NEWEST,
        )

    @property
    def permits(self) -> tuple[PermitKind, ...]:
        """Return the permits that a product must have."""
        wanted = ((PermitKind.PIRT, self.pirt), (PermitKind.HALAL, self.halal))
        return tuple(kind for kind, on in wanted if on)

    def as_args(self) -> dict[str, str]:
        """Return the filters that are set as arguments of an address, sorted: one narrowing, one text."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        # A price of 0 is a filter, though it equals False.
        is_set = {name: value for name, value in values.items() if value is not None and value is not False}
        return {name: _text(value) for name, value in sorted(is_set.items()) if value != ""}

    @property
    def narrowing(self) -> int:
        """Return how many filters are set, text and sort apart."""
        return len(set(self.as_args()) - {"q", "sort"})


def strange(args: Mapping[str, str]) -> dict[str, str]:
    """Return name → text of what an address asks for and nobody offers; it narrows nothing."""
    found = Filters.read(args)
    understood = {
        "kind": found.kind is not None,
        "category": found.category is not None,
        "district": found.district != "",
        "low": found.low is not None,
        "high": found.high is not None,
        "sort": _member(Sort, args.get("sort")) is not None,
    }
    asked = {name: args.get(name, "").strip()[:LONGEST_SHOWN] for name in understood}
    return {name: text for name, text in asked.items() if text and not understood[name]}


def _text(value: object) -> str:
    return "1" if value is True else str(value)


def _member(kind: type[E], text: str | None) -> E | None:
    return next((member for member in kind if member == text), None)


def _district(text: str) -> str:
    digits = text.replace(".", "")
    return text if len(text) == 8 and digits.isascii() and digits.isdigit() else ""


def _amount(text: str) -> int | None:
    digits = text.removeprefix("Rp").replace(".", "").strip()
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 13:
        return None
    return min(int(digits), MAX_RUPIAH)


@dataclass(frozen=True)
class Season:
    """An occasion that people shop for now, and its day."""

    occasion: Occasion
    day: dt.date


def seasons(day: dt.date) -> list[Season]:
    """Return what people shop for on a day: the feasts that are near enough, the next one first."""
    near = [(feast, kind) for kind, feasts in _feasts().items() for feast in feasts if _is_near(day, feast, kind)]
    return [Season(kind, feast) for feast, kind in sorted(near)]


def _is_near(day: dt.date, feast: dt.date, kind: Occasion) -> bool:
    return dt.timedelta(0) <= feast - day <= BEFORE[kind]


@lru_cache
def _feasts() -> dict[Occasion, list[dt.date]]:
    """Return the first day of each feast, in the years for which the government has set them."""
    found = {kind: _days_off(name) for kind, name in FEASTS.items()}
    return {kind: sorted(day for day in days if day - A_DAY not in days) for kind, days in found.items()}


def _days_off(name: str) -> set[dt.date]:
    days = (day for year in HOLIDAY_YEARS for day in get_holidays(year).holidays)
    feasts = (day for day in days if day.name.startswith(name) and day.type == "libur_nasional")
    return {dt.date.fromisoformat(day.date) for day in feasts}


def written(lines: Iterable[tuple[str, int, int]]) -> str:
    """Write the lines of a basket (thing, quantity, price) as one text: it changes when they do."""
    return " ".join(f"{thing}:{quantity}:{price}" for thing, quantity, price in sorted(lines))


def read_written(text: str) -> dict[str, tuple[int, int]]:
    """Return thing → (quantity, price) of what `written` wrote; anybody may send anything, and the rest is left out."""
    return {thing: (int(quantity), int(price)) for thing, quantity, price in WRITTEN.findall(text)}
