"""Payouts: who is owed what, batches, and each payout marked as paid once."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas import queries as areas
from ..groups.rules import BankAccount
from ..shared import clock, lists
from ..shared.errors import InvalidInput
from ..shared.exports import Cell, Sheet
from ..shared.fields import BaseForm
from ..shared.i18n import Text, _, _l, _n
from ..shared.money import format_rupiah
from ..shared.paging import paginate
from ..shared.policy import access, roles
from ..shared.problems import form_problems
from ..shared.web import fitting_ids
from . import labels, payout_queries, payouts
from .drafts import Draft
from .forms import OwedForm, PaidForm, TakeBackForm
from .models import BatchState, HouseholdBalance, Payout, PayoutBatch, PayoutMethod, PayoutState
from .payout_queries import PAYERS
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
            flash(_("The batch is ready. Mark each family when it was paid."), "good")
            return redirect(url_for("payouts.show", batch_id=batch.id))
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
@access(TREASURER)
def batches() -> ResponseReturnValue:
    """Show the batches made so far."""
    area_code = working_area(current_user, PAYERS)
    statement = payout_queries.batches(area_code)
    if lists.wants_file():
        return lists.file("pencairan", _batch_sheet(lists.rows_of(statement), areas.time_zone(area_code)))
    return render_template("ledger/batches.html", page=paginate(statement), file_url=lists.file_url())


def _batch_sheet(found: list[PayoutBatch], zone: str) -> Sheet:
    sums = [labels.PAYOUT_STATES[state][0] for state in PayoutState]
    heads = (_l("Prepared on"), _l("State"), _l("Families"), *sums)
    return Sheet(_("Batches"), heads, [_batch_row(batch, zone) for batch in found])


def _batch_row(batch: PayoutBatch, zone: str) -> tuple[Cell, ...]:
    sums = (sum(each.amount for each in batch.payouts if each.state is state) for state in PayoutState)
    prepared = clock.local_date(batch.prepared_at, zone)
    return (prepared, str(labels.BATCH_STATES[batch.state][0]), len(batch.payouts), *sums)


@bp.route("/dinas/pencairan/<id:batch_id>")
@access(TREASURER)
def show(batch_id: int) -> ResponseReturnValue:
    """Show a batch, each payout with its place for a signature or reference."""
    return _batch_page(payout_queries.get_batch_for(current_user, batch_id), {}, {})


def _batch_page(
    batch: PayoutBatch, forms: Mapping[int, PaidForm | TakeBackForm], accounts: Mapping[int, BankAccount]
) -> ResponseReturnValue:
    page = render_template(
        "ledger/batch.html",
        batch=batch,
        forms=forms,
        accounts=accounts,
        taken_back=payout_queries.taken_back(batch),
        bare_form=BaseForm(formdata=None),
        is_open=batch.state is BatchState.PREPARED,
        **_sums(batch),
    )
    return page, 422 if any(form.errors for form in forms.values()) else 200


def _sums(batch: PayoutBatch) -> dict[str, Any]:
    """Return what a batch pays, and what of it is still to pay."""
    by_state = {state: sum(p.amount for p in batch.payouts if p.state is state) for state in labels.PAYOUT_STATES}
    return {"by_state": by_state, "waiting": sum(p.state.value == "pending" for p in batch.payouts)}


@bp.route("/dinas/pencairan/<id:batch_id>/tanda-terima")
@access(TREASURER)
def signatures(batch_id: int) -> str:
    """Show the list that the families sign who get cash, for the printer."""
    batch = payout_queries.get_batch_for(current_user, batch_id)
    kept = (PayoutState.PENDING, PayoutState.PAID)
    signing = [each for each in batch.payouts if each.method is PayoutMethod.CASH and each.state in kept]
    by_bank = any(each.method is PayoutMethod.BANK and each.state in kept for each in batch.payouts)
    return render_template("ledger/signatures.html", batch=batch, signing=signing, by_bank=by_bank)


@bp.route("/dinas/pencairan/<id:batch_id>/rekening", methods=["POST"])
@access(TREASURER)
def reveal(batch_id: int) -> ResponseReturnValue:
    """Show the bank accounts of a batch once; each look is written down."""
    accounts = payouts.reveal_accounts(payout_queries.get_batch_for(current_user, batch_id), current_user.id)
    return _batch_page(payout_queries.get_batch_for(current_user, batch_id), {}, accounts)


@bp.route("/dinas/pencairan/bayar/<id:payout_id>", methods=["POST"])
@access(TREASURER)
def pay(payout_id: int) -> ResponseReturnValue:
    """Mark a payout as paid."""
    form = PaidForm()
    said = _l("Paid: %(name)s, %(amount)s.")
    return _done_to(payout_id, form, lambda: payouts.pay(payout_id, form.proof.data, current_user.id), said)


def _done_to(
    payout_id: int, form: PaidForm | TakeBackForm, act: Callable[[], Payout], said: Text
) -> ResponseReturnValue:
    """Do to a payout of the treasurer's what a form says, or show its batch with what is wrong beside its row."""
    batch_id = payout_queries.get_payout_for(current_user, payout_id).batch_id
    if form.validate_on_submit():
        with form_problems(form):
            _say(act(), said)
    if form.errors:
        return _batch_page(payout_queries.get_batch_for(current_user, batch_id), {payout_id: form}, {})
    return _back_to(batch_id, payout_id)


def _say(payout: Payout, said: Text) -> None:
    flash(str(said) % {"name": payout.household.name, "amount": format_rupiah(payout.amount)}, "good")


def _back_to(batch_id: int, payout_id: int) -> ResponseReturnValue:
    """Return to the row that was worked on: a long list must not jump to its top."""
    return redirect(url_for("payouts.show", batch_id=batch_id, _anchor=f"payout-{payout_id}"))


@bp.route("/dinas/pencairan/kembali/<id:payout_id>", methods=["POST"])
@access(TREASURER)
def take_back(payout_id: int) -> ResponseReturnValue:
    """Undo a payout that was marked as paid by mistake."""
    form = TakeBackForm()
    said = _l("Taken back: %(name)s is owed %(amount)s again.")
    return _done_to(payout_id, form, lambda: payouts.return_payout(payout_id, form.reason.data, current_user.id), said)


@bp.route("/dinas/pencairan/batal/<id:payout_id>", methods=["POST"])
@access(TREASURER)
def cancel(payout_id: int) -> ResponseReturnValue:
    """Take a payout out of its batch."""
    batch_id = payout_queries.get_payout_for(current_user, payout_id).batch_id
    _say(payouts.cancel_payout(payout_id, current_user.id), _l("Taken out: %(name)s, %(amount)s."))
    return _back_to(batch_id, payout_id)


@bp.route("/dinas/pencairan/<id:batch_id>/tutup", methods=["POST"])
@access(TREASURER)
def close(batch_id: int) -> ResponseReturnValue:
    """Close a batch in which everybody was paid or taken out."""
    batch = payout_queries.get_batch_for(current_user, batch_id)
    count = len(batch.payouts)
    payouts.close_batch(batch_id, current_user.id)
    flash(_n("The batch of %(num)s family is closed.", "The batch of %(num)s families is closed.", count), "good")
    return redirect(url_for("payouts.show", batch_id=batch_id))
