"""What the bank took for itself, and what was counted at a close, are entered into the books"""

import sqlalchemy as sa
from alembic import op

from migrations.changes import allow, changeable, refuse

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

NEW = (
    (
        "journal_entry",
        "kind",
        "ck_journal_entry_entrykind",
        ("bank_fee", "bank_fee_return", "count_difference", "payment_return", "receipt_return"),
    ),
    ("journal_line", "account", "ck_journal_line_account", ("count_differences",)),
    ("payment", "state", "ck_payment_paymentstate", ("taken_back",)),
    ("statement_line", "outcome", "ck_statement_line_outcome", ("fee",)),
)
"""Table, column and CHECK, and what is allowed in addition."""


def upgrade() -> None:
    for table, column, name, values in NEW:
        allow(table, column, name, *values)
    op.add_column("day_count", sa.Column("booked", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
    with op.batch_alter_table("statement_line") as batch:
        batch.add_column(sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch.create_foreign_key(
            op.f("fk_statement_line_entry_id_journal_entry"), "journal_entry", ["entry_id"], ["id"]
        )
        batch.create_unique_constraint(op.f("uq_statement_line_entry_id"), ["entry_id"])
        batch.create_check_constraint(op.f("ck_statement_line_entry_of_fee"), "entry_id IS NULL OR outcome = 'fee'")


def downgrade() -> None:
    taken_back = "SELECT id FROM payment WHERE state = 'taken_back'"
    if op.get_bind().scalar(sa.text(f"SELECT count(*) FROM ({taken_back}) AS found")):
        raise RuntimeError("Payments were taken back: the older version has no word for them, and would count them")
    # Money that moved stays moved: what the older version has no word for becomes a transfer with its fee.
    with changeable("journal_entry", "journal_line"):
        op.execute(
            "UPDATE journal_entry SET reference = kind || ':' || reference, kind = 'transfer'"
            " WHERE kind IN ('bank_fee', 'bank_fee_return', 'count_difference')"
        )
        op.execute("UPDATE journal_line SET account = 'provider_fees' WHERE account = 'count_differences'")
    op.execute("UPDATE statement_line SET state = 'outgoing', outcome = NULL, entry_id = NULL WHERE outcome = 'fee'")
    for table, column, name, values in reversed(NEW):
        refuse(table, column, name, *values)
    with op.batch_alter_table("statement_line") as batch:
        batch.drop_constraint(op.f("ck_statement_line_entry_of_fee"), type_="check")
        batch.drop_constraint(op.f("uq_statement_line_entry_id"), type_="unique")
        batch.drop_constraint(op.f("fk_statement_line_entry_id_journal_entry"), type_="foreignkey")
        batch.drop_column("entry_id")
    with op.batch_alter_table("day_count") as batch:
        batch.drop_column("booked")
