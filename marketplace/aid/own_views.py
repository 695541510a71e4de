"""A group's own pages of aid, on the phone of its officer: its proposals, its grant, what it draws."""

from flask import Blueprint, Response, redirect
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..extensions import db
from ..shared.fields import options
from ..shared.i18n import _
from ..shared.photo_views import open_private
from ..shared.policy import access, roles
from . import drawings, pages, proposals, queries, rules
from .forms import GroupProposalForm, proposal_form
from .models import Proposal
from .pages import OWN

bp = Blueprint("own_aid", __name__)
MOST = 50


@bp.route("/penjual/bantuan")
@access(roles(rules.OWN_WRITERS))
def index() -> ResponseReturnValue:
    """Show a group its proposals and its grants."""
    found = db.session.scalars(queries.proposals_for(current_user, rules.OWN_WRITERS).limit(MOST))
    grants = db.session.scalars(queries.grants_for(current_user, rules.OWN_WRITERS).limit(MOST))
    return pages.show("own", OWN, None, proposals=list(found), grants=list(grants))


@bp.route("/penjual/bantuan/usulan/baru", methods=["GET", "POST"])
@access(roles(rules.OWN_WRITERS))
def write() -> ResponseReturnValue:
    """Write a proposal of one's own group."""
    form: GroupProposalForm = proposal_form(GroupProposalForm, [])
    groups = [(str(group.id), group.name) for group in pages.groups_of(OWN)]
    form.whose.choices = options(groups)

    def act(sent: GroupProposalForm) -> Proposal:
        return pages.write_once(int(sent.whose.data), "", sent)

    return pages.edit_page(OWN, form, act, _("New proposal"), OWN.url("index"))


@bp.route("/penjual/bantuan/usulan/<id:proposal_id>")
@access(roles(rules.OWN_WRITERS))
def proposal(proposal_id: int) -> ResponseReturnValue:
    """Show a proposal of one's own group."""
    return pages.proposal_page(OWN, proposal_id)


def _back(proposal_id: int) -> str:
    return OWN.url("proposal", proposal_id=proposal_id)


@bp.route("/penjual/bantuan/usulan/<id:proposal_id>/ubah", methods=["GET", "POST"])
@access(roles(rules.OWN_WRITERS))
def change(proposal_id: int) -> ResponseReturnValue:
    """Change a draft."""
    return pages.change_page(OWN, proposal_id)


@bp.route("/penjual/bantuan/usulan/<id:proposal_id>/foto", methods=["POST"])
@access(roles(rules.OWN_WRITERS))
def add_photos(proposal_id: int) -> ResponseReturnValue:
    """Put photos to a draft."""
    form = pages.add_photos(OWN, proposal_id)
    return pages.proposal_page(OWN, proposal_id, form) if form else redirect(_back(proposal_id))


@bp.route("/penjual/bantuan/foto/<id:paper_id>.jpg")
@access(roles(rules.OWN_WRITERS))
def photo(paper_id: int) -> Response:
    """Serve a photo of a proposal of one's own group."""
    return open_private(queries.get_file_for(current_user, paper_id).image)


@bp.route("/penjual/bantuan/usulan/<id:proposal_id>/kirim", methods=["POST"])
@access(roles(rules.OWN_WRITERS))
def submit(proposal_id: int) -> ResponseReturnValue:
    """Send a draft to the office."""
    queries.get_proposal_for(current_user, proposal_id, rules.OWN_WRITERS)
    form = pages.press(lambda: proposals.submit(proposal_id, current_user.id))
    return pages.proposal_page(OWN, proposal_id, form) if form else redirect(_back(proposal_id))


@bp.route("/penjual/bantuan/usulan/<id:proposal_id>/tarik", methods=["POST"])
@access(roles(rules.OWN_WRITERS))
def withdraw(proposal_id: int) -> ResponseReturnValue:
    """Let a proposal rest for good."""
    queries.get_proposal_for(current_user, proposal_id, rules.OWN_WRITERS)
    form = pages.press(lambda: proposals.withdraw(proposal_id, current_user.id))
    return pages.proposal_page(OWN, proposal_id, form) if form else redirect(_back(proposal_id))


@bp.route("/penjual/bantuan/hibah/<id:grant_id>")
@access(roles(rules.OWN_WRITERS))
def grant(grant_id: int) -> ResponseReturnValue:
    """Show a group the account of its grant."""
    return pages.grant_page(OWN, grant_id)


@bp.route("/penjual/bantuan/hibah/<id:grant_id>/ajukan", methods=["GET", "POST"])
@access(roles(rules.OWN_WRITERS))
def ask(grant_id: int) -> ResponseReturnValue:
    """Ask to draw by a plan."""
    return pages.ask_page(OWN, grant_id)


@bp.route("/penjual/bantuan/pengambilan/<id:drawing_id>")
@access(roles(rules.OWN_WRITERS))
def drawing(drawing_id: int) -> ResponseReturnValue:
    """Show a drawing."""
    return pages.drawing_page(OWN, drawing_id)


@bp.route("/penjual/bantuan/pengambilan/<id:drawing_id>/bukti", methods=["GET", "POST"])
@access(roles(rules.OWN_WRITERS))
def prove(drawing_id: int) -> ResponseReturnValue:
    """Send the receipts of a drawing."""
    return pages.prove_page(OWN, drawing_id)


@bp.route("/penjual/bantuan/pengambilan/<id:drawing_id>/tarik", methods=["POST"])
@access(roles(rules.OWN_WRITERS))
def take_back(drawing_id: int) -> ResponseReturnValue:
    """Take back what was asked for."""
    queries.get_drawing_for(current_user, drawing_id, rules.OWN_WRITERS)
    form = pages.press(lambda: drawings.withdraw(drawing_id, current_user.id))
    if form:
        return pages.drawing_page(OWN, drawing_id, form)
    return redirect(OWN.url("drawing", drawing_id=drawing_id))


@bp.route("/penjual/bantuan/nota/<id:receipt_id>.jpg")
@access(roles(rules.OWN_WRITERS))
def receipt(receipt_id: int) -> Response:
    """Serve the photo of a receipt of one's own group."""
    return open_private(queries.get_receipt_for(current_user, receipt_id).image)
