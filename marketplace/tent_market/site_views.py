"""The office's pages of the sites: where they are, by which rule their days are made, expos and single days."""

import datetime as dt
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..ledger.scope import working_area
from ..shared import lists
from ..shared.exports import Sheet
from ..shared.fields import BaseForm
from ..shared.i18n import _, _l, _n
from ..shared.paging import paginate
from ..shared.policy import access, may, roles
from ..shared.problems import form_problems
from . import labels, queries, rules, schedule, sites
from .models import Site
from .site_forms import DaysForm, EventForm, RuleForm, SiteForm, UntilForm
from .stalls import MANAGERS, SEERS

bp = Blueprint("market_sites", __name__)

SHOWN_DAYS = 10
WEEKS = dt.timedelta(weeks=12)
"""So far ahead days are proposed at first."""


@bp.context_processor
def _context() -> dict[str, object]:
    return {"labels": labels}


def _answer(template: str, form: BaseForm, **values: Any) -> ResponseReturnValue:
    return render_template(template, form=form, **values), 422 if form.is_submitted() else 200


@bp.route("/dinas/pasar/lokasi")
@access(roles(SEERS))
def index() -> ResponseReturnValue:
    """Show the sites of the regency."""
    area_code = working_area(current_user, SEERS)
    statement = sites.sites_in(area_code)
    if lists.wants_file():
        rows = [_row(site) for site in lists.rows_of(statement)]
        heads = (_l("Site"), _l("Address"), _l("Latitude"), _l("Longitude"), _l("State"))
        return lists.file("lokasi-pasar", Sheet(_("Sites"), heads, rows))
    may_plan = may(current_user, MANAGERS, area_code=area_code)
    page = paginate(statement)
    return render_template("tent_market/sites.html", page=page, may_plan=may_plan, file_url=lists.file_url())


def _row(site: Site) -> tuple[str, ...]:
    point = ["" if value is None else f"{value:.6f}" for value in (site.latitude, site.longitude)]
    return (site.name, site.address, *point, _("In use") if site.is_active else _("Ended"))


@bp.route("/dinas/pasar/lokasi/baru", methods=["GET", "POST"])
@access(roles(MANAGERS))
def add() -> ResponseReturnValue:
    """Write a site down."""
    area_code = working_area(current_user, MANAGERS)
    form = SiteForm()
    if form.validate_on_submit():
        with form_problems(form):
            site = sites.add_site(area_code, form.content(), current_user.id)
        if not form.errors:
            flash(_("The site is written down. Now say on which days it has its market."), "good")
            return redirect(url_for("market_sites.show", site_id=site.id))
    return _answer("tent_market/site_form.html", form, site=None)


@bp.route("/dinas/pasar/lokasi/<id:site_id>")
@access(roles(SEERS))
def show(site_id: int) -> ResponseReturnValue:
    """Show a site: where it is, its rules, what comes next."""
    site = sites.get_site_for(current_user, site_id)
    today = schedule.today_at(site)
    return render_template(
        "tent_market/site.html",
        site=site,
        rules=schedule.rules_of(site_id),
        days=queries.next_days(site_id, today, SHOWN_DAYS),
        last=schedule.last_day(site_id),
        enough=today + rules.ENOUGH,
        today=today,
        may_plan=may(current_user, MANAGERS, area_code=site.area_code),
        form=BaseForm(formdata=None),
    )


@bp.route("/dinas/pasar/lokasi/<id:site_id>/ubah", methods=["GET", "POST"])
@access(roles(MANAGERS))
def edit(site_id: int) -> ResponseReturnValue:
    """Write anew what a site is called and where it is."""
    site = sites.get_site_for(current_user, site_id, MANAGERS)
    form = SiteForm(obj=site)
    if form.validate_on_submit():
        with form_problems(form):
            sites.change_site(site_id, form.content(), current_user.id)
        if not form.errors:
            flash(_("Saved."), "good")
            return redirect(url_for("market_sites.show", site_id=site_id))
        site = sites.get_site_for(current_user, site_id, MANAGERS)
    return _answer("tent_market/site_form.html", form, site=site)


