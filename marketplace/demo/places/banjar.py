"""Kota Banjar: to be told."""

import datetime as dt
from collections.abc import Mapping

from ...shared.images import Prepared
from .common import Said

NAME = "Kota Banjar"


def play(photos: Mapping[str, Prepared], now: dt.datetime) -> None:
    """Play the story up to a moment."""


def recap() -> list[Said]:
    """Return what the story adds up to, counted from the rows."""
    return []
