"""How much of a grant is drawn at once"""

import datetime as dt

import sqlalchemy as sa
from alembic import op

from migrations.changes import allow, refuse

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

CHECK = ("figure", "key", "ck_figure_figurekey")
FIGURE, PERCENT = "drawing_percent", 50
SINCE = dt.date(2021, 1, 1)


def upgrade() -> None:
    allow(*CHECK, FIGURE)
    # An empty database gets its figures with all others; one in use must not miss this one.
    op.execute(
        sa.text(
            "INSERT INTO figure (key, area_code, value, effective_from, source)"
            " SELECT :key, area_code, :value, effective_from, source FROM figure"
            " WHERE key = 'packing_days' AND area_code = 'ID' AND effective_from = :since"
        ).bindparams(sa.bindparam("since", SINCE, sa.Date()), key=FIGURE, value=PERCENT)
    )


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM figure WHERE key = :key").bindparams(key=FIGURE))
    refuse(*CHECK, FIGURE)
