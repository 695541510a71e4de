"""Payments on a provider's page: what was asked about, messages with their outcome, refunds by the provider, disputes

Journal and refunds take more kinds than before. Which ones a column takes is read from the database, not known here,
so that this fits before and after other migrations that widen the same columns. Going down, entries of the new kinds
and accounts have no old name: it is refused while there are any.
"""

import sqlalchemy as sa
from alembic import op

from migrations.changes import allow, refuse

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ACCOUNTS = ("stripe", "disputed", "dispute_losses", "provider_fees")
KINDS = ("refund_return", "dispute", "dispute_won", "dispute_lost")
WIDENED = (
    ("journal_line", "account", "ck_journal_line_account", ACCOUNTS),
    ("journal_entry", "kind", "ck_journal_entry_entrykind", KINDS),
    ("refund", "method", "ck_refund_refundmethod", ("online",)),
)
AMOUNT = "amount BETWEEN 1 AND 1000000000000"
STATES = "state IN ('requested', 'succeeded', 'failed')"
OUTCOMES = "outcome IN ('done', 'nothing', 'review', 'reviewed')"
DOUBTS = "doubt IN ('unknown', 'other_order', 'sum', 'not_owed')"
DISPUTES = "state IN ('open', 'won', 'lost', 'closed')"


def upgrade() -> None:
    for table, column, name, values in WIDENED:
        allow(table, column, name, *values)
    with op.batch_alter_table("payment") as batch:
        batch.add_column(sa.Column("charge_reference", sa.String(120)))
        batch.add_column(sa.Column("checked_at", sa.DateTime(timezone=True)))
        batch.create_index(
            op.f("uq_payment_provider_charge_reference"), ["provider", "charge_reference"], unique=True
        )
    with op.batch_alter_table("refund") as batch:
        batch.add_column(sa.Column("payment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite")))
        batch.add_column(sa.Column("state", sa.String(40), nullable=False, server_default="succeeded"))
        batch.add_column(sa.Column("provider_reference", sa.String(120)))
        batch.add_column(sa.Column("problem", sa.String(200), nullable=False, server_default=""))
        batch.create_foreign_key(op.f("fk_refund_payment_id_payment"), "payment", ["payment_id"], ["id"])
        batch.create_check_constraint(op.f("ck_refund_refundstate"), STATES)
        batch.create_check_constraint(
            op.f("ck_refund_payment_of_online"), "method <> 'online' OR payment_id IS NOT NULL"
        )
        batch.create_index(op.f("ix_refund_payment_id"), ["payment_id"])
        batch.create_index(op.f("uq_refund_provider_reference"), ["provider_reference"], unique=True)
    _widen_messages()
    _make_disputes()


def _widen_messages() -> None:
    with op.batch_alter_table("provider_event") as batch:
        batch.add_column(sa.Column("kind", sa.String(60), nullable=False, server_default=""))
        batch.add_column(sa.Column("reference", sa.String(120), nullable=False, server_default=""))
        batch.add_column(sa.Column("outcome", sa.String(40), nullable=False, server_default="nothing"))
        batch.add_column(sa.Column("doubt", sa.String(40)))
        batch.add_column(sa.Column("said", sa.String(200), nullable=False, server_default=""))
        batch.add_column(sa.Column("area_code", sa.String(13), nullable=False, server_default=""))
        batch.add_column(sa.Column("note", sa.String(300), nullable=False, server_default=""))
        batch.add_column(sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite")))
        batch.add_column(sa.Column("decided_at", sa.DateTime(timezone=True)))
        batch.create_foreign_key(op.f("fk_provider_event_decided_by_id_users"), "users", ["decided_by_id"], ["id"])
        batch.create_check_constraint(op.f("ck_provider_event_eventoutcome"), OUTCOMES)
        batch.create_check_constraint(op.f("ck_provider_event_doubt"), DOUBTS)
        batch.create_check_constraint(
            op.f("ck_provider_event_doubt_of_outcome"), "(outcome IN ('review', 'reviewed')) = (doubt IS NOT NULL)"
        )
        batch.create_index(op.f("ix_provider_event_outcome_area_code"), ["outcome", "area_code"])
        batch.create_index(op.f("ix_provider_event_payment_id"), ["payment_id"])


def _make_disputes() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "dispute",
        sa.Column("id", key, nullable=False),
        sa.Column("payment_id", key, nullable=False),
        sa.Column("provider_reference", sa.String(120), nullable=False),
        sa.Column("amount", key, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("is_held_back", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(60), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True)),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(AMOUNT, name=op.f("ck_dispute_amount_range")),
        sa.CheckConstraint(DISPUTES, name=op.f("ck_dispute_disputestate")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_dispute_payment_id_payment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sa.UniqueConstraint("provider_reference", name=op.f("uq_dispute_provider_reference")),
    )
    op.create_index(op.f("ix_dispute_payment_id"), "dispute", ["payment_id"])
    op.create_index(op.f("ix_dispute_state"), "dispute", ["state"])


def downgrade() -> None:
    _refuse_if_used()
    op.drop_table("dispute")
    with op.batch_alter_table("provider_event") as batch:
        batch.drop_index(op.f("ix_provider_event_payment_id"))
        batch.drop_index(op.f("ix_provider_event_outcome_area_code"))
        for name in ("doubt_of_outcome", "doubt", "eventoutcome"):
            batch.drop_constraint(op.f(f"ck_provider_event_{name}"), type_="check")
        batch.drop_constraint(op.f("fk_provider_event_decided_by_id_users"), type_="foreignkey")
        for column in (
            "decided_at", "decided_by_id", "note", "area_code", "said", "doubt", "outcome", "reference", "kind",
        ):  # fmt: skip
            batch.drop_column(column)
    with op.batch_alter_table("refund") as batch:
        batch.drop_index(op.f("uq_refund_provider_reference"))
        batch.drop_index(op.f("ix_refund_payment_id"))
        for name in ("payment_of_online", "refundstate"):
            batch.drop_constraint(op.f(f"ck_refund_{name}"), type_="check")
        batch.drop_constraint(op.f("fk_refund_payment_id_payment"), type_="foreignkey")
        for column in ("problem", "provider_reference", "state", "payment_id"):
            batch.drop_column(column)
    with op.batch_alter_table("payment") as batch:
        batch.drop_index(op.f("uq_payment_provider_charge_reference"))
        for column in ("checked_at", "charge_reference"):
            batch.drop_column(column)
    for table, column, name, values in reversed(WIDENED):
        refuse(table, column, name, *values)


def _refuse_if_used() -> None:
    """Rows of the journal cannot be changed, and these have no older name."""
    for table, column, _name, values in WIDENED:
        rows = sa.table(table, sa.column(column))
        used = sa.select(sa.func.count()).select_from(rows).where(rows.c[column].in_(values))
        if op.get_bind().scalar(used):
            raise RuntimeError(f"{table} holds rows that only this version knows")
