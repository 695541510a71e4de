"""Pages of the four-monthly report: for the group on its phone, for its mentor, and for who checks and accepts."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import Select
from sqlalchemy.orm import joinedload, selectinload

from ..extensions import db
from ..groups.models import Group
from ..groups.queries import today
from ..shared import clock, lists, policy
from ..shared.exports import Cell, Sheet
from ..shared.i18n import _, _l
from ..shared.money import format_rupiah
from ..shared.paging import paginate
from ..shared.policy import Role, access, roles
from ..shared.problems import form_problems
from . import labels, queries, reminders, reporting, rules, sales
from .forms import ReasonForm, ReportFilter, ReportForm, StepForm
from .report_models import GroupReport, ReportState, ReportStep
from .rules import Told

bp = Blueprint("group_reports", __name__)

OWNERS = frozenset({Role.GROUP_OFFICER})
OFFICE, OWN = "/dinas/pendampingan/laporan", "/penjual/laporan"


@bp.context_processor
def _context() -> dict[str, object]:
    return {"labels": labels, "rules": rules}


# Of the office


def _list(form: ReportFilter) -> Select[Any]:
    form.validate()
    statement = queries.visible_reports(current_user)
    if form.asks_late():
        statement = statement.where(queries.is_late(today()))
    if (state := form.asked_state()) is not None:
        statement = statement.where(GroupReport.state == state)
    loaded = statement.options(joinedload(GroupReport.group))
    if lists.wants_file():
        places = (joinedload(GroupReport.group).joinedload(place) for place in (Group.village, Group.district))
        loaded = loaded.options(*places, selectinload(GroupReport.months))
    return loaded.order_by(GroupReport.starts_on.desc(), GroupReport.due_on, GroupReport.id)


@bp.route(OFFICE)
@access(roles(queries.OBSERVERS))
def index() -> ResponseReturnValue:
    """List the reports, the late ones when asked for."""
    form = ReportFilter()
    statement = _list(form)
    if lists.wants_file() and not form.errors:
        return lists.file("laporan-catur-wulan", _sheet(lists.rows_of(statement)))
    return render_template(
        "mentoring/reports.html", page=paginate(statement), form=form, file_url=lists.file_url(), today=today()
    )


def _sheet(rows: list[GroupReport]) -> Sheet:
    heads = (
        *(_l("Group"), _l("Village"), _l("District"), _l("Period"), _l("Due"), _l("State"), _l("First sent")),
        *(_l("Days late"), _l("Sold in this shop"), _l("Sold elsewhere"), _l("Materials"), _l("Other costs")),
        _l("Left over"),
    )
    return Sheet(_("Four-monthly reports"), heads, [_row(report) for report in rows])


def _row(report: GroupReport) -> tuple[Cell, ...]:
    """Return a report as a row; its sums only once it was sent, for before that they are nobody's word."""
    until = report.first_sent_on or today()
    is_told = report.state is not ReportState.DRAFT
    earned = [month.earned for month in report.months]
    told = (sum(earned), report.other_income, report.materials, report.other_costs, rules.profit(earned, _told(report)))
    return (
        *(report.group.name, report.group.village.name, report.group.district.name),
        *(labels.period(report.starts_on), report.due_on, str(labels.REPORT_STATES[report.state][0])),
        *(report.first_sent_on, max(0, (until - report.due_on).days)),
        *(told if is_told else (None,) * len(told)),
    )


@bp.route(f"{OFFICE}/<id:report_id>", methods=["GET", "POST"])
@access(roles(queries.OBSERVERS))
def show(report_id: int) -> ResponseReturnValue:
    """Show a report to an officer; its mentor fills it in with the group."""
    report = queries.get_report_for(current_user, report_id, queries.OBSERVERS)
    if request.method == "POST":
        queries.get_report_for(current_user, report_id, {Role.MENTOR})
    return _filled_in(report, queries.OBSERVERS)


# Of the group


@bp.route(OWN)
@access(roles(OWNERS))
def mine() -> str:
    """List the reports of the reader's groups."""
    statement = queries.visible_reports(current_user, OWNERS).options(joinedload(GroupReport.group))
    page = paginate(statement.order_by(GroupReport.starts_on.desc(), GroupReport.id))
    return render_template("mentoring/own_reports.html", page=page, today=today())


@bp.route(f"{OWN}/<id:report_id>", methods=["GET", "POST"])
@access(roles(OWNERS))
def own(report_id: int) -> ResponseReturnValue:
    """Show a group its report, to be filled in and sent from a phone."""
    return _filled_in(queries.get_report_for(current_user, report_id, OWNERS), OWNERS)


# Both


def _filled_in(report: GroupReport, readers: frozenset[Role]) -> ResponseReturnValue:
    """Show a report's page, or keep or send what was filled in on it."""
    form = ReportForm(obj=report)
    if form.validate_on_submit():
        is_sent = "send" in request.form
        if is_sent and not form.sure.data:
            _ask_about(form, report)
        if not form.errors:
            with form_problems(form):
                act = reporting.send if is_sent else reporting.write
                act(report.id, form.told(), current_user.id, current_user)
        if not form.errors:
            flash(_("Sent. Somebody looks at it now.") if is_sent else _("Saved. It is not sent yet."), "good")
            return redirect(request.path)
        report = queries.get_report_for(current_user, report.id, readers)
    return _page(report, form), 422 if form.is_submitted() else 200


