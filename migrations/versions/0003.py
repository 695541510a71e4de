"""Payouts that were marked by mistake go back; why a payment was not found and why money went back stand by themselves

The journal's rows are only added, so its triggers rest while their kinds are translated. Going down, a payout that
went back stays paid, and its entry becomes a transfer under a name by which going up finds it: balances stay right.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OLD_KINDS = ("payment", "delivery", "reduction", "return", "refund", "stray_payment", "payout", "transfer")
NEW_KINDS = ("payment", "delivery", "reduction", "return", "refund", "stray_payment", "payout", "payout_return", "transfer")
OLD_STATES = ("pending", "paid", "cancelled")
NEW_STATES = ("pending", "paid", "cancelled", "returned")


def upgrade() -> None:
    _allow("journal_entry", "kind", "ck_journal_entry_entrykind", OLD_KINDS, NEW_KINDS)
    _allow("payout", "state", "ck_payout_payoutstate", OLD_STATES, NEW_STATES)
    with _changeable("journal_entry"):
        op.execute(
            "UPDATE journal_entry SET kind = 'payout_return', reference = replace(reference, 'payout_return', 'payout')"
            " WHERE kind = 'transfer' AND reference LIKE 'payout_return:%'"
        )
    op.execute(
        "UPDATE payout SET state = 'returned' WHERE 'payout:' || id IN"
        " (SELECT reference FROM journal_entry WHERE kind = 'payout_return')"
    )
    for table in ("payment", "refund"):
        op.add_column(table, sa.Column("reason", sa.String(300), nullable=False, server_default=""))
    # Until now the treasurer's reason stood in the place of the buyer's note.
    op.execute("UPDATE payment SET reason = note, note = '' WHERE state = 'rejected'")


def downgrade() -> None:
    op.execute("UPDATE payment SET note = reason WHERE state = 'rejected' AND reason <> ''")
    for table in ("refund", "payment"):
        op.drop_column(table, "reason")
    op.execute("UPDATE payout SET state = 'paid' WHERE state = 'returned'")
    with _changeable("journal_entry"):
        op.execute(
            "UPDATE journal_entry SET kind = 'transfer', reference = replace(reference, 'payout', 'payout_return')"
            " WHERE kind = 'payout_return'"
        )
    _allow("payout", "state", "ck_payout_payoutstate", NEW_STATES, OLD_STATES)
    _allow("journal_entry", "kind", "ck_journal_entry_entrykind", NEW_KINDS, OLD_KINDS)


def _allow(table: str, column: str, name: str, old: tuple[str, ...], new: tuple[str, ...]) -> None:
    """Let a column hold other values."""
    before, after = (f"{column} IN ({', '.join(map(repr, values))})" for values in (old, new))
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(table, f"CONSTRAINT {name} CHECK ({before})", f"CONSTRAINT {name} CHECK ({after})")
        return
    op.drop_constraint(op.f(name), table, type_="check")
    op.create_check_constraint(op.f(name), table, after)


def _rebuild(table: str, before: str, after: str) -> None:
    """Make a table of SQLite anew with one constraint changed, and all else as it was: SQLite cannot alter one."""
    whole, parts = _definition(table, "table"), [*_definition(table, "index"), *_definition(table, "trigger")]
    (text,) = whole
    if before not in text:
        raise RuntimeError(f"{table} does not hold {before}")
    _head, body = text.replace(before, after).split("(", 1)
    op.execute(f"CREATE TABLE {table}_new ({body}")
    op.execute(f"INSERT INTO {table}_new SELECT * FROM {table}")
    op.execute(f"DROP TABLE {table}")
    op.execute(f"ALTER TABLE {table}_new RENAME TO {table}")
    for part in parts:
        op.execute(part)


def _definition(table: str, kind: str) -> list[str]:
    statement = sa.text("SELECT sql FROM sqlite_master WHERE tbl_name = :table AND type = :kind AND sql IS NOT NULL")
    return list(op.get_bind().scalars(statement, {"table": table, "kind": kind}))


@contextmanager
def _changeable(table: str) -> Iterator[None]:
    """Let the triggers of a table rest that refuse changes."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        return
    triggers = _definition(table, "trigger")
    for verb in ("update", "delete"):
        op.execute(f"DROP TRIGGER {table}_no_{verb}")
    yield
    for trigger in triggers:
        op.execute(trigger)
