"""Where the buyers of a regency fetch their orders, and when the office is open"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pickup_place",
        sa.Column("area_code", sa.String(13), nullable=False),
        sa.Column("address", sa.String(300), nullable=False),
        sa.Column("hours", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_pickup_place_area_code_area")),
        sa.PrimaryKeyConstraint("area_code", name=op.f("pk_pickup_place")),
    )


def downgrade() -> None:
    op.drop_table("pickup_place")
