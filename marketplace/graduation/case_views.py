"""The case of a family: what is missing for its next step, the step itself, and what shows that it was right."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas.rules import zone_of
from ..documents import files as paper_files
from ..groups.models import Household
from ..groups.privacy import Page, record_view
from ..groups.queries import get_household_for
from ..shared import clock, documents, policy
from ..shared.errors import Forbidden, NotFound
from ..shared.i18n import _
from ..shared.policy import Role, access, roles
from ..shared.problems import form_problems
from . import (
    assessments,
    case_files,
    case_job,
    case_labels,
    case_queries,
    cases,
    facts,
    following,
    minutes_paper,
    timeline,
)
from .case_forms import FORMS, AnswersForm, AssignForm, CaseStepForm, FileForm, VisitForm, WordsForm
from .case_models import ENDED, Case
from .case_rules import (
    ASSESSED_IN,
    ASSESSORS,
    BEGINNERS,
    ON_ITS_WAY,
    ROLES,
    SEERS,
    SYSTEM,
    WATCHED,
    Action,
    Condition,
    possible,
    still_open,
)
from .criteria_rules import OBSERVED, CriterionKey, Outcome, blocking

bp = Blueprint("cases", __name__)
TAKERS = frozenset().union(*ROLES.values())
VISITORS = frozenset({Role.MENTOR, Role.VERIFIER})
CALMERS = frozenset({Role.VERIFIER, Role.HEAD})
WARNERS = frozenset({Role.MENTOR, Role.VERIFIER})


@bp.context_processor
def _context() -> dict[str, object]:
    return {"labels": case_labels, "CriterionKey": CriterionKey, "Outcome": Outcome, "as_day": dt.date.fromisoformat}


def _family(household_id: int, wanted: Iterable[Role] = SEERS) -> Household:
    return get_household_for(current_user, household_id, wanted)


def _covers(household_id: int, wanted: tuple[Role, ...]) -> bool:
    try:
        get_household_for(current_user, household_id, wanted)
    except NotFound:
        return False
    return True


class _Steps:
    """The steps that the reader could take, each with its form and what is still missing for it."""

    def __init__(self, case: Case, household: Household, sent: tuple[str, Any] | None) -> None:
        own = _own_roles(household)
        facts_known = cases.known(case, current_user.id)
        self.rows: list[tuple[Action, CaseStepForm, list[Condition]]] = []
        for action in possible(case.state):
            if ROLES[action] & own:
                form = sent[1] if sent and sent[0] == action else _step_form(action, case, fresh=True)
                self.rows.append((action, form, still_open(action, facts_known)))
        self.own = own


def _own_roles(household: Household) -> frozenset[Role]:
    """Return those of the officer's roles that cover a family."""
    held = [role for role in sorted(SEERS) if policy.has_role(current_user, {role})]
    return frozenset(role for role in held if _covers(household.id, (role,)))


def _step_form(action: Action, case: Case, *, fresh: bool = False) -> CaseStepForm:
    kind = FORMS.get(action, CaseStepForm)
    form = kind(formdata=None) if fresh else kind()
    if isinstance(form, AssignForm):
        form.offer(cases.mentors_of(case.household_id))
    return form


@bp.route("/dinas/graduasi/<id:household_id>/kasus")
@access(roles(SEERS))
def show(household_id: int) -> ResponseReturnValue:
    """Show a family's case: where it stands, what is missing, who has the next step."""
    return _noted(_page(_family(household_id)), household_id, Page.CASE)


def _noted(answer: ResponseReturnValue, household_id: int, page: Page = Page.PAPERS) -> ResponseReturnValue:
    """Write down that the reader saw an answer, once it is made."""
    record_view(household_id, current_user.id, page)
    return answer


