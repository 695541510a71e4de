"""A family's right to know: its file on screen and as PDF for an officer who gives a reason, and its own page."""

from flask import Blueprint, Response, current_app, make_response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import BooleanField, HiddenField

from ..documents.files import as_pdf
from ..graduation.cases import mentors_of
from ..groups import queries as groups
from ..groups.access_log import looks_at
from ..groups.models import Household
from ..groups.privacy import record_file
from ..shared import clock, documents
from ..shared.errors import NotFound
from ..shared.fields import BaseForm, Required, TextField
from ..shared.i18n import _, _l
from ..shared.policy import Role, access, households_of, roles
from ..shared.problems import form_problems
from . import personal_file

bp = Blueprint("personal", __name__)

KEEPERS = frozenset({Role.ADMINISTRATOR, Role.VERIFIER})
OWN = frozenset({Role.SELLER})
LOOKS = 50
"""So many of the latest looks stand on a family's own page; the office prints all."""
PRINT = "print"


class FileForm(BaseForm):
    """Why the file is taken out, and whether its numbers are told in full."""

    reason = TextField(
        _l("Why?"), [Required()], max_length=300, description=_l("Such as: the family asks for it. It is kept.")
    )
    in_full = BooleanField(_l("With full NIK, KK and bank account"))
    then = HiddenField()


def _family(household_id: int) -> Household:
    return groups.get_family_for(current_user, household_id, KEEPERS)


def _crumbs(household: Household) -> tuple[tuple[str, str], ...]:
    return (
        (_("Families"), url_for("households.index")),
        (household.name, url_for("households.show", household_id=household.id)),
    )


@bp.route("/dinas/keluarga/<id:household_id>/data-pribadi", methods=["GET", "POST"])
@access(roles(KEEPERS))
def show(household_id: int) -> ResponseReturnValue:
    """Ask why; then show all that is kept of a family, or give it as PDF."""
    household, form = _family(household_id), FileForm()
    if form.validate_on_submit():
        printed, in_full = form.then.data == PRINT, bool(form.in_full.data)
        answer = _taken_out(household, in_full=in_full, printed=printed)
        with form_problems(form):
            record_file(household_id, form.reason.data, current_user.id, printed=printed, in_full=in_full)
        if not form.errors:
            return answer
        household = _family(household_id)
    page = render_template("reports/personal_ask.html", household=household, form=form, crumbs=_crumbs(household))
    return page, 422 if form.is_submitted() else 200


def _taken_out(household: Household, *, in_full: bool, printed: bool) -> Response:
    """Gather the file before it is written down that it was taken out: drawing takes a while."""
    parts = personal_file.gather(household, in_full=in_full)
    if printed:
        content = personal_file.paper(household, parts, current_user.id)
        link: str = current_app.extensions["config"].base_url
        answer = as_pdf(documents.draw("personal_file", content, link, clock.now()), f"data-{household.id}.pdf")
    else:
        page = render_template(
            "reports/personal_file.html", household=household, parts=parts, crumbs=_crumbs(household)
        )
        answer = make_response(page)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.route("/penjual/data-saya")
@access(roles(OWN))
def own() -> str:
    """Tell a family what is kept of it, who looked, and whom it asks to correct it."""
    found = [_own(household_id) for household_id in households_of(current_user, OWN)]
    if not found:
        raise NotFound
    return render_template("reports/personal_own.html", families=found)


def _own(household_id: int) -> dict[str, object]:
    household = groups.get_family_for(current_user, household_id, OWN)
    parts = personal_file.gather(household, in_full=False)
    told = {"looks": looks_at(household_id, LOOKS), "mentors": mentors_of(household_id)}
    return {"household": household, "parts": parts[:-1], **told}
