"""Which blueprints and commands the application has: one line each."""

from flask import Flask
from flask.blueprints import Blueprint
from flask.cli import AppGroup

from .accounts import views as account_views
from .areas import views as area_views
from .areas.cli import areas_cli
from .groups import household_views
from .groups import views as group_views
from .groups.role_scopes import RoleScopes
from .parcels import views as parcel_views
from .shared import health, photo_views
from .stock import views as stock_views
from .storefront import basket_views, order_views
from .storefront import views as shop_views

BLUEPRINTS: tuple[Blueprint, ...] = (
    health.bp,
    photo_views.bp,
    account_views.bp,
    area_views.bp,
    group_views.bp,
    household_views.bp,
    parcel_views.bp,
    stock_views.bp,
    shop_views.bp,
    basket_views.bp,
    order_views.bp,
)
COMMANDS: tuple[AppGroup, ...] = (areas_cli,)


def init_app(app: Flask) -> None:
    """Register every blueprint and command."""
    app.extensions["role_scopes"] = RoleScopes()
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for command in COMMANDS:
        app.cli.add_command(command)
