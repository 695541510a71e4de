"""Many lines at once: set aside with one reason, after a look at how many they are, and put back."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..ledger.scope import working_area
from ..payments.queries import TREASURERS
from ..shared import lists
from ..shared.errors import StateConflict
from ..shared.i18n import _, _n
from ..shared.paging import PAGE_SIZE
from ..shared.policy import access, roles
from ..shared.problems import form_problems
from ..shared.web import fitting_ids
from . import aside as asides
from .forms import LinesForm, SeveralAsideForm, TicksForm
from .models import StatementLine

bp = Blueprint("statement_several", __name__)

TREASURER = roles(TREASURERS)
SHOWN = 15
"""So many of the lines stand on the page that asks; the rest is counted."""


@bp.route("/dinas/mutasi/kesampingkan", methods=["GET", "POST"])
@access(TREASURER)
def aside() -> ResponseReturnValue:
    """Say how many lines are set aside, the ticked ones or all that a search finds, and do it with a reason."""
    area_code, form = working_area(current_user, TREASURERS), SeveralAsideForm()
    lines = _chosen(area_code)
    if lines is None:
        flash(_("Tick the lines first."), "warn")
        return redirect(_list())
    if form.validate_on_submit():
        with form_problems(form):
            if form.mark.data != asides.mark_of(lines):
                raise StateConflict(_("Lines came or were decided meanwhile. Nothing was set aside: look again."))
            count = asides.set_aside(area_code, [line.id for line in lines], form.reason.data, current_user.id)
        if not form.errors:
            flash(_n("%(num)s line is set aside.", "%(num)s lines are set aside.", count), "good")
            return redirect(_list())
        lines = _chosen(area_code) or []
    return _page(area_code, lines, form), 422 if form.is_submitted() else 200


def _list() -> str:
    return lists.back() or url_for("statement_lines.index")


def _chosen(area_code: str) -> list[StatementLine] | None:
    """Return the lines that are asked for; None where ticks are asked for and there are none."""
    if "all" in request.args:
        return asides.waiting(area_code, *LinesForm().wanted())
    ticked = fitting_ids(request.args.getlist("line", type=int)[:PAGE_SIZE])
    return asides.waiting(area_code, "", None, ticked) if ticked else None


def _page(area_code: str, lines: list[StatementLine], form: SeveralAsideForm) -> str:
    form.mark.data, form.mark.raw_data = asides.mark_of(lines), None  # of what is shown now
    return render_template(
        "treasury/aside.html",
        lines=lines,
        form=form,
        shown=SHOWN,
        likely=asides.likely(area_code, lines),
        is_most=len(lines) == asides.MOST,
        back=_list(),
    )


@bp.route("/dinas/mutasi/buka-beberapa", methods=["POST"])
@access(TREASURER)
def reopen() -> ResponseReturnValue:
    """Put the ticked lines back among those that wait."""
    area_code, form = working_area(current_user, TREASURERS), TicksForm()
    if not form.validate_on_submit() or not form.ids():
        flash(_("Tick the lines first."), "warn")
    else:
        count = asides.reopen(area_code, form.ids(), current_user.id)
        told = _n("%(num)s line waits again.", "%(num)s lines wait again.", count)
        flash(told, "good" if count else "warn")
    return redirect(_list())
