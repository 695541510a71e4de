"""Pages on the way of families out of aid: the officers' list, a family's months, and the family's own page."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_login import current_user

from ..accounts.labels import ROLES
from ..extensions import db
from ..groups.models import Household
from ..groups.privacy import Page, record_view
from ..groups.queries import get_household_for, today
from ..shared import clock, once, policy
from ..shared.charts import Columns, Point
from ..shared.errors import NotFound
from ..shared.exports import Sheet, download
from ..shared.formats import day as day_text
from ..shared.formats import month as month_name
from ..shared.formats import rupiah_columns, short_month
from ..shared.i18n import _
from ..shared.paging import paginate
from ..shared.policy import Role, access, roles
from ..shared.problems import form_problems
from . import case_labels, case_queries, cases, labels, queries, rules, service, timeline
from .case_models import CaseState
from .case_rules import SEERS
from .criteria_rules import CriterionKey
from .forms import REASON_LENGTH, ListFilter, NoteForm, RejectForm, StepForm
from .models import MonthStatus, Snapshot
from .queries import Filters, Order, StripMonth

bp = Blueprint("graduation", __name__)

CRITERIA_READERS = SEERS - {Role.MENTOR}
"""Criteria are those of a whole regency."""
FILTERS = ("district", "group", "standing", "view", "state", "stuck", "waits", "sort")
"""What the address of the list may hold."""


def _strip(months: list[StripMonth]) -> list[dict[str, str]]:
    """Return months as the strip macro takes them; the text is the share of the line that was reached."""
    return [
        {
            "label": short_month(month.month),
            "status": month.status.value,
            "text": "" if month.percent is None else f"{month.percent}%",
        }
        for month in months
    ]


def _statuses(row: Any) -> list[MonthStatus]:
    return [getattr(row, f"status_{index}") or MonthStatus.NO_DATA for index in range(rules.WINDOW)]


def _row_strip(row: Any) -> list[dict[str, str]]:
    """Return the strip of a row of the list, narrow: the page says in which month it ends."""
    window = clock.months_back(queries.last_month(), rules.WINDOW)
    return [
        {"label": str(format_date(month, "MMM")), "status": status.value, "text": ""}
        for month, status in zip(window, _statuses(row), strict=True)
    ]


def _asked() -> tuple[ListFilter, Filters]:
    form = ListFilter()
    form.offer(queries.choices_for(current_user))
    return form, form.filters()


def _kept(*names: str) -> dict[str, Any]:
    """Return the named parts of the present address that are filled in."""
    return {name: request.args[name] for name in names if request.args.get(name)}


def _heads(order: Order, descending: bool) -> dict[str, dict[str, str | None]]:
    """Return for each sortable column the address that sorts by it, the other way round when it does already."""
    kept = _kept(*FILTERS[:-1])
    heads: dict[str, dict[str, str | None]] = {}
    for column in Order:
        first_down = column is not Order.NAME
        down = not descending if column is order else first_down
        heads[column.value] = {
            "url": url_for("graduation.index", **kept, sort=("-" if down else "") + column.value),
            "sorted": ("descending" if descending else "ascending") if column is order else None,
        }
    return heads


@bp.route("/dinas/graduasi")
@access(roles(queries.OBSERVERS))
def index() -> ResponseReturnValue:
    """List the families the officer follows, with their last six months."""
    form, filters = _asked()
    page = paginate(queries.list_for(current_user, filters, queries.last_month()), scalars=False)
    return render_template(
        "graduation/index.html",
        page=page,
        strips={row.id: _row_strip(row) for row in page.items},
        form=form,
        heads=_heads(filters.order, filters.descending),
        window=rules.WINDOW,
        until=queries.last_month(),
        export_url=url_for("graduation.export", **_kept(*FILTERS)),
        views=_views(filters),
        may_see_criteria=policy.holds_regency(current_user, CRITERIA_READERS),
        stuck_on=stuck_on,
        waits_for=waits_for,
        labels=labels,
        case_labels=case_labels,
    )


def _views(filters: Filters) -> list[tuple[str, int, str, bool]]:
    """Return word, number and address of each view of the board, and whether it is the one shown."""
    place = _kept("district", "group")
    return [
        (
            str(labels.VIEWS[each.view]),
            each.count,
            url_for("graduation.index", **place, view=each.view.value),
            each.view is filters.view,
        )
        for each in queries.counted(current_user, filters, queries.last_month())
    ]


def stuck_on(row: Any) -> list[str]:
    """Return the criteria that keep a family from going on while it is mentored, in the order of their list."""
    if row.state not in (CaseState.RECIPIENT, CaseState.MENTORED) or not row.stuck:
        return []
    keys = set(row.stuck.split(","))
    return [str(case_labels.CRITERIA[key]) for key in CriterionKey if key in keys]


def waits_for(state: CaseState | None) -> list[str]:
    """Return who has the next step in a state."""
    waiting = case_labels.WAITS_FOR.get(state, frozenset()) if state else frozenset()
    return [str(ROLES[role]) for role in Role if role in waiting]


@bp.route("/dinas/graduasi.xlsx")
@access(roles(queries.OBSERVERS))
def export() -> ResponseReturnValue:
    """Give the same list as an Excel file; what was not understood is said on the page, not narrowed by chance."""
    form, filters = _asked()
    if form.errors:
        return redirect(url_for("graduation.index", **_kept(*FILTERS)))
    until = queries.last_month()
    rows = db.session.execute(queries.list_for(current_user, filters, until)).all()
    months = [month_name(month) for month in clock.months_back(until, rules.WINDOW)]
    case = [_("Case"), _("Stuck on"), _("Waits for")]
    heads = [_("Family"), _("Group"), _("Village"), _("District"), *case, *months, _("Months passed")]
    money = [_("Income per person"), _("Line per person")]
    sheet = Sheet(_("Graduation"), [*heads, *money], [_export_row(row) for row in rows])
    response = download(f"graduasi-{until:%Y-%m}.xlsx", [sheet])
    service.record_export(len(rows), current_user.id)
    return response


def _export_row(row: Any) -> tuple[Any, ...]:
    words = [str(labels.STATUSES[status]) for status in _statuses(row)]
    state = str(case_labels.STATES[row.state][0]) if row.state else ""
    case = (state, ", ".join(stuck_on(row)), ", ".join(waits_for(row.state)))
    return (row.name, row.groups or "", row.village, row.district, *case, *words, row.passed, row.income, row.line)


@bp.route("/dinas/graduasi/<id:household_id>")
@access(roles(queries.OBSERVERS))
def show(household_id: int) -> ResponseReturnValue:
    """Show a family's months against the line, and what it told of costs and other income."""
    household = get_household_for(current_user, household_id, queries.OBSERVERS)
    page, actor_id = _household_page(household, _note_form(household)), current_user.id
    record_view(household_id, actor_id, Page.MONTHS)
    return page


