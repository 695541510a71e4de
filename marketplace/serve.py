"""`make run`: migrate, load the demo into an empty database, and serve with the job worker until Ctrl-C."""

import os
import signal
import subprocess
import sys
from types import FrameType

import click
from flask_migrate import upgrade
from sqlalchemy import exists, select

from . import create_app
from .accounts.models import User
from .config import ROOT
from .demo.load import DEMO_PASSWORD, load_demo, sign_ins
from .extensions import db

HOST = "127.0.0.1"
WORKERS = "2"


def main() -> None:
    """Bring the shop up and stay until it is stopped."""
    port = os.environ.get("PORT", "8000")
    app = create_app()
    with app.app_context():
        upgrade()
        if not db.session.scalar(select(exists().where(User.id.is_not(None)))):
            click.echo("The database is empty: loading the demo of Hulu Sungai Selatan.")
            load_demo()
        _welcome(port)
        db.session.remove()
        db.engine.dispose()
    sys.exit(_serve(port))


def _welcome(port: str) -> None:
    click.echo(f"\n  Warung Kesejahteraan   http://{HOST}:{port}\n")
    rows = sign_ins()
    for role, phone, name in rows:
        click.echo(f"  {role:<16} {phone:<16} {name}")
    if rows:
        click.echo(f"\n  Password of all of them: {DEMO_PASSWORD}\n  Stop with Ctrl-C.\n")


def _serve(port: str) -> int:
    """Run web workers and job worker; when one ends, end the other. Returns the exit status."""
    programs = [subprocess.Popen(command, cwd=ROOT) for command in (_web(port), _jobs())]  # noqa: S603

    def stop(_signal: int, _frame: FrameType | None) -> None:
        for program in programs:
            program.terminate()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    status = programs[0].wait()
    stop(0, None)
    programs[1].wait()
    return 0 if status in (0, -signal.SIGTERM, -signal.SIGINT, 128 + signal.SIGTERM) else status


def _web(port: str) -> list[str]:
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", port,
        "--workers", WORKERS, "--blocking-threads", "4", "--log-level", "warning", "wsgi:application",
    ]  # fmt: skip


def _jobs() -> list[str]:
    return [sys.executable, "-m", "flask", "--app", "wsgi.py", "jobs", "run"]


if __name__ == "__main__":
    main()
