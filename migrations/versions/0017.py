"""Start values of figures that came with later versions; when what a till told of happened by our clock

A database without any figure is not set up yet; it gets all of them by `flask areas defaults`. A key with a figure for
the country keeps what it has. Going down removes no figure: the version before reads the same rows and fails without
them, and nobody could tell those added here from those that an office loaded or set itself.

What phones told before is reckoned by how wrong their clock was when they were last in touch, which is all that is
known. Going down forgets only that: the times by both clocks stay.
"""

import datetime as dt

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

FROM = dt.date(2021, 1, 1)
PRACTICE = "Nilai awal; Dinas menetapkan nilainya sendiri"
FIGURES = (
    ("hold_minutes", 30, PRACTICE),
    ("qris_minutes", 30, PRACTICE),
    ("transfer_hours", 24, PRACTICE),
    ("cash_pickup_days", 3, PRACTICE),
    ("code_reserve_hours", 72, PRACTICE),
    ("qris_cap", 10_000_000, "Bank Indonesia: batas QRIS per transaksi"),
    ("price_band_percent", 10, PRACTICE),
    ("line_multiplier_percent", 100, "Kriteria: paling sedikit 100 % garis kemiskinan"),
    ("month_open_days", 10, PRACTICE),
    ("duty_stamp_from", 5_000_000, "UU 10/2020 tentang Bea Meterai"),
    ("income_tax_from", 2_000_000, "PMK 59/PMK.03/2022 tentang pemungutan PPh oleh instansi pemerintah"),
    ("packing_days", 1, PRACTICE),
    ("invoice_days", 30, PRACTICE),
    ("offer_days", 14, PRACTICE),
    ("invoice_reminder_days", 3, PRACTICE),
    ("till_discount_percent", 10, PRACTICE),
    ("till_idle_minutes", 10, PRACTICE),
)
"""The start values as they were at this version; those of later ones are none of its business."""

INSERT = sa.text(
    "INSERT INTO figure (key, area_code, value, effective_from, source)"
    " SELECT :key, 'ID', :value, :since, :source"
    " WHERE EXISTS (SELECT 1 FROM figure)"
    " AND NOT EXISTS (SELECT 1 FROM figure WHERE key = :key AND area_code = 'ID')"
).bindparams(
    sa.bindparam("key", type_=sa.String()),
    sa.bindparam("value", type_=sa.BigInteger()),
    sa.bindparam("since", FROM, sa.Date()),
    sa.bindparam("source", type_=sa.String()),
)

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
    for key, value, source in FIGURES:
        op.execute(INSERT.bindparams(key=key, value=value, source=source))
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
