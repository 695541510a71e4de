"""Families are made anonymous after a time: who proposed it, who confirmed it

Rows that are only added stay so, but for their words: while a family is being forgotten (a row of `forgetting` is
running, which no other transaction ever sees), texts of these tables may change, and nothing else of their rows.
"""

import datetime as dt

import sqlalchemy as sa
from alembic import op

from migrations.changes import allow, refuse

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
CHECK = ("figure", "key", "ck_figure_figurekey")
FIGURE, YEARS = "forget_years", 5
SINCE = dt.date(2021, 1, 1)
WORDS = {
    "stock_movement": ("note",),
    "journal_entry": ("memo",),
    "audit_entry": ("reason", "detail"),
    "order_event": ("note",),
    "aid_proposal_step": ("note",),
    "aid_item_check": ("note",),
    "aid_receipt": ("what",),
    "assessment": ("note",),
}
RUNNING = "EXISTS (SELECT 1 FROM forgetting WHERE state = 'running')"
FUNCTION = f"""CREATE FUNCTION only_added_but_words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF TG_OP = 'UPDATE' AND {RUNNING} AND to_jsonb(NEW) - TG_ARGV::text[] = to_jsonb(OLD) - TG_ARGV::text[] THEN
RETURN NEW; END IF;
RAISE EXCEPTION '% rows are only added', TG_TABLE_NAME; END $$"""


def upgrade() -> None:
    _forgetting()
    op.add_column("household", sa.Column("forgotten_on", sa.Date(), nullable=True))
    allow(*CHECK, FIGURE)
    op.execute(
        sa.text(
            "INSERT INTO figure (key, area_code, value, effective_from, source)"
            " SELECT :key, area_code, :value, effective_from, source FROM figure"
            " WHERE key = 'offer_days' AND area_code = 'ID' AND effective_from = :since"
        ).bindparams(sa.bindparam("since", SINCE, sa.Date()), key=FIGURE, value=YEARS)
    )
    if _is_postgresql():
        op.execute(FUNCTION)
    for table, columns in WORDS.items():
        _drop(table)
        _refuse_all_but(table, columns)


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _drop(table: str) -> None:
    """Drop the trigger that refuses changes; in SQLite the one against deletion stays."""
    name = f"{table}_only_added ON {table}" if _is_postgresql() else f"{table}_no_update"
    op.execute(f"DROP TRIGGER {name}")


def _refuse_all_but(table: str, columns: tuple[str, ...]) -> None:
    if _is_postgresql():
        given = ", ".join(map(repr, columns))
        op.execute(
            f"CREATE TRIGGER {table}_only_added BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION only_added_but_words({given})"
        )
        return
    others = [each["name"] for each in sa.inspect(op.get_bind()).get_columns(table) if each["name"] not in columns]
    changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in others)
    op.execute(
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} WHEN NOT {RUNNING} OR {changed} BEGIN "
        f"SELECT RAISE(ABORT, '{table} rows are only added'); END"
    )


def _refuse_all(table: str) -> None:
    if _is_postgresql():
        op.execute(
            f"CREATE TRIGGER {table}_only_added BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION only_added()"
        )
        return
    op.execute(
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN "
        f"SELECT RAISE(ABORT, '{table} rows are only added'); END"
    )


def _forgetting() -> None:
    op.create_table('forgetting',
    sa.Column('id', ID, nullable=False),
    sa.Column('household_id', ID, nullable=False),
    sa.Column('state', sa.Enum('proposed', 'running', 'done', 'declined', name='forgettingstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('reason', sa.String(300), nullable=False),
    sa.Column('proposed_by_id', ID, nullable=True),
    sa.Column('proposed_at', MOMENT, nullable=False),
    sa.Column('decided_by_id', ID, nullable=True),
    sa.Column('decided_at', MOMENT, nullable=True),
    sa.Column('note', sa.String(300), nullable=False),
    sa.CheckConstraint("(state = 'proposed') = (decided_by_id IS NULL)", name=op.f('ck_forgetting_decided_by_somebody')),
    sa.CheckConstraint('proposed_by_id <> decided_by_id', name=op.f('ck_forgetting_two_people')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['users.id'], name=op.f('fk_forgetting_decided_by_id_users')),
    sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_forgetting_household_id_household')),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['users.id'], name=op.f('fk_forgetting_proposed_by_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_forgetting')),
    )
    op.create_index(op.f('ix_forgetting_state'), 'forgetting', ['state'])
    op.create_index('uq_forgetting_open', 'forgetting', ['household_id'], unique=True, sqlite_where=sa.text("state = 'proposed'"), postgresql_where=sa.text("state = 'proposed'"))


def downgrade() -> None:
    for table in WORDS:
        _drop(table)
        _refuse_all(table)
    if _is_postgresql():
        op.execute("DROP FUNCTION only_added_but_words()")
    op.execute(sa.text("DELETE FROM figure WHERE key = :key").bindparams(key=FIGURE))
    refuse(*CHECK, FIGURE)
    op.drop_column("household", "forgotten_on")
    op.drop_table("forgetting")
