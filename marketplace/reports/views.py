"""The first pages of officers and makers, and the recap of what an area offers and sells."""

from collections.abc import Callable, Iterable

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..accounts.labels import ROLES
from ..areas import queries as areas
from ..catalog.labels import CATEGORIES
from ..ledger.scope import REGENCY_LENGTH, working_area
from ..shared.exports import Cell, Sheet, download
from ..shared.formats import month, number
from ..shared.i18n import _, _l
from ..shared.money import format_rupiah
from ..shared.policy import (
    AREA_ROLES,
    MAKERS,
    OFFICERS,
    Role,
    access,
    areas_of,
    holds_regency,
    households_of,
    roles,
)
from . import makers, queries, work
from .queries import Recap

bp = Blueprint("reports", __name__)

GROUPS_SHOWN = 15
"""Groups drawn on the page; the file has them all."""


@bp.route("/dinas")
@access(roles(OFFICERS))
def office() -> str:
    """Show an officer what waits for him."""
    return render_template("reports/office.html", lists=work.waiting_for(current_user), role_names=ROLES)


@bp.route("/penjual")
@access(roles(MAKERS))
def maker() -> str:
    """Show a maker where he stands."""
    return render_template(
        "reports/maker.html",
        summary=makers.summary(current_user),
        remarks=makers.remarks(current_user),
        has_family=bool(households_of(current_user, {Role.SELLER})),
    )


@bp.route("/dinas/rekap")
@access(roles(AREA_ROLES))
def recap() -> str:
    """Show products and services by district and kind, and sales by month and group."""
    area_code = _recap_area()
    found, months = queries.whole_recap(area_code), queries.sales_by_month(area_code)
    groups = queries.sales_by_group(area_code)
    return render_template(
        "reports/recap.html",
        area=areas.get_area(area_code),
        recap=found,
        charts={
            "districts": _bars(((each.name, each.total) for each in found.districts), number),
            "categories": _bars(((str(CATEGORIES[key]), count) for key, count in found.categories), number),
            "months": _bars(((month(first), amount) for first, amount in months.items()), format_rupiah),
            "groups": _bars(((each.name, each.amount) for each in groups[:GROUPS_SHOWN]), format_rupiah),
        },
        year_total=sum(months.values()),
        groups_more=max(len(groups) - GROUPS_SHOWN, 0),
    )


def _recap_area() -> str:
    """Return the regency that an officer works on; for one of a district or village alone, that."""
    small = [code for code in areas_of(current_user, AREA_ROLES) if len(code) > REGENCY_LENGTH]
    if small and not holds_regency(current_user, AREA_ROLES):
        return min(small, key=len)
    return working_area(current_user, AREA_ROLES)


def _bars(rows: Iterable[tuple[str, int]], write: Callable[[int], str]) -> list[dict[str, object]]:
    """Return named figures as the chart takes them; a month in which more came back than was earned has no bar."""
    return [{"label": label, "value": max(value, 0), "text": write(value)} for label, value in rows]


@bp.route("/dinas/rekap.xlsx")
@access(roles(AREA_ROLES))
def recap_file() -> ResponseReturnValue:
    """Give the recap as an Excel file."""
    area_code = _recap_area()
    found = queries.whole_recap(area_code)
    sheets = [_districts(found), _categories(found), _months(area_code), _groups(area_code)]
    return download(f"rekap-{area_code}.xlsx", sheets)


def _districts(found: Recap) -> Sheet:
    heads = (_l("District"), _l("Goods"), _l("Services"), _l("Together"))
    rows: list[tuple[Cell, ...]] = [(each.name, each.goods, each.services, each.total) for each in found.districts]
    return Sheet(_("By district"), heads, [*rows, (_("All"), found.goods, found.services, found.total)])


def _categories(found: Recap) -> Sheet:
    rows = [(str(CATEGORIES[category]), count) for category, count in found.categories]
    return Sheet(_("By kind"), (_l("Kind"), _l("Products and services")), rows)


def _months(area_code: str) -> Sheet:
    rows = [(month(first), amount) for first, amount in queries.sales_by_month(area_code).items()]
    return Sheet(_("Sales by month"), (_l("Month"), _l("Rupiah")), rows)


def _groups(area_code: str) -> Sheet:
    rows = [(each.name, each.district, each.amount) for each in queries.sales_by_group(area_code)]
    return Sheet(_("Sales by group"), (_l("Group"), _l("District"), _l("Rupiah")), rows)