def _note_form(household: Household) -> NoteForm:
    form = NoteForm()
    form.offer(_open_months(household))
    return form


def _open_months(household: Household) -> list[dt.date]:
    return rules.open_months(today(), queries.open_days(household.regency_code, today()))


def _household_page(household: Household, form: NoteForm, rejected: tuple[int, RejectForm] | None = None) -> str:
    """Draw the page; `rejected` is the note whose reason was not understood, with its form."""
    last = queries.last_month()
    running = clock.add_months(last, 1)
    snapshots = queries.months_of(household.id, running, queries.YEAR + 1)
    months = queries.strip_of(snapshots, last)
    return render_template(
        "graduation/show.html",
        household=household,
        snapshots=[snapshots[month] for month in sorted(snapshots, reverse=True)],
        chart=_income_chart(snapshots),
        running=snapshots.get(running),
        months=_strip(months),
        passed=queries.passed(months),
        window=rules.WINDOW,
        notes=queries.notes_of(household.id, clock.add_months(running, -queries.YEAR)),
        open_months=_open_months(household),
        form=form,
        step_form=StepForm(formdata=None),
        rejected=rejected,
        reason_length=REASON_LENGTH,
        labels=labels,
        case=case_queries.latest_case(household.id),
        case_labels=case_labels,
        story=_story(household),
        may_note=policy.has_role(current_user, {Role.MENTOR}),
        may_verify=policy.has_role(current_user, {Role.VERIFIER}),
    )


STORY_YEARS = 3
"""So far back a family's story is told on its page."""


def _story(household: Household) -> list[dict[str, Any]]:
    """Return the family's story as the timeline macro takes it."""
    since = today().replace(day=1, month=1, year=today().year - STORY_YEARS)
    return [
        {"when": day_text(entry.on), "title": entry.title, "text": entry.text, "tone": entry.tone}
        for entry in timeline.story(household, since)
    ]


