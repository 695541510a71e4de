"""Criteria, assessments and cases: the way of a family out of aid"""

import datetime as dt
import json

import sqlalchemy as sa
from alembic import op

from migrations.changes import allow, refuse

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
FIGURES = (
    "minimum_wage",
    "assessment_days",
    "relapse_months",
    "follow_up_first",
    "follow_up_every",
    "follow_up_months",
    "meeting_people",
)
CHECK = ("figure", "key", "ck_figure_figurekey")
STARTS = (
    ("assessment_days", 31),
    ("relapse_months", 2),
    ("follow_up_first", 1),
    ("follow_up_every", 3),
    ("follow_up_months", 12),
    ("meeting_people", 3),
)
SINCE = dt.date(2021, 1, 1)
SOURCE = "Nilai awal; Dinas menetapkan kriterianya sendiri"
CRITERIA = (
    # key, kind, required, alternative to, numbers
    ("income", "computed", True, None, {"percent": 100, "months": 6}),
    ("income_early", "computed", False, "income", {"percent": 150, "months": 6}),
    ("wage", "computed", False, "income", {"percent": 100, "months": 3}),
    ("buyer_spread", "computed", True, None, {"percent": 60, "months": 6}),
    ("mentoring", "computed", False, None, {"per_month": 1, "months": 6, "days": 45}),
    ("food", "observed", False, None, {"number": 0}),
    ("sources", "observed", False, None, {"number": 2}),
    ("assets", "observed", False, None, {"number": 1}),
    ("savings", "observed", False, None, {"rupiah": 500_000}),
    ("school", "observed", True, None, {"number": 0}),
)
ONLY_ADDED = ("criteria_set", "criterion", "assessment")
TABLES = (
    "criteria_set",
    "criterion",
    "graduation_case",
    "assessment",
    "assessment_change",
    "case_event",
    "case_file",
    "village_minutes",
    "case_visit",
    "case_standing",
)


def upgrade() -> None:
    _criteria_set()
    _criterion()
    _graduation_case()
    _assessment()
    _assessment_change()
    _case_event()
    _case_file()
    _village_minutes()
    _case_visit()
    _case_standing()
    allow(*CHECK, *FIGURES)
    _start()
    _only_added()


def _start() -> None:
    """Give every installation the country's first set, and one in use the figures that it would miss."""
    for key, value in STARTS:
        op.execute(
            sa.text(
                "INSERT INTO figure (key, area_code, value, effective_from, source)"
                " SELECT :key, area_code, :value, effective_from, source FROM figure"
                " WHERE key = 'offer_days' AND area_code = 'ID' AND effective_from = :since"
            ).bindparams(sa.bindparam("since", SINCE, sa.Date()), key=key, value=value)
        )
    op.execute(
        sa.text(
            "INSERT INTO criteria_set (area_code, version, effective_from, source, made_at)"
            " VALUES ('ID', 1, :since, :source, :now)"
        ).bindparams(
            sa.bindparam("since", SINCE, sa.Date()),
            sa.bindparam("now", dt.datetime.now(dt.UTC), MOMENT),
            source=SOURCE,
        )
    )
    plain = ":position, :key, :kind, :is_required, :alternative_to"
    for position, (key, kind, required, instead, numbers) in enumerate(CRITERIA, start=1):
        op.execute(
            sa.text(
                "INSERT INTO criterion"
                " (set_id, position, key, kind, is_required, alternative_to, parameters, source)"
                f" SELECT id, {plain}, {_as_json(':parameters')}, :source FROM criteria_set"
                " WHERE area_code = 'ID' AND version = 1"
            ).bindparams(
                sa.bindparam("is_required", required, sa.Boolean()),
                position=position,
                key=key,
                kind=kind,
                alternative_to=instead,
                parameters=json.dumps(numbers),
                source=SOURCE,
            )
        )


def _as_json(mark: str) -> str:
    return f"CAST({mark} AS JSON)" if _is_postgresql() else mark


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _only_added() -> None:
    for table in ONLY_ADDED:
        if _is_postgresql():
            op.execute(
                f"CREATE TRIGGER {table}_only_added BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION only_added()"
            )
            continue
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN "
                f"SELECT RAISE(ABORT, '{table} rows are only added'); END"
            )


def _criteria_set() -> None:
    op.create_table('criteria_set',
    sa.Column('id', ID, nullable=False),
    sa.Column('area_code', sa.String(13), nullable=False),
    sa.Column('version', ID, nullable=False),
    sa.Column('effective_from', sa.Date(), nullable=False),
    sa.Column('source', sa.String(300), nullable=False),
    sa.Column('made_by_id', ID, nullable=True),
    sa.Column('made_at', MOMENT, nullable=False),
    sa.CheckConstraint('version > 0', name=op.f('ck_criteria_set_version_range')),
    sa.ForeignKeyConstraint(['made_by_id'], ['users.id'], name=op.f('fk_criteria_set_made_by_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_criteria_set')),
    sa.UniqueConstraint('area_code', 'effective_from', name=op.f('uq_criteria_set_area_code_effective_from')),
    sa.UniqueConstraint('area_code', 'version', name=op.f('uq_criteria_set_area_code_version')),
    )


