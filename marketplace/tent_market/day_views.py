"""The office's pages of market days: which there are, which tents stand, whose turn it is, who sells."""

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas.queries import time_zone
from ..extensions import db
from ..ledger.scope import working_area
from ..shared import clock, lists
from ..shared.errors import NotFound
from ..shared.exports import Cell, Sheet
from ..shared.fields import BaseForm
from ..shared.i18n import _, _l, _n
from ..shared.paging import paginate
from ..shared.policy import access, may, roles
from ..shared.problems import form_problems
from . import cashiers, devices, labels, placing, queries, rotation, schedule, sites, stalls, tents
from .day_forms import AddForm, CashierForm, DayFilter, PlaceForm, ReasonForm, ShareForm, TentsForm
from .models import DayState, MarketDay, Stall, StallState
from .stalls import MANAGERS, SEERS, get_day_for

bp = Blueprint("market_days", __name__)

NEXT_SHOWN = 12
"""So many of those whose turn is next are shown."""


@bp.context_processor
def _context() -> dict[str, object]:
    return {"labels": labels}


@bp.route("/dinas/pasar")
@access(roles(SEERS))
def index() -> ResponseReturnValue:
    """Show the market days of the regency."""
    area_code = working_area(current_user, SEERS)
    form = DayFilter(lists.rows_of(sites.sites_in(area_code)))
    tab, site_id = form.asked()
    statement = queries.days_in(area_code, tab, site_id, clock.today(time_zone(area_code)))
    if lists.wants_file() and not form.errors:
        return lists.file("hari-pasar", _sheet(lists.rows_of(statement)))
    page = paginate(statement)
    shown = render_template(
        "tent_market/days.html",
        page=page,
        form=form,
        counts=queries.counts([day.id for day in page.items]),
        may_plan=may(current_user, MANAGERS, area_code=area_code),
        file_url=lists.file_url(),
    )
    return shown, 422 if form.errors else 200


def _sheet(days: list[MarketDay]) -> Sheet:
    heads = (_l("Day"), _l("Site"), _l("Address"), _l("Hours"), _l("Event"), _l("State"), _l("Note"))
    found = queries.counts([day.id for day in days])
    rows = [_row(day, *found.get(day.id, (0, 0))) for day in days]
    return Sheet(_("Market days"), (*heads, _l("Tents"), _l("Groups")), rows)


def _row(day: MarketDay, stands: int, groups: int) -> tuple[Cell, ...]:
    event = day.event.name if day.event else ""
    state = str(labels.DAY_STATES[day.state][0])
    return (day.held_on, day.site.name, day.site.address, labels.hours(day), event, state, day.note, stands, groups)


@bp.route("/dinas/pasar/<id:day_id>")
@access(roles(SEERS))
def show(day_id: int) -> ResponseReturnValue:
    """Show a market day: its tents, the groups in them and why, and whose turn is next."""
    return _page(get_day_for(current_user, day_id))


def _page(day: MarketDay, sent: BaseForm | None = None) -> ResponseReturnValue:
    """Draw the page of a day; a form that was refused stands in it as it was sent."""
    stands = placing.stands_of(day.id)
    waiting = placing.waiting_for(day)
    there = {stall.tent_id for stall in stands}
    free = [tent for tent in tents.available(day) if tent.id not in there]
    add_form = sent if isinstance(sent, AddForm) else AddForm(formdata=None)
    _offer(add_form, stands, waiting)
    tents_form = sent if isinstance(sent, TentsForm) else TentsForm(formdata=None)
    tents_form.offer(free, tick=not isinstance(sent, TentsForm))
    shown = render_template(
        "tent_market/day.html",
        day=day,
        stands=stands,
        used=placing.used_among(stands),
        waiting=waiting[:NEXT_SHOWN],
        more=max(0, len(waiting) - NEXT_SHOWN),
        free=free,
        has_open=any(stall.state is StallState.OPEN for stall in stands),
        is_planned=day.state is DayState.PLANNED,
        is_past=day.held_on < schedule.today_at(day.site),
        may_plan=may(current_user, MANAGERS, area_code=day.site.area_code),
        may_sell=devices.may_open(current_user, current_user.id, day, stands),
        tents_form=tents_form,
        share_form=sent if isinstance(sent, ShareForm) else ShareForm(formdata=None),
        add_form=add_form,
        reason_form=sent if isinstance(sent, ReasonForm) else ReasonForm(formdata=None),
        sent=sent,
    )
    return shown, 422 if sent is not None else 200


def _offer(form: AddForm, stands: list[Stall], waiting: list[rotation.Waiting]) -> None:
    form.offer([stall for stall in stands if stall.state is StallState.OPEN], out=False)
    form.offer_groups(waiting)


def _planning(day_id: int) -> MarketDay:
    return get_day_for(current_user, day_id, MANAGERS)


def _back(day_id: int) -> ResponseReturnValue:
    return redirect(url_for("market_days.show", day_id=day_id, next=lists.back()))


def _refused(day_id: int, form: BaseForm) -> ResponseReturnValue:
    db.session.expire_all()
    return _page(_planning(day_id), form)


