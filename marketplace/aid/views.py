"""The office's pages of proposals: written, checked, decided."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas.queries import time_zone
from ..groups.pages import Heading, form_page
from ..groups.queries import villages_in
from ..shared import clock, lists
from ..shared.errors import NotFound
from ..shared.exports import Cell, Sheet
from ..shared.fields import options
from ..shared.i18n import _, _l
from ..shared.money import format_rupiah
from ..shared.paging import paginate
from ..shared.photo_views import open_private
from ..shared.policy import access, areas_of, has_role, roles
from ..shared.problems import form_problems
from . import funds, guidance, labels, pages, proposals, queries, rules, steps
from .forms import DecisionForm, GroupProposalForm, GuidanceForm, ProposalFilter, proposal_form
from .models import Fund, FundRule, Proposal, ProposalState
from .pages import DESK
from .rules import Decision

bp = Blueprint("aid", __name__)


@bp.route("/dinas/bantuan")
@access(roles(rules.SEERS))
def index() -> ResponseReturnValue:
    """List the proposals of the officer's area by their state."""
    form = ProposalFilter()
    statement = queries.proposals_for(current_user, rules.SEERS, form.asked())
    if lists.wants_file() and not form.errors:
        return lists.file("usulan-bantuan", _sheet(lists.rows_of(statement)))
    page = render_template(
        "aid/index.html",
        filter=form,
        page=paginate(statement),
        labels=labels,
        layout=DESK.layout,
        may_write=has_role(current_user, rules.WRITERS),
        file_url=lists.file_url(),
    )
    return page, 422 if form.errors else 200


def _sheet(found: list[Proposal]) -> Sheet:
    heads = (_l("Title"), _l("Group"), _l("Village"), _l("What is asked for?"), _l("Sum"), _l("State"))
    more = (_l("Number of the decree"), _l("Date of the decree"), _l("Handed over"))
    return Sheet(_("Proposals of aid"), (*heads, *more), [_row(proposal) for proposal in found])


def _row(proposal: Proposal) -> tuple[Cell, ...]:
    group = proposal.group.name if proposal.group else ""
    kind, state = str(labels.KINDS[proposal.kind]), str(labels.PROPOSALS[proposal.state][0])
    decree = (proposal.decree_number, proposal.decree_on, proposal.handed)
    return (proposal.title, group, proposal.village.name, kind, proposal.amount, state, *decree)


@bp.route("/dinas/bantuan/usulan/baru", methods=["GET", "POST"])
@access(roles(rules.WRITERS))
def write() -> ResponseReturnValue:
    """Write a proposal for a group, or for a village."""
    form: GroupProposalForm = proposal_form(GroupProposalForm, [])
    groups = [(f"g{group.id}", group.name) for group in pages.groups_of(DESK)]
    villages = [
        (f"v{code}", _("Village %(name)s, %(district)s", name=name, district=district))
        for district, found in villages_in(areas_of(current_user, rules.WRITERS)).items()
        for code, name in found
    ]
    form.whose.choices = options([("", _l("Please choose")), *groups, *villages])

    def act(sent: Any) -> Proposal:
        whose = str(sent.whose.data)
        group_id = int(whose[1:]) if whose.startswith("g") else None
        return pages.write_once(group_id, "" if group_id else whose[1:], sent)

    return pages.edit_page(DESK, form, act, _("New proposal"), url_for("aid.index"))


@bp.route("/dinas/bantuan/usulan/<id:proposal_id>")
@access(roles(rules.SEERS))
def proposal(proposal_id: int) -> ResponseReturnValue:
    """Show a proposal."""
    return _page(proposal_id)


