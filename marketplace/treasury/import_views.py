"""Upload a statement, say once what its columns hold, look at what was understood, and keep its lines."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..ledger.scope import working_area
from ..payments.queries import TREASURERS
from ..shared.errors import InvalidInput
from ..shared.i18n import _, _n
from ..shared.policy import access, roles
from ..shared.problems import form_problems
from . import imports, layouts, queries, reading
from .forms import KeepForm, UploadForm, columns_form, name_of
from .models import StatementFile

bp = Blueprint("statement_import", __name__)

TREASURER = roles(TREASURERS)
SHOWN = 15
"""So many lines and rejected rows stand in the preview; the rest is counted."""


@bp.route("/dinas/mutasi/unggah", methods=["GET", "POST"])
@access(TREASURER)
def upload() -> ResponseReturnValue:
    """Take a file of one of the office's accounts."""
    area_code, form = working_area(current_user, TREASURERS), UploadForm()
    accounts = queries.accounts(area_code)
    form.offer(accounts)
    if form.validate_on_submit():
        with form_problems(form):
            name, raw = form.content()
            reading.rows_of(raw)  # before the write: a large file takes a while
            file = imports.upload(int(form.account.data), name, raw, current_user.id)
        if not form.errors:
            return redirect(url_for("statement_import.preview", file_id=file.id))
    waiting = queries.waiting_files(area_code)
    page = render_template("treasury/upload.html", form=form, has_accounts=bool(accounts), waiting=waiting)
    return page, 422 if form.is_submitted() else 200


@bp.route("/dinas/mutasi/berkas/<id:file_id>/kolom", methods=["GET", "POST"])
@access(TREASURER)
def columns(file_id: int) -> ResponseReturnValue:
    """Ask what the columns hold; remembered for the next file of the account."""
    file = queries.get_file_for(current_user, file_id)
    account_id, table = file.account_id, imports.table_of(file)
    form = columns_form(table, imports.layout_for(file, table) or layouts.guess(table))
    if form.validate_on_submit():
        with form_problems(form):
            imports.remember(account_id, table.heads, form.layout(), current_user.id)
        if not form.errors:
            return redirect(url_for("statement_import.preview", file_id=file_id))
        file = queries.get_file_for(current_user, file_id)
    page = render_template("treasury/columns.html", file=file, table=table, form=form, account=name_of(file.account))
    return page, 422 if form.is_submitted() else 200


@bp.route("/dinas/mutasi/berkas/<id:file_id>")
@access(TREASURER)
def preview(file_id: int) -> ResponseReturnValue:
    """Show what was understood of a file before any of it is kept."""
    file = queries.get_file_for(current_user, file_id)
    if imports.layout_for(file, imports.table_of(file)) is None:
        return redirect(url_for("statement_import.columns", file_id=file_id))
    return _preview(file)


def _preview(file: StatementFile) -> str:
    lines, rejected = imports.understood(file)
    return render_template(
        "treasury/preview.html",
        file=file,
        account=name_of(file.account),
        lines=lines,
        rejected=rejected,
        known=queries.known_among(file.account_id, (line.digest for line in lines)),
        coming=[line.amount for line in lines if line.amount > 0],
        leaving=[-line.amount for line in lines if line.amount < 0],
        shown=SHOWN,
        form=KeepForm(formdata=None, mark=imports.mark_of(file)),
    )


@bp.route("/dinas/mutasi/berkas/<id:file_id>/simpan", methods=["POST"])
@access(TREASURER)
def keep(file_id: int) -> ResponseReturnValue:
    """Keep the lines of a file as its preview showed them: another tab may have uploaded another one meanwhile."""
    file, mark = queries.get_file_for(current_user, file_id), KeepForm().mark.data
    imports.be_same(file, mark)
    lines, _rejected = imports.understood(file)
    if not lines:
        raise InvalidInput(_("There is no line to keep. Say again what the columns hold."))
    added = imports.keep(file_id, mark, lines, current_user.id)
    flash(_n("%(num)s new line is kept.", "%(num)s new lines are kept.", added), "good" if added else "warn")
    return redirect(url_for("statement_lines.index"))
