"""The administrator's page of the office's own accounts."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..ledger.scope import working_area
from ..shared.fields import BaseForm
from ..shared.i18n import _
from ..shared.policy import access, roles
from ..shared.problems import form_problems
from . import accounts, labels
from .accounts import KEEPERS
from .forms import BankAccountForm, QrisForm

bp = Blueprint("collection_accounts", __name__)


@bp.route("/dinas/rekening")
@access(roles(KEEPERS))
def index() -> ResponseReturnValue:
    """Show the accounts that buyers pay to, and forms for new ones."""
    return _page(BankAccountForm(formdata=None), QrisForm(formdata=None))


def _page(bank_form: BankAccountForm, qris_form: QrisForm) -> ResponseReturnValue:
    page = render_template(
        "payments/accounts.html",
        accounts=accounts.accounts_in(working_area(current_user, KEEPERS)),
        bank_form=bank_form,
        qris_form=qris_form,
        bare_form=BaseForm(formdata=None),
        names=labels.PROVIDER_NAMES,
    )
    return page, 422 if bank_form.errors or qris_form.errors else 200


@bp.route("/dinas/rekening/bank", methods=["POST"])
@access(roles(KEEPERS))
def add_bank() -> ResponseReturnValue:
    """Let transfers go to another bank account."""
    area_code, form = working_area(current_user, KEEPERS), BankAccountForm()
    if form.validate_on_submit():
        with form_problems(form):
            accounts.add_bank_account(
                area_code, form.bank_name.data, form.number.data, form.holder.data, current_user.id
            )
    return _page(form, QrisForm(formdata=None)) if form.errors else _done()


@bp.route("/dinas/rekening/qris", methods=["POST"])
@access(roles(KEEPERS))
def add_qris() -> ResponseReturnValue:
    """Let QRIS payments go to another merchant."""
    area_code, form = working_area(current_user, KEEPERS), QrisForm()
    if form.validate_on_submit():
        with form_problems(form):
            accounts.add_qris(area_code, form.payload.data, current_user.id)
    return _page(BankAccountForm(formdata=None), form) if form.errors else _done()


def _done() -> ResponseReturnValue:
    flash(_("Saved. New bills use it from now on."), "good")
    return redirect(url_for("collection_accounts.index"))


@bp.route("/dinas/rekening/<id:account_id>/tutup", methods=["POST"])
@access(roles(KEEPERS))
def close(account_id: int) -> ResponseReturnValue:
    """Offer a way to pay no longer."""
    accounts.get_account_for(current_user, account_id)
    accounts.close_account(account_id, current_user.id)
    flash(_("Closed. Bills that are out can still be confirmed."), "good")
    return redirect(url_for("collection_accounts.index"))


@bp.route("/dinas/rekening/<id:account_id>/buka", methods=["POST"])
@access(roles(KEEPERS))
def reopen(account_id: int) -> ResponseReturnValue:
    """Offer a closed account again."""
    accounts.get_account_for(current_user, account_id)
    accounts.reopen_account(account_id, current_user.id)
    flash(_("Open again. New bills use it from now on."), "good")
    return redirect(url_for("collection_accounts.index"))
