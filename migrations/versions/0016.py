"""Phones that sell at the tents, and what they told"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "till_device",
    "till_event",
    "till_stall",
    "till_conflict",
    "till_remark",
)


def upgrade() -> None:
    _till_device()
    _till_event()
    _till_stall()
    _till_conflict()
    _till_remark()


def _till_device() -> None:
    op.create_table('till_device',
    sa.Column('id', ID, nullable=False),
    sa.Column('day_id', ID, nullable=False),
    sa.Column('cashier_id', ID, nullable=False),
    sa.Column('name', sa.String(60), nullable=False),
    sa.Column('token_hash', sa.String(64), nullable=False),
    sa.Column('opened_at', MOMENT, nullable=False),
    sa.Column('seen_at', MOMENT, nullable=False),
    sa.Column('last_sequence', ID, nullable=False),
    sa.Column('told_sequence', ID, nullable=False),
    sa.Column('told_amount', ID, nullable=False),
    sa.Column('clock_offset', ID, nullable=False),
    sa.Column('revoked_at', MOMENT, nullable=True),
    sa.Column('revoked_by_id', ID, nullable=True),
    sa.Column('revoked_reason', sa.String(200), nullable=False),
    sa.CheckConstraint("(revoked_at IS NULL) = (revoked_reason = '')", name=op.f('ck_till_device_reason_of_revoked')),
    sa.CheckConstraint('last_sequence >= 0 AND told_sequence >= 0 AND told_amount >= 0', name=op.f('ck_till_device_counts_range')),
    sa.ForeignKeyConstraint(['cashier_id'], ['users.id'], name=op.f('fk_till_device_cashier_id_users')),
    sa.ForeignKeyConstraint(['day_id'], ['market_day.id'], name=op.f('fk_till_device_day_id_market_day')),
    sa.ForeignKeyConstraint(['revoked_by_id'], ['users.id'], name=op.f('fk_till_device_revoked_by_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_till_device')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_till_device_token_hash')),
    )
    op.create_index(op.f('ix_till_device_day_id'), 'till_device', ['day_id'])


def _till_event() -> None:
    op.create_table('till_event',
    sa.Column('id', ID, nullable=False),
    sa.Column('device_id', ID, nullable=False),
    sa.Column('key', sa.String(36), nullable=False),
    sa.Column('sequence', ID, nullable=False),
    sa.Column('kind', sa.Enum('sale', 'void', 'refund', name='tilleventkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('stall_id', ID, nullable=True),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('body_hash', sa.String(64), nullable=False),
    sa.Column('phone_at', MOMENT, nullable=True),
    sa.Column('received_at', MOMENT, nullable=False),
    sa.Column('state', sa.Enum('booked', 'rescue', 'settled', name='tilleventstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('problem', sa.Enum('stall_closed', 'revoked', 'unreadable', 'unknown_goods', 'other_stall', 'no_such_sale', 'no_money', name='problem', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('buyer_kind', sa.Enum('public', 'office', 'school', name='buyerkind', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('office_id', ID, nullable=True),
    sa.Column('order_id', ID, nullable=True),
    sa.Column('settled_by_id', ID, nullable=True),
    sa.Column('settled_at', MOMENT, nullable=True),
    sa.Column('answer', sa.String(300), nullable=False),
    sa.CheckConstraint("(state = 'settled') = (settled_at IS NOT NULL)", name=op.f('ck_till_event_moment_of_settled')),
    sa.CheckConstraint("state <> 'booked' OR order_id IS NOT NULL", name=op.f('ck_till_event_order_of_booked')),
    sa.CheckConstraint("state <> 'rescue' OR problem IS NOT NULL", name=op.f('ck_till_event_problem_of_rescue')),
    sa.CheckConstraint('sequence >= 1', name=op.f('ck_till_event_sequence_range')),
    sa.ForeignKeyConstraint(['device_id'], ['till_device.id'], name=op.f('fk_till_event_device_id_till_device')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_till_event_office_id_office')),
    sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name=op.f('fk_till_event_order_id_orders')),
    sa.ForeignKeyConstraint(['settled_by_id'], ['users.id'], name=op.f('fk_till_event_settled_by_id_users')),
    sa.ForeignKeyConstraint(['stall_id'], ['stall.id'], name=op.f('fk_till_event_stall_id_stall')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_till_event')),
    sa.UniqueConstraint('device_id', 'key', name=op.f('uq_till_event_device_id_key')),
    )
    op.create_index(op.f('ix_till_event_device_id_sequence'), 'till_event', ['device_id', 'sequence'])
    op.create_index(op.f('ix_till_event_order_id'), 'till_event', ['order_id'])
    op.create_index(op.f('ix_till_event_stall_id_state'), 'till_event', ['stall_id', 'state'])
    op.create_index(op.f('ix_till_event_state'), 'till_event', ['state'])


def _till_stall() -> None:
    op.create_table('till_stall',
    sa.Column('id', ID, nullable=False),
    sa.Column('device_id', ID, nullable=False),
    sa.Column('stall_id', ID, nullable=False),
    sa.ForeignKeyConstraint(['device_id'], ['till_device.id'], name=op.f('fk_till_stall_device_id_till_device')),
    sa.ForeignKeyConstraint(['stall_id'], ['stall.id'], name=op.f('fk_till_stall_stall_id_stall')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_till_stall')),
    sa.UniqueConstraint('device_id', 'stall_id', name=op.f('uq_till_stall_device_id_stall_id')),
    )
    op.create_index(op.f('ix_till_stall_stall_id'), 'till_stall', ['stall_id'])


def _till_conflict() -> None:
    op.create_table('till_conflict',
    sa.Column('id', ID, nullable=False),
    sa.Column('event_id', ID, nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('body_hash', sa.String(64), nullable=False),
    sa.Column('received_at', MOMENT, nullable=False),
    sa.Column('seen_at', MOMENT, nullable=True),
    sa.Column('seen_by_id', ID, nullable=True),
    sa.ForeignKeyConstraint(['event_id'], ['till_event.id'], name=op.f('fk_till_conflict_event_id_till_event')),
    sa.ForeignKeyConstraint(['seen_by_id'], ['users.id'], name=op.f('fk_till_conflict_seen_by_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_till_conflict')),
    sa.UniqueConstraint('event_id', 'body_hash', name=op.f('uq_till_conflict_event_id_body_hash')),
    )


def _till_remark() -> None:
    op.create_table('till_remark',
    sa.Column('id', ID, nullable=False),
    sa.Column('event_id', ID, nullable=False),
    sa.Column('kind', sa.Enum('short', 'price', 'discount', 'clock', name='remarkkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('product_id', ID, nullable=True),
    sa.Column('value', ID, nullable=False),
    sa.Column('seen_at', MOMENT, nullable=True),
    sa.Column('seen_by_id', ID, nullable=True),
    sa.ForeignKeyConstraint(['event_id'], ['till_event.id'], name=op.f('fk_till_remark_event_id_till_event')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_till_remark_product_id_product')),
    sa.ForeignKeyConstraint(['seen_by_id'], ['users.id'], name=op.f('fk_till_remark_seen_by_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_till_remark')),
    sa.UniqueConstraint('event_id', 'kind', 'product_id', name=op.f('uq_till_remark_event_id_kind_product_id')),
    )
    op.create_index(op.f('ix_till_remark_seen_at'), 'till_remark', ['seen_at'])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