def _criterion() -> None:
    op.create_table('criterion',
    sa.Column('id', ID, nullable=False),
    sa.Column('set_id', ID, nullable=False),
    sa.Column('position', ID, nullable=False),
    sa.Column('key', sa.Enum('income', 'income_early', 'wage', 'buyer_spread', 'mentoring', 'food', 'sources', 'assets', 'savings', 'school', name='criterionkey', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('kind', sa.Enum('computed', 'observed', name='criterionkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('is_required', sa.Boolean(), nullable=False),
    sa.Column('alternative_to', sa.Enum('income', 'income_early', 'wage', 'buyer_spread', 'mentoring', 'food', 'sources', 'assets', 'savings', 'school', name='alternative', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('parameters', sa.JSON(), nullable=False),
    sa.Column('source', sa.String(300), nullable=False),
    sa.ForeignKeyConstraint(['set_id'], ['criteria_set.id'], name=op.f('fk_criterion_set_id_criteria_set')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_criterion')),
    sa.UniqueConstraint('set_id', 'key', name=op.f('uq_criterion_set_id_key')),
    )


def _graduation_case() -> None:
    op.create_table('graduation_case',
    sa.Column('id', ID, nullable=False),
    sa.Column('household_id', ID, nullable=False),
    sa.Column('state', sa.Enum('recipient', 'mentored', 'ready', 'proposed', 'verification', 'deliberation', 'approved', 'rejected', 'postponed', 'graduated', 'monitored', 'independent', 'relapsed', 'proposed_back', 'withdrawn', 'appealed', 'administrative', name='casestate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('opened_at', MOMENT, nullable=False),
    sa.Column('opened_by_id', ID, nullable=True),
    sa.Column('mentor_id', ID, nullable=True),
    sa.Column('proposed_by_id', ID, nullable=True),
    sa.Column('verified_by_id', ID, nullable=True),
    sa.Column('is_confirmed', sa.Boolean(), nullable=True),
    sa.Column('decided_by_id', ID, nullable=True),
    sa.Column('decree_number', sa.String(80), nullable=False),
    sa.Column('decree_on', sa.Date(), nullable=True),
    sa.Column('ministry_reference', sa.String(80), nullable=False),
    sa.Column('effective_on', sa.Date(), nullable=True),
    sa.Column('suspended_state', sa.Enum('recipient', 'mentored', 'ready', 'proposed', 'verification', 'deliberation', 'approved', 'rejected', 'postponed', 'graduated', 'monitored', 'independent', 'relapsed', 'proposed_back', 'withdrawn', 'appealed', 'administrative', name='suspended', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('warning', sa.Enum('months', 'shock', name='warning', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('warned_month', sa.Date(), nullable=True),
    sa.Column('exit_reason', sa.Enum('moved', 'died', 'double', 'other', name='exitreason', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('changed_at', MOMENT, nullable=False),
    sa.CheckConstraint("(state = 'administrative') = (exit_reason IS NOT NULL)", name=op.f('ck_graduation_case_reason_of_exit')),
    sa.CheckConstraint("(state = 'appealed') = (suspended_state IS NOT NULL)", name=op.f('ck_graduation_case_state_before_appeal')),
    sa.CheckConstraint("state NOT IN ('graduated', 'monitored', 'independent', 'relapsed', 'proposed_back') OR (decree_number <> '' AND decree_on IS NOT NULL AND ministry_reference <> '' AND effective_on IS NOT NULL)", name=op.f('ck_graduation_case_proof_of_graduation')),
    sa.CheckConstraint('(decided_by_id IS NULL) OR (verified_by_id IS NOT NULL)', name=op.f('ck_graduation_case_verified_before_decided')),
    sa.CheckConstraint('(verified_by_id IS NULL) OR (proposed_by_id IS NOT NULL)', name=op.f('ck_graduation_case_proposed_before_verified')),
    sa.CheckConstraint('proposed_by_id <> decided_by_id', name=op.f('ck_graduation_case_proposer_decides')),
    sa.CheckConstraint('proposed_by_id <> verified_by_id', name=op.f('ck_graduation_case_proposer_verifies')),
    sa.CheckConstraint('verified_by_id <> decided_by_id', name=op.f('ck_graduation_case_verifier_decides')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['users.id'], name=op.f('fk_graduation_case_decided_by_id_users')),
    sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_graduation_case_household_id_household')),
    sa.ForeignKeyConstraint(['mentor_id'], ['users.id'], name=op.f('fk_graduation_case_mentor_id_users')),
    sa.ForeignKeyConstraint(['opened_by_id'], ['users.id'], name=op.f('fk_graduation_case_opened_by_id_users')),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['users.id'], name=op.f('fk_graduation_case_proposed_by_id_users')),
    sa.ForeignKeyConstraint(['verified_by_id'], ['users.id'], name=op.f('fk_graduation_case_verified_by_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_graduation_case')),
    )
    op.create_index(op.f('ix_graduation_case_household_id_id'), 'graduation_case', ['household_id', 'id'])
    op.create_index(op.f('ix_graduation_case_state'), 'graduation_case', ['state'])
    op.create_index('uq_graduation_case_going', 'graduation_case', ['household_id'], unique=True, sqlite_where=sa.text("state NOT IN ('administrative', 'proposed_back', 'rejected', 'withdrawn')"), postgresql_where=sa.text("state NOT IN ('administrative', 'proposed_back', 'rejected', 'withdrawn')"))


def _assessment() -> None:
    op.create_table('assessment',
    sa.Column('id', ID, nullable=False),
    sa.Column('case_id', ID, nullable=False),
    sa.Column('set_id', ID, nullable=False),
    sa.Column('made_by_id', ID, nullable=False),
    sa.Column('made_at', MOMENT, nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('frozen', sa.JSON(), nullable=False),
    sa.Column('sha256', sa.String(64), nullable=False),
    sa.Column('holds', sa.Boolean(), nullable=False),
    sa.Column('note', sa.String(1000), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['graduation_case.id'], name=op.f('fk_assessment_case_id_graduation_case')),
    sa.ForeignKeyConstraint(['made_by_id'], ['users.id'], name=op.f('fk_assessment_made_by_id_users')),
    sa.ForeignKeyConstraint(['set_id'], ['criteria_set.id'], name=op.f('fk_assessment_set_id_criteria_set')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assessment')),
    )
    op.create_index(op.f('ix_assessment_case_id_id'), 'assessment', ['case_id', 'id'])


def _assessment_change() -> None:
    op.create_table('assessment_change',
    sa.Column('id', ID, nullable=False),
    sa.Column('assessment_id', ID, nullable=False),
    sa.Column('noticed_at', MOMENT, nullable=False),
    sa.Column('earned_then', ID, nullable=False),
    sa.Column('earned_now', ID, nullable=False),
    sa.Column('found_hash', sa.String(64), nullable=False),
    sa.ForeignKeyConstraint(['assessment_id'], ['assessment.id'], name=op.f('fk_assessment_change_assessment_id_assessment')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assessment_change')),
    sa.UniqueConstraint('assessment_id', 'found_hash', name=op.f('uq_assessment_change_assessment_id_found_hash')),
    )


def _case_event() -> None:
    op.create_table('case_event',
    sa.Column('id', ID, nullable=False),
    sa.Column('case_id', ID, nullable=False),
    sa.Column('at', MOMENT, nullable=False),
    sa.Column('actor_id', ID, nullable=True),
    sa.Column('action', sa.String(30), nullable=False),
    sa.Column('from_state', sa.Enum('recipient', 'mentored', 'ready', 'proposed', 'verification', 'deliberation', 'approved', 'rejected', 'postponed', 'graduated', 'monitored', 'independent', 'relapsed', 'proposed_back', 'withdrawn', 'appealed', 'administrative', name='from_state', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('to_state', sa.Enum('recipient', 'mentored', 'ready', 'proposed', 'verification', 'deliberation', 'approved', 'rejected', 'postponed', 'graduated', 'monitored', 'independent', 'relapsed', 'proposed_back', 'withdrawn', 'appealed', 'administrative', name='to_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('note', sa.String(1000), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.Column('assessment_id', ID, nullable=True),
    sa.ForeignKeyConstraint(['actor_id'], ['users.id'], name=op.f('fk_case_event_actor_id_users')),
    sa.ForeignKeyConstraint(['assessment_id'], ['assessment.id'], name=op.f('fk_case_event_assessment_id_assessment')),
    sa.ForeignKeyConstraint(['case_id'], ['graduation_case.id'], name=op.f('fk_case_event_case_id_graduation_case')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_event')),
    )
    op.create_index(op.f('ix_case_event_assessment_id'), 'case_event', ['assessment_id'])
    op.create_index(op.f('ix_case_event_case_id_id'), 'case_event', ['case_id', 'id'])


def _case_file() -> None:
    op.create_table('case_file',
    sa.Column('id', ID, nullable=False),
    sa.Column('case_id', ID, nullable=False),
    sa.Column('event_id', ID, nullable=True),
    sa.Column('purpose', sa.Enum('photo', 'statement', 'home_visit', 'minutes', 'decree', 'other', name='filepurpose', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('criterion', sa.Enum('income', 'income_early', 'wage', 'buyer_spread', 'mentoring', 'food', 'sources', 'assets', 'savings', 'school', name='criterionkey', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('image_id', ID, nullable=True),
    sa.Column('pdf_name', sa.String(120), nullable=True),
    sa.Column('sha256', sa.String(64), nullable=False),
    sa.Column('uploaded_by_id', ID, nullable=False),
    sa.Column('uploaded_at', MOMENT, nullable=False),
    sa.CheckConstraint('(image_id IS NULL) <> (pdf_name IS NULL)', name=op.f('ck_case_file_photo_or_pdf')),
    sa.ForeignKeyConstraint(['case_id'], ['graduation_case.id'], name=op.f('fk_case_file_case_id_graduation_case')),
    sa.ForeignKeyConstraint(['event_id'], ['case_event.id'], name=op.f('fk_case_file_event_id_case_event')),
    sa.ForeignKeyConstraint(['image_id'], ['image.id'], name=op.f('fk_case_file_image_id_image')),
    sa.ForeignKeyConstraint(['uploaded_by_id'], ['users.id'], name=op.f('fk_case_file_uploaded_by_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_file')),
    )
    op.create_index(op.f('ix_case_file_case_id_id'), 'case_file', ['case_id', 'id'])
    op.create_index(op.f('ix_case_file_image_id'), 'case_file', ['image_id'])


def _village_minutes() -> None:
    op.create_table('village_minutes',
    sa.Column('id', ID, nullable=False),
    sa.Column('case_id', ID, nullable=False),
    sa.Column('is_return', sa.Boolean(), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('place', sa.String(120), nullable=False),
    sa.Column('leader', sa.String(120), nullable=False),
    sa.Column('conclusion', sa.String(1000), nullable=False),
    sa.Column('attendance', sa.JSON(), nullable=False),
    sa.Column('recorded_by_id', ID, nullable=False),
    sa.Column('recorded_at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['graduation_case.id'], name=op.f('fk_village_minutes_case_id_graduation_case')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['users.id'], name=op.f('fk_village_minutes_recorded_by_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_village_minutes')),
    )
    op.create_index(op.f('ix_village_minutes_case_id_id'), 'village_minutes', ['case_id', 'id'])


def _case_visit() -> None:
    op.create_table('case_visit',
    sa.Column('id', ID, nullable=False),
    sa.Column('case_id', ID, nullable=False),
    sa.Column('months', ID, nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('visit_id', ID, nullable=True),
    sa.Column('done_by_id', ID, nullable=True),
    sa.CheckConstraint('(visit_id IS NULL) = (done_by_id IS NULL)', name=op.f('ck_case_visit_who_of_done')),
    sa.ForeignKeyConstraint(['case_id'], ['graduation_case.id'], name=op.f('fk_case_visit_case_id_graduation_case')),
    sa.ForeignKeyConstraint(['done_by_id'], ['users.id'], name=op.f('fk_case_visit_done_by_id_users')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_case_visit_visit_id_visit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_visit')),
    sa.UniqueConstraint('case_id', 'months', name=op.f('uq_case_visit_case_id_months')),
    sa.UniqueConstraint('case_id', 'visit_id', name=op.f('uq_case_visit_case_id_visit_id')),
    )
    op.create_index(op.f('ix_case_visit_visit_id_due_on'), 'case_visit', ['visit_id', 'due_on'])


def _case_standing() -> None:
    op.create_table('case_standing',
    sa.Column('id', ID, nullable=False),
    sa.Column('case_id', ID, nullable=False),
    sa.Column('key', sa.Enum('income', 'income_early', 'wage', 'buyer_spread', 'mentoring', 'food', 'sources', 'assets', 'savings', 'school', name='criterionkey', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('outcome', sa.Enum('met', 'not_met', 'missing', name='outcome', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('is_blocking', sa.Boolean(), nullable=False),
    sa.Column('measure', sa.JSON(), nullable=False),
    sa.Column('reckoned_at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['graduation_case.id'], name=op.f('fk_case_standing_case_id_graduation_case')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_standing')),
    sa.UniqueConstraint('case_id', 'key', name=op.f('uq_case_standing_case_id_key')),
    )
    op.create_index(op.f('ix_case_standing_key_is_blocking'), 'case_standing', ['key', 'is_blocking'])


def downgrade() -> None:
    op.execute(f"DELETE FROM figure WHERE key IN ({', '.join(repr(key) for key in FIGURES)})")
    refuse(*CHECK, *FIGURES)
    for table in reversed(TABLES):
        op.drop_table(table)
