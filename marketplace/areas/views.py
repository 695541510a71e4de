"""Remember whose goods to see; for administrators, the dated numbers of their area."""

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..shared import clock, lists
from ..shared.errors import Forbidden, NotFound
from ..shared.exports import Sheet
from ..shared.i18n import _, _l
from ..shared.paging import paginate
from ..shared.policy import PUBLIC, Role, access, roles
from ..shared.problems import form_problems
from ..shared.redirects import asked_next, go, remember
from . import pickup, queries, settings
from .forms import AmountForm, FigureForm, LineForm, PickupForm
from .models import Area, Figure, FigureKey, Level, LineKind, PovertyLine
from .settings import NewFigure, NewLine

bp = Blueprint("areas", __name__)


@bp.route("/daerah/<code>")
@access(PUBLIC)
def choose_area(code: str) -> ResponseReturnValue:
    """Remember the regency whose goods this browser sees, and go back."""
    if not queries.is_known_regency(code):
        raise NotFound
    return remember(go(asked_next()), "area", code)


@bp.route("/dinas/pengaturan")
@access(roles(Role.ADMINISTRATOR, of_province=True))
def show_settings() -> ResponseReturnValue:
    """Show the numbers in force in an area of the administrator."""
    areas = settings.settable_areas(current_user)
    area = _asked_area(areas)
    today = clock.today(area.time_zone)
    return render_template(
        "areas/settings.html",
        areas=areas,
        area=area,
        figures=settings.figures_in_force(area.code, today),
        kinds=settings.KINDS,
        units=settings.UNITS,
        line=queries.poverty_line(area.code, today),
        has_pickup=area.level is Level.REGENCY,
        place=pickup.written(area.code),
    )


def _asked_area(areas: list[Area]) -> Area:
    """Return the area that the address asks for, or the first the administrator has."""
    if not areas:
        raise Forbidden(_l("These numbers are set for a whole regency. Your role is for a part of one."))
    return settings.get_area_for(current_user, request.args.get("area") or areas[0].code)


def _figures_sheet(kind: settings.Kind, found: list[Figure]) -> Sheet:
    heads = (_l("From"), _l("Value"), _l("Set for"), _l("Source"))
    return Sheet(kind.label, heads, [(row.effective_from, row.value, row.area_code, row.source) for row in found])


@bp.route("/dinas/pengaturan/<code>/angka/<key>", methods=["GET", "POST"])
@access(roles(Role.ADMINISTRATOR, of_province=True))
def set_figure(code: str, key: str) -> ResponseReturnValue:
    """Show the history of a number, and set it from a day on."""
    area = settings.get_area_for(current_user, code)
    if key not in settings.KINDS:
        raise NotFound
    figure_key = FigureKey(key)
    kind = settings.KINDS[figure_key]
    history = settings.history_of_figure(figure_key, code)
    if lists.wants_file():
        return lists.file(f"angka-{key}", _figures_sheet(kind, lists.rows_of(history)))
    form = AmountForm() if kind.unit == settings.RUPIAH else FigureForm()
    if form.validate_on_submit():
        new = NewFigure(figure_key, code, form.value.data, form.effective_from.data, form.source.data)
        with form_problems(form):
            settings.change_figure(new, current_user.id, current_user)
        if not form.errors:
            flash(_("Saved."), "good")
            return go(url_for("areas.set_figure", code=code, key=key))
    values = {"area": area, "kind": kind, "units": settings.UNITS, "page": paginate(history)}
    values["file_url"] = lists.file_url()
    return render_template("areas/figure.html", form=form, **values), (422 if form.is_submitted() else 200)


@bp.route("/dinas/pengaturan/<code>/tempat-ambil", methods=["GET", "POST"])
@access(roles(Role.ADMINISTRATOR, of_province=True))
def write_pickup(code: str) -> ResponseReturnValue:
    """Say where the orders of a regency are picked up, and when."""
    area = settings.get_area_for(current_user, code)
    if area.level is not Level.REGENCY:
        raise NotFound
    form = PickupForm(obj=pickup.written(code))
    if form.validate_on_submit():
        pickup.write(code, pickup.Place(form.address.data, form.hours.data), current_user.id, current_user)
        flash(_("Saved."), "good")
        return go(url_for("areas.show_settings", area=code))
    return render_template("areas/pickup.html", form=form, area=area), (422 if form.is_submitted() else 200)


def _lines_sheet(found: list[PovertyLine]) -> Sheet:
    heads = (_l("From"), _l("Amount"), _l("For"), _l("Area"), _l("Source"), _l("Decree"))
    rows = [
        (row.effective_from, row.amount, str(settings.LINE_KINDS[row.kind]), row.area_code, row.source, row.decree)
        for row in found
    ]
    return Sheet(_("Poverty line"), heads, rows)


@bp.route("/dinas/pengaturan/<code>/garis-kemiskinan", methods=["GET", "POST"])
@access(roles(Role.ADMINISTRATOR, of_province=True))
def add_line(code: str) -> ResponseReturnValue:
    """Show the history of the poverty line, and add a newer one."""
    area = settings.get_area_for(current_user, code)
    history = settings.history_of_lines(code)
    if lists.wants_file():
        return lists.file("garis-kemiskinan", _lines_sheet(lists.rows_of(history)))
    form = LineForm()
    if form.validate_on_submit():
        new = NewLine(code, LineKind(form.kind.data), form.amount.data, form.effective_from.data, *_origin(form))
        with form_problems(form):
            settings.add_line(new, current_user.id, current_user)
        if not form.errors:
            flash(_("Saved."), "good")
            return go(url_for("areas.add_line", code=code))
    values = {
        "area": area,
        "kinds": settings.LINE_KINDS,
        "page": paginate(history),
        "file_url": lists.file_url(),
    }
    return render_template("areas/line.html", form=form, **values), (422 if form.is_submitted() else 200)


def _origin(form: LineForm) -> tuple[str, str]:
    return form.source.data, form.decree.data
