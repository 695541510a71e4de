"""Offices that buy: their members, what they ask for, and the invoices they pay later

The kinds and accounts of the journal and the keys of the figures get new members, whatever they held before.
"""

import sqlalchemy as sa
from alembic import op

from migrations.changes import allow, changeable, refuse

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NEW = (
    ("journal_entry", "kind", "ck_journal_entry_entrykind", ("invoice", "invoice_payment")),
    ("journal_line", "account", "ck_journal_line_account", ("receivables",)),
    ("figure", "key", "ck_figure_figurekey", ("invoice_days", "offer_days")),
)
"""Table, column and CHECK, and what is allowed in addition."""
FIGURES = {"invoice_days": 30, "offer_days": 14}


def upgrade() -> None:
    for table, column, name, values in NEW:
        allow(table, column, name, *values)
    # An empty database gets its figures with all others; one in use must not miss these.
    for key, value in FIGURES.items():
        op.execute(
            "INSERT INTO figure (key, area_code, value, effective_from, source)"
            f" SELECT '{key}', area_code, {value}, effective_from, source FROM figure"
            " WHERE key = 'packing_days' AND area_code = 'ID'"
        )
    op.add_column("orders", sa.Column("billed_at", sa.DateTime(timezone=True)))
    _offices()
    _office_orders()
    _invoices()


def _offices() -> None:
    op.create_table(
        "office",
        _id(),
        sa.Column("regency_code", sa.String(13), nullable=False),
        sa.Column("kind", _enum("agency", "school", "business", name="officekind"), nullable=False),
        sa.Column("name", sa.String(160), nullable=False),
        sa.Column("street", sa.String(200), nullable=False),
        sa.Column("village_code", sa.String(13)),
        sa.Column("treasurer_name", sa.String(120), nullable=False),
        sa.Column("phone", sa.String(20), nullable=False),
        sa.Column("npwp", sa.String(15), nullable=False),
        sa.Column("invitation_code", sa.String(12), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True)),
        _key("verified_by_id"),
        sa.Column("allows_credit", sa.Boolean(), nullable=False),
        _number("credit_limit"),
        _key("created_by_id"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _amount("office", "credit_limit"),
        sa.CheckConstraint(
            "verified_at IS NOT NULL OR NOT allows_credit", name=op.f("ck_office_credit_of_verified")
        ),
        _to("office", "regency_code", "area", "code"),
        _to("office", "village_code", "area", "code"),
        _to("office", "verified_by_id", "users"),
        _to("office", "created_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office")),
        sa.UniqueConstraint("invitation_code", name=op.f("uq_office_invitation_code")),
    )
    op.create_index(op.f("ix_office_regency_code_name"), "office", ["regency_code", "name"])
    op.create_table(
        "office_member",
        _id(),
        _number("office_id"),
        _number("user_id"),
        sa.Column("role", _enum("member", "approver", name="officerole"), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True)),
        _to("office_member", "office_id", "office"),
        _to("office_member", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_member")),
        sa.UniqueConstraint("office_id", "user_id", name=op.f("uq_office_member_office_id_user_id")),
    )
    op.create_index(op.f("ix_office_member_user_id"), "office_member", ["user_id"])


