"""Lines of orders change by pieces: why, whether goods were destroyed, and what is proposed in their place

What came back and was destroyed counts as spoiled in the version before, and what was left out for whatever reason as
short-shipped. Going down is refused while a substitute was agreed to: its line has no place there.
"""

import sqlalchemy as sa
from alembic import op

from migrations.changes import allow, changeable, refuse

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
STATES = ("asked", "agreed", "refused", "expired", "withdrawn")
WIDENED = (
    ("order_adjustment", "kind", "ck_order_adjustment_adjustmentkind", ("dropped", "taken_out", "substituted")),
    ("stock_movement", "reason", "ck_stock_movement_movementreason", ("destroyed",)),
    ("notice", "kind", "ck_notice_noticekind", ("substitute",)),
)
OPEN_ONLY = sa.text("state = 'asked'")


def upgrade() -> None:
    for table, column, name, values in WIDENED:
        allow(table, column, name, *values)
    with op.batch_alter_table("order_adjustment") as batch:
        batch.add_column(sa.Column("destroyed_quantity", ID, nullable=False, server_default="0"))
        batch.create_check_constraint(
            op.f("ck_order_adjustment_destroyed_range"), "destroyed_quantity BETWEEN 0 AND quantity"
        )
    _make_substitutes()


def _make_substitutes() -> None:
    state = sa.Enum(*STATES, name="substitutestate", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "substitute",
        sa.Column("id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("line_id", ID, nullable=False),
        sa.Column("quantity", ID, nullable=False),
        sa.Column("product_id", ID, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("unit", sa.String(30), nullable=False),
        sa.Column("unit_price", ID, nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("asked_by_id", ID, nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("new_line_id", ID, nullable=True),
        sa.Column("adjustment_id", ID, nullable=True),
        sa.CheckConstraint(
            "(new_line_id IS NULL) = (adjustment_id IS NULL)", name=op.f("ck_substitute_both_of_agreed")
        ),
        sa.ForeignKeyConstraint(
            ["adjustment_id"], ["order_adjustment.id"], name=op.f("fk_substitute_adjustment_id_order_adjustment")
        ),
        sa.UniqueConstraint("adjustment_id", name=op.f("uq_substitute_adjustment_id")),
        sa.CheckConstraint("quantity BETWEEN 1 AND 1000000", name=op.f("ck_substitute_quantity_range")),
        sa.CheckConstraint("unit_price BETWEEN 1 AND 1000000000000", name=op.f("ck_substitute_unit_price_range")),
        sa.CheckConstraint(
            "(state = 'agreed') = (new_line_id IS NOT NULL)", name=op.f("ck_substitute_line_of_agreed")
        ),
        sa.CheckConstraint("(state = 'asked') = (answered_at IS NULL)", name=op.f("ck_substitute_moment_of_answer")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_substitute_order_id_orders")),
        sa.ForeignKeyConstraint(["line_id"], ["order_line.id"], name=op.f("fk_substitute_line_id_order_line")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_substitute_product_id_product")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["users.id"], name=op.f("fk_substitute_asked_by_id_users")),
        sa.ForeignKeyConstraint(["new_line_id"], ["order_line.id"], name=op.f("fk_substitute_new_line_id_order_line")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitute")),
        sa.UniqueConstraint("new_line_id", name=op.f("uq_substitute_new_line_id")),
    )
    op.create_index(
        "uq_substitute_open", "substitute", ["line_id"], unique=True, sqlite_where=OPEN_ONLY, postgresql_where=OPEN_ONLY
    )
    op.create_index(op.f("ix_substitute_order_id"), "substitute", ["order_id"])
    op.create_index(op.f("ix_substitute_state_expires_at"), "substitute", ["state", "expires_at"])


def downgrade() -> None:
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM substitute WHERE state = 'agreed'")):
        raise RuntimeError("substitute holds rows that only this version knows")
    op.drop_table("substitute")
    with op.batch_alter_table("order_adjustment") as batch:
        batch.drop_constraint(op.f("ck_order_adjustment_destroyed_range"), type_="check")
        batch.drop_column("destroyed_quantity")
    op.execute("UPDATE order_adjustment SET kind = 'short_shipped' WHERE kind IN ('dropped', 'taken_out')")
    op.execute("DELETE FROM notice WHERE kind = 'substitute'")
    with changeable("stock_movement"):
        op.execute("UPDATE stock_movement SET reason = 'spoiled' WHERE reason = 'destroyed'")
    for table, column, name, values in WIDENED:
        refuse(table, column, name, *values)