def _page(proposal_id: int, form: Any = None) -> ResponseReturnValue:
    found = queries.get_proposal_for(current_user, proposal_id, rules.SEERS)
    is_other = not steps.is_author(proposal_id, current_user.id)
    may = {
        name: is_other and queries.may_do(current_user, wanted, found)
        for name, wanted in (("check", rules.CHECKERS), ("decide", rules.DECIDERS))
    }
    state = found.state
    held = guidance.guidance_of(found.group_id) if found.group_id else []
    return pages.proposal_page(
        DESK,
        proposal_id,
        form,
        held=held,
        may_check=may["check"] and state is ProposalState.SUBMITTED,
        may_decide=may["decide"] and state is ProposalState.CHECKED and found.checked_by_id != current_user.id,
        may_revoke=queries.may_do(current_user, rules.DECIDERS, found) and proposals.may_revoke(found),
        may_send_back=(may["check"] or may["decide"]) and state in (ProposalState.SUBMITTED, ProposalState.CHECKED),
        may_guide=found.group_id is not None and queries.may_do(current_user, rules.SEERS, found),
        may_hand=state is ProposalState.APPROVED and queries.may_do(current_user, rules.GOODS_GIVERS, found),
    )


def _said(proposal_id: int, form: Any, done: str) -> ResponseReturnValue:
    """Say what was done and lead back to the proposal, or say there what is wrong."""
    if form is not None:
        return _page(proposal_id, form)
    flash(done, "good")
    return redirect(_back(proposal_id))


def _back(proposal_id: int) -> str:
    return url_for("aid.proposal", proposal_id=proposal_id)


@bp.route("/dinas/bantuan/usulan/<id:proposal_id>/ubah", methods=["GET", "POST"])
@access(roles(rules.WRITERS))
def change(proposal_id: int) -> ResponseReturnValue:
    """Change a draft."""
    return pages.change_page(DESK, proposal_id)


@bp.route("/dinas/bantuan/usulan/<id:proposal_id>/foto", methods=["POST"])
@access(roles(rules.WRITERS))
def add_photos(proposal_id: int) -> ResponseReturnValue:
    """Put photos to a draft."""
    return _said(proposal_id, pages.add_photos(DESK, proposal_id), _("The photo is added."))


@bp.route("/dinas/bantuan/foto/<id:paper_id>.jpg")
@access(roles(rules.SEERS))
def photo(paper_id: int) -> Response:
    """Serve a photo of a proposal to who may see that."""
    return open_private(queries.get_file_for(current_user, paper_id).image)


@bp.route("/dinas/bantuan/usulan/<id:proposal_id>/kirim", methods=["POST"])
@access(roles(rules.WRITERS))
def submit(proposal_id: int) -> ResponseReturnValue:
    """Send a draft to be checked."""
    queries.get_proposal_for(current_user, proposal_id, rules.WRITERS)
    form = pages.press(lambda: proposals.submit(proposal_id, current_user.id))
    return _said(proposal_id, form, _("Sent to be checked."))


@bp.route("/dinas/bantuan/usulan/<id:proposal_id>/tarik", methods=["POST"])
@access(roles(rules.WRITERS))
def withdraw(proposal_id: int) -> ResponseReturnValue:
    """Let a proposal rest for good."""
    queries.get_proposal_for(current_user, proposal_id, rules.WRITERS)
    form = pages.press(lambda: proposals.withdraw(proposal_id, current_user.id))
    return _said(proposal_id, form, _("Withdrawn."))


@bp.route("/dinas/bantuan/usulan/<id:proposal_id>/periksa", methods=["POST"])
@access(roles(rules.CHECKERS))
def check(proposal_id: int) -> ResponseReturnValue:
    """Call a proposal complete."""
    queries.get_proposal_for(current_user, proposal_id, rules.CHECKERS)
    form = pages.press(lambda: proposals.check(proposal_id, current_user.id))
    return _said(proposal_id, form, _("Checked: now the head decides."))