def _ask_about(form: ReportForm, report: GroupReport) -> None:
    """Say beside a sum that it looks like a slip of the pen; whoever ticks that it is right is believed."""
    last = queries.told_before(report)
    before = _told(last) if last else None
    for name in rules.doubtful(form.told(), before, sum(_earned(report).values())):
        known = getattr(before, name) if before else None
        form[name].errors = [
            _("Last time it was %(sum)s: look at the zeros.", sum=format_rupiah(known))
            if known
            else _("This is far more than was sold: look at the zeros.")
        ]
        form.asks_whether_sure = True


def _page(report: GroupReport, form: ReportForm, reason_form: ReasonForm | None = None) -> str:
    is_own = request.path.startswith(OWN)
    earned = _earned(report)
    return render_template(
        "mentoring/report.html",
        layout="layouts/seller.html" if is_own else "layouts/work.html",
        base=url_for("group_reports.own", report_id=report.id)
        if is_own
        else url_for("group_reports.show", report_id=report.id),
        is_own=is_own,
        report=report,
        form=form,
        earned=earned,
        profit=rules.profit(list(earned.values()), _told(report)) if report.state is not ReportState.DRAFT else None,
        steps=_steps(report),
        may_write=report.state in rules.WRITABLE and _may(report, rules.SENDERS),
        card=reminders.card(report, today()),
        step_form=StepForm(formdata=None),
        reason_form=reason_form or ReasonForm(formdata=None),
    )


def _told(report: GroupReport) -> Told:
    return Told(report.materials, report.other_costs, report.other_income, report.story)


def _earned(report: GroupReport) -> dict[Any, int]:
    """Return month → what the shop sold: frozen once it is sent, before that as the ledger tells it now."""
    if report.state in rules.WRITABLE:
        return sales.months_of_group(report.group_id, rules.months_of(report.starts_on), clock.now())
    return {row.month: row.earned for row in report.months}


def _may(report: GroupReport, wanted: frozenset[Role]) -> bool:
    return policy.may(current_user, wanted, area_code=report.group.village_code, group_id=report.group_id)


def _steps(report: GroupReport) -> set[str]:
    """Return what the reader may do with a report as it stands, besides sending it."""
    found = set()
    for step in (ReportStep.CHECK, ReportStep.ACCEPT, ReportStep.GIVE_BACK):
        way = rules.WAYS.get((report.state, step))
        is_own = way is not None and way.is_of_others and current_user.id == report.sent_by_id
        is_second = way is not None and way.is_of_third and current_user.id == report.checked_by_id
        if way is not None and _may(report, way.roles) and not is_own and not is_second:
            found.add(step.value)
    return found


def _after(report_id: int) -> ResponseReturnValue:
    flash(_("Saved."), "good")
    return redirect(url_for("group_reports.show", report_id=report_id))


@bp.route(f"{OFFICE}/<id:report_id>/periksa", methods=["POST"])
@access(roles(rules.CHECKERS))
def check(report_id: int) -> ResponseReturnValue:
    """Say that a report was looked through."""
    queries.get_report_for(current_user, report_id, rules.CHECKERS)
    reporting.check(report_id, current_user.id, current_user)
    return _after(report_id)


@bp.route(f"{OFFICE}/<id:report_id>/terima", methods=["POST"])
@access(roles(rules.ACCEPTERS))
def accept(report_id: int) -> ResponseReturnValue:
    """Accept a checked report."""
    queries.get_report_for(current_user, report_id, rules.ACCEPTERS)
    reporting.accept(report_id, current_user.id, current_user)
    return _after(report_id)


@bp.route(f"{OFFICE}/<id:report_id>/kembalikan", methods=["POST"])
@access(roles(queries.OBSERVERS))
def give_back(report_id: int) -> ResponseReturnValue:
    """Give a report back to be mended, with the reason."""
    report = queries.get_report_for(current_user, report_id, queries.OBSERVERS)
    form = ReasonForm()
    if form.validate_on_submit():
        with form_problems(form):
            reporting.give_back(report_id, form.reason.data, current_user.id, current_user)
        if not form.errors:
            return _after(report_id)
        report = queries.get_report_for(current_user, report_id, queries.OBSERVERS)
    return _page(report, ReportForm(formdata=None, obj=report), form), 422


@bp.route(f"{OFFICE}/<id:report_id>/diingatkan", methods=["POST"])
@access(roles(queries.OBSERVERS))
def reminded(report_id: int) -> ResponseReturnValue:
    """Write down that the group was told of its report."""
    report = queries.get_report_for(current_user, report_id, queries.OBSERVERS)
    late = report.due_on < today()
    reporting.note_reminder(report_id, current_user.id, is_late=late)
    db.session.expire_all()
    flash(_("Saved."), "good")
    return redirect(url_for("mentoring.index"))
