"""The office's pages of money that was granted to groups: its parts, and what is drawn."""

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas.queries import time_zone
from ..groups.pages import Heading, form_page
from ..shared import clock, lists, once
from ..shared.exports import Cell, Sheet
from ..shared.i18n import _, _l
from ..shared.paging import paginate
from ..shared.photo_views import open_private
from ..shared.policy import access, roles
from . import drawings, grants, labels, pages, queries, rules
from .forms import BankForm, DisburseForm, NothingForm, ReasonForm, TrancheForm
from .money_models import Grant
from .pages import DESK
from .views import bp as desk

bp = Blueprint("aid_grants", __name__)


@bp.route("/dinas/bantuan/hibah")
@access(roles(rules.SEERS))
def index() -> ResponseReturnValue:
    """List the grants with what was paid in, drawn and is left."""
    statement = queries.grants_for(current_user, rules.SEERS)
    if lists.wants_file():
        return lists.file("hibah-kelompok", _sheet(lists.rows_of(statement)))
    page = paginate(statement)
    sums = queries.sums_of_grants(current_user, rules.SEERS)
    return render_template("aid/grants.html", page=page, sums=sums, labels=labels, file_url=lists.file_url())


def _sheet(found: list[Grant]) -> Sheet:
    heads = (_l("Group"), _l("Granted"), _l("Planned"), _l("Paid in"), _l("Drawn"), _l("In the account"))
    return Sheet(_("Grants"), heads, [_row(grant) for grant in found])


def _row(grant: Grant) -> tuple[Cell, ...]:
    return (grant.group.name, grant.amount, grant.planned, grant.disbursed, grant.drawn, grant.balance)


@desk.route("/dinas/bantuan/hibah/<id:grant_id>")
@access(roles(rules.SEERS))
def grant(grant_id: int) -> ResponseReturnValue:
    """Show the account of a grant."""
    found = queries.get_grant_for(current_user, grant_id, rules.SEERS)
    return pages.grant_page(
        DESK,
        grant_id,
        None,
        press=NothingForm(),
        may_plan=queries.may_do(current_user, rules.PLANNERS, found.proposal),
        may_pay=queries.may_do(current_user, rules.PAYERS, found.proposal),
    )


def _heading(grant: Grant, title: str) -> Heading:
    own = (grant.group.name, url_for("aid.grant", grant_id=grant.id))
    return Heading(title, ((_("Grants"), url_for("aid_grants.index")), own), _("Save"))


@bp.route("/dinas/bantuan/hibah/<id:grant_id>/rekening", methods=["GET", "POST"])
@access(roles(rules.PLANNERS))
def bank(grant_id: int) -> ResponseReturnValue:
    """Keep the account of the group."""
    found = queries.get_grant_for(current_user, grant_id, rules.PLANNERS)
    form = BankForm()
    heading = _heading(found, _("Bank account of the group"))
    return form_page(form, lambda: grants.set_bank(grant_id, form.account(), current_user.id), heading)


@bp.route("/dinas/bantuan/hibah/<id:grant_id>/rekening/lihat", methods=["GET", "POST"])
@access(roles(rules.PAYERS))
def reveal(grant_id: int) -> ResponseReturnValue:
    """Show the whole number of the account to who pays into it, and write down why."""
    found = queries.get_grant_for(current_user, grant_id, rules.PAYERS)
    form = ReasonForm()
    account = None
    if form.validate_on_submit():
        account = grants.bank_of(grant_id, form.reason.data, current_user.id)
        found = queries.get_grant_for(current_user, grant_id, rules.PAYERS)
    page = render_template("aid/account.html", form=form, account=account, grant=found)
    response = Response(page, status=422 if form.errors else 200)
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.route("/dinas/bantuan/hibah/<id:grant_id>/tahap", methods=["GET", "POST"])
@access(roles(rules.PLANNERS))
def plan(grant_id: int) -> ResponseReturnValue:
    """Plan a part of a grant."""
    found = queries.get_grant_for(current_user, grant_id, rules.PLANNERS)
    form = TrancheForm(data={"due_on": clock.today(time_zone(found.regency_code))})

    def act() -> int:
        body, user_id = [form.amount.data, form.due_on.data], current_user.id
        make = lambda: grants.plan_tranche(grant_id, form.amount.data, form.due_on.data, user_id).id  # noqa: E731
        return once.only("aid_tranche", f"{grant_id}:{user_id}:{form.key.data}", body, make)

    return form_page(form, act, _heading(found, _("Plan a part")))


