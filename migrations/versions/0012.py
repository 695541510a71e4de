"""Papers and reminders of offices: RT/RW, the offices' own invoices and offers as papers, when to remind

What was paid for an invoice follows from its payments, and is stored no more. The invoices of the general series that
were issued for orders on an office's invoice are worth nothing any more: such an order has one number, its invoice's.
"""

import datetime as dt

import sqlalchemy as sa
from alembic import op

from migrations.changes import allow, refuse

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NEW = (
    ("document", "kind", "ck_document_documentkind", ("office_invoice",)),
    ("notice", "kind", "ck_notice_noticekind", ("invoice_due", "invoice_overdue")),
    ("figure", "key", "ck_figure_figurekey", ("invoice_reminder_days",)),
)
"""Table, column and CHECK, and what is allowed in addition."""
REASON = "Satu nomor saja: berlaku tagihan instansi "


def upgrade() -> None:
    for table in ("office", "office_order"):
        op.add_column(table, sa.Column("rt_rw", sa.String(20), nullable=False, server_default=""))
    with op.batch_alter_table("invoice") as batch:
        batch.drop_constraint(op.f("ck_invoice_paid_amount_range"), type_="check")
        batch.drop_column("paid_amount")
    for table, column, name, values in NEW:
        allow(table, column, name, *values)
    op.execute(
        f"UPDATE document SET state = 'cancelled', reason = '{REASON}' ||"
        " (SELECT number FROM invoice WHERE invoice.order_id = document.order_id)"
        " WHERE kind = 'invoice' AND state = 'valid' AND order_id IN (SELECT order_id FROM invoice)"
    )
    # An empty database gets its figures with all others; one in use must not miss this.
    op.execute(
        sa.text(
            "INSERT INTO figure (key, area_code, value, effective_from, source)"
            " SELECT 'invoice_reminder_days', area_code, 3, effective_from, source FROM figure"
            " WHERE key = 'invoice_days' AND area_code = 'ID' AND effective_from = :since"
        ).bindparams(sa.bindparam("since", dt.date(2021, 1, 1), sa.Date()))
    )


def downgrade() -> None:
    op.execute("DELETE FROM figure WHERE key = 'invoice_reminder_days'")
    op.execute("DELETE FROM notice WHERE kind IN ('invoice_due', 'invoice_overdue')")
    op.execute("UPDATE document SET replaces_id = NULL WHERE kind = 'office_invoice'")
    op.execute("DELETE FROM document WHERE kind = 'office_invoice'")
    op.execute("DELETE FROM number_series WHERE name = 'office_invoice'")
    op.execute(
        f"UPDATE document SET state = 'valid', reason = '' WHERE kind = 'invoice' AND reason LIKE '{REASON}%'"
    )
    for table, column, name, values in reversed(NEW):
        refuse(table, column, name, *values)
    with op.batch_alter_table("invoice") as batch:
        batch.add_column(
            sa.Column(
                "paid_amount",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                nullable=False,
                server_default="0",
            )
        )
        batch.create_check_constraint(
            op.f("ck_invoice_paid_amount_range"), "paid_amount BETWEEN 0 AND 1000000000000"
        )
    op.execute(
        "UPDATE invoice SET paid_amount = (SELECT coalesce(sum(received_amount), 0) FROM payment"
        " WHERE payment.order_id = invoice.order_id AND payment.state = 'confirmed')"
    )
    for table in ("office_order", "office"):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("rt_rw")
