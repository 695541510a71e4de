"""The office's pages of goods that were given: handed over, and looked after."""

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas.queries import time_zone
from ..documents import files
from ..groups.pages import Heading, form_page
from ..shared import clock, documents, lists, once
from ..shared.errors import NotFound
from ..shared.exports import Cell, Sheet
from ..shared.i18n import _, _l
from ..shared.paging import paginate
from ..shared.policy import access, has_role, roles
from ..shared.problems import form_problems
from . import goods, labels, pages, queries, rules
from .forms import HandoverForm, LookForm, handover_form
from .goods_models import Found, Item
from .models import AidKind, Proposal, ProposalState
from .pages import DESK

bp = Blueprint("aid_goods", __name__)


@bp.route("/dinas/bantuan/barang")
@access(roles(rules.SEERS))
def index() -> ResponseReturnValue:
    """List the pieces that were handed over, and what was found of each last."""
    statement = queries.items_for(current_user, rules.SEERS)
    if lists.wants_file():
        rows = [_row(item) for item in lists.rows_of(statement)]
        return lists.file_of_people("barang-bantuan", Sheet(_("Goods of aid"), _heads(), rows), current_user.id)
    page = paginate(statement)
    may_look = has_role(current_user, rules.LOOKERS)
    return render_template(
        "aid/goods.html",
        page=page,
        districts=queries.goods_by_district(current_user, rules.SEERS),
        labels=labels,
        may_look=may_look,
        file_url=lists.file_url(),
    )


def _heads() -> tuple[object, ...]:
    heads = (
        _l("Handover record"),
        _l("Handed over on"),
        _l("Thing"),
        _l("Serial number"),
        _l("Value"),
        _l("Condition"),
    )
    return (*heads, _l("Whose"), _l("Family"), _l("Found last"), _l("Seen on"))


def _row(item: Item) -> tuple[Cell, ...]:
    record, last = item.handover, item.looks[-1] if item.looks else None
    whose = record.proposal.group.name if record.proposal.group else record.proposal.village.name
    own = (record.number, record.handed_on, item.what, item.serial, item.value, str(labels.CONDITIONS[item.condition]))
    found = (str(labels.FOUND[last.found][0]), last.seen_on) if last else ("", None)
    return (*own, whose, item.household.name if item.household else "", *found)


@bp.route("/dinas/bantuan/usulan/<id:proposal_id>/serah-terima", methods=["GET", "POST"])
@access(roles(rules.GOODS_GIVERS))
def hand_over(proposal_id: int) -> ResponseReturnValue:
    """Hand goods of an approved proposal over."""
    proposal = queries.get_proposal_for(current_user, proposal_id, rules.GOODS_GIVERS)
    if proposal.state is not ProposalState.APPROVED or proposal.kind is not AidKind.GOODS:
        raise NotFound
    today = clock.today(time_zone(proposal.regency_code))
    form: HandoverForm = handover_form(proposal, goods.receivers_of(proposal), data={"handed_on": today})
    if form.validate_on_submit():
        with form_problems(form):
            _hand_over_once(proposal, form)
        if not form.errors:
            flash(_("Written down. Print the record and let both sides sign it."), "good")
            return redirect(url_for("aid.proposal", proposal_id=proposal_id))
        proposal = queries.get_proposal_for(current_user, proposal_id, rules.GOODS_GIVERS)
    return pages.show("hand_over", DESK, form, proposal=proposal)


def _hand_over_once(proposal: Proposal, form: HandoverForm) -> None:
    pieces, signed, user_id, key = form.pieces(), form.signed(), current_user.id, proposal.id
    body = [[vars(piece) for piece in pieces], vars(signed)]
    act = lambda: goods.hand_over(key, pieces, signed, user_id).id  # noqa: E731
    once.only("aid_handover", f"{key}:{user_id}:{form.key.data}", body, act)


@bp.route("/dinas/bantuan/serah-terima/<id:handover_id>.pdf")
@access(roles(rules.SEERS))
def record(handover_id: int) -> ResponseReturnValue:
    """Return the record of a hand-over, to be signed by both sides."""
    found = queries.get_handover_for(current_user, handover_id)
    base: str = current_app.extensions["config"].base_url
    link = f"{base}{url_for('aid.proposal', proposal_id=found.proposal_id)}"
    content = documents.draw("aid_handover", found.content, link, found.made_at)
    return files.as_pdf(content, f"{found.number.replace('/', '-')}.pdf")


@bp.route("/dinas/bantuan/barang/<id:item_id>", methods=["GET", "POST"])
@access(roles(rules.LOOKERS))
def look(item_id: int) -> ResponseReturnValue:
    """Write down what was found of a piece."""
    item = queries.get_item_for(current_user, item_id, rules.LOOKERS)
    form = LookForm(data={"seen_on": clock.today(time_zone(item.handover.regency_code))})
    way = ((_("Aid"), url_for("aid.index")), (_("Goods of aid"), lists.list_of(url_for("aid_goods.index"))))
    heading = Heading(f"{item.what} {item.serial}".strip(), way, _("Save"), _last(item))

    def act() -> object:
        found = Found(form.found.data)
        return goods.look_after(item_id, found, form.note.data, form.seen_on.data, current_user.id)

    return form_page(form, act, heading)


def _last(item: Item) -> str:
    if not item.looks:
        return _("Nobody has looked after it yet.")
    last = item.looks[-1]
    return _("Seen last: %(found)s %(note)s", found=labels.FOUND[last.found][0], note=last.note).strip()
