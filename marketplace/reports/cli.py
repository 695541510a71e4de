"""`flask check`: recompute everything that must hold, and say what broke and where."""

import sys
import time
from collections.abc import Iterable

import click
from flask.cli import with_appcontext

from ..extensions import db
from . import checks
from .check import Check, Result, begin_reading

NAME_WIDTH = 84


@click.command("check")
@click.option("--files", is_flag=True, help="Also look for the file of every photo in every size.")
@with_appcontext
def check_command(files: bool) -> None:
    """Recompute from raw rows what must always hold; exit 1 when something broke."""
    chosen = (*checks.ALL, *(checks.FILES if files else ()))
    started = time.monotonic()
    begin_reading()
    try:
        broken = _run_all(chosen)
    finally:
        db.session.rollback()
    seconds = time.monotonic() - started
    if broken:
        click.secho(f"{broken} of {len(chosen)} checks broke ({seconds:.1f} s).", fg="red")
        sys.exit(1)
    click.secho(f"All {len(chosen)} checks hold ({seconds:.1f} s).", fg="green")


def _run_all(chosen: Iterable[Check]) -> int:
    broken = 0
    for check in chosen:
        click.echo(f"{check.name:<{NAME_WIDTH}}", nl=False)
        result = check.run()
        _tell(result)
        broken += bool(result.broken)
    return broken


def _tell(result: Result) -> None:
    if not result.broken:
        click.echo(f"{result.rows:>9,} rows  ok")
        return
    click.secho(f"{result.rows:>9,} rows  BROKEN: {result.broken:,}", fg="red")
    for fault in result.faults:
        click.echo(f"    {fault.where}: expected {fault.expected}, found {fault.found}")
    if result.broken > len(result.faults):
        click.echo(f"    … and {result.broken - len(result.faults):,} more")
