"""Databases for the tests: SQLite files, or a PostgreSQL cluster of their own.

`--database=postgresql` runs the same tests there. Each worker migrates one database and loads the areas once;
each test starts from that state.
"""

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from flask import Flask, g, has_app_context
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import sync_playwright
from sqlalchemy import Connection, Table, event, select, text
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from marketplace import create_app
from marketplace.areas import service as areas
from marketplace.areas.defaults import load_defaults
from marketplace.areas.models import Figure, PovertyLine
from marketplace.config import load
from marketplace.extensions import cache, db
from marketplace.shared.transaction import rollback, unit_of_work
from tests import postgres

if TYPE_CHECKING:
    from tests.hostile.place import Place
    from tests.payments.stripe_stub import Stub

HOME = "63.06"
KEPT = {"area", "figure", "poverty_line", "alembic_version", "criteria_set", "criterion"}
OWN_SETS = "DELETE FROM criterion WHERE set_id > 1; DELETE FROM criteria_set WHERE id > 1;"
"""Of the criteria only the country's first ones are there before a test."""
USED_NUMBERS = """
SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
FROM pg_sequences WHERE last_value IS NOT NULL AND sequencename <> ALL (:kept)
"""
TOWN = "tests/face and tests/hostile"
"""The group of the two folders that look at one town: it takes longest to build."""
LONG = (
    *(TOWN, "tests/test_routes_guarded.py", "tests/shared/test_queries_bounded.py"),
    *("tests/journeys/test_story.py", "tests/demo/test_load.py", "tests/demo/test_serve.py"),
)
"""Groups that would keep one worker busy alone at the end if they were not begun first."""
SAMPLE = 4
"""Of the cases of a test each so-manieth is run on PostgreSQL."""
_first_numbers: list[list[tuple[Any, ...]]] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", default="sqlite", choices=("sqlite", "postgresql"))


class ByTown(LoadScopeScheduling):
    """Keep a file's tests on one worker, and those of the two folders whose town takes long to build.

    xdist's own groups have no effect under pytest 9.2, which no longer reads where xdist writes them: without a word,
    both workers then build every town.
    """

    def _split_scope(self, nodeid: str) -> str:
        return _group(nodeid)


# Else xdist would choose first.
@pytest.hookimpl(tryfirst=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByTown:
    return ByTown(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the longest; what asks no database is tested in the run on SQLite only, and all rows of a table."""
    items.sort(key=lambda item: LONG.index(_group(item.nodeid)) if _group(item.nodeid) in LONG else len(LONG))
    if config.getoption("--database") != "sqlite":
        asked = _sampled([item for item in items if _differs_by_database(item)])
        config.hook.pytest_deselected(items=[item for item in items if item not in asked])
        items[:] = [item for item in items if item in asked]


def _sampled(items: list[pytest.Item]) -> set[pytest.Item]:
    """Return of each test with a table of cases the first, the last and every so-manieth: the rest are our own rules.

    Of a test marked `every_row` each row asks the database something else.
    """
    tables: dict[str, list[pytest.Item]] = {}
    for item in items:
        tables.setdefault(item.nodeid.partition("[")[0], []).append(item)
    return {
        item
        for rows in tables.values()
        for number, item in enumerate(rows)
        if number % SAMPLE == 0 or item is rows[-1] or item.get_closest_marker("every_row")
    }


def _group(nodeid: str) -> str:
    file = nodeid.partition("::")[0]
    return TOWN if file.startswith(("tests/face/", "tests/hostile/")) else file


def _differs_by_database(item: pytest.Item) -> bool:
    """Tell whether a test comes to the database of the run, and is not marked to say that any would do."""
    fixtures: list[str] = getattr(item, "fixturenames", [])
    return "database" in fixtures and item.get_closest_marker("once") is None


def pytest_collection_finish() -> None:
    """Let the collector run less often, as `wsgi.py` does: a third of the time of all tests went there."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def chromium_program() -> str | None:
    """Return where the machine's Chromium is, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """Start the machine's Chromium; skip without one, but fail in CI."""
    program = chromium_program()
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is missing, and this is CI")
        pytest.skip("Chromium is not installed: its tests are skipped")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest) -> str:
    """Return the name of the database the run is on."""
    return str(request.config.getoption("--database"))


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgres.Server]:
    """Start a PostgreSQL cluster for this worker; skip without one, but fail in CI."""
    if not postgres.is_there():
        if os.environ.get("CI") == "true":
            pytest.fail("PostgreSQL is missing, and this is CI")
        pytest.skip("PostgreSQL is not installed: its tests are skipped")
    with postgres.serve() as server:
        yield server


@pytest.fixture(scope="session")
def database_url(database: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of this worker's database."""
    if database == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('db') / 'warung.db'}"
    server: postgres.Server = request.getfixturevalue("postgresql_server")
    return server.create("warung")


