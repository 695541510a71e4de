"""When what a till told of happened by our clock, for phones whose own is wrong

What came before is reckoned by how wrong its phone was when it was last in touch, which is all that is known. Going
down only forgets it: both clocks' times stay.
"""

import datetime as dt

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TOLERANCE = 5 * 60
"""Seconds; as in `tent_market/sync.py` at this version."""
MOMENT = sa.DateTime(timezone=True)
EVENT = sa.table(
    "till_event",
    *(sa.column(name, sa.BigInteger()) for name in ("id", "device_id")),
    *(sa.column(name, MOMENT) for name in ("phone_at", "received_at", "happened_at")),
)
DEVICE = sa.table("till_device", sa.column("id", sa.BigInteger()), sa.column("clock_offset", sa.BigInteger()))


def upgrade() -> None:
    op.add_column("till_event", sa.Column("happened_at", MOMENT, nullable=True))
    op.execute(sa.update(EVENT).values(happened_at=EVENT.c.phone_at))
    wrong = (
        sa.select(EVENT.c.id, EVENT.c.phone_at, EVENT.c.received_at, DEVICE.c.clock_offset)
        .join(DEVICE, DEVICE.c.id == EVENT.c.device_id)
        .where(EVENT.c.phone_at.is_not(None), sa.func.abs(DEVICE.c.clock_offset) > TOLERANCE)
    )
    for row in op.get_bind().execute(wrong).all():
        happened_at = min(row.phone_at - dt.timedelta(seconds=row.clock_offset), row.received_at)
        op.execute(sa.update(EVENT).where(EVENT.c.id == row.id).values(happened_at=happened_at))


def downgrade() -> None:
    op.drop_column("till_event", "happened_at")