@bp.route("/dinas/bantuan/tahap/<id:tranche_id>/cairkan", methods=["GET", "POST"])
@access(roles(rules.PAYERS))
def disburse(tranche_id: int) -> ResponseReturnValue:
    """Write down that a part was paid."""
    tranche = queries.get_tranche_for(current_user, tranche_id, rules.PAYERS)
    form = DisburseForm(data={"paid_on": clock.today(time_zone(tranche.grant.regency_code))})
    heading = _heading(tranche.grant, _("Pay part %(number)s", number=tranche.number))

    def act() -> object:
        return grants.disburse(tranche_id, form.reference.data, form.paid_on.data, current_user.id)

    return form_page(form, act, heading)


@desk.route("/dinas/bantuan/hibah/<id:grant_id>/ajukan", methods=["GET", "POST"])
@access(roles(rules.WRITERS))
def ask(grant_id: int) -> ResponseReturnValue:
    """Ask to draw for a group."""
    return pages.ask_page(DESK, grant_id)


@desk.route("/dinas/bantuan/pengambilan/<id:drawing_id>")
@access(roles(rules.SEERS))
def drawing(drawing_id: int) -> ResponseReturnValue:
    """Show a drawing."""
    return pages.drawing_page(DESK, drawing_id)


@desk.route("/dinas/bantuan/pengambilan/<id:drawing_id>/bukti", methods=["GET", "POST"])
@access(roles(rules.WRITERS))
def prove(drawing_id: int) -> ResponseReturnValue:
    """Send the receipts of a drawing for a group."""
    return pages.prove_page(DESK, drawing_id)


@desk.route("/dinas/bantuan/nota/<id:receipt_id>.jpg")
@access(roles(rules.SEERS))
def receipt(receipt_id: int) -> Response:
    """Serve the photo of a receipt to who may see the drawing."""
    return open_private(queries.get_receipt_for(current_user, receipt_id).image)


def _back(drawing_id: int) -> str:
    return url_for("aid.drawing", drawing_id=drawing_id)


@desk.route("/dinas/bantuan/pengambilan/<id:drawing_id>/tarik", methods=["POST"])
@access(roles(rules.WRITERS))
def take_back(drawing_id: int) -> ResponseReturnValue:
    """Take back what was asked for."""
    queries.get_drawing_for(current_user, drawing_id, rules.WRITERS)
    form = pages.press(lambda: drawings.withdraw(drawing_id, current_user.id))
    return pages.drawing_page(DESK, drawing_id, form) if form else redirect(_back(drawing_id))


@bp.route("/dinas/bantuan/pengambilan/<id:drawing_id>/lepas", methods=["POST"])
@access(roles(rules.RELEASERS))
def release(drawing_id: int) -> ResponseReturnValue:
    """Let a group draw what it asked for."""
    queries.get_drawing_for(current_user, drawing_id, rules.RELEASERS)
    form = pages.press(lambda: drawings.release(drawing_id, current_user.id))
    return pages.drawing_page(DESK, drawing_id, form) if form else redirect(_back(drawing_id))


@bp.route("/dinas/bantuan/pengambilan/<id:drawing_id>/selesai", methods=["POST"])
@access(roles(rules.RELEASERS))
def settle(drawing_id: int) -> ResponseReturnValue:
    """Call the use of a drawing proved."""
    queries.get_drawing_for(current_user, drawing_id, rules.RELEASERS)
    form = pages.press(lambda: drawings.settle(drawing_id, current_user.id))
    return pages.drawing_page(DESK, drawing_id, form) if form else redirect(_back(drawing_id))


@bp.route("/dinas/bantuan/pengambilan/<id:drawing_id>/tolak", methods=["GET", "POST"])
@access(roles(rules.RELEASERS))
def refuse(drawing_id: int) -> ResponseReturnValue:
    """Refuse a drawing."""
    queries.get_drawing_for(current_user, drawing_id, rules.RELEASERS)
    act = lambda reason: drawings.refuse(drawing_id, reason, current_user.id)  # noqa: E731
    return pages.reason_page(DESK, _("Refuse the drawing"), _back(drawing_id), act)


@bp.route("/dinas/bantuan/pengambilan/<id:drawing_id>/ulang", methods=["GET", "POST"])
@access(roles(rules.RELEASERS))
def send_back(drawing_id: int) -> ResponseReturnValue:
    """Ask for the receipts of a drawing anew."""
    queries.get_drawing_for(current_user, drawing_id, rules.RELEASERS)
    act = lambda reason: drawings.send_back(drawing_id, reason, current_user.id)  # noqa: E731
    return pages.reason_page(DESK, _("Ask for the receipts anew"), _back(drawing_id), act)
