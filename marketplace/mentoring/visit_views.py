"""Pages on visits: written down with photos, read again, and what was agreed on closed."""

from collections.abc import Iterator
from typing import Any, TypeAlias

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..groups.models import Group
from ..groups.pages import Heading
from ..groups.queries import get_group_for, households_of_group, today
from ..shared import images, lists, policy
from ..shared.exports import Cell, Sheet
from ..shared.formats import day as written_day
from ..shared.i18n import _, _l
from ..shared.paging import paginate
from ..shared.photo_views import open_private
from ..shared.policy import Role, access, roles
from ..shared.problems import answer, form_problems, wants_json
from . import home, labels, queries, visits
from .forms import OutcomeForm, VisitForm
from .models import FollowUp, Visit

Photo: TypeAlias = tuple[str, images.Prepared]
bp = Blueprint("visits", __name__, url_prefix="/dinas/pendampingan")


@bp.context_processor
def _context() -> dict[str, object]:
    return {"labels": labels}


@bp.route("/kunjungan")
@access(roles(queries.OBSERVERS))
def index() -> ResponseReturnValue:
    """List the visits, newest first."""
    statement = queries.list_visits(current_user)
    if lists.wants_file():
        return lists.file_of_people("kunjungan", _sheet(lists.rows_of(statement)), current_user.id)
    return render_template("mentoring/visits.html", page=paginate(statement), file_url=lists.file_url())


def _sheet(rows: list[Visit]) -> Sheet:
    heads = (_l("Date"), _l("Group"), _l("Where"), _l("Families"), _l("Mentor"), _l("Findings"))
    return Sheet(_("Visits"), heads, [_row(visit) for visit in rows])


def _row(visit: Visit) -> tuple[Cell, ...]:
    names = ", ".join(each.household.name for each in visit.families)
    group = visit.group.name if visit.group else ""
    return (visit.visited_on, group, str(labels.KINDS[visit.kind]), names, visit.mentor.name, visit.findings)


@bp.route("/kelompok/<id:group_id>/kunjungan", methods=["GET", "POST"])
@access(roles(Role.MENTOR))
def create(group_id: int) -> ResponseReturnValue:
    """Write a visit down, with a signal."""
    group = get_group_for(current_user, group_id, home.MENTORS)
    form = form_for(group)
    if form.is_submitted() and wants_json() and not request.is_json:
        return _told_by_phone(form, group_id)
    if form.validate_on_submit():
        photos = _looked_through(form, group_id)
        if not form.errors:
            with form_problems(form):
                visit_id = recorded(form, group_id, photos)
        if not form.errors:
            flash(_("The visit is written down."), "good")
            return redirect(url_for("visits.show", visit_id=visit_id))
        group = get_group_for(current_user, group_id, home.MENTORS)
    page = render_template("mentoring/visit_form.html", form=form, group=group)
    return page, 422 if form.is_submitted() else 200


def _looked_through(form: VisitForm, group_id: int) -> list[Photo]:
    """Say at once what is wrong with the words and with the photos: chosen photos are lost with each round."""
    with form_problems(form):
        visits.check(form.content(group_id))
    with form_problems(form):
        return photos_of(form)
    return []


def _told_by_phone(form: VisitForm, group_id: int) -> ResponseReturnValue:
    """Answer the page that keeps visits on a phone until there is a signal: with the visit's id, or what is wrong."""
    if not form.validate():
        return answer(422, "invalid-input", " ".join(_messages(form.errors)))
    return jsonify(id=recorded(form, group_id, photos_of(form))), 201


def _messages(errors: Any) -> Iterator[str]:
    """Yield the sentences of a form's errors, however deep they lie."""
    if isinstance(errors, str):
        yield errors
        return
    for each in errors.values() if isinstance(errors, dict) else errors:
        yield from _messages(each)


def form_for(group: Group) -> VisitForm:
    """Return the form of a visit to a group, or to one of its families."""
    form = VisitForm(data={"visited_on": today()})
    form.offer(households_of_group(group.id, today()))
    return form


def photos_of(form: VisitForm) -> list[Photo]:
    """Return the photos of a form, each with its fingerprint. Raises InvalidInput for one that cannot be read."""
    return [(images.fingerprint(file.stream), images.prepare_for("photos", file.stream)) for file in form.uploads()]


def recorded(form: VisitForm, group_id: int, photos: list[Photo]) -> int:
    """Write down what a form tells, once however often it comes, and return the visit's id."""
    content, actor_id, prints = form.content(group_id), current_user.id, [each for each, _prepared in photos]
    made = visits.known(form.key.data, content, prints, actor_id)
    if made is not None:
        return made
    # Written before the command, for it is slow.
    stored = images.write_all([prepared for _print, prepared in photos], private=True)
    return visits.record(form.key.data, content, list(zip(prints, stored, strict=True)), actor_id)


@bp.route("/kunjungan/<id:visit_id>")
@access(roles(queries.OBSERVERS))
def show(visit_id: int) -> str:
    """Show a visit with its photos and what was agreed on."""
    visit = queries.get_visit_for(current_user, visit_id)
    return render_template(
        "mentoring/visit.html", visit=visit, today=today(), is_mentor=policy.has_role(current_user, home.MENTORS)
    )


@bp.route("/kunjungan/<id:visit_id>/foto/<id:position>")
@access(roles(queries.OBSERVERS))
def photo(visit_id: int, position: int) -> Response:
    """Serve a photo of a visit to who follows the group; nobody else sees it."""
    return open_private(queries.get_photo_for(current_user, visit_id, position).image)


@bp.route("/tindak-lanjut/<id:follow_up_id>", methods=["GET", "POST"])
@access(roles(Role.MENTOR))
def close(follow_up_id: int) -> ResponseReturnValue:
    """Close what was agreed on at a visit, with what came of it."""
    row = queries.get_follow_up_for(current_user, follow_up_id, home.MENTORS)
    if row.done_on is not None and request.method == "GET":
        flash(_("This was done on %(day)s.", day=written_day(row.done_on)), "info")
        return redirect(url_for("visits.show", visit_id=row.visit_id))
    form = OutcomeForm(data={"done_on": today()})
    if form.validate_on_submit():
        with form_problems(form):
            visits.close_follow_up(follow_up_id, form.outcome.data, form.done_on.data, current_user.id)
        if not form.errors:
            flash(_("Saved."), "good")
            return redirect(url_for("visits.show", visit_id=row.visit_id))
        row = queries.get_follow_up_for(current_user, follow_up_id, home.MENTORS)
    page = render_template("groups/form.html", form=form, heading=_heading(row))
    return page, 422 if form.is_submitted() else 200


def _heading(row: FollowUp) -> Heading:
    visit = row.visit
    said = _("Visit of %(day)s", day=written_day(visit.visited_on))
    said = f"{visit.group.name}, {said}" if visit.group else said
    crumbs = ((_("Mentoring"), url_for("mentoring.index")), (said, url_for("visits.show", visit_id=visit.id)))
    lead = _("To be done until %(day)s: %(what)s", day=written_day(row.due_on), what=row.what)
    return Heading(_("What came of it?"), crumbs, _("Done"), lead)
