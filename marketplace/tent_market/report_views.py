"""The report of the market: on screen, as an Excel file and on paper."""

import datetime as dt

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms.validators import Optional

from ..areas import queries as areas
from ..documents import facts, files, words
from ..ledger.scope import working_area
from ..shared import clock, documents
from ..shared.charts import Columns, Lengths, Point, best_lengths, lengths
from ..shared.exports import Sheet, download
from ..shared.fields import DateField, FilterField, QueryForm, options
from ..shared.formats import number, rupiah_columns, short_day, short_month
from ..shared.i18n import _, _l, _n
from ..shared.money import format_rupiah
from ..shared.policy import access, roles
from ..stock.labels import REASONS
from . import stall_labels, stall_queries
from .market_report import Period, Report, report
from .stalls import SEERS

bp = Blueprint("market_report", __name__)

USUAL = dt.timedelta(days=90)
"""So far back a report begins if nothing else is asked for."""
DRAWN = 40
"""So many market days are drawn one by one; of more, each month."""
SHOWN = 15
PAPER_LINES = 40
LONG = dt.timedelta(days=3 * 366)


class ReportForm(QueryForm):
    """Which market days."""

    first = DateField(_l("From"), [Optional()])
    last = DateField(_l("Until"), [Optional()])
    site = FilterField(_l("Site"), coerce=str, default="")

    def period(self, area_code: str) -> Period:
        """Return what is asked for; the last three months where nothing is, or nothing that can be read."""
        today = clock.today(areas.time_zone(area_code))
        sites = stall_queries.sites_of(area_code)
        self.site.choices = options([("", _("All sites")), *((str(key), name) for key, name in sites)])
        self.validate()
        last = self.last.data or max(today, self.first.data or today)
        first = self.first.data or last - USUAL
        if not first <= last <= first + LONG:
            self.last.errors = [*self.last.errors, _("Choose days in order, three years at most.")]
            first, last = today - USUAL, today
        site = self.site.chosen()
        return Period(area_code, first, last, int(site) if site else None)


def _asked() -> tuple[ReportForm, Period]:
    form = ReportForm()
    return form, form.period(working_area(current_user, SEERS))


@bp.route("/dinas/pasar/laporan")
@access(roles(SEERS))
def index() -> ResponseReturnValue:
    """Show what the market sold."""
    form, period = _asked()
    found = report(period)
    if request.args.get("format") == "xlsx" and not form.errors:
        return _file(period, found)
    asked = {"first": period.first, "last": period.last, "site": period.site_id or ""}
    page = render_template(
        "tent_market/report.html",
        form=form,
        period=period,
        found=found,
        charts=_charts(found),
        buyers=stall_labels.BUYERS,
        reasons=REASONS,
        asked=asked,
    )
    return page, 422 if form.errors else 200


def _charts(found: Report) -> dict[str, Lengths | Columns]:
    hours = range(min(found.hours, default=8), max(found.hours, default=14) + 1)
    by_hour = [Point(f"{hour:02}", found.hours.get(hour, 0)) for hour in hours]
    tents = [Point(_("Tent %(number)s", number=name), amount) for name, amount in found.by_tent]
    products = [Point(each.name, each.amount) for each in found.products]
    return {
        "days": rupiah_columns(_days(found.days)),
        "hours": rupiah_columns(by_hour),
        "tents": lengths(tents, format_rupiah),
        "groups": best_lengths([Point(*each) for each in found.by_group], format_rupiah, SHOWN, _others),
        "products": best_lengths(products, format_rupiah, SHOWN, _others),
    }


def _days(days: dict[dt.date, int]) -> list[Point]:
    if len(days) <= DRAWN:
        return [Point(short_day(day), amount) for day, amount in days.items()]
    months: dict[dt.date, int] = {}
    for day, amount in days.items():
        months[clock.month_of(day)] = months.get(clock.month_of(day), 0) + amount
    return [Point(short_month(first), amount) for first, amount in months.items()]


def _others(count: int) -> str:
    return _n("%(num)s other", "%(num)s others", count)