def _office_orders() -> None:
    states = ("draft", "asked", "sent_back", "approved", "ordered", "cancelled")
    op.create_table(
        "office_order",
        _id(),
        _number("office_id"),
        sa.Column("regency_code", sa.String(13), nullable=False),
        sa.Column("state", _enum(*states, name="officeorderstate"), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("delivery_method", _enum("pickup", "office", "address", name="deliverymethod"), nullable=False),
        sa.Column("street", sa.String(200), nullable=False),
        sa.Column("village_code", sa.String(13)),
        sa.Column("landmark", sa.String(200), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        _number("goods_amount"),
        _number("delivery_fee"),
        _number("total"),
        _number("made_by_id"),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True)),
        _key("decided_by_id"),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("purchase_number", sa.String(60)),
        sa.Column("ordered_on", sa.Date()),
        _key("order_id"),
        _amount("office_order", "goods_amount", low=1),
        _amount("office_order", "delivery_fee"),
        _amount("office_order", "total", low=1),
        sa.CheckConstraint("total = goods_amount + delivery_fee", name=op.f("ck_office_order_total_sum")),
        sa.CheckConstraint(
            "(state = 'ordered') = (order_id IS NOT NULL)", name=op.f("ck_office_order_order_of_state")
        ),
        _to("office_order", "office_id", "office"),
        _to("office_order", "regency_code", "area", "code"),
        _to("office_order", "village_code", "area", "code"),
        _to("office_order", "made_by_id", "users"),
        _to("office_order", "decided_by_id", "users"),
        _to("office_order", "order_id", "orders"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_order")),
        sa.UniqueConstraint("order_id", name=op.f("uq_office_order_order_id")),
        sa.UniqueConstraint("office_id", "purchase_number", name=op.f("uq_office_order_office_id_purchase_number")),
    )
    op.create_index(op.f("ix_office_order_office_id_state"), "office_order", ["office_id", "state"])
    op.create_table(
        "office_order_line",
        _id(),
        _number("office_order_id"),
        _key("product_id"),
        _key("recipe_id"),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("unit", sa.String(30), nullable=False),
        _number("quantity"),
        _number("unit_price"),
        sa.CheckConstraint("quantity BETWEEN 1 AND 1000000", name=op.f("ck_office_order_line_quantity_range")),
        _amount("office_order_line", "unit_price", low=1),
        sa.CheckConstraint(
            "(product_id IS NULL) <> (recipe_id IS NULL)", name=op.f("ck_office_order_line_one_thing")
        ),
        _to("office_order_line", "office_order_id", "office_order"),
        _to("office_order_line", "product_id", "product"),
        _to("office_order_line", "recipe_id", "recipe"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_order_line")),
        *(
            sa.UniqueConstraint(
                "office_order_id", thing, name=op.f(f"uq_office_order_line_office_order_id_{thing}")
            )
            for thing in ("product_id", "recipe_id")
        ),
    )


def _invoices() -> None:
    op.create_table(
        "invoice",
        _id(),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("regency_code", sa.String(13), nullable=False),
        _number("year"),
        _number("serial"),
        _number("office_id"),
        _number("order_id"),
        _number("amount"),
        _number("paid_amount"),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reminded_on", sa.Date()),
        _key("reminded_by_id"),
        _amount("invoice", "amount", low=1),
        _amount("invoice", "paid_amount"),
        _to("invoice", "regency_code", "area", "code"),
        _to("invoice", "office_id", "office"),
        _to("invoice", "order_id", "orders"),
        _to("invoice", "reminded_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        sa.UniqueConstraint("number", name=op.f("uq_invoice_number")),
        sa.UniqueConstraint("order_id", name=op.f("uq_invoice_order_id")),
        sa.UniqueConstraint("regency_code", "year", "serial", name=op.f("uq_invoice_regency_code_year_serial")),
    )
    op.create_index(op.f("ix_invoice_regency_code_due_on"), "invoice", ["regency_code", "due_on"])
    op.create_index(op.f("ix_invoice_office_id_due_on"), "invoice", ["office_id", "due_on"])
    op.create_table(
        "invoice_counter",
        _id(),
        sa.Column("regency_code", sa.String(13), nullable=False),
        _number("year"),
        _number("last"),
        _to("invoice_counter", "regency_code", "area", "code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_counter")),
        sa.UniqueConstraint("regency_code", "year", name=op.f("uq_invoice_counter_regency_code_year")),
    )


def downgrade() -> None:
    """Go back. An order on an invoice counts as paid then, and its entries as what a payment would have made."""
    for table in ("invoice_counter", "invoice", "office_order_line", "office_order", "office_member", "office"):
        op.drop_table(table)
    op.execute("UPDATE orders SET paid_at = billed_at WHERE paid_at IS NULL AND billed_at IS NOT NULL")
    op.drop_column("orders", "billed_at")
    op.execute("DELETE FROM figure WHERE key IN ('invoice_days', 'offer_days')")
    _write_differently()
    for table, column, name, values in reversed(NEW):
        refuse(table, column, name, *values)


def _write_differently() -> None:
    """Give the journal's rows kinds and accounts that were known before; its triggers rest meanwhile."""
    with changeable("journal_entry", "journal_line"):
        op.execute("UPDATE journal_entry SET kind = 'payment' WHERE kind = 'invoice'")
        op.execute("UPDATE journal_entry SET kind = 'stray_payment' WHERE kind = 'invoice_payment'")
        op.execute("UPDATE journal_line SET account = 'refunds_payable' WHERE account = 'receivables'")


def _id() -> sa.Column:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def _number(name: str) -> sa.Column:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def _key(name: str) -> sa.Column:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"))


def _enum(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _amount(table: str, column: str, low: int = 0) -> sa.CheckConstraint:
    return sa.CheckConstraint(
        f"{column} BETWEEN {low} AND 1000000000000", name=op.f(f"ck_{table}_{column}_range")
    )


def _to(table: str, column: str, other: str, key: str = "id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.{key}"], name=op.f(f"fk_{table}_{column}_{other}"))
