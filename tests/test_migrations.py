"""Migrations run up, down and up again over data, and leave just the tables that the models describe."""

import datetime as dt
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import insert, inspect, select, text
from sqlalchemy.exc import DBAPIError

from marketplace.areas import queries as area_queries
from marketplace.areas import service as areas
from marketplace.areas.defaults import FIGURES, load_defaults
from marketplace.areas.models import FigureKey
from marketplace.extensions import db
from marketplace.graduation import service as graduation
from marketplace.graduation.models import NoteKind
from marketplace.graduation.service import NoteContent
from marketplace.ledger import batches, payouts
from marketplace.ledger.models import PayoutMethod
from marketplace.shared import clock
from marketplace.shared.transaction import unit_of_work
from marketplace.tent_market.till_models import TillDevice, TillEvent
from migrations.filters import include
from tests import make
from tests.conftest import make_app
from tests.ledger import earning
from tests.tent_market import making
from tests.tent_market.telling import Till


@pytest.fixture
def empty(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """Return an application on a database without any table."""
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    if database == "postgresql":
        server = request.getfixturevalue("postgresql_server")
        url = server.create(f"empty_{tmp_path.name[-20:]}")
    app = make_app(url, tmp_path)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def fill() -> None:
    with unit_of_work():
        areas.load_areas()
        areas.load_villages("63.06.05")
    make.product(stock=3)
    db.session.remove()


def test_up_down_up_with_data(empty: Flask) -> None:
    upgrade()
    fill()
    downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    upgrade()
    fill()


def test_models_and_migrations_agree(empty: Flask) -> None:
    upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": include})
        assert compare_metadata(context, db.metadata) == []


def test_a_payout_that_went_back_stands_through_down_and_up(empty: Flask) -> None:
    upgrade()
    fill()
    row = make.household()
    earning.money_in(75_000)
    earning.earn(row.id, None, 75_000)
    with unit_of_work():
        batch = payouts.prepare_batch(make.REGENCY, [payouts.Choice(row.id, PayoutMethod.CASH)], None)
        batches.release(batch.id, None)
        payouts.pay(batch.payouts[0].id, "Siti", None)
        payouts.return_payout(batch.payouts[0].id, "Salah baris", None)
    db.session.remove()
    states, entries = text("SELECT state FROM payout"), text("SELECT kind, reference FROM journal_entry WHERE id = 4")
    downgrade(revision="0002")
    assert (db.session.scalar(states), earning.balance(row.id)) == ("paid", 75_000)
    db.session.remove()
    upgrade()
    assert (db.session.scalar(states), db.session.execute(entries).one()) == ("returned", ("payout_return", "payout:1"))
    db.session.remove()
    with pytest.raises(DBAPIError, match="only added"), db.engine.begin() as connection:
        connection.execute(text("DELETE FROM journal_entry"))


FIGURES_OF_COUNTRY = text("SELECT key, value, effective_from FROM figure WHERE area_code = 'ID' ORDER BY key")


def test_what_phones_told_before_is_put_right_as_far_as_is_known(empty: Flask) -> None:
    upgrade()
    fill()
    right, wrong = Till(making.stall()), Till(making.stall())
    noon = dt.datetime(2026, 7, 6, 4, tzinfo=dt.UTC)
    with unit_of_work():
        db.session.get_one(TillDevice, wrong.id).clock_offset = 5 * 3600
        for till in (right, wrong):
            values = {"device_id": till.id, "key": str(till.id), "sequence": 1, "kind": "sale", "body_hash": "-"}
            values |= {"state": "rescue", "problem": "revoked", "phone_at": noon, "received_at": noon}
            db.session.execute(insert(TillEvent).values(**values, body={}, answer=""))
    db.session.remove()
    downgrade(revision="0016")
    upgrade()
    found = db.session.execute(select(TillEvent.phone_at, TillEvent.happened_at).order_by(TillEvent.id)).all()
    assert [tuple(row) for row in found] == [(noon, noon), (noon, noon - dt.timedelta(hours=5))]
    db.session.remove()


LATER = {"training_attendance_percent", "plan_link_days", "visit_days", "report_due_days", "report_reminder_days"}
LATER |= {"running_days", "inactive_days", "inactive_reports", "assessment_days", "relapse_months"}
LATER |= {"follow_up_first", "follow_up_every", "follow_up_months", "meeting_people", "forget_years", "registry_days"}
LATER |= {"drawing_percent"}
"""Figures that migrations after 0017 brought."""


def test_a_database_of_before_gets_the_figures_it_misses_once(empty: Flask) -> None:
    upgrade()
    with unit_of_work():
        load_defaults()
    all_of_them = db.session.execute(FIGURES_OF_COUNTRY).all()
    db.session.remove()
    downgrade(revision="0016")
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM figure WHERE key LIKE 'till_%' OR key = 'offer_days'"))
        connection.execute(text("UPDATE figure SET value = 77 WHERE key = 'hold_minutes'"))
    with unit_of_work():
        areas.set_figure(FigureKey.TILL_DISCOUNT_PERCENT, make.REGENCY, 25, dt.date(2026, 1, 1), "SK Kepala Dinas")
    for _time in range(2):
        db.session.remove()
        upgrade()
        found = db.session.execute(FIGURES_OF_COUNTRY).all()
        assert found == [row if row.key != "hold_minutes" else ("hold_minutes", 77, row[2]) for row in all_of_them]
        day = dt.date(2026, 7, 6)
        limits = [
            area_queries.figure(FigureKey.TILL_DISCOUNT_PERCENT, code, day)
            for code in (make.REGENCY, make.OTHER_REGENCY)
        ]
        assert limits == [25, 10]
        db.session.remove()
        downgrade(revision="0016")
    left = {row.key for row in db.session.execute(FIGURES_OF_COUNTRY)}
    assert left == {row.key for row in all_of_them} - LATER  # going down takes only those that came later away
    db.session.remove()


def test_a_database_of_the_first_version_comes_to_every_figure(empty: Flask) -> None:
    upgrade(revision="0001")
    with db.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO figure (key, area_code, value, effective_from, source)"
                " VALUES ('hold_minutes', 'ID', 30, '2021-01-01', 'uji')"
            )
        )
    upgrade()
    assert {row.key for row in db.session.execute(FIGURES_OF_COUNTRY)} == {key.value for key, *_rest in FIGURES}
    assert {key for key, *_rest in FIGURES} == set(FigureKey) - {FigureKey.MINIMUM_WAGE}  # each regency has its own
    db.session.remove()


