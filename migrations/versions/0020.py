"""Trainings and their classes, plans of agencies, and what groups' goods are made of"""

import datetime as dt

import sqlalchemy as sa
from alembic import op

from migrations.changes import allow, refuse

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "training",
    "training_class",
    "training_day",
    "trainee",
    "training_attendance",
    "training_attendance_was",
    "training_certificate",
    "agency_plan",
    "agency_plan_line",
    "agency_plan_voice",
    "agency_plan_link",
)
NEW_FIGURES = {"training_attendance_percent": 80, "plan_link_days": 30}
INSERT = sa.text(
    "INSERT INTO figure (key, area_code, value, effective_from, source)"
    " SELECT :key, 'ID', :value, :since, 'Nilai awal; Dinas menetapkan nilainya sendiri'"
    " WHERE EXISTS (SELECT 1 FROM figure)"
    " AND NOT EXISTS (SELECT 1 FROM figure WHERE key = :key AND area_code = 'ID')"
).bindparams(
    sa.bindparam("key", type_=sa.String()),
    sa.bindparam("value", type_=sa.BigInteger()),
    sa.bindparam("since", dt.date(2021, 1, 1), sa.Date()),
)


def upgrade() -> None:
    _training()
    _training_class()
    _training_day()
    _trainee()
    _training_attendance()
    _training_attendance_was()
    _training_certificate()
    _agency_plan()
    _agency_plan_line()
    _agency_plan_voice()
    _agency_plan_link()
    allow("figure", "key", "ck_figure_figurekey", *NEW_FIGURES)
    for key, value in NEW_FIGURES.items():
        op.execute(INSERT.bindparams(key=key, value=value))
    number = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    reference = f"CONSTRAINT {op.f('fk_kube_commodity_id_commodity')} REFERENCES commodity (id)"
    op.execute(f"ALTER TABLE kube ADD COLUMN commodity_id {number} {reference}")



