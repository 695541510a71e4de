"""What a correction changed: by the name of the field, and from what to what where that tells nobody who it is."""

from collections.abc import Mapping
from typing import Any

from ..shared import personal
from .models import Household, Person

PLAIN = ("village_code", "registry_source", "decile", "relation", "sex", "wrse", "joined_on")
"""Fields of which the log keeps old and new."""
HIDDEN = ("name", "born_on")
NUMBERS = {"kk_hash": "kk", "nik_hash": "nik"}


def between(row: Household | Person, columns: Mapping[str, Any]) -> dict[str, list[str] | None]:
    """Return field → [old, new], or None in their place where they are personal; what stays is left out."""
    told: dict[str, list[str] | None] = {}
    for name in (name for name in columns if _differs(row, name, columns[name])):
        if name in PLAIN:
            told[name] = [_written(getattr(row, name)), _written(columns[name])]
        elif name in HIDDEN or name in NUMBERS:
            told[NUMBERS.get(name, name)] = None
        elif name == "address_encrypted":
            told["address"] = None
    return told


def _differs(row: Household | Person, name: str, value: Any) -> bool:
    if name == "address_encrypted":  # the same text is never encrypted to the same bytes
        old = getattr(row, name)
        return personal.decrypt(old, purpose="address") != personal.decrypt(value, purpose="address")
    return bool(getattr(row, name) != value)


def _written(value: Any) -> str:
    return "" if value is None else str(value)