def _page(household: Household, **sent: Any) -> str:
    """Draw the page; `sent` holds the form that was not understood, by its name."""
    all_cases = case_queries.cases_of(household.id)
    case = all_cases[0] if all_cases else None
    ids = [each.id for each in all_cases]
    rows = case_queries.assessments_of(ids)
    files = case_files.files_of(ids)
    own = _own_roles(household)
    is_going = case is not None and case.state not in ENDED
    return render_template(
        "graduation/case.html",
        household=household,
        case=case,
        earlier=all_cases[1:],
        steps=_Steps(case, household, sent.get("step")) if case else None,
        **_held_against(case, household),
        counting=assessments.that_counts(case) if case else None,
        assessments=rows,
        changes={change.assessment_id: change for change in assessments.changes_of([row.id for row in rows])},
        files=files,
        removable=case_files.removable(files, current_user.id),
        minutes=case_queries.minutes_of(ids),
        events=case_queries.events_of(case.id) if case else [],
        visits=case_queries.visits_of(case.id) if case else [],
        today=clock.today(zone_of(household.regency_code)),
        file_form=sent.get("file") or FileForm(formdata=None),
        visit_form=_visit_form(case, sent.get("visit")),
        sent_months=sent.get("months"),
        shock_form=sent.get("shock") or WordsForm(formdata=None, prefix="shock-"),
        calm_form=sent.get("calm") or WordsForm(formdata=None, prefix="calm-"),
        may_begin=not is_going and bool(BEGINNERS & own),
        may_assess=case is not None and case.state in ASSESSED_IN and bool(ASSESSORS & own),
        may_add=is_going,
        may_link=case is not None and bool(VISITORS & own),
        may_warn=case is not None and case.state in WATCHED and bool(WARNERS & own),
        may_calm=case is not None and case.warning is not None and case.state in WATCHED and bool(CALMERS & own),
        details_of=timeline.details,
    )


def _held_against(case: Case | None, household: Household) -> dict[str, Any]:
    """Return the criteria a family stands by and how, and the assessment they were frozen with if it was proposed."""
    row = assessments.proposed(case.id) if case and case.state in ON_ITS_WAY else None
    if row is None:
        known = case_queries.standings_of(case.id) if case else []
        return {"criteria": _criteria(household), "proposed": None, "standings": known}
    # Reckoned now, as the decision will be: what the job kept last may be hours old.
    rules, results = assessments.on_day(row, household, clock.today(zone_of(household.regency_code)))
    stuck = set(blocking(rules, results))
    standings = [{**vars(result), "is_blocking": result.key in stuck} for result in results]
    return {"criteria": {rule.key: rule for rule in rules}, "proposed": row, "standings": standings}


def _criteria(household: Household) -> dict[CriterionKey, Any]:
    found = facts.set_in_force(household.regency_code, clock.today(zone_of(household.regency_code)))
    return {each.key: each for each in found.criteria} if found else {}


def _visit_form(case: Case | None, sent: VisitForm | None) -> VisitForm | None:
    if case is None or case.effective_on is None:
        return None
    form = sent or VisitForm(formdata=None)
    if sent is None:
        form.offer(following.visits_to_link(case))
    return form


def _back(household_id: int, said: str, anchor: str | None = None) -> ResponseReturnValue:
    flash(said, "good")
    return redirect(url_for("cases.show", household_id=household_id, _anchor=anchor))


@bp.route("/dinas/graduasi/<id:household_id>/kasus/mulai", methods=["POST"])
@access(roles(BEGINNERS))
def begin(household_id: int) -> ResponseReturnValue:
    """Begin the case of a family."""
    _family(household_id, BEGINNERS)
    cases.begin(household_id, current_user.id)
    case_job.refresh_case(case_queries.needed_case(household_id).id)
    return _back(household_id, _("The case has begun. Its mentor now takes down how the family stands."))


