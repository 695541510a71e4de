"""The check finds a healthy world whole, and each broken row by the check that is about it."""

import io
import re

import pytest
from flask import current_app
from sqlalchemy import select, text

from marketplace.documents.drawing import name_of
from marketplace.documents.models import Document
from marketplace.extensions import db
from marketplace.reports import checks
from marketplace.reports.check import Check
from marketplace.reports.checks import files, once, people
from marketplace.shared import images, photo_store
from marketplace.shared.transaction import rollback, unit_of_work
from tests.counting import counted_queries
from tests.reports import corruptions
from tests.reports.breaking import Corruption
from tests.reports.corruption import broken
from tests.reports.world import World
from tests.shared.pictures import picture

pytestmark = pytest.mark.usefixtures("offices", "online", "trainings", "lists")
WORD = re.compile(r"\w+")


@pytest.fixture(scope="module")
def read(world: World, offices: None, online: None) -> dict[Check, set[str]]:
    """Return the tables that each check reads; none of one that looks at what guards them."""
    tables = set(db.metadata.tables)
    found = {}
    for check in checks.ALL:
        with counted_queries() as statements:
            check.run()
        found[check] = {name for sql in statements for name in WORD.findall(sql)} & tables
    return found


def test_a_healthy_world_is_whole(world: World) -> None:
    results = {check.name: check.run() for check in checks.ALL}
    assert {name: result.faults for name, result in results.items() if result.broken} == {}
    assert [name for name, result in results.items() if not result.rows] == []  # none holds for want of rows


@pytest.mark.every_row
@pytest.mark.parametrize(
    "corruption", corruptions.ALL, ids=lambda c: " + ".join(sorted(each.name for each in c.seen_by))
)
def test_each_corruption_is_seen_by_the_checks_that_are_about_it(
    world: World, corruption: Corruption, database: str, read: dict[Check, set[str]]
) -> None:
    """And by no other that reads one of those tables; PostgreSQL is not asked for the others, they say the same."""
    written = {name for sql in corruption.sql for name in WORD.findall(sql)}
    is_of_rows = not corruption.sql[0].startswith("DROP")
    may_see = [check for check in checks.ALL if not is_of_rows or not read[check] or read[check] & written]
    asked = may_see if database == "sqlite" else corruption.seen_by
    assert corruption.seen_by <= set(may_see)
    with broken(*corruption.sql, unchecked=corruption.unchecked):
        seen = {check for check in asked if check.run().broken}
    assert {check.name for check in seen} == {check.name for check in corruption.seen_by}


def test_a_missing_trigger_is_seen(world: World, database: str) -> None:
    sqlite = database == "sqlite"
    rollback()
    name = "journal_line_no_update" if sqlite else "journal_line_only_added ON journal_line"
    db.session.execute(text(f"DROP TRIGGER {name}"))
    result = once.only_added.run()
    rollback()
    assert {fault.where for fault in result.faults} == {"journal_line"}
    assert result.broken == (1 if sqlite else 2)  # one trigger refuses both on PostgreSQL


def test_the_command_says_where_and_ends_with_1(world: World) -> None:
    runner = current_app.test_cli_runner()
    whole = runner.invoke(args=["check"])
    assert (whole.exit_code, "BROKEN" in whole.output) == (0, False)
    with unit_of_work():
        before = db.session.scalar(text("SELECT on_hand FROM stock_level WHERE id = 1"))
        db.session.execute(text("UPDATE stock_level SET on_hand = on_hand + 7 WHERE id = 1"))
    broken_run = runner.invoke(args=["check"])
    with unit_of_work():
        db.session.execute(text("UPDATE stock_level SET on_hand = on_hand - 7 WHERE id = 1"))
    assert broken_run.exit_code == 1
    assert f"stock_level 1: expected {before}, found {before + 7}" in broken_run.output


def test_a_photo_without_its_file_is_seen_when_asked_for(world: World) -> None:
    with unit_of_work():
        image = images.store(images.prepare(io.BytesIO(picture())), None)
    name = photo_store.name_of(image.token, images.WIDTHS[0], "jpg", private=False)
    runner = current_app.test_cli_runner()
    assert runner.invoke(args=["check", "--files"]).exit_code == 0
    (current_app.extensions["config"].data_dir / "photos" / name).unlink()
    lost = runner.invoke(args=["check", "--files"])
    assert lost.exit_code == 1
    assert f"image {image.id}: expected a file, found no {name}" in lost.output
    assert runner.invoke(args=["check"]).exit_code == 0


def test_a_document_with_another_file_is_seen_when_asked_for(world: World) -> None:
    row = db.session.scalars(select(Document).where(Document.sha256.is_not(None)).limit(1)).one()
    path = current_app.extensions["config"].data_dir / "photos" / name_of(row.sha256 or "")
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"%PDF-1.7", b"%PDF-1.4"))
    changed = current_app.test_cli_runner().invoke(args=["check", "--files"])
    path.write_bytes(whole)
    assert changed.exit_code == 1
    assert f"document {row.id}: expected a file {row.sha256}, found " in changed.output


def test_every_check_has_a_corruption_that_it_sees() -> None:
    seen = {check for corruption in corruptions.ALL for check in corruption.seen_by}
    assert {check.name for check in (*checks.ALL, *checks.FILES)} - {check.name for check in seen} == {
        once.only_added.name,
        files.photos.name,
        files.documents.name,
    }  # these three have tests of their own


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("6306051203990001", True),
        ("KK 6306051203990001.", True),
        ("KK6306051203990001", True),
        ("9f6306051203990001ab", False),
        ("63060512039900011", False),
    ],
)
def test_a_fingerprint_that_looks_like_a_number_is_none(text: str, is_one: bool) -> None:
    assert people._is_number("order.note", text, set()) is is_one
