"""The lines of the bank's statements: what they may be for, and what is decided about them."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf import FlaskForm

from ..ledger.models import Account
from ..ledger.scope import working_area
from ..payments.providers import PROVIDERS
from ..payments.queries import TREASURERS
from ..shared import lists
from ..shared.errors import InvalidInput
from ..shared.exports import Cell, Sheet
from ..shared.fields import LONGEST_SHOWN, BaseForm
from ..shared.i18n import _, _l, _n
from ..shared.money import format_rupiah
from ..shared.paging import paginate
from ..shared.policy import access, roles
from ..shared.problems import form_problems
from ..shared.web import fitting_ids
from . import fees, labels, queries, rules, service
from .forms import AsideForm, BillForm, LinesForm, OrderForm, OwnForm, UndoForm, name_of
from .models import Outcome, StatementLine
from .queries import Queue

bp = Blueprint("statement_lines", __name__)

TREASURER = roles(TREASURERS)


@bp.context_processor
def _labels() -> dict[str, object]:
    return {"labels": labels, "name_of": name_of}


@bp.route("/dinas/mutasi")
@access(TREASURER)
def index() -> ResponseReturnValue:
    """Show the lines that wait, each with what it may be for, or what became of the others."""
    area_code, form, queue = working_area(current_user, TREASURERS), LinesForm(), _queue(request.args.get("tab", ""))
    statement = queries.lines(area_code, queue, *form.wanted())
    if lists.wants_file():
        return lists.file_of_people("mutasi", _sheet(lists.rows_of(statement)), current_user.id)
    page = paginate(statement)
    waiting = queries.open_lines(area_code) if queue is Queue.OPEN else []
    found = queries.proposals([*waiting, *(line for line in page.items if line not in waiting)])
    return render_template(
        "treasury/index.html",
        page=page,
        form=form,
        queue=queue,
        counts=queries.counts(area_code),
        proposals=found,
        certain=rules.without_rivals(found),
        decided=_decided(queue, page.items),
        bare_form=BaseForm(formdata=None),
        file_url=lists.file_url(),
    )


def _decided(queue: Queue, shown: Sequence[StatementLine]) -> set[int]:
    """Return which of the lines shown, by id, need no decision any more, where lines are shown until they have one."""
    return {line.id for line in shown} - queries.undecided(shown) if queue in queries.DECIDED else set()


def _queue(asked: str) -> Queue:
    if asked in set(Queue):
        return Queue(asked)
    if asked:
        flash(_("We do not know “%(value)s”. Choose again.", value=asked[:LONGEST_SHOWN]), "warn")
    return Queue.OPEN


def _sheet(found: list[StatementLine]) -> Sheet:
    heads = (_l("Date"), _l("Account"), _l("Description"), _l("Amount"), _l("State"), _l("Order"), _l("Note"))
    return Sheet(_("Bank statement"), heads, [_row(line) for line in found])


def _row(line: StatementLine) -> tuple[Cell, ...]:
    shown = labels.OUTCOMES[line.outcome] if line.outcome else labels.STATES[line.state]
    number = line.payment.order.number if line.payment else ""
    return (line.day, name_of(line.account), line.text, line.amount, str(shown[0]), number, line.note)


@bp.route("/dinas/mutasi/pasti", methods=["POST"])
@access(TREASURER)
def certain() -> ResponseReturnValue:
    """Match all lines that are certain and were shown so."""
    area_code = working_area(current_user, TREASURERS)
    pairs = [pair.partition(":") for pair in request.form.getlist("certain")[: queries.MOST_CERTAIN]]
    shown = {int(line): int(order) for line, _sign, order in pairs if line.isdecimal() and order.isdecimal()}
    shown = {line: order for line, order in shown.items() if len(fitting_ids((line, order))) == 2}
    count = service.match_certain(area_code, shown, current_user.id)
    flash(_n("%(num)s line is matched.", "%(num)s lines are matched.", count), "good" if count else "warn")
    return redirect(url_for("statement_lines.index"))


@bp.route("/dinas/mutasi/<id:line_id>")
@access(TREASURER)
def show(line_id: int) -> ResponseReturnValue:
    """Show a line with all it may be for, and the other things it may be."""
    return _page(queries.get_line_for(current_user, line_id))


def _page(line: StatementLine, sent: FlaskForm | None = None) -> ResponseReturnValue:
    """Show a line; a form that was sent and refused stands there with what is wrong, the others are fresh."""
    own = sent if isinstance(sent, OwnForm) else OwnForm(formdata=None)
    own.offer(PROVIDERS[line.account.provider].money_account)
    page = render_template(
        "treasury/line.html",
        line=line,
        proposals=queries.proposals([line]).get(line.id, []),
        order_form=sent if isinstance(sent, OrderForm) else OrderForm(formdata=None),
        aside_form=sent if isinstance(sent, AsideForm) else AsideForm(formdata=None),
        own_form=own,
        undo_form=sent if isinstance(sent, UndoForm) else UndoForm(formdata=None),
        bare_form=BaseForm(formdata=None),
        sent=sent,
        back=lists.back(),
    )
    return page, 422 if sent else 200


@bp.route("/dinas/mutasi/<id:line_id>/cocok", methods=["POST"])
@access(TREASURER)
def match(line_id: int) -> ResponseReturnValue:
    """Take a line for a proposed bill, or as the money that was written down by hand."""
    line, form = queries.get_line_for(current_user, line_id), BillForm()
    if form.validate_on_submit():
        with form_problems(form):
            if form.payment_id.data:
                line = service.link(line_id, form.payment_id.data, current_user.id)
            else:
                line = service.match(line_id, form.order_id.data or 0, current_user.id)
            _say(line)
    return _page(queries.get_line_for(current_user, line_id), form) if form.errors else _after(line_id)


@bp.route("/dinas/mutasi/<id:line_id>/pesanan", methods=["POST"])
@access(TREASURER)
def assign(line_id: int) -> ResponseReturnValue:
    """Take a line for an order whose number the treasurer typed."""
    line, form = queries.get_line_for(current_user, line_id), OrderForm()
    order = queries.order_by_number(line.account.area_code, form.number.data or "")
    if form.validate_on_submit():
        with form_problems(form):
            if order is None:
                raise InvalidInput(_("There is no order with this number here."), field="number")
            _say(service.match(line_id, order.id, current_user.id))
    return _page(queries.get_line_for(current_user, line_id), form) if form.errors else _after(line_id)


def _say(line: StatementLine) -> None:
    assert line.outcome is not None  # it is matched
    text, tone, _icon = labels.OUTCOMES[line.outcome]
    flash(f"{format_rupiah(line.amount)}: {text}.", tone)


def _after(line_id: int) -> ResponseReturnValue:
    """Lead back to the list; to the payment when somebody has to decide about its money now."""
    line = queries.get_line_for(current_user, line_id)
    decides = line.outcome in (Outcome.OVER, Outcome.TWICE, Outcome.LATE)
    if decides and line.payment is not None and line.payment.needs_review:
        return redirect(url_for("payment_desk.show", payment_id=line.payment_id, next=lists.back()))
    return redirect(lists.back() or url_for("statement_lines.index"))


@bp.route("/dinas/mutasi/<id:line_id>/sendiri", methods=["POST"])
@access(TREASURER)
def own(line_id: int) -> ResponseReturnValue:
    """Write down that a line came from another of the office's own accounts."""
    line, form = queries.get_line_for(current_user, line_id), OwnForm()
    form.offer(PROVIDERS[line.account.provider].money_account)
    if form.validate_on_submit():
        with form_problems(form):
            _say(service.take_own(line_id, Account(form.source.data), current_user.id))
    return _page(queries.get_line_for(current_user, line_id), form) if form.errors else _after(line_id)


