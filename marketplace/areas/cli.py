"""Commands that load areas."""

import click
from flask.cli import AppGroup

from ..shared.transaction import unit_of_work
from . import service
from .defaults import load_defaults

areas_cli = AppGroup("areas", help="Provinces, regencies, districts and villages.")


@areas_cli.command("load")
@click.option("--villages", "villages", multiple=True, help="Area whose villages to load, or 'all'.")
def load(villages: tuple[str, ...]) -> None:
    """Load the areas of Indonesia that are missing, and villages where asked."""
    with unit_of_work():
        click.echo(f"{service.load_areas()} areas added")
        for code in villages:
            added = service.load_villages(None if code == "all" else code)
            click.echo(f"{added} villages added in {code}")


@areas_cli.command("defaults")
def defaults() -> None:
    """Load the dated numbers that every installation starts with."""
    with unit_of_work():
        load_defaults()