@bp.route("/dinas/graduasi/<id:household_id>/langkah/<step>", methods=["POST"])
@access(roles(TAKERS))
def take_step(household_id: int, step: str) -> ResponseReturnValue:
    """Take a step with the case of a family."""
    action = _action(step)
    household = _family_for(action, household_id)
    case = case_queries.needed_case(household_id)
    form = _step_form(action, case)
    if form.validate_on_submit():
        with form_problems(form):
            cases.take(case.id, action, form.details(), current_user.id)
        if not form.errors:
            return _back(household_id, _("Written down."))
        household = _family_for(action, household_id)
    return _page(household, step=(action, form)), 422


def _family_for(action: Action, household_id: int) -> Household:
    """Return a family for a step. Raises Forbidden for who follows it, but has not the role for this step."""
    household = _family(household_id)
    if not ROLES[action] & _own_roles(household):
        raise Forbidden
    return household


def _action(step: str) -> Action:
    try:
        action = Action(step)
    except ValueError:
        raise NotFound from None
    if action in SYSTEM:
        raise NotFound
    return action


@bp.route("/dinas/graduasi/<id:household_id>/penilaian/baru", methods=["GET", "POST"])
@access(roles(ASSESSORS))
def assess(household_id: int) -> ResponseReturnValue:
    """Ask what only somebody who was there can say, and hold the family against the criteria."""
    household = _family(household_id, ASSESSORS)
    case = case_queries.needed_case(household_id)
    form = AnswersForm()
    form.ask_only(OBSERVED & _criteria(household).keys())
    if form.validate_on_submit():
        with form_problems(form):
            row = assessments.assess(case.id, form.answers(), form.note.data, current_user.id)
            case_job.refresh_case(case.id)
        if not form.errors:
            flash(_("Kept as it is today."), "good")
            return redirect(url_for("cases.assessment", household_id=household_id, assessment_id=row.id))
        household = _family(household_id, ASSESSORS)
    shown = render_template("graduation/assess.html", household=household, form=form, criteria=_criteria(household))
    return shown, (422 if form.is_submitted() else 200)


@bp.route("/dinas/graduasi/<id:household_id>/penilaian/<id:assessment_id>")
@access(roles(SEERS))
def assessment(household_id: int, assessment_id: int) -> ResponseReturnValue:
    """Show an assessment as it was frozen, and what was noticed since."""
    household = _family(household_id)
    row = case_queries.get_assessment(assessment_id, [case.id for case in case_queries.cases_of(household_id)])
    page = render_template(
        "graduation/assessment.html",
        household=household,
        row=row,
        rules=assessments.read_rules(row.frozen),
        results={key: (Outcome(outcome), measure) for key, outcome, measure in row.frozen["results"]},
        changes=assessments.changes_of([row.id]),
    )
    return _noted(page, household_id)


@bp.route("/dinas/graduasi/<id:household_id>/berkas", methods=["POST"])
@access(roles(SEERS))
def add_file(household_id: int) -> ResponseReturnValue:
    """Keep a photo or a PDF that shows something."""
    household = _family(household_id)
    case = case_queries.needed_case(household_id)
    form = FileForm()
    if form.validate_on_submit():
        with form_problems(form):
            sent = case_files.store(form.stream())
            case_files.add(case.id, sent, *form.chosen(), current_user.id)
        if not form.errors:
            return _back(household_id, _("The file is kept. It counts with the next step."), "berkas")
        household = _family(household_id)
    return _page(household, file=form), 422


@bp.route("/dinas/graduasi/<id:household_id>/berkas/<id:evidence_id>/keluarkan", methods=["POST"])
@access(roles(SEERS))
def remove_file(household_id: int, evidence_id: int) -> ResponseReturnValue:
    """Take out a file that was filed by mistake."""
    _family(household_id)
    ids = [case.id for case in case_queries.cases_of(household_id)]
    case_files.remove(evidence_id, ids, current_user.id)
    return _back(household_id, _("The file is taken out."), "berkas")