@bp.route("/dinas/bantuan/usulan/<id:proposal_id>/kembalikan", methods=["GET", "POST"])
@access(roles(rules.CHECKERS | rules.DECIDERS))
def send_back(proposal_id: int) -> ResponseReturnValue:
    """Send a proposal back to those who wrote it."""
    queries.get_proposal_for(current_user, proposal_id, rules.CHECKERS | rules.DECIDERS)
    act = lambda reason: proposals.send_back(proposal_id, reason, current_user.id)  # noqa: E731
    return pages.reason_page(DESK, _("Send back to be mended"), _back(proposal_id), act)


@bp.route("/dinas/bantuan/usulan/<id:proposal_id>/tolak", methods=["GET", "POST"])
@access(roles(rules.DECIDERS))
def refuse(proposal_id: int) -> ResponseReturnValue:
    """Refuse a proposal."""
    queries.get_proposal_for(current_user, proposal_id, rules.DECIDERS)
    act = lambda reason: proposals.refuse(proposal_id, reason, current_user.id)  # noqa: E731
    return pages.reason_page(DESK, _("Refuse the proposal"), _back(proposal_id), act)


@bp.route("/dinas/bantuan/usulan/<id:proposal_id>/batal-setuju", methods=["GET", "POST"])
@access(roles(rules.DECIDERS))
def revoke(proposal_id: int) -> ResponseReturnValue:
    """Take an approval back."""
    queries.get_proposal_for(current_user, proposal_id, rules.DECIDERS)
    act = lambda reason: proposals.revoke(proposal_id, reason, current_user.id)  # noqa: E731
    return pages.reason_page(DESK, _("Take the approval back"), _back(proposal_id), act)


@bp.route("/dinas/bantuan/usulan/<id:proposal_id>/setujui", methods=["GET", "POST"])
@access(roles(rules.DECIDERS))
def approve(proposal_id: int) -> ResponseReturnValue:
    """Approve a proposal by a decree; before, all is shown that is still open."""
    found = queries.get_proposal_for(current_user, proposal_id, rules.DECIDERS)
    if found.state is not ProposalState.CHECKED:
        raise NotFound
    form = DecisionForm()
    form.offer((fund, _left_in(fund)) for fund in funds.for_regency(found.regency_code))
    if form.validate_on_submit():
        with form_problems(form):
            proposals.approve(proposal_id, form.decision(), current_user.id)
        if not form.errors:
            flash(_("Approved."), "good")
            return redirect(_back(proposal_id))
        found = queries.get_proposal_for(current_user, proposal_id, rules.DECIDERS)
    asked = form.decision() if form.is_submitted() and not form.fund_id.errors else Decision(None, "", None)
    missing = proposals.missing_for(found, asked)
    return pages.show("approve", DESK, form, proposal=found, missing=missing)


def _left_in(fund: Fund) -> str:
    left = funds.left_of(fund)
    if fund.rule is FundRule.MONEY:
        return _("%(year)s, %(name)s: %(left)s left", year=fund.year, name=fund.name, left=format_rupiah(left))
    return _("%(year)s, %(name)s: %(left)s groups left", year=fund.year, name=fund.name, left=left)


@bp.route("/dinas/bantuan/usulan/<id:proposal_id>/bimtek", methods=["GET", "POST"])
@access(roles(rules.SEERS))
def guide(proposal_id: int) -> ResponseReturnValue:
    """Write down that the group had guidance by an agency."""
    found = queries.get_proposal_for(current_user, proposal_id, rules.SEERS)
    group_id = found.group_id
    if group_id is None:
        raise NotFound
    form = GuidanceForm(data={"held_on": clock.today(time_zone(found.regency_code))})
    form.offer(guidance.agencies_of(found.regency_code))
    crumbs = ((_("Aid"), url_for("aid.index")), (found.title, _back(proposal_id)))
    heading = Heading(_("Guidance of the group"), crumbs, _("Save"))
    return form_page(form, lambda: guidance.note_guidance(group_id, form.content(), current_user.id), heading)
