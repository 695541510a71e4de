"""Which blueprints and commands the application has: one line each."""

from click import Command
from flask import Flask
from flask.blueprints import Blueprint

from .accounts import officer_views as user_views
from .accounts import views as account_views
from .accounts.cli import accounts_cli
from .areas import views as area_views
from .areas.cli import areas_cli
from .catalog import curation_views, selling_views
from .catalog import service as catalog
from .catalog import views as catalog_views
from .demo.cli import demo_cli
from .graduation import views as graduation_views
from .groups import household_views
from .groups import service as groups
from .groups import views as group_views
from .groups.role_scopes import RoleScopes
from .jobs import jobs_cli
from .ledger import journal_views, statement_views
from .ledger import views as payout_views
from .notices import views as notice_views
from .orders import views as office_order_views
from .parcels import views as parcel_views
from .payments import account_views as collection_account_views
from .payments import buyer_views, counter_views, desk_views
from .reports import views as report_views
from .reports.cli import check_command
from .shared import health, offline, photo_views, site_files
from .stock import movements as stock
from .stock import views as stock_views
from .stock.queries import free_by_product
from .stock.tasks import count_in
from .storefront import basket_views, found_views, order_views, short_views
from .storefront import views as shop_views

BLUEPRINTS: tuple[Blueprint, ...] = (
    health.bp,
    site_files.bp,
    offline.bp,
    photo_views.bp,
    account_views.bp,
    user_views.bp,
    area_views.bp,
    group_views.bp,
    household_views.bp,
    graduation_views.bp,
    catalog_views.maker_pages,
    catalog_views.office_pages,
    curation_views.bp,
    selling_views.bp,
    parcel_views.bp,
    stock_views.bp,
    office_order_views.bp,
    payout_views.bp,
    statement_views.bp,
    journal_views.bp,
    buyer_views.bp,
    counter_views.bp,
    desk_views.bp,
    collection_account_views.bp,
    notice_views.bp,
    shop_views.bp,
    basket_views.bp,
    order_views.bp,
    found_views.bp,
    short_views.bp,
    report_views.bp,
)
COMMANDS: tuple[Command, ...] = (
    areas_cli,
    accounts_cli,
    demo_cli,
    jobs_cli,
    check_command,
)


def init_app(app: Flask) -> None:
    """Register every blueprint and command, and who hears of what happens on the floors above."""
    app.extensions["role_scopes"] = RoleScopes()
    app.extensions["free_by_product"] = free_by_product
    app.extensions["count_in"] = count_in
    groups.renamed.connect(catalog.refresh_group)
    groups.renamed.connect(stock.rename_location)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for command in COMMANDS:
        app.cli.add_command(command)
