"""The office's pages of trainings: planned, held, what they came to, and those that do not fit."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas.queries import time_zone
from ..groups.labels import BUSINESS_KINDS
from ..groups.pages import Heading, form_page
from ..ledger.scope import working_area
from ..shared import clock, lists, once
from ..shared.errors import NotFound
from ..shared.exports import Cell, Sheet, download
from ..shared.i18n import _, _l
from ..shared.paging import paginate
from ..shared.policy import access, may, roles
from ..shared.problems import form_problems
from . import attendance, labels, queries, rules, service, totals
from .access import MANAGERS, SEERS
from .forms import NewClassForm, PressForm, StepForm, TrainingFilter, TrainingForm, title_of_year
from .models import Training
from .rules import Step

bp = Blueprint("trainings", __name__)


@bp.context_processor
def _context() -> dict[str, object]:
    return {"labels": labels, "kinds": BUSINESS_KINDS}


def _way() -> tuple[str, str]:
    return (_("Trainings"), url_for("trainings.index"))


def _crumbs(training: Training) -> tuple[tuple[str, str], ...]:
    return (_way(), (training.title, url_for("trainings.show", training_id=training.id)))


@bp.route("/dinas/pelatihan")
@access(roles(SEERS))
def index() -> ResponseReturnValue:
    """List the trainings of the regency."""
    area_code = working_area(current_user, SEERS)
    form = TrainingFilter()
    statement = queries.trainings_in(area_code, form.asked())
    if lists.wants_file() and not form.errors:
        return lists.file("pelatihan", _sheet(_("Trainings"), lists.rows_of(statement, scalars=False)))
    shown = render_template(
        "training/index.html",
        page=paginate(statement, scalars=False),
        form=form,
        may_plan=may(current_user, MANAGERS, area_code=area_code),
        file_url=lists.file_url(),
    )
    return shown, 422 if form.errors else 200


def _sheet(name: str, rows: list[Any]) -> Sheet:
    heads = (_l("Training"), _l("Kind"), _l("Business"), _l("Commodity"), _l("Agency that trains"), _l("First day"))
    more = (_l("Classes"), _l("Participants"), _l("State"), _l("Paid by"), _l("Reason"))
    return Sheet(name, (*heads, *more), [_row(*row) for row in rows])


def _row(training: Training, people: int, classes: int, first: Any) -> tuple[Cell, ...]:
    words = (str(labels.KINDS[training.kind]), str(BUSINESS_KINDS[training.business_kind]))
    commodity = training.commodity.name if training.commodity else ""
    state = str(labels.STATES[training.state][0])
    numbers = (first, classes, people)
    return (
        *(training.title, *words, commodity, training.agency.name, *numbers),
        *(state, training.funding, training.misfit_reason),
    )


@bp.route("/dinas/pelatihan/tak-sesuai")
@access(roles(SEERS))
def misfits() -> ResponseReturnValue:
    """List the trainings whose commodity does not fit where people live, with the reasons; and those about none."""
    area_code = working_area(current_user, SEERS)
    statement, others = queries.misfits(area_code), queries.without_commodity(area_code)
    if lists.wants_file():
        found = lists.rows_of(statement, scalars=False)
        sheets = [_sheet(_("Trainings that do not fit"), found), _sheet(_("About no commodity"), others)]
        return download("pelatihan-tak-sesuai.xlsx", sheets)
    return render_template(
        "training/misfits.html",
        page=paginate(statement, scalars=False),
        others=others,
        file_url=lists.file_url(),
    )


@bp.route("/dinas/pelatihan/jumlah")
@access(roles(SEERS))
def sums() -> ResponseReturnValue:
    """Show how many people a year's trainings reached, in several ways."""
    area_code = working_area(current_user, SEERS)
    this_year = clock.today(time_zone(area_code)).year
    years = totals.years(area_code) or [this_year]
    asked = request.args.get("year", years[0], type=int)
    year = asked if 2000 <= asked <= this_year + 1 else this_year
    found = totals.of_year(area_code, year)
    if lists.wants_file():
        return download(f"peserta-pelatihan-{year}.xlsx", _sheets(found))
    return render_template(
        "training/sums.html",
        totals=found,
        tables=totals.tables(found),
        title=title_of_year(year),
        year=year,
        years=years,
        file_url=lists.file_url(),
    )


def _sheets(found: totals.Totals) -> list[Sheet]:
    return [
        Sheet(name, (name, _l("Participants")), [*pairs, (_("Together"), found.people)])
        for name, pairs in totals.tables(found)
    ]


