"""`make run`: migrate, load the demo into an empty database, and serve with the job worker until Ctrl-C."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import FrameType

import click
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import exists, select
from sqlalchemy.exc import SQLAlchemyError

from . import create_app
from .accounts.models import User
from .config import ROOT, Config, load
from .demo.load import DEMO_PASSWORD, load_demo, sign_ins
from .extensions import db

HOST = "127.0.0.1"
WORKERS = "2"


def main() -> None:
    """Bring the shop up and stay until it is stopped."""
    port = _free_port(os.environ.get("PORT", "8000"))
    config = _config()
    _forget_half_a_demo(config)
    app = _app(config)
    with app.app_context():
        upgrade()
        if not db.session.scalar(select(exists().where(User.id.is_not(None)))):
            click.echo("The database is empty: loading the demo of five places.")
            _load_demo(config)
        _welcome(port)
        db.session.remove()
        db.engine.dispose()
    sys.exit(_serve(port))


def _free_port(text: str) -> str:
    """Return the port when it can be served on; else end with a line that says why."""
    if not text.isdecimal() or not 1 <= int(text) <= 65_535:
        raise SystemExit(f"PORT must be a number from 1 to 65535, and is {text!r}.")
    with socket.socket() as probe:
        # The server itself would share the port with another one without a word.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(text)))
        except OSError as error:
            raise SystemExit(f"Port {text} cannot be used: {error.strerror}. Another one: make run PORT=8001") from None
    return text


def _config() -> Config:
    try:
        return load()
    except OSError as error:
        raise SystemExit(f"DATA_DIR cannot be used: {error}") from None


def _app(config: Config) -> Flask:
    """Return the application once its database answers; else end with a line that says why it does not."""
    try:
        app = create_app(config)
        with app.app_context(), db.engine.connect():
            return app
    except (SQLAlchemyError, ImportError) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise SystemExit(f"The database (DATABASE_URL) cannot be used: {reason}") from None


def _load_demo(config: Config) -> None:
    _marker(config).touch()
    try:
        load_demo()
    except KeyboardInterrupt:
        raise SystemExit("\nStopped. The next start begins the demo anew.") from None
    _marker(config).unlink()


def _marker(config: Config) -> Path:
    """Return the file that stands there while the demo is being loaded."""
    return config.data_dir / "demo-is-loading"


def _forget_half_a_demo(config: Config) -> None:
    """Begin anew when the last start was stopped while it loaded the demo."""
    if not _marker(config).exists():
        return
    if not config.database_url.startswith("sqlite"):
        raise SystemExit("The demo was cut off while it loaded: empty the database, then start again.")
    click.echo("The demo was cut off while it loaded: beginning anew.")
    path = config.database_url.removeprefix("sqlite:///")
    for name in (path, f"{path}-wal", f"{path}-shm"):
        Path(name).unlink(missing_ok=True)
    _marker(config).unlink()


def _welcome(port: str) -> None:
    click.echo(f"\n  Warung Kesejahteraan   http://{HOST}:{port}\n")
    rows = sign_ins()
    for role, phone, name in rows:
        click.echo(f"  {role:<16} {phone:<16} {name}")
    if rows:
        click.echo(f"\n  Password of all of them: {DEMO_PASSWORD}\n  Stop with Ctrl-C.\n")


def _serve(port: str) -> int:
    """Run web workers and job worker; when one ends, end the other. Returns the exit status."""
    # In groups of their own: a Ctrl-C that reaches the web workers before their head does can leave one hanging.
    commands = (_web(port), _jobs())
    programs = [subprocess.Popen(command, cwd=ROOT, process_group=0) for command in commands]  # noqa: S603

    def stop(_signal: int, _frame: FrameType | None) -> None:
        for program in programs:
            program.terminate()

    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, stop)
    status = programs[0].wait()
    stop(0, None)
    programs[1].wait()
    return 0 if status in (0, -signal.SIGTERM, -signal.SIGINT, 128 + signal.SIGTERM) else status


def _web(port: str) -> list[str]:
    # A worker that is still starting does not hear that it is to stop: its head ends it after some seconds.
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", port,
        "--workers", WORKERS, "--blocking-threads", "2", "--workers-kill-timeout", "5", "--log-level", "warning",
        "wsgi:application",
    ]  # fmt: skip


def _jobs() -> list[str]:
    return [sys.executable, "-m", "flask", "--app", "wsgi.py", "jobs", "run"]


if __name__ == "__main__":
    main()