def _training() -> None:
    op.create_table(
        "training",
        sa.Column("id", ID, nullable=False),
        sa.Column("regency_code", sa.String(13), nullable=False),
        sa.Column("title", sa.String(160), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("training", "guidance", name="trainingkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "business_kind",
            sa.Enum(
                "food",
                "craft",
                "textile",
                "livestock",
                "fishery",
                "farming",
                "shop",
                "services",
                name="businesskind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("commodity_id", ID, nullable=True),
        sa.Column("agency_id", ID, nullable=False),
        sa.Column("funding", sa.String(300), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "running",
                "done",
                "cancelled",
                name="trainingstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("misfit_reason", sa.String(1000), nullable=False),
        sa.Column("cancel_reason", sa.String(300), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("created_by_id", ID, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancel_reason <> '')", name=op.f("ck_training_reason_of_cancelled")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_training_agency_id_agency")),
        sa.ForeignKeyConstraint(["commodity_id"], ["commodity.id"], name=op.f("fk_training_commodity_id_commodity")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_training_created_by_id_users")),
        sa.ForeignKeyConstraint(["regency_code"], ["area.code"], name=op.f("fk_training_regency_code_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training")),
    )
    op.create_index(op.f("ix_training_commodity_id"), "training", ["commodity_id"])
    op.create_index(op.f("ix_training_regency_code_state"), "training", ["regency_code", "state"])


def _training_class() -> None:
    op.create_table(
        "training_class",
        sa.Column("id", ID, nullable=False),
        sa.Column("training_id", ID, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("room", sa.String(160), nullable=False),
        sa.Column("places", ID, nullable=False),
        sa.Column("taken", ID, nullable=False),
        sa.CheckConstraint("places BETWEEN 1 AND 1000000", name=op.f("ck_training_class_places_range")),
        sa.CheckConstraint("taken BETWEEN 0 AND places", name=op.f("ck_training_class_taken_range")),
        sa.ForeignKeyConstraint(["training_id"], ["training.id"], name=op.f("fk_training_class_training_id_training")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_class")),
        sa.UniqueConstraint("training_id", "name", name=op.f("uq_training_class_training_id_name")),
    )


def _training_day() -> None:
    op.create_table(
        "training_day",
        sa.Column("id", ID, nullable=False),
        sa.Column("class_id", ID, nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["class_id"], ["training_class.id"], name=op.f("fk_training_day_class_id_training_class")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_day")),
        sa.UniqueConstraint("class_id", "held_on", name=op.f("uq_training_day_class_id_held_on")),
    )


def _trainee() -> None:
    op.create_table(
        "trainee",
        sa.Column("id", ID, nullable=False),
        sa.Column("training_id", ID, nullable=False),
        sa.Column("class_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("household_id", ID, nullable=False),
        sa.Column("village_code", sa.String(13), nullable=False),
        sa.Column("decile", ID, nullable=True),
        sa.Column(
            "source",
            sa.Enum(
                "dtks",
                "p3ke",
                "dtsen",
                "local",
                name="registrysource",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("wrse", sa.Boolean(), nullable=False),
        sa.Column("added_by_id", ID, nullable=True),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.CheckConstraint("decile IS NULL OR decile BETWEEN 1 AND 10", name=op.f("ck_trainee_decile_range")),
        sa.ForeignKeyConstraint(["added_by_id"], ["users.id"], name=op.f("fk_trainee_added_by_id_users")),
        sa.ForeignKeyConstraint(["class_id"], ["training_class.id"], name=op.f("fk_trainee_class_id_training_class")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_trainee_household_id_household")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_trainee_person_id_person")),
        sa.ForeignKeyConstraint(["training_id"], ["training.id"], name=op.f("fk_trainee_training_id_training")),
        sa.ForeignKeyConstraint(["village_code"], ["area.code"], name=op.f("fk_trainee_village_code_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trainee")),
        sa.UniqueConstraint("training_id", "person_id", name=op.f("uq_trainee_training_id_person_id")),
    )
    op.create_index(op.f("ix_trainee_class_id"), "trainee", ["class_id"])
    op.create_index(op.f("ix_trainee_household_id"), "trainee", ["household_id"])
    op.create_index(op.f("ix_trainee_person_id"), "trainee", ["person_id"])


def _training_attendance() -> None:
    op.create_table(
        "training_attendance",
        sa.Column("id", ID, nullable=False),
        sa.Column("trainee_id", ID, nullable=False),
        sa.Column("day_id", ID, nullable=False),
        sa.Column(
            "mark",
            sa.Enum("came", "excused", "absent", name="mark", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("marked_by_id", ID, nullable=True),
        sa.Column("marked_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["day_id"], ["training_day.id"], name=op.f("fk_training_attendance_day_id_training_day")
        ),
        sa.ForeignKeyConstraint(["marked_by_id"], ["users.id"], name=op.f("fk_training_attendance_marked_by_id_users")),
        sa.ForeignKeyConstraint(["trainee_id"], ["trainee.id"], name=op.f("fk_training_attendance_trainee_id_trainee")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_attendance")),
        sa.UniqueConstraint("trainee_id", "day_id", name=op.f("uq_training_attendance_trainee_id_day_id")),
    )
    op.create_index(op.f("ix_training_attendance_day_id"), "training_attendance", ["day_id"])


def _training_attendance_was() -> None:
    op.create_table(
        "training_attendance_was",
        sa.Column("id", ID, nullable=False),
        sa.Column("attendance_id", ID, nullable=False),
        sa.Column(
            "mark",
            sa.Enum("came", "excused", "absent", name="mark", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("marked_by_id", ID, nullable=True),
        sa.Column("marked_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["attendance_id"],
            ["training_attendance.id"],
            name=op.f("fk_training_attendance_was_attendance_id_training_attendance"),
        ),
        sa.ForeignKeyConstraint(
            ["marked_by_id"], ["users.id"], name=op.f("fk_training_attendance_was_marked_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_attendance_was")),
    )
    op.create_index(op.f("ix_training_attendance_was_attendance_id"), "training_attendance_was", ["attendance_id"])


def _training_certificate() -> None:
    op.create_table(
        "training_certificate",
        sa.Column("id", ID, nullable=False),
        sa.Column("trainee_id", ID, nullable=False),
        sa.Column("regency_code", sa.String(13), nullable=False),
        sa.Column("year", ID, nullable=False),
        sa.Column("sequence", ID, nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("attended_percent", ID, nullable=False),
        sa.Column("required_percent", ID, nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("issued_by_id", ID, nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "attended_percent BETWEEN required_percent AND 100", name=op.f("ck_training_certificate_attended_enough")
        ),
        sa.CheckConstraint("sequence BETWEEN 1 AND 1000000", name=op.f("ck_training_certificate_sequence_range")),
        sa.ForeignKeyConstraint(
            ["issued_by_id"], ["users.id"], name=op.f("fk_training_certificate_issued_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["regency_code"], ["area.code"], name=op.f("fk_training_certificate_regency_code_area")
        ),
        sa.ForeignKeyConstraint(
            ["trainee_id"], ["trainee.id"], name=op.f("fk_training_certificate_trainee_id_trainee")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_certificate")),
        sa.UniqueConstraint("number", name=op.f("uq_training_certificate_number")),
        sa.UniqueConstraint(
            "regency_code", "year", "sequence", name=op.f("uq_training_certificate_regency_code_year_sequence")
        ),
        sa.UniqueConstraint("trainee_id", name=op.f("uq_training_certificate_trainee_id")),
    )


def _agency_plan() -> None:
    op.create_table(
        "agency_plan",
        sa.Column("id", ID, nullable=False),
        sa.Column("area_code", sa.String(13), nullable=False),
        sa.Column("year", ID, nullable=False),
        sa.Column("title", sa.String(160), nullable=False),
        sa.Column("created_by_id", ID, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("year BETWEEN 2000 AND 2100", name=op.f("ck_agency_plan_year_range")),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_agency_plan_area_code_area")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_agency_plan_created_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_plan")),
        sa.UniqueConstraint("area_code", "year", "title", name=op.f("uq_agency_plan_area_code_year_title")),
    )


def _agency_plan_line() -> None:
    op.create_table(
        "agency_plan_line",
        sa.Column("id", ID, nullable=False),
        sa.Column("plan_id", ID, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("training", "aid", name="linekind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("what", sa.String(160), nullable=False),
        sa.Column(
            "business_kind",
            sa.Enum(
                "food",
                "craft",
                "textile",
                "livestock",
                "fishery",
                "farming",
                "shop",
                "services",
                name="businesskind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("commodity_id", ID, nullable=True),
        sa.Column("people", ID, nullable=False),
        sa.Column("story", sa.String(1000), nullable=False),
        sa.Column("agency_id", ID, nullable=False),
        sa.Column("proposed_by", sa.String(120), nullable=False),
        sa.Column("recorded_by_id", ID, nullable=True),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("training_id", ID, nullable=True),
        sa.CheckConstraint(
            "training_id IS NULL OR kind = 'training'", name=op.f("ck_agency_plan_line_training_of_training")
        ),
        sa.CheckConstraint("people BETWEEN 0 AND 1000000", name=op.f("ck_agency_plan_line_people_range")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_agency_plan_line_agency_id_agency")),
        sa.ForeignKeyConstraint(
            ["commodity_id"], ["commodity.id"], name=op.f("fk_agency_plan_line_commodity_id_commodity")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["agency_plan.id"], name=op.f("fk_agency_plan_line_plan_id_agency_plan")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["users.id"], name=op.f("fk_agency_plan_line_recorded_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["training_id"], ["training.id"], name=op.f("fk_agency_plan_line_training_id_training")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_plan_line")),
        sa.UniqueConstraint("training_id", name=op.f("uq_agency_plan_line_training_id")),
    )
    op.create_index(op.f("ix_agency_plan_line_plan_id"), "agency_plan_line", ["plan_id"])


def _agency_plan_voice() -> None:
    op.create_table(
        "agency_plan_voice",
        sa.Column("id", ID, nullable=False),
        sa.Column("line_id", ID, nullable=False),
        sa.Column("agency_id", ID, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column(
            "answer",
            sa.Enum(
                "agree", "disagree", "comment", name="answer", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("said", sa.String(1000), nullable=False),
        sa.Column("recorded_by_id", ID, nullable=True),
        sa.Column("said_at", MOMENT, nullable=False),
        sa.CheckConstraint("answer = 'agree' OR said <> ''", name=op.f("ck_agency_plan_voice_words_of_others")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_agency_plan_voice_agency_id_agency")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["agency_plan_line.id"], name=op.f("fk_agency_plan_voice_line_id_agency_plan_line")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["users.id"], name=op.f("fk_agency_plan_voice_recorded_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_plan_voice")),
    )
    op.create_index(op.f("ix_agency_plan_voice_line_id"), "agency_plan_voice", ["line_id"])


def _agency_plan_link() -> None:
    op.create_table(
        "agency_plan_link",
        sa.Column("id", ID, nullable=False),
        sa.Column("plan_id", ID, nullable=False),
        sa.Column("agency_id", ID, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("created_by_id", ID, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_agency_plan_link_lifetime")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_agency_plan_link_agency_id_agency")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_agency_plan_link_created_by_id_users")),
        sa.ForeignKeyConstraint(["plan_id"], ["agency_plan.id"], name=op.f("fk_agency_plan_link_plan_id_agency_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_plan_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_agency_plan_link_token_hash")),
    )
    op.create_index(
        "uq_agency_plan_link_open",
        "agency_plan_link",
        ["plan_id", "agency_id"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_column("kube", "commodity_id")
    op.execute("DELETE FROM figure WHERE key IN ('training_attendance_percent', 'plan_link_days')")
    refuse("figure", "key", "ck_figure_figurekey", *NEW_FIGURES)
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DELETE FROM number_series WHERE name = 'certificate'")
