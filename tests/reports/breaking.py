"""How a row of the table of what can go wrong is written."""

from dataclasses import dataclass

from marketplace.reports.check import Check


@dataclass(frozen=True)
class Corruption:
    """Raw SQL, the checks that see what it did, and the CHECK that would have refused it."""

    sql: tuple[str, ...]
    seen_by: frozenset[Check]
    unchecked: str = ""


def breaks(*seen_by: Check, sql: tuple[str, ...] | str, unchecked: str = "") -> Corruption:
    """Name the checks first: they are what the row is about."""
    return Corruption((sql,) if isinstance(sql, str) else sql, frozenset(seen_by), unchecked)


def order(state: str, more: str = "1 = 1") -> str:
    """Return a subselect of the first order in a state."""
    return f"(SELECT min(id) FROM orders WHERE state = '{state}' AND {more})"


def line(state: str) -> str:
    """Return a subselect of the first line (of a product) of the first order in a state."""
    return f"(SELECT min(id) FROM order_line WHERE order_id = {order(state)})"


def component(state: str) -> str:
    """Return a subselect of the component of that line."""
    return f"(SELECT min(id) FROM order_component WHERE line_id = {line(state)})"


def first(table: str, condition: str) -> str:
    """Return a subselect of the first row that fulfils a condition."""
    return f"(SELECT min(id) FROM {table} WHERE {condition})"


def entry(kind: str, more: str = "1 = 1") -> str:
    """Return a subselect of the first journal entry of a kind."""
    return first("journal_entry", f"kind = '{kind}' AND {more}")


def booked(entry_id: str, account: str, amount: int) -> str:
    """Return SQL that adds a line to an entry."""
    return f"INSERT INTO journal_line (entry_id, account, amount) VALUES ({entry_id}, '{account}', {amount})"
