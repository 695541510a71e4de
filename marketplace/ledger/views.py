"""Payouts: who is owed what, who is put into a batch, and the batches made so far."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas import queries as areas
from ..shared import clock, lists
from ..shared.errors import InvalidInput
from ..shared.exports import Cell, Sheet
from ..shared.fields import BaseForm
from ..shared.i18n import _, _l, _n
from ..shared.paging import paginate
from ..shared.policy import access, may, roles
from ..shared.problems import form_problems
from ..shared.web import fitting_ids
from . import labels, payout_queries, payouts
from .drafts import Draft
from .forms import OwedForm
from .models import HouseholdBalance, PayoutBatch, PayoutMethod, PayoutState
from .payout_queries import PAYERS, RELEASERS
from .payout_rules import MONEY_FROM
from .queries import account_balances
from .scope import working_area

bp = Blueprint("payouts", __name__)

TREASURER = roles(PAYERS)
FAMILIES_PER_PAGE = 20
MOST_IN_A_BATCH = 500
"""A batch is looked through on one page, and the ids of who is ticked travel in one address."""


@bp.context_processor
def _labels() -> dict[str, object]:
    return {"labels": labels}


@bp.route("/dinas/pencairan")
@access(TREASURER)
def index() -> ResponseReturnValue:
    """Show the families with a balance, to tick who is paid; what is ticked is carried from page to page."""
    area_code, form = working_area(current_user, PAYERS), OwedForm()
    form.fill(payout_queries.groups_with_balance(area_code))
    statement = payout_queries.owed(area_code, **form.filters())
    if lists.wants_file() and not form.errors:
        return lists.file_of_people("saldo-keluarga", _owed_sheet(lists.rows_of(statement)), current_user.id)
    chosen = payout_queries.owed_among(area_code, _ids("household"))
    page = paginate(statement, size=FAMILIES_PER_PAGE)
    total, everyone = payout_queries.sums(area_code, statement)
    return render_template(
        "ledger/owed.html",
        page=page,
        form=form,
        chosen={row.household_id: row.balance for row in chosen},
        most=MOST_IN_A_BATCH,
        everyone=everyone,
        total=total,
        file_url=lists.file_url(),
    )


def _owed_sheet(rows: list[HouseholdBalance]) -> Sheet:
    heads = (_l("Family"), _l("Village"), _l("Balance"))
    return Sheet(_("Payouts"), heads, [(row.household.name, row.household.village.name, row.balance) for row in rows])


@bp.route("/dinas/pencairan/baru", methods=["GET", "POST"])
@access(TREASURER)
def prepare() -> ResponseReturnValue:
    """Look through a batch of the ticked families, or of all that a filter shows, and prepare it."""
    area_code, form = working_area(current_user, PAYERS), BaseForm()
    draft = _sent_draft(area_code) if form.is_submitted() else _asked_draft(area_code)
    if form.validate_on_submit():
        with form_problems(form):
            batch = _prepare(area_code, draft)
        if not form.errors:
            flash(_("The batch is ready. Another treasurer or the head looks at it and releases it."), "good")
            return redirect(url_for("payout_batch.show", batch_id=batch.id))
        draft = _sent_draft(area_code)
    there = account_balances(area_code)
    page = render_template("ledger/prepare.html", draft=draft, form=form, there=there, money_from=MONEY_FROM)
    return page, 422 if form.errors else 200


def _asked_draft(area_code: str) -> Draft:
    if "semua" not in request.args:
        rows = payout_queries.owed_among(area_code, _ids("household"))
    else:
        form = OwedForm()
        form.fill(payout_queries.groups_with_balance(area_code))
        everyone = payout_queries.owed(area_code, **form.filters())
        rows = [] if form.errors else payout_queries.first(everyone, MOST_IN_A_BATCH)
    return Draft(rows, {row.household_id for row in rows}, {})


def _sent_draft(area_code: str) -> Draft:
    rows = payout_queries.owed_among(area_code, _ids("listed"))
    typed = {row.household_id: request.form.get(f"way-{row.household_id}", "") for row in rows}
    methods = {key: PayoutMethod(way) for key, way in typed.items() if way in set(PayoutMethod)}
    return Draft(rows, set(_ids("household")), methods)


def _prepare(area_code: str, draft: Draft) -> PayoutBatch:
    if draft.gone:
        text = _n("%(num)s family cannot be paid now", "%(num)s families cannot be paid now", draft.gone)
        raise InvalidInput(text + ": " + _("it has no balance any more, or waits in another batch. Look again."))
    return payouts.prepare_batch(area_code, draft.choices, current_user.id)


def _ids(name: str) -> list[int]:
    return fitting_ids(request.values.getlist(name, type=int)[:MOST_IN_A_BATCH])


@bp.route("/dinas/pencairan/daftar")
@access(roles(RELEASERS))
def batches() -> ResponseReturnValue:
    """Show the batches made so far."""
    area_code = working_area(current_user, RELEASERS)
    statement = payout_queries.batches(area_code)
    if lists.wants_file():
        return lists.file("pencairan", _batch_sheet(lists.rows_of(statement), areas.time_zone(area_code)))
    may_pay = may(current_user, PAYERS, area_code=area_code)
    return render_template("ledger/batches.html", page=paginate(statement), file_url=lists.file_url(), may_pay=may_pay)


def _batch_sheet(found: list[PayoutBatch], zone: str) -> Sheet:
    sums = [labels.PAYOUT_STATES[state][0] for state in PayoutState]
    heads = (_l("Prepared on"), _l("By"), _l("State"), _l("Families"), *sums)
    return Sheet(_("Batches"), heads, [_batch_row(batch, zone) for batch in found])


def _batch_row(batch: PayoutBatch, zone: str) -> tuple[Cell, ...]:
    sums = (sum(each.amount for each in batch.payouts if each.state is state) for state in PayoutState)
    prepared = clock.local_date(batch.prepared_at, zone)
    who = batch.prepared_by.name if batch.prepared_by else ""
    return (prepared, who, str(labels.BATCH_STATES[batch.state][0]), len(batch.payouts), *sums)
