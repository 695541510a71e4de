"""Which blueprints and commands the application has: one line each."""

from flask import Flask
from flask.blueprints import Blueprint
from flask.cli import AppGroup

from .areas.cli import areas_cli
from .shared import photo_views

BLUEPRINTS: tuple[Blueprint, ...] = (photo_views.bp,)
COMMANDS: tuple[AppGroup, ...] = (areas_cli,)


def init_app(app: Flask) -> None:
    """Register every blueprint and command."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for command in COMMANDS:
        app.cli.add_command(command)
