"""The search index, and rows that are only ever added

The index follows the column `product.search_text` by itself: triggers in SQLite, an expression index in
PostgreSQL. A migration that rebuilds the table `product` in SQLite has to make its triggers again.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("stock_movement", "journal_entry", "journal_line", "audit_entry", "order_event")

SQLITE_SEARCH = (
    "CREATE VIRTUAL TABLE product_search USING fts5("
    "search_text, content='product', content_rowid='id', tokenize='unicode61 remove_diacritics 2')",
    "CREATE TRIGGER product_search_added AFTER INSERT ON product BEGIN "
    "INSERT INTO product_search (rowid, search_text) VALUES (new.id, new.search_text); END",
    "CREATE TRIGGER product_search_removed AFTER DELETE ON product BEGIN "
    "INSERT INTO product_search (product_search, rowid, search_text)"
    " VALUES ('delete', old.id, old.search_text); END",
    "CREATE TRIGGER product_search_changed AFTER UPDATE OF search_text ON product BEGIN "
    "INSERT INTO product_search (product_search, rowid, search_text)"
    " VALUES ('delete', old.id, old.search_text);"
    "INSERT INTO product_search (rowid, search_text) VALUES (new.id, new.search_text); END",
    "INSERT INTO product_search (product_search) VALUES ('rebuild')",
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE_SEARCH:
            op.execute(statement)
        for table in APPEND_ONLY:
            for verb in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN "
                    f"SELECT RAISE(ABORT, '{table} rows are only added'); END"
                )
        return
    op.execute("CREATE INDEX ix_product_search ON product USING gin (to_tsvector('simple', search_text))")
    op.execute(
        "CREATE FUNCTION only_added() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% rows are only added', TG_TABLE_NAME; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_only_added BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION only_added()"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for verb in ("update", "delete"):
                op.execute(f"DROP TRIGGER {table}_no_{verb}")
        for name in ("added", "removed", "changed"):
            op.execute(f"DROP TRIGGER product_search_{name}")
        op.execute("DROP TABLE product_search")
        return
    for table in APPEND_ONLY:
        op.execute(f"DROP TRIGGER {table}_only_added ON {table}")
    op.execute("DROP FUNCTION only_added()")
    op.execute("DROP INDEX ix_product_search")
