"""Everything that `flask check` recomputes, by what it is about."""

from . import (
    aid,
    bills,
    cases,
    documents,
    files,
    goods,
    ledger,
    market_days,
    mentoring,
    offices,
    once,
    online,
    orders,
    people,
    registry,
    snapshots,
    stock,
    tents,
    tills,
    trainings,
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
    *trainings.CHECKS,
    *aid.CHECKS,
    *snapshots.CHECKS,
    *cases.CHECKS,
    *mentoring.CHECKS,
    *people.CHECKS,
    *registry.CHECKS,
    *once.CHECKS,
)
"""In the order of the path: from goods to money to months."""
FILES = files.CHECKS
"""Slow ones, run when asked for: they read the photo store."""
