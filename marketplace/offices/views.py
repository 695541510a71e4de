"""A buyer's offices: write one down, join one, see who belongs to it and what it ordered."""

import datetime as dt

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas import queries as areas
from ..orders.labels import badge_of
from ..shared import clock, once
from ..shared.errors import Forbidden, NotFound
from ..shared.fields import BaseForm
from ..shared.i18n import _
from ..shared.paging import paginate
from ..shared.policy import SIGNED_IN, access
from ..shared.problems import form_problems
from . import desk_queries, labels, queries, rules, service
from .forms import JoinForm, OfficeForm, RoleForm
from .models import Office, OfficeRole
from .purchases import address_of

bp = Blueprint("offices", __name__, url_prefix="/instansi")


@bp.context_processor
def _context() -> dict[str, object]:
    return {"labels": labels, "rules": rules}


@bp.route("")
@access(SIGNED_IN)
def index() -> str:
    """Show the buyer's offices, and what waits for him there."""
    places = queries.memberships(current_user.id)
    return render_template(
        "offices/index.html",
        places=places,
        waiting=queries.waiting_for(current_user.id),
        standings=desk_queries.standings([each.office_id for each in places], _today(areas.home_code())),
    )


def _today(regency_code: str) -> dt.date:
    return clock.today(areas.time_zone(regency_code))


@bp.route("/daftar", methods=["GET", "POST"])
@access(SIGNED_IN)
def create() -> ResponseReturnValue:
    """Write down an office; who does it approves for it until he names others."""
    regency = areas.visited_code()
    form = _office_form(regency, None)
    if form.validate_on_submit():
        content = form.content(regency)
        with form_problems(form):
            made = once.only("office", form.key.data, content, lambda: service.register(content, current_user.id).id)
            flash(_("Your office is written down. The social office verifies it."), "good")
            return redirect(url_for("offices.show", office_id=made))
    page = render_template("offices/form.html", form=form, office=None)
    return page, 422 if form.is_submitted() else 200


def _office_form(regency_code: str, office: Office | None) -> OfficeForm:
    form = OfficeForm(obj=office)
    form.offer(areas.children(regency_code), areas.villages_of_regency(regency_code))
    if office is not None:
        del form.key  # to write the same again changes nothing
    return form


@bp.route("/<id:office_id>/ubah", methods=["GET", "POST"])
@access(SIGNED_IN)
def edit(office_id: int) -> ResponseReturnValue:
    """Correct what is written of an office."""
    office = queries.approver_of(current_user.id, office_id).office
    form = _office_form(office.regency_code, office)
    if form.validate_on_submit():
        with form_problems(form):
            service.change(office_id, form.content(office.regency_code), current_user.id)
            flash(_("Saved."), "good")
            return redirect(url_for("offices.show", office_id=office_id))
    page = render_template("offices/form.html", form=form, office=office)
    return page, 422 if form.is_submitted() else 200


@bp.route("/gabung", methods=["GET", "POST"])
@access(SIGNED_IN)
def join() -> ResponseReturnValue:
    """Join the office whose invitation somebody has."""
    form = JoinForm()
    if form.validate_on_submit():
        with form_problems(form):
            office = service.join(form.code.data, current_user.id)
            flash(_("You belong to %(office)s now.", office=office.name), "good")
            return redirect(url_for("offices.show", office_id=office.id))
    return render_template("offices/join.html", form=form), 422 if form.is_submitted() else 200


@bp.route("/<id:office_id>")
@access(SIGNED_IN)
def show(office_id: int) -> ResponseReturnValue:
    """Show an office to its members: its orders, its invoices, who belongs to it."""
    return _page(office_id)


def _page(office_id: int, sent: BaseForm | None = None) -> ResponseReturnValue:
    member = queries.membership(current_user.id, office_id)
    today = _today(member.office.regency_code)
    page = render_template(
        "offices/show.html",
        office=member.office,
        address=address_of(member.office),
        member=member,
        is_approver=member.role is OfficeRole.APPROVER,
        page=paginate(queries.orders_of(office_id)),
        invoices=queries.open_invoices(office_id),
        standing=desk_queries.standings([office_id], today).get(office_id, desk_queries.Standing()),
        today=today,
        bare_form=BaseForm(formdata=None),
        sent=sent,
        badge_of=badge_of,
    )
    return page, 422 if sent is not None else 200


@bp.route("/<id:office_id>/anggota/<id:member_id>", methods=["POST"])
@access(SIGNED_IN)
def set_role(office_id: int, member_id: int) -> ResponseReturnValue:
    """Say what a member may do, or that he belongs to the office no more."""
    place = queries.membership(current_user.id, office_id)
    if all(each.id != member_id for each in place.office.active_members):
        raise NotFound
    if place.role is not OfficeRole.APPROVER:
        raise Forbidden
    form = RoleForm()
    if form.validate_on_submit():
        with form_problems(form):
            service.set_role(office_id, member_id, form.chosen(), current_user.id)
            flash(_("Saved."), "good")
    if form.errors:
        return _page(office_id, sent=form)
    has_gone = place.id == member_id and form.chosen() is None
    return redirect(url_for("offices.index") if has_gone else url_for("offices.show", office_id=office_id))


@bp.route("/<id:office_id>/kode", methods=["POST"])
@access(SIGNED_IN)
def new_invitation(office_id: int) -> ResponseReturnValue:
    """Give the office another invitation code."""
    queries.approver_of(current_user.id, office_id)
    if BaseForm().validate_on_submit():
        service.new_invitation(office_id, current_user.id)
        flash(_("There is a new code. The old one works no more."), "good")
    return redirect(url_for("offices.show", office_id=office_id))
