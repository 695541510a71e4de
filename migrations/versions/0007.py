"""Payouts are released by a second person; a transfer may come back from the bank

Batches of before, of which money left already, count as released when they were prepared, by nobody known. Going
down, a released batch is an open one, a withdrawn one is closed, and what the bank sent back was taken back.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0004"
branch_labels = None
depends_on = None

OLD_STATES = ("pending", "paid", "cancelled", "returned")
NEW_STATES = ("pending", "paid", "cancelled", "returned", "bounced")
OLD_BATCHES = ("prepared", "closed")
NEW_BATCHES = ("prepared", "released", "closed", "withdrawn")


def upgrade() -> None:
    _allow("payout", "state", "ck_payout_payoutstate", OLD_STATES, NEW_STATES)
    with op.batch_alter_table("payout_batch") as batch:
        batch.add_column(sa.Column("released_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite")))
        batch.add_column(sa.Column("released_at", sa.DateTime(timezone=True)))
        batch.add_column(sa.Column("reason", sa.String(200), nullable=False, server_default=""))
        batch.create_foreign_key(op.f("fk_payout_batch_released_by_id_users"), "users", ["released_by_id"], ["id"])
        batch.create_check_constraint(
            op.f("ck_payout_batch_two_persons"), "released_by_id IS NULL OR released_by_id <> prepared_by_id"
        )
        batch.drop_constraint(op.f("ck_payout_batch_batchstate"), type_="check")
        batch.create_check_constraint(op.f("ck_payout_batch_batchstate"), _within("state", NEW_BATCHES))
    left = "EXISTS (SELECT 1 FROM payout WHERE batch_id = payout_batch.id AND state IN ('paid', 'returned'))"
    op.execute(f"UPDATE payout_batch SET state = 'released' WHERE state = 'prepared' AND {left}")
    op.execute("UPDATE payout_batch SET released_at = prepared_at WHERE state IN ('released', 'closed')")


def downgrade() -> None:
    op.execute("UPDATE payout_batch SET state = 'prepared' WHERE state = 'released'")
    op.execute("UPDATE payout_batch SET state = 'closed' WHERE state = 'withdrawn'")
    op.execute("UPDATE payout SET state = 'returned' WHERE state = 'bounced'")
    with op.batch_alter_table("payout_batch") as batch:
        batch.drop_constraint(op.f("ck_payout_batch_batchstate"), type_="check")
        batch.create_check_constraint(op.f("ck_payout_batch_batchstate"), _within("state", OLD_BATCHES))
        batch.drop_constraint(op.f("ck_payout_batch_two_persons"), type_="check")
        batch.drop_constraint(op.f("fk_payout_batch_released_by_id_users"), type_="foreignkey")
        for column in ("reason", "released_at", "released_by_id"):
            batch.drop_column(column)
    _allow("payout", "state", "ck_payout_payoutstate", NEW_STATES, OLD_STATES)


def _within(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(map(repr, values))})"


def _allow(table: str, column: str, name: str, old: tuple[str, ...], new: tuple[str, ...]) -> None:
    """Let a column hold other values."""
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(table, f"CONSTRAINT {name} CHECK ({_within(column, old)})", f"CONSTRAINT {name} CHECK ({_within(column, new)})")
        return
    op.drop_constraint(op.f(name), table, type_="check")
    op.create_check_constraint(op.f(name), table, _within(column, new))


def _rebuild(table: str, before: str, after: str) -> None:
    """Make a table of SQLite anew with one constraint changed, and all else as it was: SQLite cannot alter one."""
    whole, parts = _definition(table, "table"), _definition(table, "index")
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
