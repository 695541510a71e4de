"""The first pages of officers and makers, and the recap of what an area offers and sells."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..accounts.labels import ROLES
from ..areas import queries as areas
from ..catalog.labels import CATEGORIES
from ..ledger.scope import REGENCY_LENGTH, working_area
from ..mentoring.labels import period
from ..shared.charts import Columns, Lengths, Point, best_lengths, lengths
from ..shared.errors import Forbidden
from ..shared.exports import Cell, Sheet, download
from ..shared.formats import month, number, rupiah_columns, short_day, short_month
from ..shared.i18n import _, _l, _n
from ..shared.money import format_rupiah
from ..shared.policy import (
    AREA_ROLES,
    MAKERS,
    OFFICERS,
    Role,
    access,
    areas_of,
    has_role,
    holds_regency,
    households_of,
    roles,
)
from ..tent_market import devices
from . import makers, queries, work
from .queries import GroupSales, Recap, Sales

bp = Blueprint("reports", __name__)

GROUPS_SHOWN = 15
"""Groups drawn on the page; the file has them all."""


@bp.route("/dinas")
@access(roles(OFFICERS, of_province=True))
def office() -> str:
    """Show an officer what waits for him, and the head of the office what it comes to."""
    return render_template(
        "reports/office.html",
        lists=work.waiting_for(current_user),
        role_names=ROLES,
        earned=_earned() if has_role(current_user, {Role.HEAD}) else None,
    )


def _earned() -> list[int] | None:
    """Return what families earned month by month; None for a head of a province who looks at none of its regencies."""
    try:
        area_code = _recap_area()
    except Forbidden:
        return None
    return list(queries.sales(area_code).months.values())


@bp.route("/penjual")
@access(roles(MAKERS))
def maker() -> str:
    """Show a maker where he stands."""
    return render_template(
        "reports/maker.html",
        summary=makers.summary(current_user),
        remarks=makers.remarks(current_user),
        stalls=devices.stalls_of_cashier(current_user.id),
        leads_group=has_role(current_user, {Role.GROUP_OFFICER}),
        reports_due=makers.reports_to_send(current_user) if has_role(current_user, {Role.GROUP_OFFICER}) else (),
        period=period,
        has_family=bool(households_of(current_user, {Role.SELLER})),
    )


@bp.route("/dinas/rekap")
@access(roles(AREA_ROLES))
def recap() -> str:
    """Show products and services by district and kind, and sales by week, month, district and group."""
    area_code = _recap_area()
    found, sales, groups = queries.whole_recap(area_code), queries.sales(area_code), queries.sales_by_group(area_code)
    return render_template(
        "reports/recap.html",
        area=areas.get_area(area_code),
        recap=found,
        charts={**_offer_charts(found), **_sales_charts(found, sales, groups)},
        year_total=sum(sales.months.values()),
        year_from=min(sales.months),
        week_total=sum(sales.weeks.values()),
    )


def _offer_charts(found: Recap) -> dict[str, Lengths]:
    districts = [Point(each.name, each.total) for each in found.districts]
    categories = [Point(str(CATEGORIES[key]), count) for key, count in found.categories]
    return {"districts": lengths(districts, number), "categories": lengths(categories, number)}


def _sales_charts(found: Recap, sales: Sales, groups: list[GroupSales]) -> dict[str, Lengths | Columns]:
    weeks = [Point(short_day(monday), amount) for monday, amount in sales.weeks.items()]
    months = [Point(short_month(first), amount) for first, amount in sales.months.items()]
    districts = [Point(*each) for each in queries.sales_by_district(found.districts, groups)]
    ranked = [Point(each.name, each.amount) for each in groups]
    return {
        "weeks": rupiah_columns(weeks),
        "months": rupiah_columns(months),
        "sales_districts": lengths(districts, format_rupiah),
        "sales_groups": best_lengths(ranked, format_rupiah, GROUPS_SHOWN, _others),
    }


def _others(count: int) -> str:
    return _n("%(num)s other group", "%(num)s other groups", count)


def _recap_area() -> str:
    """Return the regency that an officer works on; for one of a district or village alone, that."""
    small = [code for code in areas_of(current_user, AREA_ROLES) if len(code) > REGENCY_LENGTH]
    if small and not holds_regency(current_user, AREA_ROLES):
        return min(small, key=len)
    return working_area(current_user, AREA_ROLES)


@bp.route("/dinas/rekap.xlsx")
@access(roles(AREA_ROLES))
def recap_file() -> ResponseReturnValue:
    """Give the recap as an Excel file."""
    area_code = _recap_area()
    found, sales, groups = queries.whole_recap(area_code), queries.sales(area_code), queries.sales_by_group(area_code)
    sheets = [_districts(found), _categories(found), *_by_time(sales), *_by_place(found, groups)]
    return download(f"rekap-{area_code}.xlsx", sheets)


def _districts(found: Recap) -> Sheet:
    heads = (_l("District"), _l("Goods"), _l("Services"), _l("Together"))
    rows: list[tuple[Cell, ...]] = [(each.name, each.goods, each.services, each.total) for each in found.districts]
    return Sheet(_("By district"), heads, [*rows, (_("All"), found.goods, found.services, found.total)])


def _categories(found: Recap) -> Sheet:
    rows = [(str(CATEGORIES[category]), count) for category, count in found.categories]
    return Sheet(_("By kind"), (_l("Kind"), _l("Products and services")), rows)


def _by_time(sales: Sales) -> list[Sheet]:
    months = [(month(first), amount) for first, amount in sales.months.items()]
    return [
        Sheet(_("Earned by month"), (_l("Month"), _l("Rupiah")), months),
        Sheet(_("Earned by week"), (_l("Week from"), _l("Rupiah")), list(sales.weeks.items())),
    ]


def _by_place(found: Recap, groups: list[GroupSales]) -> list[Sheet]:
    districts = queries.sales_by_district(found.districts, groups)
    rows = [(each.name, each.district, each.amount) for each in groups]
    return [
        Sheet(_("Earned by district"), (_l("District"), _l("Rupiah")), districts),
        Sheet(_("Earned by group"), (_l("Group"), _l("District"), _l("Rupiah")), rows),
    ]
