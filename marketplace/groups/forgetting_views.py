"""Pages on which a family is proposed to be made anonymous, and on which somebody else confirms it."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from ..areas.rules import zone_of
from ..extensions import db
from ..shared import clock, lists
from ..shared.errors import NotFound
from ..shared.exports import Sheet
from ..shared.i18n import _, _l
from ..shared.paging import paginate
from ..shared.policy import Role, access, roles
from ..shared.problems import form_problems
from . import forgetting, queries
from .forgetting_forms import ConfirmForm, DeclineForm, ProposeForm
from .forgetting_models import Forgetting, ForgettingState
from .models import Household

bp = Blueprint("forgetting", __name__, url_prefix="/dinas/keluarga")

PROPOSERS = frozenset({Role.ADMINISTRATOR, Role.VERIFIER, Role.HEAD})
DECIDERS = frozenset({Role.ADMINISTRATOR})


def _visible(wanted: frozenset[Role]) -> Select[Forgetting]:
    covered = queries.visible_households(current_user, wanted).with_only_columns(Household.id)
    found = select(Forgetting).where(Forgetting.household_id.in_(covered))
    return found.options(joinedload(Forgetting.household), joinedload(Forgetting.proposed_by))


@bp.route("/anonim")
@access(roles(PROPOSERS))
def index() -> ResponseReturnValue:
    """List the families that are proposed to be made anonymous, or give the list as Excel."""
    waiting = _visible(PROPOSERS).where(Forgetting.state == ForgettingState.PROPOSED).order_by(Forgetting.id)
    if lists.wants_file():
        heads = (_l("Family"), _l("Proposed by"), _l("Why"))
        rows = [(row.household.name, _proposer(row), _why(row)) for row in lists.rows_of(waiting)]
        return lists.file_of_people("anonim", Sheet(_("To make anonymous"), heads, rows), current_user.id)
    return render_template(
        "groups/forgettings.html",
        page=paginate(waiting),
        proposer=_proposer,
        why=_why,
        file_url=lists.file_url(),
        crumbs=_crumbs(),
    )


def _proposer(row: Forgetting) -> str:
    return row.proposed_by.name if row.proposed_by else _("The system")


def _why(row: Forgetting) -> str:
    return row.reason or _("The time to keep its file is over")


def _crumbs(*more: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return ((_("Families"), url_for("households.index")), *more)


@bp.route("/<id:household_id>/anonim", methods=["GET", "POST"])
@access(roles(PROPOSERS))
def propose(household_id: int) -> ResponseReturnValue:
    """Propose to make a family anonymous; what stands against it is said."""
    household = queries.get_household_for(current_user, household_id, PROPOSERS)
    form = ProposeForm()
    if form.validate_on_submit():
        with form_problems(form):
            forgetting.propose(household_id, form.reason.data, current_user.id)
        if not form.errors:
            flash(_("It is proposed. Another administrator confirms it."), "good")
            return redirect(url_for("households.show", household_id=household_id))
        household = queries.get_household_for(current_user, household_id, PROPOSERS)
    page = render_template(
        "groups/forget_propose.html",
        household=household,
        form=form,
        **_standing(household),
        crumbs=_crumbs((household.name, url_for("households.show", household_id=household.id))),
    )
    return page, 422 if form.is_submitted() else 200


def _standing(household: Household) -> dict[str, object]:
    if household.forgotten_on is not None:
        return {"obstacles": [], "due_on": None, "proposal": None}
    return {
        "obstacles": forgetting.obstacles(household),
        "due_on": forgetting.due_on(household, clock.today(zone_of(household.regency_code))),
        "proposal": forgetting.open_proposal(household.id),
    }


def _get(forgetting_id: int) -> Forgetting:
    row = db.session.scalar(_visible(DECIDERS).where(Forgetting.id == forgetting_id))
    if row is None:
        raise NotFound
    return row


@bp.route("/anonim/<id:forgetting_id>")
@access(roles(DECIDERS))
def show(forgetting_id: int) -> ResponseReturnValue:
    """Show a proposal to who may confirm it."""
    return _page(_get(forgetting_id), ConfirmForm(formdata=None), DeclineForm(formdata=None))


def _page(row: Forgetting, confirm_form: ConfirmForm, decline_form: DeclineForm) -> str:
    return render_template(
        "groups/forget_decide.html",
        row=row,
        household=row.household,
        proposer=_proposer(row),
        why=_why(row),
        confirm_form=confirm_form,
        decline_form=decline_form,
        is_own=row.proposed_by_id == current_user.id,
        is_open=row.state is ForgettingState.PROPOSED,
        **_standing(row.household),
        crumbs=_crumbs((_("To make anonymous"), url_for("forgetting.index"))),
    )


@bp.route("/anonim/<id:forgetting_id>/setujui", methods=["POST"])
@access(roles(DECIDERS))
def confirm(forgetting_id: int) -> ResponseReturnValue:
    """Make a family anonymous."""
    _get(forgetting_id)
    form = ConfirmForm()
    if form.validate_on_submit():
        with form_problems(form):
            forgetting.confirm(forgetting_id, form.names(), current_user.id)
        if not form.errors:
            flash(_("The family is anonymous. Its sums stay, its names and numbers are gone."), "good")
            return redirect(url_for("forgetting.index"))
    return _page(_get(forgetting_id), form, DeclineForm(formdata=None)), 422


@bp.route("/anonim/<id:forgetting_id>/simpan", methods=["POST"])
@access(roles(DECIDERS))
def decline(forgetting_id: int) -> ResponseReturnValue:
    """Keep a family's file."""
    _get(forgetting_id)
    form = DeclineForm()
    if form.validate_on_submit():
        with form_problems(form):
            forgetting.decline(forgetting_id, form.reason.data, current_user.id)
        if not form.errors:
            flash(_("The file is kept. It is proposed again after a year at the earliest."), "good")
            return redirect(url_for("forgetting.index"))
    return _page(_get(forgetting_id), ConfirmForm(formdata=None), form), 422
