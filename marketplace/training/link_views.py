"""What an agency sees of a plan by its secret link: it gives a name, agrees or not, comments, proposes. No account."""

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ..groups.labels import BUSINESS_KINDS
from ..shared.i18n import _
from ..shared.policy import PUBLIC, access
from ..shared.problems import form_problems
from . import labels, plans
from .plan_forms import LineForm, VoiceForm
from .plan_models import Answer
from .plans import Speaker

bp = Blueprint("plan_links", __name__, url_prefix="/rencana")


@bp.context_processor
def _context() -> dict[str, object]:
    return {"labels": labels, "kinds": BUSINESS_KINDS, "standing_of": plans.standing_of}


def _hidden(page: str, status: int = 200) -> ResponseReturnValue:
    """Answer with a page that no shared machine keeps, no search machine lists and no other site hears of."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@bp.route("/<token>")
@access(PUBLIC)
def show(token: str) -> ResponseReturnValue:
    """Show a plan to the agency that was asked."""
    link = plans.opened(token)
    return _hidden(render_template("training/linked.html", link=link, plan=link.plan, token=token))


@bp.route("/<token>/usul", methods=["GET", "POST"])
@access(PUBLIC)
def propose(token: str) -> ResponseReturnValue:
    """Take a proposal of the agency."""
    link = plans.opened(token)
    plan_id, agency_id = link.plan_id, link.agency_id
    form = LineForm()
    form.offer()
    if form.validate_on_submit():
        with form_problems(form):
            plans.propose(plan_id, form.content(), Speaker(agency_id, form.name.data))
        if not form.errors:
            return _thanks(token)
    page = render_template("training/linked_form.html", token=token, form=form, title=_("Propose something"), line=None)
    return _hidden(page, 422 if form.is_submitted() else 200)


@bp.route("/<token>/usul/<id:line_id>", methods=["GET", "POST"])
@access(PUBLIC)
def speak(token: str, line_id: int) -> ResponseReturnValue:
    """Take what the agency says of a line."""
    link = plans.opened(token)
    line, agency_id = plans.line_of(link, line_id), link.agency_id
    form = VoiceForm()
    if form.validate_on_submit():
        with form_problems(form):
            plans.speak(line_id, Answer(form.answer.data), form.said.data, Speaker(agency_id, form.name.data))
        if not form.errors:
            return _thanks(token)
    page = render_template("training/linked_form.html", token=token, form=form, title=line.what, line=line)
    return _hidden(page, 422 if form.is_submitted() else 200)


def _thanks(token: str) -> ResponseReturnValue:
    flash(_("Thank you. The social office sees it now."), "good")
    return redirect(url_for("plan_links.show", token=token), 303)
