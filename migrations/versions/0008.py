"""Documents with their number series, and the sum from which treasurers withhold income tax

The figures' CHECK is read as it stands and gets one more key: other migrations may add theirs before or after.
"""

import datetime as dt

import sqlalchemy as sa
from alembic import op

from migrations.changes import allow, refuse

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KINDS = ("invoice", "purchase_order", "receipt", "handover", "delivery_note", "label", "recap", "consent")
STATES = ("valid", "replaced", "cancelled")
KEY = "income_tax_from"
CHECK = "ck_figure_figurekey"
SOURCE = "PMK 59/PMK.03/2022 tentang pemungutan PPh oleh instansi pemerintah"
Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "number_series",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("area_code", sa.String(13), nullable=False),
        sa.Column("year", Number, autoincrement=False, nullable=False),
        sa.Column("last_number", Number, nullable=False),
        sa.CheckConstraint("last_number BETWEEN 0 AND 1000000", name=op.f("ck_number_series_last_number_range")),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_number_series_area_code_area")),
        sa.PrimaryKeyConstraint("name", "area_code", "year", name=op.f("pk_number_series")),
    )
    _create_documents()
    allow("figure", "key", CHECK, KEY)
    # Where the start values were loaded already, this one joins them; elsewhere they are loaded whole.
    op.execute(
        sa.text(
            "INSERT INTO figure (key, area_code, value, effective_from, source)"
            " SELECT :key, area_code, 2000000, effective_from, :source FROM figure"
            " WHERE key = 'duty_stamp_from' AND area_code = 'ID' AND effective_from = :since"
        ).bindparams(sa.bindparam("since", dt.date(2021, 1, 1), sa.Date()), key=KEY, source=SOURCE)
    )


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM figure WHERE key = :key").bindparams(key=KEY))
    refuse("figure", "key", CHECK, KEY)
    op.drop_table("document")
    op.drop_table("number_series")


def _create_documents() -> None:
    op.create_table(
        "document",
        sa.Column("id", Number, nullable=False),
        sa.Column("kind", _enum("documentkind", KINDS), nullable=False),
        sa.Column("regency_code", sa.String(13), nullable=False),
        sa.Column("year", Number, nullable=False),
        sa.Column("sequence", Number, nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("state", _enum("documentstate", STATES), nullable=False),
        sa.Column("order_id", Number, nullable=True),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("amount", Number, nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", Number, nullable=True),
        sa.Column("replaces_id", Number, nullable=True),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount BETWEEN 0 AND 1000000000000", name=op.f("ck_document_amount_range")),
        sa.CheckConstraint("sequence BETWEEN 1 AND 1000000", name=op.f("ck_document_sequence_range")),
        sa.CheckConstraint("(sha256 IS NULL) = (drawn_at IS NULL)", name=op.f("ck_document_drawn_whole")),
        sa.ForeignKeyConstraint(["regency_code"], ["area.code"], name=op.f("fk_document_regency_code_area")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_document_order_id_orders")),
        sa.ForeignKeyConstraint(["issued_by_id"], ["users.id"], name=op.f("fk_document_issued_by_id_users")),
        sa.ForeignKeyConstraint(["replaces_id"], ["document.id"], name=op.f("fk_document_replaces_id_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint(
            "kind", "regency_code", "year", "sequence", name=op.f("uq_document_kind_regency_code_year_sequence")
        ),
        sa.UniqueConstraint("number", name=op.f("uq_document_number")),
        sa.UniqueConstraint("code", name=op.f("uq_document_code")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_document_replaces_id")),
    )
    valid = sa.text("state = 'valid'")
    op.create_index(
        op.f("uq_document_order_id_kind_valid"),
        "document",
        ["order_id", "kind"],
        unique=True,
        sqlite_where=valid,
        postgresql_where=valid,
    )
    op.create_index(op.f("ix_document_regency_code_issued_at"), "document", ["regency_code", "issued_at"])


def _enum(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
