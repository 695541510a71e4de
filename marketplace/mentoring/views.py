"""The mentor's home, a group's mentoring page, and its plans."""

import datetime as dt
from dataclasses import asdict
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas import queries as areas
from ..extensions import db
from ..groups.models import Group
from ..groups.pages import Heading
from ..groups.queries import get_group_for, today
from ..shared import clock, once, policy
from ..shared.i18n import _
from ..shared.paging import paginate
from ..shared.policy import Role, access, roles
from ..shared.problems import form_problems
from . import home, labels, plans, queries, reminders, rules
from .forms import PlanForm, StepForm

bp = Blueprint("mentoring", __name__, url_prefix="/dinas/pendampingan")


@bp.context_processor
def _context() -> dict[str, object]:
    return {"labels": labels, "rules": rules}


@bp.route("")
@access(roles(queries.OBSERVERS))
def index() -> str:
    """Show what waits in the field: a mentor his groups, others their area."""
    day = today()
    return render_template(
        "mentoring/home.html",
        today=day,
        follow_ups=_some(home.overdue_follow_ups(current_user, queries.OBSERVERS, day)),
        to_send=[reminders.card(each, day) for each in _some(home.reports_to_send(current_user, queries.OBSERVERS))],
        to_see=_some(home.reports_to_see(current_user)),
        falling=_pairs(home.falling(current_user, queries.OBSERVERS)),
        silent=_pairs(home.long_silent(current_user, queries.OBSERVERS)),
        unvisited=_pairs(home.unvisited(current_user, queries.OBSERVERS, day)),
        sent_back=_some(home.sent_back(current_user, queries.OBSERVERS)),
        shown=home.SHOWN,
        is_mentor=policy.has_role(current_user, home.MENTORS),
        step_form=StepForm(formdata=None),
    )


def _some(statement: Any) -> list[Any]:
    return list(db.session.scalars(statement.limit(home.SHOWN)))


def _pairs(statement: Any) -> list[Any]:
    return list(db.session.execute(statement.limit(home.SHOWN)))


def is_mentor_of(group: Group) -> bool:
    """Tell whether the reader is the group's mentor: only he writes visits and plans."""
    return policy.may(current_user, home.MENTORS, area_code=group.village_code, group_id=group.id)


@bp.route("/kelompok/<id:group_id>")
@access(roles(queries.OBSERVERS))
def group(group_id: int) -> str:
    """Show a group's plan, visits, what is to be done and its reports."""
    found = get_group_for(current_user, group_id, queries.OBSERVERS)
    return render_template(
        "mentoring/group.html",
        group=found,
        plans=queries.plans_of(group_id),
        follow_ups=queries.open_follow_ups(group_id),
        page=paginate(queries.list_visits(current_user, group_id)),
        reports=queries.reports_of(group_id),
        standing=queries.standing_of([group_id]).get(group_id),
        next_due=_next_due(found),
        is_mentor=is_mentor_of(found),
        today=today(),
        step_form=StepForm(formdata=None),
    )


def _next_due(group: Group) -> tuple[dt.date, dt.date]:
    """Return the period that runs now, and when its report will be due."""
    day = clock.today(areas.time_zone(group.regency_code))
    starts_on = rules.period_of(day)
    return starts_on, rules.due_on(starts_on, reminders.due_days(group.regency_code, day))


@bp.route("/kelompok/<id:group_id>/rencana", methods=["GET", "POST"])
@access(roles(Role.MENTOR))
def make_plan(group_id: int) -> ResponseReturnValue:
    """Write down what a group wants to reach until when."""
    found = get_group_for(current_user, group_id, home.MENTORS)
    this_month = clock.month_of(today())
    form = PlanForm(data={"starts_on": this_month, "ends_on": clock.add_months(this_month, rules.PERIOD - 1)})
    form.offer(this_month)
    if form.validate_on_submit():
        with form_problems(form):
            content, actor_id = form.content(), current_user.id
            once.only(
                "mentoring-plan",
                form.key.data,
                [group_id, actor_id, asdict(content)],
                lambda: plans.make_plan(group_id, content, actor_id).id,
            )
        if not form.errors:
            flash(_("Saved."), "good")
            return redirect(url_for("mentoring.group", group_id=group_id))
        found = get_group_for(current_user, group_id, home.MENTORS)
    heading = Heading(_("New plan"), crumbs(found), _("Save"))
    return render_template("mentoring/plan.html", form=form, heading=heading), 422 if form.is_submitted() else 200


def crumbs(group: Group) -> tuple[tuple[str, str], ...]:
    """Return the way back to a group's mentoring page."""
    return (
        (_("Mentoring"), url_for("mentoring.index")),
        (group.name, url_for("mentoring.group", group_id=group.id)),
    )


@bp.route("/kelompok/<id:group_id>/rencana/<id:target_id>/tercapai", methods=["POST"])
@access(roles(Role.MENTOR))
def reach(group_id: int, target_id: int) -> ResponseReturnValue:
    """Say that something of the plan was reached."""
    get_group_for(current_user, group_id, home.MENTORS)
    plans.reach(target_id, group_id, current_user.id)
    flash(_("Saved."), "good")
    return redirect(url_for("mentoring.group", group_id=group_id, _anchor="rencana"))
