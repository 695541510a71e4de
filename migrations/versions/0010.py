"""What buyers are told about their orders"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
KINDS = ("placed", "short", "not_found", "paid", "packed", "shipped", "delivered", "cancelled", "refunded")
STATES = ("pending", "sending", "by_hand", "sent", "dead", "dropped")


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", _enum("noticekind", *KINDS), nullable=False),
        sa.Column("source", sa.String(60), nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("area_code", sa.String(13), nullable=False),
        sa.Column("channel", _enum("channel", "email", "whatsapp"), nullable=False),
        sa.Column("recipient", sa.String(254), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("body", sa.String(4000), nullable=False),
        sa.Column("state", _enum("noticestate", *STATES), nullable=False),
        sa.Column("attempts", ID, nullable=False),
        sa.Column("next_try_at", MOMENT, nullable=True),
        sa.Column("error", sa.String(300), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("sent_by_id", ID, nullable=True),
        sa.CheckConstraint("attempts BETWEEN 0 AND 100", name=op.f("ck_notice_attempts_range")),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_notice_area_code_area")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_notice_order_id_orders")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["users.id"], name=op.f("fk_notice_sent_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("source", "channel", name=op.f("uq_notice_source_channel")),
    )
    op.create_index(op.f("ix_notice_area_code_state"), "notice", ["area_code", "state"])
    op.create_index(op.f("ix_notice_order_id"), "notice", ["order_id"])
    op.create_index(op.f("ix_notice_state_next_try_at"), "notice", ["state", "next_try_at"])


def downgrade() -> None:
    op.drop_table("notice")