@bp.route("/dinas/pasar/lokasi/<id:site_id>/akhiri", methods=["POST"])
@access(roles(MANAGERS))
def end(site_id: int) -> ResponseReturnValue:
    """Use a site no more."""
    return _use(site_id, False)


@bp.route("/dinas/pasar/lokasi/<id:site_id>/pakai", methods=["POST"])
@access(roles(MANAGERS))
def resume(site_id: int) -> ResponseReturnValue:
    """Use a site again."""
    return _use(site_id, True)


def _use(site_id: int, is_active: bool) -> ResponseReturnValue:
    sites.get_site_for(current_user, site_id, MANAGERS)
    if BaseForm().validate_on_submit():
        sites.set_active(site_id, is_active, current_user.id)
        flash(_("Saved."), "good")
    return redirect(url_for("market_sites.show", site_id=site_id))


@bp.route("/dinas/pasar/lokasi/<id:site_id>/jadwal", methods=["GET", "POST"])
@access(roles(MANAGERS))
def add_rule(site_id: int) -> ResponseReturnValue:
    """Say on which days of the week a site has its market."""
    site = sites.get_site_for(current_user, site_id, MANAGERS)
    form = RuleForm(starts_on=schedule.today_at(site))
    form.offer()
    if form.validate_on_submit():
        with form_problems(form):
            span = (form.starts_on.data, form.ends_on.data)
            schedule.add_rule(site_id, form.weekly(), span, form.hours(), current_user.id)
        if not form.errors:
            flash(_("The rule is written down. Now make its days."), "good")
            return redirect(url_for("market_sites.make_days", site_id=site_id))
        site = sites.get_site_for(current_user, site_id, MANAGERS)
    return _answer("tent_market/rule_form.html", form, site=site)


@bp.route("/dinas/pasar/lokasi/<id:site_id>/jadwal/<id:rule_id>/akhiri", methods=["POST"])
@access(roles(MANAGERS))
def end_rule(site_id: int, rule_id: int) -> ResponseReturnValue:
    """Let a rule make no more days."""
    sites.get_site_for(current_user, site_id, MANAGERS)
    schedule.get_rule(site_id, rule_id)
    if BaseForm().validate_on_submit():
        schedule.end_rule(rule_id, current_user.id)
        flash(_("The rule ends today. The days that were made stay."), "good")
    return redirect(url_for("market_sites.show", site_id=site_id))


@bp.route("/dinas/pasar/lokasi/<id:site_id>/susun", methods=["GET", "POST"])
@access(roles(MANAGERS))
def make_days(site_id: int) -> ResponseReturnValue:
    """Show the days that the rules would make up to a day, and make those that are ticked."""
    site = sites.get_site_for(current_user, site_id, MANAGERS)
    today = schedule.today_at(site)
    asked = UntilForm()
    asked.validate()
    form = DaysForm(until=min(asked.until.data or today + WEEKS, today + rules.FARTHEST))
    found = schedule.proposed(site, form.until.data or today)
    form.offer(found)
    if form.validate_on_submit():
        made = schedule.make_days(site_id, form.until.data, form.chosen(), current_user.id)
        flash(_n("%(num)s day is planned.", "%(num)s days are planned.", made), "good")
        return redirect(url_for("market_sites.show", site_id=site_id))
    last = form.until.data or today
    values = {"site": site, "asked": asked, "found": found, "is_decreed": rules.is_decreed(last), "until": last}
    return _answer("tent_market/make_days.html", form, **values)


@bp.route("/dinas/pasar/lokasi/<id:site_id>/acara", methods=["GET", "POST"])
@access(roles(MANAGERS))
def add_event(site_id: int) -> ResponseReturnValue:
    """Make the days of an expo, or one more day."""
    site = sites.get_site_for(current_user, site_id, MANAGERS)
    form = EventForm()
    if form.validate_on_submit():
        with form_problems(form):
            schedule.add_event(site_id, form.name.data, form.span(), form.hours(), current_user.id)
        if not form.errors:
            flash(_("The days are planned."), "good")
            return redirect(url_for("market_sites.show", site_id=site_id))
        site = sites.get_site_for(current_user, site_id, MANAGERS)
    return _answer("tent_market/event_form.html", form, site=site)
