"""Agencies, what areas are good for, and visits of mentors"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "agency",
    "commodity",
    "potential",
    "visit",
    "visited_household",
    "visit_photo",
    "follow_up",
)


def upgrade() -> None:
    _agency()
    _commodity()
    _potential()
    _visit()
    _visited_household()
    _visit_photo()
    _follow_up()


def _agency() -> None:
    op.create_table('agency',
    sa.Column('id', ID, nullable=False),
    sa.Column('area_code', sa.String(13), nullable=False),
    sa.Column('name', sa.String(120), nullable=False),
    sa.Column('trade', sa.String(120), nullable=False),
    sa.Column('phone', sa.String(20), nullable=True),
    sa.ForeignKeyConstraint(['area_code'], ['area.code'], name=op.f('fk_agency_area_code_area')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agency')),
    sa.UniqueConstraint('area_code', 'name', name=op.f('uq_agency_area_code_name')),
    )


def _commodity() -> None:
    op.create_table('commodity',
    sa.Column('id', ID, nullable=False),
    sa.Column('name', sa.String(60), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_commodity')),
    sa.UniqueConstraint('name', name=op.f('uq_commodity_name')),
    )


def _potential() -> None:
    op.create_table('potential',
    sa.Column('id', ID, nullable=False),
    sa.Column('area_code', sa.String(13), nullable=False),
    sa.Column('commodity_id', ID, nullable=False),
    sa.Column('agency_id', ID, nullable=False),
    sa.Column('named_on', sa.Date(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('source', sa.String(300), nullable=False),
    sa.CheckConstraint('ended_on IS NULL OR ended_on >= named_on', name=op.f('ck_potential_dates')),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_potential_agency_id_agency')),
    sa.ForeignKeyConstraint(['area_code'], ['area.code'], name=op.f('fk_potential_area_code_area')),
    sa.ForeignKeyConstraint(['commodity_id'], ['commodity.id'], name=op.f('fk_potential_commodity_id_commodity')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_potential')),
    sa.UniqueConstraint('area_code', 'commodity_id', 'named_on', name=op.f('uq_potential_area_code_commodity_id_named_on')),
    )


def _visit() -> None:
    op.create_table('visit',
    sa.Column('id', ID, nullable=False),
    sa.Column('key', sa.String(36), nullable=False),
    sa.Column('kind', sa.Enum('group', 'home', name='visitkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('group_id', ID, nullable=True),
    sa.Column('mentor_id', ID, nullable=False),
    sa.Column('visited_on', sa.Date(), nullable=False),
    sa.Column('findings', sa.String(4000), nullable=False),
    sa.Column('received_at', MOMENT, nullable=False),
    sa.CheckConstraint("(kind = 'group') = (group_id IS NOT NULL)", name=op.f('ck_visit_group_of_kind')),
    sa.ForeignKeyConstraint(['group_id'], ['kube.id'], name=op.f('fk_visit_group_id_kube')),
    sa.ForeignKeyConstraint(['mentor_id'], ['users.id'], name=op.f('fk_visit_mentor_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit')),
    sa.UniqueConstraint('key', name=op.f('uq_visit_key')),
    )
    op.create_index(op.f('ix_visit_group_id_visited_on'), 'visit', ['group_id', 'visited_on'])
    op.create_index(op.f('ix_visit_mentor_id_visited_on'), 'visit', ['mentor_id', 'visited_on'])


def _visited_household() -> None:
    op.create_table('visited_household',
    sa.Column('id', ID, nullable=False),
    sa.Column('visit_id', ID, nullable=False),
    sa.Column('household_id', ID, nullable=False),
    sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_visited_household_household_id_household')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_visited_household_visit_id_visit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visited_household')),
    sa.UniqueConstraint('visit_id', 'household_id', name=op.f('uq_visited_household_visit_id_household_id')),
    )
    op.create_index(op.f('ix_visited_household_household_id'), 'visited_household', ['household_id'])


def _visit_photo() -> None:
    op.create_table('visit_photo',
    sa.Column('id', ID, nullable=False),
    sa.Column('visit_id', ID, nullable=False),
    sa.Column('image_id', ID, nullable=False),
    sa.Column('position', ID, nullable=False),
    sa.ForeignKeyConstraint(['image_id'], ['image.id'], name=op.f('fk_visit_photo_image_id_image')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_visit_photo_visit_id_visit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit_photo')),
    sa.UniqueConstraint('visit_id', 'position', name=op.f('uq_visit_photo_visit_id_position')),
    )
    op.create_index(op.f('ix_visit_photo_image_id'), 'visit_photo', ['image_id'])


def _follow_up() -> None:
    op.create_table('follow_up',
    sa.Column('id', ID, nullable=False),
    sa.Column('visit_id', ID, nullable=False),
    sa.Column('what', sa.String(300), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('done_on', sa.Date(), nullable=True),
    sa.Column('done_by_id', ID, nullable=True),
    sa.Column('outcome', sa.String(300), nullable=False),
    sa.CheckConstraint('(done_on IS NULL) = (done_by_id IS NULL)', name=op.f('ck_follow_up_who_of_done')),
    sa.ForeignKeyConstraint(['done_by_id'], ['users.id'], name=op.f('fk_follow_up_done_by_id_users')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_follow_up_visit_id_visit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_follow_up')),
    )
    op.create_index(op.f('ix_follow_up_done_on_due_on'), 'follow_up', ['done_on', 'due_on'])
    op.create_index(op.f('ix_follow_up_visit_id'), 'follow_up', ['visit_id'])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
