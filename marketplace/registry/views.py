"""Officers' pages of lists of registries: upload, say what the columns hold, look, apply, undo."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..groups.labels import REGISTRIES
from ..ledger.scope import working_area
from ..shared import audit, lists
from ..shared.errors import NotFound
from ..shared.exports import Sheet
from ..shared.fields import BaseForm
from ..shared.i18n import _
from ..shared.paging import paginate
from ..shared.policy import access, roles
from ..shared.problems import form_problems
from ..shared.transaction import command
from . import columns, labels, queries, reading, service
from .forms import UploadForm, columns_form
from .models import ImportState, Outcome, RegistryImport
from .packed import unpacked
from .queries import IMPORTERS
from .shown import refused_sheet, sample_of, sheet_of, shown

bp = Blueprint("registry", __name__, url_prefix="/dinas/registri")

WHO = roles(IMPORTERS)
SAMPLES = 3
KEPT = "kept"
"""The tab with the rows that undoing left as they are."""


@bp.context_processor
def _context() -> dict[str, object]:
    return {"labels": labels, "registries": REGISTRIES}


@bp.route("")
@access(WHO)
def index() -> ResponseReturnValue:
    """List the imports of the regency."""
    statement = queries.imports_in(working_area(current_user, IMPORTERS))
    if lists.wants_file():
        return lists.file("impor-registri", _sheet(lists.rows_of(statement, scalars=False)))
    page = paginate(statement, scalars=False)
    return render_template("registry/index.html", page=page, file_url=lists.file_url())


def _sheet(rows: list[tuple[RegistryImport, str | None]]) -> Sheet:
    heads = [_("File"), _("List of"), _("Uploaded"), _("By"), _("State"), _("Rows")]
    heads += [str(label) for label in labels.OUTCOMES.values()]
    return Sheet(
        _("Registry lists"),
        heads,
        (
            [
                *(row.name, str(REGISTRIES[row.source]), row.uploaded_at.date(), name, str(labels.STATES[row.state])),
                *(row.rows, row.new, row.changed, row.unchanged, row.refused),
            ]
            for row, name in rows
        ),
    )


@bp.route("/unggah", methods=["GET", "POST"])
@access(WHO)
def upload() -> ResponseReturnValue:
    """Take a list; its heads are read at once, its rows by the job worker."""
    area_code, form = working_area(current_user, IMPORTERS), UploadForm()
    if form.validate_on_submit():
        with form_problems(form):
            name, raw = form.content()
            table = columns.table_of(reading.rows_of(raw))
            made = service.upload(area_code, form.source.data, (name, raw), table, current_user.id)
        if not form.errors:
            return redirect(url_for("registry.choose", import_id=made.id))
    return render_template("registry/upload.html", form=form), 422 if form.is_submitted() else 200


@bp.route("/<id:import_id>/kolom", methods=["GET", "POST"])
@access(WHO)
def choose(import_id: int) -> ResponseReturnValue:
    """Ask what the columns hold, beside the first rows."""
    row = queries.get_import_for(current_user, import_id)
    if row.state is not ImportState.UPLOADED or row.sample_encrypted is None:
        return redirect(url_for("registry.show", import_id=import_id))
    form = columns_form(row.heads, service.remembered(row))
    if form.validate_on_submit():
        with form_problems(form):
            service.begin(import_id, form.roles(), current_user.id)
        if not form.errors:
            return redirect(url_for("registry.show", import_id=import_id))
        row = queries.get_import_for(current_user, import_id)
    page = render_template("registry/columns.html", row=row, form=form, samples_of=_samples(row))
    return _unkept(page, 422 if form.is_submitted() else 200)


def _samples(row: RegistryImport) -> list[list[str]]:
    """Return for each column the first cells that hold anything; of a full number the last digits."""
    first: list[list[str]] = unpacked(row.sample_encrypted) if row.sample_encrypted else []
    filled = ([cells[at] for cells in first if at < len(cells) and cells[at]] for at in range(len(row.heads)))
    return [[sample_of(cell) for cell in cells][:SAMPLES] for cells in filled]


@bp.route("/<id:import_id>")
@access(WHO)
def show(import_id: int) -> ResponseReturnValue:
    """Show how far an import is, and what its rows come to; who looked at them is written down."""
    row = queries.get_import_for(current_user, import_id)
    if row.state is ImportState.UPLOADED and row.forgotten_at is None:
        return redirect(url_for("registry.choose", import_id=import_id))
    tab = request.args.get("tab", "")
    tabs = _tabs(row)
    tab = tab if tab in tabs else next((name for name, count in tabs.items() if count), Outcome.NEW.value)
    rests = row.state in service.RESTING and row.forgotten_at is None
    statement = queries.kept_rows(import_id) if tab == KEPT else queries.rows_of(import_id, Outcome(tab))
    page = paginate(statement) if rests and tabs.get(tab) else None
    if page and lists.wants_file():
        title = str(labels.OUTCOMES[Outcome(tab)]) if tab != KEPT else _("Not undone")
        sheet = sheet_of(row, lists.rows_of(statement), title)
        return lists.file_of_people(f"impor-{import_id}-{tab}", sheet, current_user.id)
    text = render_template(
        "registry/show.html",
        row=row,
        tab=tab,
        tabs=tabs,
        page=page,
        rows=shown(row, page.items) if page else (),
        families=queries.new_families(import_id) if rests else 0,
        trouble=reading.TROUBLES.get(reading.Trouble(row.problem)) if row.problem else None,
        form=BaseForm(formdata=None),
        is_running=row.state in service.RUNNING,
        may_drop=row.state in service.DROPPABLE,
        file_url=lists.file_url(),
    )
    if page:
        _looked(import_id, current_user.id)
    return _unkept(text)


def _tabs(row: RegistryImport) -> dict[str, int]:
    counts = {outcome.value: getattr(row, outcome.value) for outcome in Outcome}
    return {**counts, KEPT: row.kept} if row.kept else counts


@command
def _looked(import_id: int, actor_id: int) -> None:
    audit.record(actor_id, "registry.view", service.subject(import_id))


def _unkept(page: str, status: int = 200) -> Response:
    """Return a page with names on it, which no browser keeps."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.route("/<id:import_id>/ditolak")
