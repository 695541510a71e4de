"""The files whose lines are kept, and taking one out again that was a mistake."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..ledger.scope import working_area
from ..payments.queries import TREASURERS
from ..shared import lists
from ..shared.exports import Cell, Sheet
from ..shared.fields import BaseForm
from ..shared.formats import moment
from ..shared.i18n import _, _l, _n
from ..shared.paging import paginate
from ..shared.policy import access, roles
from ..shared.problems import form_problems
from . import undo_import
from .forms import name_of
from .models import StatementFile

bp = Blueprint("statement_files", __name__)

TREASURER = roles(TREASURERS)


@bp.route("/dinas/mutasi/berkas")
@access(TREASURER)
def index() -> ResponseReturnValue:
    """Show the files that brought lines, and how many of them are used."""
    statement = undo_import.files(working_area(current_user, TREASURERS))
    if lists.wants_file():
        return lists.file("berkas-mutasi", _sheet(lists.rows_of(statement)))
    page = paginate(statement)
    uses = undo_import.uses([file.id for file in page.items])
    return render_template("treasury/files.html", page=page, uses=uses, name_of=name_of, file_url=lists.file_url())


def _sheet(files: list[StatementFile]) -> Sheet:
    heads = (_l("File"), _l("Account"), _l("Kept"), _l("Lines"), _l("Used"))
    uses = undo_import.uses([file.id for file in files])
    return Sheet(_("Kept files"), heads, [_row(file, uses[file.id]) for file in files])


def _row(file: StatementFile, use: undo_import.Use) -> tuple[Cell, ...]:
    return (file.name, name_of(file.account), moment(file.kept_at or file.uploaded_at), use.lines, use.used)


@bp.route("/dinas/mutasi/berkas/<id:file_id>/hapus", methods=["GET", "POST"])
@access(TREASURER)
def undo(file_id: int) -> ResponseReturnValue:
    """Say how many lines go with a file, or why they cannot, and take them out."""
    file, use = undo_import.get_file_for(current_user, file_id)
    form = BaseForm()
    if form.validate_on_submit():
        with form_problems(form):
            count = undo_import.undo(file_id, current_user.id)
        if not form.errors:
            flash(_n("%(num)s line is taken out again.", "%(num)s lines are taken out again.", count), "good")
            return redirect(url_for("statement_files.index"))
        file, use = undo_import.get_file_for(current_user, file_id)
    page = render_template("treasury/undo_import.html", file=file, use=use, form=form, account=name_of(file.account))
    return page, 422 if form.is_submitted() else 200
