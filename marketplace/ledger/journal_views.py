"""The journal on screen and as Excel."""

import datetime as dt
import secrets

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas import queries as areas
from ..shared import clock
from ..shared.exports import Cell, Sheet, download
from ..shared.i18n import _, _l
from ..shared.money import format_rupiah
from ..shared.paging import paginate
from ..shared.policy import Role, access, may, roles
from ..shared.problems import form_problems
from . import journal, labels, queries
from .forms import JournalForm, TransferForm
from .models import MONEY, Account, JournalEntry
from .scope import working_area
from .transfers import move_money

bp = Blueprint("journal", __name__)

ENTRIES_PER_PAGE = 20
READERS = frozenset({Role.TREASURER, Role.HEAD})
HEADS = (_l("Date"), _l("Entry"), _l("What"), _l("Reference"), _l("Account"), _l("Family"), _l("Debit"), _l("Credit"))


@bp.route("/dinas/buku")
@access(roles(READERS))
def index() -> ResponseReturnValue:
    """Show the account balances and the entries of some time."""
    area_code, form = working_area(current_user, READERS), JournalForm()
    today = clock.today(areas.time_zone(area_code))
    since, until = journal.all_days(area_code, today) if form.asks_for_all() else form.span(today)
    account = form.chosen_account()
    if request.args.get("format") == "xlsx" and not form.errors:
        rows = _excel_rows(area_code, since, until, account)
        return download("buku.xlsx", [Sheet(_("Journal"), HEADS, rows)])
    if request.args.get("format") == "hledger" and not form.errors:
        return _hledger(area_code, since, until)
    page = paginate(journal.entries(area_code, since, until, account), size=ENTRIES_PER_PAGE)
    return render_template(
        "ledger/journal.html",
        page=page,
        form=form,
        labels=labels,
        balances=queries.account_balances(area_code),
        names=journal.household_names(page.items),
        about=journal.about,
        payouts=journal.payouts_behind(JournalEntry.id.in_([entry.id for entry in page.items])),
        may_move=may(current_user, {Role.TREASURER}, area_code=area_code),
    )


def _hledger(area_code: str, since: dt.date, until: dt.date) -> Response:
    text = "".join(journal.as_hledger(area_code, since, until))
    name = f"attachment; filename=buku-{since}-{until}.journal"
    return Response(text, mimetype="text/plain", headers={"Content-Disposition": name})


def _excel_rows(area_code: str, since: dt.date, until: dt.date, account: Account | None) -> list[tuple[Cell, ...]]:
    days = JournalEntry.entry_date.between(since, until)
    payouts = journal.payouts_behind(JournalEntry.area_code == area_code, days)
    return [
        (
            row.day,
            row.entry_id,
            str(labels.KINDS[row.kind]),
            journal.about(row, payouts),
            str(labels.ACCOUNTS[row.account]),
            row.household,
            row.amount if row.amount > 0 else None,
            -row.amount if row.amount < 0 else None,
        )
        for row in journal.lines(area_code, since, until, account)
    ]


@bp.route("/dinas/buku/pindah", methods=["GET", "POST"])
@access(roles(Role.TREASURER))
def transfer() -> ResponseReturnValue:
    """Write down money that went from one of the office's accounts to another."""
    area_code, form = working_area(current_user, {Role.TREASURER}), TransferForm()
    if form.validate_on_submit():
        with form_problems(form):
            move_money(area_code, *form.content(), current_user.id, fee=form.fee.data or 0)
        if not form.errors:
            flash(_("Written into the journal."), "good")
            return redirect(url_for("journal.index"))
    form.key.data = form.key.data or secrets.token_urlsafe(16)
    there = queries.account_balances(area_code)
    balances = [(name, format_rupiah(there[key])) for key, name in labels.ACCOUNTS.items() if key in MONEY]
    page = render_template("ledger/transfer.html", form=form, balances=balances)
    return page, 422 if form.is_submitted() else 200