@bp.route("/dinas/pasar/<id:day_id>/pasang", methods=["POST"])
@access(roles(MANAGERS))
def put_up(day_id: int) -> ResponseReturnValue:
    """Put up the tents that are ticked."""
    day = _planning(day_id)
    form = TentsForm()
    form.offer(tents.available(day), tick=False)
    if form.validate_on_submit():
        with form_problems(form):
            up = placing.put_up(day_id, form.tents.data or [], current_user.id)
            flash(_n("%(num)s tent is put up.", "%(num)s tents are put up.", up), "good")
    return _refused(day_id, form) if form.errors else _back(day_id)


@bp.route("/dinas/pasar/<id:day_id>/bagi", methods=["POST"])
@access(roles(MANAGERS))
def share_out(day_id: int) -> ResponseReturnValue:
    """Give the free places to the groups whose turn it is."""
    _planning(day_id)
    form = ShareForm()
    if form.validate_on_submit():
        with form_problems(form):
            count = placing.share_out(day_id, form.per_tent.data, current_user.id)
            said = _n("%(num)s group got a place.", "%(num)s groups got a place.", count)
            flash(said if count else _("Nobody got a place: no place is free, or nobody waits."), "good")
    return _refused(day_id, form) if form.errors else _back(day_id)


@bp.route("/dinas/pasar/<id:day_id>/tambah", methods=["POST"])
@access(roles(MANAGERS))
def add_group(day_id: int) -> ResponseReturnValue:
    """Give a group a place by hand."""
    day = _planning(day_id)
    form = AddForm()
    _offer(form, placing.stands_of(day_id), placing.waiting_for(day))
    if form.validate_on_submit():
        with form_problems(form):
            placing.place(day_id, int(form.group_id.data), form.stall(), current_user.id)
            flash(_("The group has a place."), "good")
    return _refused(day_id, form) if form.errors else _back(day_id)


@bp.route("/dinas/pasar/<id:day_id>/pindah", methods=["POST"])
@access(roles(MANAGERS))
def move_group(day_id: int) -> ResponseReturnValue:
    """Put a group into another tent, or take it out."""
    _planning(day_id)
    form = PlaceForm()
    form.offer(placing.stands_of(day_id))
    if form.validate_on_submit():
        with form_problems(form):
            placing.place(day_id, form.group_id.data, form.stall(), current_user.id)
            flash(_("Saved."), "good")
    return _refused(day_id, form) if form.errors else _back(day_id)


@bp.route("/dinas/pasar/<id:day_id>/batal", methods=["POST"])
@access(roles(MANAGERS))
def call_off(day_id: int) -> ResponseReturnValue:
    """Say that the day does not take place, and why."""
    _planning(day_id)
    form = ReasonForm()
    if form.validate_on_submit():
        with form_problems(form):
            schedule.call_off(day_id, form.reason.data, current_user.id)
            flash(_("The day is called off. Tell the groups and the cashiers."), "good")
    return _refused(day_id, form) if form.errors else _back(day_id)


@bp.route("/dinas/pasar/<id:day_id>/jadi", methods=["POST"])
@access(roles(MANAGERS))
def take_back(day_id: int) -> ResponseReturnValue:
    """Let the day take place after all."""
    _planning(day_id)
    if BaseForm().validate_on_submit():
        schedule.take_back(day_id, current_user.id)
        flash(_("The day takes place. Put its tents up again."), "good")
    return _back(day_id)


def _stall(day_id: int, stall_id: int) -> Stall:
    stall = stalls.get_stall_for(current_user, stall_id, MANAGERS)
    if stall.day_id != day_id:
        raise NotFound
    return stall


@bp.route("/dinas/pasar/<id:day_id>/tenda/<id:stall_id>/turunkan", methods=["POST"])
@access(roles(MANAGERS))
def take_down(day_id: int, stall_id: int) -> ResponseReturnValue:
    """Take a tent down to which nothing was brought."""
    _stall(day_id, stall_id)
    form = BaseForm()
    if form.validate_on_submit():
        with form_problems(form):
            placing.take_down(stall_id, current_user.id)
            flash(_("The tent is taken down."), "good")
    return _refused(day_id, form) if form.errors else _back(day_id)


@bp.route("/dinas/pasar/<id:day_id>/tenda/<id:stall_id>/kasir", methods=["GET", "POST"])
@access(roles(MANAGERS))
def set_cashiers(day_id: int, stall_id: int) -> ResponseReturnValue:
    """Say who may sell in a tent."""
    stall = _stall(day_id, stall_id)
    form = CashierForm()
    form.offer(cashiers.candidates(stall), [each.user for each in stall.cashiers])
    if form.validate_on_submit():
        with form_problems(form):
            placing.set_cashiers(stall_id, form.users.data or [], current_user.id)
        if not form.errors:
            flash(_("Saved."), "good")
            return _back(day_id)
        stall = _stall(day_id, stall_id)
    till = current_app.extensions["config"].base_url + url_for("till_shell.show")
    shown = render_template("tent_market/cashiers.html", form=form, stall=stall, till=till)
    return shown, 422 if form.is_submitted() else 200