def test_a_database_that_is_not_set_up_stays_without_figures(empty: Flask) -> None:
    upgrade()
    assert db.session.execute(FIGURES_OF_COUNTRY).all() == []
    with unit_of_work():
        load_defaults()  # once more is none too many
    db.session.remove()


ROWS = {
    "stock_movement": "INSERT INTO stock_movement (level_id, quantity, reason, reference, note, at)"
    " VALUES (1, 1, 'produced', '', '', CURRENT_TIMESTAMP)",
    "journal_entry": "INSERT INTO journal_entry (kind, reference, area_code, entry_date, memo, at)"
    " VALUES ('payment', 'payment:1', '63.06', CURRENT_DATE, '', CURRENT_TIMESTAMP)",
    "journal_line": "INSERT INTO journal_line (entry_id, account, amount) VALUES (1, 'cash', 5)",
    "audit_entry": "INSERT INTO audit_entry (at, action, subject_type, reason, detail)"
    " VALUES (CURRENT_TIMESTAMP, 'test', 'test', '', '{}')",
    "order_event": "INSERT INTO order_event (order_id, action, to_state, note, at)"
    " VALUES (1, 'place', 'expired', '', CURRENT_TIMESTAMP)",
}


@pytest.fixture
def filled(empty: Flask) -> Flask:
    """Return an application whose append-only tables hold a row each."""
    upgrade()
    fill()
    with db.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        connection.execute(text(ORDER))
        for statement in ROWS.values():
            connection.execute(text(statement))
    return empty


ORDER = (
    "INSERT INTO orders (number, token, regency_code, channel, state, buyer_name, buyer_phone, buyer_office,"
    " delivery_method, street, rt_rw, landmark, note, goods_amount, delivery_fee, total, reduced_amount,"
    " payment_method, ready_on, placed_at, pickup_code) VALUES ('WK-1', 't', '63.06', 'web', 'expired', 'A', '+62', '',"
    " 'pickup', '', '', '', '', 100, 0, 100, 0, 'cash', CURRENT_DATE, CURRENT_TIMESTAMP, '')"
)


def test_rows_that_are_only_added_cannot_be_changed(filled: Flask) -> None:
    """Of one database, for to build one takes longest; pytest shows which statement went through."""
    for table, statement in product(ROWS, ("UPDATE {} SET id = id", "DELETE FROM {}")):
        with pytest.raises(DBAPIError, match="only added"), db.engine.begin() as connection:
            connection.execute(text(statement.format(table)))


def test_notes_that_ended_count_no_more_through_down_and_up(empty: Flask) -> None:
    upgrade()
    fill()
    with unit_of_work():
        load_defaults()
    family, mentor, verifier = make.household(), make.user(), make.user()
    month = clock.month_of(clock.today("Asia/Makassar"))
    told = [("cost", 5_000), ("cost", 7_000), ("other_income", 9_000), ("other_income", 11_000)]
    with unit_of_work():
        contents = [NoteContent(month, NoteKind(kind), amount, "Uji") for kind, amount in told]
        notes = [graduation.add_note(family.id, content, mentor.id).id for content in contents]
        graduation.take_back_note(notes[1], mentor.id)
        for note_id in notes[2:]:
            graduation.verify_note(note_id, verifier.id)
        graduation.reject_note(notes[3], "Salah bulan", verifier.id)
    db.session.remove()
    downgrade(revision="0004")
    rows = text("SELECT amount, verified_by_id IS NULL FROM income_note ORDER BY id")
    assert [tuple(row) for row in db.session.execute(rows)] == [(5_000, 1), (9_000, 0), (11_000, 1)]
    db.session.remove()
    upgrade()
    states = text("SELECT amount, state FROM income_note ORDER BY id")
    assert db.session.execute(states).all() == [(5_000, "told"), (9_000, "verified"), (11_000, "told")]
    db.session.remove()
