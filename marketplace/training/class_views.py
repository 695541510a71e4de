"""The office's pages of a class: who takes part, who came on which day, the list for the wall, certificates."""

from typing import Any

from flask import Blueprint, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas.queries import time_zone
from ..documents import files
from ..groups.labels import REGISTRIES
from ..groups.pages import Heading, form_page
from ..shared import clock, documents, lists
from ..shared.exports import Sheet
from ..shared.i18n import _, _l
from ..shared.paging import paginate
from ..shared.policy import access, may, roles
from ..shared.problems import answer, form_problems, wants_json
from . import attendance, labels, papers, queries, rules, service
from .access import MANAGERS, SEERS
from .forms import AttendanceForm, DayForm, PeopleFilter, PeopleForm, PressForm, form_of_class, with_people
from .models import Attendance, Trainee, TrainingClass, TrainingDay

MOST_AT_ONCE = 50
"""So many people are offered on a page: more than a class has."""

bp = Blueprint("training_classes", __name__, url_prefix="/dinas/pelatihan")


@bp.context_processor
def _context() -> dict[str, object]:
    return {"labels": labels, "registries": REGISTRIES}


def _crumbs(row: TrainingClass, *, with_class: bool = True) -> tuple[tuple[str, str], ...]:
    way = (
        (_("Trainings"), url_for("trainings.index")),
        (row.training.title, url_for("trainings.show", training_id=row.training_id)),
    )
    return (*way, (row.name, _address(row.id))) if with_class else way


def _address(class_id: int) -> str:
    return url_for("training_classes.show", class_id=class_id)


@bp.route("/kelas/<id:class_id>")
@access(roles(SEERS))
def show(class_id: int) -> ResponseReturnValue:
    """Show a class: its days, who takes part and who came."""
    row = queries.get_class_for(current_user, class_id)
    trainees = queries.trainees_of(class_id)
    marks = queries.marks_of(class_id)
    if lists.wants_file():
        sheet = _sheet(row, trainees, marks)
        return lists.file_of_people(f"kelas-{class_id}", sheet, current_user.id)
    return render_template(
        "training/class.html",
        row=row,
        crumbs=_crumbs(row, with_class=False),
        trainees=trainees,
        marks=marks,
        corrected=[mark for mark in marks.values() if mark.corrections],
        names={trainee.id: trainee.person.name for trainee in trainees},
        dates={day.id: day.held_on for day in row.days},
        marked_days={day_id for _trainee, day_id in marks},
        reached=attendance.percents(row.training_id),
        today=clock.today(time_zone(row.training.regency_code)),
        day_form=DayForm(),
        is_open=row.training.state in rules.OPEN,
        is_held=row.training.state in rules.HELD,
        may_plan=may(current_user, MANAGERS, area_code=row.training.regency_code),
        file_url=lists.file_url(),
    )


def _sheet(row: TrainingClass, trainees: list[Trainee], marks: dict[tuple[int, int], Any]) -> Sheet:
    heads = (_l("Name"), _l("Village"), _l("Decile"), _l("WRSE"), *(day.held_on.isoformat() for day in row.days))
    cells = []
    for trainee in trainees:
        came = [marks.get((trainee.id, day.id)) for day in row.days]
        words = [str(labels.MARKS[mark.mark]) if mark else "" for mark in came]
        wrse = _("Yes") if trainee.wrse else ""
        number = trainee.certificate.number if trainee.certificate else ""
        cells.append((trainee.person.name, trainee.village.name, trainee.decile, wrse, *words, number))
    return Sheet(row.name, (*heads, _l("Certificate")), cells)


@bp.route("/kelas/<id:class_id>/ubah", methods=["GET", "POST"])
@access(roles(MANAGERS))
def edit(class_id: int) -> ResponseReturnValue:
    """Change what a class is."""
    row = queries.get_class_for(current_user, class_id, MANAGERS)
    form = form_of_class(row)
    heading = Heading(_("Change the class"), _crumbs(row), _("Save"))
    return form_page(form, lambda: service.change_class(class_id, form.content(), current_user.id), heading)


@bp.route("/kelas/<id:class_id>/hari", methods=["GET", "POST"])
@access(roles(MANAGERS))
def add_day(class_id: int) -> ResponseReturnValue:
    """Add a day to a class."""
    row = queries.get_class_for(current_user, class_id, MANAGERS)
    form = DayForm()
    heading = Heading(_("One more day"), _crumbs(row), _("Save"))
    return form_page(form, lambda: service.add_day(class_id, form.held_on.data, current_user.id), heading)


@bp.route("/hari/<id:day_id>/hapus", methods=["POST"])
@access(roles(MANAGERS))
def drop_day(day_id: int) -> ResponseReturnValue:
    """Take a day out of a class."""
    day = queries.get_day_for(current_user, day_id, MANAGERS)
    class_id, form = day.class_id, PressForm()
    if form.validate_on_submit():
        with form_problems(form):
            service.drop_day(day_id, current_user.id)
    return _back(class_id, form)


def _back(class_id: int, form: Any) -> ResponseReturnValue:
    """Go back to a class, and say on top what was wrong or done."""
    messages = [*form.form_errors, *(message for field in form for message in field.errors)]
    for message in messages:
        flash(message, "bad")
    if not messages:
        flash(_("Saved."), "good")
    return redirect(_address(class_id), 303)