def _income_chart(snapshots: Mapping[dt.date, Snapshot]) -> Columns:
    """Place each month's income per person against that month's line, oldest first; what is unknown has no bar."""
    points = [
        Point(short_month(month), None if row.status is MonthStatus.NO_DATA else row.income_per_person, row.line_amount)
        for month, row in sorted(snapshots.items())
    ]
    return rupiah_columns(points)


@bp.route("/dinas/graduasi/<id:household_id>/catatan", methods=["POST"])
@access(roles(Role.MENTOR))
def add_note(household_id: int) -> ResponseReturnValue:
    """Write down a cost or another income that the family told its mentor."""
    household = get_household_for(current_user, household_id, {Role.MENTOR})
    form = _note_form(household)
    if form.validate_on_submit():
        with form_problems(form):
            content, actor_id = form.content(), current_user.id
            once.only(
                "income-note",
                form.key.data,
                [household_id, content],
                lambda: service.add_note(household_id, content, actor_id).id,
            )
        if not form.errors:
            flash(str(labels.SAVED[form.kind.data]), "good")
            return redirect(url_for("graduation.show", household_id=household_id))
    return _household_page(get_household_for(current_user, household_id, {Role.MENTOR}), form), 422


def _note_of(household_id: int, note_id: int, role: Role) -> Household:
    """Return the family of a note. Raises NotFound when it is no note of a family that the role covers."""
    household = get_household_for(current_user, household_id, {role})
    if not queries.note_belongs(note_id, household_id):
        raise NotFound
    return household


def _back_to_notes(household_id: int, said: str) -> ResponseReturnValue:
    flash(said, "good")
    return redirect(url_for("graduation.show", household_id=household_id, _anchor="catatan"))


@bp.route("/dinas/graduasi/<id:household_id>/catatan/<id:note_id>/periksa", methods=["POST"])
@access(roles(Role.VERIFIER))
def verify_note(household_id: int, note_id: int) -> ResponseReturnValue:
    """Let another income count."""
    _note_of(household_id, note_id, Role.VERIFIER)
    service.verify_note(note_id, current_user.id)
    return _back_to_notes(household_id, _("Verified. The month was reckoned again."))


@bp.route("/dinas/graduasi/<id:household_id>/catatan/<id:note_id>/tolak", methods=["POST"])
@access(roles(Role.VERIFIER))
def reject_note(household_id: int, note_id: int) -> ResponseReturnValue:
    """Let a note not count, with the reason."""
    household = _note_of(household_id, note_id, Role.VERIFIER)
    form = RejectForm()
    if form.validate_on_submit():
        with form_problems(form):
            service.reject_note(note_id, form.reason.data, current_user.id)
        if not form.errors:
            return _back_to_notes(household_id, _("It does not count any more. The month was reckoned again."))
        household = _note_of(household_id, note_id, Role.VERIFIER)
    note_form = NoteForm(formdata=None)
    note_form.offer(_open_months(household))
    return _household_page(household, note_form, (note_id, form)), 422


@bp.route("/dinas/graduasi/<id:household_id>/catatan/<id:note_id>/tarik", methods=["POST"])
@access(roles(Role.MENTOR))
def take_back_note(household_id: int, note_id: int) -> ResponseReturnValue:
    """Take back a note that was a mistake."""
    _note_of(household_id, note_id, Role.MENTOR)
    service.take_back_note(note_id, current_user.id)
    return _back_to_notes(household_id, _("Taken back. The month was reckoned again."))


@bp.route("/penjual/kemajuan")
@access(roles(Role.SELLER))
def progress() -> ResponseReturnValue:
    """Show a maker the months of his own family, in plain words."""
    household_ids = policy.households_of(current_user, {Role.SELLER})
    last = queries.last_month()
    running = clock.add_months(last, 1)
    families = []
    for household_id in household_ids:
        snapshots = queries.months_of(household_id, running, rules.WINDOW + 1)
        months = queries.strip_of(snapshots, last)
        told = {"case": case_queries.latest_case(household_id), "mentors": cases.mentors_of(household_id)}
        families.append({"strip": _strip(months), "passed": queries.passed(months), "snapshots": snapshots, **told})
    return render_template(
        "graduation/progress.html",
        families=families,
        window=rules.WINDOW,
        running=running,
        labels=labels,
        labels_of_case=case_labels,
    )
