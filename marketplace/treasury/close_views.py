"""Close a day: what the books say of each money account, what was counted, and the closes made so far."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import BooleanField
from wtforms.validators import Optional

from ..areas.queries import time_zone
from ..ledger import closing, differences
from ..ledger import labels as ledger_labels
from ..ledger.close_models import REASON_LENGTH, DayClose, DayCount
from ..ledger.closing import ACCOUNTS, CLOSERS, SEERS, Book, Counted
from ..ledger.models import Account
from ..ledger.scope import working_area
from ..payments.rules import is_odd
from ..shared import clock, lists
from ..shared.exports import Cell, Sheet
from ..shared.fields import BaseForm, DateField, QueryForm, Required, RupiahField, TextField
from ..shared.formats import moment
from ..shared.i18n import _, _l
from ..shared.money import format_rupiah
from ..shared.paging import paginate
from ..shared.policy import access, may, roles
from ..shared.problems import form_problems
from . import queries

bp = Blueprint("day_close", __name__)

HEADS = (_l("Day"), _l("Account"), _l("At first"), _l("In"), _l("Out"), _l("Should be"), _l("Counted"))
MORE_HEADS = (
    *(_l("Difference"), _l("Reason"), _l("Closed by"), _l("Closed on"), _l("Seen by")),
    _l("Entered in the books"),
)


class DayForm(QueryForm):
    """Which day to close."""

    day = DateField(_l("Day"), [Optional()])


class CloseForm(BaseForm):
    """What was counted; `_close_form` adds the fields of each account."""

    day = DateField(_l("Day"), [Required()])
    is_meant = BooleanField(_l("Yes, I counted again: the difference is right."))

    def doubt(self, books: Iterable[Book]) -> list[Book]:
        """Put a message beside each sum that is far from the books, until it is said to be right; return those."""
        far = [book for book in books if is_odd(book.expected, self[f"counted-{book.account}"].data or 0)]
        for book in far if not self.is_meant.data else []:
            field = self[f"counted-{book.account}"]
            off = format_rupiah((field.data or 0) - book.expected)
            message = _("The difference is %(amount)s. Mend it, or tick that you counted again.", amount=off)
            field.errors = [*field.errors, message]
        return far

    def counted(self) -> dict[Account, Counted]:
        """Return account → what was there."""
        asked = [each for each in ACCOUNTS if f"counted-{each}" in self]
        return {each: Counted(self[f"counted-{each}"].data or 0, self[f"reason-{each}"].data) for each in asked}


def _close_form(accounts: Iterable[Account], **values: Any) -> CloseForm:
    fields: dict[str, Any] = {}
    for account in accounts:
        fields[f"counted-{account}"] = RupiahField(COUNTED.get(account, _l("What the statement says")), [Required()])
        fields[f"reason-{account}"] = TextField(_l("Why is it another sum?"), max_length=REASON_LENGTH)
    kind: type[CloseForm] = type("CloseForm", (CloseForm,), fields)
    return kind(**values)


COUNTED = {Account.CASH: _l("Counted in the drawer")}


@bp.context_processor
def _labels() -> dict[str, object]:
    return {"accounts": ledger_labels.ACCOUNTS, "kinds": ledger_labels.KINDS}


@bp.route("/dinas/tutup-hari", methods=["GET", "POST"])
@access(roles(CLOSERS))
def index() -> ResponseReturnValue:
    """Show what should be there, take what is there, and close the day."""
    area_code = working_area(current_user, CLOSERS)
    today = clock.today(time_zone(area_code))
    asked = DayForm()
    asked.validate()
    form = _close_form(closing.used(area_code), day=asked.day.data or today)
    is_whole = form.validate_on_submit()
    far = form.doubt(closing.books(area_code, min(form.day.data or today, today))) if form.is_submitted() else []
    if is_whole and (form.is_meant.data or not far):
        with form_problems(form):
            row = closing.close(area_code, form.day.data, form.counted(), current_user.id)
        if not form.errors:
            flash(_("The day is closed."), "good")
            return redirect(url_for("day_close.show", close_id=row.id))
    day = form.day.data or today
    last = closing.last_close(area_code)
    page = render_template(
        "treasury/close.html",
        form=form,
        far=far,
        asked=asked,
        day=day,
        today=today,
        last=last,
        is_closed=last is not None and day <= last.day,
        is_ahead=day > today,
        books=closing.books(area_code, day),
        before=_still_different(last),
        statement=queries.statement_sums(area_code, last.day if last else dt.date.min, day),
    )
    return page, 422 if form.is_submitted() else 200


def _still_different(last: DayClose | None) -> dict[str, DayCount]:
    """Return account → count of the last close, where the books do not hold yet what was counted."""
    return {each.account: each for each in last.counts if each.difference and each.booked is None} if last else {}


@bp.route("/dinas/tutup-hari/riwayat")
@access(roles(SEERS))
def history() -> ResponseReturnValue:
    """Show the closes made so far."""
    area_code = working_area(current_user, SEERS)
    statement = closing.closes(area_code)
    if lists.wants_file():
        return lists.file("tutup-hari", _sheet(lists.rows_of(statement)))
    may_close = may(current_user, CLOSERS, area_code=area_code)
    page = paginate(statement)
    return render_template("treasury/closes.html", page=page, file_url=lists.file_url(), may_close=may_close)


def _sheet(found: list[DayClose]) -> Sheet:
    return Sheet(_("Closed days"), (*HEADS, *MORE_HEADS), [row for each in found for row in _rows(each)])


def _rows(close: DayClose) -> list[tuple[Cell, ...]]:
    by = close.closed_by.name if close.closed_by else ""
    seen = close.seen_by.name if close.seen_by else ""
    return [
        (
            *(close.day, str(ledger_labels.ACCOUNTS[Account(count.account)])),
            *(count.opening, count.incoming, count.outgoing, count.expected, count.counted, count.difference),
            *(count.reason, by, moment(close.closed_at), seen),
            count.booked,
        )
        for count in close.counts
    ]


@bp.route("/dinas/tutup-hari/<id:close_id>")
@access(roles(SEERS))
def show(close_id: int) -> ResponseReturnValue:
    """Show a close."""
    close = closing.get_close_for(current_user, close_id)
    if "format" in request.args:
        return lists.file(f"tutup-hari-{close.day}", Sheet(_("Closed day"), (*HEADS, *MORE_HEADS), _rows(close)))
    return _page(close)


def _page(close: DayClose, sent: BaseForm | None = None) -> ResponseReturnValue:
    page = render_template(
        "treasury/closed.html",
        close=close,
        form=sent or BaseForm(formdata=None),
        is_own=close.closed_by_id == current_user.id,
        may_close=may(current_user, CLOSERS, area_code=close.area_code),
    )
    return page, 422 if sent else 200


@bp.route("/dinas/tutup-hari/<id:close_id>/dilihat", methods=["POST"])
@access(roles(SEERS))
def seen(close_id: int) -> ResponseReturnValue:
    """Write down that a second person looked at a close, and enter its differences."""
    closing.get_close_for(current_user, close_id)
    form = BaseForm()
    with form_problems(form):
        differences.mark_seen(close_id, current_user.id)
    if form.errors:
        return _page(closing.get_close_for(current_user, close_id), form)
    flash(_("Written down that you looked at it."), "good")
    return redirect(url_for("day_close.show", close_id=close_id))
