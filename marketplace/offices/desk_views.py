"""The social office's pages of the offices that buy: verify them, allow credit."""

import datetime as dt

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas import queries as areas
from ..ledger.scope import working_area
from ..shared import clock, lists
from ..shared.errors import Forbidden
from ..shared.exports import Cell, Sheet
from ..shared.fields import BaseForm
from ..shared.i18n import _, _l
from ..shared.paging import paginate
from ..shared.policy import access, roles
from ..shared.problems import form_problems
from . import desk_queries, labels, queries, rules, service
from .desk_queries import KEEPERS, Standing
from .forms import CreditForm, OfficeFilter
from .models import Office
from .purchases import address_of

bp = Blueprint("office_desk", __name__)


@bp.context_processor
def _context() -> dict[str, object]:
    return {"labels": labels, "rules": rules}


def _today(regency_code: str) -> dt.date:
    return clock.today(areas.time_zone(regency_code))


@bp.route("/dinas/instansi")
@access(roles(KEEPERS))
def index() -> ResponseReturnValue:
    """Show the offices of the regency with what they owe."""
    area_code = working_area(current_user, KEEPERS)
    form = OfficeFilter()
    statement = desk_queries.offices_in(area_code, *form.asked())
    if lists.wants_file() and not form.errors:
        sheet = _sheet(lists.rows_of(statement), _today(area_code))
        return lists.file_of_people("instansi", sheet, current_user.id)
    page = paginate(statement)
    shown = render_template(
        "offices/desk.html",
        page=page,
        form=form,
        standings=desk_queries.standings([office.id for office in page.items], _today(area_code)),
        nothing=Standing(),
        file_url=lists.file_url(),
    )
    return shown, 422 if form.errors else 200


def _sheet(offices: list[Office], today: dt.date) -> Sheet:
    heads = (_l("Office"), _l("Kind"), _l("Treasurer"), _l("Verified"), _l("Limit"), _l("Owes"), _l("Overdue"))
    found = desk_queries.standings([office.id for office in offices], today)
    return Sheet(_("Offices"), heads, [_row(office, found.get(office.id, Standing())) for office in offices])


def _row(office: Office, standing: Standing) -> tuple[Cell, ...]:
    zone = areas.time_zone(office.regency_code)
    verified = clock.local_date(office.verified_at, zone) if office.verified_at else None
    limit = office.credit_limit if office.allows_credit else None
    who = (office.name, str(labels.KINDS[office.kind]), office.treasurer_name)
    return (*who, verified, limit, standing.owed, standing.overdue)


@bp.route("/dinas/instansi/<id:office_id>")
@access(roles(KEEPERS))
def show(office_id: int) -> ResponseReturnValue:
    """Show an office: who it is, who orders for it, what it owes."""
    return _page(desk_queries.office_for(current_user, office_id))


def _page(office: Office, credit: CreditForm | None = None) -> ResponseReturnValue:
    today = _today(office.regency_code)
    known = {"allowed": office.allows_credit, "limit": office.credit_limit or None}
    page = render_template(
        "offices/desk_office.html",
        office=office,
        address=address_of(office),
        standing=desk_queries.standings([office.id], today).get(office.id, Standing()),
        invoices=queries.open_invoices(office.id),
        today=today,
        credit_form=credit or CreditForm(formdata=None, data=known),
        bare_form=BaseForm(formdata=None),
        is_sent=credit is not None,
        back=lists.back(),
    )
    return page, 422 if credit is not None else 200


def _refuse_own(office: Office) -> None:
    """Raise Forbidden where the officer orders for the office himself: another one decides about it."""
    if any(member.user_id == current_user.id for member in office.active_members):
        raise Forbidden(_("You belong to this office: another officer decides about it."))


@bp.route("/dinas/instansi/<id:office_id>/verifikasi", methods=["POST"])
@access(roles(KEEPERS))
def verify(office_id: int) -> ResponseReturnValue:
    """Say that an office is what it says."""
    _refuse_own(desk_queries.office_for(current_user, office_id))
    if BaseForm().validate_on_submit():
        service.verify(office_id, current_user.id)
        flash(_("The office is verified."), "good")
    return redirect(url_for("office_desk.show", office_id=office_id, next=lists.back()))


@bp.route("/dinas/instansi/<id:office_id>/kredit", methods=["POST"])
@access(roles(KEEPERS))
def set_credit(office_id: int) -> ResponseReturnValue:
    """Say whether an office may pay later, and up to which sum."""
    _refuse_own(desk_queries.office_for(current_user, office_id))
    form = CreditForm()
    if form.validate_on_submit():
        with form_problems(form):
            limit = form.limit.data or 0
            service.set_credit(office_id, allowed=form.allowed.data, limit=limit, actor_id=current_user.id)
            flash(_("Saved."), "good")
    if form.errors:
        return _page(desk_queries.office_for(current_user, office_id), form)
    return redirect(url_for("office_desk.show", office_id=office_id, next=lists.back()))
