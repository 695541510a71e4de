"""Number the invoices of offices as all that is numbered: in a series of its area and year"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SERIES = "credit_invoice"


def upgrade() -> None:
    op.execute(
        "INSERT INTO number_series (name, area_code, year, last_number)"
        f" SELECT '{SERIES}', regency_code, year, last FROM invoice_counter"
    )
    op.drop_table("invoice_counter")


def downgrade() -> None:
    op.create_table(
        "invoice_counter",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("regency_code", sa.String(13), nullable=False),
        sa.Column("year", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["regency_code"], ["area.code"], name=op.f("fk_invoice_counter_regency_code_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_counter")),
        sa.UniqueConstraint("regency_code", "year", name=op.f("uq_invoice_counter_regency_code_year")),
    )
    op.execute(
        "INSERT INTO invoice_counter (regency_code, year, last)"
        f" SELECT area_code, year, last_number FROM number_series WHERE name = '{SERIES}'"
    )
    op.execute(f"DELETE FROM number_series WHERE name = '{SERIES}'")