@bp.route("/dinas/graduasi/<id:household_id>/berkas/<id:evidence_id>")
@access(roles(SEERS))
def file(household_id: int, evidence_id: int) -> ResponseReturnValue:
    """Open a file of a family's cases."""
    _family(household_id)
    return _noted(
        case_files.opened(evidence_id, [case.id for case in case_queries.cases_of(household_id)]), household_id
    )


@bp.route("/dinas/graduasi/<id:household_id>/kunjungan/<id:months>", methods=["POST"])
@access(roles(VISITORS))
def link_visit(household_id: int, months: int) -> ResponseReturnValue:
    """Let a visit stand for the one that was due after graduation."""
    household = _family(household_id, VISITORS)
    case = case_queries.needed_case(household_id)
    if case.effective_on is None:
        raise NotFound
    form = VisitForm()
    form.offer(following.visits_to_link(case))
    if form.validate_on_submit():
        with form_problems(form):
            following.link_visit(case.id, months, form.visit_id.data, current_user.id)
        if not form.errors:
            return _back(household_id, _("The visit is written down."), "kunjungan")
        household = _family(household_id, VISITORS)
    return _page(household, visit=form, months=months), 422


@bp.route("/dinas/graduasi/<id:household_id>/guncangan", methods=["POST"])
@access(roles(WARNERS))
def tell_shock(household_id: int) -> ResponseReturnValue:
    """Write down that something struck a family that had graduated."""
    household = _family(household_id, WARNERS)
    case = case_queries.needed_case(household_id)
    form = WordsForm(prefix="shock-")
    if form.validate_on_submit():
        with form_problems(form):
            following.tell_shock(case.id, form.note.data, current_user.id)
        if not form.errors:
            return _back(household_id, _("Written down. An officer looks whether the family needs aid again."))
        household = _family(household_id, WARNERS)
    return _page(household, shock=form), 422


@bp.route("/dinas/graduasi/<id:household_id>/tenang", methods=["POST"])
@access(roles(CALMERS))
def calm(household_id: int) -> ResponseReturnValue:
    """Say that a warning was no relapse, and why."""
    household = _family(household_id, CALMERS)
    case = case_queries.needed_case(household_id)
    form = WordsForm(prefix="calm-")
    if form.validate_on_submit():
        with form_problems(form):
            following.calm(case.id, form.note.data, current_user.id)
        if not form.errors:
            return _back(household_id, _("Written down: no relapse."))
        household = _family(household_id, CALMERS)
    return _page(household, calm=form), 422


@bp.route("/dinas/graduasi/<id:household_id>/berita-acara/<id:minutes_id>")
@access(roles(SEERS))
def minutes(household_id: int, minutes_id: int) -> ResponseReturnValue:
    """Draw the minutes of a village meeting."""
    household = _family(household_id)
    ids = [case.id for case in case_queries.cases_of(household_id)]
    row = next((each for each in case_queries.minutes_of(ids) if each.id == minutes_id), None)
    if row is None:
        raise NotFound
    content = minutes_paper.minutes(row, household)
    return _drawn("village_minutes", content, household_id, f"berita-acara-musyawarah-{row.id}.pdf")


@bp.route("/dinas/graduasi/<id:household_id>/pernyataan")
@access(roles(SEERS))
def statement(household_id: int) -> ResponseReturnValue:
    """Draw the statement that a family signs before it is proposed."""
    household = _family(household_id)
    case = case_queries.needed_case(household_id)
    mentor = case.mentor.name if case.mentor else ""
    content = minutes_paper.statement(case, household, mentor)
    return _drawn("family_statement", content, household_id, f"pernyataan-{case.id}.pdf")


def _drawn(template: str, content: Any, household_id: int, name: str) -> ResponseReturnValue:
    link = f"{current_app.extensions['config'].base_url}{url_for('cases.show', household_id=household_id)}"
    return _noted(paper_files.as_pdf(documents.draw(template, content, link, clock.now()), name), household_id)
