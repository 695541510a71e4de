"""Short names of products and parcels: few letters for a message, a label or a QR code, the same for good."""

import re
from typing import NamedTuple

from flask import current_app

from ..catalog.models import Product
from ..parcels.models import Parcel
from ..shared.errors import NotFound
from ..shared.web import MAX_ID

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
LETTERS: dict[type[Product | Parcel], str] = {Product: "p", Parcel: "b"}
"""What a name begins with: b is for `bingkisan`, a gift box."""
NAME = re.compile(r"([pb])([0-9a-z]{1,13})", re.ASCII)


class Named(NamedTuple):
    """What a short name stands for."""

    kind: type[Product | Parcel]
    id: int


def name_of(kind: type[Product | Parcel], key: int) -> str:
    """Return the short name of a product or parcel: its id in base 36, after a letter for what it is."""
    digits = ""
    while key:
        key, digit = divmod(key, len(DIGITS))
        digits = DIGITS[digit] + digits
    return LETTERS[kind] + digits


def read(name: str) -> Named:
    """Return what a short name stands for; capitals are as good, for people type it. Raises NotFound."""
    found = NAME.fullmatch(name.lower())
    if found is None:
        raise NotFound
    kind = next(kind for kind, letter in LETTERS.items() if letter == found[1])
    key = int(found[2], len(DIGITS))
    if not 0 < key <= MAX_ID or name_of(kind, key) != found[0]:
        raise NotFound
    return Named(kind, key)


def address_of(name: str) -> str:
    """Return the whole address that a short name is printed and sent as."""
    return f"{current_app.extensions['config'].base_url}/s/{name}"
