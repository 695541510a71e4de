"""The office's pages of agencies that know a trade, and of what areas are good for."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..areas.models import Agency, Potential
from ..areas.queries import time_zone
from ..groups.pages import Heading, form_page
from ..ledger.scope import working_area_or_province as area_of_desk
from ..shared import clock, lists
from ..shared.errors import NotFound
from ..shared.exports import Sheet
from ..shared.formats import phone
from ..shared.i18n import _, _l
from ..shared.paging import paginate
from ..shared.policy import access, may, roles
from . import partners
from .access import MANAGERS, SEERS
from .forms import AgencyForm, EndPotentialForm, PotentialForm, form_of_agency

bp = Blueprint("partners", __name__)


def _agencies() -> tuple[str, str]:
    return (_("Agencies"), url_for("partners.agencies"))


def _potentials() -> tuple[str, str]:
    return (_("Potential of areas"), url_for("partners.potentials"))


@bp.route("/dinas/mitra")
@access(roles(SEERS, of_province=True))
def agencies() -> ResponseReturnValue:
    """List the agencies that work for the regency, or of a province all."""
    area_code = area_of_desk(current_user, SEERS)
    statement = partners.agencies_in(area_code)
    if lists.wants_file():
        return lists.file("mitra", _agency_sheet(lists.rows_of(statement)))
    page = paginate(statement)
    return render_template(
        "training/agencies.html",
        page=page,
        names=partners.names_of({row.area_code for row in page.items}),
        may_plan=may(current_user, MANAGERS, area_code=area_code),
        mine={row.id for row in page.items if may(current_user, MANAGERS, area_code=row.area_code)},
        file_url=lists.file_url(),
    )


def _agency_sheet(rows: list[Agency]) -> Sheet:
    names = partners.names_of({row.area_code for row in rows})
    heads = (_l("Agency"), _l("What it knows"), _l("Area"), _l("Phone"))
    cells = [(row.name, row.trade, names[row.area_code], phone(row.phone) if row.phone else "") for row in rows]
    return Sheet(_("Agencies"), heads, cells)


@bp.route("/dinas/mitra/baru", methods=["GET", "POST"])
@access(roles(MANAGERS, of_province=True))
def add_agency() -> ResponseReturnValue:
    """Write an agency down."""
    area_code = area_of_desk(current_user, MANAGERS)
    form = AgencyForm()
    heading = Heading(_("New agency"), (_agencies(),), _("Save"))
    return form_page(form, lambda: partners.add_agency(area_code, form.content(), current_user.id), heading)


@bp.route("/dinas/mitra/<id:agency_id>", methods=["GET", "POST"])
@access(roles(MANAGERS, of_province=True))
def edit_agency(agency_id: int) -> ResponseReturnValue:
    """Change what is known of an agency."""
    agency = partners.get_agency_for(current_user, agency_id, MANAGERS)
    form = form_of_agency(agency)
    heading = Heading(agency.name, (_agencies(),), _("Save"))
    return form_page(form, lambda: partners.change_agency(agency_id, form.content(), current_user.id), heading)


@bp.route("/dinas/potensi")
@access(roles(SEERS, of_province=True))
def potentials() -> ResponseReturnValue:
    """List what the regency or province and the areas in it are good for, and who says so."""
    area_code = area_of_desk(current_user, SEERS)
    statement = partners.potentials_in(area_code)
    if lists.wants_file():
        return lists.file("potensi", _sheet(lists.rows_of(statement)))
    page = paginate(statement)
    return render_template(
        "training/potentials.html",
        page=page,
        names=partners.names_of({row.area_code for row in page.items}),
        may_plan=may(current_user, MANAGERS, area_code=area_code),
        has_agencies=bool(partners.agency_choices(area_code)),
        today=clock.today(time_zone(area_code)),
        file_url=lists.file_url(),
    )


def _sheet(rows: list[Potential]) -> Sheet:
    names = partners.names_of({row.area_code for row in rows})
    heads = (_l("Area"), _l("Commodity"), _l("Named by"), _l("From"), _l("Last day"), _l("Letter or study"))
    cells = [
        (names[row.area_code], row.commodity.name, row.agency.name, row.named_on, row.ended_on, row.source)
        for row in rows
    ]
    return Sheet(_("Potential of areas"), heads, cells)


@bp.route("/dinas/potensi/baru", methods=["GET", "POST"])
@access(roles(MANAGERS, of_province=True))
def name_potential() -> ResponseReturnValue:
    """Write down what an agency named for an area."""
    area_code = area_of_desk(current_user, MANAGERS)
    form = PotentialForm()
    form.offer(area_code)
    heading = Heading(_("Name a leading commodity"), (_potentials(),), _("Save"))
    return form_page(form, lambda: partners.name_potential(area_code, form.named(), current_user.id), heading)


@bp.route("/dinas/potensi/<id:potential_id>", methods=["GET", "POST"])
@access(roles(MANAGERS, of_province=True))
def end_potential(potential_id: int) -> ResponseReturnValue:
    """Say until when a commodity is a leading one. Raises NotFound for one that ended."""
    row = partners.get_potential_for(current_user, potential_id, MANAGERS)
    if row.ended_on is not None:
        raise NotFound
    form = EndPotentialForm()
    title = _("%(commodity)s is no leading commodity any more", commodity=row.commodity.name)
    heading = Heading(title, (_potentials(),), _("Save"))
    return form_page(form, lambda: partners.end_potential(potential_id, form.ended_on.data, current_user.id), heading)
