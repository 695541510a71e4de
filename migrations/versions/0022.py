"""Plans of mentors, four-monthly reports and the standing of groups"""

import datetime as dt

import sqlalchemy as sa
from alembic import op

from migrations.changes import allow, refuse

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
FIGURES = {
    "visit_days": 45,
    "report_due_days": 14,
    "report_reminder_days": 7,
    "running_days": 60,
    "inactive_days": 180,
    "inactive_reports": 2,
}
SINCE = dt.date(2021, 1, 1)
TABLES = (
    "mentoring_plan",
    "plan_target",
    "group_report",
    "report_month",
    "report_event",
    "group_standing",
)


def upgrade() -> None:
    allow("figure", "key", "ck_figure_figurekey", *FIGURES)
    # An empty database gets its figures with all others; one in use must not miss these.
    for key, value in FIGURES.items():
        op.execute(
            sa.text(
                "INSERT INTO figure (key, area_code, value, effective_from, source)"
                f" SELECT '{key}', area_code, {value}, effective_from, source FROM figure"
                " WHERE key = 'packing_days' AND area_code = 'ID' AND effective_from = :since"
            ).bindparams(sa.bindparam("since", SINCE, sa.Date()))
        )
    _mentoring_plan()
    _plan_target()
    _group_report()
    _report_month()
    _report_event()
    _group_standing()


