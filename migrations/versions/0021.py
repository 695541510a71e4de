"""Add aid: funds, proposals, guidance, goods that were handed over, and grants that are drawn in parts."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "aid_fund",
    "aid_proposal",
    "aid_proposal_line",
    "aid_proposal_file",
    "aid_proposal_step",
    "aid_guidance",
    "aid_handover",
    "aid_item",
    "aid_item_check",
    "aid_grant",
    "aid_tranche",
    "aid_drawing",
    "aid_plan_line",
    "aid_receipt",
    "aid_entry",
)

ADDED_ONLY = ("aid_proposal_step", "aid_item_check", "aid_receipt", "aid_entry")


def upgrade() -> None:
    _aid_fund()
    _aid_proposal()
    _aid_proposal_line()
    _aid_proposal_file()
    _aid_proposal_step()
    _aid_guidance()
    _aid_handover()
    _aid_item()
    _aid_item_check()
    _aid_grant()
    _aid_tranche()
    _aid_drawing()
    _aid_plan_line()
    _aid_receipt()
    _aid_entry()
    for table in ADDED_ONLY:
        _only_added(table)


def _only_added(table: str) -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.execute(
            f"CREATE TRIGGER {table}_only_added BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION only_added()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN "
            f"SELECT RAISE(ABORT, '{table} rows are only added'); END"
        )


def _aid_fund() -> None:
    op.create_table(
        "aid_fund",
        sa.Column("id", ID, nullable=False),
        sa.Column("area_code", sa.String(13), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "regency", "province", "centre", name="fundsource", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("year", ID, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column(
            "rule",
            sa.Enum("money", "quota", name="fundrule", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("budget", ID, nullable=True),
        sa.Column("quota", ID, nullable=True),
        sa.Column("promised", ID, nullable=False),
        sa.Column("taken", ID, nullable=False),
        sa.Column("made_by_id", ID, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.CheckConstraint("(rule = 'money') = (budget IS NOT NULL)", name=op.f("ck_aid_fund_budget_of_rule")),
        sa.CheckConstraint("(rule = 'quota') = (quota IS NOT NULL)", name=op.f("ck_aid_fund_quota_of_rule")),
        sa.CheckConstraint("budget BETWEEN 1 AND 1000000000000", name=op.f("ck_aid_fund_budget_range")),
        sa.CheckConstraint("budget IS NULL OR promised <= budget", name=op.f("ck_aid_fund_within_budget")),
        sa.CheckConstraint("promised BETWEEN 0 AND 1000000000000", name=op.f("ck_aid_fund_promised_range")),
        sa.CheckConstraint("quota BETWEEN 1 AND 1000000", name=op.f("ck_aid_fund_quota_range")),
        sa.CheckConstraint("quota IS NULL OR taken <= quota", name=op.f("ck_aid_fund_within_quota")),
        sa.CheckConstraint("taken BETWEEN 0 AND 1000000", name=op.f("ck_aid_fund_taken_range")),
        sa.CheckConstraint("year BETWEEN 2000 AND 2100", name=op.f("ck_aid_fund_year_range")),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_aid_fund_area_code_area")),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_aid_fund_made_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aid_fund")),
        sa.UniqueConstraint("area_code", "source", "year", "name", name=op.f("uq_aid_fund_area_code_source_year_name")),
    )


def _aid_proposal() -> None:
    op.create_table(
        "aid_proposal",
        sa.Column("id", ID, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("goods", "money", name="aidkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("group_id", ID, nullable=True),
        sa.Column("village_code", sa.String(13), nullable=False),
        sa.Column("regency_code", sa.String(13), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("story", sa.String(4000), nullable=False),
        sa.Column("amount", ID, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "checked",
                "approved",
                "refused",
                "withdrawn",
                name="proposalstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("written_by_id", ID, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=True),
        sa.Column("checked_at", MOMENT, nullable=True),
        sa.Column("checked_by_id", ID, nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by_id", ID, nullable=True),
        sa.Column("fund_id", ID, nullable=True),
        sa.Column("decree_number", sa.String(80), nullable=False),
        sa.Column("decree_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("handed", ID, nullable=False),
        sa.CheckConstraint(
            "(state = 'approved') = (fund_id IS NOT NULL AND decree_number <> '' AND decree_on IS NOT NULL)",
            name=op.f("ck_aid_proposal_decree_of_approved"),
        ),
        sa.CheckConstraint(
            "(state IN ('approved', 'refused')) = (decided_at IS NOT NULL)", name=op.f("ck_aid_proposal_decided_when")
        ),
        sa.CheckConstraint("kind = 'goods' OR group_id IS NOT NULL", name=op.f("ck_aid_proposal_money_to_groups")),
        sa.CheckConstraint("state <> 'refused' OR reason <> ''", name=op.f("ck_aid_proposal_reason_of_refusal")),
        sa.CheckConstraint("amount BETWEEN 0 AND 1000000000000", name=op.f("ck_aid_proposal_amount_range")),
        sa.CheckConstraint(
            "checked_by_id IS NULL OR checked_by_id <> written_by_id", name=op.f("ck_aid_proposal_checked_by_another")
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR (decided_by_id <> written_by_id AND decided_by_id <> checked_by_id)",
            name=op.f("ck_aid_proposal_decided_by_a_third"),
        ),
        sa.CheckConstraint("handed <= amount", name=op.f("ck_aid_proposal_handed_within")),
        sa.CheckConstraint("handed BETWEEN 0 AND 1000000000000", name=op.f("ck_aid_proposal_handed_range")),
        sa.ForeignKeyConstraint(["checked_by_id"], ["users.id"], name=op.f("fk_aid_proposal_checked_by_id_users")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_aid_proposal_decided_by_id_users")),
        sa.ForeignKeyConstraint(["fund_id"], ["aid_fund.id"], name=op.f("fk_aid_proposal_fund_id_aid_fund")),
        sa.ForeignKeyConstraint(["group_id"], ["kube.id"], name=op.f("fk_aid_proposal_group_id_kube")),
        sa.ForeignKeyConstraint(["regency_code"], ["area.code"], name=op.f("fk_aid_proposal_regency_code_area")),
        sa.ForeignKeyConstraint(["village_code"], ["area.code"], name=op.f("fk_aid_proposal_village_code_area")),
        sa.ForeignKeyConstraint(["written_by_id"], ["users.id"], name=op.f("fk_aid_proposal_written_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aid_proposal")),
    )
    op.create_index(op.f("ix_aid_proposal_fund_id"), "aid_proposal", ["fund_id"])
    op.create_index(op.f("ix_aid_proposal_group_id"), "aid_proposal", ["group_id"])
    op.create_index(op.f("ix_aid_proposal_village_code_state"), "aid_proposal", ["village_code", "state"])


def _aid_proposal_line() -> None:
    op.create_table(
        "aid_proposal_line",
        sa.Column("id", ID, nullable=False),
        sa.Column("proposal_id", ID, nullable=False),
        sa.Column("position", ID, nullable=False),
        sa.Column("what", sa.String(120), nullable=False),
        sa.Column("quantity", ID, nullable=False),
        sa.Column("unit", sa.String(20), nullable=False),
        sa.Column("unit_price", ID, nullable=False),
        sa.Column("amount", ID, nullable=False),
        sa.CheckConstraint("amount = quantity * unit_price", name=op.f("ck_aid_proposal_line_amount_product")),
        sa.CheckConstraint("amount BETWEEN 1 AND 1000000000000", name=op.f("ck_aid_proposal_line_amount_range")),
        sa.CheckConstraint("quantity BETWEEN 1 AND 1000000", name=op.f("ck_aid_proposal_line_quantity_range")),
        sa.CheckConstraint(
            "unit_price BETWEEN 1 AND 1000000000000", name=op.f("ck_aid_proposal_line_unit_price_range")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["aid_proposal.id"], name=op.f("fk_aid_proposal_line_proposal_id_aid_proposal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aid_proposal_line")),
        sa.UniqueConstraint("proposal_id", "position", name=op.f("uq_aid_proposal_line_proposal_id_position")),
    )


def _aid_proposal_file() -> None:
    op.create_table(
        "aid_proposal_file",
        sa.Column("id", ID, nullable=False),
        sa.Column("proposal_id", ID, nullable=False),
        sa.Column("image_id", ID, nullable=False),
        sa.Column("added_by_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["added_by_id"], ["users.id"], name=op.f("fk_aid_proposal_file_added_by_id_users")),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"], name=op.f("fk_aid_proposal_file_image_id_image")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["aid_proposal.id"], name=op.f("fk_aid_proposal_file_proposal_id_aid_proposal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aid_proposal_file")),
        sa.UniqueConstraint("image_id", name=op.f("uq_aid_proposal_file_image_id")),
    )
    op.create_index(op.f("ix_aid_proposal_file_proposal_id"), "aid_proposal_file", ["proposal_id"])


def _aid_proposal_step() -> None:
    op.create_table(
        "aid_proposal_step",
        sa.Column("id", ID, nullable=False),
        sa.Column("proposal_id", ID, nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_aid_proposal_step_actor_id_users")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["aid_proposal.id"], name=op.f("fk_aid_proposal_step_proposal_id_aid_proposal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aid_proposal_step")),
    )
    op.create_index(op.f("ix_aid_proposal_step_proposal_id"), "aid_proposal_step", ["proposal_id"])


def _aid_guidance() -> None:
    op.create_table(
        "aid_guidance",
        sa.Column("id", ID, nullable=False),
        sa.Column("group_id", ID, nullable=False),
        sa.Column("agency_id", ID, nullable=False),
        sa.Column("topic", sa.String(120), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("noted_by_id", ID, nullable=False),
        sa.Column("noted_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_aid_guidance_agency_id_agency")),
        sa.ForeignKeyConstraint(["group_id"], ["kube.id"], name=op.f("fk_aid_guidance_group_id_kube")),
        sa.ForeignKeyConstraint(["noted_by_id"], ["users.id"], name=op.f("fk_aid_guidance_noted_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aid_guidance")),
        sa.UniqueConstraint(
            "group_id", "agency_id", "topic", "held_on", name=op.f("uq_aid_guidance_group_id_agency_id_topic_held_on")
        ),
    )
    op.create_index(op.f("ix_aid_guidance_group_id"), "aid_guidance", ["group_id"])


def _aid_handover() -> None:
    op.create_table(
        "aid_handover",
        sa.Column("id", ID, nullable=False),
        sa.Column("proposal_id", ID, nullable=False),
        sa.Column("regency_code", sa.String(13), nullable=False),
        sa.Column("year", ID, nullable=False),
        sa.Column("sequence", ID, nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("handed_on", sa.Date(), nullable=False),
        sa.Column("handed_by_id", ID, nullable=False),
        sa.Column("signed_name", sa.String(120), nullable=False),
        sa.Column("signature", sa.String(8000), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.CheckConstraint("signed_name <> ''", name=op.f("ck_aid_handover_signed")),
        sa.CheckConstraint("sequence BETWEEN 1 AND 1000000", name=op.f("ck_aid_handover_sequence_range")),
        sa.ForeignKeyConstraint(["handed_by_id"], ["users.id"], name=op.f("fk_aid_handover_handed_by_id_users")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["aid_proposal.id"], name=op.f("fk_aid_handover_proposal_id_aid_proposal")
        ),
        sa.ForeignKeyConstraint(["regency_code"], ["area.code"], name=op.f("fk_aid_handover_regency_code_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aid_handover")),
        sa.UniqueConstraint("number", name=op.f("uq_aid_handover_number")),
        sa.UniqueConstraint(
            "regency_code", "year", "sequence", name=op.f("uq_aid_handover_regency_code_year_sequence")
        ),
    )
    op.create_index(op.f("ix_aid_handover_proposal_id"), "aid_handover", ["proposal_id"])


def _aid_item() -> None:
    op.create_table(
        "aid_item",
        sa.Column("id", ID, nullable=False),
        sa.Column("handover_id", ID, nullable=False),
        sa.Column("what", sa.String(120), nullable=False),
        sa.Column("serial", sa.String(60), nullable=False),
        sa.Column("value", ID, nullable=False),
        sa.Column(
            "condition",
            sa.Enum("new", "good", "used", name="itemcondition", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("household_id", ID, nullable=True),
        sa.CheckConstraint("value BETWEEN 1 AND 1000000000000", name=op.f("ck_aid_item_value_range")),
        sa.ForeignKeyConstraint(
            ["handover_id"], ["aid_handover.id"], name=op.f("fk_aid_item_handover_id_aid_handover")
        ),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_aid_item_household_id_household")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aid_item")),
    )
    op.create_index(op.f("ix_aid_item_handover_id"), "aid_item", ["handover_id"])
    op.create_index(op.f("ix_aid_item_household_id"), "aid_item", ["household_id"])
    op.create_index(op.f("ix_aid_item_serial"), "aid_item", ["serial"])


def _aid_item_check() -> None:
    op.create_table(
        "aid_item_check",
        sa.Column("id", ID, nullable=False),
        sa.Column("item_id", ID, nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column(
            "found",
            sa.Enum(
                "there", "broken", "sold", "gone", name="found", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("seen_by_id", ID, nullable=False),
        sa.Column("noted_at", MOMENT, nullable=False),
        sa.CheckConstraint("found = 'there' OR note <> ''", name=op.f("ck_aid_item_check_note_of_loss")),
        sa.ForeignKeyConstraint(["item_id"], ["aid_item.id"], name=op.f("fk_aid_item_check_item_id_aid_item")),
        sa.ForeignKeyConstraint(["seen_by_id"], ["users.id"], name=op.f("fk_aid_item_check_seen_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aid_item_check")),
    )
    op.create_index(op.f("ix_aid_item_check_item_id"), "aid_item_check", ["item_id"])


def _aid_grant() -> None:
    op.create_table(
        "aid_grant",
        sa.Column("id", ID, nullable=False),
        sa.Column("proposal_id", ID, nullable=False),
        sa.Column("group_id", ID, nullable=False),
        sa.Column("regency_code", sa.String(13), nullable=False),
        sa.Column("amount", ID, nullable=False),
        sa.Column("planned", ID, nullable=False),
        sa.Column("disbursed", ID, nullable=False),
        sa.Column("drawn", ID, nullable=False),
        sa.Column("bank_encrypted", sa.LargeBinary(), nullable=True),
        sa.Column("bank_last4", sa.String(4), nullable=True),
        sa.CheckConstraint("(bank_encrypted IS NULL) = (bank_last4 IS NULL)", name=op.f("ck_aid_grant_whole_account")),
        sa.CheckConstraint("amount BETWEEN 1 AND 1000000000000", name=op.f("ck_aid_grant_amount_range")),
        sa.CheckConstraint("disbursed <= planned", name=op.f("ck_aid_grant_disbursed_within")),
        sa.CheckConstraint("disbursed BETWEEN 0 AND 1000000000000", name=op.f("ck_aid_grant_disbursed_range")),
        sa.CheckConstraint("drawn <= disbursed", name=op.f("ck_aid_grant_drawn_within")),
        sa.CheckConstraint("drawn BETWEEN 0 AND 1000000000000", name=op.f("ck_aid_grant_drawn_range")),
        sa.CheckConstraint("planned <= amount", name=op.f("ck_aid_grant_planned_within")),
        sa.CheckConstraint("planned BETWEEN 0 AND 1000000000000", name=op.f("ck_aid_grant_planned_range")),
        sa.ForeignKeyConstraint(["group_id"], ["kube.id"], name=op.f("fk_aid_grant_group_id_kube")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["aid_proposal.id"], name=op.f("fk_aid_grant_proposal_id_aid_proposal")
        ),
        sa.ForeignKeyConstraint(["regency_code"], ["area.code"], name=op.f("fk_aid_grant_regency_code_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aid_grant")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_aid_grant_proposal_id")),
    )
    op.create_index(op.f("ix_aid_grant_group_id"), "aid_grant", ["group_id"])
    op.create_index(op.f("ix_aid_grant_regency_code"), "aid_grant", ["regency_code"])


def _aid_tranche() -> None:
    op.create_table(
        "aid_tranche",
        sa.Column("id", ID, nullable=False),
        sa.Column("grant_id", ID, nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("amount", ID, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("planned_by_id", ID, nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("bank_reference", sa.String(60), nullable=True),
        sa.Column("paid_by_id", ID, nullable=True),
        sa.CheckConstraint(
            "(paid_on IS NULL) = (bank_reference IS NULL) AND (paid_on IS NULL) = (paid_by_id IS NULL)",
            name=op.f("ck_aid_tranche_paid_whole"),
        ),
        sa.CheckConstraint("amount BETWEEN 1 AND 1000000000000", name=op.f("ck_aid_tranche_amount_range")),
        sa.CheckConstraint("number BETWEEN 1 AND 1000000", name=op.f("ck_aid_tranche_number_range")),
        sa.CheckConstraint(
            "paid_by_id IS NULL OR paid_by_id <> planned_by_id", name=op.f("ck_aid_tranche_paid_by_another")
        ),
        sa.ForeignKeyConstraint(["grant_id"], ["aid_grant.id"], name=op.f("fk_aid_tranche_grant_id_aid_grant")),
        sa.ForeignKeyConstraint(["paid_by_id"], ["users.id"], name=op.f("fk_aid_tranche_paid_by_id_users")),
        sa.ForeignKeyConstraint(["planned_by_id"], ["users.id"], name=op.f("fk_aid_tranche_planned_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aid_tranche")),
        sa.UniqueConstraint("grant_id", "bank_reference", name=op.f("uq_aid_tranche_grant_id_bank_reference")),
        sa.UniqueConstraint("grant_id", "number", name=op.f("uq_aid_tranche_grant_id_number")),
    )


def _aid_drawing() -> None:
    op.create_table(
        "aid_drawing",
        sa.Column("id", ID, nullable=False),
        sa.Column("grant_id", ID, nullable=False),
        sa.Column("purpose", sa.String(300), nullable=False),
        sa.Column("amount", ID, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "released",
                "refused",
                "withdrawn",
                "proved",
                "settled",
                name="drawingstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("asked_by_id", ID, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("released_by_id", ID, nullable=True),
        sa.Column("released_at", MOMENT, nullable=True),
        sa.Column("round", ID, nullable=False),
        sa.Column("rest", ID, nullable=False),
        sa.Column("proved_by_id", ID, nullable=True),
        sa.Column("proved_at", MOMENT, nullable=True),
        sa.Column("settled_by_id", ID, nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.CheckConstraint(
            "(state IN ('released', 'proved', 'settled')) = (released_by_id IS NOT NULL)",
            name=op.f("ck_aid_drawing_released_by_somebody"),
        ),
        sa.CheckConstraint("state <> 'refused' OR reason <> ''", name=op.f("ck_aid_drawing_reason_of_refusal")),
        sa.CheckConstraint("amount BETWEEN 1 AND 1000000000000", name=op.f("ck_aid_drawing_amount_range")),
        sa.CheckConstraint(
            "released_by_id IS NULL OR released_by_id <> asked_by_id", name=op.f("ck_aid_drawing_released_by_another")
        ),
        sa.CheckConstraint("rest <= amount", name=op.f("ck_aid_drawing_rest_within")),
        sa.CheckConstraint("rest BETWEEN 0 AND 1000000000000", name=op.f("ck_aid_drawing_rest_range")),
        sa.CheckConstraint("round BETWEEN 0 AND 1000000", name=op.f("ck_aid_drawing_round_range")),
        sa.CheckConstraint(
            "settled_by_id IS NULL OR settled_by_id <> proved_by_id", name=op.f("ck_aid_drawing_settled_by_another")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["users.id"], name=op.f("fk_aid_drawing_asked_by_id_users")),
        sa.ForeignKeyConstraint(["grant_id"], ["aid_grant.id"], name=op.f("fk_aid_drawing_grant_id_aid_grant")),
        sa.ForeignKeyConstraint(["proved_by_id"], ["users.id"], name=op.f("fk_aid_drawing_proved_by_id_users")),
        sa.ForeignKeyConstraint(["released_by_id"], ["users.id"], name=op.f("fk_aid_drawing_released_by_id_users")),
        sa.ForeignKeyConstraint(["settled_by_id"], ["users.id"], name=op.f("fk_aid_drawing_settled_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aid_drawing")),
    )
    op.create_index(op.f("ix_aid_drawing_grant_id"), "aid_drawing", ["grant_id"])
    op.create_index(
        "uq_aid_drawing_asked",
        "aid_drawing",
        ["grant_id"],
        unique=True,
        sqlite_where=sa.text("state = 'asked'"),
        postgresql_where=sa.text("state = 'asked'"),
    )


def _aid_plan_line() -> None:
    op.create_table(
        "aid_plan_line",
        sa.Column("id", ID, nullable=False),
        sa.Column("drawing_id", ID, nullable=False),
        sa.Column("what", sa.String(120), nullable=False),
        sa.Column("amount", ID, nullable=False),
        sa.CheckConstraint("amount BETWEEN 1 AND 1000000000000", name=op.f("ck_aid_plan_line_amount_range")),
        sa.ForeignKeyConstraint(
            ["drawing_id"], ["aid_drawing.id"], name=op.f("fk_aid_plan_line_drawing_id_aid_drawing")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aid_plan_line")),
    )
    op.create_index(op.f("ix_aid_plan_line_drawing_id"), "aid_plan_line", ["drawing_id"])


def _aid_receipt() -> None:
    op.create_table(
        "aid_receipt",
        sa.Column("id", ID, nullable=False),
        sa.Column("drawing_id", ID, nullable=False),
        sa.Column("round", ID, nullable=False),
        sa.Column("what", sa.String(120), nullable=False),
        sa.Column("amount", ID, nullable=False),
        sa.Column("image_id", ID, nullable=False),
        sa.CheckConstraint("amount BETWEEN 1 AND 1000000000000", name=op.f("ck_aid_receipt_amount_range")),
        sa.CheckConstraint("round BETWEEN 1 AND 1000000", name=op.f("ck_aid_receipt_round_range")),
        sa.ForeignKeyConstraint(["drawing_id"], ["aid_drawing.id"], name=op.f("fk_aid_receipt_drawing_id_aid_drawing")),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"], name=op.f("fk_aid_receipt_image_id_image")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aid_receipt")),
        sa.UniqueConstraint("image_id", name=op.f("uq_aid_receipt_image_id")),
    )
    op.create_index(op.f("ix_aid_receipt_drawing_id"), "aid_receipt", ["drawing_id"])


def _aid_entry() -> None:
    op.create_table(
        "aid_entry",
        sa.Column("id", ID, nullable=False),
        sa.Column("grant_id", ID, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "paid_in", "drawn", "put_back", name="entrykind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("amount", ID, nullable=False),
        sa.Column("tranche_id", ID, nullable=True),
        sa.Column("drawing_id", ID, nullable=True),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("(kind = 'drawn') = (amount < 0) AND amount <> 0", name=op.f("ck_aid_entry_sign_of_kind")),
        sa.CheckConstraint("(kind = 'paid_in') = (drawing_id IS NULL)", name=op.f("ck_aid_entry_drawing_of_kind")),
        sa.CheckConstraint("(kind = 'paid_in') = (tranche_id IS NOT NULL)", name=op.f("ck_aid_entry_tranche_of_kind")),
        sa.CheckConstraint("amount BETWEEN -1000000000000 AND 1000000000000", name=op.f("ck_aid_entry_amount_range")),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_aid_entry_actor_id_users")),
        sa.ForeignKeyConstraint(["drawing_id"], ["aid_drawing.id"], name=op.f("fk_aid_entry_drawing_id_aid_drawing")),
        sa.ForeignKeyConstraint(["grant_id"], ["aid_grant.id"], name=op.f("fk_aid_entry_grant_id_aid_grant")),
        sa.ForeignKeyConstraint(["tranche_id"], ["aid_tranche.id"], name=op.f("fk_aid_entry_tranche_id_aid_tranche")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aid_entry")),
        sa.UniqueConstraint("drawing_id", "kind", name=op.f("uq_aid_entry_drawing_id_kind")),
        sa.UniqueConstraint("tranche_id", name=op.f("uq_aid_entry_tranche_id")),
    )
    op.create_index(op.f("ix_aid_entry_grant_id"), "aid_entry", ["grant_id"])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
