"""Payouts that were marked by mistake go back; why a payment was not found and why money went back stand by themselves

The journal's rows are only added, so its triggers rest while their kinds are translated. Going down, a payout that
went back stays paid, and its entry becomes a transfer under a name by which going up finds it: balances stay right.
"""

import sqlalchemy as sa
from alembic import op

from migrations.changes import allow, changeable, refuse

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KIND = ("journal_entry", "kind", "ck_journal_entry_entrykind", "payout_return")
STATE = ("payout", "state", "ck_payout_payoutstate", "returned")
"""Table, column and CHECK, and what is allowed in addition."""


def upgrade() -> None:
    allow(*KIND)
    allow(*STATE)
    with changeable("journal_entry"):
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
    with changeable("journal_entry"):
        op.execute(
            "UPDATE journal_entry SET kind = 'transfer', reference = replace(reference, 'payout', 'payout_return')"
            " WHERE kind = 'payout_return'"
        )
    refuse(*STATE)
    refuse(*KIND)