@bp.route("/dinas/mutasi/<id:line_id>/bukan", methods=["POST"])
@access(TREASURER)
def set_aside(line_id: int) -> ResponseReturnValue:
    """Say that a line is about no order."""
    queries.get_line_for(current_user, line_id)
    form = AsideForm()
    if form.validate_on_submit():
        with form_problems(form):
            service.set_aside(line_id, form.reason.data, current_user.id)
            flash(_("Set aside: not ours."), "good")
    return _page(queries.get_line_for(current_user, line_id), form) if form.errors else _after(line_id)


@bp.route("/dinas/mutasi/<id:line_id>/buka", methods=["POST"])
@access(TREASURER)
def reopen(line_id: int) -> ResponseReturnValue:
    """Put a line that was set aside back among those that wait."""
    queries.get_line_for(current_user, line_id)
    service.reopen(line_id, current_user.id)
    flash(_("The line waits again."), "good")
    return redirect(url_for("statement_lines.show", line_id=line_id))


@bp.route("/dinas/mutasi/<id:line_id>/biaya", methods=["POST"])
@access(TREASURER)
def book_fee(line_id: int) -> ResponseReturnValue:
    """Write down that the bank took a line's money for itself."""
    queries.get_line_for(current_user, line_id)
    form = BaseForm()
    if form.validate_on_submit():
        with form_problems(form):
            fees.book(line_id, current_user.id)
            flash(_("Booked as a bank fee."), "good")
    return _page(queries.get_line_for(current_user, line_id), form) if form.errors else _after(line_id)


@bp.route("/dinas/mutasi/<id:line_id>/bukan-biaya", methods=["POST"])
@access(TREASURER)
def undo_fee(line_id: int) -> ResponseReturnValue:
    """Take back that a line was a bank fee."""
    queries.get_line_for(current_user, line_id)
    form = UndoForm()
    if form.validate_on_submit():
        with form_problems(form):
            fees.undo(line_id, form.why.data, current_user.id)
            flash(_("Taken back: an entry the other way is in the journal."), "good")
    shown = queries.get_line_for(current_user, line_id)
    return _page(shown, form) if form.errors else redirect(url_for("statement_lines.show", line_id=line_id))
