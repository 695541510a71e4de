"""The office's pages of the funds from which aid is paid."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas.queries import get_area, time_zone
from ..groups.pages import Heading, form_page
from ..ledger.scope import working_area
from ..shared import clock, lists
from ..shared.exports import Cell, Sheet
from ..shared.i18n import _, _l
from ..shared.paging import paginate
from ..shared.policy import access, has_role, may, roles
from . import funds, labels, queries, rules
from .forms import FundForm, LimitForm
from .models import Fund, FundRule

bp = Blueprint("aid_funds", __name__)


@bp.context_processor
def _context() -> dict[str, object]:
    return {"labels": labels, "left_of": funds.left_of}


@bp.route("/dinas/bantuan/dana")
@access(roles(rules.SEERS))
def index() -> ResponseReturnValue:
    """List the funds and what is left of each."""
    statement = queries.funds_for(current_user)
    if lists.wants_file():
        return lists.file("dana-bantuan", _sheet(lists.rows_of(statement)))
    return render_template(
        "aid/funds.html",
        page=paginate(statement),
        may_keep=has_role(current_user, rules.FUND_KEEPERS),
        file_url=lists.file_url(),
    )


def _sheet(found: list[Fund]) -> Sheet:
    heads = (_l("Budget year"), _l("Name of the budget line"), _l("Who pays?"), _l("Area"), _l("Budget"))
    more = (_l("Number of groups"), _l("Promised"), _l("Groups with aid"), _l("Money left"), _l("Groups left"))
    return Sheet(_("Funds"), (*heads, *more), [_row(fund) for fund in found])


def _row(fund: Fund) -> tuple[Cell, ...]:
    whose = (str(fund.year), fund.name, str(labels.SOURCES[fund.source]), fund.area.name)
    left = funds.left_of(fund)
    of_money = (left, None) if fund.rule is FundRule.MONEY else (None, left)
    return (*whose, fund.budget, fund.quota, fund.promised, fund.taken, *of_money)


def _way() -> tuple[tuple[str, str], ...]:
    return ((_("Aid"), url_for("aid.index")), (_("Funds"), url_for("aid_funds.index")))


@bp.route("/dinas/bantuan/dana/baru", methods=["GET", "POST"])
@access(roles(rules.FUND_KEEPERS))
def add() -> ResponseReturnValue:
    """Write a fund down."""
    regency = working_area(current_user, rules.FUND_KEEPERS)
    codes = [code for code in (regency, regency[:2]) if may(current_user, rules.FUND_KEEPERS, area_code=code)]
    year = clock.today(time_zone(regency)).year
    form = FundForm([(code, get_area(code).name) for code in codes], data={"year": year, "area_code": regency})
    heading = Heading(_("New fund"), _way(), _("Save"))
    return form_page(form, lambda: funds.add_fund(form.content(), current_user.id), heading)


@bp.route("/dinas/bantuan/dana/<id:fund_id>", methods=["GET", "POST"])
@access(roles(rules.FUND_KEEPERS))
def change(fund_id: int) -> ResponseReturnValue:
    """Change how much is in a fund."""
    fund = queries.get_fund_for(current_user, fund_id, rules.FUND_KEEPERS)
    if not may(current_user, rules.FUND_KEEPERS, area_code=fund.area_code):
        return redirect(url_for("aid_funds.index"))
    form = LimitForm(data={"limit": fund.budget or fund.quota})
    form.limit.label.text = _l("Budget") if fund.rule is FundRule.MONEY else _l("Number of groups")
    heading = Heading(fund.name, _way(), _("Save"))
    act: Any = lambda: funds.set_limit(fund_id, form.limit.data, current_user.id)  # noqa: E731
    return form_page(form, act, heading)