@bp.route("/dinas/pelatihan/baru", methods=["GET", "POST"])
@access(roles(MANAGERS))
def plan() -> ResponseReturnValue:
    """Plan a training."""
    area_code = working_area(current_user, MANAGERS)
    form = TrainingForm()
    form.offer(area_code)
    heading = Heading(_("Plan a training"), (_way(),), _("Save"))
    return form_page(
        form,
        lambda: _plan_once(area_code, form),
        heading,
        lambda key: url_for("trainings.show", training_id=key),
    )


def _plan_once(area_code: str, form: TrainingForm) -> int:
    content, user_id = form.content(), current_user.id
    act = lambda: service.plan(area_code, content, user_id).id  # noqa: E731
    return once.only("training", f"{user_id}:{form.key.data}", vars(content), act)


@bp.route("/dinas/pelatihan/<id:training_id>")
@access(roles(SEERS))
def show(training_id: int) -> ResponseReturnValue:
    """Show a training with its classes and what it came to."""
    training = queries.get_training_for(current_user, training_id)
    found = totals.of_training(training_id)
    villages = service.villages_of(training_id)
    return render_template(
        "training/show.html",
        training=training,
        crumbs=(_way(),),
        tables=totals.tables(found)[1:],
        totals=found,
        steps=rules.steps_from(training.state),
        form=StepForm(),
        fits=service.is_fitting(training, training.commodity_id, villages),
        is_open=training.state in rules.OPEN,
        may_plan=may(current_user, MANAGERS, area_code=training.regency_code),
    )


@bp.route("/dinas/pelatihan/<id:training_id>/ubah", methods=["GET", "POST"])
@access(roles(MANAGERS))
def edit(training_id: int) -> ResponseReturnValue:
    """Change what a training is."""
    training = queries.get_training_for(current_user, training_id, MANAGERS)
    form = TrainingForm.of(training)
    form.offer(training.regency_code)
    heading = Heading(_("Change the training"), _crumbs(training), _("Save"))
    return form_page(form, lambda: service.change(training_id, form.content(), current_user.id), heading)


@bp.route("/dinas/pelatihan/<id:training_id>/langkah/<step>", methods=["POST"])
@access(roles(MANAGERS))
def take_step(training_id: int, step: str) -> ResponseReturnValue:
    """Start, finish or call off a training."""
    queries.get_training_for(current_user, training_id, MANAGERS)
    if step not in set(Step):
        raise NotFound
    form = StepForm()
    if form.validate_on_submit():
        with form_problems(form):
            service.take_step(training_id, Step(step), form.reason.data, current_user.id)
    return _back(training_id, form, _("Saved."))


def _back(training_id: int, form: Any, done: str) -> ResponseReturnValue:
    """Go back to a training, and say on top what was wrong or done."""
    messages = [*form.form_errors, *(message for field in form for message in field.errors)]
    for message in messages:
        flash(message, "bad")
    if not messages:
        flash(done, "good")
    return redirect(url_for("trainings.show", training_id=training_id), 303)


@bp.route("/dinas/pelatihan/<id:training_id>/sertifikat", methods=["POST"])
@access(roles(MANAGERS))
def certify(training_id: int) -> ResponseReturnValue:
    """Give certificates to all who came often enough."""
    queries.get_training_for(current_user, training_id, MANAGERS)
    form, count = PressForm(), 0
    if form.validate_on_submit():
        with form_problems(form):
            count = attendance.issue_certificates(training_id, current_user.id)
    return _back(training_id, form, _("Certificates given: %(count)s", count=count))


@bp.route("/dinas/pelatihan/<id:training_id>/kelas", methods=["GET", "POST"])
@access(roles(MANAGERS))
def add_class(training_id: int) -> ResponseReturnValue:
    """Add a class with its days."""
    training = queries.get_training_for(current_user, training_id, MANAGERS)
    form = NewClassForm()
    heading = Heading(_("New class"), _crumbs(training), _("Save"))
    return form_page(form, lambda: _add_class(training_id, form), heading, _to_class)


def _add_class(training_id: int, form: NewClassForm) -> int:
    days = rules.days_from(form.first_on.data, form.days.data, sundays=form.sundays.data)
    return service.add_class(training_id, form.content(), days, current_user.id).id


def _to_class(class_id: int) -> str:
    return url_for("training_classes.show", class_id=class_id)