@bp.route("/kelas/<id:class_id>/peserta", methods=["GET", "POST"])
@access(roles(MANAGERS))
def choose(class_id: int) -> ResponseReturnValue:
    """Choose people for a class among those of the registry."""
    row = queries.get_class_for(current_user, class_id, MANAGERS)
    today = clock.today(time_zone(row.training.regency_code))
    narrowed = PeopleFilter()
    narrowed.offer(row.training.regency_code)
    statement = queries.candidates(current_user, row.training, narrowed.wanted(today), today)
    page = paginate(statement, size=MOST_AT_ONCE, scalars=False)
    form = PeopleForm()
    form.offer((person.id, person.name) for person, _household in page.items)
    if form.validate_on_submit():
        with form_problems(form):
            count = service.add_people(class_id, form.person.data or [], current_user.id)
        if not form.errors:
            flash(_("People added: %(count)s", count=count), "good")
            return redirect(_address(class_id), 303)
    shown = render_template("training/choose.html", row=row, crumbs=_crumbs(row), page=page, filter=narrowed, form=form)
    return shown, 422 if form.is_submitted() or narrowed.errors else 200


@bp.route("/peserta/<id:trainee_id>/keluarkan", methods=["POST"])
@access(roles(MANAGERS))
def take_out(trainee_id: int) -> ResponseReturnValue:
    """Take somebody out of a training."""
    trainee = queries.get_trainee_for(current_user, trainee_id, MANAGERS)
    class_id, form = trainee.class_id, PressForm()
    if form.validate_on_submit():
        with form_problems(form):
            service.take_out(trainee_id, current_user.id)
    return _back(class_id, form)


@bp.route("/hari/<id:day_id>/hadir", methods=["GET", "POST"])
@access(roles(MANAGERS))
def mark(day_id: int) -> ResponseReturnValue:
    """Write down who came on a day."""
    day = queries.get_day_for(current_user, day_id, MANAGERS)
    row, trainees = day.of_class, queries.trainees_of(day.class_id)
    known = _marks_on(day)
    form = with_people(trainees, known)
    if form.is_submitted() and wants_json() and not request.is_json:
        return _told_by_phone(day, form, trainees)
    if form.validate_on_submit():
        with form_problems(form):
            count = attendance.mark_day(day_id, form.marks(trainees), current_user.id, form.seen(trainees))
        if not form.errors:
            flash(_("Saved. New or changed: %(count)s", count=count), "good")
            return redirect(_address(row.id), 303)
        day = queries.get_day_for(current_user, day_id, MANAGERS)
        row, trainees, known = day.of_class, queries.trainees_of(day.class_id), _marks_on(day)
        form.see(trainees, known)
    shown = render_template(
        "training/attendance.html",
        day=day,
        row=row,
        crumbs=_crumbs(row),
        trainees=trainees,
        known=known,
        form=form,
        obstacle=_obstacle(day),
    )
    return shown, 422 if form.is_submitted() else 200


def _told_by_phone(day: TrainingDay, form: AttendanceForm, trainees: list[Trainee]) -> ResponseReturnValue:
    """Answer the page that keeps days on a phone until there is a signal: with how many are new, or what is wrong."""
    if not form.validate():
        return answer(422, "invalid-input", _("The list could not be read. Open the day again and save it once more."))
    count = attendance.mark_day(day.id, form.marks(trainees), current_user.id, form.seen(trainees))
    return jsonify(count=count), 201


def _marks_on(day: TrainingDay) -> dict[int, Attendance]:
    return {key: found for (key, on), found in queries.marks_of(day.class_id).items() if on == day.id}


def _obstacle(day: TrainingDay) -> str:
    """Return why nothing can be written down of a day; empty where it can."""
    training = day.of_class.training
    if training.state not in rules.HELD:
        return _("Start the training first: then it can be written down who came.")
    is_ahead = day.held_on > clock.today(time_zone(training.regency_code))
    return _("This day is still to come.") if is_ahead else ""


@bp.route("/kelas/<id:class_id>/daftar-hadir.pdf")
@access(roles(SEERS))
def paper(class_id: int) -> ResponseReturnValue:
    """Return the list on which people sign that they came."""
    row = queries.get_class_for(current_user, class_id)
    content = papers.attendance_list(row, queries.trainees_of(class_id), current_user.id)
    drawn = documents.draw("training_attendance", content, _link(_address(class_id)), clock.now())
    return files.as_pdf(drawn, f"daftar-hadir-{class_id}.pdf")


@bp.route("/kelas/<id:class_id>/sertifikat.pdf")
@access(roles(SEERS))
def certificates(class_id: int) -> ResponseReturnValue:
    """Return the certificates of a class, one on each page. Raises NotFound where there are none."""
    row = queries.get_class_for(current_user, class_id)
    given = [trainee.certificate for trainee in queries.trainees_of(class_id) if trainee.certificate]
    content = papers.certificates(given)
    drawn = documents.draw("certificate", content, _link(_address(row.id)), given[-1].issued_at)
    return files.as_pdf(drawn, f"sertifikat-kelas-{class_id}.pdf")


@bp.route("/sertifikat/<id:certificate_id>.pdf")
@access(roles(SEERS))
def certificate(certificate_id: int) -> ResponseReturnValue:
    """Return a certificate: what was frozen with its number."""
    row = queries.get_certificate_for(current_user, certificate_id)
    drawn = documents.draw(
        "certificate", papers.certificates([row]), _link(_address(row.trainee.class_id)), row.issued_at
    )
    return files.as_pdf(drawn, f"{row.number.replace('/', '-')}.pdf")


def _link(path: str) -> str:
    return f"{current_app.extensions['config'].base_url}{path}"
