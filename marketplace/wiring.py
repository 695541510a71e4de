"""Which blueprints and commands the application has: one line each."""

from click import Command
from flask import Flask
from flask.blueprints import Blueprint

from .accounts import forgetting as forget_accounts
from .accounts import officer_views as user_views
from .accounts import views as account_views
from .accounts.cli import accounts_cli
from .aid import forgetting as forget_aid
from .aid import fund_views, goods_views, grant_views, own_views
from .aid import views as aid_views
from .areas import views as area_views
from .areas.cli import areas_cli
from .catalog import curation_views, selling_views
from .catalog import forgetting as forget_catalog
from .catalog import service as catalog
from .catalog import views as catalog_views
from .demo.cli import demo_cli
from .documents import buyer_views as paper_views
from .documents import cash_views, offer_views, recap_views, verify_views
from .documents import forgetting as forget_documents
from .documents import office_views as office_paper_views
from .documents import views as document_views
from .graduation import case_views, criteria_views
from .graduation import forgetting as forget_cases
from .graduation import service as graduation
from .graduation import views as graduation_views
from .groups import forgetting as forget_families
from .groups import forgetting_views, household_views, log_views
from .groups import service as groups
from .groups import views as group_views
from .groups.role_scopes import RoleScopes
from .jobs import init_app as init_jobs
from .jobs import jobs_cli
from .ledger import batch_views, journal_views, statement_views
from .ledger import forgetting as forget_ledger
from .ledger import views as payout_views
from .mentoring import forgetting as forget_mentoring
from .mentoring import report_views as group_report_views
from .mentoring import shell_views as visit_shell_views
from .mentoring import standing_views, visit_views
from .mentoring import views as mentoring_views
from .notices import forgetting as forget_notices
from .notices import views as notice_views
from .offices import desk_views as office_desk_views
from .offices import forgetting as forget_offices
from .offices import invoice_views, order_views
from .offices import views as office_views
from .orders import change_views
from .orders import forgetting as forget_orders
from .orders import views as order_desk_views
from .orders.sold import pieces_back, pieces_of
from .parcels import views as parcel_views
from .payments import account_views as collection_account_views
from .payments import buyer_views, counter_views, desk_views, online_views, provider_desk_views
from .payments import forgetting as forget_payments
from .payments import refund_views as _refund_views  # noqa: F401  (adds its pages to the desk's)
from .payments.providers import stripe
from .registry import forgetting as forget_lists
from .registry import views as registry_views
from .reports import before_after_views, map_views, personal_views, province_views
from .reports import views as report_views
from .reports.cli import check_command
from .shared import health, offline, photo_views, site_files
from .shared.forgetting import Forgetter
from .stock import forgetting as forget_stock
from .stock import movements as stock
from .stock import views as stock_views
from .stock.queries import free_by_product
from .stock.tasks import count_in
from .storefront import basket_views, found_views, short_views
from .storefront import office_views as basket_for_office_views
from .storefront import order_views as buyer_order_views
from .storefront import views as shop_views
from .tent_market import board_views, rescue_views, stall_views, tent_views, till_views
from .tent_market import closing_views as stall_close_views
from .tent_market import day_views as market_day_views
from .tent_market import forgetting as forget_tents
from .tent_market import label_views as price_label_views
from .tent_market import report_views as market_report_views
from .tent_market import shell_views as till_shell_views
from .tent_market import site_views as market_site_views
from .training import class_views as training_class_views
from .training import forgetting as forget_trainings
from .training import link_views as plan_link_views
from .training import partner_views, plan_views
from .training import shell_views as attendance_shell_views
from .training import views as training_views
from .treasury import close_views as day_close_views
from .treasury import file_views as statement_file_views
from .treasury import forgetting as forget_treasury
from .treasury import import_views as statement_import_views
from .treasury import several_views as statement_several_views
from .treasury import undo_views as payment_undo_views
from .treasury import views as statement_line_views

FORGETTERS: tuple[Forgetter, ...] = tuple(
    each.FORGETTER
    for each in (
        *(forget_catalog, forget_stock, forget_ledger, forget_orders, forget_payments, forget_offices),
        *(forget_documents, forget_treasury, forget_notices, forget_tents, forget_trainings, forget_aid),
        *(forget_lists, forget_mentoring, forget_cases, forget_accounts, forget_families),
    )
)
"""Who keeps words about families, and takes them out when one is forgotten."""

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
    log_views.bp,
    forgetting_views.bp,
    personal_views.bp,
    graduation_views.bp,
    case_views.bp,
    criteria_views.bp,
    catalog_views.maker_pages,
    catalog_views.office_pages,
    curation_views.bp,
    selling_views.bp,
    parcel_views.bp,
    stock_views.bp,
    order_desk_views.bp,
    change_views.bp,
    payout_views.bp,
    batch_views.bp,
    statement_views.bp,
    journal_views.bp,
    buyer_views.bp,
    counter_views.bp,
    desk_views.bp,
    provider_desk_views.bp,
    online_views.bp,
    collection_account_views.bp,
    document_views.bp,
    recap_views.bp,
    cash_views.bp,
    offer_views.bp,
    paper_views.bp,
    office_paper_views.bp,
    verify_views.bp,
    office_views.bp,
    order_views.bp,
    office_desk_views.bp,
    invoice_views.bp,
    statement_file_views.bp,
    statement_import_views.bp,
    day_close_views.bp,
    statement_line_views.bp,
    statement_several_views.bp,
    payment_undo_views.bp,
    notice_views.bp,
    stall_views.bp,
    stall_close_views.bp,
    price_label_views.bp,
    market_report_views.bp,
    shop_views.bp,
    basket_views.bp,
    basket_for_office_views.bp,
    buyer_order_views.bp,
    found_views.bp,
    short_views.bp,
    market_day_views.bp,
    market_site_views.bp,
    tent_views.bp,
    till_views.bp,
    rescue_views.bp,
    board_views.bp,
    registry_views.bp,
    partner_views.bp,
    training_views.bp,
    training_class_views.bp,
    attendance_shell_views.bp,
    plan_views.bp,
    plan_link_views.bp,
    aid_views.bp,
    fund_views.bp,
    goods_views.bp,
    grant_views.bp,
    own_views.bp,
    report_views.bp,
    province_views.bp,
    map_views.bp,
    before_after_views.bp,
    till_shell_views.bp,
    mentoring_views.bp,
    visit_views.bp,
    visit_shell_views.bp,
    group_report_views.bp,
    standing_views.bp,
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
    stripe.init_app(app)
    app.extensions["role_scopes"] = RoleScopes()
    app.extensions["free_by_product"] = free_by_product
    app.extensions["count_in"] = count_in
    app.extensions["pieces_of"] = pieces_of
    app.extensions["pieces_back"] = pieces_back
    app.extensions["forgetters"] = FORGETTERS
    app.extensions["derived_of_families"] = {"snapshot": graduation.forget_families}
    app.extensions["group_parts"] = (standing_views.part,)
    init_jobs(app)
    groups.renamed.connect(catalog.refresh_group)
    groups.renamed.connect(stock.rename_location)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for command in COMMANDS:
        app.cli.add_command(command)
