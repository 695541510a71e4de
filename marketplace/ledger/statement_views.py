"""Statements: for makers in plain words, for officers with every movement, on screen and as Excel."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas import queries as areas
from ..groups import queries as groups
from ..groups.privacy import Page, record_view
from ..shared import clock
from ..shared.charts import Columns, Point
from ..shared.errors import NotFound
from ..shared.exports import Cell, Sheet, download
from ..shared.formats import rupiah_columns, short_day, short_month
from ..shared.i18n import _, _l
from ..shared.paging import cut
from ..shared.policy import MAKERS, Role, access, groups_of, households_of, roles
from . import earned, labels, payout_queries, statements
from .forms import MonthForm, SpanForm
from .models import EntryKind
from .payout_queries import Standing
from .statements import Movement, Row, Statement

bp = Blueprint("statements", __name__)

READERS = frozenset({Role.TREASURER, Role.HEAD, Role.MENTOR, Role.VERIFIER})
"""Officers who see what a family earned."""
HEADS = (_l("Date"), _l("Family"), _l("What"), _l("Product"), _l("Reference"), _l("In"), _l("Out"), _l("Balance"))
MONTHS_TO_CHOOSE = 12


@bp.context_processor
def _labels() -> dict[str, object]:
    return {"labels": labels}


@dataclass(frozen=True)
class Earnings:
    """What a maker sees of his household: how it stands since its first day, and a month."""

    standing: Standing
    since: dt.date | None
    earned: int
    """In the month, rupiah."""
    movements: list[Movement]
    pieces: Mapping[tuple[int, int], list[Any]]
    """(order, product) → the pieces it was earned with."""
    back: Mapping[tuple[int, int], list[Any]]
    """(order, product) → the pieces that came back in the month."""


@bp.route("/penjual/pendapatan")
@access(roles(MAKERS))
def mine() -> str:
    """Show makers what they earned in a month, what waits for them and what they were paid."""
    months = clock.months_back(clock.month_of(_today(areas.home_code())), MONTHS_TO_CHOOSE)
    form = MonthForm()
    month = form.month(months)
    last = clock.add_months(month, 1) - dt.timedelta(days=1)
    own = [_earnings(key, month, last) for key in households_of(current_user, MAKERS)]
    # Who only speaks for a group sees what its goods earned, not what each family got.
    sales = [] if own else statements.sales_of_groups(groups_of(current_user, MAKERS), month, last)
    chart = _months(households_of(current_user, MAKERS)) if own else None
    return render_template("ledger/mine.html", own=own, sales=sales, month=month, form=form, chart=chart)


def _earnings(household_id: int, month: dt.date, last: dt.date) -> Earnings:
    found = statements.statement(household_id, month, last)
    movements = statements.by_product(found)
    orders = [moved.order_id for moved in movements if moved.order_id is not None]
    # The orders lie on a floor below; `wiring.py` hands over what was sold in them.
    pieces = current_app.extensions["pieces_of"](household_id, orders) if orders else {}
    returned = [moved.order_id for moved in movements if moved.kind is EntryKind.RETURN]
    back = current_app.extensions["pieces_back"](household_id, returned, month, last) if returned else {}
    standing, since = payout_queries.standing(household_id), statements.first_day(household_id)
    return Earnings(standing, since, found.earned, movements, pieces, back)


def _months(household_ids: list[int]) -> Columns:
    """Place what some families earned together in each of the last twelve months."""
    today = _today(areas.home_code())
    months = earned.by_month(earned.by_day(earned.of_households(household_ids), earned.first_day(today)), today)
    points = [Point(short_month(month), amount) for month, amount in months.items()]
    return rupiah_columns(points)


def _today(area_code: str) -> dt.date:
    return clock.today(areas.time_zone(area_code))


@bp.route("/dinas/keluarga/<id:household_id>/rekening")
@access(roles(READERS))
def household(household_id: int) -> ResponseReturnValue:
    """Show the statement of a family, or give it as Excel."""
    family = groups.get_household_for(current_user, household_id, READERS)
    form = SpanForm()
    found = statements.statement(household_id, *form.span(_today(family.regency_code)))
    answer, actor_id = _answer(family.name, form, found), current_user.id
    record_view(household_id, actor_id, Page.EARNINGS)
    return answer


@bp.route("/dinas/kelompok/<id:group_id>/rekening")
@access(roles(READERS))
def group(group_id: int) -> ResponseReturnValue:
    """Show the statement of a group's families together, or give it as Excel."""
    kube = groups.get_group_for(current_user, group_id, READERS)
    if not groups.sees_members(current_user, kube, READERS):
        raise NotFound
    form = SpanForm()
    today = _today(kube.regency_code)
    found = statements.group_statement(group_id, *form.span(today))
    return _answer(kube.name, form, found, weeks=_weeks(group_id, today))


def _weeks(group_id: int, today: dt.date) -> Columns:
    """Place what a group's goods earned in each of the last 26 weeks."""
    weeks = earned.by_week(earned.by_day(earned.of_group(group_id), earned.first_day(today)), today)
    points = [Point(short_day(monday), amount) for monday, amount in weeks.items()]
    return rupiah_columns(points)


def _answer(title: str, form: SpanForm, found: Statement, weeks: Columns | None = None) -> ResponseReturnValue:
    if request.args.get("format") == "xlsx" and not form.errors:
        return download("rekening.xlsx", [Sheet(title, HEADS, _excel_rows(found))])
    asked = {**(request.view_args or {}), "since": found.since, "until": found.until, "format": "xlsx"}
    excel_url = url_for(str(request.endpoint), **asked)
    return render_template(
        "ledger/statement.html",
        title=title,
        form=form,
        statement=found,
        page=cut(found.rows),
        excel_url=excel_url,
        weeks=weeks,
    )


def _excel_rows(found: Statement) -> list[tuple[Cell, ...]]:
    first: tuple[Cell, ...] = (found.since, "", _("Balance before"), "", "", None, None, found.opening)
    last: tuple[Cell, ...] = (found.until, "", _("Together"), "", "", found.incoming, found.outgoing, found.closing)
    return [first, *(_excel_row(row) for row in found.rows), last]


def _excel_row(row: Row) -> tuple[Cell, ...]:
    moved = row.movement
    what = str(labels.KINDS[moved.kind])
    come, gone = row.incoming or None, row.outgoing or None
    return (moved.day, moved.household, what, moved.product, moved.memo, come, gone, row.balance)
