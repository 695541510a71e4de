"""The criteria of an area by version: shown to all who follow families, made anew by the administrator."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas.queries import get_area
from ..areas.rules import zone_of
from ..ledger.scope import working_area
from ..shared import clock, lists
from ..shared.exports import Cell, Sheet
from ..shared.i18n import _, _l
from ..shared.paging import paginate
from ..shared.policy import Role, access, may, roles
from ..shared.problems import form_problems
from . import case_labels, criteria, facts
from .case_models import CriteriaSet, Criterion
from .case_rules import SEERS
from .criteria_forms import set_form

bp = Blueprint("criteria", __name__)
KEEPERS = frozenset({Role.ADMINISTRATOR})
READERS = SEERS - {Role.MENTOR}


@bp.context_processor
def _context() -> dict[str, object]:
    return {"labels": case_labels}


@bp.route("/dinas/graduasi/kriteria")
@access(roles(READERS, of_province=True))
def index() -> ResponseReturnValue:
    """List the versions that hold or held in the officer's area."""
    code = working_area(current_user, READERS)
    statement = criteria.sets_of(code)
    if lists.wants_file():
        return lists.file("kriteria-graduasi", _sheet(lists.rows_of(statement)))
    return render_template(
        "graduation/criteria.html",
        area=get_area(code),
        page=paginate(statement),
        file_url=lists.file_url(),
        holding=facts.set_in_force(code, clock.today(zone_of(code))),
        may_make=may(current_user, KEEPERS, area_code=code),
    )


def _sheet(found: list[CriteriaSet]) -> Sheet:
    heads = (
        _l("Version"),
        _l("Area"),
        _l("Holds from"),
        _l("Source"),
        _l("Criterion"),
        _l("Asked for"),
        _l("What for"),
    )
    return Sheet(_("Criteria of graduation"), heads, [_row(each, one) for each in found for one in each.criteria])


def _row(version: CriteriaSet, one: Criterion) -> tuple[Cell, ...]:
    return (
        *(str(version.version), version.area_code, version.effective_from, version.source),
        *(str(case_labels.CRITERIA[one.key]), case_labels.wanted(one.key, one.parameters)),
        case_labels.part_of(one.key, one.is_required),
    )


@bp.route("/dinas/graduasi/kriteria/baru", methods=["GET", "POST"])
@access(roles(KEEPERS, of_province=True))
def make() -> ResponseReturnValue:
    """Make the next version, starting from the one that holds now."""
    code = working_area(current_user, KEEPERS)
    found = facts.set_in_force(code, clock.today(zone_of(code)))
    form = set_form({each.key: each for each in found.criteria} if found else {})
    if form.validate_on_submit():
        with form_problems(form):
            criteria.make_set(form.new_set(code), current_user.id, current_user)
        if not form.errors:
            flash(
                _("The new version is written down. Assessments made before keep the one they were made with."), "good"
            )
            return redirect(url_for("criteria.index"))
    shown = render_template("graduation/criteria_new.html", area=get_area(code), form=form)
    return shown, (422 if form.is_submitted() else 200)
