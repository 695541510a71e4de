"""Lists of registries, imported"""

import datetime as dt

import sqlalchemy as sa
from alembic import op

from migrations.changes import allow, refuse

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
SINCE = dt.date(2021, 1, 1)
TABLES = (
    "registry_layout",
    "registry_import",
    "registry_row",
)


def upgrade() -> None:
    allow("figure", "key", "ck_figure_figurekey", "registry_days")
    # An empty database gets its figures with all others; one in use must not miss this one.
    op.execute(
        sa.text(
            "INSERT INTO figure (key, area_code, value, effective_from, source)"
            " SELECT 'registry_days', area_code, 30, effective_from, source FROM figure"
            " WHERE key = 'packing_days' AND area_code = 'ID' AND effective_from = :since"
        ).bindparams(sa.bindparam("since", SINCE, sa.Date()))
    )
    _registry_layout()
    _registry_import()
    _registry_row()


def _registry_layout() -> None:
    op.create_table('registry_layout',
    sa.Column('regency_code', sa.String(13), nullable=False),
    sa.Column('source', sa.Enum('dtks', 'p3ke', 'dtsen', 'local', name='registrysource', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('heads', sa.JSON(), nullable=False),
    sa.Column('roles', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['regency_code'], ['area.code'], name=op.f('fk_registry_layout_regency_code_area')),
    sa.PrimaryKeyConstraint('regency_code', 'source', name=op.f('pk_registry_layout')),
    )


def _registry_import() -> None:
    op.create_table('registry_import',
    sa.Column('id', ID, nullable=False),
    sa.Column('regency_code', sa.String(13), nullable=False),
    sa.Column('source', sa.Enum('dtks', 'p3ke', 'dtsen', 'local', name='registrysource', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('name', sa.String(120), nullable=False),
    sa.Column('digest', sa.String(64), nullable=False),
    sa.Column('content_encrypted', sa.LargeBinary(), nullable=True),
    sa.Column('sample_encrypted', sa.LargeBinary(), nullable=True),
    sa.Column('head_line', ID, nullable=False),
    sa.Column('heads', sa.JSON(), nullable=False),
    sa.Column('roles', sa.JSON(), nullable=False),
    sa.Column('state', sa.Enum('uploaded', 'reading', 'checking', 'checked', 'applying', 'applied', 'undoing', 'undone', 'failed', 'dropped', name='importstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('problem', sa.String(40), nullable=False),
    sa.Column('rows', ID, nullable=False),
    sa.Column('last_line', ID, nullable=False),
    sa.Column('done', ID, nullable=False),
    sa.Column('new', ID, nullable=False),
    sa.Column('changed', ID, nullable=False),
    sa.Column('unchanged', ID, nullable=False),
    sa.Column('refused', ID, nullable=False),
    sa.Column('kept', ID, nullable=False),
    sa.Column('uploaded_by_id', ID, nullable=True),
    sa.Column('uploaded_at', MOMENT, nullable=False),
    sa.Column('moved_at', MOMENT, nullable=False),
    sa.Column('applied_by_id', ID, nullable=True),
    sa.Column('applied_at', MOMENT, nullable=True),
    sa.Column('undone_by_id', ID, nullable=True),
    sa.Column('undone_at', MOMENT, nullable=True),
    sa.Column('forgotten_at', MOMENT, nullable=True),
    sa.CheckConstraint("state <> 'applied' OR applied_at IS NOT NULL", name=op.f('ck_registry_import_applied_when')),
    sa.CheckConstraint('changed BETWEEN 0 AND 1000000', name=op.f('ck_registry_import_changed_range')),
    sa.CheckConstraint('done BETWEEN 0 AND 1000000', name=op.f('ck_registry_import_done_range')),
    sa.CheckConstraint('kept BETWEEN 0 AND 1000000', name=op.f('ck_registry_import_kept_range')),
    sa.CheckConstraint('last_line BETWEEN 0 AND 1000000', name=op.f('ck_registry_import_last_line_range')),
    sa.CheckConstraint('new BETWEEN 0 AND 1000000', name=op.f('ck_registry_import_new_range')),
    sa.CheckConstraint('refused BETWEEN 0 AND 1000000', name=op.f('ck_registry_import_refused_range')),
    sa.CheckConstraint('rows BETWEEN 0 AND 1000000', name=op.f('ck_registry_import_rows_range')),
    sa.CheckConstraint('unchanged BETWEEN 0 AND 1000000', name=op.f('ck_registry_import_unchanged_range')),
    sa.ForeignKeyConstraint(['applied_by_id'], ['users.id'], name=op.f('fk_registry_import_applied_by_id_users')),
    sa.ForeignKeyConstraint(['regency_code'], ['area.code'], name=op.f('fk_registry_import_regency_code_area')),
    sa.ForeignKeyConstraint(['undone_by_id'], ['users.id'], name=op.f('fk_registry_import_undone_by_id_users')),
    sa.ForeignKeyConstraint(['uploaded_by_id'], ['users.id'], name=op.f('fk_registry_import_uploaded_by_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_registry_import')),
    )
    op.create_index(op.f('ix_registry_import_regency_code_id'), 'registry_import', ['regency_code', 'id'])
    op.create_index(op.f('ix_registry_import_state'), 'registry_import', ['state'])


def _registry_row() -> None:
    op.create_table('registry_row',
    sa.Column('id', ID, nullable=False),
    sa.Column('import_id', ID, nullable=False),
    sa.Column('number', ID, nullable=False),
    sa.Column('digest', sa.String(64), nullable=False),
    sa.Column('cells_encrypted', sa.LargeBinary(), nullable=False),
    sa.Column('kk_hash', sa.String(64), nullable=True),
    sa.Column('nik_hash', sa.String(64), nullable=True),
    sa.Column('is_head', sa.Boolean(), nullable=False),
    sa.Column('outcome', sa.Enum('new', 'changed', 'unchanged', 'refused', name='outcome', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('reason', sa.String(40), nullable=False),
    sa.Column('other', ID, nullable=True),
    sa.Column('changes_encrypted', sa.LargeBinary(), nullable=True),
    sa.Column('household_id', ID, nullable=True),
    sa.Column('person_id', ID, nullable=True),
    sa.Column('made_household', sa.Boolean(), nullable=False),
    sa.Column('made_person', sa.Boolean(), nullable=False),
    sa.Column('applied_at', MOMENT, nullable=True),
    sa.Column('undone', sa.Boolean(), nullable=True),
    sa.Column('against', sa.String(40), nullable=False),
    sa.CheckConstraint("applied_at IS NULL OR outcome IN ('new', 'changed')", name=op.f('ck_registry_row_applied_outcome')),
    sa.CheckConstraint("outcome <> 'refused' OR reason <> ''", name=op.f('ck_registry_row_refused_why')),
    sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_registry_row_household_id_household')),
    sa.ForeignKeyConstraint(['import_id'], ['registry_import.id'], name=op.f('fk_registry_row_import_id_registry_import')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_registry_row_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_registry_row')),
    sa.UniqueConstraint('import_id', 'number', name=op.f('uq_registry_row_import_id_number')),
    )
    op.create_index(op.f('ix_registry_row_household_id'), 'registry_row', ['household_id'])
    op.create_index(op.f('ix_registry_row_import_id_kk_hash'), 'registry_row', ['import_id', 'kk_hash'])
    op.create_index(op.f('ix_registry_row_import_id_nik_hash'), 'registry_row', ['import_id', 'nik_hash'])
    op.create_index(op.f('ix_registry_row_import_id_outcome_number'), 'registry_row', ['import_id', 'outcome', 'number'])
    op.create_index(op.f('ix_registry_row_person_id'), 'registry_row', ['person_id'])


def downgrade() -> None:
    op.execute("DELETE FROM figure WHERE key = 'registry_days'")
    refuse("figure", "key", "ck_figure_figurekey", "registry_days")
    for table in reversed(TABLES):
        op.drop_table(table)
