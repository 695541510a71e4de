"""The office's pages of the plans that agencies share."""

from urllib.parse import quote

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas.models import Agency
from ..areas.queries import time_zone
from ..extensions import db
from ..groups.labels import BUSINESS_KINDS
from ..groups.pages import Heading, form_page
from ..ledger.scope import working_area
from ..shared import clock, lists
from ..shared.exports import Cell, Sheet
from ..shared.i18n import _, _l
from ..shared.paging import paginate
from ..shared.policy import access, may, roles
from ..shared.problems import form_problems
from . import labels, plans
from .access import MANAGERS, SEERS
from .forms import PressForm
from .plan_forms import AgencyLineForm, AgencyVoiceForm, MakeForm, NewLinkForm, PlanForm
from .plan_models import AgencyPlan, Answer, LineKind, PlanLine
from .plans import Speaker
from .rules import Standing

bp = Blueprint("plans", __name__, url_prefix="/dinas/rencana")


@bp.context_processor
def _context() -> dict[str, object]:
    return {"labels": labels, "kinds": BUSINESS_KINDS, "standing_of": plans.standing_of}


def _way() -> tuple[str, str]:
    return (_("Plans with agencies"), url_for("plans.index"))


def _crumbs(plan: AgencyPlan) -> tuple[tuple[str, str], ...]:
    return (_way(), (plan.title, url_for("plans.show", plan_id=plan.id)))


@bp.route("")
@access(roles(SEERS))
def index() -> ResponseReturnValue:
    """List the plans of the regency."""
    area_code = working_area(current_user, SEERS)
    statement = plans.plans_in(area_code)
    if lists.wants_file():
        heads = [_("Plan"), _("Year"), _("Proposals")]
        rows = ([row.title, str(row.year), len(row.lines)] for row in lists.rows_of(statement))
        return lists.file("rencana", Sheet(_("Plans with agencies"), heads, rows))
    return render_template(
        "training/plans.html",
        page=paginate(statement),
        may_plan=may(current_user, MANAGERS, area_code=area_code),
        file_url=lists.file_url(),
    )


@bp.route("/baru", methods=["GET", "POST"])
@access(roles(MANAGERS))
def add() -> ResponseReturnValue:
    """Begin a plan."""
    area_code = working_area(current_user, MANAGERS)
    form = PlanForm(data={"year": clock.today(time_zone(area_code)).year})
    heading = Heading(_("New plan"), (_way(),), _("Save"))
    return form_page(
        form,
        lambda: plans.add_plan(area_code, form.year.data, form.title.data, current_user.id).id,
        heading,
        lambda key: url_for("plans.show", plan_id=key),
    )


@bp.route("/<id:plan_id>")
@access(roles(SEERS))
def show(plan_id: int) -> ResponseReturnValue:
    """Show a plan: what is proposed, who agreed, who was asked."""
    plan = plans.get_plan_for(current_user, plan_id)
    if lists.wants_file():
        return lists.file(f"rencana-{plan_id}", _sheet(plan))
    now = clock.now()
    return render_template(
        "training/plan.html",
        plan=plan,
        crumbs=(_way(),),
        links=[link for link in plan.links if link.revoked_at is None and link.expires_at > now],
        press=PressForm(),
        agreed=Standing.AGREED,
        training=LineKind.TRAINING,
        may_plan=may(current_user, MANAGERS, area_code=plan.area_code),
        file_url=lists.file_url(),
    )


def _sheet(plan: AgencyPlan) -> Sheet:
    heads = (
        _l("What"),
        _l("Kind"),
        _l("Business"),
        _l("Commodity"),
        _l("Participants"),
        _l("Proposed by"),
        _l("State"),
    )
    return Sheet(plan.title, (*heads, _l("What was said")), [_row(line) for line in plan.lines])


def _row(line: PlanLine) -> tuple[Cell, ...]:
    said = "; ".join(
        f"{voice.agency.name} ({voice.name}): {labels.ANSWERS[voice.answer]} {voice.said}".strip()
        for voice in line.voices
    )
    words = (str(labels.LINE_KINDS[line.kind]), str(BUSINESS_KINDS[line.business_kind]))
    commodity = line.commodity.name if line.commodity else ""
    state = str(labels.STANDINGS[plans.standing_of(line)][0])
    return (line.what, *words, commodity, line.people or None, f"{line.agency.name} ({line.proposed_by})", state, said)