@access(WHO)
def refused(import_id: int) -> ResponseReturnValue:
    """Give the refused rows back as Excel, with why; that they were taken along is written down."""
    row = queries.get_import_for(current_user, import_id)
    if row.forgotten_at is not None or row.state not in service.RESTING:
        raise NotFound
    return lists.file_of_people("baris-ditolak", refused_sheet(row), current_user.id)


def _act(import_id: int, act: Callable[[int, int], None]) -> ResponseReturnValue:
    queries.get_import_for(current_user, import_id)
    act(import_id, current_user.id)
    return redirect(url_for("registry.show", import_id=import_id))


@bp.route("/<id:import_id>/terapkan", methods=["POST"])
@access(WHO)
def apply(import_id: int) -> ResponseReturnValue:
    """Apply what was looked at."""
    return _act(import_id, service.apply)


@bp.route("/<id:import_id>/urungkan", methods=["POST"])
@access(WHO)
def undo(import_id: int) -> ResponseReturnValue:
    """Take back what an import did."""
    return _act(import_id, service.undo)


@bp.route("/<id:import_id>/buang", methods=["POST"])
@access(WHO)
def drop(import_id: int) -> ResponseReturnValue:
    """Throw a file away that was not applied."""
    queries.get_import_for(current_user, import_id)
    service.drop(import_id, current_user.id)
    flash(_("The file and its rows are deleted. Nothing was written down."), "good")
    return redirect(url_for("registry.index"))
