"""Payouts are released by a second person; the bank's statements are kept; days are closed

Batches of before, of which money left already, count as released when they were prepared, by nobody known. Going
down, a released batch is an open one, a withdrawn one is closed, and what the bank sent back was taken back.
"""

import sqlalchemy as sa
from alembic import op

from migrations.changes import allow, refuse

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
MOST = 1_000_000_000_000
LINE_STATES = ("open", "matched", "not_ours", "outgoing")
OUTCOMES = ("paid", "short", "over", "twice", "late", "linked", "moved")
OLD_BATCHES = ("prepared", "closed")
NEW_BATCHES = ("prepared", "released", "closed", "withdrawn")


def upgrade() -> None:
    allow("payout", "state", "ck_payout_payoutstate", "bounced")
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
    _statements()
    _closes()


def _statements() -> None:
    op.create_table(
        "statement_layout",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("heads", sa.JSON(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("day_first", sa.Boolean(), nullable=False),
        _belongs("statement_layout", "account_id", "collection_account"),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_statement_layout")),
    )
    op.create_table(
        "statement_file",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("content", sa.LargeBinary()),
        sa.Column("uploaded_by_id", KEY),
        sa.Column("uploaded_at", MOMENT, nullable=False),
        sa.Column("kept_at", MOMENT),
        _belongs("statement_file", "account_id", "collection_account"),
        _belongs("statement_file", "uploaded_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_file")),
    )
    op.create_index(op.f("ix_statement_file_account_id"), "statement_file", ["account_id"])
    op.create_table(
        "statement_line",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("file_id", KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount", KEY, nullable=False),
        sa.Column("text", sa.String(300), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("state", sa.Enum(*LINE_STATES, name="linestate", native_enum=False, length=40), nullable=False),
        sa.Column("outcome", sa.Enum(*OUTCOMES, name="outcome", native_enum=False, length=40)),
        sa.Column("payment_id", KEY),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("decided_by_id", KEY),
        sa.Column("decided_at", MOMENT),
        sa.CheckConstraint(_within("state", LINE_STATES), name=op.f("ck_statement_line_linestate")),
        sa.CheckConstraint(_within("outcome", OUTCOMES), name=op.f("ck_statement_line_outcome")),
        sa.CheckConstraint(f"amount BETWEEN -{MOST} AND {MOST} AND amount <> 0", name=op.f("ck_statement_line_amount_range")),
        sa.CheckConstraint("(state = 'matched') = (outcome IS NOT NULL)", name=op.f("ck_statement_line_outcome_of_match")),
        _belongs("statement_line", "account_id", "collection_account"),
        _belongs("statement_line", "file_id", "statement_file"),
        _belongs("statement_line", "payment_id", "payment"),
        _belongs("statement_line", "decided_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_line")),
        sa.UniqueConstraint("account_id", "digest", name=op.f("uq_statement_line_account_id_digest")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_statement_line_payment_id")),
    )
    op.create_index(op.f("ix_statement_line_account_id_state_day"), "statement_line", ["account_id", "state", "day"])


def _closes() -> None:
    op.create_table(
        "day_close",
        sa.Column("id", KEY, nullable=False),
        sa.Column("area_code", sa.String(13), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last_entry_id", KEY, nullable=False),
        sa.Column("closed_by_id", KEY),
        sa.Column("closed_at", MOMENT, nullable=False),
        sa.Column("seen_by_id", KEY),
        sa.Column("seen_at", MOMENT),
        sa.CheckConstraint("seen_by_id IS NULL OR seen_by_id <> closed_by_id", name=op.f("ck_day_close_two_persons")),
        _belongs("day_close", "area_code", "area", "code"),
        _belongs("day_close", "closed_by_id", "users"),
        _belongs("day_close", "seen_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_close")),
        sa.UniqueConstraint("area_code", "day", name=op.f("uq_day_close_area_code_day")),
    )
    op.create_table(
        "day_count",
        sa.Column("id", KEY, nullable=False),
        sa.Column("close_id", KEY, nullable=False),
        sa.Column("account", sa.String(40), nullable=False),
        *(sa.Column(name, KEY, nullable=False) for name in ("opening", "incoming", "outgoing", "counted")),
        sa.Column("reason", sa.String(300), nullable=False),
        *(
            sa.CheckConstraint(f"{name} BETWEEN {low} AND {MOST}", name=op.f(f"ck_day_count_{name}_range"))
            for name, low in (("opening", -MOST), ("incoming", 0), ("outgoing", 0), ("counted", 0))
        ),
        sa.CheckConstraint(
            "counted = opening + incoming - outgoing OR reason <> ''", name=op.f("ck_day_count_difference_explained")
        ),
        _belongs("day_count", "close_id", "day_close"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_count")),
        sa.UniqueConstraint("close_id", "account", name=op.f("uq_day_count_close_id_account")),
    )


def _belongs(table: str, column: str, target: str, key: str = "id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.{key}"], name=op.f(f"fk_{table}_{column}_{target}"))


def downgrade() -> None:
    for table in ("day_count", "day_close", "statement_line", "statement_file", "statement_layout"):
        op.drop_table(table)
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
    refuse("payout", "state", "ck_payout_payoutstate", "bounced")


def _within(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(map(repr, values))})"