def _file(period: Period, found: Report) -> Response:
    tents = Sheet(
        _("Sales by tent"),
        (_l("Day"), _l("Site"), _l("Tent"), _l("Sales"), _l("Rupiah"), _l("By QRIS")),
        [(each.held_on, each.site, each.tent, each.sales, each.amount, each.by_qris) for each in found.tents],
    )
    products = Sheet(
        _("Sales by product"),
        (_l("KUBE"), _l("Product"), _l("Unit"), _l("Pieces"), _l("Rupiah")),
        [(each.group, each.name, each.unit, each.pieces, each.amount) for each in found.products],
    )
    groups = Sheet(_("Sales by group"), (_l("KUBE"), _l("Rupiah")), found.by_group)
    hours = Sheet(_("Sales by hour"), (_l("Hour"), _l("Rupiah")), list(found.hours.items()))
    buyers = [(str(stall_labels.BUYERS[kind]), amount) for kind, amount in found.buyers.items()]
    losses = Sheet(
        _("Not sold"),
        (_l("KUBE"), _l("Product"), _l("Unit"), _l("What happened"), _l("Pieces")),
        [(each.group, each.name, each.unit, str(REASONS[each.reason]), each.pieces) for each in found.losses],
    )
    kinds = Sheet(_("Sales by kind of buyer"), (_l("Kind of buyer"), _l("Rupiah")), buyers)
    bought = [(each.name, each.sales, each.amount) for each in found.offices]
    offices = Sheet(_("Sales by office"), (_l("Office"), _l("Purchases"), _l("Rupiah")), bought)
    return download(
        f"pasar-{period.first}-{period.last}.xlsx", [tents, products, groups, hours, kinds, offices, losses]
    )


@bp.route("/dinas/pasar/laporan.pdf")
@access(roles(SEERS))
def paper() -> Response:
    """Give the report on paper."""
    _form, period = _asked()
    content = _content(period, report(period))
    link = f"{current_app.extensions['config'].base_url}/dinas/pasar/laporan"
    drawn = documents.draw("market_report", content, link, clock.now())
    return files.as_pdf(drawn, f"laporan-pasar-{period.first}-{period.last}.pdf")


KINDS = {"public": "Umum", "office": "Instansi", "school": "Sekolah"}
LOST = {
    "spoiled": "Rusak",
    "destroyed": "Kembali lalu dibuang",
    "given_away": "Diberikan cuma-cuma",
    "missing": "Kurang",
}
"""Papers are in Indonesian, whoever looks."""


def _content(period: Period, found: Report) -> dict[str, object]:
    issuer = facts.issuer_in(period.area_code, None)
    sites = dict(stall_queries.sites_of(period.area_code))
    return {
        "issuer": {"name": issuer.name, "address": issuer.address, "officer": issuer.officer},
        "number": f"{words.long_day(period.first)} sampai {words.long_day(period.last)}",
        "date": words.long_day(issuer.day),
        "place": words.place_of(issuer.regency),
        "code": "",
        "replaces": "",
        "site": sites.get(period.site_id or 0, "Semua lokasi"),
        "total": format_rupiah(found.amount),
        "qris": format_rupiah(found.by_qris),
        "cash": format_rupiah(found.amount - found.by_qris),
        "sales": number(found.sales),
        "day_count": number(len(found.days)),
        "days": [[words.long_day(day), format_rupiah(amount)] for day, amount in found.days.items()],
        "tents": [[f"Tenda {name}", format_rupiah(amount)] for name, amount in found.by_tent],
        "groups": [[name, format_rupiah(amount)] for name, amount in found.by_group],
        "products": [
            [each.name, each.group, f"{number(each.pieces)} {each.unit}", format_rupiah(each.amount)]
            for each in found.products[:PAPER_LINES]
        ],
        "more": max(len(found.products) - PAPER_LINES, 0),
        "hours": [[f"{hour:02}.00", format_rupiah(amount)] for hour, amount in found.hours.items()],
        "buyers": [[KINDS[kind], format_rupiah(amount)] for kind, amount in found.buyers.items()],
        "offices": [[each.name, number(each.sales), format_rupiah(each.amount)] for each in found.offices],
        "losses": [
            [each.name, each.group, LOST[each.reason], f"{number(each.pieces)} {each.unit}"] for each in found.losses
        ],
    }
