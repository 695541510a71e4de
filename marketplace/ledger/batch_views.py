"""One batch of payouts: released by a second person, marked as paid line by line, and what came back."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..groups.rules import BankAccount
from ..shared.exports import csv_download
from ..shared.fields import BaseForm
from ..shared.i18n import _, _l, _n
from ..shared.money import format_rupiah
from ..shared.policy import access, may, roles
from ..shared.problems import form_problems
from . import batches, labels, payout_queries, payouts
from .forms import AccountsForm, PaidForm, UndoForm, WithdrawForm, paid_form
from .models import BatchState, Payout, PayoutBatch, PayoutMethod, PayoutState
from .payout_queries import PAYERS, RELEASERS
from .payout_rules import transfer_reference

bp = Blueprint("payout_batch", __name__)

TREASURER = roles(PAYERS)
SECOND = roles(RELEASERS)
BANK_LIST = (_l("No."), _l("Account holder"), _l("Bank"), _l("Account number"), _l("Amount"), _l("Reference"))


@bp.context_processor
def _labels() -> dict[str, object]:
    return {"labels": labels}


@bp.route("/dinas/pencairan/<id:batch_id>")
@access(SECOND)
def show(batch_id: int) -> ResponseReturnValue:
    """Show a batch: to be released, to be marked as paid, and what became of each payout."""
    return _page(payout_queries.get_batch_for(current_user, batch_id, RELEASERS))


def _page(
    batch: PayoutBatch,
    *,
    paid: PaidForm | None = None,
    withdraw_form: WithdrawForm | None = None,
    accounts_form: AccountsForm | None = None,
    accounts: Mapping[int, BankAccount] | None = None,
) -> ResponseReturnValue:
    """Show a batch; a form that was sent and refused stands there with what is wrong, the others are fresh."""
    sent = [form for form in (paid, withdraw_form, accounts_form) if form is not None and form.errors]
    page = render_template(
        "ledger/batch.html",
        batch=batch,
        paid=paid or paid_form(batch, is_sent=False),
        withdraw_form=withdraw_form or WithdrawForm(formdata=None),
        accounts_form=accounts_form or AccountsForm(formdata=None),
        accounts=accounts or {},
        sent=sent,
        taken_back=payout_queries.taken_back(batch.payouts),
        bare_form=BaseForm(formdata=None),
        may_pay=may(current_user, PAYERS, area_code=batch.area_code),
        is_own=batch.prepared_by_id == current_user.id,
        **_sums(batch),
    )
    return page, 422 if sent else 200


def _sums(batch: PayoutBatch) -> dict[str, Any]:
    """Return what a batch pays by state and by method, and the payouts that are still to pay and those decided."""
    by_state = {state: sum(p.amount for p in batch.payouts if p.state is state) for state in labels.PAYOUT_STATES}
    waiting = [payout for payout in batch.payouts if payout.state is PayoutState.PENDING]
    return {
        "by_state": by_state,
        "by_method": {way: sum(p.amount for p in waiting if p.method is way) for way in PayoutMethod},
        "by_cash": bool(payout_queries.signing(batch)),
        "numbers": {payout.id: number for number, payout in enumerate(batch.payouts, start=1)},
        "waiting": waiting,
        "decided": [payout for payout in batch.payouts if payout.state is not PayoutState.PENDING],
    }


@bp.route("/dinas/pencairan/<id:batch_id>/tanda-terima")
@access(TREASURER)
def signatures(batch_id: int) -> str:
    """Show the list that the families sign who get cash, for the printer."""
    batch = payout_queries.get_batch_for(current_user, batch_id)
    signing = payout_queries.signing(batch)
    by_bank = any(each.method is PayoutMethod.BANK and each.state in payout_queries.KEPT for each in batch.payouts)
    return render_template("ledger/signatures.html", batch=batch, signing=signing, by_bank=by_bank)


@bp.route("/dinas/pencairan/<id:batch_id>/setujui", methods=["POST"])
@access(SECOND)
def release(batch_id: int) -> ResponseReturnValue:
    """Let a batch that somebody else prepared be paid."""
    payout_queries.get_batch_for(current_user, batch_id, RELEASERS)
    batches.release(batch_id, current_user.id)
    flash(_("Released. Now the families can be paid and marked."), "good")
    return redirect(url_for("payout_batch.show", batch_id=batch_id))


@bp.route("/dinas/pencairan/<id:batch_id>/tarik", methods=["POST"])
@access(SECOND)
def withdraw(batch_id: int) -> ResponseReturnValue:
    """Give up a batch that is not released."""
    batch = payout_queries.get_batch_for(current_user, batch_id, RELEASERS)
    form = WithdrawForm()
    if form.validate_on_submit():
        with form_problems(form):
            batches.withdraw(batch_id, form.reason.data, current_user.id)
            flash(_("Withdrawn. Its families can be chosen again."), "good")
    if form.errors:
        batch = payout_queries.get_batch_for(current_user, batch_id, RELEASERS)
        return _page(batch, withdraw_form=form)
    return redirect(url_for("payout_batch.show", batch_id=batch_id))


@bp.route("/dinas/pencairan/<id:batch_id>/rekening", methods=["POST"])
@access(TREASURER)
def accounts(batch_id: int) -> ResponseReturnValue:
    """Give out the bank accounts of a batch, on the page or as a list for the bank; each look is written down."""
    batch, form = payout_queries.get_batch_for(current_user, batch_id), AccountsForm()
    found: dict[int, BankAccount] = {}
    if form.validate_on_submit():
        with form_problems(form):
            found = batches.reveal_accounts(batch, form.reason.data, current_user.id)
    batch = payout_queries.get_batch_for(current_user, batch_id)
    if form.errors or "file" not in request.form:
        return _page(batch, accounts_form=form, accounts=found)
    return csv_download(f"pencairan-{batch_id}.csv", BANK_LIST, _bank_list(batch, found))


def _bank_list(batch: PayoutBatch, found: Mapping[int, BankAccount]) -> list[tuple[str | int, ...]]:
    rows: list[tuple[str | int, ...]] = []
    for number, payout in enumerate(batch.payouts, start=1):
        account = found.get(payout.household_id)
        if account is not None:
            reference = transfer_reference(batch.id, number)
            rows.append((number, account.holder, account.bank, account.number, payout.amount, reference))
    return rows


@bp.route("/dinas/pencairan/<id:batch_id>/bayar", methods=["POST"])
@access(TREASURER)
def pay(batch_id: int) -> ResponseReturnValue:
    """Mark the payouts that are ticked or have a proof as paid, all or none."""
    form = paid_form(payout_queries.get_batch_for(current_user, batch_id), is_sent=True)
    if form.validate_on_submit():
        with form_problems(form):
            _say_paid(payouts.pay_each(form.proofs(), current_user.id))
    if form.errors:
        return _page(payout_queries.get_batch_for(current_user, batch_id), paid=form)
    return redirect(url_for("payout_batch.show", batch_id=batch_id))


def _say_paid(paid: list[Payout]) -> None:
    amount = format_rupiah(sum(payout.amount for payout in paid))
    text = _n("%(num)s family is paid: %(amount)s.", "%(num)s families are paid: %(amount)s.", len(paid), amount=amount)
    flash(text, "good")


@bp.route("/dinas/pencairan/<id:batch_id>/tutup", methods=["POST"])
@access(TREASURER)
def close(batch_id: int) -> ResponseReturnValue:
    """Close a batch in which everybody was paid or taken out."""
    count = len(payout_queries.get_batch_for(current_user, batch_id).payouts)
    batches.close(batch_id, current_user.id)
    flash(_n("The batch of %(num)s family is closed.", "The batch of %(num)s families is closed.", count), "good")
    return redirect(url_for("payout_batch.show", batch_id=batch_id))


@bp.route("/dinas/pencairan/baris/<id:payout_id>")
@access(TREASURER)
def line(payout_id: int) -> ResponseReturnValue:
    """Show one payout, to be taken out of its batch, or to be undone when it was paid."""
    return _line_page(payout_queries.get_payout_for(current_user, payout_id))


def _line_page(payout: Payout, form: UndoForm | None = None) -> ResponseReturnValue:
    if form is None:
        form = UndoForm(formdata=None)
        form.offer(payout.method)
    told = payout_queries.taken_back([payout]).get(payout.id)
    is_open = payout.batch.state in (BatchState.PREPARED, BatchState.RELEASED)
    page = render_template("ledger/payout.html", payout=payout, form=form, told=told, is_open=is_open)
    return page, 422 if form.errors else 200


@bp.route("/dinas/pencairan/kembali/<id:payout_id>", methods=["POST"])
@access(TREASURER)
def undo(payout_id: int) -> ResponseReturnValue:
    """Undo a payout that was marked by mistake, or that the bank sent back."""
    payout, form = payout_queries.get_payout_for(current_user, payout_id), UndoForm()
    form.offer(payout.method)
    act = payouts.bounce if form.kind.data == "bounce" else payouts.return_payout
    if form.validate_on_submit():
        with form_problems(form):
            done = act(payout_id, form.reason.data, current_user.id)
            flash(_("%(name)s is owed %(amount)s again.", **_named(done)), "good")
    if form.errors:
        return _line_page(payout_queries.get_payout_for(current_user, payout_id), form)
    return _back_to(payout_id)


@bp.route("/dinas/pencairan/batal/<id:payout_id>", methods=["POST"])
@access(TREASURER)
def cancel(payout_id: int) -> ResponseReturnValue:
    """Take a payout out of its batch."""
    payout_queries.get_payout_for(current_user, payout_id)
    done = payouts.cancel_payout(payout_id, current_user.id)
    flash(_("Taken out: %(name)s, %(amount)s.", **_named(done)), "good")
    return _back_to(payout_id)


def _named(payout: Payout) -> dict[str, str]:
    return {"name": payout.household.name, "amount": format_rupiah(payout.amount)}


def _back_to(payout_id: int) -> ResponseReturnValue:
    """Return to the row that was worked on: a long list must not jump to its top."""
    batch_id = payout_queries.get_payout_for(current_user, payout_id).batch_id
    return redirect(url_for("payout_batch.show", batch_id=batch_id, _anchor=f"payout-{payout_id}"))
