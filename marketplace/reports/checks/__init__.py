"""Everything that `flask check` recomputes, by what it is about."""

from . import (
    bills,
    documents,
    files,
    goods,
    ledger,
    offices,
    once,
    online,
    orders,
    people,
    snapshots,
    stock,
    tills,
    treasury,
)

ALL = (
    *stock.CHECKS,
    *orders.CHECKS,
    *ledger.CHECKS,
    *bills.CHECKS,
    *online.CHECKS,
    *documents.CHECKS,
    *offices.CHECKS,
    *treasury.CHECKS,
    *tills.CHECKS,
    *goods.CHECKS,
    *snapshots.CHECKS,
    *people.CHECKS,
    *once.CHECKS,
)
"""In the order of the path: from goods to money to months."""
FILES = files.CHECKS
"""Slow ones, run when asked for: they read the photo store."""