@pytest.fixture(scope="session")
def _application(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("data")
    app = make_app(database_url, folder)
    # Tests ask for the English words of the source; the journeys run in Indonesian.
    app.extensions["babel"].translation_directories.clear()
    with app.app_context():
        migrate(app)
        with unit_of_work():
            areas.load_areas()
            areas.load_villages(HOME)
            load_defaults()
        _first_numbers[:] = _numbers()
        db.engine.dispose()
    if database_url.startswith("sqlite"):
        path = Path(database_url.removeprefix("sqlite:///"))
        shutil.copy(path, path.with_suffix(".template"))
    yield app
    with app.app_context():
        db.engine.dispose()


class Browser(FlaskClient):
    """A test browser. Its requests share the context of the test, so what one leaves in `g` is swept out first:
    otherwise whoever made the first request would stay signed in (or out) for good."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        if has_app_context():
            for name in list(g):
                g.pop(name)
        return super().open(*args, **kwargs)


class Templates(BytecodeCache):
    """What templates are compiled to, for all applications of this process."""

    kept: ClassVar[dict[tuple[str, str], CodeType | None]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key, bucket.checksum] = bucket.code


def make_app(database_url: str, data_dir: Path) -> Flask:
    """Build the application for tests on a database, with its data in a folder."""
    config = load({"DATABASE_URL": database_url, "DATA_DIR": str(data_dir), "HOME_AREA": HOME})
    app = create_app(config)
    app.config.update(TESTING=False, WTF_CSRF_ENABLED=False, SERVER_NAME=None)
    app.test_client_class = Browser
    app.jinja_env.bytecode_cache = Templates()
    if database_url.startswith("sqlite"):
        with app.app_context():
            event.listen(db.engine, "connect", _never_wait_for_the_disk)
    return app


def _never_wait_for_the_disk(connection: Any, _record: object) -> None:
    """As PostgreSQL here: no machine fails during a test, and a tenth of the time of all tests went there."""
    connection.execute("PRAGMA synchronous = OFF")


def migrate(app: Flask) -> None:
    """Bring the database of an application to the newest version."""
    from flask_migrate import upgrade

    upgrade()


def reset(app: Flask) -> None:
    """Put the database back to the state before the first test."""
    rollback()
    db.session.remove()
    cache.clear()
    if db.engine.dialect.name == "sqlite":
        db.engine.dispose()
        path = Path(str(db.engine.url.database))
        for extra in ("-wal", "-shm"):
            Path(str(path) + extra).unlink(missing_ok=True)
        shutil.copy(path.with_suffix(".template"), path)
        return
    with db.engine.begin() as connection:
        _empty(connection)
    _restore_numbers()


def _empty(connection: Connection) -> None:
    """Delete what a test wrote and number rows from 1 again: many times faster than to truncate every table."""
    names = [table.name for table in db.metadata.sorted_tables if table.name not in KEPT]
    asked = ", ".join(f"EXISTS (SELECT FROM {name})" for name in names)
    filled = zip(names, connection.execute(text(f"SELECT {asked}")).one(), strict=True)
    deletions = "".join(f"DELETE FROM {name};" for name, has_rows in filled if has_rows)
    # As a replica would: foreign keys need no looking after when everything goes.
    connection.exec_driver_sql(f"SET LOCAL session_replication_role = replica; {OWN_SETS}{deletions}")
    connection.execute(text(USED_NUMBERS), {"kept": [f"{name}_id_seq" for name in KEPT]})


def _numbers() -> list[list[tuple[Any, ...]]]:
    """Read the dated numbers as they are now."""
    with db.engine.connect() as connection:
        tables: tuple[Table, ...] = (Figure.__table__, PovertyLine.__table__)  # type: ignore[assignment]
        return [sorted(map(tuple, connection.execute(select(table))), key=str) for table in tables]


def _restore_numbers() -> None:
    """Load the dated numbers anew where a test changed them; looking is cheaper than loading each time."""
    if _numbers() == _first_numbers:
        return
    with db.engine.begin() as connection:
        connection.execute(text("TRUNCATE figure, poverty_line RESTART IDENTITY CASCADE"))
    with unit_of_work():
        load_defaults()


@pytest.fixture(scope="session")
def town(_application: Flask) -> Iterator[tuple["Place", "Stub"]]:
    """Build the town of the hostile tests once, with the Stripe that knows its payments; `restore` brings it back."""
    from tests.hostile.place import Place
    from tests.payments import paying, stripe_stub

    with _application.app_context():
        reset(_application)
    with stripe_stub.serve() as stub:
        with paying.switched_on(_application, stub.url):
            place = Place(_application)
        with _application.app_context():
            reset(_application)
        yield place, stub


@pytest.fixture
def app(_application: Flask) -> Iterator[Flask]:
    """Return the application on a fresh database, inside its context."""
    with _application.app_context():
        reset(_application)
        _application.config["WTF_CSRF_ENABLED"] = False  # a test that switches it on switches it on for itself
        yield _application
        rollback()
        db.session.remove()


@pytest.fixture
def client(_application: Flask, app: Flask) -> FlaskClient:
    """Return a browser without JavaScript that is not signed in."""
    return app.test_client()
