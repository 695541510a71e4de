"""The office's pages of the tents: borrow them, give them back, and the records that both sides sign."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas.queries import time_zone
from ..documents import files
from ..ledger.scope import working_area
from ..shared import clock, documents, lists
from ..shared.errors import NotFound
from ..shared.exports import Cell, Sheet
from ..shared.i18n import _, _l
from ..shared.paging import paginate
from ..shared.policy import access, may, roles
from ..shared.problems import form_problems
from . import labels, loan_papers, tents
from .models import Condition, Tent, TentLoan
from .stalls import MANAGERS, SEERS
from .tent_forms import BorrowForm, NewTentsForm, ReturnForm, TentFilter, TentForm, with_states
from .tents import TentTab

bp = Blueprint("tents", __name__)


@bp.context_processor
def _context() -> dict[str, object]:
    return {"labels": labels, "loan_out": tents.loan_out}


@bp.route("/dinas/pasar/tenda-pinjaman")
@access(roles(SEERS))
def index() -> ResponseReturnValue:
    """Show the tents of the regency and the loans by which they are here."""
    area_code = working_area(current_user, SEERS)
    today = clock.today(time_zone(area_code))
    form = TentFilter()
    statement = tents.tents_in(area_code, form.asked(), today)
    if lists.wants_file() and not form.errors:
        return lists.file("tenda-pinjaman", _sheet(lists.rows_of(statement)))
    shown = render_template(
        "tent_market/tents.html",
        page=paginate(statement),
        form=form,
        today=today,
        may_plan=may(current_user, MANAGERS, area_code=area_code),
        file_url=lists.file_url(),
    )
    return shown, 422 if form.errors else 200


def _sheet(found: list[Tent]) -> Sheet:
    heads = (_l("Tent"), _l("Lender"), _l("Letter"), _l("Handed over on"), _l("To be given back by"), _l("Condition"))
    more = (_l("Given back on"), _l("Condition when given back"), _l("Note"))
    rows = [row for tent in found for row in _rows(tent)]
    return Sheet(_("Tents on loan"), (*heads, *more), rows)


def _rows(tent: Tent) -> list[tuple[Cell, ...]]:
    if not tent.loans:
        return [(tent.number, "", "", None, None, "", None, "", tent.note)]
    return [(tent.number, *_loan_row(loan)) for loan in tent.loans]


def _loan_row(loan: TentLoan) -> tuple[Cell, ...]:
    back = str(labels.CONDITIONS[loan.condition_back]) if loan.condition_back else ""
    note = "; ".join(part for part in (loan.note_out, loan.note_back) if part)
    out = str(labels.CONDITIONS[loan.condition_out])
    return (loan.lender, loan.letter, loan.borrowed_on, loan.due_on, out, loan.returned_on, back, note)


@bp.route("/dinas/pasar/tenda-pinjaman/baru", methods=["GET", "POST"])
@access(roles(MANAGERS))
def add() -> ResponseReturnValue:
    """Write tents down by the numbers that are painted on them."""
    area_code = working_area(current_user, MANAGERS)
    form = NewTentsForm()
    if form.validate_on_submit():
        with form_problems(form):
            tents.add_tents(area_code, form.each(), form.note.data, current_user.id)
        if not form.errors:
            flash(_("The tents are written down."), "good")
            return redirect(url_for("tents.index"))
    return render_template("tent_market/new_tents.html", form=form), 422 if form.is_submitted() else 200


@bp.route("/dinas/pasar/tenda-pinjaman/<id:tent_id>", methods=["GET", "POST"])
@access(roles(SEERS))
def show(tent_id: int) -> ResponseReturnValue:
    """Show a tent with all its loans; who plans the market changes what is to be known of it."""
    tent = tents.get_tent_for(current_user, tent_id)
    may_plan = may(current_user, MANAGERS, area_code=tent.area_code)
    form = TentForm(obj=tent)
    if may_plan and form.validate_on_submit():
        tents.change_tent(tent_id, form.note.data, is_active=form.is_active.data, actor_id=current_user.id)
        flash(_("Saved."), "good")
        return redirect(url_for("tents.show", tent_id=tent_id, next=lists.back()))
    today = clock.today(time_zone(tent.area_code))
    page = render_template("tent_market/tent.html", form=form, tent=tent, may_plan=may_plan, today=today)
    return page, 422 if form.is_submitted() else 200


def _tents(area_code: str, *, out: bool) -> list[Tent]:
    statement = tents.tents_in(area_code, TentTab.OUT if out else TentTab.FREE, clock.today(time_zone(area_code)))
    return [tent for tent in lists.rows_of(statement) if out or tent.is_active]


@bp.route("/dinas/pasar/tenda-pinjaman/pinjam", methods=["GET", "POST"])
@access(roles(MANAGERS))
def borrow() -> ResponseReturnValue:
    """Write down that tents were handed over to us."""
    area_code = working_area(current_user, MANAGERS)
    found = _tents(area_code, out=False)
    conditions = [each for each in Condition if each is not Condition.LOST]
    today = clock.today(time_zone(area_code))
    form: BorrowForm = with_states(BorrowForm, found, _l("Not this one"), conditions, borrowed_on=today)
    if form.validate_on_submit():
        with form_problems(form):
            loans = tents.borrow(area_code, form.states(found), form.handover(), current_user.id)
        if not form.errors:
            flash(_("Written down. Print the record and let both sides sign it."), "good")
            return redirect(url_for("tents.show", tent_id=loans[0].tent_id))
        found = _tents(area_code, out=False)
    return _states_page("tent_market/borrow.html", form, found)


@bp.route("/dinas/pasar/tenda-pinjaman/kembali", methods=["GET", "POST"])
@access(roles(MANAGERS))
def give_back() -> ResponseReturnValue:
    """Write down that tents were given back."""
    area_code = working_area(current_user, MANAGERS)
    found = _tents(area_code, out=True)
    today = clock.today(time_zone(area_code))
    form: ReturnForm = with_states(ReturnForm, found, _l("Stays with us"), Condition, returned_on=today)
    if form.validate_on_submit():
        with form_problems(form):
            who = form.taken_back_by.data
            loans = tents.give_back(area_code, form.states(found), form.returned_on.data, who, current_user.id)
        if not form.errors:
            flash(_("Written down. Print the record and let both sides sign it."), "good")
            return redirect(url_for("tents.show", tent_id=loans[0].tent_id))
        found = _tents(area_code, out=True)
    return _states_page("tent_market/give_back.html", form, found)


def _states_page(template: str, form: Any, found: Sequence[Tent]) -> ResponseReturnValue:
    return render_template(template, form=form, tents=found), 422 if form.is_submitted() else 200


@bp.route("/dinas/pasar/tenda-pinjaman/serah-terima/<id:loan_id>.pdf")
@access(roles(SEERS))
def handed_over(loan_id: int) -> ResponseReturnValue:
    """Return the record of a hand-over to us, to be signed by both sides."""
    return _record(tents.get_loan_for(current_user, loan_id), back=False)


@bp.route("/dinas/pasar/tenda-pinjaman/pengembalian/<id:loan_id>.pdf")
@access(roles(SEERS))
def given_back(loan_id: int) -> ResponseReturnValue:
    """Return the record of how tents went back, to be signed by both sides. Raises NotFound while they are here."""
    loan = tents.get_loan_for(current_user, loan_id)
    if loan.returned_on is None:
        raise NotFound
    return _record(loan, back=True)


def _record(loan: TentLoan, *, back: bool) -> ResponseReturnValue:
    link = f"{current_app.extensions['config'].base_url}{url_for('tents.show', tent_id=loan.tent_id)}"
    content = documents.draw("tent_handover", loan_papers.record(loan, back=back), link, clock.now())
    return files.as_pdf(content, f"{'pengembalian' if back else 'serah-terima'}-tenda-{loan.id}.pdf")