def _mentoring_plan() -> None:
    op.create_table('mentoring_plan',
    sa.Column('id', ID, nullable=False),
    sa.Column('group_id', ID, nullable=False),
    sa.Column('goal', sa.String(500), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('made_by_id', ID, nullable=False),
    sa.Column('made_at', MOMENT, nullable=False),
    sa.CheckConstraint('ends_on >= starts_on', name=op.f('ck_mentoring_plan_months')),
    sa.ForeignKeyConstraint(['group_id'], ['kube.id'], name=op.f('fk_mentoring_plan_group_id_kube')),
    sa.ForeignKeyConstraint(['made_by_id'], ['users.id'], name=op.f('fk_mentoring_plan_made_by_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mentoring_plan')),
    )
    op.create_index(op.f('ix_mentoring_plan_group_id_starts_on'), 'mentoring_plan', ['group_id', 'starts_on'])


def _plan_target() -> None:
    op.create_table('plan_target',
    sa.Column('id', ID, nullable=False),
    sa.Column('plan_id', ID, nullable=False),
    sa.Column('what', sa.String(300), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('reached_on', sa.Date(), nullable=True),
    sa.Column('reached_by_id', ID, nullable=True),
    sa.CheckConstraint('(reached_on IS NULL) = (reached_by_id IS NULL)', name=op.f('ck_plan_target_who_of_reached')),
    sa.ForeignKeyConstraint(['plan_id'], ['mentoring_plan.id'], name=op.f('fk_plan_target_plan_id_mentoring_plan')),
    sa.ForeignKeyConstraint(['reached_by_id'], ['users.id'], name=op.f('fk_plan_target_reached_by_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_target')),
    )
    op.create_index(op.f('ix_plan_target_plan_id'), 'plan_target', ['plan_id'])


def _group_report() -> None:
    op.create_table('group_report',
    sa.Column('id', ID, nullable=False),
    sa.Column('group_id', ID, nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('state', sa.Enum('draft', 'sent', 'checked', 'accepted', 'back', name='reportstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('materials', ID, nullable=True),
    sa.Column('other_costs', ID, nullable=True),
    sa.Column('other_income', ID, nullable=True),
    sa.Column('story', sa.String(2000), nullable=False),
    sa.Column('first_sent_on', sa.Date(), nullable=True),
    sa.Column('sent_at', MOMENT, nullable=True),
    sa.Column('sent_by_id', ID, nullable=True),
    sa.Column('checked_by_id', ID, nullable=True),
    sa.Column('accepted_by_id', ID, nullable=True),
    sa.Column('reason', sa.String(300), nullable=False),
    sa.Column('reminded_before_at', MOMENT, nullable=True),
    sa.Column('reminded_after_at', MOMENT, nullable=True),
    sa.CheckConstraint("state <> 'accepted' OR accepted_by_id IS NOT NULL", name=op.f('ck_group_report_accepted')),
    sa.CheckConstraint("state = 'draft' OR (materials IS NOT NULL AND other_costs IS NOT NULL AND other_income IS NOT NULL AND first_sent_on IS NOT NULL AND sent_at IS NOT NULL AND sent_by_id IS NOT NULL)", name=op.f('ck_group_report_told_when_sent')),
    sa.CheckConstraint("state NOT IN ('checked', 'accepted') OR checked_by_id IS NOT NULL", name=op.f('ck_group_report_checked')),
    sa.CheckConstraint('accepted_by_id <> sent_by_id AND accepted_by_id <> checked_by_id', name=op.f('ck_group_report_other_accepts')),
    sa.CheckConstraint('checked_by_id <> sent_by_id', name=op.f('ck_group_report_other_checks')),
    sa.CheckConstraint('materials BETWEEN 0 AND 1000000000000', name=op.f('ck_group_report_materials_range')),
    sa.CheckConstraint('other_costs BETWEEN 0 AND 1000000000000', name=op.f('ck_group_report_other_costs_range')),
    sa.CheckConstraint('other_income BETWEEN 0 AND 1000000000000', name=op.f('ck_group_report_other_income_range')),
    sa.ForeignKeyConstraint(['accepted_by_id'], ['users.id'], name=op.f('fk_group_report_accepted_by_id_users')),
    sa.ForeignKeyConstraint(['checked_by_id'], ['users.id'], name=op.f('fk_group_report_checked_by_id_users')),
    sa.ForeignKeyConstraint(['group_id'], ['kube.id'], name=op.f('fk_group_report_group_id_kube')),
    sa.ForeignKeyConstraint(['sent_by_id'], ['users.id'], name=op.f('fk_group_report_sent_by_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_group_report')),
    sa.UniqueConstraint('group_id', 'starts_on', name=op.f('uq_group_report_group_id_starts_on')),
    )
    op.create_index(op.f('ix_group_report_state_due_on'), 'group_report', ['state', 'due_on'])


def _report_month() -> None:
    op.create_table('report_month',
    sa.Column('id', ID, nullable=False),
    sa.Column('report_id', ID, nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('earned', ID, nullable=False),
    sa.CheckConstraint('earned BETWEEN -1000000000000 AND 1000000000000', name=op.f('ck_report_month_earned_range')),
    sa.ForeignKeyConstraint(['report_id'], ['group_report.id'], name=op.f('fk_report_month_report_id_group_report')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_month')),
    sa.UniqueConstraint('report_id', 'month', name=op.f('uq_report_month_report_id_month')),
    )


def _report_event() -> None:
    op.create_table('report_event',
    sa.Column('id', ID, nullable=False),
    sa.Column('report_id', ID, nullable=False),
    sa.Column('step', sa.Enum('send', 'check', 'accept', 'give_back', name='reportstep', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('from_state', sa.Enum('draft', 'sent', 'checked', 'accepted', 'back', name='from_reportstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('to_state', sa.Enum('draft', 'sent', 'checked', 'accepted', 'back', name='to_reportstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('note', sa.String(300), nullable=False),
    sa.Column('actor_id', ID, nullable=False),
    sa.Column('at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['users.id'], name=op.f('fk_report_event_actor_id_users')),
    sa.ForeignKeyConstraint(['report_id'], ['group_report.id'], name=op.f('fk_report_event_report_id_group_report')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_event')),
    )
    op.create_index(op.f('ix_report_event_report_id'), 'report_event', ['report_id'])


def _group_standing() -> None:
    op.create_table('group_standing',
    sa.Column('id', ID, nullable=False),
    sa.Column('group_id', ID, nullable=False),
    sa.Column('state', sa.Enum('running', 'needs_mentoring', 'inactive', 'dissolved', name='standingstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.Column('is_falling', sa.Boolean(), nullable=False),
    sa.Column('is_long_silent', sa.Boolean(), nullable=False),
    sa.Column('last_sale_on', sa.Date(), nullable=True),
    sa.Column('began_at', MOMENT, nullable=False),
    sa.Column('ended_at', MOMENT, nullable=True),
    sa.Column('decided_by_id', ID, nullable=True),
    sa.Column('note', sa.String(300), nullable=False),
    sa.CheckConstraint("state <> 'dissolved' OR note <> ''", name=op.f('ck_group_standing_why_dissolved')),
    sa.CheckConstraint("state NOT IN ('inactive', 'dissolved') OR decided_by_id IS NOT NULL", name=op.f('ck_group_standing_officer_of_inactive')),
    sa.CheckConstraint('ended_at IS NULL OR ended_at >= began_at', name=op.f('ck_group_standing_moments')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['users.id'], name=op.f('fk_group_standing_decided_by_id_users')),
    sa.ForeignKeyConstraint(['group_id'], ['kube.id'], name=op.f('fk_group_standing_group_id_kube')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_group_standing')),
    )
    op.create_index(op.f('ix_group_standing_group_id_began_at'), 'group_standing', ['group_id', 'began_at'])
    op.create_index(op.f('ix_group_standing_state'), 'group_standing', ['state'])
    op.create_index('uq_group_standing_open', 'group_standing', ['group_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    for key in FIGURES:
        op.execute(f"DELETE FROM figure WHERE key = '{key}'")
    refuse("figure", "key", "ck_figure_figurekey", *FIGURES)
