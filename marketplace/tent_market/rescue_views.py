"""The officers' list of what tills told and a person has to look at."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..ledger.scope import working_area
from ..shared import lists
from ..shared.exports import Cell, Sheet
from ..shared.fields import BaseForm
from ..shared.formats import moment
from ..shared.i18n import _, _l, _n
from ..shared.paging import paginate
from ..shared.policy import access, may, roles
from ..shared.problems import form_problems
from ..shared.web import fitting_ids
from . import rescue, till_labels
from .devices import DECIDERS
from .rescue import Tab
from .rescue_forms import SettleForm, ToldForm
from .stalls import SEERS
from .till_models import Problem, TillConflict, TillEvent, TillRemark
from .told import Words, words_of

bp = Blueprint("till_rescue", __name__, url_prefix="/dinas/pasar/perlu-dilihat")


@bp.context_processor
def _labels() -> dict[str, object]:
    return {"labels": till_labels}


@bp.route("")
@access(roles(SEERS))
def index() -> ResponseReturnValue:
    """Show what waits for a person: events, what was told in two ways, and odd sales."""
    area_code, form = working_area(current_user, SEERS), ToldForm()
    form.validate()
    asked = request.args.get("tab", "")
    tab = Tab(asked) if asked in set(Tab) else Tab.EVENTS
    statement = _statement(area_code, tab, form)
    if lists.wants_file():
        return lists.file("kasir-perlu-dilihat", _sheet(tab, lists.rows_of(statement)))
    page = paginate(statement)
    shown = render_template(
        "tent_market/told.html",
        page=page,
        tab=tab,
        form=form,
        counts=rescue.counts(area_code),
        words=_words(page.items),
        bare=BaseForm(formdata=None),
        may_decide=may(current_user, DECIDERS, area_code=area_code),
        file_url=lists.file_url(),
    )
    return shown, 422 if form.errors else 200


def _statement(area_code: str, tab: Tab, form: ToldForm) -> Any:
    day = form.day.data if not form.day.errors else None
    if tab is Tab.CONFLICTS:
        return rescue.conflicts(area_code, day)
    if tab is Tab.REMARKS:
        return rescue.remarks(area_code, day)
    asked = form.problem.chosen()
    return rescue.events(area_code, tab, Problem(asked) if asked in set(Problem) else None, day)


def _event_of(row: Any) -> TillEvent:
    event: TillEvent = row if isinstance(row, TillEvent) else row.event
    return event


def _words(rows: Any) -> dict[int, tuple[Words, Words]]:
    """Return id of a row → what was told first, and what was told by this row; the same but for conflicts."""
    if any(isinstance(row, TillRemark) for row in rows):
        return {}
    first = words_of((_event_of(row).kind, _event_of(row).body) for row in rows)
    second = words_of((row.event.kind, row.body) for row in rows if isinstance(row, TillConflict)) or first
    return {row.id: pair for row, pair in zip(rows, zip(first, second, strict=True), strict=True)}


HEADS = (_l("Market day"), _l("Tent"), _l("Phone of the till"), _l("Cashier"), _l("Number"), _l("What was told"))
WHEN = (_l("By the phone's clock"), _l("Reached us"))
MORE_HEADS = (*WHEN, _l("Why"), _l("Amount"), _l("State"), _l("Order"), _l("Note"))


def _sheet(tab: Tab, rows: list[Any]) -> Sheet:
    words = _words(rows)
    return Sheet(till_labels.TABS[tab], (*HEADS, *MORE_HEADS), [_row(row, words) for row in rows])


def _row(row: Any, words: dict[int, tuple[Words, Words]]) -> tuple[Cell, ...]:
    event = _event_of(row)
    why, amount, note = _told_of(row, words)
    return (
        event.device.day.held_on,
        event.stall.tent.number if event.stall else "",
        event.device.name,
        event.device.cashier.name,
        str(event.sequence),
        str(till_labels.KINDS[event.kind]),
        moment(event.phone_at) if event.phone_at else "",
        moment(event.received_at),
        why,
        amount,
        str(till_labels.STATES[event.state][0]),
        event.order.number if event.order else "",
        note,
    )


def _told_of(row: Any, words: dict[int, tuple[Words, Words]]) -> tuple[str, int | None, str]:
    """Return why a row is on its list, the money it is about, and what is to be said of it."""
    if isinstance(row, TillRemark):
        name = f"{row.product.name}: " if row.product else ""
        return str(till_labels.REMARKS[row.kind]), None, name + till_labels.value_of(row)
    if isinstance(row, TillConflict):
        return str(till_labels.TABS[Tab.CONFLICTS]), words[row.id][1].amount, ""
    return str(till_labels.PROBLEMS[row.problem]), words[row.id][0].amount, row.answer


@bp.route("/<id:event_id>", methods=["GET", "POST"])
@access(roles(SEERS))
def show(event_id: int) -> ResponseReturnValue:
    """Show an event; a POST settles it in words."""
    rescue.get_for(current_user, event_id, DECIDERS if request.method == "POST" else SEERS)
    form = SettleForm()
    if form.validate_on_submit():
        with form_problems(form):
            rescue.settle(event_id, form.answer.data, current_user.id)
        if not form.errors:
            flash(_("Settled."), "good")
            return redirect(lists.back() or url_for("till_rescue.index"))
    return _page(event_id, form)


@bp.route("/<id:event_id>/catat", methods=["POST"])
@access(roles(DECIDERS))
def book(event_id: int) -> ResponseReturnValue:
    """Book an event after a person looked at it."""
    rescue.get_for(current_user, event_id, DECIDERS)
    form = BaseForm()
    if form.validate_on_submit():
        with form_problems(form):
            rescue.book(event_id, current_user.id)
        if not form.errors:
            flash(_("It is in the books now."), "good")
            return redirect(lists.back() or url_for("till_rescue.index"))
    settle = SettleForm(formdata=None)
    settle.form_errors.extend(form.form_errors)
    return _page(event_id, settle)


def _page(event_id: int, form: SettleForm) -> ResponseReturnValue:
    event = rescue.get_for(current_user, event_id)
    shown = render_template(
        "tent_market/told_one.html",
        event=event,
        words=words_of([(event.kind, event.body)])[0],
        form=form,
        may_decide=may(current_user, DECIDERS, area_code=event.device.day.site.area_code),
    )
    return shown, 422 if form.errors else 200


@bp.route("/dilihat", methods=["POST"])
@access(roles(DECIDERS))
def seen() -> ResponseReturnValue:
    """Write down that somebody looked at what is ticked."""
    if not BaseForm().validate_on_submit():
        return redirect(url_for("till_rescue.index"))
    conflicts, remarks = (fitting_ids(request.form.getlist(name, type=int)) for name in ("conflict", "remark"))
    count = rescue.mark_seen(current_user, current_user.id, conflicts, remarks)
    if count:
        flash(_n("%(num)s is marked as seen.", "%(num)s are marked as seen.", count), "good")
    else:
        flash(_("Tick something first."), "warn")
    return redirect(lists.back() or url_for("till_rescue.index"))
