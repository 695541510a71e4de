"""Everything that `flask check` recomputes, by what it is about."""

from . import (
    aid,
    bills,
    documents,
    files,
    goods,
    ledger,
    market_days,
    offices,
    once,
    online,
    orders,
    people,
    snapshots,
    stock,
    tents,
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
    *tents.CHECKS,
    *tills.CHECKS,
    *goods.CHECKS,
    *market_days.CHECKS,
    *aid.CHECKS,
    *snapshots.CHECKS,
    *people.CHECKS,
    *once.CHECKS,
)
"""In the order of the path: from goods to money to months."""
FILES = files.CHECKS
"""Slow ones, run when asked for: they read the photo store."""