@bp.route("/<id:plan_id>/usul", methods=["GET", "POST"])
@access(roles(MANAGERS))
def propose(plan_id: int) -> ResponseReturnValue:
    """Write down what an agency proposes."""
    plan = plans.get_plan_for(current_user, plan_id, MANAGERS)
    form = AgencyLineForm()
    form.offer()
    form.offer_agencies(plan.area_code)
    heading = Heading(_("Write down a proposal"), _crumbs(plan), _("Save"))
    return form_page(form, lambda: _propose(plan_id, form), heading)


def _propose(plan_id: int, form: AgencyLineForm) -> None:
    plans.propose(plan_id, form.content(), Speaker(int(form.agency_id.data), form.name.data, current_user.id))


@bp.route("/usul/<id:line_id>", methods=["GET", "POST"])
@access(roles(MANAGERS))
def speak(line_id: int) -> ResponseReturnValue:
    """Write down what an agency says of a line: at a meeting, on the phone."""
    line = plans.get_line_for(current_user, line_id, MANAGERS)
    form = AgencyVoiceForm()
    form.offer_agencies(line.plan.area_code)
    heading = Heading(_("What an agency says: %(what)s", what=line.what), _crumbs(line.plan), _("Save"))
    return form_page(form, lambda: _speak(line_id, form), heading)


def _speak(line_id: int, form: AgencyVoiceForm) -> None:
    speaker = Speaker(int(form.agency_id.data), form.name.data, current_user.id)
    plans.speak(line_id, Answer(form.answer.data), form.said.data, speaker)


@bp.route("/usul/<id:line_id>/jadikan", methods=["GET", "POST"])
@access(roles(MANAGERS))
def make(line_id: int) -> ResponseReturnValue:
    """Make a training of an agreed line; where it does not fit, a reason is asked for."""
    line = plans.get_line_for(current_user, line_id, MANAGERS)
    form = MakeForm()
    heading = Heading(_("Make a training of it: %(what)s", what=line.what), _crumbs(line.plan), _("Plan this training"))
    return form_page(
        form,
        lambda: plans.make_training(line_id, form.misfit_reason.data.strip(), current_user.id).id,
        heading,
        lambda key: url_for("trainings.show", training_id=key),
    )


@bp.route("/<id:plan_id>/tautan", methods=["GET", "POST"])
@access(roles(MANAGERS))
def invite(plan_id: int) -> ResponseReturnValue:
    """Make a secret link for an agency, and show it once with the text to send."""
    plan = plans.get_plan_for(current_user, plan_id, MANAGERS)
    form, token = NewLinkForm(), ""
    form.offer_agencies(plan.area_code)
    if form.validate_on_submit():
        with form_problems(form):
            token = plans.make_link(plan_id, int(form.agency_id.data), current_user.id)
        if not form.errors:
            return _shown_once(plan_id, int(form.agency_id.data), token)
    page = render_template("training/invite.html", plan=plan, crumbs=_crumbs(plan), form=form)
    return page, 422 if form.is_submitted() else 200


def _shown_once(plan_id: int, agency_id: int, token: str) -> ResponseReturnValue:
    plan, agency = plans.get_plan_for(current_user, plan_id, MANAGERS), db.session.get_one(Agency, agency_id)
    address = f"{current_app.extensions['config'].base_url}{url_for('plan_links.show', token=token)}"
    text = _("Please look at our plan “%(title)s”, say what you think and propose more:", title=plan.title)
    to = (agency.phone or "").removeprefix("+")
    answer = render_template(
        "training/invited.html",
        plan=plan,
        crumbs=_crumbs(plan),
        agency=agency,
        address=address,
        whatsapp=f"https://wa.me/{to}?text={quote(f'{text} {address}')}",
    )
    return answer, 200, {"Cache-Control": "no-store"}


@bp.route("/tautan/<id:link_id>/cabut", methods=["POST"])
@access(roles(MANAGERS))
def revoke(link_id: int) -> ResponseReturnValue:
    """Let a link be worth nothing any more."""
    plan_id = plans.get_link_for(current_user, link_id).plan_id
    if PressForm().validate_on_submit():
        plans.revoke_link(link_id, current_user.id)
        flash(_("This link opens nothing any more."), "good")
    return redirect(url_for("plans.show", plan_id=plan_id), 303)
