"""Everything that `flask check` recomputes, by what it is about."""

from . import bills, files, goods, ledger, once, orders, people, snapshots, stock, treasury

ALL = (
    *stock.CHECKS,
    *orders.CHECKS,
    *ledger.CHECKS,
    *bills.CHECKS,
    *treasury.CHECKS,
    *goods.CHECKS,
    *snapshots.CHECKS,
    *people.CHECKS,
    *once.CHECKS,
)
"""In the order of the path: from goods to money to months."""
FILES = files.CHECKS
"""Slow ones, run when asked for: they read the photo store."""
