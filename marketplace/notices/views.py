"""The officers' list of messages: those to send by hand, and those that could not be sent."""

from urllib.parse import quote

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas import queries as areas
from ..ledger.scope import working_area
from ..shared import clock, lists
from ..shared.exports import Cell, Sheet
from ..shared.fields import BaseForm
from ..shared.i18n import _, _l
from ..shared.paging import paginate
from ..shared.policy import access, roles
from . import labels, outbox, queries, rules, service
from .models import Notice
from .queries import TELLERS, Tab

bp = Blueprint("notices", __name__, url_prefix="/dinas/kabar")


@bp.route("")
@access(roles(TELLERS))
def index() -> ResponseReturnValue:
    """Show what buyers have to be told, what could not be sent, and what was."""
    area_code = working_area(current_user, TELLERS)
    asked = request.args.get("tab", "")
    tab = Tab(asked) if asked in set(Tab) else Tab.BY_HAND
    statement = queries.of_tab(area_code, tab)
    if lists.wants_file():
        return lists.file_of_people("kabar", _sheet(lists.rows_of(statement)), current_user.id)
    return render_template(
        "notices/index.html",
        page=paginate(statement),
        tab=tab,
        counts=queries.counts(area_code),
        can_mail=outbox.can_mail(),
        labels=labels,
        form=BaseForm(formdata=None),
        whatsapp=_whatsapp,
        who=_who,
        file_url=lists.file_url(),
    )


def _whatsapp(notice: Notice) -> str:
    """Return the address that opens WhatsApp with the text already written."""
    return f"https://wa.me/{notice.recipient[1:]}?text={quote(notice.body)}"


def _sheet(notices: list[Notice]) -> Sheet:
    heads = (_l("Order"), _l("Buyer"), _l("What about"), _l("State"), _l("Since"))
    return Sheet(_("Messages to buyers"), heads, [_row(notice) for notice in notices])


def _row(notice: Notice) -> tuple[Cell, ...]:
    since = clock.local_date(notice.changed_at, areas.time_zone(notice.area_code))
    words = (str(labels.about(notice)), str(labels.STATES[notice.state][0]))
    return (notice.order.number, _who(notice), *words, since)


def _who(notice: Notice) -> str:
    """Return whom a message is for, as the officer knows him: of an invoice the office."""
    return notice.order.buyer_office if notice.kind in rules.REMINDERS else notice.order.buyer_name


@bp.route("/<id:notice_id>/terkirim", methods=["POST"])
@access(roles(TELLERS))
def sent(notice_id: int) -> ResponseReturnValue:
    """Write down that the officer sent a message."""
    queries.get_notice_for(current_user, notice_id)
    service.mark_sent(notice_id, current_user.id)
    return _back(_("Written down: the buyer was told."))


@bp.route("/<id:notice_id>/lewati", methods=["POST"])
@access(roles(TELLERS))
def drop(notice_id: int) -> ResponseReturnValue:
    """Take a message off the list."""
    queries.get_notice_for(current_user, notice_id)
    service.drop(notice_id, current_user.id)
    return _back(_("Taken off the list."))


@bp.route("/<id:notice_id>/lagi", methods=["POST"])
@access(roles(TELLERS))
def retry(notice_id: int) -> ResponseReturnValue:
    """Let a message be sent again."""
    queries.get_notice_for(current_user, notice_id)
    service.retry(notice_id)
    return _back(_("It is sent again within a minute."))


def _back(text: str) -> ResponseReturnValue:
    flash(text, "good")
    return redirect(lists.back() or url_for("notices.index"))
