"""How often somebody may ask in a minute: for phones that are off their head, and for guesses at secrets.

Counted in the cache: by each server for itself where it has no common one. What it guards is our work, not a secret.
"""

from ..extensions import cache
from ..shared import clock
from ..shared.errors import Locked
from ..shared.i18n import _l

MINUTE = 60
MOST = 60
"""Requests a minute: a till sends once a minute and after each sale, and what is late in batches of 50."""


class TooFast(Locked):
    """Too many requests in this minute."""

    def __init__(self) -> None:
        super().__init__(_l("Too many tries. Please wait a while."))


def keep(who: str) -> None:
    """Count a request of somebody. Raises TooFast beyond `MOST` in a minute."""
    key = f"pace/{who}/{int(clock.now().timestamp()) // MINUTE}"
    count = (cache.get(key) or 0) + 1
    cache.set(key, count, timeout=2 * MINUTE)
    if count > MOST:
        raise TooFast
