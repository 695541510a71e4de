"""Photos of refused forms are kept for a day; a note of a family's month can be taken back or refused

Going down, what a note no longer counts for must not count again: costs that were taken back or refused go, and other
income that had been verified is verified no longer.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UTC = sa.DateTime(timezone=True)

NOTE_COLUMNS = (
    "state VARCHAR(40) NOT NULL DEFAULT 'told' CONSTRAINT ck_income_note_notestate"
    " CHECK (state IN ('told', 'verified', 'rejected', 'taken_back'))",
    "reason VARCHAR(300) NOT NULL DEFAULT ''",
    "ended_by_id {id} CONSTRAINT fk_income_note_ended_by_id_users REFERENCES users (id)",
)


def upgrade() -> None:
    op.create_table(
        "kept_photo",
        sa.Column("image_id", ID, autoincrement=False, nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("kept_at", UTC, nullable=False),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"], name=op.f("fk_kept_photo_image_id_image")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_kept_photo_user_id_users")),
        sa.PrimaryKeyConstraint("image_id", name=op.f("pk_kept_photo")),
    )
    op.create_index(op.f("ix_kept_photo_kept_at"), "kept_photo", ["kept_at"])
    op.create_index(op.f("ix_kept_photo_user_id"), "kept_photo", ["user_id"])
    number = ID.compile(op.get_bind().dialect)
    for column in NOTE_COLUMNS:
        op.execute(f"ALTER TABLE income_note ADD COLUMN {column.replace('{id}', number)}")
    op.add_column("income_note", sa.Column("ended_at", UTC, nullable=True))
    op.execute("UPDATE income_note SET state = 'verified' WHERE verified_by_id IS NOT NULL")


def downgrade() -> None:
    op.execute("DELETE FROM income_note WHERE kind = 'cost' AND state IN ('rejected', 'taken_back')")
    op.execute("UPDATE income_note SET verified_by_id = NULL, verified_at = NULL WHERE state <> 'verified'")
    for name in ("ended_at", "ended_by_id", "reason", "state"):
        op.execute(f"ALTER TABLE income_note DROP COLUMN {name}")
    op.drop_table("kept_photo")
