"""Work that nobody waits for: what is late ends, and months are reckoned.

The queue lies in its own SQLite file, in Redis or in PostgreSQL, by configuration. Every job may run twice or late
without harm; none is needed for a right answer, only for an early one.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import structlog
from flask import Flask, current_app
from flask.cli import AppGroup
from huey import PostgresHuey, RedisHuey, SqliteHuey, crontab
from huey.api import Huey
from huey.serializer import SignedSerializer

from .config import Config
from .extensions import db
from .graduation import case_job
from .graduation import service as graduation
from .groups import forgetting
from .mentoring import reporting, standings
from .notices import mail, outbox
from .notices import service as notices
from .orders import substitutes
from .payments import reconcile
from .payments import service as payments
from .registry import service as registry
from .registry import work as lists
from .shared import clock, kept_photos
from .shared.errors import StateConflict
from .shared.transaction import rollback, unit_of_work
from .stock import service as stock
from .storefront import service as storefront

MOST_LETTERS = 100
"""E-mails in one minute; the others follow in the next."""

log = structlog.get_logger()
jobs_cli = AppGroup("jobs", help="The job worker.")


def make_queue(config: Config) -> Huey:
    """Return the queue that the configuration names."""
    values: dict[str, Any] = {"name": "warung", "serializer": SignedSerializer(secret=config.secret_key)}
    if config.job_store.startswith("redis"):
        return RedisHuey(url=config.job_store, **values)
    if config.job_store.startswith("postgresql"):
        return PostgresHuey(dsn=config.job_store, **values)
    return SqliteHuey(filename=str(config.data_dir / "jobs.db"), **values)


@contextmanager
def _work(app: Flask) -> Iterator[None]:
    """Let a job write in one transaction, with a session of its own."""
    with app.app_context():
        try:
            with unit_of_work():
                yield
        finally:
            db.session.remove()


def end_what_is_late(app: Flask) -> None:
    """End bills, orders and questions to buyers whose time is over, and free the goods they held."""
    with _work(app):
        payments.expire_due(clock.now())
    with _work(app):
        substitutes.expire_due(clock.now())
    with _work(app):
        stock.release_expired(clock.now())


def ask_providers(app: Flask) -> None:
    """Send refunds that wait, and ask how bills stand that are paid online."""
    with app.app_context():
        try:
            reconcile.run()
        finally:
            rollback()
            db.session.remove()


def reckon_months(app: Flask) -> None:
    """Reckon the running month of every household, close months that are over, and see how every case stands."""
    with _work(app):
        graduation.refresh(clock.now())
    with _work(app):
        case_job.run(clock.now())


def propose_forgetting(app: Flask) -> None:
    """Propose to make those families anonymous whose time to keep is over; an officer decides."""
    with _work(app):
        forgetting.propose_due(clock.now())


def follow_groups(app: Flask) -> None:
    """Make the four-monthly reports due, and derive how groups stand."""
    with _work(app):
        reporting.make_due(clock.now())
    with _work(app):
        standings.refresh(clock.now())


def tell_buyers(app: Flask) -> None:
    """Write the messages for what happened, and send those that go by e-mail; no transaction is open meanwhile."""
    with _work(app):
        notices.give_up_stuck(clock.now())
        notices.write_new(clock.now())
        waiting = notices.due(clock.now(), MOST_LETTERS) if outbox.can_mail() else []
    for notice_id in waiting:
        with suppress(StateConflict):  # another worker has it in hand: the others still wait for this one
            _send(app, notice_id)


def _send(app: Flask, notice_id: int) -> None:
    with _work(app):
        letter = notices.take(notice_id)
    result = mail.send(app.extensions["config"].mail_server, letter)
    with _work(app):
        notices.settle(notice_id, result)


def forget_old_baskets(app: Flask) -> None:
    """Drop the baskets of visitors who did not come back."""
    with _work(app):
        storefront.forget_old(clock.now())


def forget_kept_photos(app: Flask) -> None:
    """Drop the photos of forms that were refused and not sent again."""
    with _work(app):
        kept_photos.forget_old(clock.now())


def work_off_lists(app: Flask) -> None:
    """Go on with lists of registries that were uploaded, applied or undone, some hundred rows in each transaction."""
    with app.app_context():
        try:
            lists.run()
        finally:
            rollback()
            db.session.remove()


def forget_old_lists(app: Flask) -> None:
    """Delete the rows of lists that the office keeps no longer."""
    with _work(app):
        registry.forget_old(clock.now())


def init_app(app: Flask) -> None:
    """Let whoever uploads a list call the worker at once; the queue is opened when it is needed first."""

    def call() -> None:
        calls = app.extensions.get("worker_calls")
        if calls is None:
            calls = app.extensions["worker_calls"] = schedule(make_queue(app.extensions["config"]), app)
        calls()

    app.extensions["wake_worker"] = call


def schedule(queue: Huey, app: Flask) -> Callable[[], object]:
    """Put the regular jobs on a queue; return what calls the worker to the lists that wait."""

    @queue.periodic_task(crontab(minute="*"), name="end_what_is_late")
    def _late() -> None:
        end_what_is_late(app)

    @queue.periodic_task(crontab(minute="*"), name="ask_providers")
    def _providers() -> None:
        ask_providers(app)

    @queue.periodic_task(crontab(minute="*"), name="tell_buyers")
    def _tell() -> None:
        tell_buyers(app)

    @queue.periodic_task(crontab(minute="5"), name="reckon_months")
    def _months() -> None:
        reckon_months(app)

    @queue.periodic_task(crontab(minute="35"), name="follow_groups")
    def _groups() -> None:
        follow_groups(app)

    _schedule_forgetting(queue, app)
    return _schedule_lists(queue, app)


def _schedule_forgetting(queue: Huey, app: Flask) -> None:
    """Put the jobs on a queue that let go what nobody needs any more."""

    @queue.periodic_task(crontab(minute="20", hour="3"), name="forget_old_baskets")
    def _baskets() -> None:
        forget_old_baskets(app)

    @queue.periodic_task(crontab(minute="40"), name="forget_kept_photos")
    def _photos() -> None:
        forget_kept_photos(app)

    @queue.periodic_task(crontab(minute="50", hour="3", day_of_week="1"), name="propose_forgetting")
    def _forgetting() -> None:
        propose_forgetting(app)


def _schedule_lists(queue: Huey, app: Flask) -> Callable[[], object]:
    @queue.periodic_task(crontab(minute="*"), name="work_off_lists")
    def _lists() -> None:
        work_off_lists(app)

    @queue.periodic_task(crontab(minute="50", hour="2"), name="forget_old_lists")
    def _old_lists() -> None:
        forget_old_lists(app)

    @queue.task(name="work_off_lists_now")
    def _lists_now() -> None:
        work_off_lists(app)

    call: Callable[[], object] = _lists_now
    return call


@jobs_cli.command("run")
def run() -> None:
    """Work off the queue until stopped."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    queue = make_queue(app.extensions["config"])
    schedule(queue, app)
    queue.create_consumer(workers=1, periodic=True, check_worker_health=True).run()
